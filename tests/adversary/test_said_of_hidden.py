"""What was said about, beside or within a record stays as hidden as the record is, whatever happens to it later."""

from __future__ import annotations

import pytest

from registry.domain.content.kinds import Content
from registry.domain.correction import Edit
from registry.domain.link import FieldRel
from registry.domain.pages import PageRequest
from registry.domain.people import PeopleCheck
from registry.domain.record import Record
from registry.domain.vocabulary import Kind, Tlp
from registry.ports import Registry
from registry.service import find, life, merge, notices, proposals, proposed, review
from registry.service.history import difference, history_of
from tests.factories import content
from tests.service.circle import CERT, circle, now, sees
from tests.service.world import People, claimed, published, republished, revised, text_of

HIDDEN_LINK = "https://hidden.example/story"
EVERYTHING_CHECKED = frozenset(PeopleCheck)


def about(subject: Record) -> Content:
    """What another organisation says of *subject*, for everybody who sees that."""
    return content(
        Kind.STATEMENT,
        about=subject.uid,
        statement_kind="perspective",
        title="What we saw",
        summary="zorbelgrint",
        marking={"tlp": "CLEAR", "audience": CERT},
    )


def published_sensitive(registry: Registry, people: People) -> Record:
    """A record whose source links wait to be cleared."""
    record = claimed(registry, people, content(misuse_categories=["ncii"], sources=[{"url": HIDDEN_LINK}]))
    review.approve(registry, people.reviewer, record.uid, expected_revision=1, checked=EVERYTHING_CHECKED)
    return review.publish(registry, people.reviewer, record.uid, expected_revision=1)


def test_what_was_said_of_a_closed_record_stays_closed_when_it_is_merged_into_an_open_one(
    registry: Registry, people: People
) -> None:
    circle(registry, of=("acme", "delta"))
    member = now(registry, people.submitter)
    closed = published(registry, people, text_of("Closed", tlp="AMBER", audience=CERT), by=member)
    said = published(registry, people, about(closed), by=now(registry, people.outsider))
    survivor = published(registry, people, text_of("Open"))

    merge.merge(registry, people.lead, closed.uid, into=survivor.uid, reason="The same.")

    assert "nothing" == sees(registry, people.stranger, said.uid)
    assert "content+" == sees(registry, now(registry, people.outsider), said.uid)
    for viewer in (people.stranger, people.submitter):
        page = find.linked(registry, viewer, survivor.uid, FieldRel.ABOUT, request=PageRequest(), reverse=True)
        assert () == page.items


def test_narrowing_shows_no_notice_about_work_that_is_not_published(registry: Registry, people: People) -> None:
    record = published(registry, people, content())
    revised(registry, people, record, content(systems=[{"provider": "Delta", "role": "abused"}]))
    review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.approve(registry, people.reviewer, record.uid, expected_revision=2)

    life.narrow(registry, people.submitter, record.uid, tlp=Tlp.CLEAR, reason="Careful.")

    shown = find.record(registry, people.stranger, record.uid)
    assert () == notices.beside(registry, people.stranger, shown)


def test_a_notice_about_work_that_was_never_published_is_not_shown(registry: Registry, people: People) -> None:
    record = claimed(registry, people, content(systems=[{"provider": "Delta", "role": "abused"}]))
    review.approve(registry, people.reviewer, record.uid, expected_revision=1)
    review.request_changes(registry, people.reviewer, record.uid, expected_revision=1, reason="Not Delta.")
    republished(registry, people, record, content())

    shown = find.record(registry, people.stranger, record.uid)
    assert () == notices.beside(registry, people.stranger, shown)


def test_a_proposal_about_hidden_sources_tells_none_of_them(registry: Registry, people: People) -> None:
    record = published_sensitive(registry, people)
    edit = Edit(("sources", "0"), {"url": "https://new.example/"})

    made = proposals.propose(
        registry, people.outsider, record.uid, [edit], reason="One more source.", expected_revision=1
    )

    assert HIDDEN_LINK not in repr(proposed.changes_of(registry, people.outsider, made.proposal.id))


def test_sources_that_were_cleared_do_not_clear_those_of_an_earlier_revision(
    registry: Registry, people: People
) -> None:
    record = published_sensitive(registry, people)
    other = content(misuse_categories=["ncii"], sources=[{"url": "https://fine.example/"}])
    at = revised(registry, people, record, other).draft_revision
    review.claim(registry, people.reviewer, record.uid, expected_revision=at)
    review.approve(registry, people.reviewer, record.uid, expected_revision=at, checked=EVERYTHING_CHECKED)
    review.publish(registry, people.reviewer, record.uid, expected_revision=at)

    review.clear_sources(registry, people.lead, record.uid, reason="Fine.")

    assert HIDDEN_LINK not in repr(history_of(registry, people.stranger, record.uid))
    assert HIDDEN_LINK not in repr(difference(registry, people.stranger, record.uid, 1, 2))


def test_sources_that_were_hidden_stay_hidden_in_the_history_of_a_record_that_is_not_sensitive_any_more(
    registry: Registry, people: People
) -> None:
    record = published_sensitive(registry, people)

    republished(registry, people, record, content(sources=[{"url": "https://fine.example/"}]))

    assert HIDDEN_LINK not in repr(history_of(registry, people.stranger, record.uid))
    assert HIDDEN_LINK not in repr(difference(registry, people.stranger, record.uid, 1, 2))


@pytest.mark.parametrize(("hidden", "survivor"), [("AMBER", "CLEAR"), ("AMBER", "GREEN"), ("RED", "GREEN")])
def test_members_are_not_told_what_hidden_record_was_merged_into_one_that_they_see(
    registry: Registry, people: People, hidden: str, survivor: str
) -> None:
    closed, shown = (published(registry, people, text_of(f"All {tlp}", tlp=tlp)) for tlp in (hidden, survivor))

    merge.merge(registry, people.lead, closed.uid, into=shown.uid, reason="zorbelgrint")
    merge.split(registry, people.lead, closed.uid, reason="zorbelgrint")

    for who in (people.stranger, people.outsider, people.operator):
        if "content" in sees(registry, who, shown.uid):
            assert 1 == len(history_of(registry, who, shown.uid).changes)
    assert "zorbelgrint" in repr(history_of(registry, people.reviewer, shown.uid))


def test_members_are_told_what_open_record_was_merged_into_one_that_they_see(
    registry: Registry, people: People
) -> None:
    green, clear = (published(registry, people, text_of(f"All {tlp}", tlp=tlp)) for tlp in ("GREEN", "CLEAR"))

    merge.merge(registry, people.lead, green.uid, into=clear.uid, reason="zorbelgrint")

    assert "zorbelgrint" not in repr(history_of(registry, people.stranger, clear.uid))
    assert "zorbelgrint" in repr(history_of(registry, people.outsider, clear.uid))


def test_a_group_is_not_told_what_record_of_the_owner_alone_was_merged_into_its_own(
    registry: Registry, people: People
) -> None:
    circle(registry, of=("acme", "delta"))
    own = published(registry, people, text_of("Nobody's", tlp="RED"))
    shared = published(
        registry, people, text_of("Ours", tlp="AMBER", audience=CERT), by=now(registry, people.submitter)
    )

    merge.merge(registry, people.lead, own.uid, into=shared.uid, reason="zorbelgrint")

    assert "zorbelgrint" not in repr(history_of(registry, now(registry, people.outsider), shared.uid))
