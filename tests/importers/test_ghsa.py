"""GitHub's advisories: both shapes of a record, and how pages follow each other."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from importers.contract import Draft, Parsed, RawDocument, TakenBack, Wanted
from importers.sources.ghsa import IMPORTER
from registry.domain.finding import Finding
from tests.importers.golden import FIXTURES

URL = "https://api.github.com/advisories?type=reviewed&ecosystem=pip"


def record(**fields: object) -> dict[str, Any]:
    """An advisory as the API answers; a keyword replaces or adds a field."""
    return {"ghsa_id": "GHSA-2222-3333-4444", "summary": "A flaw", "description": "It goes wrong."} | fields


def read(*records: object) -> list[Parsed]:
    return list(IMPORTER.parse(RawDocument("page.json", json.dumps(records).encode()), IMPORTER.source))


def draft(told: object) -> Draft:
    (found,) = [each for each in read(told) if isinstance(each, Draft)]
    return found


def test_both_shapes_of_one_advisory_are_one_record() -> None:
    found = [
        draft(each)
        for each in (
            json.loads((FIXTURES / "ghsa" / "page.json").read_bytes())[0],
            json.loads((FIXTURES / "ghsa" / "GHSA-2222-3333-4444.json").read_bytes()),
        )
    ]

    assert {"GHSA-2222-3333-4444"} == {each.upstream_id for each in found}
    assert 1 == len({each.content["title"] for each in found})
    assert all("CVE-2031-20001" in each.content["aliases"] for each in found)  # type: ignore[operator]
    assert all(each.restricted for each in found)


def test_what_changes_by_itself_is_no_change_of_the_advisory() -> None:
    first, same, other = (
        draft(record(**more)).sha256
        for more in (
            {"epss": {"percentage": 0.1}},
            {"epss": None, "updated_at": "2031-01-01T00:00:00Z"},
            {"severity": "low"},
        )
    )

    assert first == same != other


def test_a_withdrawn_advisory_is_taken_back() -> None:
    assert [TakenBack("GHSA-2222-3333-4444")] == read(record(withdrawn_at="2031-01-01T00:00:00Z"))


def test_it_is_repaired_only_if_every_package_is() -> None:
    packages = [
        {"package": {"ecosystem": "pip", "name": name}, "first_patched_version": version}
        for name, version in (("a", "1.1"), ("b", None))
    ]

    both, one = (draft(record(vulnerabilities=told)).content for told in (packages[:1], packages))

    assert ("fixed", "1.1") == (both["status"], both["fixed_in"])
    assert (None, "1.1") == (one.get("status"), one["fixed_in"])


def test_severity_is_that_of_the_newest_vector_and_else_of_the_word() -> None:
    vectors = {
        "cvss_v3": {"vector_string": "CVSS:3.1/AV:N/AC:H/PR:N/UI:N/S:U/C:N/I:N/A:H", "score": 5.9},
        "cvss_v4": {"vector_string": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:L/VA:L/SC:N/SI:N/SA:N", "score": 8.8},
    }

    found = [draft(record(severity="low", **more)).content["severity"] for more in ({"cvss_severities": vectors}, {})]

    assert [3, 1] == found


def test_a_run_asks_for_what_was_updated_since_the_last_one() -> None:
    first, later = (IMPORTER.begin(IMPORTER.source, cursor) for cursor in (None, "2031-05-02T10:00:00Z"))

    assert [f"{URL}&sort=updated&direction=asc&per_page=100"] == [one.url for one in first]
    assert [f"{URL}&sort=updated&direction=asc&per_page=100&updated=%3E%3D2031-05-02T10:00:00Z"] == [
        one.url for one in later
    ]


def test_pages_follow_each_other_by_their_link_on_the_same_host_alone() -> None:
    body = json.dumps([record(updated_at="2031-05-02T10:00:00Z"), record(updated_at=5), 7]).encode()
    links = [f'<{URL}&after=abc>; rel="next", <{URL}&before=x>; rel="prev"', '<https://example.org/x>; rel="next"', ""]

    found = [
        IMPORTER.follow(RawDocument("p", body, {"link": link}), Wanted(URL, "advisories page 1"), IMPORTER.source, None)
        for link in links
    ]

    assert [[f"{URL}&after=abc"], [], []] == [[one.url for one in each.wanted] for each in found]
    assert "advisories page 2" == found[0].wanted[0].name
    assert {"2031-05-02T10:00:00Z"} == {each.cursor for each in found}


def test_an_answer_that_is_no_page_leads_nowhere_and_is_a_finding() -> None:
    document = RawDocument("page.json", b'{"message": "API rate limit exceeded"}')

    parsed = list(IMPORTER.parse(document, IMPORTER.source))

    assert () == IMPORTER.follow(document, Wanted(URL, "page"), IMPORTER.source, None).wanted
    assert ["MISSING"] == [each.code for each in parsed if isinstance(each, Finding)]


def test_a_date_that_lies_ahead_moves_nothing() -> None:
    body = json.dumps([record(updated_at=when) for when in ("2031-05-02T10:00:00Z", "9999-12-31T23:59:59Z")]).encode()
    now = datetime(2031, 5, 3, 1, tzinfo=timezone(timedelta(hours=2)))

    found = IMPORTER.follow(RawDocument("p", body, fetched_at=now), Wanted(URL, "page"), IMPORTER.source, None)

    assert "2031-05-02T10:00:00Z" == found.cursor


def test_a_run_that_began_ahead_asks_for_everything_and_begins_at_what_that_tells() -> None:
    ahead, now = "9999-12-31T23:59:59Z", datetime(2031, 5, 3, tzinfo=UTC)
    body = json.dumps([record(updated_at="2031-05-02T10:00:00Z")]).encode()

    (first,) = IMPORTER.begin(IMPORTER.source, ahead)
    (again,) = IMPORTER.follow(RawDocument("p", b"[]", fetched_at=now), first, IMPORTER.source, ahead).wanted
    led = IMPORTER.follow(RawDocument("p", body, fetched_at=now), again, IMPORTER.source, ahead)

    assert IMPORTER.begin(IMPORTER.source, None) == (again,)
    assert ((), "2031-05-02T10:00:00Z") == (led.wanted, led.cursor)
