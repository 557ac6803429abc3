"""The page of pairs that may tell of the same event: side by side, without text that waits, decided by a form."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import SYSTEM
from registry.domain.candidate import CandidateState
from registry.domain.pages import PageRequest
from registry.domain.record import State
from registry.service import candidates
from tests.client import Client
from tests.factories import content, source, take_in
from tests.service.world import stored
from tests.web.node import Node
from tests.web.test_review import Desk, key_of

PATH = "/review/candidates"


def told(node: Node, name: str, title: str, *, trusted: bool = True) -> None:
    """A source's record of the event that is AIID-6 elsewhere, compared with all others."""
    of = source(name, f"The {name} source", trusted=trusted, licence=f"LicenseRef-{name}")
    upstream = {"source": name, "id": "1", "sha256": "0" * 64}
    marking: dict[str, Any] = {"tlp": "CLEAR", "licence": of.licence, "obligations": ["attribution"]}
    take_in(node.registry, SYSTEM, of, [content(title=title, aliases=["AIID-6"], upstream=upstream, marking=marking)])
    while candidates.find(node.registry, SYSTEM):
        pass


@pytest.fixture
def desk(node: Node, client: Client) -> Desk:
    return Desk(client, node, key_of(node, node.reviewer))


def pair(node: Node, state: CandidateState = CandidateState.OPEN) -> candidates.Pair:
    (found,) = candidates.page(node.registry, node.reviewer, state, PageRequest(2)).items
    return found


def test_both_are_shown_side_by_side_with_their_licences_and_to_reviewers_only(node: Node, desk: Desk) -> None:
    told(node, "one", "Chatbot <b>taught</b> insults")
    told(node, "two", "Insults of a chatbot")

    page = desk.get(PATH)

    assert 200 == page.status_code
    for text in ("Chatbot &lt;b&gt;taught", "Insults of a chatbot", "LicenseRef-one", "LicenseRef-two", "The same id"):
        assert text in page.text
    assert 403 == replace(desk, key=key_of(node, node.submitter)).get(PATH).status_code


def test_of_what_waits_for_review_no_text_is_shown(node: Node, desk: Desk) -> None:
    told(node, "one", "Chatbot taught insults")
    told(node, "two", "Waiting words", trusted=False)

    page = desk.get(PATH)

    assert "Chatbot taught insults" in page.text
    assert "Waiting words" not in page.text


def test_one_is_merged_into_the_other_with_a_reason(node: Node, desk: Desk) -> None:
    told(node, "one", "Chatbot taught insults")
    told(node, "two", "Insults of a chatbot")
    found = pair(node)
    both = {"a": found.a.uid, "b": found.b.uid}

    refused = desk.post(PATH, step="into_a", **both)
    done = desk.post(PATH, step="into_a", reason="Both tell of the same chatbot.", **both)

    assert (400, 200) == (refused.status_code, done.status_code)
    assert (State.MERGED, found.a.uid) == (
        stored(node.registry, found.b.uid).state,
        stored(node.registry, found.b.uid).merged_into,
    )
    assert "Nothing seems to be told twice" in done.text


@pytest.mark.parametrize(("step", "state"), [("dismiss", CandidateState.DISMISSED), ("link", CandidateState.LINKED)])
def test_a_pair_that_is_not_the_same_is_put_aside(node: Node, desk: Desk, step: str, state: CandidateState) -> None:
    told(node, "one", "Chatbot taught insults")
    told(node, "two", "Insults of a chatbot")
    found = pair(node)

    page = desk.post(PATH, step=step, a=found.b.uid, b=found.a.uid)

    assert 200 == page.status_code
    assert found.a.uid == pair(node, state).a.uid


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"step": ""}, 400),
        ({"step": "fly"}, 400),
        ({"step": "dismiss", "a": "x", "b": "y"}, 404),
        ({"step": "into_a"}, 400),
    ],
)
def test_a_form_that_asks_for_nothing_that_is_there_is_refused(desk: Desk, fields: dict[str, str], status: int) -> None:
    assert status == desk.post(PATH, **fields).status_code
