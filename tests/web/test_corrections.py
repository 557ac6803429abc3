"""How a correction is suggested, and how it is credited where the history is read."""

from __future__ import annotations

import json
import re
from html import unescape

import httpx
import pytest

from registry.domain import actor as actors
from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.correction import Edit
from registry.domain.vocabulary import OrganisationKind
from registry.service import accounts, members, proposals
from tests import factories
from tests.client import Client
from tests.web.node import Node


def neighbour(node: Node) -> Actor:
    """A member of another organisation."""
    accounts.add_organisation(
        node.registry, LOCAL_OPERATOR, slug="globe", name="Globe Watch", kind=OrganisationKind.CIVIL_SOCIETY
    )
    made = members.add_member(
        node.registry, LOCAL_OPERATOR, organisation_slug="globe", name="Gale", roles=frozenset({Role.SUBMITTER})
    )
    return actors.member(made.person, made.organisation, made.roles)


def test_the_page_tells_the_ways_to_suggest_a_correction(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="Ten <b>accounts</b>"))

    told = client.get(f"/r/{record.number}/correction").text
    from_record = client.get(f"/r/{record.number}").text

    assert f"commons propose {record.number} --file record.json" in told
    assert "Ten &lt;b&gt;accounts" in told
    (example,) = re.findall(r'<pre class="code">(\{.*?\})</pre>', told, re.DOTALL)
    assert (record.uid, 1) == (
        json.loads(unescape(example))["input"]["uid"],
        json.loads(unescape(example))["input"]["expectedRevision"],
    )
    assert f"/r/{record.number}/correction" in from_record


def test_every_other_way_of_writing_the_number_leads_to_the_page(client: Client, node: Node) -> None:
    record = node.publish(factories.content())

    answers = [client.get(f"/r/{ref}/correction") for ref in (record.uid, str(record.number).lower())]

    assert [(308, f"/r/{record.number}/correction")] * 2 == [
        (one.status_code, one.headers["location"]) for one in answers
    ]


@pytest.mark.parametrize("ref", ["nonsense", "LOCAL-INC-2026-0999"])
def test_unknown_hidden_and_gone_records_take_no_corrections(client: Client, node: Node, ref: str) -> None:
    hidden = node.submit(factories.content())
    gone = node.publish(factories.content())
    node.withdraw(gone)

    answers = [client.get(f"/r/{one}/correction") for one in (ref, hidden.uid, str(gone.number))]

    assert [404] * 3 == [one.status_code for one in answers]
    assert _without_id(answers[0]) == _without_id(answers[1])


def _without_id(answer: httpx.Response) -> str:
    return answer.text.replace(answer.headers["x-request-id"], "")


def test_history_names_the_organisation_whose_correction_was_taken_up_and_no_person(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    proposer = neighbour(node)
    made = proposals.propose(
        node.registry, proposer, record.uid, [Edit(("severity",), 5)], reason="It was graver.", expected_revision=1
    )
    before = client.get(f"/r/{record.number}/history").text

    done = proposals.accept(node.registry, node.submitter, made.proposal.id)
    assert done.record is not None
    waiting = client.get(f"/r/{record.number}/history").text
    node.put_out(done.record)
    after = client.get(f"/r/{record.number}/history").text

    assert before == waiting
    assert "Globe Watch" not in before
    assert 'With a correction by <a href="/organisations/globe">Globe Watch</a>' in after
    assert str(proposer.person) not in after
    assert "It was graver." not in after


def test_history_tells_everybody_why_a_record_was_withdrawn(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    node.withdraw(record, "Published <twice> by mistake.")

    told = client.get(f"/r/{record.number}/history").text

    assert "Published &lt;twice&gt; by mistake." in told
