"""Content made ready to be stored, which costs more than storing it and may be done by another process."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.content.base import to_bytes
from registry.domain.content.kinds import Content
from registry.domain.content.marking import Marking
from registry.domain.sealed import is_sealed
from registry.domain.vocabulary import Kind


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


def made_ready(content: Content) -> Ready:
    """*content* ready to be stored.

    Raises:
        InvalidInput: a part is too large.
    """
    public = to_bytes(content.public, path=("content",))
    restricted = to_bytes(content.restricted, path=("restricted",))
    return Ready(content.kind, content.marking, public, restricted, is_sealed(content))
