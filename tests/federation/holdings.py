"""What each of several nodes must hold of the others' records, by what their origins have stored, and what it holds.

Who may see what is said here anew, from docs/federation.md and not by the product's own policy. Read from the files of
the stores, while the nodes run.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from tests.federation.processes import CIRCLE, RealNode

_HELD = """
SELECT r.uid, r.origin, r.state, r.revision, r.blocked, r.embargoed, r.imported, v.marking, hex(v.public_hash),
  h.hash, h.frozen,
  (SELECT count(*) FROM revisions w WHERE w.uid = r.uid AND coalesce(w.public_body, w.restricted_body) IS NOT NULL)
FROM records r JOIN revisions v ON v.uid = r.uid AND v.draft_revision = r.head_draft_revision
LEFT JOIN envelope_heads h ON h.uid = r.uid
"""
_HEADS = "SELECT h.uid, e.origin, h.hash, h.frozen FROM envelope_heads h JOIN envelopes e ON e.hash = h.hash"
_MEMBERS = """
SELECT o.slug FROM group_members m JOIN organisations o ON o.id = m.organisation
WHERE m."group" = ? AND m.left_version IS NULL
"""
_REFUSED = "SELECT peer, reason, parked_until IS NOT NULL FROM peer_refusals"
_OPEN = frozenset({"CLEAR", "GREEN"})
_CLOSED = frozenset({"AMBER", "AMBER+STRICT"})


@dataclass(frozen=True, slots=True)
class Held:
    """A record as a node has stored it.

    Attributes:
        header: hash of the newest signed header; ``None`` where none was ever signed.
        parts: how many of its revisions have any text.
    """

    uid: str
    origin: str
    state: str
    revision: int
    blocked: bool
    embargoed: bool
    imported: bool
    tlp: str
    audience: str | None
    public_hash: str
    header: str | None
    frozen: bool
    parts: int

    @property
    def is_out(self) -> bool:
        """Whether those who may see it see its text."""
        return self.state == "published" and not self.blocked


@dataclass(frozen=True, slots=True)
class Holdings:
    """All that one node has stored.

    Attributes:
        headers: the newest header of each record, by uid; of one that was erased before it came, only that is kept.
        circle: the organisations in the group of the tests.
        refused: what it did not take of others: the node, why, and whether it waits.
    """

    records: dict[str, Held]
    headers: dict[str, str]
    circle: frozenset[str]
    refused: tuple[tuple[str, str, bool], ...]


def holdings(node: RealNode) -> Holdings:
    """What *node* has stored, whether it runs or not."""
    with closing(sqlite3.connect(f"file:{node.data_dir / 'registry.db'}?mode=ro", uri=True, timeout=30)) as db:
        db.execute("BEGIN")
        records = {row[0]: _held(row) for row in db.execute(_HELD)}
        headers = {uid: hash_ for uid, _, hash_, _ in db.execute(_HEADS)}
        circle = frozenset(slug for (slug,) in db.execute(_MEMBERS, (CIRCLE,)))
        refused = tuple((peer, reason, bool(waits)) for peer, reason, waits in db.execute(_REFUSED))
    return Holdings(records, headers, circle, refused)


def _held(row: Sequence[object]) -> Held:
    uid, origin, state, revision, blocked, embargoed, imported, marking, public_hash, header, frozen, parts = row
    said = json.loads(str(marking))
    return Held(
        str(uid),
        str(origin),
        str(state),
        int(str(revision)),
        bool(blocked),
        bool(embargoed),
        bool(imported),
        said["tlp"],
        said["audience"],
        str(public_hash),
        None if header is None else str(header),
        bool(frozen),
        int(str(parts)),
    )


def may_see(record: Held, circle: frozenset[str], organisation: str) -> bool:
    """Whether a node, which *organisation* stands for at the origin, may know of *record* as it is there now."""
    if record.imported:
        # Nobody has asked for what is imported.
        return False
    if record.tlp in _OPEN and not record.embargoed:
        return True
    return record.tlp in _OPEN | _CLOSED and record.audience == CIRCLE and organisation in circle


def differences(nodes: Sequence[RealNode]) -> list[str]:
    """What is not as it must be once all nodes have told each other everything; one line each."""
    have = {node.dns: holdings(node) for node in nodes}
    return [
        f"{there.name} of {here.name}: {problem}"
        for here in nodes
        for there in nodes
        if here is not there
        for problem in _differing(have[here.dns], here, have[there.dns], there)
    ]


def _differing(own: Holdings, here: RealNode, held: Holdings, there: RealNode) -> Iterator[str]:
    for record in own.records.values():
        if record.origin != here.dns or record.header is None:
            continue
        copy = held.records.get(record.uid)
        if record.embargoed and record.is_out:
            yield f"{record.uid} is under embargo still"
        if may_see(record, own.circle, there.organisation):
            yield from _stale(record, copy, held.headers.get(record.uid))
        elif copy is not None and copy.parts:
            yield f"{record.uid} {record.tlp} is held without a right to it"
    for uid in held.records:
        if held.records[uid].origin == here.dns and uid not in own.records:
            yield f"{uid} is unknown at its origin"


def _stale(record: Held, copy: Held | None, header: str | None) -> Iterator[str]:
    """How a copy differs from the record that its holder may see."""
    if header != record.header:
        yield f"{record.uid} {record.state} has another header: {header} for {record.header}"
    if copy is None:
        # Of what was erased before it came only the header is kept.
        if record.state != "erased":
            yield f"{record.uid} {record.state} is missing"
        return
    # A copy that was taken back, and then erased, is of the revision that it was of when it was taken back.
    same = ("state",) if record.state == "erased" else ("state", "revision", "blocked", "public_hash")
    for name in same:
        if getattr(copy, name) != getattr(record, name):
            yield f"{record.uid} has another {name}: {getattr(copy, name)} for {getattr(record, name)}"
    if copy.frozen:
        yield f"{record.uid} is frozen"
    if record.is_out and not copy.parts:
        yield f"{record.uid} came without its text"
    if record.state == "erased" and copy.parts:
        yield f"{record.uid} was erased, and its text is still there"


def unexpected_refusals(nodes: Sequence[RealNode]) -> list[str]:
    """What honest nodes did not take of each other, but for what only waited."""
    return [
        f"{node.name} from {peer}: {reason}"
        for node in nodes
        for peer, reason, waits in holdings(node).refused
        if not waits
    ]


def files_with(node: RealNode, words: Sequence[str]) -> list[str]:
    """Which files of a node, those beside its data directory too, hold any of *words*, as text or as JSON has it."""
    sought = [form for word in words for form in (word.encode(), json.dumps(word)[1:-1].encode())]
    beside = (path for path in node.data_dir.parent.glob(f"{node.data_dir.name}.*") if path.is_file())
    return [
        f"{path.name}: {one.decode()}"
        for path in (*node.data_dir.rglob("*"), *beside)
        for body in (_body(path),)
        for one in sought
        if one in body
    ]


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() else b""
    except FileNotFoundError:
        # The index drops files of its own while it works.
        return b""
