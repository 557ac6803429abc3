"""The first page, lists, organisations, taxonomies, and the small files that programs look for."""

from __future__ import annotations

import re

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.vocabulary import Kind, OrganisationKind, Tlp
from registry.service import ingest, life
from tests import factories
from tests.client import Client
from tests.web.node import Node

ATLAS = Taxonomy(
    "atlas",
    "2026.1",
    "MITRE ATLAS",
    "Apache-2.0",
    "https://atlas.mitre.org/",
    (
        TaxonomyTerm("AML.T0051", "LLM Prompt Injection", None, "https://atlas.mitre.org/t", "Crafted *prompts*."),
        TaxonomyTerm("AML.T0051.000", "Direct", "AML.T0051"),
    ),
)


def test_an_empty_node_says_how_to_fill_it(client: Client) -> None:
    answer = client.get("/")

    assert "This registry is empty" in answer.text
    assert "commons import atlas" in answer.text


def test_the_first_page_counts_and_shows_the_newest(client: Client, node: Node) -> None:
    node.publish(factories.content(title="A wave of spam"))
    node.publish(factories.content(Kind.LESSON, statement="Look twice."))

    answer = client.get("/")

    assert "A wave of spam" in answer.text
    assert "Look twice." in answer.text
    assert ["1", "0", "1", "0", "0", "0"] == re.findall(r"<b>(\d+)</b> <span>", answer.text)


def test_a_list_is_read_forwards_and_backwards(client: Client, node: Node) -> None:
    for _ in range(21):
        node.publish(factories.content())

    first = client.get("/incidents").text
    second = client.get(_link(first, "next")).text
    back = client.get(_link(second, "prev")).text

    assert [20, 1, 20] == [len(set(re.findall(r'href="/r/([^"]+)"', page))) for page in (first, second, back)]
    assert set(re.findall(r'href="/r/([^"]+)"', first)) == set(re.findall(r'href="/r/([^"]+)"', back))


@pytest.mark.parametrize("path", ["/incidents?after=x", "/lessons?before=AAAA", "/organisations/acme?after=%C3%A4"])
def test_a_cursor_of_another_list_is_refused(client: Client, path: str) -> None:
    answer = client.get(path)

    assert 400 == answer.status_code
    assert "BAD_CURSOR" in answer.text or "INVALID_INPUT" in answer.text


def test_incidents_are_sorted_by_severity(client: Client, node: Node) -> None:
    light, grave = (node.publish(factories.content(severity=value)) for value in (1, 5))
    node.publish(factories.content(severity=0))

    page = client.get("/incidents?sort=severity").text

    assert page.index(str(grave.number)) < page.index(str(light.number))


def test_an_organisation_shows_its_public_records_only(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    node.submit(factories.content(title="Nobody knows this yet"))

    answer = client.get("/organisations/acme")

    assert "1 public record recorded" in answer.text
    assert str(record.number) in answer.text
    assert "Nobody knows this yet" not in answer.text
    assert 404 == client.get("/organisations/nobody").status_code
    assert "Acme" in client.get("/organisations").text


def test_a_term_of_our_own_shows_its_source_and_its_records(client: Client, node: Node) -> None:
    record = node.publish(factories.content(misuse_categories=["fraud/scam"]))

    answer = client.get("/taxonomies/misuse_category/fraud/scam")

    assert str(record.number) in answer.text
    assert '<a href="/taxonomies/misuse_category/fraud">Fraud</a>' in answer.text
    assert "/search?kind=incident&amp;misuse=fraud%2Fscam" in answer.text


def test_an_imported_technique_is_named_where_a_record_uses_it(client: Client, node: Node) -> None:
    record = node.publish(factories.content(procedure=[{"technique": "AML.T0051"}, {"technique": "T1566"}]))
    ingest.put_taxonomy(node.registry, LOCAL_OPERATOR, ATLAS)

    page = client.get(f"/r/{record.number}").text
    term = client.get("/taxonomies/atlas/AML.T0051").text

    assert '<a href="/taxonomies/atlas/AML.T0051">LLM Prompt Injection</a> <code>AML.T0051</code>' in page
    assert "<code>T1566</code>" in page
    assert "Crafted <em>prompts</em>." in term
    assert str(record.number) in term
    assert "MITRE ATLAS" in client.get("/taxonomies").text
    assert "LLM Prompt Injection" in client.get("/taxonomies/atlas").text


def test_a_techniques_page_tells_incidents_from_mitigations(client: Client, node: Node) -> None:
    used = node.publish(factories.content(procedure=[{"technique": "AML.T0051.000"}]))
    against = node.publish(factories.content(Kind.MITIGATION, addresses=[{"technique": "AML.T0051"}]))
    ingest.put_taxonomy(node.registry, LOCAL_OPERATOR, ATLAS)

    incidents, _, mitigations = (
        client.get("/taxonomies/atlas/AML.T0051")
        .text.partition("<section")[2]
        .partition("Mitigations that address it</h2>")
    )

    assert "Incidents in which it was used</h2>" in incidents
    assert f"/r/{used.number}" in incidents
    assert f"/r/{against.number}" in mitigations
    assert "/search?kind=mitigation&amp;technique=AML.T0051" in mitigations


def test_an_incident_leads_to_mitigations_of_its_techniques_and_back(client: Client, node: Node) -> None:
    used = node.publish(factories.content(procedure=[{"technique": "AML.T0051"}, {"technique": "AML.T0054"}]))
    against = node.publish(factories.content(Kind.MITIGATION, addresses=[{"technique": "AML.T0054"}]))
    other = node.publish(factories.content(Kind.MITIGATION, addresses=[{"technique": "AML.T0001"}]))

    incident, mitigation = (client.get(f"/r/{one.number}").text for one in (used, against))

    assert "the record does not say that they were used here" in incident
    assert f'href="/r/{against.number}"' in incident
    assert f'href="/r/{other.number}"' not in incident
    assert f'href="/r/{used.number}"' in mitigation


@pytest.mark.parametrize("path", ["/taxonomies/none", "/taxonomies/misuse_category/none", "/taxonomies/none/none"])
def test_an_unknown_term_is_not_found(client: Client, path: str) -> None:
    assert 404 == client.get(path).status_code


def test_programs_find_what_they_look_for(client: Client) -> None:
    kinds = {
        "/robots.txt": "text/plain",
        "/llms.txt": "text/plain",
        "/.well-known/security.txt": "text/plain",
        "/favicon.ico": "image/svg+xml",
        "/favicon.svg": "image/svg+xml",
        "/static/site.css": "text/css",
        "/static/site.js": "text/javascript",
    }

    answers = {path: client.get(path) for path in kinds}

    assert {200} == {answer.status_code for answer in answers.values()}
    assert kinds == {path: answer.headers["content-type"].partition(";")[0] for path, answer in answers.items()}
    assert "Expires: 2026-09-10T00:00:00Z" in answers["/.well-known/security.txt"].text


@pytest.mark.parametrize("path", ["/static/none.css", "/static/../app.py", "/static/%2e%2e/app.py", "/static/"])
def test_nothing_but_our_own_files_is_served(client: Client, path: str) -> None:
    assert 404 == client.get(path).status_code


def test_a_file_is_kept_for_ever_under_its_version_only(client: Client) -> None:
    href = re.search(r'href="(/static/site.css\?v=[^"]+)"', client.get("/").text)
    assert href is not None

    assert "public, max-age=31536000, immutable" == client.get(href[1]).headers["cache-control"]
    assert "public, no-cache" == client.get("/static/site.css?v=old").headers["cache-control"]
    tag = client.get(href[1]).headers["etag"]
    assert 304 == client.get(href[1], headers={"If-None-Match": tag}).status_code


def test_style_and_script_stay_small(client: Client) -> None:
    style, script = (client.get(f"/static/{name}").text for name in ("site.css", "site.js"))

    assert 30_000 > len(style) + len(script)
    assert 100 >= script.count("\n")


def _link(page: str, rel: str) -> str:
    found = re.search(rf'rel="{rel}" href="([^"]+)"', page)
    assert found is not None
    return found[1].replace("&amp;", "&")


def test_an_imported_record_says_that_nobody_reviewed_it_here(client: Client, node: Node) -> None:
    upstream: dict[str, JsonValue] = {
        "source": "atlas",
        "id": "AML.CS0001",
        "url": "https://atlas.mitre.org/studies/AML.CS0001",
        "release": "2026.1",
        "sha256": "0" * 64,
    }
    source = factories.source("atlas", "MITRE ATLAS", organisation=OrganisationKind.RESEARCH, trusted=True)
    factories.take_in(node.registry, LOCAL_OPERATOR, source, [factories.content(upstream=upstream)])

    page = client.get("/r/LOCAL-INC-2026-0001").text

    assert "Imported from MITRE ATLAS, not reviewed here." in page
    assert "release 2026.1" in page
    assert 'href="https://atlas.mitre.org/studies/AML.CS0001"' in page
    assert '<a href="/organisations/atlas">MITRE ATLAS</a>' in page
    assert "(imported from https://atlas.mitre.org/studies/AML.CS0001)" in page


def test_a_card_of_a_record_that_was_narrowed_bears_its_marking(client: Client, node: Node) -> None:
    address = "https://news.example/shown-to-fewer"
    record = node.publish(factories.content(title="Shown to fewer", sources=[{"url": address}]))
    life.narrow(node.registry, node.submitter, record.uid, tlp=Tlp.GREEN, reason="Too much.")
    node.catch_up()
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    shown = client.get("/lookup", params={"url": address}, headers=member).text

    assert re.search(r"TLP:GREEN</span></p>\s*<h\d class=\"card-title\"><a [^>]*>Shown to fewer", shown)
