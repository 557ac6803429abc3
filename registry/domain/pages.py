"""Pages of lists: keyset positions, and cursors that carry them sealed.

A cursor is bound to the list, its filter and the viewer, and signed with the node's own secret: it can be
neither made up nor carried from one list or viewer to another.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import Generic, TypeAlias, TypeVar

from registry.domain.errors import BadCursor, InvalidInput, Problem
from registry.domain.record import OrganisationId, State
from registry.domain.vocabulary import Kind

MAX_PAGE = 100
DEFAULT_PAGE = 20

Keyset: TypeAlias = "tuple[str | int | float, ...]"
Item = TypeVar("Item")


class RecordOrder(StrEnum):
    """How a list of records is sorted; the newest, gravest or latest first, ties by uid."""

    PUBLISHED = "published"
    CHANGED = "changed"
    OCCURRED = "occurred"
    SEVERITY = "severity"


@dataclass(frozen=True, slots=True)
class RecordFilter:
    """Which records of those one may see; empty fields do not narrow. Facet values of one name are or-ed."""

    kinds: tuple[Kind, ...] = ()
    states: tuple[State, ...] = ()
    owner: OrganisationId | None = None
    facets: tuple[tuple[str, str], ...] = ()
    severity_at_least: int | None = None
    occurred_from: date | None = None
    occurred_before: date | None = None


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page: *limit* items after (or, reading backwards, before) a position.

    Raises:
        InvalidInput: the limit is not 1 to 100.
    """

    limit: int = DEFAULT_PAGE
    position: Keyset | None = None
    backwards: bool = False

    def __post_init__(self) -> None:
        if not 1 <= self.limit <= MAX_PAGE:
            name = "last" if self.backwards else "first"
            raise InvalidInput([Problem((name,), "OUT_OF_RANGE", f"ask for 1 to {MAX_PAGE} items")])


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """Some items of a list in order, each with its position, and whether there are more on either side."""

    items: tuple[Item, ...]
    positions: tuple[Keyset, ...] = field(default=())
    has_next: bool = False
    has_previous: bool = False


def _write(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


class CursorSeal:
    """Makes and reads cursors with one node's secret (any length of at least 16 bytes)."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret

    def seal(self, position: Keyset, *binding: object) -> str:
        """A cursor for *position* in the list that *binding* describes: its name, filter, order and viewer."""
        body = json.dumps(position, separators=(",", ":")).encode()
        return _write(self._tag(body, binding) + body)

    def open(self, cursor: str, *binding: object) -> Keyset:
        """The position in *cursor*.

        Raises:
            BadCursor: it is not a cursor of this node for this list and viewer.
        """
        try:
            raw = base64.b64decode(cursor.encode() + b"=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, UnicodeEncodeError):
            raise BadCursor from None
        tag, body = raw[:16], raw[16:]
        # The same bytes can be written in several ways; only our own is a cursor.
        if _write(raw) != cursor or not hmac.compare_digest(tag, self._tag(body, binding)):
            raise BadCursor
        position: Sequence[str | int | float] = json.loads(body)
        return tuple(position)

    def _tag(self, body: bytes, binding: tuple[object, ...]) -> bytes:
        bound = json.dumps([repr(item) for item in binding], separators=(",", ":")).encode()
        return hmac.new(self._secret, bound + b"\0" + body, hashlib.sha256).digest()[:16]
