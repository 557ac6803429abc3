"""Names of persons in texts and headlines, by given and family names, roles and what else is known of their words.

A headline writes most words with a capital, so two capitals side by side mean little there: a word that English texts
write in small letters is no name unless a given name stands before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from importers.people.lists import (
    AFTER_KNOWN,
    KNOWN_ALONE,
    MORE_FAMILY,
    MORE_GIVEN,
    NOT_NAMES,
    ROLES,
    SURNAME_WORDS,
    THING_ENDS,
)
from importers.people.things import is_thing
from importers.people.words import folded, is_english
from registry.domain.screening.given_names import FAMILY, FAMILY_FIRST, GIVEN, UNSURE
from registry.domain.screening.word_lists import COMMON, NEVER_FAMILY, PLACE_BEFORE, THINGS_AFTER

_CAPITAL = re.compile(r"\b[^\W\d_a-z][^\W\d_]*(?:['-][^\W\d_]+){0,3}")
_CAPITAL_ASCII = re.compile(r"\b[A-Z][A-Za-z]*(?:['-][A-Za-z]+){0,3}")
_BETWEEN = re.compile(r"\s{1,2}|\s(?:de|del|della|da|dos|di|du|van|von|der|den|bin|ibn|al|el|la|y)\s(?:la |der |den )?")
_SURE = (GIVEN | MORE_GIVEN) - UNSURE
FAMILIES = FAMILY | MORE_FAMILY
_PLACES = PLACE_BEFORE - {"la", "el", "the"}
_THINGS = THING_ENDS | THINGS_AFTER
_MAY_FOLLOW = FAMILIES | FAMILY_FIRST
_LONGEST_NAME, _LONGEST_GAP = 4, 20
_SHORT = ROLES | {"st", "jr"}
_NO_FAMILY = NOT_NAMES | COMMON | (NEVER_FAMILY - MORE_FAMILY - SURNAME_WORDS - MORE_GIVEN)
_NO_GIVEN = (_NO_FAMILY - UNSURE) | {"do", "le", "an"}
_BEGINS = _SURE | UNSURE | FAMILY_FIRST | ROLES | KNOWN_ALONE
_SENTENCE = re.compile(r"\b[a-z]{5,}\b")
_REACH = 40
_NUMERALS = frozenset({"jr", "jnr", "sr", "ii", "iii", "iv"})
_BEHIND = re.compile(r"[ -]([^\W\d_]+)")


@dataclass(frozen=True, slots=True)
class Named:
    """One name of a person: where it stands in the text, and its words in small letters without accents."""

    start: int
    end: int
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    said: str
    low: str

    @property
    def is_initial(self) -> bool:
        return len(self.said) == 1


def is_given(word: str) -> bool:
    """Whether *word*, folded, is a given name and nothing else that is common."""
    return word in _SURE


def names_in(text: str) -> Iterator[Named]:
    """Every name of a person in *text*, in order, without what shows whose it is (``'s``)."""
    for run in _runs(text):
        at = 0
        while at < len(run):
            if not _may_begin(run, at):
                at += 1
                continue
            start, end = _name_at(text, run, at)
            if end > start:
                yield _named(run[start:end])
            at = max(end, at + 1)


def _may_begin(run: Sequence[_Word], at: int) -> bool:
    low = run[at].low
    if low in _BEGINS or low.removesuffix("'s") in KNOWN_ALONE:
        return True
    if at + 1 == len(run):
        return False
    following = run[at + 1]
    return following.is_initial or following.low.removesuffix("'s") in _MAY_FOLLOW or low.partition("-")[0] in _SURE


def _named(words: Sequence[_Word]) -> Named:
    last = words[-1]
    tail = 2 if last.low.endswith("'s") else 0
    said = tuple(one.low.removesuffix("'s") for one in words)
    return Named(words[0].start, last.end - tail, said)


def _runs(text: str) -> Iterator[list[_Word]]:
    """Words with a capital that stand next to each other, also with an initial or a particle between.

    One that stands alone is left out unless it is a name by itself.
    """
    run: list[tuple[int, int]] = []
    for found in (_CAPITAL_ASCII if text.isascii() else _CAPITAL).finditer(text):
        span = found.span()
        if not text[span[0]].isupper():
            continue
        if run and not _follows(text, run[-1], span[0]):
            if len(run) > 1 or folded(text[slice(*run[0])]).removesuffix("'s") in KNOWN_ALONE:
                yield _words(text, run)
            run = []
        run.append(span)
    if run:
        yield _words(text, run)


def _words(text: str, run: Sequence[tuple[int, int]]) -> list[_Word]:
    return [_Word(start, end, text[start:end], folded(text[start:end])) for start, end in run]


def _follows(text: str, before: tuple[int, int], start: int) -> bool:
    begin, end = before
    between = text[end:start] if start - end <= _LONGEST_GAP else ""
    if not between or text.endswith("'s", begin, end):
        return False
    if between == " ":
        return True
    if between[0] == ".":
        is_short = end - begin == 1 or text[begin:end].lower() in _SHORT
        return is_short and between.strip() == "."
    return between[0].isspace() and _BETWEEN.fullmatch(between) is not None


def _name_at(text: str, run: Sequence[_Word], at: int) -> tuple[int, int]:
    """From which to behind which word of *run* the name stands that begins with the one *at*; the same where none."""
    word = run[at]
    if _is_thing(run, at):
        return at, at
    end = _full_name(text, run, at)
    if end > at:
        return at, end
    if word.low in ROLES:
        named = at + 1
        end = _full_name(text, run, named) if named < len(run) and not _is_thing(run, named) else named
        return named, end if end > named else _behind_role(text, run, named)
    base = word.low.removesuffix("'s")
    if base in KNOWN_ALONE and _word_behind(text, word) not in AFTER_KNOWN:
        return at, at + 1
    return at, at


def _full_name(text: str, run: Sequence[_Word], at: int) -> int:
    """Behind which word a given and a family name end that begin *at*; *at* where they do not."""
    first = run[at]
    second = at + 1
    while second + 1 < len(run) and second < at + 3 and _is_middle(run[second]):
        second += 1
    if second >= len(run) or first.low.endswith("'s"):
        return at
    if not _is_name(first, run[second], has_middle=second > at + 1):
        second = at + 1
        if not _is_name(first, run[second], has_middle=False) and not _is_named_in_sentence(text, run, at):
            return at
    end = second + 1
    while end < len(run) and end < at + _LONGEST_NAME and not run[end - 1].low.endswith("'s") and _goes_on(run[end]):
        end += 1
    return at if _bears_name(text, run[end - 1]) else end


def _is_named_in_sentence(text: str, run: Sequence[_Word], at: int) -> bool:
    """Whether a given name and another word stand alone with capitals where other words have small letters."""
    first, last = run[at], run[at + 1]
    if at or len(run) > 2 or first.low not in _SURE or first.said.isupper() or last.said.isupper():
        return False
    is_family = _may_be_family(last, last.low.removesuffix("'s")) and first.low not in _NO_GIVEN
    return is_family and _SENTENCE.search(text, max(0, first.start - _REACH), first.start) is not None


def _is_middle(word: _Word) -> bool:
    return word.is_initial or word.low in _SURE or word.low in UNSURE


def _is_name(first: _Word, last: _Word, *, has_middle: bool) -> bool:
    low = last.low.removesuffix("'s")
    if not _may_be_family(last, low) or first.low.partition("-")[0] in _NO_GIVEN or not _is_written_as_name(first):
        return False
    if not first.is_initial and (first.said.isupper() or last.said.removesuffix("'s").isupper()):
        is_shouted = first.said.isupper() and last.said.removesuffix("'s").isupper()
        return is_shouted and first.low in _SURE and (low in FAMILIES or not is_english(low))
    base = first.low.partition("-")[0]
    is_family = low in FAMILIES or low.partition("-")[0] in FAMILIES
    is_family = is_family or (low in FAMILY_FIRST and not is_english(low))
    if _fits(first, base, low, is_family=is_family):
        return True
    is_open = has_middle and not first.is_initial and first.low not in ROLES
    return is_open and not is_english(first.low) and not is_english(low)


def _fits(first: _Word, base: str, low: str, *, is_family: bool) -> bool:
    """Whether a word goes before the family name *low*, by what is known of both."""
    if first.low in _MAY_FOLLOW and low in _SURE and not is_english(first.low):
        return True
    if first.low in _SURE or base in _SURE:
        return is_family or low in SURNAME_WORDS or not is_english(low)
    if first.low in ROLES:
        return False
    if first.is_initial:
        return low in FAMILIES and not is_english(low)
    if first.low in UNSURE:
        return is_family or (not is_english(low) and low not in UNSURE)
    if is_english(first.low):
        return False
    if first.low in FAMILY_FIRST and (low in GIVEN or "-" in low or not is_english(low)):
        return True
    return is_family and first.low not in FAMILIES


def _may_be_family(word: _Word, low: str) -> bool:
    return not (word.is_initial or low.partition("-")[0] in _NO_FAMILY or low in THING_ENDS) and _is_written_as_name(
        word
    )


def _is_written_as_name(word: _Word) -> bool:
    """One capital or all, or those of names such as McCain, DeSantis and Bankman-Fried."""
    if word.is_initial:
        return True
    said = word.said.removesuffix("'s")
    parts = re.split(r"['-]", said)
    return all(
        part[1:].islower() or part.isupper() or part[:2] in {"Mc", "De", "Di", "La", "Le", "Va"} or (part[:3] == "Mac")
        for part in parts
        if part
    )


def _goes_on(word: _Word) -> bool:
    low = word.low.removesuffix("'s")
    if low in _NUMERALS:
        return True
    return low in FAMILIES or (
        not word.said.isupper() and _may_be_family(word, low) and not is_english(low) and low not in ROLES
    )


def _behind_role(text: str, run: Sequence[_Word], at: int) -> int:
    """Behind which word the name ends that follows a role; the same place where no name follows."""
    end = at
    while end < len(run) and end < at + 3:
        low = run[end].low.removesuffix("'s")
        known = low in _SURE or low in FAMILIES or low in KNOWN_ALONE
        if run[end].low in ROLES or not (
            known or (not run[end].said.isupper() and _may_be_family(run[end], low) and not is_english(low))
        ):
            break
        end += 1
        if run[end - 1].low.endswith("'s"):
            break
    if end > at and end < len(run) and run[end].low in _NUMERALS:
        end += 1
    return at if end > at and _bears_name(text, run[end - 1]) else end


def _is_thing(run: Sequence[_Word], at: int) -> bool:
    """Whether a product or the like begins *at*, or a place bears the name."""
    if at and run[at - 1].low in _PLACES:
        return True
    return is_thing([one.low.removesuffix("'s") for one in run[at : at + 3]])


def _bears_name(text: str, last: _Word) -> bool:
    """Whether a thing follows that is called after the person; what belongs to somebody is none."""
    return not last.low.endswith("'s") and _word_behind(text, last) in _THINGS


def _word_behind(text: str, word: _Word) -> str:
    found = _BEHIND.match(text, word.end)
    return found[1].lower() if found else ""
