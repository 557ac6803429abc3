"""The measures against values computed by hand."""

from __future__ import annotations

import pytest

from tests.benchmarks.relevance.measures import mean, ndcg, recall, weighted_kappa


def test_a_list_in_the_order_of_its_grades_is_ideal() -> None:
    assert 1.0 == ndcg(["a", "b", "c"], {"a": 3, "b": 2, "c": 0})


def test_gains_grow_with_the_grade_and_shrink_with_the_place() -> None:
    # Gains 3, 0, 7 at discounts 1, 1.58496, 2 give 6.5; the ideal 7, 3, 0 gives 7 + 3 / 1.58496 = 8.89279.
    assert 0.730930 == pytest.approx(ndcg(["b", "c", "a"], {"a": 3, "b": 2, "c": 0}), abs=1e-6)


def test_means_of_two_judges_gain_between_whole_grades() -> None:
    # 2^1.5 - 1 = 1.828427 behind a record of no worth, at a discount of 1.58496.
    assert 0.630930 == pytest.approx(ndcg(["x", "a"], {"a": 1.5}), abs=1e-6)


def test_what_stands_behind_the_depth_gains_nothing_and_the_ideal_ends_there_too() -> None:
    grades = dict.fromkeys("abcd", 1.0)

    assert 0.0 == ndcg(["x", "y", "a"], grades, depth=2)
    assert 1.0 == ndcg(["a", "b"], grades, depth=2)


def test_an_empty_answer_gains_nothing_where_there_is_something_to_be_found() -> None:
    assert 0.0 == ndcg([], {"a": 1})
    assert 0.0 == recall([], {"a"})


def test_a_query_without_anything_to_be_found_is_not_measured() -> None:
    assert ndcg(["a"], {"a": 0}) is None
    assert recall(["a"], set()) is None


def test_recall_counts_relevant_records_among_the_first() -> None:
    assert 0.5 == recall(["a", "x", "b"], {"a", "b"}, depth=2)
    assert 1.0 == recall(["a", "x", "b"], {"a", "b"}, depth=3)


def test_judges_who_always_agree_have_a_kappa_of_one() -> None:
    assert 1.0 == weighted_kappa([(0, 0), (3, 3), (1, 1)])
    assert 1.0 == weighted_kappa([(2, 2)])


def test_kappa_weighs_a_difference_by_its_square() -> None:
    # Seen: 1 + 9 = 10. By chance: first judge 0, 0, 3, 3 and second 0, 1, 3, 0; over all sixteen pairs
    # (0 + 1 + 9 + 0) * 2 + (9 + 4 + 0 + 9) * 2 = 64, by four.
    assert 1 - 10 / 16 == pytest.approx(weighted_kappa([(0, 0), (0, 1), (3, 3), (3, 0)]))


def test_judges_who_differ_as_chance_would_have_a_kappa_of_zero() -> None:
    assert 0.0 == pytest.approx(weighted_kappa([(0, 0), (0, 1), (1, 0), (1, 1)], grades=2))


def test_a_mean_leaves_out_what_could_not_be_measured() -> None:
    assert 0.5 == mean([None, 0.25, 0.75])
    assert mean([None]) is None
