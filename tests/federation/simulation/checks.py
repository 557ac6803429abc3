"""What must hold at the end of what is stored."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing

from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.ports import Reader, Registry
from registry.ports.federation import Head
from tests.federation.simulation.liars import Liar
from tests.federation.simulation.model import Book, Marked, Tracked
from tests.federation.simulation.nodes import Simulated
from tests.federation.simulation.plan import Broken
from tests.federation.simulation.ways import Ways, heads_of

# Words of requests that came, which are forgotten once they expire; and how far a comparison came.
_PASSING = frozenset({"peer_nonces", "meta"})


def converged(nodes: Sequence[Simulated], book: Book) -> None:
    """Raise ``Broken`` unless every honest node has exactly what it may have, as it is at its origin."""
    honest = {one.name: one for one in nodes if not one.lies}
    problems: list[str] = []
    ways = Ways.of(nodes, book)
    for origin in honest.values():
        tracked = book.of(origin.name)
        true = heads_of(origin, (one.uid for one in tracked))
        distances = book.distances(origin.name, honest)
        for one in tracked:
            problems += _at_home(origin, one)
        for name, node in honest.items():
            if node is not origin:
                wanted = {one.uid for one in book.expected(name, origin.name, distances.get(name))}
                problems += _compared(node, tracked, true, wanted, ways)
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
    node: Simulated, tracked: Sequence[Tracked], true: Mapping[str, Head], wanted: set[str], ways: Ways
) -> Iterable[str]:
    held = heads_of(node, (one.uid for one in tracked))
    with node.storage.read() as reader:
        records = reader.records.many([RecordUid(one.uid) for one in tracked], visible=EVERYTHING)
    for one in tracked:
        if ways.is_tainted(one.uid, node.name):
            continue
        head, record = held.get(one.uid), records.get(RecordUid(one.uid))
        found = _missed(node, one, head, true.get(one.uid), record, ways, is_wanted=one.uid in wanted)
        yield from (f"{node.name} has of {one.origin} {one.uid} ({one.now}): {problem}" for problem in found)


def _missed(
    node: Simulated,
    one: Tracked,
    head: Head | None,
    true: Head | None,
    record: Record | None,
    ways: Ways,
    *,
    is_wanted: bool,
) -> Iterable[str]:
    """What is wrong with what a node has of one record."""
    book = ways.book
    if one.uid in book.behind:
        # Others may hold what its origin has forgotten, until it signs the next header.
        yield from ["it is frozen"] if head is not None and head.frozen else []
    elif not is_wanted:
        is_left = record is not None and (record.head.public is not None or record.is_out)
        yield from ["it is not for it"] if is_left and not ways.is_forgotten(one.uid, node.name) else []
    elif one.now.state == "erased" and (record is None or record.state is State.ERASED):
        # Who never had it need not know that it is gone; nor does anybody hear twice that it is, which an origin says
        # that went back to a copy.
        return
    elif head is None or true is None or head.header.hash != true.header.hash:
        if not ways.is_cut_off(one, node.name):
            yield f"rev {None if head is None else head.header.rev}, which is not the newest"
    elif record is None:
        yield "no record"
    else:
        is_direct = one.origin in book.asks[node.name] or one.now.is_relayed_with_restricted
        may_read = is_direct and book.may_read_restricted(node.name, one.origin, one.now)
        yield from _unlike(one.now, record, may_read=may_read)
        yield from ["it is frozen"] if head.frozen else []


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
    ways = Ways.of(nodes, book)
    for node in nodes:
        if node.lies:
            continue
        told = [one for one in gone if ways.hears_of_end(one, node.name)]
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


def state(node: Simulated) -> tuple[int, int]:
    """What moves whenever a node has something new for another: its last place in the log, and its last change."""
    with node.storage.read() as reader:
        return reader.envelopes.last(), reader.changes.head().seq


def rows_of(registry: Registry) -> Iterable[str]:
    """Every row of a node's store, as text."""
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
            for row in connection.execute(f'SELECT * FROM "{name}"'):
                yield f"{name}: {' '.join(_text(one) for one in row)}"


def _text(value: object) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value)
