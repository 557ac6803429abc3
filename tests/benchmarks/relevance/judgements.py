"""What judges said: names of records and grades, without a word of the records."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.relevance.measures import weighted_kappa

FOLDER = Path(__file__).with_name("judgements")
# On the mean of all judges.
RELEVANT = 1.5

Grades = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far two judges agree, over the records that both have graded.

    Attributes:
        kappa: Cohen's, with squared weights.
        same: the share of equal grades.
        within_one: the share of grades that differ by one at most.
        relevance: kappa of only whether a record is relevant (a grade of 2 or more).
    """

    judged: int
    kappa: float
    same: float
    within_one: float
    relevance: float


def read_judges(folder: Path = FOLDER) -> dict[str, Grades]:
    """Grades by query and record, of each judge; empty where nobody has judged yet."""
    paths = sorted(folder.glob("judge-*.json"))
    return {path.stem.removeprefix("judge-"): json.loads(path.read_text(encoding="utf-8")) for path in paths}


def mean_grades(judges: Sequence[Grades], query: str) -> dict[str, float]:
    """The mean grade of each record of a query, of those that every judge has graded."""
    given = [judge.get(query, {}) for judge in judges]
    names = set(given[0]).intersection(*given[1:]) if given else set()
    return {name: sum(one[name] for one in given) / len(given) for name in sorted(names)}


def relevant(grades: Mapping[str, float]) -> frozenset[str]:
    """The records that a searcher is well served with."""
    return frozenset(name for name, grade in grades.items() if grade >= RELEVANT)


def agreement(first: Grades, second: Grades) -> Agreement | None:
    """How far the two agree; ``None`` where there is nothing that both have graded."""
    pairs = list(_pairs(first, second))
    if not pairs:
        return None
    return Agreement(
        judged=len(pairs),
        kappa=weighted_kappa(pairs),
        same=sum(one == other for one, other in pairs) / len(pairs),
        within_one=sum(abs(one - other) <= 1 for one, other in pairs) / len(pairs),
        relevance=weighted_kappa(((int(one >= 2), int(other >= 2)) for one, other in pairs), grades=2),
    )


def _pairs(first: Grades, second: Grades) -> Iterator[tuple[int, int]]:
    for query, graded in first.items():
        other = second.get(query, {})
        yield from ((grade, other[name]) for name, grade in graded.items() if name in other)
