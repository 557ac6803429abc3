"""JSON-LD of flaw reports as plain objects: short names, and values instead of objects that hold one value."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importers.entry import Entry
from registry.domain.canonical import JsonValue

_PREFIXES = ("aifr:", "https://aiflawreports.org/schema/", "schema:", "https://schema.org/", "http://schema.org/")


def plain(value: JsonValue) -> JsonValue:
    """*value* with the names of its fields as the vocabulary spells them without prefix; of two alike the first."""
    if isinstance(value, list):
        return [plain(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    if "@value" in value:
        return value["@value"]
    found: dict[str, JsonValue] = {}
    for name, item in value.items():
        found.setdefault(_short(name), plain(item))
    return found


def several(entry: Entry, name: str) -> tuple[JsonValue, ...]:
    """The items of a field; one that stands alone is one of them, as JSON-LD allows."""
    value = entry.fields.get(name)
    if isinstance(value, list):
        return tuple(value)
    return () if value is None or value == "" else (value,)


def words(entry: Entry, name: str) -> Iterator[str]:
    """The texts of a field that may hold one or several."""
    for item in several(entry, name):
        if isinstance(item, str):
            yield " ".join(item.split())
        else:
            entry.note("WRONG_TYPE", f"{name}: texts are expected")


def parts(entry: Entry, name: str, *, text_as: str = "name") -> Iterator[Entry]:
    """The objects of a field that may hold one or several; a mere text stands for its *text_as*."""
    for item in several(entry, name):
        fields = {text_as: item} if isinstance(item, str) else item
        if isinstance(fields, Mapping):
            yield entry.inner(fields)
        else:
            entry.note("WRONG_TYPE", f"{name}: an object is expected")


def _short(name: str) -> str:
    return next((name[len(prefix) :] for prefix in _PREFIXES if name.startswith(prefix)), name)
