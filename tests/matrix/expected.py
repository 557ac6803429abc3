"""Who sees what, written by hand: the columns are stages of a record's life, the rows are markings.

Nothing here is made from ``policy``: whoever changes who sees what changes this table too, and means it.
"""

from __future__ import annotations

# acme owns every record and belongs to the group "cert"; the holder is the reviewer whose claim it is.
OWNERS = {"owner", "owner_sealed"}
REVIEWERS = {"reviewer", "holder", "lead", "sealed_reviewer"}
STAFF = OWNERS | REVIEWERS
# Members of organisations that are no public authority, and vetted researchers.
COMMUNITY = STAFF | {"member", "insider", "researcher", "operator", "sealed_reader", "avoider"}
GROUP = {"insider", "authority_inside"}
EVERYBODY = COMMUNITY | GROUP | {"stranger", "authority"}
# A reviewer who opted out of what all these records are about sees of them what any member sees: the avoider.
# Who may read sealed records and either owns or reviews; the owner's other members see that there is something.
SEALED = {"owner_sealed", "sealed_reviewer"}
NOBODY: set[str] = set()

# What its owner has not handed in yet, or has taken back: others who know of it do not read it.
NOT_HANDED_IN = ("draft", "retracted")
# Stages of a life that look the same from outside.
NEVER_OUT = ("draft", "submitted", "in_review", "changes_requested", "approved", "rejected", "retracted")
OUT = ("published", "published_with_work")
UNDER_EMBARGO = ("embargoed",)
GONE = ("withdrawn", "merged", "blocked", "erased")
STATES = (*NEVER_OUT, *OUT, *UNDER_EMBARGO, *GONE)

# Marking: who finds it in lists while it is (never out, out, under embargo, gone).
IN_LISTS: dict[str, tuple[set[str], set[str], set[str], set[str]]] = {
    "CLEAR": (STAFF, EVERYBODY, STAFF, STAFF),
    "CLEAR cert": (STAFF, EVERYBODY, STAFF | GROUP, STAFF),
    "GREEN": (STAFF, COMMUNITY, STAFF, STAFF),
    "GREEN cert": (STAFF, COMMUNITY | GROUP, STAFF | GROUP, STAFF),
    "AMBER": (STAFF, STAFF, STAFF, STAFF),
    "AMBER cert": (STAFF, STAFF | GROUP, STAFF | GROUP, STAFF),
    "AMBER+STRICT cert": (STAFF, STAFF | GROUP, STAFF | GROUP, STAFF),
    "RED": (STAFF, STAFF, STAFF, STAFF),
    "sealed": (SEALED | OWNERS, SEALED | OWNERS, SEALED | OWNERS, SEALED | OWNERS),
}

# Marking: who is shown a tombstone, besides those who find it in lists, once it is gone.
TOMBSTONE: dict[str, set[str]] = {
    "CLEAR": EVERYBODY,
    "CLEAR cert": EVERYBODY,
    "GREEN": COMMUNITY,
    "GREEN cert": COMMUNITY | GROUP,
    "AMBER": STAFF,
    "AMBER cert": STAFF | GROUP,
    "AMBER+STRICT cert": STAFF | GROUP,
    "RED": STAFF,
    "sealed": SEALED | OWNERS,
}

# Marking: the marking of its restricted part, and who reads that part while the record is out.
RESTRICTED: dict[str, tuple[str, set[str]]] = {
    "CLEAR": ("AMBER", OWNERS),
    "CLEAR cert": ("AMBER", OWNERS | GROUP),
    "GREEN": ("GREEN", COMMUNITY),
    "GREEN cert": ("GREEN", COMMUNITY | GROUP),
    "AMBER": ("AMBER", OWNERS),
    "AMBER cert": ("AMBER+STRICT", OWNERS | GROUP),
    "AMBER+STRICT cert": ("RED", OWNERS),
    "RED": ("RED", OWNERS),
    "sealed": ("RED", {"owner_sealed"}),
}
# While somebody holds the claim, that person reads the restricted part too.
CLAIMED = ("in_review", "approved")


def in_lists(state: str, marking: str) -> set[str]:
    """Who finds such a record in lists."""
    never_out, out, under_embargo, gone = IN_LISTS[marking]
    if state == "erased" and "reviewer" in gone:
        # What says nothing any more is about nothing that anybody could avoid.
        return gone | {"avoider"}
    if state in NEVER_OUT:
        return never_out
    return out if state in OUT else under_embargo if state in UNDER_EMBARGO else gone


def known(state: str, marking: str) -> set[str]:
    """Who is told anything of it, and be it that it is gone."""
    return in_lists(state, marking) | (TOMBSTONE[marking] if state in GONE else NOBODY)


def content(state: str, marking: str) -> set[str]:
    """Who reads its public part."""
    if state == "erased":
        return NOBODY
    if state in NOT_HANDED_IN:
        return {"owner_sealed"} if marking == "sealed" else OWNERS
    return SEALED if marking == "sealed" else in_lists(state, marking)


def restricted(state: str, marking: str) -> set[str]:
    """Who reads its restricted part."""
    if state == "erased":
        return NOBODY
    if state in OUT:
        return RESTRICTED[marking][1]
    owners = {"owner_sealed"} if marking == "sealed" else OWNERS
    holder = {"sealed_reviewer"} if marking == "sealed" else {"holder"}
    return owners | holder if state in CLAIMED else owners
