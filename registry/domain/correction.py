"""Correcting a public part: single edits, what they touch, and putting them into what was written meanwhile."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from registry.domain.canonical import MAX_DEPTH, Document, JsonValue, canonical_bytes
from registry.domain.difference import FieldChangeKind, difference
from registry.domain.errors import Conflict, InvalidInput, Problem

MAX_EDITS = 200


@dataclass(frozen=True, slots=True)
class Edit:
    """One change that is proposed: the place in the public part, and what shall stand there; ``None`` removes it."""

    path: tuple[str, ...]
    value: JsonValue


def edited(document: Document, edits: Sequence[Edit]) -> Document:
    """*document* after *edits*, one after the other; objects and lists on the way that are missing are made.

    Raises:
        InvalidInput: with every edit that cannot be made; paths begin with ``changes``.
    """
    if not 1 <= len(edits) <= MAX_EDITS:
        code = "TOO_MANY" if edits else "REQUIRED"
        raise InvalidInput([Problem(("changes",), code, f"propose 1 to {MAX_EDITS} changes")])
    made = _copied(document)
    problems = [
        Problem(("changes", str(at), "path"), *wrong)
        for at, edit in enumerate(edits)
        if (wrong := _wrong_with(made, edit)) is not None
    ]
    if problems:
        raise InvalidInput(problems)
    return cast("Document", made)


def _copied(value: JsonValue) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(one) for name, one in value.items()}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_copied(one) for one in value]
    return value


def _wrong_with(made: Any, edit: Edit) -> tuple[str, str] | None:
    """Make one edit in place, or tell code and message of why it cannot be made."""
    if not edit.path:
        return "REQUIRED", "name the field"
    if len(edit.path) > MAX_DEPTH:
        return "TOO_DEEP", f"nesting is limited to {MAX_DEPTH} levels"
    here = made
    for step, following in zip(edit.path, (*edit.path[1:], None), strict=True):
        wrong = _no_such_place(here, step)
        if wrong is not None:
            return wrong
        place: Any = int(step) if isinstance(here, list) else step
        adds = isinstance(here, list) and place == len(here)
        if adds and (following is not None or edit.value is None):
            return "OUT_OF_RANGE", "the list has no such position"
        if following is None:
            _put(here, place, edit.value)
            return None
        if isinstance(here, dict) and here.get(place) is None:
            here[place] = [] if following == "0" else {}
        here = here[place]
    return None


def _no_such_place(here: Any, step: str) -> tuple[str, str] | None:
    if isinstance(here, dict):
        return None
    if not isinstance(here, list):
        return "UNKNOWN_FIELD", "there is nothing within this"
    is_position = step.isascii() and step.isdecimal() and len(step) <= len(str(len(here)))
    if not is_position or int(step) > len(here):
        return "OUT_OF_RANGE", "the list has no such position; to add to it, name the one after its last"
    return None


def _put(here: Any, place: Any, value: JsonValue) -> None:
    if isinstance(here, dict):
        if value is None:
            here.pop(place, None)
        else:
            here[place] = _copied(value)
    elif value is None:
        del here[place : place + 1]
    else:
        here[place : place + 1] = [_copied(value)]


def touched(before: Document, after: Document) -> tuple[str, ...]:
    """The outermost fields in which two documents differ, sorted."""
    names = before.keys() | after.keys()
    return tuple(sorted(name for name in names if not _is_same(before, after, name)))


def rebased(base: Document, proposed: Document, present: Document) -> Document:
    """*present* with what *proposed* changes in *base*.

    A field that changed meanwhile is taken over only where it says the same by now, or where the proposal does nothing
    but add to a list.

    Raises:
        Conflict: another field that the proposal changes was changed meanwhile; the message names all of them.
    """
    made = dict(present)
    in_conflict = []
    for name in touched(base, proposed):
        added = _added(base, proposed, name)
        if _is_same(base, present, name):
            made |= {name: proposed.get(name)}
        elif added is not None and isinstance(present.get(name, []), list):
            kept = cast("list[JsonValue]", present.get(name, []))
            made[name] = [*kept, *(one for one in added if one not in kept)]
        elif not _is_same(proposed, present, name):
            in_conflict.append(name)
    if in_conflict:
        message = f"the record was changed meanwhile in: {', '.join(in_conflict)}"
        raise Conflict(message, path=("id",), hint="decline it, and ask for a new proposal")
    return {name: value for name, value in made.items() if value is not None}


def _added(base: Document, proposed: Document, name: str) -> list[JsonValue] | None:
    """What the proposal adds to the list *name*, if it does nothing else there."""
    lists = [one.get(name, []) for one in (base, proposed)]
    if not all(isinstance(one, list) for one in lists):
        return None
    changes = difference({name: lists[0]}, {name: lists[1]})
    is_adding = all(one.kind is FieldChangeKind.ADDED for one in changes)
    return [one.after for one in changes] if is_adding else None


def _is_same(first: Document, second: Document, name: str) -> bool:
    if name not in first or name not in second:
        return name not in first and name not in second
    return canonical_bytes(first[name]) == canonical_bytes(second[name])


def restored(whole: Document, seen: Document, made: Document) -> Document:
    """*made*, which was made of *seen*, with what of *whole* was left out of *seen*.

    What leaves out is ``link.place``: entries of lists, and single values of entries. An entry that was changed or
    taken out loses what was left out of it.
    """
    complete = dict(made)
    for name in touched(whole, seen):
        if _is_same(seen, made, name):
            complete[name] = whole[name]
            continue
        entries, shown, now = (cast("Sequence[JsonValue]", one.get(name, [])) for one in (whole, seen, made))
        if len(entries) == len(shown):
            of_shown = {canonical_bytes(short): one for short, one in zip(shown, entries, strict=True)}
            complete[name] = [of_shown.get(canonical_bytes(one), one) for one in now]
        else:
            kept = set(map(canonical_bytes, shown))
            complete[name] = [*now, *(one for one in entries if canonical_bytes(one) not in kept)]
    return complete
