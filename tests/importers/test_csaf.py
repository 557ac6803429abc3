"""CSAF 2.0: what is taken from an advisory, what is held or refused, and how a provider's lists are followed."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest

from importers.contract import Draft, Parsed, RawDocument, TakenBack, Wanted
from importers.sources.csaf import IMPORTER
from registry.domain.finding import Finding
from tests.importers.golden import FIXTURES

SAMPLE = json.loads((FIXTURES / "csaf" / "sample-2031-001.json").read_bytes())
HEAD = "https://sample.example/SAMPLE-2031-001"
BASE = "https://sample.example/.well-known/csaf"


def advisory(**head: object) -> dict[str, Any]:
    """The sample advisory; a keyword replaces a field of its document."""
    told: dict[str, Any] = copy.deepcopy(SAMPLE)
    told["document"] |= head
    return told


def read(root: object) -> list[Parsed]:
    return list(IMPORTER.parse(RawDocument("advisory.json", json.dumps(root).encode()), IMPORTER.source))


def drafts(root: object) -> list[Draft]:
    return [each for each in read(root) if isinstance(each, Draft)]


def found(root: object) -> list[tuple[str, bool, bool]]:
    return [(each.code, each.refused, each.held) for each in read(root) if isinstance(each, Finding)]


def followed(name: str, body: object) -> list[str]:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    wanted = Wanted(f"{BASE}/{name}", name)
    return [one.url for one in IMPORTER.follow(RawDocument(name, raw), wanted, IMPORTER.source, "2031-01-01").wanted]


def test_each_vulnerability_is_a_record_named_by_its_cve_or_its_place() -> None:
    parsed = read(SAMPLE)

    assert [f"{HEAD}#CVE-2031-40001", f"{HEAD}#2"] == [each.upstream_id for each in drafts(SAMPLE)]
    assert [(f"{HEAD}#CVE-2031-40002", "NOT_AFFECTED")] == [
        (each.record, each.code) for each in parsed if isinstance(each, Finding) and each.refused
    ]


def test_products_are_told_by_the_branches_above_them() -> None:
    content: Any = drafts(SAMPLE)[0].content

    expected = {"provider": "Sample Inc.", "model": "Assistant", "version_range": "semver/<3.1.0"}
    assert [expected] == content["affected"]
    assert ("fixed", "3.1.0", 4) == (content["status"], content["fixed_in"], content["severity"])
    assert ["Update to 3.1.0.", "Switch browsing off."] == content["best_practices"]


def test_a_vulnerability_without_a_score_has_the_severity_of_its_document() -> None:
    content = drafts(SAMPLE)[1].content

    assert (3, "wont_fix") == (content["severity"], content["status"])
    assert "Two flaws of the assistant." == content["description"]


def test_how_it_is_exploited_and_who_is_thanked_stand_in_no_public_part() -> None:
    first = drafts(SAMPLE)[0]

    assert {"exploit_detail": "# Proof of concept\nPut words there."} == first.restricted
    assert ("Ada Sample", "Bo Example") == first.names
    assert [] == [name for name in first.names if name in repr(first.content)]


def test_dates_and_versions_of_a_document_alone_make_no_change_and_its_words_do() -> None:
    tracking = SAMPLE["document"]["tracking"] | {"version": "9", "current_release_date": "2033-01-01T00:00:00Z"}

    dated, told = advisory(tracking=tracking), advisory(title="Other")

    assert [each.sha256 for each in drafts(SAMPLE)] == [each.sha256 for each in drafts(dated)]
    assert [] == [each for each in drafts(told) if each.sha256 in {one.sha256 for one in drafts(SAMPLE)}]


@pytest.mark.parametrize("status", ["draft", "interim", None, 5])
def test_what_is_not_final_is_held(status: object) -> None:
    root = advisory(tracking=SAMPLE["document"]["tracking"] | {"status": status})

    assert [True, True] == [each.held for each in drafts(root)]
    assert ("NOT_FINAL", False, True) in found(root)


@pytest.mark.parametrize("label", ["AMBER", "GREEN", "RED", "AMBER+STRICT", "white", ["WHITE"], 1])
def test_what_is_not_for_everybody_is_refused_as_a_whole_and_taken_back_if_it_was(label: object) -> None:
    root = advisory(distribution={"tlp": {"label": label}})

    assert [] == drafts(root)
    assert 3 == len([each for each in read(root) if isinstance(each, TakenBack)])
    assert ("NOT_PUBLIC", True, False) in found(root)


@pytest.mark.parametrize("told", [{"text": "Do not pass on."}, {"tlp": "WHITE"}, {"tlp": {"text": "x"}}, "RED", []])
def test_a_distribution_without_a_label_that_can_be_read_holds_it(told: object) -> None:
    root = advisory(distribution=told)

    assert [True, True] == [each.held for each in drafts(root)]
    assert ("DISTRIBUTION", False, True) in found(root)


@pytest.mark.parametrize("lost", ["publisher", "tracking"])
def test_a_document_without_what_names_its_records_is_refused(lost: str) -> None:
    root = advisory(**{lost: {}})

    assert [] == drafts(root)
    assert [("MISSING", True, False)] == found(root)


def test_a_withdrawn_document_takes_back_its_vulnerabilities() -> None:
    parsed = read(advisory(category="csaf_withdrawn"))

    assert 3 == len([each for each in parsed if isinstance(each, TakenBack)])


def test_an_endless_product_tree_is_a_broken_document() -> None:
    branch: dict[str, Any] = {"category": "product_name", "name": "x", "product": {"product_id": "deep", "name": "x"}}
    for _ in range(20):
        branch = {"category": "product_family", "name": "y", "branches": [branch]}
    root = advisory()
    root["product_tree"] = {"branches": [branch]}

    assert "BROKEN_DOCUMENT" in [code for code, _, _ in found(root)]


def test_provider_metadata_leads_to_public_feeds_and_else_to_the_list_of_changes() -> None:
    feeds = [{"tlp_label": label, "url": f"{BASE}/{label}/feed.json"} for label in ("WHITE", "AMBER", ["WHITE"])]
    metadata = {"distributions": [{"rolie": {"feeds": feeds}}, {"directory_url": f"{BASE}/all"}, 4]}

    assert [f"{BASE}/WHITE/feed.json", f"{BASE}/all/changes.csv"] == followed("provider-metadata.json", metadata)
    assert [] == read(metadata)


def test_a_feed_leads_to_all_of_its_documents_whatever_their_dates() -> None:
    entries = [
        {"updated": "1999-01-01T00:00:00Z", "content": {"src": f"{BASE}/2031/a.json"}},
        {
            "updated": "2031-01-01T00:00:00Z",
            "link": [{"rel": "self", "href": "2031/b.json"}, {"rel": "hash", "href": "x"}],
        },
        {"content": {"src": "http://sample.example/plain.json"}},
        {"content": {"src": "javascript:alert(1)"}},
        {"content": {"src": ["x"]}},
        "no entry",
    ]

    assert [f"{BASE}/2031/a.json", f"{BASE}/2031/b.json"] == followed("feed.json", {"feed": {"entry": entries}})
    assert [] == read({"feed": {"entry": entries}})


def test_a_list_of_changes_leads_to_its_documents_and_to_nothing_above_them() -> None:
    lines = b'"2031/a.json","2031-01-01T00:00:00Z"\n2031/b.json,x\n../../etc/x.json\nreadme.txt\n"' + b"x" * 200_000

    assert [f"{BASE}/2031/a.json", f"{BASE}/2031/b.json"] == followed("changes.csv", lines)
    assert [] == list(IMPORTER.parse(RawDocument("changes.csv", lines), IMPORTER.source))


def test_a_provider_in_the_own_network_is_followed_over_http_as_it_is_read() -> None:
    lists = RawDocument("index.txt", b"2031/a.json\nhttps://other.example/b.json\nftp://x.example/c.json\n")

    by_http = IMPORTER.follow(lists, Wanted("http://10.1.2.3/index.txt", "index.txt"), IMPORTER.source, None).wanted
    by_https = followed("index.txt", b"http://x.example/a.json\n")

    assert ["http://10.1.2.3/2031/a.json", "https://other.example/b.json"] == [one.url for one in by_http]
    assert [] == by_https


def test_an_advisory_leads_nowhere() -> None:
    assert [] == followed("advisory.json", SAMPLE)
    assert [] == followed("advisory.json", b"[" * 100_000)
