"""TAXII 2.1: what a collection is asked for, and which objects of it that is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from registry.domain.canonical import JsonValue
from registry.domain.errors import BadCursor, InvalidInput, Problem

MEDIA_TYPE = "application/taxii+json;version=2.1"
MAX_LIMIT = 5000
# There are clients that say none, and ask for one page in half a minute.
DEFAULT_LIMIT = 1000
_VERSIONS = frozenset({"first", "last", "all"})
_MATCHES = frozenset({"id", "type", "version", "spec_version"})
_MAX_MATCHES = 100
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,6})?Z")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for: the filters and where to go on.

    Attributes:
        after: objects that were added later than this, in microseconds since 1970.
    """

    after: int = -1
    ids: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()
    spec_versions: tuple[str, ...] = ()

    def wants(self, one: Mapping[str, JsonValue]) -> bool:
        """Whether it asks for this object. Of each object there is one version, which is the first and the last."""
        version = str(one.get("modified", one.get("created")))
        return (
            (not self.ids or one["id"] in self.ids)
            and (not self.types or one["type"] in self.types)
            and (not self.versions or not _VERSIONS.isdisjoint(self.versions) or version in self.versions)
            and (not self.spec_versions or one.get("spec_version") in self.spec_versions)
        )

    @property
    def filters(self) -> tuple[tuple[str, ...], ...]:
        """What narrows, without where to go on."""
        return self.ids, self.types, self.versions, self.spec_versions


def read_asked(parameters: Iterable[tuple[str, str]]) -> Asked:
    """What the parameters of an address ask for.

    Raises:
        InvalidInput: a time or a filter cannot be read.
    """
    found: dict[str, str] = {}
    for name, value in parameters:
        if name in found:
            raise _refused(name, "this is said twice")
        found[name] = value
    matches: dict[str, tuple[str, ...]] = {}
    for name, value in found.items():
        if name.startswith("match["):
            field = name.removeprefix("match[").removesuffix("]")
            values = tuple(dict.fromkeys(value.split(",")))
            if field not in _MATCHES or len(values) > _MAX_MATCHES:
                raise _refused(name, f"match by up to {_MAX_MATCHES} of: {', '.join(sorted(_MATCHES))}")
            matches[field] = values
    return Asked(
        after=microseconds(found["added_after"]) if "added_after" in found else -1,
        ids=matches.get("id", ()),
        types=matches.get("type", ()),
        versions=matches.get("version", ()),
        spec_versions=matches.get("spec_version", ()),
    )


def limit_in(text: str | None) -> int:
    """How many objects a page may have; never more than ``MAX_LIMIT``.

    Raises:
        InvalidInput: it is no positive number.
    """
    if text is None:
        return DEFAULT_LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) == 0:
        raise _refused("limit", "ask for 1 object or more")
    return min(int(text), MAX_LIMIT)


def continued(asked: Asked, *, log_id: str, collection: str) -> bytes:
    """Where to go on, with the filters, as ``read_continued`` reads it."""
    return json.dumps([log_id, collection, asked.after, *asked.filters]).encode()


def read_continued(body: bytes, *, log_id: str, collection: str, said: Asked) -> Asked:
    """What ``continued`` wrote.

    Args:
        said: what stands beside it in the address: nothing, or the filters of the first page once more.

    Raises:
        BadCursor: it is of another collection, another log or other filters.
    """
    of_log, of_collection, after, *filters = json.loads(body)
    asked = Asked(after, *map(tuple, filters))
    is_same = said.filters in {Asked().filters, asked.filters}
    if (of_log, of_collection) != (log_id, collection) or not is_same:
        raise BadCursor(path=["next"])
    return asked


def microseconds(text: str) -> int:
    """An instant as TAXII writes it, in microseconds since 1970.

    Raises:
        InvalidInput: it is none.
    """
    try:
        at = datetime.fromisoformat(text) if _TIME.fullmatch(text) else None
    except ValueError:
        at = None
    if at is None:
        raise _refused("added_after", "write an instant as 2026-03-14T15:00:00.000000Z")
    return (at - _EPOCH) // timedelta(microseconds=1)


def instant(at: int) -> str:
    """Microseconds since 1970 as TAXII writes an instant."""
    return (_EPOCH + timedelta(microseconds=at)).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _refused(name: str, message: str) -> InvalidInput:
    return InvalidInput([Problem((name,), "INVALID_VALUE", message)])
