"""Names that are known of a record, sought in its texts and addresses in whatever form they are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import unquote

from importers.people.addresses import names_somebody
from importers.people.lists import NOT_NAMES, THING_ENDS
from importers.people.names import is_given
from importers.people.words import folded, is_english
from registry.domain.screening.word_lists import ORGANISATIONS, PARTICLES

_JOINTS = (" ", "-", "_", "", "+", "\n", "  ")
_SHORTEST = 4
_MAX_NAMES = 60
_MAX_LETTERS = 120
_MAX_WORDS = 8


@dataclass(frozen=True, slots=True)
class Sought:
    """The forms of some names, folded: those found in any case, and given names that count only with a capital."""

    forms: tuple[str, ...]
    given: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.forms)

    def spans(self, text: str) -> Iterator[tuple[int, int]]:
        """Where in *text* one of the names stands, as words of their own."""
        low = folded(text)
        for form in self.forms:
            yield from _places(low, form)
        for form in self.given:
            yield from (span for span in _places(low, form) if text[span[0]].isupper())

    def is_in_address(self, url: str) -> bool:
        """Whether one of the names stands in an address, or another that is plain to see."""
        low = folded(unquote(url))
        return names_somebody(low) or any(next(_places(low, form), None) is not None for form in self.forms)


def sought(names: Iterable[tuple[str, ...]]) -> Sought:
    """The forms of *names*, each given by its words in small letters without accents; at most 60 names are taken."""
    forms: dict[str, None] = {}
    given: dict[str, None] = {}
    for words in list(dict.fromkeys(names))[:_MAX_NAMES]:
        if len(words) > 1:
            forms.update(dict.fromkeys(joint.join(words) for joint in _JOINTS))
            if len(words[0]) >= _SHORTEST and is_given(words[0]) and not is_english(words[0]):
                given[words[0]] = None
        if _stands_alone(words):
            forms[words[-1]] = None
    return Sought(tuple(forms), tuple(given))


def words_of(party: str) -> tuple[str, ...] | None:
    """The words of a party that may be a person, as ``sought`` takes them; ``None`` where it is a class or a thing."""
    said = party.strip().strip("\"'")
    if not 2 <= len(said) <= _MAX_LETTERS:
        return None
    words = tuple(
        folded(one.strip(".,")).removesuffix("'s") for one in said.replace("_", " ").split() if one.strip(".,")
    )
    if not 1 <= len(words) <= _MAX_WORDS or not any(one.isalpha() for one in words[-1]):
        return None
    is_class = all(is_english(one) for one in words) or (said.split()[-1].islower() and is_english(words[-1]))
    if is_class or words[-1] in THING_ENDS | ORGANISATIONS or (len(words) == 1 and words[0] in NOT_NAMES):
        return None
    return words


def _stands_alone(words: tuple[str, ...]) -> bool:
    last = words[-1]
    return (
        last not in NOT_NAMES
        and len(last) >= _SHORTEST
        and last.isalpha()
        and last not in PARTICLES
        and not is_english(last)
    )


def _places(low: str, form: str) -> Iterator[tuple[int, int]]:
    at = low.find(form)
    while at >= 0:
        end = at + len(form)
        if not (at and low[at - 1].isalpha()) and not (end < len(low) and low[end].isalpha()):
            yield at, end
        at = low.find(form, end)
