"""Content made ready to be stored, which costs more than storing it and may be done by another process."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from registry.domain.canonical import Document, parse_json
from registry.domain.content.base import to_bytes
from registry.domain.content.kinds import Content
from registry.domain.content.marking import Marking
from registry.domain.derived import Derived, derived_of
from registry.domain.people import is_sensitive
from registry.domain.sealed import is_sealed
from registry.domain.vocabulary import Kind
from registry.domain.welfare import mask_of, topics_in


@dataclass(frozen=True, slots=True)
class Ready:
    """Content with its parts as canonical bytes.

    ``sealed`` tells whether it is of a sort that only a few may read.
    """

    kind: Kind
    marking: Marking
    public: bytes
    restricted: bytes
    sealed: bool


@dataclass(frozen=True, slots=True)
class Readings:
    """What is read out of content that is ready.

    Attributes:
        derived: what its public part tells lists and graphs.
        sensitive: whether its sources are cleared before they are shown.
        topics: what it is about, as ``welfare.mask_of`` writes it.
    """

    derived: Derived
    sensitive: bool
    topics: int


def made_ready(content: Content) -> Ready:
    """*content* ready to be stored.

    Raises:
        InvalidInput: a part is too large.
    """
    public = to_bytes(content.public, path=("content",))
    restricted = to_bytes(content.restricted, path=("restricted",))
    return Ready(content.kind, _shared(content.marking), public, restricted, is_sealed(content))


def readings_of(ready: Ready) -> Readings:
    """What is read out of *ready*."""
    document = cast("Document", parse_json(ready.public))
    topics = mask_of(topics_in(document, ready.marking.content_warnings))
    return Readings(derived_of(document), is_sensitive(document, ready.marking), topics)


@lru_cache(maxsize=1024)
def _shared(marking: Marking) -> Marking:
    """The same object for equal markings; few differ, they are frozen, and one object is told from others quickest."""
    return marking
