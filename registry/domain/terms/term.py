"""What a term and a vocabulary are."""

from __future__ import annotations

import difflib
from dataclasses import dataclass

_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a vocabulary. ``maps_to`` holds ``scheme:code`` of neighbouring taxonomies."""

    code: str
    label: str
    source: str
    maps_to: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The code one level up, if there is one."""
        head, _, tail = self.code.partition("/")
        return head if tail else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A named list of terms, in the order in which people read it."""

    name: str
    label: str
    terms: tuple[Term, ...]

    def find(self, code: str) -> Term | None:
        """The term with this code, if it is known."""
        return next((term for term in self.terms if term.code == code), None)

    def nearest(self, code: str) -> str | None:
        """The known code that looks most like *code*."""
        matches = difflib.get_close_matches(code[:80].lower(), [term.code for term in self.terms], n=1)
        return matches[0] if matches else None

    def hint(self, code: str) -> str:
        """The known code that looks most like *code*; where none does, some codes and where all are listed."""
        near = self.nearest(code)
        some = ", ".join([term.code for term in self.terms if term.parent is None][:_SHOWN])
        listed = f'such as {some}; all: docs/data-dictionary.md, or vocabulary(name: "{self.name}") in the API'
        return f"did you mean {near}?" if near else listed


def listed(source: str, *pairs: tuple[str, str]) -> tuple[Term, ...]:
    """Terms of one *source*, from codes and labels."""
    return tuple(Term(code, label, source) for code, label in pairs)
