"""What changed between two revisions of a public part, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from registry.domain.canonical import Document, JsonValue
from web.pages.wording import words

# Longer texts are shown whole, before and after: comparing them word by word would take too long.
_MOST_WORDS = 1500
_WORD = re.compile(r"\s+|\S+")


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field that differs, as pieces of text in order."""

    label: str
    pieces: tuple[tuple[Mark, str], ...]


def differences(before: Document, after: Document) -> tuple[FieldChange, ...]:
    """Every field that differs, in the order of the newer revision, removed ones last."""
    old, new = dict(_flat(before)), dict(_flat(after))
    names = [*new, *(name for name in old if name not in new)]
    return tuple(
        FieldChange(name, _pieces(old.get(name, ""), new.get(name, "")))
        for name in names
        if old.get(name) != new.get(name)
    )


def _flat(value: JsonValue, label: str = "") -> Iterator[tuple[str, str]]:
    """Every leaf as text, named by the way to it: ``Systems 1 · Provider``."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _flat(item, f"{label} · {words(key)}" if label else words(key))
    elif isinstance(value, list):
        for at, item in enumerate(value, 1):
            yield from _flat(item, f"{label} {at}")
    elif value is not None:
        yield label, str(value)


def _pieces(before: str, after: str) -> tuple[tuple[Mark, str], ...]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    if len(old) + len(new) > _MOST_WORDS:
        return tuple((mark, text) for mark, text in ((Mark.REMOVED, before), (Mark.ADDED, after)) if text)
    pieces: list[tuple[Mark, str]] = []
    for what, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(
        None, old, new, autojunk=False
    ).get_opcodes():
        if what == "equal":
            pieces.append((Mark.KEPT, "".join(old[old_from:old_to])))
            continue
        if old_to > old_from:
            pieces.append((Mark.REMOVED, "".join(old[old_from:old_to])))
        if new_to > new_from:
            pieces.append((Mark.ADDED, "".join(new[new_from:new_to])))
    return tuple(pieces)
