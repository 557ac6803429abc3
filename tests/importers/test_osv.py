"""OSV: what is taken from a record, what is taken back, and how a list of changes is followed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest

from importers.contract import Draft, Parsed, RawDocument, Source, TakenBack, Wanted
from importers.sources.osv import IMPORTER
from registry.domain.finding import Finding
from registry.domain.vocabulary import LinkRel

BASE = "https://osv.example/PyPI"


def record(**fields: object) -> dict[str, Any]:
    """A record; a keyword replaces or adds a field."""
    package = {"package": {"ecosystem": "PyPI", "name": "sample"}, "ranges": []}
    return {"id": "PYSEC-2031-1", "summary": "A flaw", "details": "It goes wrong.", "affected": [package]} | fields


def read(*records: object, source: Source = IMPORTER.source) -> list[Parsed]:
    return list(IMPORTER.parse(RawDocument("records.json", json.dumps(records).encode()), source))


def draft(told: object) -> Draft:
    (found,) = [each for each in read(told) if isinstance(each, Draft)]
    return found


def codes(parsed: list[Parsed]) -> list[str]:
    return [each.code for each in parsed if isinstance(each, Finding)]


def versions(*events: dict[str, str]) -> dict[str, Any]:
    ranges = [{"type": "ECOSYSTEM", "events": list(events)}]
    return record(affected=[{"package": {"ecosystem": "PyPI", "name": "sample"}, "ranges": ranges}])


def listed(
    lines: str, cursor: str | None = None, *, now: datetime | None = None
) -> tuple[list[str], tuple[str, ...], str | None]:
    wanted = Wanted(f"{BASE}/modified_id.csv", "modified_id.csv")
    document = RawDocument("modified_id.csv", lines.encode(), fetched_at=now)
    found = IMPORTER.follow(document, wanted, IMPORTER.source, cursor)
    return [one.url for one in found.wanted], found.present, found.cursor


@pytest.mark.parametrize(
    ("events", "range_", "fixed_in", "status"),
    [
        ([{"introduced": "0"}, {"fixed": "2.4.1"}], "<2.4.1", "2.4.1", "fixed"),
        ([{"introduced": "1.0"}, {"last_affected": "1.9"}], ">=1.0, <=1.9", None, None),
        ([{"introduced": "1.0"}], ">=1.0", None, None),
        ([{"introduced": "0"}], "all versions", None, None),
        ([{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}], ">=1, <2 || >=3", "2", None),
        (
            [{"introduced": "1"}, {"fixed": "2"}, {"introduced": "3"}, {"fixed": "4"}],
            ">=1, <2 || >=3, <4",
            "2, 4",
            "fixed",
        ),
    ],
)
def test_ranges_become_one_line_and_tell_what_repairs_it(
    events: list[dict[str, str]], range_: str, fixed_in: str | None, status: str | None
) -> None:
    found: Any = draft(versions(*events)).content

    assert [{"model": "sample (PyPI)", "version_range": range_}] == found["affected"]
    assert (fixed_in, status) == (found.get("fixed_in"), found.get("status"))


def test_of_too_many_ranges_those_of_the_newest_versions_are_kept() -> None:
    many = [event for n in range(100) for event in ({"introduced": f"{n}.0"}, {"fixed": f"{n}.9"})]

    found: Any = draft(versions(*many)).content

    assert found["affected"][0]["version_range"].endswith(">=99.0, <99.9")
    assert found["fixed_in"].endswith("99.9")
    assert "TOO_LONG" in codes(read(versions(*many)))


def test_how_it_is_exploited_stands_in_the_restricted_part_alone() -> None:
    text = "## Impact\nBad.\n## PoC\nrun x\n### More\nrun y\n## Patches\nGood.\n```\n## Exploit\n```"

    parsed = read(record(details=text))

    (found,) = [each for each in parsed if isinstance(each, Draft)]
    assert ["EXPLOIT_KEPT_BACK"] == codes(parsed)
    assert "## Impact\nBad.\n## Patches\nGood.\n```\n## Exploit\n```" == found.content["description"]
    assert {"exploit_detail": "## PoC\nrun x\n### More\nrun y"} == found.restricted


def test_a_withdrawn_record_is_taken_back_and_nothing_more_is_said_of_it() -> None:
    assert [TakenBack("PYSEC-2031-1")] == read(record(withdrawn="2031-02-01T00:00:00Z", colour="green"))


def test_a_new_time_stamp_alone_is_no_change_and_a_new_word_is() -> None:
    first, same, other = (
        draft(record(**more)).sha256
        for more in ({"modified": "2031-01-01T00:00:00Z"}, {"modified": "2032-01-01T00:00:00Z"}, {"details": "Else."})
    )

    assert first == same != other


def test_nobody_who_is_thanked_is_kept_but_sought_in_the_texts() -> None:
    found = draft(record(credits=[{"name": "Ada Sample"}, {"name": "Example Research Institute"}]))

    assert ("Ada Sample",) == found.names
    assert "Ada" not in repr((found.content, found.restricted))


def test_relations_become_links_and_aliases_stay_with_the_record() -> None:
    found = draft(record(aliases=["CVE-2031-1234"], related=["PYSEC-2031-2"], upstream=["CVE-2031-1"]))

    assert ["PYSEC-2031-1", "CVE-2031-1234"] == found.content["aliases"]
    assert ((LinkRel.UPSTREAM, "CVE-2031-1"), (LinkRel.RELATED, "PYSEC-2031-2")) == found.links


@pytest.mark.parametrize(
    ("patterns", "taken"),
    [
        ([], True),
        (["SAMPLE"], True),
        (["pypi:sam*"], True),
        ("sample", True),
        (["npm:sample"], False),
        (["sam"], False),
    ],
)
def test_a_row_may_say_which_packages_it_wants(patterns: object, taken: bool) -> None:
    source = replace(IMPORTER.source, options={"packages": patterns})  # type: ignore[dict-item]

    parsed = read(record(), source=source)

    assert taken is any(isinstance(each, Draft) for each in parsed)
    assert ([] if taken else ["OUT_OF_SCOPE"]) == codes(parsed)
    assert not any(each.refused for each in parsed if isinstance(each, Finding))


def test_a_list_of_changes_leads_to_its_records_oldest_first_and_says_where_to_go_on() -> None:
    lines = (
        "2031-03-01T00:00:00Z,PYSEC-2031-3\n2031-01-01T00:00:00.5Z,PYSEC-2031-1\nbroken\n2031-02-01T00:00:00Z,../x\n"
    )

    urls, present, cursor = listed(lines)

    assert [f"{BASE}/PYSEC-2031-1.json", f"{BASE}/PYSEC-2031-3.json"] == urls
    assert ((), "2031-03-01T00:00:00") == (present, cursor)


def test_only_what_is_newer_than_the_cursor_is_asked_for_and_its_last_second_again() -> None:
    lines = "".join(f"2031-0{n}-01T00:00:00Z,PYSEC-2031-{n}\n" for n in (1, 2, 3))

    urls, present, cursor = listed(lines, "2031-02-01T00:00:00")

    assert [f"{BASE}/PYSEC-2031-2.json", f"{BASE}/PYSEC-2031-3.json"] == urls
    assert (("PYSEC-2031-1",), "2031-03-01T00:00:00") == (present, cursor)


def test_a_second_with_more_records_than_a_run_takes_never_stops_it() -> None:
    crowd = "".join(f"2031-01-01T00:00:00Z,PYSEC-2031-{n}\n" for n in range(3000))
    lines = crowd + "2031-02-01T00:00:00Z,PYSEC-2031-9000\n"

    first, present, cursor = listed(lines)
    second, _, end = listed(lines, cursor)

    assert (3000, ("PYSEC-2031-9000",), "2031-01-01T00:00:00") == (len(first), present, cursor)
    assert f"{BASE}/PYSEC-2031-9000.json" in second
    assert "2031-02-01T00:00:00" == end


def test_a_date_that_lies_ahead_is_read_and_moves_nothing() -> None:
    lines = "9999-12-31T23:59:59Z,PYSEC-2031-1\n2031-02-01T00:00:00Z,PYSEC-2031-2\n"
    now = datetime(2031, 2, 2, 1, tzinfo=timezone(timedelta(hours=2)))

    urls, _, cursor = listed(lines, now=now)
    later = listed(lines + "2031-02-01T12:00:00Z,PYSEC-2031-3\n", cursor, now=now)
    alone = listed(lines.splitlines()[0], now=now)

    assert [f"{BASE}/PYSEC-2031-2.json", f"{BASE}/PYSEC-2031-1.json"] == urls
    assert "2031-02-01T00:00:00" == cursor
    assert (f"{BASE}/PYSEC-2031-3.json", "2031-02-01T12:00:00") == (later[0][1], later[2])
    assert ([f"{BASE}/PYSEC-2031-1.json"], None) == (alone[0], alone[2])


def test_a_cursor_that_lies_ahead_reads_everything_again() -> None:
    lines = "2031-02-01T00:00:00Z,PYSEC-2031-2\n"

    urls, _, cursor = listed(lines, "9999-12-31T23:59:59", now=datetime(2031, 2, 2, tzinfo=UTC))

    assert ([f"{BASE}/PYSEC-2031-2.json"], "2031-02-01T00:00:00") == (urls, cursor)


def test_the_list_of_all_ecosystems_names_the_folder_of_each_record() -> None:
    urls, _, _ = listed("2031-01-01T00:00:00Z,GitHub Actions/GHSA-2222-3333-4444\n2031-01-01T00:00:00Z,a/b/X-1\n")

    assert [f"{BASE}/GitHub%20Actions/GHSA-2222-3333-4444.json"] == urls
