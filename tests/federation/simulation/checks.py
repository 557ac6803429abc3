"""What must hold: at every moment of what is sent, and at the end of what is stored."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from typing import Any

from registry.domain.federation.header import header_hash
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.ports import Reader, Registry
from registry.ports.federation import Head
from tests.federation.simulation.liars import Liar
from tests.federation.simulation.model import Book, Marked, Tracked
from tests.federation.simulation.nodes import Simulated
from tests.federation.simulation.plan import Broken

# Words of requests that came, which are forgotten once they expire.
_PASSING = frozenset({"peer_nonces"})


@dataclass(frozen=True, slots=True)
class Witness:
    """Judges each item that an honest node sends, at the moment when it is sent."""

    book: Book

    def saw(self, sender: str, asker: str, item: Mapping[str, Any]) -> None:
        """Raise ``Broken`` if *asker* may not have what *sender* gives it."""
        here, there = _name(sender), _name(asker)
        if item["type"] != "envelope":
            return
        header = json.loads(item["header"])
        one = self.book.records[header["uid"]]
        if one.origin not in self.book.honest:
            # It may have signed anything.
            return
        told = f"{here} sends {there} {header['number']} rev {header['rev']} of {one.origin}"
        signed = one.signed.get(header_hash(item["header"].encode()))
        if signed is None:
            raise Broken(f"{told}: its origin never signed that")
        if here == one.origin:
            self._saw_own(there, one, signed, item, told)
        elif not signed.is_wide or ("restricted" in item and not signed.is_relayed_with_restricted):
            raise Broken(f"{told}: this is relayed to nobody")

    def _saw_own(self, there: str, one: Tracked, signed: Marked, item: Mapping[str, Any], told: str) -> None:
        if not self.book.may_know(there, one.origin, one.now):
            raise Broken(f"{told}: it may not know of it, {one.now}")
        if "public" in item and not one.now.is_out:
            raise Broken(f"{told}: it is gone")
        if "restricted" in item and not self.book.may_read_restricted(there, one.origin, one.now):
            raise Broken(f"{told}: the restricted part is not for it, {one.now}")
        if (signed.is_wide, signed.restricted) != (one.now.is_wide, one.now.restricted):
            raise Broken(f"{told}: the header says {signed}, and the record is {one.now}")


def converged(nodes: Sequence[Simulated], book: Book) -> None:
    """Raise ``Broken`` unless every honest node has exactly what it may have, as it is at its origin."""
    honest = {one.name: one for one in nodes if not one.lies}
    problems: list[str] = []
    givers = _givers(nodes, book)
    for origin in honest.values():
        tracked = book.of(origin.name)
        true = _heads(origin, (one.uid for one in tracked))
        distances = book.distances(origin.name, honest)
        for one in tracked:
            problems += _at_home(origin, one)
        for name, node in honest.items():
            if node is not origin:
                wanted = {one.uid for one in book.expected(name, origin.name, distances.get(name))}
                problems += _compared(node, tracked, true, wanted, givers, book)
    if problems:
        raise Broken("\n".join(problems))


def _at_home(origin: Simulated, one: Tracked) -> Iterable[str]:
    """Whether the model and the origin agree; otherwise the simulation is wrong."""
    with origin.storage.read() as reader:
        record = reader.records.get(RecordUid(one.uid), visible=EVERYTHING)
    found = None if record is None else (record.state.value, record.blocked, record.tlp.value, record.embargoed)
    wanted = one.now.state, one.now.blocked, one.now.tlp, one.now.embargoed
    if found != wanted:
        yield f"{origin.name}: {one.uid} is {found} and not {wanted}"


def _compared(
    node: Simulated,
    tracked: Sequence[Tracked],
    true: Mapping[str, Head],
    wanted: set[str],
    givers: Mapping[tuple[str, str], str],
    book: Book,
) -> Iterable[str]:
    held = _heads(node, (one.uid for one in tracked))
    with node.storage.read() as reader:
        records = reader.records.many([RecordUid(one.uid) for one in tracked], visible=EVERYTHING)
    for one in tracked:
        head, record = held.get(one.uid), records.get(RecordUid(one.uid))
        number = None if one.uid not in true else json.loads(true[one.uid].header.body or b'{"number":"?"}')["number"]
        told = f"{node.name} has of {one.origin} {number} {one.uid} ({one.now})"
        if _is_tainted(one.uid, node.name, givers, book):
            # Who gave it, or gave it to who gave it, lies: it may take it back, or not tell that it was taken back.
            continue
        if one.uid not in wanted:
            if record is not None and (record.head.public is not None or record.is_out):
                yield f"{told}: it is not for it"
        elif one.now.state == "erased" and record is None:
            # Who never had it need not know that it is gone.
            continue
        elif head is None or head.header.hash != true[one.uid].header.hash:
            if _is_cut_off(one, node.name, givers, book, frozenset()):
                continue
            yield f"{told}: rev {None if head is None else head.header.rev}, which is not the newest"
        elif record is None:
            yield f"{told}: no record"
        else:
            is_direct = one.origin in book.asks[node.name] or one.now.is_relayed_with_restricted
            may_read = is_direct and book.may_read_restricted(node.name, one.origin, one.now)
            yield from (f"{told}: {problem}" for problem in _unlike(one.now, record, may_read=may_read))
            if head.frozen:
                yield f"{told}: it is frozen"


def _givers(nodes: Sequence[Simulated], book: Book) -> dict[tuple[str, str], str]:
    """From whom each honest node has each record."""
    return {
        (node.name, uid): _name(head.header.came_from or node.dns)
        for node in nodes
        if not node.lies
        for uid, head in _heads(node, book.records).items()
    }


def _is_tainted(uid: str, name: str, givers: Mapping[tuple[str, str], str], book: Book) -> bool:
    passed: set[str] = set()
    while name not in book.liars and name not in passed:
        passed.add(name)
        name = givers.get((name, uid), name)
    return name in book.liars


def _is_cut_off(
    one: Tracked, name: str, givers: Mapping[tuple[str, str], str], book: Book, passed: frozenset[str]
) -> bool:
    """Whether all whom a node asks have a record from a node that lies, which may have taken it back from them."""
    if _is_tainted(one.uid, name, givers, book):
        return True
    asked = [other for other in book.asks[name] if other in book.honest and other not in passed]
    return one.origin not in asked and all(_is_cut_off(one, other, givers, book, passed | {name}) for other in asked)


def _unlike(now: Marked, record: Record, *, may_read: bool) -> Iterable[str]:
    """How a record that is held differs from what it is at its origin."""
    if (record.state.value, record.blocked) != (now.state, now.blocked):
        yield f"it is {record.state}, blocked {record.blocked}"
    if now.is_out and record.head.public is None:
        yield "nothing to read"
    if now.is_out and may_read is not (record.head.restricted is not None):
        yield f"restricted part {record.head.restricted is not None} and not {may_read}"


def forgotten(nodes: Sequence[Simulated], book: Book) -> None:
    """Raise ``Broken`` if what was erased at its origin, or taken back from a node, is still in a file of it."""
    gone = [one for one in book.records.values() if one.now.state == "erased" and one.origin in book.honest]
    givers = _givers(nodes, book)
    for node in nodes:
        if node.lies:
            continue
        # That something was erased which was closed before is told by a revocation, which liars do not pass on.
        told = [one for one in gone if one.now.is_wide or not _is_tainted(one.uid, node.name, givers, book)]
        erased = [word for one in told for word in one.words]
        rows = "\n".join(rows_of(node.registry))
        found = [word for word in erased if word in rows]
        if found:
            where = [line[:200] for line in rows.splitlines() if found[0] in line]
            raise Broken(f"{node.name} still has {len(found)} erased words in its tables: {where[:3]}")
        path = node.registry.settings.database_path
        for file in sorted(path.parent.rglob("*")):
            if file.is_file() and file != node.backup:
                body = file.read_bytes()
                left = [word for word in erased if word.encode() in body]
                if left:
                    raise Broken(f"{node.name} still has {len(left)} erased words in {file.name}: {left[:3]}")


def kept_out(nodes: Sequence[Simulated], liars: Sequence[Liar]) -> None:
    """Raise ``Broken`` unless lies are in quarantine with a reason, and of what contradicts itself both headers are
    kept and the record is frozen wherever both have come."""
    for node in nodes:
        if node.lies:
            continue
        with node.storage.read() as reader:
            for liar in liars:
                if not all(one.reason for one in reader.refusals.of(liar.node.dns, limit=100)):
                    raise Broken(f"{node.name} refused something of {liar.node.name} without a reason")
                for uid, headers in liar.forked.items():
                    _require_frozen(node, RecordUid(uid), headers, reader)


def _require_frozen(node: Simulated, uid: RecordUid, forked: Iterable[str], reader: Reader) -> None:
    history = reader.envelopes.history(uid, limit=10_000)
    revs = [one.rev for one in history if one.hash in forked]
    head = reader.envelopes.heads([uid]).get(uid)
    if len(revs) != len(set(revs)) and head is not None and not head.frozen and head.header.rev in _doubled(revs):
        raise Broken(f"{node.name} has two headers of one rev of {uid}, and lets it go on")


def _doubled(revs: Sequence[int]) -> set[int]:
    return {one for one in revs if revs.count(one) > 1}


def sizes(node: Simulated) -> dict[str, int]:
    """What must not grow when nothing changes: rows of each table, the last change, the last place in the log."""
    with closing(sqlite3.connect(node.registry.settings.database_path)) as connection:
        made = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        counted = {
            name: int(connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0])
            for (name,) in made
            if name not in _PASSING
        }
        last = connection.execute("SELECT max(position) FROM envelope_heads").fetchone()[0]
    with node.storage.read() as reader:
        seq = reader.changes.head().seq
    return counted | {"last change": seq, "last place": int(last or 0)}


def rows_of(registry: Registry) -> Iterable[str]:
    """Every row of a node's store, as text."""
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                yield f"{name}: {' '.join(_text(one) for one in row)}"


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)


def _heads(node: Simulated, uids: Iterable[str]) -> dict[str, Head]:
    with node.storage.read() as reader:
        return {str(uid): head for uid, head in reader.envelopes.heads([RecordUid(one) for one in uids]).items()}


def _name(dns: str) -> str:
    return dns.partition(".")[0]
