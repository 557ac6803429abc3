"""What people fill in without an account: plain texts, taken as they are as far as that is safe.

Secrets are no part of it: whoever pasted a key while telling something does not find it kept here.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import TypeVar

from registry.domain.errors import InvalidInput, Problem, did_you_mean
from registry.domain.screening.plainly import without_secrets

# Control characters and marks that turn text around. Nobody types them: they come along when text is copied.
_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

Term = TypeVar("Term", bound=StrEnum)


class Form:
    """Reads fields one by one and remembers all that is wrong with them."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def text(self, name: str, value: str, *, limit: int, missing: str | None = None) -> str:
        """The text of a field, trimmed, with line breaks as ``\\n``, without what cannot be seen, and without secrets.

        Args:
            limit: how many characters it may have.
            missing: what to tell where it is empty; ``None`` where it may be.
        """
        text = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
        if not text and missing is not None:
            self.refuse(name, "REQUIRED", missing)
        if len(text) > limit:
            self.refuse(name, "TOO_LONG", f"at most {limit:,} characters are allowed")
            return text
        return without_secrets(text)

    def line(self, name: str, value: str, *, limit: int, missing: str | None = None) -> str:
        """As ``text``, on one line."""
        return " ".join(self.text(name, value, limit=limit, missing=missing).split())

    def term(self, name: str, value: str, terms: type[Term]) -> Term | None:
        """The term that is chosen; ``None`` where none is, which is then a problem."""
        try:
            return terms(value)
        except ValueError:
            problem = "choose one of these" if value else "choose one"
            hint = did_you_mean(value, (one.value for one in terms)) if value else None
            self.problems.append(Problem((name,), "UNKNOWN_TERM" if value else "REQUIRED", problem, hint))
            return None

    def refuse(self, name: str, code: str, message: str) -> None:
        """Note a problem of a field."""
        self.problems.append(Problem((name,), code, message))

    def close(self, more: Iterable[Problem] = ()) -> None:
        """End reading.

        Raises:
            InvalidInput: with every problem found.
        """
        problems = [*self.problems, *more]
        if problems:
            raise InvalidInput(problems)
