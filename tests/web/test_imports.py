"""Imports by page: how sources went, what was wrong, and steering them without a script."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.finding import Finding
from registry.domain.importing import Counts, Run, RunState
from registry.service import importing, keys, members
from tests.client import Client
from tests.web.node import Node


@pytest.fixture
def operator(node: Node) -> dict[str, str]:
    """What an operator sends with each request."""
    made = members.add_member(
        node.registry, LOCAL_OPERATOR, organisation_slug="watch", name="Otto", roles=frozenset({Role.OPERATOR})
    )
    key = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="x"
    )
    return {"Authorization": f"Bearer {key.text}"}


def run(node: Node) -> None:
    now = node.registry.clock.now()
    begun, counts = now - timedelta(seconds=60), Counts(new=50)
    made = Run("01", "atlas", RunState.RUNNING, begun, now, done=50, total=150, counts=counts)
    with node.registry.storage.begin() as unit:
        unit.import_runs.add(made)


def found(node: Node, *findings: Finding) -> None:
    with node.registry.storage.begin() as unit:
        unit.findings.keep("atlas", "run", findings, now=node.registry.clock.now())


def test_pages_of_imports_are_for_operators(client: Client, node: Node) -> None:
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    for path in ("/imports", "/imports/atlas"):
        assert 303 == client.get(path).status_code
        assert 403 == client.get(path, headers=member).status_code
    assert 303 == client.post("/imports/atlas", data={"step": "start"}).status_code
    assert 403 == client.post("/imports/atlas", data={"step": "start"}, headers=member).status_code


def test_every_source_is_listed_with_how_it_went(client: Client, node: Node, operator: dict[str, str]) -> None:
    before = client.get("/imports", headers=operator).text
    run(node)
    found(node, Finding("atlas", "CS1", "TOO_LONG", "title: too long"))

    after = client.get("/imports", headers=operator).text

    assert '<a href="/imports/atlas">' in before
    assert "never" in before
    assert "goes on" in after
    assert "<td>50</td>" in after


def test_a_run_that_goes_on_tells_how_far_it_is_and_how_long_it_takes(
    client: Client, node: Node, operator: dict[str, str]
) -> None:
    run(node)

    page = client.get("/imports/atlas", headers=operator).text

    assert "50 of 150" in page
    assert "about 2 min 0 s left" in page
    assert "data-again" in page
    assert "Look again" in page


def test_findings_are_narrowed_by_code_and_say_what_to_do(client: Client, node: Node, operator: dict[str, str]) -> None:
    found(node, Finding("atlas", "CS1", "TOO_LONG", "title: <b>"), Finding("atlas", "CS2", "UNKNOWN_TERM", "tags"))

    every = client.get("/imports/atlas", headers=operator).text
    one = client.get("/imports/atlas?code=UNKNOWN_TERM", headers=operator).text

    assert "title: &lt;b&gt;" in every
    assert "CS1" in every
    assert "CS1" not in one
    assert "add it to the importer" in one


def test_many_findings_come_in_pages(client: Client, node: Node, operator: dict[str, str]) -> None:
    found(node, *(Finding("atlas", f"CS{at:03}", "TOO_LONG", "title") for at in range(70)))

    first = client.get("/imports/atlas?code=TOO_LONG", headers=operator).text
    link = re.search(r'href="(/imports/atlas\?[^"]*after=[^"]+)"', first)
    assert link is not None
    second = client.get(link[1].replace("&amp;", "&"), headers=operator).text

    assert ("CS049" in first, "CS050" in first) == (True, False)
    assert ("CS049" in second, "CS050" in second) == (False, True)
    assert 400 == client.get("/imports/atlas?after=nonsense", headers=operator).status_code


def test_a_source_is_asked_for_paused_and_trusted_by_form(client: Client, node: Node, operator: dict[str, str]) -> None:
    steps: tuple[dict[str, str], ...] = (
        {"step": "start"},
        {"step": "pause"},
        {"step": "trust", "trust": "trusted", "sure": "on"},
        {"step": "withdraw", "sure": "on"},
    )

    pages = [client.post("/imports/atlas", data=one, headers=operator) for one in steps]

    state = importing.state_of(node.registry, LOCAL_OPERATOR, "atlas")
    assert [200] * 4 == [one.status_code for one in pages]
    assert "<code>commons worker</code> takes it up; it has to be running." in pages[0].text
    assert (True, "trusted", True) == (state.paused, state.trust, state.allows_withdrawals)
    assert 200 == client.post("/imports/atlas", data={"step": "resume"}, headers=operator).status_code


@pytest.mark.parametrize(
    "said",
    [
        {"step": "explode"},
        {"step": "trust", "trust": "blind", "sure": "on"},
        {"step": "trust", "trust": "trusted"},
        {"step": "withdraw"},
    ],
)
def test_what_nobody_has_confirmed_or_nobody_knows_changes_nothing(
    client: Client, node: Node, operator: dict[str, str], said: dict[str, str]
) -> None:
    before = importing.state_of(node.registry, LOCAL_OPERATOR, "atlas")

    answer = client.post("/imports/atlas", data=said, headers=operator)

    assert 400 == answer.status_code
    assert before == importing.state_of(node.registry, LOCAL_OPERATOR, "atlas")


def test_the_address_for_a_source_is_shown_once_and_works(client: Client, node: Node, operator: dict[str, str]) -> None:
    made = client.post("/imports/atlas", data={"step": "link"}, headers=operator).text
    address = re.search(r"/sources/atlas/findings/\w{40}", made)
    assert address is not None

    again = client.get("/imports/atlas", headers=operator).text
    works = client.get(address[0]).status_code
    client.post("/imports/atlas", data={"step": "unlink"}, headers=operator)

    assert address[0] not in again
    assert (200, 404) == (works, client.get(address[0]).status_code)
    assert 404 == client.post("/imports/atlas", data={"step": "unlink"}, headers=operator).status_code


def test_a_source_that_is_not_there_has_no_page(client: Client, operator: dict[str, str]) -> None:
    assert 404 == client.get("/imports/atlass", headers=operator).status_code
    assert 404 == client.post("/imports/atlass", data={"step": "start"}, headers=operator).status_code
