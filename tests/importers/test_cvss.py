"""CVSS: scores as FIRST's examples give them, and what is no vector."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importers.cvss import base_score, severity_of_score, severity_of_word


@pytest.mark.parametrize(
    ("vector", "score"),
    [
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", 9.8),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H", 10.0),
        ("CVSS:3.0/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H", 5.9),
        ("CVSS:3.1/AV:L/AC:H/PR:L/UI:N/S:C/C:N/I:H/A:N", 5.6),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:N", 0.0),
        ("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H/E:P/RL:O", 9.8),
        ("AV:N/AC:L/Au:N/C:P/I:P/A:P", 7.5),
        ("(AV:N/AC:M/Au:N/C:N/I:P/A:N)", 4.3),
        ("CVSS:2.0/AV:L/AC:L/Au:N/C:C/I:C/A:C", 7.2),
        ("AV:N/AC:L/Au:N/C:N/I:N/A:N", 0.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 9.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:H/SC:H/SI:H/SA:H", 10.0),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", 8.8),
        ("CVSS:4.0/AV:L/AC:L/AT:P/PR:L/UI:N/VC:H/VI:H/VA:H/SC:N/SI:N/SA:N", 7.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:A/VC:N/VI:N/VA:N/SC:L/SI:L/SA:N", 5.1),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:L/UI:N/VC:L/VI:L/VA:L/SC:N/SI:N/SA:N", 5.3),
        ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:N/VI:N/VA:N/SC:N/SI:N/SA:N", 0.0),
    ],
)
def test_a_vector_has_the_score_of_its_specification(vector: str, score: float) -> None:
    assert score == base_score(vector)


@pytest.mark.parametrize(
    "vector",
    ["", "high", "CVSS:3.1/AV:N", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:X", "CVSS:5.0/AV:N", "AV:N/" * 50_000],
)
def test_what_is_no_vector_has_no_score(vector: str) -> None:
    assert base_score(vector) is None


@pytest.mark.parametrize(
    ("score", "severity"), [(0.0, 0), (0.1, 1), (3.9, 1), (4.0, 2), (6.9, 2), (7.0, 3), (9.0, 4), (10, 4)]
)
def test_severity_follows_the_bounds_of_cvss_and_is_never_catastrophic(score: float, severity: int) -> None:
    assert severity == severity_of_score(score)


def test_ratings_in_words_are_known_whoever_wrote_them() -> None:
    assert [0, 1, 2, 2, 3, 4, None] == [
        severity_of_word(word) for word in ("None", "LOW", "moderate", "Medium", " high", "CRITICAL", "grave")
    ]


_FOUR = st.fixed_dictionaries(
    {name: st.sampled_from(values) for name, values in (
        ("AV", "NALP"), ("AC", "LH"), ("AT", "NP"), ("PR", "NLH"), ("UI", "NPA"), ("VC", "HLN"), ("VI", "HLN"),
        ("VA", "HLN"), ("SC", "HLN"), ("SI", "HLN"), ("SA", "HLN"),
    )}
)  # fmt: skip


@given(_FOUR, st.sampled_from(["VC", "VI", "VA"]))
def test_no_score_leaves_its_bounds_and_a_worse_impact_never_lowers_it(metrics: dict[str, str], name: str) -> None:
    score = base_score("CVSS:4.0/" + "/".join(f"{key}:{value}" for key, value in metrics.items()))
    worse = base_score("CVSS:4.0/" + "/".join(f"{key}:{value}" for key, value in (metrics | {name: "H"}).items()))

    assert score is not None
    assert worse is not None
    assert 0 <= score <= worse <= 10


@given(st.text(max_size=300))
def test_no_text_makes_it_fail(text: str) -> None:
    assert base_score(text) is None or 0 <= (base_score(text) or 0) <= 10
