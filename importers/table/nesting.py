"""Nested JSON as a table: which list holds the records, and how the fields of one record become columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from registry.domain.canonical import Document, JsonValue
from registry.domain.errors import InvalidInput, Problem

WHOLE = "."
KEY = "(key)"
_MAX_ITEMS = 200
_MAX_LEVELS = 6
_MAX_KEYS = 200
# A list that is less than this part of the document is a detail of the one record that it is.
_MOST = 0.6


def records_at(root: JsonValue, path: str | None) -> tuple[Sequence[JsonValue], str]:
    """The records of a document and the path to them, which is found out where none is said.

    Objects that stand in an object by their keys are records too, each with its key in the column ``(key)``.

    Raises:
        InvalidInput: with one problem BROKEN_DOCUMENT: nothing is there, or no records.
    """
    if path is None:
        path = _found(root)
    place: JsonValue = root
    for step in path.split(".") if path != WHOLE else ():
        place = place.get(step) if isinstance(place, Mapping) else None
    if isinstance(place, list):
        return place, path
    if isinstance(place, Mapping):
        if _is_keyed(place):
            return [{KEY: key, **one} for key, one in place.items() if isinstance(one, Mapping)], path
        return [place], path
    message = "no list of records stands where the mapping says" if path != WHOLE else "a list or an object is expected"
    raise InvalidInput([Problem((), "BROKEN_DOCUMENT", message)])


def _found(root: JsonValue) -> str:
    if not isinstance(root, Mapping):
        return WHOLE
    best, most = WHOLE, 0
    open_: list[tuple[str, Document, int]] = [("", root, 0)]
    while open_:
        before, place, level = open_.pop()
        for name, value in list(place.items())[:_MAX_KEYS]:
            path = f"{before}{name}"
            if "." in name:
                continue
            size = _count_of_records(value)
            if size > most:
                best, most = path, size
            if isinstance(value, Mapping) and level < _MAX_LEVELS:
                open_.append((f"{path}.", value, level + 1))
    if best == WHOLE:
        return WHOLE
    held: JsonValue = root
    for step in best.split("."):
        held = held[step] if isinstance(held, Mapping) else None
    return best if _size(held) >= _MOST * _size(root) else WHOLE


def _count_of_records(value: JsonValue) -> int:
    if isinstance(value, list):
        objects = sum(isinstance(one, Mapping) for one in value)
        return objects if objects * 2 > len(value) else 0
    return len(value) if isinstance(value, Mapping) and _is_keyed(value) else 0


def _is_keyed(value: Document) -> bool:
    """Whether it holds records by their keys: two or more objects, alike, and nothing else."""
    if len(value) < 2 or not all(isinstance(one, Mapping) for one in value.values()):
        return False
    first = next(iter(value.values()))
    names = first.keys() if isinstance(first, Mapping) else frozenset[str]()
    alike = sum(isinstance(one, Mapping) and len(one.keys() & names) * 2 > len(names) for one in value.values())
    return bool(names) and alike * 2 > len(value)


def _size(value: JsonValue) -> int:
    count, open_ = 0, [value]
    while open_:
        one = open_.pop()
        count += 1 if not isinstance(one, str) else 1 + len(one) // 20
        if isinstance(one, Mapping):
            open_ += one.values()
        elif isinstance(one, list):
            open_ += one
    return count


def flat(record: Document, most: int) -> tuple[dict[str, JsonValue], bool]:
    """The fields of a record by their paths, at most *most*, and whether something was left out for its number."""
    flattening = _Flattening(most)
    flattening.take(record, "")
    return flattening.cells, flattening.is_cut


@dataclass(slots=True)
class _Flattening:
    most: int
    cells: dict[str, JsonValue] = field(default_factory=dict)
    is_cut: bool = False

    def take(self, value: Document, before: str) -> None:
        for key, inner in value.items():
            self._put(f"{before}{_name(key)}", inner)

    def _put(self, path: str, value: JsonValue) -> None:
        if isinstance(value, Mapping):
            self.take(value, f"{path}.")
        elif isinstance(value, list):
            self._put_list(path, value)
        elif value is not None and not (isinstance(value, str) and not value.strip()):
            self._keep(path, value)

    def _put_list(self, path: str, items: list[JsonValue]) -> None:
        self.is_cut |= len(items) > _MAX_ITEMS
        items = items[:_MAX_ITEMS]
        objects = [one for one in items if isinstance(one, Mapping)]
        plain: list[JsonValue] = [one for one in items if isinstance(one, str | int | float) and one != ""]
        for inner in items:
            if isinstance(inner, list):
                plain += [one for one in inner[:_MAX_ITEMS] if isinstance(one, str | int | float)]
        if plain:
            self._keep(path if not objects else f"{path}[]", plain[:_MAX_ITEMS])
        if not objects:
            return
        flats = [flat(one, self.most) for one in objects]
        self.is_cut |= any(is_cut for _, is_cut in flats)
        for name in dict.fromkeys(name for cells, _ in flats for name in cells):
            column: list[JsonValue] = []
            for cells, _ in flats:
                cell = cells.get(name)
                column += cell if isinstance(cell, list) else [cell]
            self._keep(f"{path}[].{name}", column[:_MAX_ITEMS])
            if self.is_cut and len(self.cells) >= self.most:
                return

    def _keep(self, path: str, value: JsonValue) -> None:
        if len(self.cells) < self.most or path in self.cells:
            self.cells[path] = value
        else:
            self.is_cut = True


def _name(key: str) -> str:
    return "".join(one for one in " ".join(key[:200].split()) if one.isprintable())[:60] or "(empty)"
