"""CVSS base scores from their vectors, versions 2, 3.0, 3.1 and 4.0, and what severity a score stands for here.

Weights, equations and the table of 4.0 are those of FIRST's specifications; threat and environmental metrics are not
looked at.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import TypeAlias

Weights: TypeAlias = Mapping[str, Mapping[str, float]]

_V2 = {
    "AV": {"L": 0.395, "A": 0.646, "N": 1.0},
    "AC": {"H": 0.35, "M": 0.61, "L": 0.71},
    "Au": {"M": 0.45, "S": 0.56, "N": 0.704},
    **{name: {"N": 0.0, "P": 0.275, "C": 0.66} for name in "CIA"},
}
_V3 = {
    "AV": {"N": 0.85, "A": 0.62, "L": 0.55, "P": 0.2},
    "AC": {"L": 0.77, "H": 0.44},
    "PR": {"N": 0.85, "L": 0.62, "H": 0.27},
    "UI": {"N": 0.85, "R": 0.62},
    "S": {"U": 0.0, "C": 1.0},
    **{name: {"H": 0.56, "L": 0.22, "N": 0.0} for name in "CIA"},
}
_PRIVILEGES_ACROSS = {0.85: 0.85, 0.62: 0.68, 0.27: 0.5}
# Of 4.0: steps away from the worst value.
_V4 = {
    "AV": {"N": 0, "A": 1, "L": 2, "P": 3},
    "PR": {"N": 0, "L": 1, "H": 2},
    "UI": {"N": 0, "P": 1, "A": 2},
    "AC": {"L": 0, "H": 1},
    "AT": {"N": 0, "P": 1},
    **{name: {"H": 0, "L": 1, "N": 2} for name in ("VC", "VI", "VA", "SC", "SI", "SA")},
}
# By the classes 1 and 2: the scores of the classes 3 with 6, each for the class 4 of 1 and of 2. Class 5 is always 0.
_V4_SCORES = {
    (0, 0): (10.0, 9.3, 9.6, 9.0, 9.3, 8.8, 9.2, 8.0, 7.9, 6.9),
    (0, 1): (9.5, 9.2, 9.1, 8.1, 9.2, 8.4, 8.2, 7.0, 7.1, 6.3),
    (1, 0): (9.4, 8.7, 8.9, 7.5, 8.6, 7.2, 7.6, 5.7, 6.5, 5.3),
    (1, 1): (9.0, 7.7, 7.7, 6.6, 7.4, 6.1, 5.9, 5.2, 5.8, 2.3),
    (2, 0): (8.6, 7.0, 7.4, 5.4, 7.2, 5.3, 5.7, 3.6, 4.7, 2.4),
    (2, 1): (7.3, 5.4, 5.5, 4.3, 6.1, 4.6, 5.1, 1.8, 2.4, 1.0),
}
_V4_COLUMN = {(0, 0): 0, (0, 1): 2, (1, 0): 4, (1, 1): 6, (2, 1): 8}
# What AV, PR and UI, and VC, VI and VA, are at the worst within a class; the first that is as bad or worse counts.
_V4_WORST_1 = (((0, 0, 0),), ((1, 0, 0), (0, 1, 0), (0, 0, 1)), ((3, 0, 0), (1, 1, 1)))
_V4_WORST_3 = (((0, 0, 0),), ((1, 0, 0), (0, 1, 0)), ((1, 1, 1),))
_V4_DEPTH_1, _V4_DEPTH_2, _V4_DEPTH_3, _V4_DEPTH_4 = (1, 4, 5), (1, 2), (7, 8, 10), (6, 5, 4)
_LONGEST = 200
_LEVELS = ((9.0, 4), (7.0, 3), (4.0, 2), (0.1, 1))
_WORDS = {"none": 0, "low": 1, "minor": 1, "moderate": 2, "medium": 2, "important": 3, "high": 3, "critical": 4}


def severity_of_score(score: float) -> int:
    """Our severity: none 0, low 1, medium 2, high 3, critical 4, by CVSS's own bounds.

    5 (catastrophic) is what came of something, which no score tells.
    """
    return next((level for bound, level in _LEVELS if score >= bound), 0)


def severity_of_word(word: str) -> int | None:
    """Our severity for a rating in words, as CVSS, GitHub or Red Hat use them."""
    return _WORDS.get(word.strip().lower())


def base_score(vector: str) -> float | None:
    """The base score, 0.0 to 10.0; ``None`` where it is no complete vector of a known version."""
    head, _, rest = vector.strip().strip("()").partition("/") if len(vector) <= _LONGEST else ("", "", "")
    match head:
        case "CVSS:3.0" | "CVSS:3.1":
            return _scored(rest, _V3, _of_v3)
        case "CVSS:4.0":
            return _scored(rest, _V4, _of_v4)
        case "CVSS:2.0":
            return _scored(rest, _V2, _of_v2)
        case _:
            return _scored(f"{head}/{rest}", _V2, _of_v2)


def _scored(written: str, weights: Weights, score: Callable[[Mapping[str, float]], float]) -> float | None:
    """The score by *score* of the weight of each metric; further metrics are passed over."""
    found = dict(part.split(":", 1) for part in written.split("/") if ":" in part)
    try:
        return score({name: of[found[name]] for name, of in weights.items()})
    except KeyError:
        return None


def _of_v2(weight: Mapping[str, float]) -> float:
    impact = 10.41 * (1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"]))
    exploitability = 20 * weight["AV"] * weight["AC"] * weight["Au"]
    return _half_up((0.6 * impact + 0.4 * exploitability - 1.5) * (1.176 if impact else 0))


def _of_v3(weight: Mapping[str, float]) -> float:
    across = bool(weight["S"])
    lost = 1 - (1 - weight["C"]) * (1 - weight["I"]) * (1 - weight["A"])
    impact = 7.52 * (lost - 0.029) - 3.25 * (lost - 0.02) ** 15 if across else 6.42 * lost
    if impact <= 0:
        return 0.0
    privileges = _PRIVILEGES_ACROSS[weight["PR"]] if across else weight["PR"]
    exploitability = 8.22 * weight["AV"] * weight["AC"] * privileges * weight["UI"]
    exact = min((1.08 if across else 1) * (impact + exploitability), 10)
    # To the next tenth; what floating point adds is cut off first, as 3.1 says.
    return math.ceil(round(exact * 100_000) / 10_000) / 10


def _of_v4(steps: Mapping[str, float]) -> float:
    way_in = (steps["AV"], steps["PR"], steps["UI"])
    effort = (steps["AC"], steps["AT"])
    here = (steps["VC"], steps["VI"], steps["VA"])
    beyond = (steps["SC"], steps["SI"], steps["SA"])
    if min(here + beyond) == 2:
        return 0.0
    one = 0 if not any(way_in) else 1 if 0 in way_in and way_in[0] < 3 else 2
    two = 1 if any(effort) else 0
    three = 0 if not any(here[:2]) else 1 if 0 in here else 2
    four = 1 if 0 in beyond else 2
    score = _v4_score(one, two, three, int(three == 2), four) or 0.0
    lower = (
        _v4_score(one + 1, two, three, int(three == 2), four),
        _v4_score(one, two + 1, three, int(three == 2), four),
        _v4_below(one, two, three, four),
        _v4_score(one, two, three, int(three == 2), four + 1),
    )
    shares = (
        _distance(way_in, _V4_WORST_1[one]) / _V4_DEPTH_1[one],
        (sum(effort) - two) / _V4_DEPTH_2[two],
        _distance(here, _V4_WORST_3[three]) / _V4_DEPTH_3[three],
        (sum(beyond) - 3 * (four - 1)) / _V4_DEPTH_4[four],
    )
    drops = [(score - below) * share for below, share in zip(lower, shares, strict=True) if below is not None]
    # The class 5 has always a lower one, and is never below the worst of its own.
    return _half_up(max(score - sum(drops) / (len(drops) + 1), 0.0))


def _v4_score(one: int, two: int, three: int, six: int, four: int) -> float | None:
    row, column = _V4_SCORES.get((one, two)), _V4_COLUMN.get((three, six))
    return row[column + four - 1] if row is not None and column is not None and four <= 2 else None


def _v4_below(one: int, two: int, three: int, four: int) -> float | None:
    """The next lower score of the classes 3 and 6 together."""
    if three == 2:
        return None
    there = [_v4_score(one, two, three, 1, four)]
    if three == 0:
        there.append(_v4_score(one, two, 1, 0, four))
    return max((score for score in there if score is not None), default=None)


def _distance(steps: tuple[float, ...], worst: tuple[tuple[int, ...], ...]) -> float:
    """How many steps *steps* lie below the first of *worst* that is at least as bad in everything."""
    return next((sum(steps) - sum(one) for one in worst if all(a >= b for a, b in zip(steps, one, strict=True))), 0)


def _half_up(score: float) -> float:
    return math.floor(score * 10 + 0.5 + 1e-6) / 10
