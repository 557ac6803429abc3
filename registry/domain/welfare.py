"""What reviewers need not read, and how much of it one person reads: topics, weights and limits.

Nobody says why. What somebody opted out of and how much somebody has read is told to that person alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from registry.domain.canonical import Document
from registry.domain.errors import ExposureLimit, InvalidInput, Problem
from registry.domain.facets import severity_of
from registry.domain.record import PersonId, Record, RecordUid, Revision

KEPT_FOR = timedelta(days=90)
WEEK = timedelta(days=7)
GRAVE = 4


class Topic(StrEnum):
    """What a reviewer may opt out of. The order is stored: topics are added at the end, never moved or removed."""

    CSAE = "csae"
    SEXUAL = "sexual"
    SELF_HARM = "self_harm"
    VIOLENCE = "violence"
    EXTREMISM = "extremism"
    HATE = "hate"
    HARASSMENT = "harassment"
    MINORS = "minors"
    TRAFFICKING = "trafficking"
    PSYCHOLOGICAL = "psychological"
    MASS_WEAPONS = "mass_weapons"


@dataclass(frozen=True, slots=True)
class Signs:
    """How a topic is recognised, and how much a text about it weighs.

    Attributes:
        label: what people call it.
        weight: how much one part of one record counts, compared with 1 for a text about nothing of this. Own judgment:
            studies of content moderators name material about children and self-harm as the heaviest to read.
        misuse: misuse categories, with all below them.
        harms: harm types and stakeholders of a harm.
        scrutiny: domains that need extra scrutiny.
        words: beginnings of words in content warnings.
    """

    label: str
    weight: int
    misuse: frozenset[str] = frozenset()
    harms: frozenset[str] = frozenset()
    scrutiny: frozenset[str] = frozenset()
    words: tuple[str, ...] = ()


SIGNS: Mapping[Topic, Signs] = {
    Topic.CSAE: Signs(
        "Sexual abuse of children",
        5,
        frozenset({"csae"}),
        words=("csae", "csam", "child sexual", "child abuse", "paed"),
    ),
    Topic.SEXUAL: Signs(
        "Sexual violence and intimate content",
        3,
        frozenset({"ncii", "csae"}),
        words=("sexual", "nud", "intimate", "porn", "rape"),
    ),
    Topic.SELF_HARM: Signs(
        "Self-harm and suicide",
        4,
        frozenset({"self_harm"}),
        words=("self-harm", "self harm", "self_harm", "suicid", "eating disorder"),
    ),
    Topic.VIOLENCE: Signs(
        "Violence and bodily harm",
        3,
        frozenset({"violence"}),
        frozenset({"physical"}),
        words=("violen", "gore", "graphic", "death", "tortur", "murder", "blood", "weapon"),
    ),
    Topic.EXTREMISM: Signs(
        "Violent extremism", 3, frozenset({"violence/extremism"}), words=("extremis", "terror", "radicali")
    ),
    Topic.HATE: Signs(
        "Hate against groups",
        2,
        frozenset({"harassment/hate"}),
        frozenset({"discrimination"}),
        words=("hate", "racis", "slur", "antisemit", "homophob", "transphob"),
    ),
    Topic.HARASSMENT: Signs(
        "Harassment of persons",
        2,
        frozenset({"harassment", "surveillance/tracking"}),
        words=("harass", "abus", "stalk", "bully", "doxx"),
    ),
    Topic.MINORS: Signs(
        "Harm to children",
        3,
        frozenset({"csae"}),
        frozenset({"children"}),
        frozenset({"children"}),
        words=("child", "minor", "teen"),
    ),
    Topic.TRAFFICKING: Signs(
        "Human trafficking", 3, frozenset({"human_trafficking"}), words=("trafficking", "slavery", "exploitation")
    ),
    Topic.PSYCHOLOGICAL: Signs(
        "Psychological harm",
        2,
        harms=frozenset({"psychological"}),
        scrutiny=frozenset({"mental_health"}),
        words=("psychological", "trauma", "mental"),
    ),
    Topic.MASS_WEAPONS: Signs("Weapons of mass destruction", 1, frozenset({"cbrn"}), words=("cbrn", "chemical weapon")),
}
_BITS: Mapping[Topic, int] = {topic: 1 << at for at, topic in enumerate(Topic)}
_NOTHING: frozenset[Topic] = frozenset()


def topics_in(public: Document, warnings: Iterable[str]) -> frozenset[Topic]:
    """What a public part with these content warnings is about."""
    part: Any = public
    addressed = (one.get("misuse_category") for one in part.get("addresses", ()))
    misuse = frozenset(_with_parents([*part.get("misuse_categories", ()), *filter(None, addressed)]))
    harms = {value for one in part.get("harms", ()) for value in (one.get("type"), one.get("stakeholder"))}
    scrutiny = set(part.get("scrutiny_domains", ()))
    warned = " ".join(f" {one.casefold()}" for one in warnings)
    return frozenset(
        topic
        for topic, signs in SIGNS.items()
        if signs.misuse & misuse
        or signs.harms & harms
        or signs.scrutiny & scrutiny
        or any(f" {word}" in warned for word in signs.words)
    )


def topics_of_revision(revision: Revision) -> frozenset[Topic]:
    """What one revision is about; nothing, once its content is gone."""
    if revision.public is None:
        return _NOTHING
    return topics_in(revision.public.document, revision.marking.content_warnings)


def topics_of(record: Record) -> frozenset[Topic]:
    """What a record is about: its head and its work."""
    found = topics_of_revision(record.head)
    return found if record.work is None else found | topics_of_revision(record.work)


def mask_of(topics: Iterable[Topic]) -> int:
    """Topics as one number, as they are stored: one bit each."""
    return sum(_BITS[topic] for topic in frozenset(topics))


def topics_in_mask(mask: int) -> frozenset[Topic]:
    """The topics of a stored number."""
    return frozenset(topic for topic, bit in _BITS.items() if mask & bit)


def weight_of(revision: Revision, *, restricted: bool) -> int:
    """How much reading a part of a revision counts, from 1: by its heaviest topic, twice where it is grave, and twice
    again for the restricted part, which nobody has toned down."""
    topics = topics_of_revision(revision)
    heaviest = max((SIGNS[topic].weight for topic in topics), default=1)
    severity = None if revision.public is None else severity_of(revision.public.document)
    return heaviest * (2 if (severity or 0) >= GRAVE else 1) * (2 if restricted else 1)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one person reads at the most, in weights; ``None`` is no limit of one's own."""

    per_day: int | None = None
    per_week: int | None = None


@dataclass(frozen=True, slots=True)
class Preferences:
    """What one reviewer has chosen."""

    avoids: frozenset[Topic] = frozenset()
    limits: Limits = Limits()


@dataclass(frozen=True, slots=True)
class Exposure:
    """What one person has read, and may read at the most, in weights."""

    today: int
    this_week: int
    per_day: int
    per_week: int

    @property
    def is_at_limit(self) -> bool:
        """Whether it is enough for now."""
        return self.today >= self.per_day or self.this_week >= self.per_week

    def admits(self, weight: int) -> bool:
        """Whether reading something of this *weight* stays within the limits; the first piece of a day always does,
        unless the limit is 0."""
        if self.is_at_limit:
            return False
        fits_today = self.today == 0 or self.today + weight <= self.per_day
        return fits_today and (self.this_week == 0 or self.this_week + weight <= self.per_week)


def exposure_of(read: Mapping[date, int], today: date, house: Limits, own: Limits) -> Exposure:
    """How somebody stands who has *read* so much on each day; the lower one of two limits holds."""
    begin = today - WEEK + timedelta(days=1)
    return Exposure(
        read.get(today, 0),
        sum(weight for day, weight in read.items() if begin <= day <= today),
        _lower(house.per_day, own.per_day),
        _lower(house.per_week, own.per_week),
    )


def require_within(exposure: Exposure, weight: int | None = None) -> None:
    """Let more be read, or claimed, only within the limits.

    Args:
        weight: of what is to be read; left out for a claim.

    Raises:
        ExposureLimit: it is enough for now.
    """
    if exposure.is_at_limit or (weight is not None and not exposure.admits(weight)):
        raise ExposureLimit


def limits_given(own: Limits, house: Limits) -> Limits:
    """Limits of one's own, which only lower those of the house.

    Raises:
        InvalidInput: one is below 0 or above that of the house.
    """
    problems = [
        Problem((name,), "OUT_OF_RANGE", f"choose a number from 0 to {most}, or leave it out")
        for name, said, most in (
            ("per_day", own.per_day, house.per_day),
            ("per_week", own.per_week, house.per_week),
        )
        if said is not None and not 0 <= said <= (most or 0)
    ]
    if problems:
        raise InvalidInput(problems)
    return own


def topics_named(names: Iterable[str]) -> frozenset[Topic]:
    """The topics with these names.

    Raises:
        InvalidInput: there is none of that name.
    """
    said = tuple(names)
    known = {topic.value: topic for topic in Topic}
    problems = [
        Problem(("topics", str(at)), "UNKNOWN_TERM", f"one of these is expected: {', '.join(known)}")
        for at, one in enumerate(said)
        if one not in known
    ]
    if problems:
        raise InvalidInput(problems)
    return frozenset(known[one] for one in said)


def mark_of(person: PersonId, uid: RecordUid, draft_revision: int, part: str) -> bytes:
    """What is kept so that a part is not counted twice; it does not tell which part it was. 32 bytes."""
    return sha256(f"{person}\0{uid}\0{draft_revision}\0{part}".encode()).digest()


def _with_parents(codes: Iterable[str]) -> Iterator[str]:
    for code in codes:
        yield code
        yield code.partition("/")[0]


def _lower(house: int | None, own: int | None) -> int:
    return min(one for one in (house, own) if one is not None)
