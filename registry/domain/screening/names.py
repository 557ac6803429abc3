"""Names of persons, by what stands in them and around them; no organisations, products, places or laws."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from registry.domain.screening.finding import Code, Match
from registry.domain.screening.given_names import FAMILY, FAMILY_FIRST, GIVEN, UNSURE
from registry.domain.screening.word_lists import (
    COMMON,
    NEVER_FAMILY,
    OFFICES,
    ORGANISATIONS,
    PARTICLES,
    PLACE_BEFORE,
    THINGS_AFTER,
    TITLES,
    WHOLE,
)

_WORD = re.compile(r"[^\W\d_]+(?:['-][^\W\d_]+){0,4}")
# A family name that begins with its particle, as in al-Rashid.
_AL = re.compile(r"(?:al|el|ul|ibn|abu|ben|d|l|o)['-][^\W\d_a-z]")
_BEFORE = re.compile(
    r"(?:\b(?:deepfakes? (?:video |image |audio |clip )?(?:of|showed|shows|showing)|cloned voice of|voice of"
    r"|face of|picture of|victims?|suspects?|defendant|employee|journalist|reporter|engineer|researcher|analyst"
    r"|teacher|nurse|student|lawyer|attorney|activist|"
    r"named|identified as|known as|called|mother|father|son|daughter|wife|husband|brother|sister|colleague"
    r"|manager|director|ceo|cto|cfo|founder|"
    r"chairman|chairwoman|spokesperson|spokesman|spokeswoman|candidate|politician|actor|actress|singer|resident"
    r"|neighbour|neighbor|accountant|"
    r"patient|complainant|plaintiff|witness|author|contractor|assistant|secretary|doctor|physician|girlfriend"
    r"|boyfriend|partner|clerk|officer|"
    r"name is|name was|real name|i am|i'm|this is|signed by|written by|reported by|regards|sincerely|dear|hi"
    r"|hello|attn|cc|impersonated|impersonating|posing as)[ ,:-]{1,3})\Z",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:^|[\s\"'{,(])(?:full[ _]?name|first[ _]?name|last[ _]?name|name|holder|cardholder|contact|recipient"
    r"|patient|customer|beneficiary|payee|from|to|assignee|author|employee|victim"
    r"|suspect)[\"']?\s?[:=]\s?[\"']?\Z",
    re.IGNORECASE,
)
_AFTER = re.compile(r"(?:, (?:aged? )?\d{2}(?:,|\b)| \(\d{2}\)| \(?(?:born|aged|né|née|geb\.))")
_VERB = re.compile(
    r"[,']?s? (?:who |had |has |was |then |also |later |herself |himself )?(?:said|told|wrote|replied|explained"
    r"|confirmed|reported|claimed|denied|complained|admitted|testified|noticed|called|asked|lost|transferred|"
    r"received|sent|works|worked|lives|lived|resigned|pleaded|was arrested|was sentenced|was convicted"
    r"|was charged|died|says|"
    r"clicked|paid|opened|signed|received|believed|found|discovered|contacted|phoned|emailed|e-mailed)\b"
)


# Forms that no other word has.
_FAMILY_FORM = re.compile(r"(?:O'|Mc|Mac)[^\W\d_a-z][a-z]")
# No name is longer; a longer run is read in pieces.
_LONGEST_RUN = 12


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    end: int
    said: str
    low: str

    @property
    def is_initial(self) -> bool:
        return len(self.said) == 1


def names_in(text: str) -> Iterator[Match]:
    """Every name of a person in a plain text."""
    for run in _runs(text):
        yield from _of_run(text, run)


def _runs(text: str) -> Iterator[list[_Word]]:
    """Words that begin with a capital and stand next to each other; particles may stand between them."""
    run: list[_Word] = []
    waiting: list[_Word] = []
    last = -1
    for found in _WORD.finditer(text):
        said = found.group()
        word = _Word(found.start(), found.end(), said, said.lower() if said.isascii() else _folded(said))
        between = text[last : word.start] if last >= 0 else ""
        follows = between in {" ", ". ", "  "} and (between != ". " or _is_short(run, waiting))
        if (not follows or len(run) >= _LONGEST_RUN) and run:
            yield run
            run, waiting = [], []
        if said[0].isupper() or _AL.match(said):
            run += [*waiting, word]
            waiting = []
        elif run and word.low in PARTICLES and len(waiting) < 3:
            waiting.append(word)
        elif run:
            yield run
            run, waiting = [], []
        last = word.end
    if run:
        yield run


def _folded(word: str) -> str:
    """*word* in small letters and without its accents, of which people leave out what their keyboard lacks."""
    return "".join(one for one in unicodedata.normalize("NFKD", word.lower()) if not unicodedata.combining(one))


def _is_short(run: Sequence[_Word], waiting: Sequence[_Word]) -> bool:
    """Whether the full stop ends a title or an initial, and no sentence."""
    words = waiting or run
    return bool(words) and (words[-1].is_initial or words[-1].low in TITLES | OFFICES | {"st", "jr"})


def _of_run(text: str, run: list[_Word]) -> Iterator[Match]:
    at = 0
    while at < len(run):
        end = _name_from(text, run, at)
        if end > at:
            first = at + 1 if run[at].low in TITLES | OFFICES and end > at + 1 else at
            yield Match(run[first].start, run[end - 1].end, Code.PERSON_NAME, "name")
            at = end
        else:
            at += 1


def _name_from(text: str, run: list[_Word], at: int) -> int:
    """Behind which word the name that begins with the one *at* ends; *at* where none begins."""
    word = run[at]
    if word.low in TITLES or word.low in OFFICES:
        return _titled(text, run, at)
    if at and (run[at - 1].low in PLACE_BEFORE or run[at - 1].low == "the"):
        return at
    end = _family_end(run, at + 1)
    if end == at + 1 or _is_thing(text, run, at, end):
        return at
    return end if _is_person(text, run, at, end) else at


def _titled(text: str, run: list[_Word], at: int) -> int:
    end = at + 1
    while end < min(len(run), at + 4) and _may_be_named(run[end]) and run[end].low not in TITLES:
        end += 1
    while end > at + 1 and run[end - 1].low in PARTICLES:
        end -= 1
    if end == at + 1 or all(one.is_initial for one in run[at + 1 : end]):
        return at
    after = _word_after(text, run[end - 1].end)
    if run[at].low in OFFICES and after in THINGS_AFTER:
        return at
    if run[at].low in OFFICES and not run[at].said[0].isupper():
        return at
    return at if end < len(run) and run[end].low in ORGANISATIONS else end


def _family_end(run: Sequence[_Word], at: int) -> int:
    """Behind which word the family name ends that begins *at*, or *at* itself if none does."""
    start = at
    while at < len(run) and (run[at].is_initial or run[at].low in PARTICLES):
        at += 1
    end = at
    while end < len(run) and end < at + 2 and _may_be_named(run[end]) and run[end].low not in PARTICLES:
        end += 1
        if end < len(run) and run[end].low in PARTICLES and end + 1 < len(run) and _may_be_named(run[end + 1]):
            end += 1
    return start if end == at else end


def _may_be_named(word: _Word) -> bool:
    if word.low in NEVER_FAMILY or word.low in ORGANISATIONS or word.low in COMMON:
        return False
    if word.is_initial:
        return True
    tail = word.said[1:]
    return len(word.said) >= 2 and (
        tail.islower() or "'" in tail or "-" in tail or tail.isupper() or word.said[:2] == "Mc" or word.said[:2] == "De"
    )


def _is_thing(text: str, run: list[_Word], at: int, end: int) -> bool:
    """Whether an organisation, a prize, a method or a place bears the name."""
    whole = " ".join(one.low for one in run[at:end])
    if any(whole.startswith(one) for one in WHOLE if one.startswith(run[at].low)):
        return True
    if any(one.low in ORGANISATIONS for one in run[at : end + 3]):
        return True
    rest = text[run[end - 1].end : run[end - 1].end + 6]
    if rest.startswith((" & ", " and ")) and _word_after(text, run[end - 1].end + 4) in {"sons", "partners"}:
        return True
    return _word_after(text, run[end - 1].end) in THINGS_AFTER


def _is_person(text: str, run: list[_Word], at: int, end: int) -> bool:
    words = [one for one in run[at:end] if not one.is_initial and one.low not in PARTICLES]
    first, last = words[0], words[-1]
    if len(words) < 2:
        # "J. Okafor": an initial and a family that is known.
        return run[at].is_initial and last.low in FAMILY and end - at >= 2
    is_shouted = first.said.isupper() and len(first.said) > 1
    if is_shouted != (last.said.isupper() and len(last.said) > 1):
        return False
    if first.low in COMMON:
        return False
    base = first.low.split("-")[0]
    if is_shouted:
        return base in GIVEN and base not in UNSURE
    known = base in GIVEN or base in UNSURE
    if base in GIVEN and base not in UNSURE:
        return True
    if last.low in FAMILY and (
        known or (first.low not in NEVER_FAMILY and first.low not in ORGANISATIONS and first.low not in FAMILY)
    ):
        return True
    if first.low in FAMILY_FIRST and (last.low in GIVEN or "-" in last.said or len(words) > 2):
        return True
    before, after = text[max(0, first.start - 40) : first.start], text[last.end : last.end + 40]
    has_middle = any(one.is_initial for one in run[at + 1 : end])
    return (
        has_middle
        or bool(_FAMILY_FORM.match(last.said))
        or (first.low not in NEVER_FAMILY | ORGANISATIONS and bool(_BEFORE.search(before) or _LABELLED.search(before)))
        or bool(_AFTER.match(after))
        or (known and bool(_VERB.match(after)))
    )


def _word_after(text: str, at: int) -> str:
    """The word that follows the one that ends *at*, in small letters, also where that one owns it."""
    if text[at : at + 3] == "'s ":
        at += 2
    found = _WORD.match(text, at + 1) if text[at : at + 1] in {" ", "-"} else None
    return found.group().lower() if found else ""
