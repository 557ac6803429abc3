"""Statements, own records and visibility through the client; the rest of it is tried by the commands that use it."""

from __future__ import annotations

from typing import Any

import pytest

from registry.client import Client
from registry.client.keeping import statement_document
from registry.domain.errors import NotFound
from registry.domain.people import PeopleCheck
from registry.domain.vocabulary import StatementKind, Tlp
from tests.client_package.conftest import Served, reviewer, served, stranger, submitter
from tests.client_package.test_client import submission

__all__ = ["reviewer", "served", "stranger", "submitter"]


def publish(served: Served, submitter: Client, reviewer: Client, **fields: Any) -> str:
    """A published record; its uid."""
    uid = submitter.submit(submission(**fields)).record.uid
    reviewer.claim(uid, expected_revision=1)
    reviewer.approve(uid, expected_revision=1, checked=list(PeopleCheck))
    reviewer.publish(uid, expected_revision=1)
    served.catch_up()
    return uid


def test_an_own_record_is_found_by_ones_own_key(submitter: Client, stranger: Client) -> None:
    uid = submitter.submit({**submission(title="Nautilus one two three"), "external_ref": "case-77"}).record.uid

    assert uid == submitter.own("case-77").uid
    for client, ref in ((submitter, "case-78"), (stranger, "case-77")):
        with pytest.raises(NotFound):
            client.own(ref)


def test_a_record_says_how_it_is_marked(submitter: Client) -> None:
    document = submission(title="Pangolin four five six") | {"marking": {"tlp": "AMBER+STRICT"}}

    record = submitter.submit(document).record

    assert ("AMBER+STRICT", None) == (record.tlp, record.audience)
    assert {"tlp": "AMBER+STRICT", "audience": None}.items() <= record.as_dict().items()


def test_a_statement_keeps_to_what_it_is_about(served: Served, submitter: Client, reviewer: Client) -> None:
    uid = publish(served, submitter, reviewer, title="Quokka seven eight nine")

    written = submitter.state(uid, StatementKind.RESPONSE, title="We answered", summary="All of them.")
    shown = submitter.show(written.record.uid)

    assert ("CLEAR", uid) == (written.record.tlp, shown.content and shown.content["about"])


def test_a_statement_about_what_one_does_not_see_is_refused_before_it_is_sent(submitter: Client) -> None:
    with pytest.raises(NotFound):
        submitter.state("LOCAL-INC-2026-0999", StatementKind.DISPUTE, title="T", summary="S")


def test_a_statement_can_be_closer_than_what_it_is_about(submitter: Client) -> None:
    subject = submitter.submit(submission(title="Axolotl ten eleven twelve")).record
    more: dict[str, Any] = {"disputed_fields": ["scale"], "about": "something else"}

    made = statement_document(subject, StatementKind.DISPUTE, title="T", summary="S", tlp=Tlp.RED, more=more)

    assert {"tlp": "RED"} == made["marking"]
    assert {"about": subject.uid, "disputed_fields": ["scale"]}.items() <= made["content"].items()  # type: ignore[union-attr]


def test_sources_of_a_sensitive_record_are_shown_once_cleared(
    served: Served, submitter: Client, reviewer: Client, stranger: Client
) -> None:
    harms = [{"type": "psychological", "stakeholder": "children"}]
    sources = [{"url": "https://example.org/tapir"}]
    uid = publish(served, submitter, reviewer, title="Tapir one three five", harms=harms, sources=sources)

    before = stranger.show(uid)
    reviewer.clear_sources(uid, reason="they name nobody")
    after = stranger.show(uid)

    assert before.content is not None
    assert after.content is not None
    assert "sources" not in before.content
    assert [{"url": "https://example.org/tapir"}] == after.content["sources"]
