"""Pages of taxonomies: releases to choose from, terms with neighbours both ways, and no fault on bad addresses."""

from __future__ import annotations

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.vocabulary import Kind
from registry.service import ingest
from tests import factories
from tests.client import Client
from tests.web.node import Node

OLDER = Taxonomy(
    "atlas",
    "4.9.1",
    "MITRE ATLAS",
    "Apache-2.0",
    "https://atlas.mitre.org",
    (
        TaxonomyTerm("AML.T0051", "Prompt injection, as it was named", description="Crafted *prompts*."),
        TaxonomyTerm("AML.T0999", "Gone since"),
    ),
)


def test_the_list_tells_release_licence_and_size(client: Client) -> None:
    page = client.get("/taxonomies").text

    assert '<a href="/taxonomies/mit">MIT AI Risk Repository</a>' in page
    assert "release 5.6.0 · 228 terms · Apache-2.0" in page
    assert '<a href="/taxonomies/misuse_category">Misuse category</a>' in page
    assert 1 == page.count('href="/taxonomies/misuse_category"')


def test_another_release_is_chosen_by_its_version(client: Client, node: Node) -> None:
    ingest.put_taxonomy(node.registry, LOCAL_OPERATOR, OLDER)

    newest = client.get("/taxonomies/atlas").text
    older = client.get("/taxonomies/atlas?version=4.9.1").text

    assert "Release 5.6.0" in newest
    assert '<a href="/taxonomies/atlas?version=4.9.1">4.9.1</a>' in newest
    assert "Release 4.9.1" in older
    assert '<a href="/taxonomies/atlas/AML.T0999?version=4.9.1">Gone since</a>' in older
    assert 404 == client.get("/taxonomies/atlas/AML.T0999").status_code
    assert 200 == client.get("/taxonomies/atlas/AML.T0999?version=4.9.1").status_code


def test_a_term_shows_our_definition_and_the_text_of_the_release_that_has_one(client: Client, node: Node) -> None:
    ingest.put_taxonomy(node.registry, LOCAL_OPERATOR, OLDER)

    tactic = client.get("/taxonomies/atlas/AML.TA0002").text
    technique = client.get("/taxonomies/atlas/AML.T0051").text

    assert "Gathering information about the target and its use of AI." in tactic
    assert "Crafted <em>prompts</em>." in technique
    assert "<h1>LLM Prompt Injection</h1>" in technique


def test_neighbours_are_shown_at_both_ends(client: Client) -> None:
    ours = client.get("/taxonomies/misuse_category/jailbreak").text
    theirs = client.get("/taxonomies/atlas/AML.T0054").text

    assert '<a href="/taxonomies/atlas/AML.T0054">LLM Jailbreak</a> <code>AML.T0054</code>' in ours
    assert "Getting a model past its safeguards." in ours
    assert '<a href="/taxonomies/misuse_category/jailbreak">Jailbreak</a> <code>jailbreak</code>' in theirs


def test_records_classified_with_a_term_are_counted_and_found(client: Client, node: Node) -> None:
    judged = [{"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "machine"}]
    record = node.publish(factories.content(classifications=judged))
    other = node.publish(factories.content(Kind.MITIGATION))

    page = client.get("/taxonomies/mit/4.3").text

    assert "Incidents classified so" in page
    assert f"/r/{record.number}" in page
    assert f"/r/{other.number}" not in page
    assert "/search?kind=incident&amp;classification=mit%3A4.3" in page
    assert "<code>4.3</code> <b>1" in client.get("/taxonomies/mit").text


@pytest.mark.parametrize("path", [
    "/taxonomies/nowhere", "/taxonomies/atlas?version=9", "/taxonomies/atlas/AML.T9999", "/taxonomies/atlas/a/b/c",
    "/taxonomies/atlas/../../etc/passwd", "/taxonomies/misuse_category/fraud/none",
    "/taxonomies/misuse_category?version=7", "/taxonomies/cset/harm_type/none",
    "/taxonomies/atlas?version=" + "9" * 1500, "/taxonomies/" + "x" * 1500, "/taxonomies/atlas/" + "x" * 1500,
])  # fmt: skip
def test_what_is_not_there_is_not_found(client: Client, path: str) -> None:
    assert 404 == client.get(path).status_code


@pytest.mark.parametrize("path", [
    "/taxonomies/atlas?version=%00", "/taxonomies/%00", "/taxonomies/atlas/%ff", "/taxonomies/%ED%A0%80",
    "/taxonomies/" + "x" * 5000, "/taxonomies/atlas/" + "x" * 5000, "/taxonomies/atlas?version=" + "9" * 5000,
])  # fmt: skip
def test_what_is_no_address_is_refused(client: Client, path: str) -> None:
    assert client.get(path).status_code in {400, 404, 414}


@pytest.mark.parametrize("path", [
    "/taxonomies/cset/entity_type/unclear", "/taxonomies/atlas?version=", "/taxonomies/atlas?version=1&version=5.6.0",
    "/taxonomies/misuse_category?version=1", "/taxonomies/misuse_category/fraud/scam?version=1",
    "/taxonomies/harm_type/physical", "/taxonomies/tlp/amber+strict", "/taxonomies/severity/5",
])  # fmt: skip
def test_what_is_there_is_shown(client: Client, path: str) -> None:
    assert 200 == client.get(path).status_code
