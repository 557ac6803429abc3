"""Sealed records: about the sexual abuse of children. They say that something was reported, and nothing else.

They are read with a permission of their own and never given out: whatever might lead to the material, or help to make
it, may not be written here at all, not even in the restricted part.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from registry.domain.content.base import to_document
from registry.domain.content.kinds import Content
from registry.domain.errors import Problem
from registry.domain.vocabulary import Tlp

SEALED_CATEGORY = "csae"

# Fields of the public part that a sealed record may have; its restricted part may say what is due to whom.
_PUBLIC = frozenset(
    {"title", "summary", "event_kind", "intent", "misuse_categories", "authority_report", "timeline", "enforcement"}
)
_RESTRICTED = frozenset({"deadlines"})
_ADDRESS = re.compile(r"https?://|www\.|\b[0-9a-fA-F]{32,}\b|\b[a-z2-7]{56}\.onion\b")


def is_sealed(content: Content) -> bool:
    """Whether a record with this content is sealed: one of its categories says what it is about."""
    named: Any = getattr(content.public, "misuse_categories", ())
    return any(one.partition("/")[0] == SEALED_CATEGORY for one in named)


def sealed_problems(content: Content) -> list[Problem]:
    """What a sealed record says that it may not, and what it leaves out that it must say; nothing for any other."""
    if not is_sealed(content):
        return []
    return list(_problems(content))


def _problems(content: Content) -> Iterator[Problem]:
    if content.marking.tlp is not Tlp.RED:
        yield Problem(("marking", "tlp"), "SEALED", "a sealed record is RED")
    if getattr(content.public, "authority_report", None) is None:
        message = "give the reference of the report made to the authority"
        yield Problem(("content", "authority_report"), "REQUIRED", message)
    parts = (("content", content.public, _PUBLIC), ("restricted", content.restricted, _RESTRICTED))
    for name, part, allowed in parts:
        document = to_document(part)
        for field, value in document.items():
            if field not in allowed and not _is_default(part, field, value):
                yield Problem((name, field), "SEALED", "a sealed record leaves this out")
            elif _ADDRESS.search(" ".join(_texts(value))):
                yield Problem((name, field), "SEALED", "a sealed record holds no addresses and no hashes")


def _is_default(part: Any, field: str, value: object) -> bool:
    return bool(type(part).model_fields[field].default == value)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)
