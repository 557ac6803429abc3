"""What changed between two revisions, word by word."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeAlias, cast

from registry.domain.canonical import JsonValue
from registry.domain.difference import FieldChangeKind
from registry.domain.history import Part, PartChange
from web.pages.wording import words

# Longer texts are shown whole, before and after: comparing them word by word would take too long.
_MOST_WORDS = 1500
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
# Fields that hold the uid of another record.
_LINKING = frozenset({"target", "incident", "weakness", "about"})
# Says of the source's own file that it changed; what changed in it is among the other fields.
_UNREAD = frozenset({"sha256"})

_PREFIXES = {Part.CONTENT: "", Part.RESTRICTED: "Restricted · ", Part.MARKING: "Marking · "}

Name: TypeAlias = Callable[[str], str]
Leaf: TypeAlias = tuple[tuple[str, ...], JsonValue]


class Mark(StrEnum):
    """What became of a piece of text."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class WordChange:
    """One field that differs, as pieces of text in order."""

    label: str
    pieces: tuple[tuple[Mark, str], ...]


def worded(changes: Iterable[PartChange], name: Name = str) -> tuple[WordChange, ...]:
    """What differs between two revisions, word by word, in the order in which a reader meets it.

    *name* says what the code of a technique or tactic means, and what a record is called whose uid it is given.
    """
    return tuple(one for change in sorted(changes, key=_place) for one in _worded(change, name))


def linked_uids(changes: Iterable[PartChange]) -> frozenset[str]:
    """The uids of other records that the changes name."""
    leaves = (
        leaf
        for change in changes
        for value in (change.change.before, change.change.after)
        for leaf in _leaves(change.change.path, value)
    )
    return frozenset(value for path, value in leaves if path[-1] in _LINKING and isinstance(value, str))


def worded_texts(texts: Iterable[tuple[str, str, str]]) -> tuple[WordChange, ...]:
    """What differs word by word between texts, each with its label, as it was and as it is; equal ones are left out."""
    return tuple(WordChange(label, _pieces(before, after)) for label, before, after in texts if before != after)


def _place(change: PartChange) -> tuple[object, ...]:
    """Where a reader meets it: fields with headings first, as they are read; items of a list by their position."""
    first, *rest = change.change.path
    places = {heading: place for place, heading in enumerate(_HEADINGS)}
    steps = [(int(step), "") if step.isdecimal() else (0, step) for step in rest]
    return (list(Part).index(change.part), places.get(first, len(places)), first, steps)


def _worded(change: PartChange, name: Name) -> Iterator[WordChange]:
    one, prefix = change.change, _PREFIXES[change.part]
    if one.kind is FieldChangeKind.MOVED:
        came_from = f"moved here from place {cast('int', one.before) + 1}"
        yield WordChange(prefix + _label(one.path), ((Mark.KEPT, came_from),))
        return
    if one.kind is FieldChangeKind.CHANGED:
        old, new = ([(one.path, value)] for value in (one.before, one.after))
    else:
        old, new = ([*_leaves(one.path, value)] if value is not None else [] for value in (one.before, one.after))
    for path, before, after in _side_by_side(old, new):
        if path[-1] not in _UNREAD:
            text = (_text(value, path[-1], name) for value in (before, after))
            yield WordChange(prefix + _label(path), _pieces(*text))


def _side_by_side(old: list[Leaf], new: list[Leaf]) -> Iterator[tuple[tuple[str, ...], JsonValue, JsonValue]]:
    """The places of either with both values; ``None`` where there is none."""
    before, after = dict(old), dict(new)
    for path in dict.fromkeys((*after, *before)):
        yield path, before.get(path), after.get(path)


def _leaves(path: tuple[str, ...], value: JsonValue) -> Iterator[Leaf]:
    """What is read at and below a place, each with its own place."""
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _leaves((*path, name), inner)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for at, inner in enumerate(value):
            yield from _leaves((*path, str(at)), inner)
    else:
        yield path, value


def _label(path: tuple[str, ...]) -> str:
    """A place as people call it: the heading on a record's page, then what is within; items are counted from 1."""
    first, *rest = path
    label = _HEADINGS.get(first, words(first))
    for step in rest:
        label += f" {int(step) + 1}" if step.isdecimal() else f" · {words(step)}"
    return label


def _text(value: JsonValue, key: str, name: Name) -> str:
    if isinstance(value, list):
        return "\n".join(str(one) for one in value)
    if key in _CODED | _LINKING and isinstance(value, str):
        return name(value)
    if key == "rel" and isinstance(value, str):
        return words(value)
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
