"""Every system asked every query, and how good its answers are by the judgements."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from registry.ports import SearchIndex
from tests.benchmarks.relevance.judgements import Grades, mean_grades, relevant
from tests.benchmarks.relevance.measures import mean, ndcg, recall
from tests.benchmarks.relevance.queries import Judged, Split
from tests.benchmarks.relevance.records import Known
from tests.benchmarks.relevance.systems import System, any_word, asked, mended, page, sqlite_fts

_FIRST = 10
_MANY = 50


@dataclass(frozen=True, slots=True)
class Score:
    """How good one answer is.

    Attributes:
        ndcg: of the first ten; ``None`` where judges found nothing to be found.
        recall: the share of relevant records among the first fifty; ``None`` as well.
        judged: the share of the first ten that were judged; what was not counts as not relevant.
    """

    query: Judged
    ndcg: float | None
    recall: float | None
    judged: float


@dataclass(frozen=True, slots=True)
class Summary:
    """The means over some queries."""

    queries: int
    ndcg: float | None
    recall: float | None
    judged: float | None


@dataclass(frozen=True, slots=True)
class Overlap:
    """The mean share of the first ten that all engines have in common, for all of the words and for any of them."""

    all_words: float | None
    any_word: float | None


def measure(
    queries: Sequence[Judged], judges: Sequence[Grades], known: Sequence[Known], indexes: Mapping[str, SearchIndex]
) -> dict[str, tuple[Score, ...]]:
    """The scores of every engine, and of SQLite's full text as a floor, by the name of the system.

    Engines are asked what was typed: for the matches alone, which have all of the words; for the page, which goes on
    with records that have some of them; and for that page after its first other spelling was taken. SQLite, which knows
    no fields, gets the words, rightly spelled.
    """
    here = {one.name for one in known}
    typed = {
        name + kind: system(index, known)
        for kind, system in (("", asked), (" page", page), (" page mended", mended))
        for name, index in indexes.items()
    }
    with sqlite_fts(known) as worded:
        found = {
            name: tuple(_score(one, judges, here, rank, one.text) for one in queries) for name, rank in typed.items()
        }
        floor = {
            name: tuple(_score(one, judges, here, rank, one.plain) for one in queries) for name, rank in worded.items()
        }
    return found | floor


def overlap(queries: Sequence[Judged], known: Sequence[Known], indexes: Mapping[str, SearchIndex]) -> Overlap:
    """How far the engines give the same first ten; a query to which none of them gives anything is not counted."""
    exact, loose = ([system(index, known) for index in indexes.values()] for system in (asked, any_word))
    return Overlap(
        mean(_shared([rank(one.text, _FIRST) for rank in exact]) for one in queries),
        mean(_shared([rank(one.plain, _FIRST) for rank in loose]) for one in queries),
    )


def _shared(lists: Sequence[Sequence[str]]) -> float | None:
    longest = max(map(len, lists))
    return len(set(lists[0]).intersection(*lists[1:])) / longest if longest else None


def summary(scores: Iterable[Score], *, kind: str | None = None, split: Split | None = None) -> Summary:
    """The means over the queries of a kind and of a split; ``None`` is all of them."""
    some = [one for one in scores if kind in {None, one.query.kind} and split in {None, one.query.split}]
    return Summary(
        len(some), mean(one.ndcg for one in some), mean(one.recall for one in some), mean(one.judged for one in some)
    )


def missing(judges: Sequence[Grades], known: Sequence[Known]) -> frozenset[str]:
    """Records that were judged and that this import does not hold: they can be found by nobody and do not count."""
    judged = {name for grades in judges for records in grades.values() for name in records}
    return frozenset(judged - {one.name for one in known})


def _score(query: Judged, judges: Sequence[Grades], here: set[str], rank: System, text: str) -> Score:
    grades = {name: grade for name, grade in mean_grades(judges, query.id).items() if name in here}
    ranked = rank(text, _MANY)
    first = ranked[:_FIRST]
    judged = sum(name in grades for name in first) / len(first) if first else 1.0
    return Score(query, ndcg(ranked, grades, _FIRST), recall(ranked, relevant(grades), _MANY), judged)
