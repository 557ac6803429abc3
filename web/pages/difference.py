"""What changed between two revisions of a public part, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias

from registry.domain.canonical import Document, JsonValue, canonical_bytes
from web.pages.wording import words

# Longer texts are shown whole, before and after: comparing them word by word would take too long.
_MOST_WORDS = 1500
# Longer lists are compared place by place.
_MOST_ITEMS = 300
_WORD = re.compile(r"\s+|\S+")
# Fields under the headings that they have on a record's page, in the order in which they are read.
_HEADINGS = {
    "title": "Title",
    "name": "Name",
    "statement": "Statement",
    "summary": "Summary",
    "description": "Description",
    "context": "Context",
    "narrative": "What happened",
    "procedure": "How it was done, step",
    "addresses": "What it acts against, point",
    "evidence": "Evidence",
    "actors": "Who did it",
    "targets": "Who was aimed at",
    "detection": "How it was found",
    "enforcement": "What was done about it",
    "harms": "Harm",
    "misuse_categories": "Misuse",
    "scrutiny_domains": "High-risk domains",
    "recommendation": "What to do",
    "contributing_factors": "What let it happen",
    "what_worked": "What helped",
    "what_failed": "What did not help",
    "side_effects": "What it costs those who do nothing wrong",
    "upstream": "At its source",
}
_CODED = frozenset({"technique", "tactic"})
# Says of the source's own file that it changed; what changed in it is among the other fields.
_UNREAD = frozenset({"sha256"})

Name: TypeAlias = Callable[[str], str]


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


def differences(before: Document, after: Document, name: Name = str) -> tuple[FieldChange, ...]:
    """Every field that differs, in the order in which a reader meets it.

    Items of a list are compared with those they most likely were, so that one put in changes no other. *name* says
    what the code of a technique or tactic means.
    """
    return tuple(
        FieldChange(label, _pieces(old, new))
        for label, old, new in _compared(before, after, "", "", name)
        if old != new
    )


def _compared(old: JsonValue, new: JsonValue, label: str, key: str, name: Name) -> Iterator[tuple[str, str, str]]:
    if old == new:
        return
    if isinstance(old, Mapping) or isinstance(new, Mapping):
        one, other = (value if isinstance(value, Mapping) else {} for value in (old, new))
        for inner in _in_order(one, other) if not label else dict.fromkeys((*other, *one)):
            if inner not in _UNREAD:
                heading = f"{label} · {words(inner)}" if label else _HEADINGS.get(inner, words(inner))
                yield from _compared(one.get(inner), other.get(inner), heading, inner, name)
    elif _has_objects(old) or _has_objects(new):
        for at, gone, come in _aligned(_items(old), _items(new)):
            yield from _compared(gone, come, f"{label} {at + 1}", key, name)
    else:
        yield label, _text(old, key, name), _text(new, key, name)


def _in_order(old: Mapping[str, JsonValue], new: Mapping[str, JsonValue]) -> list[str]:
    """The fields of either, those with headings first, as they are read."""
    places = {name: place for place, name in enumerate(_HEADINGS)}
    return sorted(dict.fromkeys((*new, *old)), key=lambda name: places.get(name, len(places)))


def _aligned(old: list[JsonValue], new: list[JsonValue]) -> Iterator[tuple[int, JsonValue, JsonValue]]:
    """Pairs of items that differ, each with its place (in the newer list, where it is there)."""
    if max(len(old), len(new)) > _MOST_ITEMS:
        blocks = [("replace", 0, len(old), 0, len(new))]
    else:
        keys = [canonical_bytes(one) for one in old], [canonical_bytes(one) for one in new]
        blocks = list(difflib.SequenceMatcher(None, *keys, autojunk=False).get_opcodes())
    for what, old_from, old_to, new_from, new_to in blocks:
        if what == "equal":
            continue
        for at in range(max(old_to - old_from, new_to - new_from)):
            gone = old[old_from + at] if old_from + at < old_to else None
            come = new[new_from + at] if new_from + at < new_to else None
            yield (new_from if come is not None else old_from) + at, gone, come


def _has_objects(value: JsonValue) -> bool:
    return any(isinstance(one, Mapping) for one in _items(value))


def _items(value: JsonValue) -> list[JsonValue]:
    return value if isinstance(value, list) else []


def _text(value: JsonValue, key: str, name: Name) -> str:
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if key in _CODED and isinstance(value, str):
        return name(value)
    return "" if value is None else str(value)


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
