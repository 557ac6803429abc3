"""Counting public matches from the command line."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.trends import NOTICE
from registry.service import follow
from tests import factories
from tests.browser import serving
from tests.factories import content
from tests.web.cli.commons import commons
from web.app import create_app
from web.cli.directory import opened


@pytest.fixture
def origin(node: Path) -> Iterator[str]:
    """The address of a node with three public marmots and a hidden one."""
    batch = [
        content(
            title=f"Marmot {at}",
            misuse_categories=["spam" if at % 2 else "fraud"],
            timeline={"started": f"202{at}-03-01", "detected": f"202{at}-03-{at + 5:02}"},
            marking={"tlp": "AMBER"} if at == 3 else None,
            upstream={"source": "wiki", "id": f"W{at}", "sha256": "0" * 64},
        )
        for at in range(4)
    ]
    with opened(node) as registry:
        factories.take_in(registry, LOCAL_OPERATOR, factories.source("wiki", trusted=True), batch)
        while follow.catch_up(registry, SYSTEM):
            pass
        with serving(create_app(registry)) as address:
            yield address


def test_trends_are_printed_as_text_as_json_and_as_a_table(origin: str) -> None:
    asked = ("trends", "marmot", "--rows", "year", "--columns", "misuse", "--measure", "time_to_detection")

    text = commons(*asked, "--url", origin).out
    told = commons(*asked, "--url", origin, "--json").json
    table = list(csv.DictReader(io.StringIO(commons(*asked, "--csv", "--url", origin).out)))

    assert text.startswith(NOTICE)
    assert "3 records, 0 of them undated" in text
    assert ["2020  Fraud", "2021  Spam and bulk content", "2022  Fraud"] == [
        " ".join(line.split()[:-3]).replace(" ", "  ", 1) for line in text.splitlines() if line.startswith("202")
    ]
    assert [3] == [part["count"] for part in told["parts"] if part["count"]]
    assert {("2020", "fraud", "1", "4", "1"), ("2021", "spam", "1", "5", "1"), ("2022", "fraud", "1", "6", "1")} == {
        (
            one["year"],
            one["misuse"],
            one["reports"],
            one["median_time_to_detection_days"],
            one["with_time_to_detection"],
        )
        for one in table
        if one["year"].startswith("2")
    }


def test_what_cannot_be_counted_is_told_with_the_nearest(origin: str) -> None:
    for more in ((), ("--csv",)):
        failed = commons("trends", "--rows", "provders", "--url", origin, *more)

        assert 1 == failed.code
        assert "UNKNOWN_FIELD: " in failed.err
        assert "did you mean provider?" in failed.err
