"""Which events somebody asks for, read from fields of a form or options of a command."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from registry.domain.errors import InvalidInput, Problem
from registry.domain.event import EventFilter

_LONGEST = 200


def filter_of(said: Mapping[str, str]) -> EventFilter:
    """The filter that fields of a form, or options of a command, name.

    Raises:
        InvalidInput: a text is too long, or a time cannot be read.
    """
    problems: list[Problem] = []
    texts = {name: value.strip() for name, value in said.items() if value.strip()}
    for name, value in texts.items():
        if len(value) > _LONGEST:
            problems.append(Problem((name,), "TOO_LONG", f"at most {_LONGEST} characters are allowed"))
    instants = {name: _instant(name, texts.pop(name, ""), problems) for name in ("since", "before")}
    if problems:
        raise InvalidInput(problems)
    return EventFilter(**texts, **instants)  # type: ignore[arg-type]  # the names of FIELDS are those of the filter


def _instant(name: str, text: str, problems: list[Problem]) -> datetime | None:
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
    except (ValueError, OverflowError):
        problems.append(Problem((name,), "INVALID_FORMAT", "use a day or an instant, such as 2026-03-14T15:00"))
        return None
