"""What a node stores of what went wrong between it and others, why, and how long."""

from __future__ import annotations

from registry.domain.kept import Kept

TABLES: tuple[Kept, ...] = (
    Kept(
        "peer_departures", "which record of another node went out of sight when, by uids",
        "to notice when many go at once",
        "24 hours",
    ),
    Kept(
        "peer_owners", "which organisation here stands for which one at another node", "to say whose record it is",
        "as long as the node",
    ),
    Kept("peer_uids", "records of two nodes with the same uid", "to tell them apart", "as long as the node"),
    Kept("peer_drops", "how many items of each node were let go unread", "to tell operators", "as long as the node"),
    Kept(
        "peer_findings", "which record was refused by which node, by uids, hashes and reasons of ours",
        "to mend what others cannot read", "the newest 1,000 of each node; until the other node is removed",
    ),
    Kept(
        "peer_acknowledgements", "which node let go of which record when, by uids", "to tell its owner",
        "as long as the node",
    ),
)  # fmt: skip
