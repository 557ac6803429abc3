"""The measures of a ranked list, and of how far two judges agree: pure arithmetic."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence


def ndcg(ranked: Sequence[str], grades: Mapping[str, float], depth: int = 10) -> float | None:
    """Normalised discounted cumulative gain with gains of 2^grade - 1; ``None`` where no grade is above zero.

    Records without a grade gain nothing. The ideal list is that of the best grades there are.
    """
    ideal = _discounted(sorted(grades.values(), reverse=True)[:depth])
    return _discounted([grades.get(name, 0.0) for name in ranked[:depth]]) / ideal if ideal else None


def recall(ranked: Sequence[str], relevant: Collection[str], depth: int = 50) -> float | None:
    """The share of the relevant records that stand among the first *depth*; ``None`` where there is none."""
    return len(set(ranked[:depth]) & set(relevant)) / len(relevant) if relevant else None


def weighted_kappa(pairs: Iterable[tuple[int, int]], grades: int = 4) -> float:
    """Cohen's kappa of pairs of grades from 0, a difference weighed by its square.

    1 is full agreement, 0 what chance gives to judges with these habits, less than 0 is worse than chance.
    """
    counted = Counter(pairs)
    total = counted.total()
    first, second = Counter[int](), Counter[int]()
    for (one, other), count in counted.items():
        first[one] += count
        second[other] += count
    seen = sum((one - other) ** 2 * count for (one, other), count in counted.items())
    by_chance = sum(
        (one - other) ** 2 * first[one] * second[other] / total for one in range(grades) for other in range(grades)
    )
    return 1 - seen / by_chance if by_chance else 1.0


def mean(values: Iterable[float | None]) -> float | None:
    """Of those that could be measured; ``None`` where there is none."""
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _discounted(grades: Sequence[float]) -> float:
    return sum((2**grade - 1) / math.log2(at + 2) for at, grade in enumerate(grades))
