"""The set of queries holds what it promises, and measuring it with invented records and judgements."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console

from registry.domain.query import parse
from registry.domain.search import IndexEntry
from registry.ports import SearchIndex
from tests.benchmarks.relevance import report
from tests.benchmarks.relevance.judgements import agreement, mean_grades, read_judges, relevant
from tests.benchmarks.relevance.measuring import Overlap, Score, measure, missing, overlap, summary
from tests.benchmarks.relevance.pooling import MOST, candidate, in_turns, pooled
from tests.benchmarks.relevance.queries import Judged, Split, read_queries
from tests.benchmarks.relevance.records import Known
from tests.benchmarks.relevance.systems import asked, engines, mended, page, sqlite_fts, title_overlap
from tests.search import corpus
from tests.search.engines import ENGINES

ROBOT = Judged("harm-1", "harm", Split.TUNE, "robot", "Robots that hurt people.", "robot", ())
MISSPELLED = Judged("misspelling-1", "misspelling", Split.HELD, "voise", "Copied voices.", "voice", ())
FIRST = {"harm-1": {"made:1": 3, "made:2": 1, "made:3": 0}, "misspelling-1": {"made:3": 3, "made:9": 2}}
SECOND = {"harm-1": {"made:1": 3, "made:2": 2, "made:3": 0}, "misspelling-1": {"made:3": 2, "made:9": 2}}


def known(number: int, title: str, body: str) -> Known:
    document = corpus.document(title, body)
    return Known(f"made:{number}", IndexEntry(corpus.uid(number), document, None), document)


@pytest.fixture(scope="module")
def records() -> list[Known]:
    return [
        known(1, "Robot crushes a worker", "An arm of a robot moved too early."),
        known(2, "Arm of a machine hits a visitor", "It was no robot but a crane."),
        known(3, "Voice of a director copied", "The voice asked for money."),
    ]


@pytest.fixture(scope="module")
def indexes(records: list[Known], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, SearchIndex]]:
    with engines(records, tmp_path_factory.mktemp("relevance")) as opened:
        yield opened


@pytest.fixture(scope="module")
def scores(records: list[Known], indexes: Mapping[str, SearchIndex]) -> dict[str, tuple[Score, ...]]:
    return measure([ROBOT, MISSPELLED], [FIRST, SECOND], records, indexes)


def test_there_are_enough_queries_of_every_kind_and_a_third_of_them_is_held() -> None:
    queries = read_queries()

    kinds = Counter(one.kind for one in queries)
    held = Counter(one.kind for one in queries if one.split is Split.HELD)
    assert 60 <= len(queries) == len({one.id for one in queries}) == len({one.text for one in queries})
    assert 9 == len(kinds)
    assert 0.3 < held.total() / len(queries) < 0.36
    assert [] == [kind for kind, count in kinds.items() if not 0.25 < held[kind] / count < 0.45]


def test_every_query_can_be_read_and_says_what_is_wanted() -> None:
    for one in read_queries():
        parse(one.text)
        assert one.need.endswith("."), one.id
        assert one.plain == one.text or one.kind in {"misspelling", "phrase", "filter"}, one.id


def test_engines_are_asked_as_it_was_typed_and_the_floor_with_words_rightly_spelled(
    scores: dict[str, tuple[Score, ...]],
) -> None:
    kinds = ("", " page", " page mended")
    assert {"fts5 all words", "fts5 any word", *(f"{name}{kind}" for name in ENGINES for kind in kinds)} == set(scores)
    assert {1.0} == {one.ndcg for some in scores.values() for one in some if one.query is ROBOT}
    assert {0.0} == {scores[f"{name}{kind}"][1].ndcg for name in ENGINES for kind in ("", " page")}
    assert {1.0} == {scores[f"{name} page mended"][1].ndcg for name in ENGINES}
    assert {1.0} == {some[1].ndcg for name, some in scores.items() if name.startswith("fts5")}


def test_a_page_goes_on_with_records_that_have_some_of_the_words(
    records: list[Known], indexes: Mapping[str, SearchIndex]
) -> None:
    for index in indexes.values():
        assert ["made:1"] == asked(index, records)("robot worker", 10)
        assert ["made:1", "made:2"] == page(index, records)("robot worker", 10)
        assert ["made:1", "made:2"] == mended(index, records)("robbot worker", 10)
        assert ["made:1", "made:2"] == mended(index, records)("robbot visitor worker", 10)[:2]


def test_engines_overlap_in_what_all_of_them_give(records: list[Known], indexes: Mapping[str, SearchIndex]) -> None:
    assert Overlap(1.0, 1.0) == overlap([ROBOT, MISSPELLED], records, indexes)
    assert Overlap(None, 1.0) == overlap([MISSPELLED], records, indexes)


def test_means_are_told_by_split_and_by_kind(scores: dict[str, tuple[Score, ...]]) -> None:
    floor = scores["fts5 any word"]

    assert (1, 1.0, 1.0) == (summary(floor, split=Split.TUNE).queries, *_figures(floor, Split.TUNE))
    assert 2 == summary(floor).queries
    assert 1 == summary(floor, kind="misspelling").queries
    assert summary(floor, kind="phrase").ndcg is None


def test_what_is_not_in_this_import_does_not_count(records: list[Known], scores: dict[str, tuple[Score, ...]]) -> None:
    assert {"made:9"} == missing([FIRST, SECOND], records)
    assert 1.0 == scores["fts5 any word"][1].recall


def test_the_grade_of_a_record_is_the_mean_of_those_that_every_judge_gave() -> None:
    grades = mean_grades([FIRST, {"harm-1": {"made:1": 2, "made:2": 2}}], "harm-1")

    assert {"made:1": 2.5, "made:2": 1.5} == grades
    assert {"made:1", "made:2"} == relevant(grades)
    assert {} == mean_grades([FIRST, SECOND], "other-1")


def test_agreement_is_over_what_both_have_judged() -> None:
    found = agreement(FIRST, SECOND)

    assert found is not None
    assert (5, 0.6, 1.0) == (found.judged, found.same, found.within_one)
    assert agreement(FIRST, {}) is None


def test_judgements_are_read_from_a_folder(tmp_path: Path) -> None:
    (tmp_path / "judge-ann.json").write_text(json.dumps(FIRST))

    assert {"ann": FIRST} == read_judges(tmp_path)
    assert {} == read_judges(tmp_path / "nothing")


def test_tables_name_every_system_and_kind(scores: dict[str, tuple[Score, ...]]) -> None:
    console = Console(file=StringIO(), width=200)

    report.show(console, scores, {"ann": FIRST, "ben": SECOND}, missing=1)
    report.show_queries(console, scores)

    assert isinstance(console.file, StringIO)
    shown = console.file.getvalue()
    assert [] == [
        word for word in ("weighted kappa", "tantivy", "misspelling", "voise", "1 judged") if word not in shown
    ]
    assert {"tune", "held", "all"} == set(report.as_document(scores)["whoosh"])


def test_a_pool_takes_turns_and_its_order_tells_nothing(records: list[Known]) -> None:
    assert ["a", "x", "b", "c"] == in_turns([["a", "b", "c"], ["x"]])
    with sqlite_fts(records) as full_text:
        worded = {**full_text, "title": title_overlap(records)}
        found = pooled(ROBOT, {}, worded)

        assert {"made:1", "made:2"} == set(found)
        assert found == pooled(ROBOT, {}, worded)
        many = {**worded, "many": lambda _text, _limit: [f"made:{number}" for number in range(100)]}
        assert MOST == len(pooled(ROBOT, many, worded))


def test_a_judge_sees_the_title_once_and_how_the_text_begins() -> None:
    shown = candidate(known(7, "Robot", "long " * 200))

    assert ("made:7", "Robot") == (shown["record"], shown["title"])
    assert shown["text"].startswith("long long")
    assert len(shown["text"]) <= 302


def _figures(scores: tuple[Score, ...], split: Split) -> tuple[float | None, float | None]:
    means = summary(scores, split=split)
    return means.ndcg, means.recall
