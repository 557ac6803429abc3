"""The figures as tables that people read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import combinations

from rich.console import Console
from rich.table import Table

from tests.benchmarks.relevance.judgements import Grades, agreement
from tests.benchmarks.relevance.measuring import Overlap, Score, Summary, summary
from tests.benchmarks.relevance.queries import Split

Scores = Mapping[str, Sequence[Score]]


def show(console: Console, scores: Scores, judges: Mapping[str, Grades], missing: int) -> None:
    """How far the judges agree, then every system by split and by kind."""
    kinds = {one.query.id: one.query.kind for some in scores.values() for one in some}
    for one, other in combinations(judges, 2):
        found = agreement(judges[one], judges[other])
        if found is not None:
            console.print(
                f"judges {one} and {other}, {found.judged} records: weighted kappa {found.kappa:.2f}, the same grade "
                f"{found.same:.0%}, one apart at most {found.within_one:.0%}; "
                f"relevant or not: kappa {found.relevance:.2f}"
            )
            console.print(_agreement_by_kind(judges[one], judges[other], kinds))
    if missing:
        console.print(f"{missing} judged records are not in this import and do not count")
    console.print(_by_split(scores))
    console.print(_by_kind(scores))


def show_overlap(console: Console, overlap: Overlap) -> None:
    """How far the engines give the same."""
    console.print(
        f"overlap@10 of the engines: {_told(overlap.all_words)} with all of the words, "
        f"{_told(overlap.any_word)} with any of them"
    )


def show_queries(console: Console, scores: Scores) -> None:
    """Every query by itself."""
    systems = list(scores)
    table = _table("each query: nDCG@10 / recall@50", ("id", "query", "split"), systems)
    for at, one in enumerate(scores[systems[0]]):
        cells = [f"{_told(scores[name][at].ndcg)} / {_told(scores[name][at].recall)}" for name in systems]
        table.add_row(one.query.id, one.query.text, one.query.split, *cells)
    console.print(table)


def as_document(scores: Scores) -> dict[str, dict[str, dict[str, float | int | None]]]:
    """The means of each system by split as JSON values."""
    return {
        name: {split or "all": _values(summary(some, split=split)) for split in (*Split, None)}
        for name, some in scores.items()
    }


def _agreement_by_kind(one: Grades, other: Grades, kinds: Mapping[str, str]) -> Table:
    table = _table("the judges, by kind of the queries measured", ("kind",), ("records", "weighted kappa", "same"))
    for kind in dict.fromkeys(kinds.values()):
        found = agreement({id_: grades for id_, grades in one.items() if kinds.get(id_) == kind}, other)
        if found is not None:
            table.add_row(kind, str(found.judged), f"{found.kappa:.2f}", f"{found.same:.0%}")
    return table


def _by_split(scores: Scores) -> Table:
    table = _table("relevance", ("system", "queries"), ("nDCG@10", "recall@50", "judged of the first ten"))
    for name, some in scores.items():
        for split in Split:
            means = summary(some, split=split)
            if means.queries:
                figures = (_told(means.ndcg), _told(means.recall), _told(means.judged))
                table.add_row(name, f"{means.queries} {split}", *figures)
    return table


def _by_kind(scores: Scores) -> Table:
    systems = list(scores)
    table = _table("by kind: nDCG@10 / recall@50", ("kind", "queries"), systems)
    for kind in dict.fromkeys(one.query.kind for one in scores[systems[0]]):
        means = [summary(scores[name], kind=kind) for name in systems]
        table.add_row(kind, str(means[0].queries), *(f"{_told(one.ndcg)} / {_told(one.recall)}" for one in means))
    return table


def _table(title: str, names: Sequence[str], figures: Sequence[str]) -> Table:
    table = Table(title=title)
    for heading in names:
        table.add_column(heading)
    for heading in figures:
        table.add_column(heading, justify="right")
    return table


def _values(means: Summary) -> dict[str, float | int | None]:
    return {"queries": means.queries, "ndcg": means.ndcg, "recall": means.recall, "judged": means.judged}


def _told(value: float | None) -> str:
    return "none" if value is None else f"{value:.3f}"
