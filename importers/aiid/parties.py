"""Parties of the AI Incident Database: which name may be said, and what stands for one that may be a person's.

A name is said only where it is known to be that of an organisation or a product, or where its words show a class of
people or things. For all others a class is said, and the name is given to whoever masks names in texts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

from importers.aiid.organisations import CLASSES as KNOWN_CLASSES
from importers.aiid.organisations import ORGANISATIONS
from importers.aiid.words import CLASSES, ENDS, STARTS, WORDS

_MAX_LABEL = 120
_MAX_NAME = 300
_TOKEN = re.compile(r"[\w@][\w+.&@-]*")
_POSSESSIVE = re.compile(r"['\u2019]s?(?=\s|$)")
_NAMING = re.compile(r"\b(?:named|called|identified|known|aka)\b", re.IGNORECASE)
_HANDLE = re.compile(r"@|\w_|://|^[a-z0-9.-]+$")
_BETWEEN = r"[ .'\u2019\u201c\u201d-]"
_PERSONAL = re.compile(rf"[^\W\d_]+(?:{_BETWEEN}+[^\W\d_]+){{0,5}}\.?")
_NOBODY = frozenset({"", "none", "n/a", "null"})
_UNKNOWN = frozenset({"unknown", "unnamed", "unspecified", "varied", "various", "many", "various people", "others"})
_WHO = {
    "actors": "unknown actors",
    "beachgoers": "beachgoers",
    "client": "a client of a person",
    "clients": "clients of a person",
    "co-authors": "co-authors of a person",
    "connections": "connections of a person",
    "daughter": "a child",
    "son": "a child",
    "child": "a child",
    "children": "children",
    "estate": "the estate of a person",
    "family": "a family",
    "fans": "fans of a person",
    "parents": "parents",
    "patients": "patients of a person",
    "campaign": "a political campaign",
    "staff": "members of a staff",
    "supporters": "supporters of a person",
    "student": "a student",
    "user": "a user",
    "engineer": "an engineer",
    "participants": "participants of an event",
    "users": "users",
}
# Family names that are ordinary words: alone they would mask what is no name.
_ORDINARY = frozenset(
    [
        "banner",
        "brown",
        "white",
        "black",
        "gray",
        "grey",
        "green",
        "hood",
        "main",
        "knight",
        "parks",
        "park",
        "page",
        "king",
        "queen",
        "prince",
        "pope",
        "president",
        "bishop",
        "young",
        "price",
        "cox",
        "does",
        "target",
        "drake",
        "bush",
        "ford",
        "love",
        "rose",
        "may",
        "june",
        "summer",
        "hope",
        "faith",
        "grace",
        "mark",
        "will",
        "bill",
        "sky",
        "lake",
        "hall",
        "church",
        "bank",
        "stone",
        "wood",
        "woods",
        "field",
        "fields",
        "rivers",
        "hill",
        "mills",
        "miller",
        "baker",
        "cook",
        "carpenter",
        "shepherd",
        "smith",
        "fisher",
        "ghostwriter",
        "addict",
        "dr",
        "mr",
        "mrs",
        "ms",
        "prof",
        "sir",
        "jr",
        "sr",
        "von",
        "van",
        "der",
        "den",
        "the",
        "and",
        "for",
        "his",
        "her",
        "max",
        "rich",
        "art",
        "frank",
        "gene",
        "waters",
        "cruise",
        "wolf",
    ]
)


class Sort(StrEnum):
    """What a party is, as far as its name tells."""

    ORGANISATION = "organisation"
    CLASS = "class"
    PERSON = "person"
    OTHER = "other"
    UNKNOWN = "unknown"
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True)
class Judged:
    """A party as it may be said.

    Attributes:
        label: the name itself if it is an organisation's or a class, else a class that stands for it.
        names: what may be a person's name, for ``Draft.names``: whole, and its parts.
    """

    sort: Sort
    label: str | None = None
    names: tuple[str, ...] = ()


def judge(name: str) -> Judged:
    """What may be said of the party that the source calls *name*."""
    name = " ".join(name.split())
    low = name.casefold().replace("\u2019", "'").replace("\u2013", "-")
    if low in _NOBODY:
        return Judged(Sort.NOBODY)
    if low in _UNKNOWN:
        return Judged(Sort.UNKNOWN)
    if len(name) > _MAX_NAME:
        return Judged(Sort.OTHER, "a party not named here")
    if low in _known_organisations():
        return Judged(Sort.ORGANISATION, _known_organisations()[low])
    if low in _known_classes():
        return _class(_known_classes()[low])
    if not _HANDLE.search(name) or low in CLASSES:
        if _is_class(name):
            return _class(name)
        if _is_organisation(name) and len(name) <= _MAX_LABEL:
            return Judged(Sort.ORGANISATION, name)
    return _withheld(name)


def named(entity: str) -> str:
    """The name that belongs to an entity id such as ``new-york-city``, as far as it is known or can be guessed."""
    words = entity.replace("-", " ")
    return _by_entity().get(entity) or words.title()


def entity_id(name: str) -> str:
    """*name* as the database writes it in ids and addresses."""
    return re.sub(r"[^\w]+", "-", name.casefold()).strip("-")


def _class(name: str) -> Judged:
    """A class by its name; one that is too long, by what is left of it at the first word that only explains."""
    if len(name) > _MAX_LABEL:
        name = re.split(r" (?:who|whose|that|which|without|and) ", name, maxsplit=1)[0]
    return Judged(Sort.CLASS, name[:_MAX_LABEL].strip())


def _is_class(name: str) -> bool:
    """Whether *name* has the word of a class, and no capital that is not known."""
    if _NAMING.search(name):
        return False
    left = _organisations().sub(" ", name)
    tokens = [_POSSESSIVE.sub("", token.strip(".-&'\u2019")) for token in _TOKEN.findall(left)]
    known = CLASSES | WORDS
    capitals = [token for token in tokens if not token.islower() and not token.isdecimal()]
    return any(token.casefold() in CLASSES for token in tokens) and all(
        token.casefold() in known or all(part in known for part in token.casefold().split("-")) for token in capitals
    )


def _is_organisation(name: str) -> bool:
    if _NAMING.search(name) or "'s " in name or "\u2019s " in name:
        return False
    words = name.casefold().split()
    return len(words) > 1 and (words[-1] in ENDS or " ".join(words).startswith(STARTS))


def _withheld(name: str) -> Judged:
    """What stands for *name*, and what of it is to be masked."""
    words = [_POSSESSIVE.sub("", word).strip(".,()") for word in name.split()]
    head = next((word.casefold() for word in reversed(words) if word.casefold() in _WHO), None)
    if head is not None:
        label, sort = _WHO[head], Sort.CLASS
        told = [word for word in words if _is_told(word)]
        found = (name, " ".join(told), *told, *(word.removeprefix("@") for word in told))
    else:
        is_personal = bool(_PERSONAL.fullmatch(name)) or bool(_HANDLE.search(name))
        label, sort = ("a person", Sort.PERSON) if is_personal else ("a party not named here", Sort.OTHER)
        found = (name, name.removeprefix("@"), *words)
    return Judged(sort, label, tuple(dict.fromkeys(one for one in found if _is_worth_masking(one, name))))


def _is_told(word: str) -> bool:
    """Whether *word* may be a part of a name within the name of a class."""
    low = word.casefold()
    is_known = low in CLASSES | WORDS | ENDS or low in _known_organisations()
    return word.startswith("@") or not (word.islower() or is_known)


def _is_worth_masking(part: str, name: str) -> bool:
    low = part.casefold()
    if low == name.casefold():
        return True
    ordinary = low in _ORDINARY or low in CLASSES | WORDS | ENDS or low in _known_organisations() or low in _WHO
    return len(part) > 2 and not ordinary and not part.isdecimal()


@cache
def _known_organisations() -> dict[str, str]:
    return {name.casefold(): name for name in ORGANISATIONS}


@cache
def _known_classes() -> dict[str, str]:
    return {name.casefold(): name for name in KNOWN_CLASSES}


@cache
def _by_entity() -> dict[str, str]:
    return {entity_id(name): name for name in (*ORGANISATIONS, *KNOWN_CLASSES)}


@cache
def _organisations() -> re.Pattern[str]:
    longest_first = sorted(ORGANISATIONS, key=len, reverse=True)
    return re.compile(
        r"(?<!\w)(?:" + "|".join(map(re.escape, longest_first)) + r")(?:['\u2019]s)?(?!\w)", re.IGNORECASE
    )
