"""The matrix of mitigations, the pages of clauses, and the table of reporting clocks."""

from __future__ import annotations

import re

import pytest

from registry.domain.content.kinds import Content
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from tests import factories
from tests.client import Client
from tests.web.node import Node

EFFECTIVE = {"setting": "production", "outcome": "effective"}


def test_an_empty_matrix_says_so(client: Client) -> None:
    assert "No public mitigation says yet" in client.get("/mitigations/matrix").text


def test_a_cell_counts_public_measures_with_what_they_report_and_leads_to_them(client: Client, node: Node) -> None:
    against = [{"misuse_category": "fraud/scam"}]
    node.publish(factories.content(Kind.MITIGATION, addresses=against, evidence=[EFFECTIVE]))
    node.publish(factories.content(Kind.MITIGATION, name="Another limit", addresses=against))
    node.publish(factories.content(Kind.MITIGATION, name="A secret limit", addresses=against, marking={"tlp": "RED"}))

    text = client.get("/mitigations/matrix").text
    link = re.search(r'<a href="(/search[^"]+)" aria-label="2 against Fraud: Rate limit', text)

    assert link is not None
    assert "1 effective" in text
    found = client.get(link[1].replace("&amp;", "&")).text
    assert "Another limit" in found
    assert "A secret limit" not in found


def test_the_list_of_mitigations_leads_to_the_matrix(client: Client, node: Node) -> None:
    node.publish(factories.content(Kind.MITIGATION))

    assert 'href="/mitigations/matrix"' in client.get("/mitigations").text
    assert 'href="/mitigations/matrix"' not in client.get("/incidents").text


def policy(node: Node, **fields: str) -> Record:
    """A public policy with one clause."""
    return node.publish(factories.content(Kind.USAGE_POLICY, clauses=[{"path": "3.1", **fields}]))


def breach(of: Record, title: str, *, tlp: str = "CLEAR") -> Content:
    """An incident that broke the clause."""
    links = [{"rel": "violates", "target": of.uid, "clause": "3.1"}]
    return factories.content(title=title, links=links, marking={"tlp": tlp})


def test_a_clause_shows_its_words_and_the_incidents_that_broke_it(client: Client, node: Node) -> None:
    record = policy(node, heading="Fraud", text="No *fraud*, ever.")
    node.publish(breach(record, "Broken in the open"))
    node.publish(breach(record, "Broken in secret", tlp="RED"))

    page = client.get(f"/r/{record.number}/clauses/3.1").text
    own = client.get(
        f"/r/{record.number}/clauses/3.1", headers={"Authorization": f"Bearer {node.key_of_submitter()}"}
    ).text

    assert "No <em>fraud</em>, ever." in page
    assert "Broken in the open" in page
    assert "Broken in secret" not in page
    assert "1 recorded." in page
    assert "Broken in secret" in own
    assert "2 recorded." in own
    assert f'href="/r/{record.number}/clauses/3.1"' in client.get(f"/r/{record.number}").text


def test_an_incident_says_which_clause_it_broke(client: Client, node: Node) -> None:
    record = policy(node, heading="Deceit & <fraud>")
    incident = node.publish(breach(record, "Spam wave"))

    page = client.get(f"/r/{incident.number}").text

    address = f"/r/{record.number}/clauses/3.1"
    said = '<span dir="auto">Deceit &amp; &lt;fraud&gt;</span>'
    assert f'<a href="{address}">Clause <span dir="auto">3.1</span></a> {said}' in page


def test_incidents_of_a_clause_are_read_page_by_page(client: Client, node: Node) -> None:
    record = policy(node)
    for at in range(21):
        node.publish(breach(record, f"Breach {at}"))

    first = client.get(f"/r/{record.number}/clauses/3.1").text
    link = re.search(r'rel="next" href="([^"]+)"', first)
    assert link is not None
    second = client.get(link[1].replace("&amp;", "&")).text

    assert [20, 1] == [len(set(re.findall(r"Breach \d+", page))) for page in (first, second)]


@pytest.mark.parametrize("clause", ["9.9", "3.1/..", "<script>", "3.1?after=nonsense"])
def test_a_clause_that_there_is_not_is_not_found(client: Client, node: Node, clause: str) -> None:
    record = policy(node)

    answer = client.get(f"/r/{record.number}/clauses/{clause}")

    assert answer.status_code in {400, 404}
    assert "<script>" not in answer.text.partition("<main")[2]


def test_hidden_policies_other_kinds_and_unknown_records_have_no_clauses(client: Client, node: Node) -> None:
    hidden = node.submit(factories.content(Kind.USAGE_POLICY, clauses=[{"path": "3.1"}]))
    incident = node.publish(factories.content())

    refs = (hidden.uid, incident.number, "LOCAL-POL-2026-0999")
    assert [404] * 3 == [client.get(f"/r/{ref}/clauses/3.1").status_code for ref in refs]


def test_the_clocks_are_told_with_source_and_that_nothing_is_discharged(client: Client) -> None:
    page = client.get("/clocks")

    assert "Recording here discharges no duty to report" in page.text
    for told in ("Art. 73(4)", "22757.13(c)(2)", "Without undue delay", "checked 2026-11-21", "Proposal, no law"):
        assert told in page.text
    known = client.get("/clocks", headers={"If-None-Match": page.headers["etag"]})
    assert 304 == known.status_code
    assert 'href="/clocks"' in client.get("/about").text
