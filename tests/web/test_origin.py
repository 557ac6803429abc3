"""What pages say of where an imported record comes from, and of its terms."""

from __future__ import annotations

import re
from typing import Any

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.kinds import Content
from registry.domain.vocabulary import OrganisationKind
from tests import factories
from tests.client import Client
from tests.web.node import Node

NUMBER = "LOCAL-INC-2026-0001"


def told(**upstream: Any) -> Content:
    """A record of a publisher who asks to share alike, with what of it was mapped."""
    origin = {"source": "wiki", "id": "W1", "sha256": "0" * 64, "url": "https://wiki.example/W1", **upstream}
    marking = {"licence": "CC-BY-SA-4.0", "obligations": ["attribution", "share-alike", "send a copy"]}
    return factories.content(title="A wave of spam", upstream=origin, marking=marking)


def take_in(node: Node, content: Content) -> None:
    source = factories.source("wiki", "The Wiki", organisation=OrganisationKind.RESEARCH, trusted=True)
    factories.take_in(node.registry, LOCAL_OPERATOR, source, [content])


def test_an_imported_record_says_its_licence_what_it_asks_and_whom_to_name(client: Client, node: Node) -> None:
    take_in(node, told(attribution="The Wiki, by <its> editors"))

    page = client.get(f"/r/{NUMBER}").text

    assert 'href="https://creativecommons.org/licenses/by-sa/4.0/"' in page
    assert "share what you make of it under the same licence; send a copy" in page
    assert "The Wiki, by &lt;its&gt; editors" in page
    assert 'href="https://wiki.example/W1"' in page
    assert "Imported from The Wiki, not reviewed here." in page


def test_fields_that_a_rule_or_a_machine_made_are_listed_plainly(client: Client, node: Node) -> None:
    rule = {"field": "timeline.started", "method": "rule", "by": "wiki-rules@1", "basis": "date <b>"}
    machine = {"field": "misuse_categories", "method": "machine", "by": "judge@2", "confidence": "low"}
    take_in(node, told(mapped=[rule, machine]))

    page = client.get(f"/r/{NUMBER}").text

    assert re.search("2 fields are not the publisher.s own", page)
    assert "<strong>Timeline, started</strong>" in page
    assert "mapped by our rule (wiki-rules@1), from date &lt;b&gt;" in page
    assert "judged by a machine (judge@2); low confidence" in page


def test_a_record_without_mapped_fields_has_no_such_list(client: Client, node: Node) -> None:
    take_in(node, told())

    assert not re.search("not the publisher.s own", client.get(f"/r/{NUMBER}").text)


def test_lists_and_search_name_a_licence_that_is_not_the_usual_one(client: Client, node: Node) -> None:
    take_in(node, told())
    node.publish(factories.content(title="Our own"))
    node.catch_up()

    pages = [client.get("/incidents").text, client.get("/search?q=spam").text]

    for page in pages:
        assert "Licence CC-BY-SA-4.0" in page
        assert "imported, not reviewed here" in page
        assert "Licence CC-BY-4.0" not in page


def test_a_citation_names_the_publisher_and_the_licence(client: Client, node: Node) -> None:
    take_in(node, told(attribution="The Wiki & its editors."))

    page = client.get(f"/r/{NUMBER}").text

    assert "(imported from https://wiki.example/W1). The Wiki &amp; its editors. Licence CC-BY-SA-4.0" in page
    assert "note = {Imported from https://wiki.example/W1. The Wiki \\&amp; its editors. Licence CC-BY-SA-4.0}" in page


def test_the_citation_of_a_record_of_ones_own_stays_as_it_was(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="Our own"))

    page = client.get(f"/r/{record.number}").text

    assert "Licence CC-BY-4.0" not in page
    assert "note = " not in page


def test_a_licence_that_is_not_known_stands_as_it_is(client: Client, node: Node) -> None:
    record = node.publish(factories.content(marking={"licence": "Own terms <1>"}))

    page = client.get(f"/r/{record.number}").text

    assert "Own terms &lt;1&gt;" in page
    assert 'rel="license' not in page
