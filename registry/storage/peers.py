"""Other nodes, what they were sent, and the signed requests that came from them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, delete, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.federation.peer import KeyStatus, NodeKeyEntry, Peer, PeerState, Successor
from registry.domain.record import GroupSlug, RecordUid
from registry.domain.vocabulary import Kind, Tlp
from registry.ports.federation import Sent
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import PEER_DROPS, PEER_MESSAGES, PEER_NONCES, PEER_REFUSALS, PEER_SENT, PEERS

_AT_ONCE = 500
_COLUMNS = tuple(PEERS.c.keys())
_GET = Prepared(select(*PEERS.c).where(PEERS.c.dns == named("dns", String())))
_FIXED = frozenset({"dns", "short_name", "organisation", "added_at"})


class PeerTables:
    """``ports.Peers``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, peer: Peer) -> None:
        """See the port."""
        self._statements.run(insert(PEERS), _values(peer), taken="a node of this name or short name is known already")

    def get(self, dns: str) -> Peer | None:
        """See the port."""
        row = self._statements.first(_GET, {"dns": dns})
        return None if row is None else _peer(dict(zip(_COLUMNS, row, strict=True)))

    def all(self) -> tuple[Peer, ...]:
        """See the port."""
        return tuple(map(_peer, self._statements.rows(select(PEERS).order_by(PEERS.c.dns))))

    def save(self, peer: Peer) -> None:
        """See the port."""
        values = {name: value for name, value in _values(peer).items() if name not in _FIXED}
        self._statements.run(update(PEERS).where(PEERS.c.dns == peer.dns).values(**values))

    def remove(self, dns: str) -> None:
        """See the port."""
        self._statements.run(delete(PEER_SENT).where(PEER_SENT.c.peer == dns))
        self._statements.run(delete(PEER_REFUSALS).where(PEER_REFUSALS.c.peer == dns))
        self._statements.run(delete(PEER_DROPS).where(PEER_DROPS.c.peer == dns))
        self._statements.run(delete(PEER_MESSAGES).where(PEER_MESSAGES.c.peer == dns))
        self._statements.run(delete(PEERS).where(PEERS.c.dns == dns))

    def sent(self, dns: str, uids: Collection[RecordUid]) -> dict[RecordUid, Sent]:
        """See the port."""
        found: dict[RecordUid, Sent] = {}
        asked = list(uids)
        for at in range(0, len(asked), _AT_ONCE):
            mine = PEER_SENT.c.peer == dns, PEER_SENT.c.uid.in_(asked[at : at + _AT_ONCE])
            for row in self._statements.rows(select(PEER_SENT).where(*mine)):
                found[RecordUid(row["uid"])] = Sent(row["position"], row["hash"], row["revoked"])
        return found

    def count_sent(self, dns: str) -> int:
        """See the port."""
        return int(self._statements.run(select(func.count()).where(PEER_SENT.c.peer == dns)).scalar_one())

    def given(self, uids: Collection[RecordUid]) -> tuple[tuple[RecordUid, str], ...]:
        """See the port."""
        column = PEER_SENT.c
        # The table is kept by peer: with the peers named, each record of each is looked up by its key.
        theirs = column.peer.in_(select(PEERS.c.dns)), column.uid.in_(list(uids))
        rows = self._statements.rows(select(column.uid, column.peer).where(*theirs))
        return tuple((RecordUid(row["uid"]), row["peer"]) for row in rows)

    def note_sent(self, dns: str, sent: Sequence[tuple[RecordUid, Sent]]) -> None:
        """See the port."""
        if not sent:
            return
        new = upsert(PEER_SENT)
        changed = {name: getattr(new.excluded, name) for name in ("position", "hash", "revoked")}
        rows = [
            {"peer": dns, "uid": uid, "position": one.position, "hash": one.hash, "revoked": one.revoked}
            for uid, one in sent
        ]
        self._statements.run(new.on_conflict_do_update(index_elements=["peer", "uid"], set_=changed), rows)

    def spend_nonce(self, kid: str, nonce: str, *, expires_at: datetime, now: datetime) -> bool:
        """See the port."""
        self._statements.run(delete(PEER_NONCES).where(PEER_NONCES.c.expires_at < now))
        new = upsert(PEER_NONCES).on_conflict_do_nothing()
        values = {"kid": kid, "nonce": nonce, "expires_at": expires_at}
        return self._statements.run(new, values).rowcount == 1


def _values(peer: Peer) -> dict[str, Any]:
    return {
        "dns": peer.dns,
        "short_name": peer.short_name,
        "title": peer.title,
        "base_url": peer.base_url,
        "state": peer.state.value,
        "organisation": peer.organisation,
        "keys": [
            {"kid": one.kid, "x": one.x, "status": one.status.value, "at": one.at and one.at.isoformat()}
            for one in peer.keys
        ],
        "added_at": peer.added_at,
        "log_id": peer.log_id,
        "cursor": peer.cursor,
        "pulls": peer.pulls,
        "serves": peer.serves,
        "imports": peer.imports,
        "groups": dict(peer.groups),
        "last_asked_at": peer.last_asked_at,
        "last_success_at": peer.last_success_at,
        "last_error": peer.last_error,
        "failures": peer.failures,
        "remaining": peer.remaining,
        "skew_seconds": peer.skew_seconds,
        "kinds": [one.value for one in peer.kinds],
        "tlp_max": None if peer.tlp_max is None else peer.tlp_max.value,
        "poll_seconds": peer.poll_seconds,
        "successors": [{"dns": one.dns, "kid": one.kid} for one in peer.successors],
        "heard_at": peer.heard_at,
        "hold": peer.hold,
        "released_until": peer.released_until,
        "reconciled_at": peer.reconciled_at,
        "differing": peer.differing,
        "pinged_at": peer.pinged_at,
    }


def _peer(row: Mapping[str, Any]) -> Peer:
    keys = tuple(
        NodeKeyEntry(one["kid"], one["x"], KeyStatus(one["status"]), one["at"] and datetime.fromisoformat(one["at"]))
        for one in row["keys"]
    )
    groups = {name: GroupSlug(slug) for name, slug in row["groups"].items()}
    read = {
        "state": PeerState(row["state"]),
        "keys": keys,
        "groups": groups,
        "kinds": tuple(map(Kind, row["kinds"])),
        "tlp_max": None if row["tlp_max"] is None else Tlp(row["tlp_max"]),
        "successors": tuple(Successor(**one) for one in row["successors"]),
    }
    return Peer(**(dict(row) | read))
