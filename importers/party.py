"""Named parties: which part of a name may be kept, since no natural person is named in a public part.

A part is kept only where its own words show that it is an organisation or a class of people; all else is left
out, so some organisations are lost rather than one person named.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_SEPARATOR = re.compile(r"\s*(?:[,;/&]|\band\b)\s*")
_PERSON = re.compile(
    r"[@_:]|['\u2019]s\b|\buser\)|\b(?:mr|mrs|ms|dr|prof|professor|researcher|student|employee|engineer|hacker|founder)\b",
    re.IGNORECASE,
)
# The word that shows it must come last, or lead to a place: "Security Researchers A. Name" is not clear.
_CLEAR = re.compile(
    r"(?!.*\b(?:of|from|at|with|by)\b)(?:.* )?"
    r"(?:team|labs?|laborator(?:y|ies)|research|university|institute|college|security|cyber|group|inc\.?|ltd\.?|llc|gmbh|"
    r"corp\.?|corporation|company|foundation|agency|unit|cent(?:er|re)|researchers|users|customers|employees|"
    r"students|attackers|criminals|individuals?)(?: \([A-Z]{2,10}\))?"
    r"|(?:researchers|users|customers|employees|students) (?:at|from) .+"
    r"|(?:university|institute|college|cent(?:er|re)|ministry|department) (?:of|for) .+"
    r"|CERT-[A-Z]{2}",
    re.IGNORECASE,
)
_TRACKED = re.compile(r"(?:APT|UNC|FIN|TA|DEV-|Storm-)\d{1,5}")
_CLASS = re.compile(r"(researchers|users|students|employees|customers)\b", re.IGNORECASE)
_UNKNOWN = re.compile(r"(?:an? )?unknown(?: (?:threat )?actors?| attackers?)?", re.IGNORECASE)
_KINDS = (
    (re.compile(r"criminals?\b", re.IGNORECASE), "organised_crime"),
    (re.compile(r"\bindividuals?\b", re.IGNORECASE), "individual"),
    (re.compile(r"\bresearch(?:ers)?\b|\bred team\b|\buniversity\b|\blabs?\b", re.IGNORECASE), "researcher"),
)
_MAX_LABEL = 120


@dataclass(frozen=True, slots=True)
class Party:
    """What may be said of a party: a label, a term of actor_kind, and whether something was left out.

    Attributes:
        names: the parts that were left out, which may be names of persons; for ``Draft.names``.
    """

    label: str | None
    kind: str | None
    left_out: bool = False
    names: tuple[str, ...] = ()


def read_party(name: str, *, organisations: frozenset[str] = frozenset()) -> Party:
    """Judge *name*, which may list several parties; *organisations* are names known to be such, in lower case."""
    if _UNKNOWN.fullmatch(name):
        return Party(None, "unknown")
    if name.lower() in organisations and len(name) <= _MAX_LABEL:
        return Party(name, _kind_of(name))
    parts = [part for part in _SEPARATOR.split(name) if part]
    kept = [part for part in parts if _is_clear(part, organisations)]
    names = tuple(part for part in parts if part not in kept)
    left_out = bool(names)
    if left_out and kept and (group := _CLASS.match(kept[0])):
        kept = [group[0]]
    label = ", ".join(kept)
    if len(label) > _MAX_LABEL:
        label, left_out = "", True
    return Party(label or None, _kind_of(label), left_out, names)


def _kind_of(label: str) -> str | None:
    return next((kind for pattern, kind in _KINDS if label and pattern.search(label)), None)


def _is_clear(part: str, organisations: frozenset[str]) -> bool:
    if part.lower() in organisations or _TRACKED.fullmatch(part):
        return True
    return bool(_CLEAR.fullmatch(part)) and not _PERSON.search(part)
