"""The fields of a search document: facets that lists count too, and what only the index knows."""

from __future__ import annotations

from enum import StrEnum

from registry.domain.facets import FACETS
from registry.domain.record import State


class Has(StrEnum):
    """What the public part of a record holds, or what public records that are linked with it are."""

    MITIGATION = "mitigation"
    LESSON = "lesson"
    WEAKNESS = "weakness"
    INCIDENT = "incident"
    POLICY = "policy"
    STATEMENT = "statement"
    EVIDENCE = "evidence"
    SOURCE = "source"
    CLASSIFICATION = "classification"
    TECHNIQUE = "technique"
    TIMELINE = "timeline"
    ENFORCEMENT = "enforcement"


class Review(StrEnum):
    """By whom a published record was read before it came out."""

    REVIEWED = "reviewed"
    IMPORTED = "imported"


class Reported(StrEnum):
    """Whether those speak whose system or service it is about."""

    SELF = "self"
    OTHER = "other"
    UNKNOWN = "unknown"


SEVERITIES = ("None", "Minor", "Moderate", "Serious", "Severe", "Catastrophic")
# Closed fields of the index, with every value of theirs.
VALUES_OF: dict[str, tuple[str, ...]] = {
    "has": tuple(Has),
    "review": tuple(Review),
    "reported": tuple(Reported),
    "state": tuple(State),
}
# What only the index knows. An ``id`` is one elsewhere; other values are ids and slugs as they are written.
# By it the index tells which documents count on a record; no query names it.
BESIDE = "beside"
INDEX_ONLY: tuple[str, ...] = ("source", "licence", "reported", "review", "has", "owner", "state", "id")
# Every record has another id, and all that is public is in the same state: these are not counted.
_NOT_COUNTED = frozenset({"state", "id"})
COUNTED: tuple[str, ...] = ("kind", "severity", *FACETS, *(name for name in INDEX_ONLY if name not in _NOT_COUNTED))
