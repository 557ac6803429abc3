"""How sure, how exact and how reliable something is."""

from __future__ import annotations

from enum import StrEnum


class Precision(StrEnum):
    """How exactly a date is known. Source: ATLAS date granularity, with instants added."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    INSTANT = "instant"


class Confidence(StrEnum):
    """Confidence in a judgment. Source: MISP estimative-language, confidence in analytic judgment."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class SourceReliability(StrEnum):
    """How far the source can be relied on. Source: Admiralty scale, as in the MISP taxonomy admiralty-scale.

    A completely, B usually, C fairly, D not usually, E unreliable, F cannot be judged.
    """

    A = "A"
    B = "B"
    C = "C"
    D = "D"
    E = "E"
    F = "F"


class Prevalence(StrEnum):
    """How widespread something is. Source: FLARE flaw report, prevalence."""

    WIDESPREAD = "widespread"
    COMMON = "common"
    OCCASIONAL = "occasional"
    RARE = "rare"
    UNKNOWN = "unknown"
