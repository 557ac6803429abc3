"""Secrets in short texts of our own forms, where nobody answers to findings."""

from __future__ import annotations

from registry.domain.account import name_problems
from registry.domain.errors import Problem
from registry.domain.screening.finding import Code, Sort
from registry.domain.screening.settling import without
from registry.domain.screening.text import matches_in

_SECRETS = frozenset({Code.SECRET_DETECTED})


def holds_secret(text: str) -> bool:
    """Whether *text* holds something that gives access."""
    return bool(matches_in(text, codes=_SECRETS))


def label_problems(text: str, *, field: str = "name") -> list[Problem]:
    """What is wrong with the name of an organisation, a group or a person, or with the label of a key."""
    return name_problems(text, field=field) or secret_problems(text, (field,))


def secret_problems(text: str, path: tuple[str, ...]) -> list[Problem]:
    """That *text* holds something that gives access, if it does."""
    message = "this looks like something that gives access: say it without"
    return [Problem(path, Code.SECRET_DETECTED.value, message)] if holds_secret(text) else []


def without_secrets(text: str) -> str:
    """*text* with other words in the place of its secrets."""
    found = matches_in(text, codes=_SECRETS)
    return without(text, found, Sort.TEXT) if found else text
