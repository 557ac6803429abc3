"""What differs between two documents, field by field.

One path names one place: field names, and positions in lists as text, counted from 0. Lists of objects are compared
item by item: equal items first, then those with the same key, then, where a list has no key, those that stand in the
same gap between known ones. Every other list is one value. The work grows with the size of the documents times the
logarithm of the longest list.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from typing import cast

from registry.domain.canonical import Document, JsonValue, canonical_bytes

# By which fields an item of a list is known again after it was changed.
KEYS: dict[str, tuple[str, ...]] = {
    "actors": ("label",),
    "clauses": ("path",),
    "deadlines": ("regime",),
    "indicators": ("type", "value"),
    "links": ("rel", "target"),
    "platforms": ("name",),
    "sources": ("url",),
    "systems": ("provider", "model", "version"),
}


class FieldChangeKind(StrEnum):
    """What became of a place in a document."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One place that differs.

    Attributes:
        path: the place in the newer document; of what was removed, its last step is the place in the older one.
        before: the older value; the older position (from 0) of what was moved; ``None`` for what was added.
        after: the newer value, or position; ``None`` for what was removed.
    """

    path: tuple[str, ...]
    before: JsonValue
    after: JsonValue
    kind: FieldChangeKind


def difference(before: Document, after: Document) -> tuple[FieldChange, ...]:
    """Every place in which two documents of canonical JSON differ; nothing where they say the same."""
    return tuple(_compared(before, after, ()))


def apply(before: Document, changes: Iterable[FieldChange]) -> Document:
    """The document *after* of which ``difference(before, after)`` gave *changes*."""
    return cast("Document", _applied(before, [(change.path, change) for change in changes]))


def _compared(old: JsonValue, new: JsonValue, path: tuple[str, ...]) -> Iterator[FieldChange]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for name in dict.fromkeys((*new, *old)):
            where = (*path, name)
            if name not in old:
                yield FieldChange(where, None, new[name], FieldChangeKind.ADDED)
            elif name not in new:
                yield FieldChange(where, old[name], None, FieldChangeKind.REMOVED)
            else:
                yield from _compared(old[name], new[name], where)
    elif _is_of_objects(old) and _is_of_objects(new):
        yield from _compared_items(_objects(old), _objects(new), path)
    elif canonical_bytes(old) != canonical_bytes(new):
        yield FieldChange(path, old, new, FieldChangeKind.CHANGED)


def _compared_items(old: Sequence[Document], new: Sequence[Document], path: tuple[str, ...]) -> Iterator[FieldChange]:
    pairs = _matched(old, new, KEYS.get(path[-1], ()) if path else ())
    moved = pairs.keys() - _in_order(pairs)
    came = set(pairs.values())
    for at, one in enumerate(old):
        if at not in pairs:
            yield FieldChange((*path, str(at)), one, None, FieldChangeKind.REMOVED)
    for at, one in enumerate(new):
        if at not in came:
            yield FieldChange((*path, str(at)), None, one, FieldChangeKind.ADDED)
    for first, second in sorted(pairs.items(), key=lambda pair: pair[1]):
        if first in moved:
            yield FieldChange((*path, str(second)), first, second, FieldChangeKind.MOVED)
        yield from _compared(old[first], new[second], (*path, str(second)))


def _matched(old: Sequence[Document], new: Sequence[Document], key: tuple[str, ...]) -> dict[int, int]:
    """Which item of *old* is which of *new*, by their positions."""
    pairs: dict[int, int] = {}
    _pair_equal(list(map(canonical_bytes, old)), list(map(canonical_bytes, new)), pairs)
    if key:
        _pair_equal([_key_of(one, key) for one in old], [_key_of(one, key) for one in new], pairs)
    else:
        _pair_by_place(len(old), len(new), pairs)
    return pairs


def _key_of(item: Document, key: tuple[str, ...]) -> bytes | None:
    named = [item.get(name) for name in key]
    return None if all(value is None for value in named) else canonical_bytes(named)


def _pair_equal(old: Sequence[bytes | None], new: Sequence[bytes | None], pairs: dict[int, int]) -> None:
    """Pair what is free on both sides and has the same mark, in order."""
    taken = set(pairs.values())
    waiting: dict[bytes, deque[int]] = defaultdict(deque)
    for at, mark in enumerate(new):
        if mark is not None and at not in taken:
            waiting[mark].append(at)
    for at, mark in enumerate(old):
        if mark is not None and at not in pairs and waiting.get(mark):
            pairs[at] = waiting[mark].popleft()


def _pair_by_place(old_length: int, new_length: int, pairs: dict[int, int]) -> None:
    """Pair what is free on both sides of the same gap between items that kept their order."""
    kept = sorted((first, pairs[first]) for first in _in_order(pairs))
    taken = set(pairs.values())
    for (old_from, new_from), (old_to, new_to) in pairwise([(-1, -1), *kept, (old_length, new_length)]):
        free_old = [at for at in range(old_from + 1, old_to) if at not in pairs]
        free_new = [at for at in range(new_from + 1, new_to) if at not in taken]
        pairs.update(zip(free_old, free_new, strict=False))


def _in_order(pairs: Mapping[int, int]) -> set[int]:
    """The old positions of a longest run of *pairs* that stand in the same order in both lists."""
    ends: list[int] = []
    olds: list[int] = []
    before: dict[int, int | None] = {}
    for first, second in sorted(pairs.items()):
        at = bisect_left(ends, second)
        before[first] = olds[at - 1] if at else None
        if at == len(ends):
            ends.append(second)
            olds.append(first)
        else:
            ends[at], olds[at] = second, first
    run: set[int] = set()
    last = olds[-1] if olds else None
    while last is not None:
        run.add(last)
        last = before[last]
    return run


def _applied(value: JsonValue, changes: Sequence[tuple[tuple[str, ...], FieldChange]]) -> JsonValue:
    """*value* after *changes*, each with what is left of its path."""
    for rest, change in changes:
        if not rest:
            return change.after
    if not changes:
        return value
    here = [change for rest, change in changes if len(rest) == 1]
    below: dict[str, list[tuple[tuple[str, ...], FieldChange]]] = defaultdict(list)
    for rest, change in changes:
        if len(rest) > 1 or change.kind is FieldChangeKind.CHANGED:
            below[rest[0]].append((rest[1:], change))
    if isinstance(value, Mapping):
        made = {name: _applied(one, below.get(name, ())) for name, one in value.items()}
        for change in here:
            if change.kind is FieldChangeKind.ADDED:
                made[change.path[-1]] = change.after
            elif change.kind is FieldChangeKind.REMOVED:
                del made[change.path[-1]]
        return made
    placed = _placed(_objects(value), here)
    return [_applied(one, below.get(str(at), ())) for at, one in enumerate(placed)]


def _placed(items: Sequence[Document], changes: Sequence[FieldChange]) -> list[JsonValue]:
    """The items at their newer places: who was moved or added has one, all others fill what is left, in order."""
    set_at: dict[int, JsonValue] = {}
    gone: set[int] = set()
    for change in changes:
        at = int(change.path[-1])
        if change.kind is FieldChangeKind.REMOVED:
            gone.add(at)
        elif change.kind is FieldChangeKind.ADDED:
            set_at[at] = change.after
        elif change.kind is FieldChangeKind.MOVED:
            first = cast("int", change.before)
            set_at[at] = items[first]
            gone.add(first)
    staying = (one for at, one in enumerate(items) if at not in gone)
    length = len(items) - len(gone) + len(set_at)
    return [set_at[at] if at in set_at else next(staying) for at in range(length)]


def _is_of_objects(value: JsonValue) -> bool:
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return is_list and all(isinstance(one, Mapping) for one in cast("Sequence[JsonValue]", value))


def _objects(value: JsonValue) -> Sequence[Document]:
    return cast("Sequence[Document]", value)
