"""Screening finds what it should, and little else: measured on the labelled texts."""

from __future__ import annotations

import pytest

from registry.domain.screening.finding import Code
from tests.screening.quality import Score, labelled, scores

SCORES = scores(labelled())


def test_the_labelled_set_is_large_enough() -> None:
    texts = [one for one in labelled() if one.group == "a"]

    positives = sum(bool(one.expect) for one in texts)

    assert positives >= 100
    assert len(texts) - positives >= 200


@pytest.mark.parametrize(("code", "least"), [(Code.SECRET_DETECTED, 0.95), (Code.PERSONAL_DATA, 0.85)])
def test_what_must_not_be_published_is_found(code: Code, least: float) -> None:
    assert least <= SCORES[code].recall


def test_personal_data_and_names_together_are_found() -> None:
    both = [SCORES[code] for code in (Code.PERSONAL_DATA, Code.PERSON_NAME)]

    assert sum(one.right for one in both) / sum(one.right + one.missed for one in both) >= 0.85


def test_personal_data_is_told_from_versions_and_mailing_lists() -> None:
    score = scores([one for one in labelled() if one.group == "a"])[Code.PERSONAL_DATA]

    assert (1.0, 1.0) == (score.precision, score.recall)


def test_operational_detail_is_found_and_what_is_told_of_it_is_left_alone() -> None:
    tuned = scores([one for one in labelled() if one.group in {"a", "c"}])[Code.OPERATIONAL_DETAIL]
    unseen = scores([one for one in labelled() if one.group == "b"])[Code.OPERATIONAL_DETAIL]

    assert tuned.precision >= 0.9
    assert tuned.recall >= 0.9
    assert unseen.precision >= 0.9
    assert unseen.recall >= 0.6


@pytest.mark.parametrize("score", [pytest.param(score, id=code or "all") for code, score in SCORES.items()])
def test_what_is_found_is_mostly_there(score: Score) -> None:
    assert score.precision >= 0.8
