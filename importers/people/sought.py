"""Names that are known of a record, sought in its texts and addresses in whatever form they are written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from importers.people.lists import KNOWN_ALONE, NOT_NAMES, OWN_SITES, SURNAME_WORDS, THING_ENDS
from importers.people.names import FAMILIES, is_given
from importers.people.things import is_thing
from importers.people.words import folded, is_english
from registry.domain.screening.given_names import GIVEN
from registry.domain.screening.word_lists import ORGANISATIONS, PARTICLES

_JOINTS = (" ", "-", "_", "", "+", "\n", "  ")
_SHORTEST = 4
_MAX_NAMES = 60
_MAX_LETTERS = 120
_MAX_WORDS = 8
_PATH_WORD = re.compile(r"[^\W\d_]+")
_PATH_FAMILIES = (FAMILIES | SURNAME_WORDS) - GIVEN
_SHORTEST_JOINED, _LONGEST_LABEL = 8, 63
# Words that begin like a given name, as in theatlantic and christiantoday.
_NO_GIVEN = ("the", "christ")
# Words in the path of an address behind which the name of a person stands; ``of`` comes between in the second.
_SAID_BEFORE = frozenset({"streamer", "tiktoker", "youtube", "youtuber"})
_SAID_OF = frozenset({"arrest", "death", "killing", "murder", "suicide", "voice", "widow"})


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
        host, _, path = low.partition("://")[2].partition("/")
        if _is_own_site(host) or _is_in_path(path):
            return True
        return any(next(_places(low, form), None) is not None for form in self.forms)


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


def _is_own_site(host: str) -> bool:
    """Whether a folded host is that of one person's own writings: listed, or a given and a family name in one word."""
    return host.removeprefix("www.") in OWN_SITES or any(_is_joined_name(one) for one in host.split(".")[:-1])


@lru_cache(maxsize=4096)
def _is_joined_name(label: str) -> bool:
    if not _SHORTEST_JOINED <= len(label) <= _LONGEST_LABEL or not label.isalpha() or label.startswith(_NO_GIVEN):
        return "-" in label and len(label) <= _LONGEST_LABEL and _is_in_path(label)
    if _is_of_words(label):
        return False
    for end in range(3, len(label) - 3):
        given, family = label[:end], label[end:]
        # An initial may stand between the two.
        if is_given(given) and (family in _PATH_FAMILIES or (len(family) > _SHORTEST and family[1:] in _PATH_FAMILIES)):
            return True
        if is_given(given) and end > 3 and not _is_of_words(family):
            return True
    return False


def _is_of_words(label: str) -> bool:
    """Whether words that are no names, of three letters or more, make up *label*."""
    ends = [0]
    for end in range(3, len(label) + 1):
        if any(end - start >= 3 and _is_word(label[start:end]) for start in ends):
            ends.append(end)
    return ends[-1] == len(label)


def _is_word(word: str) -> bool:
    return word in NOT_NAMES or is_english(word)


def _is_in_path(path: str) -> bool:
    """Whether a folded path names somebody: one known to all, a given and a family name, or a name behind a role."""
    words = _PATH_WORD.findall(path)
    for at, word in enumerate(words):
        if word in KNOWN_ALONE or word.removesuffix("s") in KNOWN_ALONE:
            return True
        following = words[at + 1] if at + 1 < len(words) else ""
        if is_given(word) and following in _PATH_FAMILIES and not is_thing(words[at : at + 3]):
            return True
        if word in _SAID_BEFORE or (following == "of" and word in _SAID_OF):
            behind = words[at + 1 + (word in _SAID_OF) : at + 2 + (word in _SAID_OF)]
            if behind and len(behind[0]) >= _SHORTEST and not _is_word(behind[0]):
                return True
    return False


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
