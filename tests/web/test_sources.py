"""Whose public records are in the registry, and what a source is told of its own."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.kinds import Content
from registry.domain.finding import ABOUT_THE_STORE, Finding
from registry.domain.importing import Source
from registry.service import import_feedback
from tests import factories
from tests.client import Client
from tests.web.node import Node

ATLAS = factories.source("atlas", "MITRE ATLAS", trusted=True)
WIKI = factories.source("wiki", "The Wiki")
NOTED = Finding("atlas", "AML.CS1", "UNKNOWN_TERM", "tags: a term is not known; it is left out", refused=False)
REFUSED = Finding("atlas", "AML.CS2", "REQUIRED", "title: this is needed")
HELD = Finding("atlas", "AML.CS3", "PERSONAL_DATA", "a person may be named", refused=False, held=True)


def told(source: str, at: int, **marking: Any) -> Content:
    upstream = {"source": source, "id": f"X{at}", "sha256": "0" * 64, "attribution": f"{source} & <co>"}
    return factories.content(title=f"Case {at}", upstream=upstream, marking=marking)


def take_in(node: Node, source: Source, *contents: Content) -> None:
    factories.take_in(node.registry, LOCAL_OPERATOR, source, contents)


def keep(node: Node, *findings: Finding) -> None:
    with node.registry.storage.begin() as unit:
        unit.findings.keep("atlas", "run", findings, now=node.registry.clock.now())


def test_a_source_with_public_records_is_listed_with_its_terms(client: Client, node: Node) -> None:
    take_in(node, ATLAS, told("atlas", 1, licence="CC-BY-SA-4.0", obligations=["attribution"]), told("atlas", 2))

    page = client.get("/sources").text

    assert '<a href="/organisations/atlas">MITRE ATLAS</a>' in page
    assert "2: imported, not reviewed here" in page
    assert 'href="https://creativecommons.org/licenses/by-sa/4.0/"' in page
    assert "atlas &amp; &lt;co&gt;" in page
    assert 'href="https://atlas.mitre.org' in page


def test_a_source_whose_records_wait_is_not_there(client: Client, node: Node) -> None:
    before = client.get("/sources").text

    take_in(node, WIKI, told("wiki", 1))
    take_in(node, ATLAS, told("atlas", 1, tlp="GREEN"))

    assert before == client.get("/sources").text


def test_hidden_records_of_a_source_change_nothing(client: Client, node: Node) -> None:
    take_in(node, ATLAS, told("atlas", 1))
    before = client.get("/sources").text

    take_in(node, ATLAS, told("atlas", 2, tlp="AMBER", licence="MIT"))

    assert before == client.get("/sources").text


@pytest.fixture
def secret(node: Node) -> str:
    """A link to the findings of a source."""
    keep(node, NOTED, REFUSED, HELD)
    return import_feedback.new_link(node.registry, LOCAL_OPERATOR, "atlas")


def test_a_source_reads_what_was_wrong_with_its_records(client: Client, secret: str) -> None:
    page = client.get(f"/sources/atlas/findings/{secret}")
    answer = client.get(f"/sources/atlas/findings/{secret}.json")

    assert (200, 200) == (page.status_code, answer.status_code)
    assert "AML.CS1" in page.text
    assert "title: this is needed" in page.text
    body = answer.json()
    assert [("AML.CS1", "UNKNOWN_TERM", False), ("AML.CS2", "REQUIRED", True)] == [
        (one["record"], one["code"], one["left_out"]) for one in body["findings"]
    ]
    assert {"record", "code", "message", "left_out", "first_seen", "last_attempt"} == set(body["findings"][0])
    assert ("atlas", None) == (body["source"], body["next"])


def test_what_holds_a_record_for_review_is_not_told(client: Client, secret: str) -> None:
    for end in ("", ".json"):
        assert "AML.CS3" not in client.get(f"/sources/atlas/findings/{secret}{end}").text


def test_what_depends_on_what_is_stored_here_is_not_told(client: Client, node: Node, secret: str) -> None:
    keep(node, Finding("atlas", "AML.CS4", "LINK_UNRESOLVED", "a link is not here", refused=False))

    for end in ("", ".json"):
        assert "AML.CS4" not in client.get(f"/sources/atlas/findings/{secret}{end}").text


def test_every_finding_that_is_made_while_records_are_stored_is_known_for_what_it_tells() -> None:
    made = set(re.findall(r'Finding\([^)]*?"([A-Z_]{3,})"', Path("importers/storing.py").read_text()))

    assert made <= ABOUT_THE_STORE | {"LINK_TO_ITSELF", "IMPORTER_FAILED"}


def test_a_finding_is_told_the_same_whatever_becomes_of_the_record_here(
    client: Client, node: Node, secret: str
) -> None:
    address = f"/sources/atlas/findings/{secret}.json"
    before = client.get(address).json()

    take_in(node, ATLAS, told("atlas", 1))
    with node.registry.storage.read() as reader:
        record = reader.records.by_upstream("atlas", "X1")
    assert record is not None
    node.withdraw(record)

    assert before == client.get(address).json()


def test_the_answer_is_kept_by_nobody_and_its_address_goes_nowhere(client: Client, secret: str) -> None:
    headers = client.get(f"/sources/atlas/findings/{secret}").headers

    assert "no-store" in headers["cache-control"]
    assert ("noindex", "no-referrer") == (headers["x-robots-tag"], headers["referrer-policy"])


@pytest.mark.parametrize("link", ["wiki/findings/{}", "atlas/findings/x{}", "atlas/findings/%E2%82%AC{}"])
def test_another_source_or_secret_is_answered_like_no_page(client: Client, secret: str, link: str) -> None:
    answers = [client.get(f"/sources/{link.format(secret)}.json"), client.get("/sources/x/findings/y.json")]

    assert [404, 404] == [one.status_code for one in answers]
    assert 1 == len({tuple(sorted(one.json())) for one in answers})


def test_a_new_link_ends_the_one_before_and_a_link_can_be_ended(client: Client, node: Node, secret: str) -> None:
    newer = import_feedback.new_link(node.registry, LOCAL_OPERATOR, "atlas")
    first = client.get(f"/sources/atlas/findings/{secret}").status_code
    second = client.get(f"/sources/atlas/findings/{newer}").status_code

    import_feedback.end_link(node.registry, LOCAL_OPERATOR, "atlas")

    assert (404, 200, 404) == (first, second, client.get(f"/sources/atlas/findings/{newer}").status_code)
    assert not import_feedback.has_link(node.registry, LOCAL_OPERATOR, "atlas")


def test_many_findings_come_in_pages(client: Client, node: Node) -> None:
    many = [Finding("atlas", f"AML.CS{at:03}", "REQUIRED", "title: this is needed") for at in range(150)]
    keep(node, *many)
    secret = import_feedback.new_link(node.registry, LOCAL_OPERATOR, "atlas")

    first = client.get(f"/sources/atlas/findings/{secret}.json").json()
    second = client.get(first["next"].removeprefix(node.registry.settings.base_url)).json()

    assert (100, 50, None) == (len(first["findings"]), len(second["findings"]), second["next"])
    assert 400 == client.get(f"/sources/atlas/findings/{secret}?after=nonsense").status_code
    assert "?after=" in client.get(f"/sources/atlas/findings/{secret}").text


def test_the_secret_itself_is_not_kept(node: Node, secret: str) -> None:
    database = node.registry.settings.database_path

    node.registry.storage.close()

    assert secret.encode() not in database.read_bytes()
