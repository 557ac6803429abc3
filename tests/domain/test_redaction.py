"""What leaves the registry: each rule is needed, and nothing secret is left for a stranger."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import redaction
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Actor, Permission, Role, member
from registry.domain.canonical import Document
from registry.domain.policy import visible_to
from registry.domain.record import Cap, GroupSlug, OrganisationId, PersonId, Record, State
from registry.domain.redaction import for_actor, is_noticed
from registry.domain.vocabulary import Tlp
from tests import factories
from tests.clocks import START

OWNER = OrganisationId("acme")
REVIEWER = PersonId("reviewer")
STRANGER = member(PersonId("stranger"), OrganisationId("other"), frozenset({Role.SUBMITTER}))
OPERATOR = member(PersonId("operator"), OrganisationId("node"), frozenset({Role.OPERATOR}))
COLLEAGUE = member(PersonId("colleague"), OWNER, frozenset({Role.SUBMITTER}))
CLAIMANT = member(REVIEWER, OrganisationId("other"), frozenset({Role.REVIEWER}))
BYSTANDER = member(PersonId("second-reviewer"), OrganisationId("other"), frozenset({Role.REVIEWER}))
STRANGERS = [
    pytest.param(ANONYMOUS, id="anonymous"),
    pytest.param(STRANGER, id="member elsewhere"),
    pytest.param(OPERATOR, id="operator"),
    pytest.param(LOCAL_OPERATOR, id="local operator"),
]
LATER = START + timedelta(days=2)
PUBLISHED_AT = START + timedelta(days=1)


def record_under_review() -> Record:
    """Published and public, with newer work in review; every internal field is filled with a planted text."""
    public = factories.content(restricted={"narrative": "planted restricted"})
    newer = factories.content(restricted={"notes": "planted newer notes"}, summary="planted newer summary")
    head = factories.revision(
        public, draft_revision=4, revision=1, author=PersonId("planted-author"), published_at=PUBLISHED_AT
    )
    work = factories.revision(newer, draft_revision=7, author=PersonId("planted-second-author"), created_at=LATER)
    return factories.published(
        public,
        at=PUBLISHED_AT,
        head=head,
        work=work,
        draft_revision=7,
        pending=State.IN_REVIEW,
        changed_at=LATER,
        external_ref="planted-reference",
        claimed_by=REVIEWER,
        approved_by=PersonId("planted-approver"),
        contributors=frozenset({PersonId("planted-contributor")}),
        reason="planted reason",
    )


def tombstone() -> Record:
    """Once public, now withdrawn for a reason that everybody may know."""
    return replace(
        record_under_review(), state=State.WITHDRAWN, pending=None, reason="wrong in the main point", withdrawn_at=LATER
    )


@pytest.mark.parametrize("actor", STRANGERS)
@pytest.mark.parametrize("make", [record_under_review, tombstone])
def test_nothing_planted_is_left_for_a_stranger(actor: Actor, make: Callable[[], Record]) -> None:
    assert "planted" not in repr(for_actor(make(), actor))


@pytest.mark.parametrize("actor", STRANGERS)
def test_a_stranger_sees_what_was_published(actor: Actor) -> None:
    record = record_under_review()

    seen = for_actor(record, actor)

    assert (record.uid, record.number, record.state, 1) == (seen.uid, seen.number, seen.state, seen.revision)
    assert record.head.public == seen.head.public
    assert record.head.restricted_hash == seen.head.restricted_hash


@pytest.mark.parametrize("actor", [*STRANGERS, pytest.param(BYSTANDER, id="reviewer without the claim")])
def test_the_restricted_part_is_hidden(actor: Actor) -> None:
    seen = for_actor(record_under_review(), actor)

    assert seen.head.restricted is None
    assert seen.work is None or seen.work.restricted is None


@pytest.mark.parametrize("actor", [COLLEAGUE, CLAIMANT, SYSTEM], ids=["owner", "claimant", "system"])
def test_the_restricted_part_is_shown_to_those_who_may_read_it(actor: Actor) -> None:
    record = record_under_review()

    seen = for_actor(record, actor)

    assert record.head.restricted == seen.head.restricted
    assert record.work == seen.work


@pytest.mark.parametrize("actor", STRANGERS)
def test_a_tombstone_keeps_its_reason_and_loses_its_content(actor: Actor) -> None:
    seen = for_actor(tombstone(), actor)

    assert (None, None) == (seen.head.public, seen.head.restricted)
    assert seen.reason == "wrong in the main point"


def narrowed(**fields: object) -> Record:
    """Once public, then marked RED by a newer published revision."""
    red = factories.content(marking={"tlp": "RED", "content_warnings": ["planted warning"]}, summary="planted summary")
    head = factories.revision(red, revision=2, published_at=LATER)
    made = factories.published(red, at=PUBLISHED_AT, head=head, revision=2, was_public=True, reason="planted reason")
    return replace(made, **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize("actor", STRANGERS)
@pytest.mark.parametrize("fields", [{}, {"state": State.WITHDRAWN, "withdrawn_at": LATER}, {"revision": 3}], ids=str)
def test_a_narrowed_record_looks_the_same_whatever_becomes_of_it(actor: Actor, fields: dict[str, object]) -> None:
    record = narrowed()

    seen = for_actor(replace(record, **fields), actor)  # type: ignore[arg-type]

    assert for_actor(record, actor) == seen
    assert (State.WITHDRAWN, 0, None) == (seen.state, seen.revision, seen.head.revision)
    assert "planted" not in repr(seen)


def test_a_narrowed_record_that_was_erased_says_so() -> None:
    assert for_actor(factories.erased(narrowed()), ANONYMOUS).state is State.ERASED


def test_owners_and_reviewers_still_read_what_was_withdrawn() -> None:
    for actor in (COLLEAGUE, BYSTANDER):
        assert for_actor(tombstone(), actor).head.public is not None


@pytest.mark.parametrize("actor", STRANGERS)
def test_unpublished_work_is_hidden(actor: Actor) -> None:
    seen = for_actor(record_under_review(), actor)

    assert (None, None, 1, 1) == (seen.work, seen.pending, seen.draft_revision, seen.head.draft_revision)


@pytest.mark.parametrize("actor", STRANGERS)
def test_times_of_unpublished_work_are_hidden(actor: Actor) -> None:
    seen = for_actor(record_under_review(), actor)

    assert (PUBLISHED_AT, PUBLISHED_AT, PUBLISHED_AT) == (seen.created_at, seen.changed_at, seen.head.created_at)


def test_a_tombstone_changed_when_it_was_withdrawn() -> None:
    seen = for_actor(tombstone(), ANONYMOUS)

    assert (PUBLISHED_AT, LATER) == (seen.created_at, seen.changed_at)


@pytest.mark.parametrize("actor", STRANGERS)
def test_the_owners_own_key_is_hidden(actor: Actor) -> None:
    assert for_actor(record_under_review(), actor).external_ref is None


@pytest.mark.parametrize("actor", STRANGERS)
def test_authors_are_hidden(actor: Actor) -> None:
    assert for_actor(record_under_review(), actor).head.author is None


@pytest.mark.parametrize("actor", STRANGERS)
def test_contributors_are_hidden(actor: Actor) -> None:
    assert frozenset() == for_actor(record_under_review(), actor).contributors


@pytest.mark.parametrize("actor", [*STRANGERS, pytest.param(COLLEAGUE, id="owner")])
def test_who_holds_the_claim_is_hidden_from_all_but_reviewers(actor: Actor) -> None:
    assert for_actor(record_under_review(), actor).claimed_by is None


@pytest.mark.parametrize("actor", [*STRANGERS, pytest.param(COLLEAGUE, id="owner")])
def test_who_approved_is_hidden_from_all_but_reviewers(actor: Actor) -> None:
    assert for_actor(record_under_review(), actor).approved_by is None


@pytest.mark.parametrize("actor", [CLAIMANT, BYSTANDER], ids=["claimant", "other reviewer"])
def test_reviewers_see_who_reviews(actor: Actor) -> None:
    record = record_under_review()

    seen = for_actor(record, actor)

    assert (record.claimed_by, record.approved_by) == (seen.claimed_by, seen.approved_by)


@pytest.mark.parametrize("actor", STRANGERS)
def test_reasons_of_decisions_are_hidden(actor: Actor) -> None:
    assert for_actor(record_under_review(), actor).reason is None


def test_the_owner_sees_the_state_of_the_work_and_the_reason() -> None:
    record = record_under_review()

    seen = for_actor(record, COLLEAGUE)

    assert replace(record, claimed_by=None, approved_by=None) == seen


def test_the_holder_of_the_claim_sees_all() -> None:
    record = record_under_review()

    assert record == for_actor(record, CLAIMANT)


@given(
    st.sampled_from([record_under_review, tombstone]),
    st.sampled_from([ANONYMOUS, STRANGER, COLLEAGUE, CLAIMANT, BYSTANDER]),
)
def test_redacting_twice_is_redacting_once(make: Callable[[], Record], actor: Actor) -> None:
    once = for_actor(make(), actor)

    assert once == for_actor(once, actor)


def with_terms() -> Record:
    """Published, with an embargo that has ended and a restricted part that no reviewer may read."""
    terms: Document = {"tlp": "CLEAR", "embargo_until": PUBLISHED_AT.isoformat(), "restricted_for_review": False}
    return factories.published(factories.content(marking=terms), at=PUBLISHED_AT)


@pytest.mark.parametrize("actor", STRANGERS)
def test_the_terms_of_embargo_and_review_are_hidden(actor: Actor) -> None:
    marking = for_actor(with_terms(), actor).head.marking

    assert (None, True) == (marking.embargo_until, marking.restricted_for_review)


def test_the_owner_reads_the_terms_of_embargo_and_review() -> None:
    record = replace(with_terms(), owner=OWNER)

    assert record.head.marking == for_actor(record, COLLEAGUE).head.marking


@given(st.sampled_from(list(State)), st.sampled_from(list(Tlp)), st.booleans(), st.booleans())
def test_a_stranger_never_reads_what_is_not_public(state: State, tlp: Tlp, embargoed: bool, was_public: bool) -> None:
    content = factories.content(marking={"tlp": tlp}, summary="planted summary", restricted={"notes": "planted notes"})
    record = factories.published(content, state=state, embargoed=embargoed, was_public=was_public)

    if visible_to(ANONYMOUS).admits(record) and not record.is_public:
        assert "planted" not in repr(for_actor(record, ANONYMOUS))


@pytest.mark.parametrize("actor", [CLAIMANT, BYSTANDER])
def test_what_was_taken_back_is_hidden_from_reviewers(actor: Actor) -> None:
    unpublished = replace(factories.draft(), state=State.RETRACTED)
    published = replace(record_under_review(), pending=State.RETRACTED)

    assert for_actor(unpublished, actor).head.public is None
    assert (None, True) == (for_actor(published, actor).work, for_actor(published, actor).head.public is not None)


def test_the_owner_still_reads_what_was_taken_back() -> None:
    unpublished = replace(factories.draft(), state=State.RETRACTED, owner=OWNER)

    assert for_actor(unpublished, COLLEAGUE).head.public is not None


def test_each_rule_has_a_name_of_its_own() -> None:
    names = [rule.name for rule in redaction.RULES]

    assert len(set(names)) == len(names)


CERT = GroupSlug("cert")
INSIDE = replace(STRANGER, groups=frozenset({CERT}))
SEALED_OWNER = member(PersonId("sealed-owner"), OWNER, frozenset({Role.SUBMITTER, Role.SEALED_READER}))


def blocked_record() -> Record:
    """Once public, hidden for now by somebody, under legal hold, with terms accepted."""
    blocked: dict[str, Any] = {"blocked": True, "blocked_by": PersonId("planted-blocker"), "blocked_at": LATER}
    return replace(record_under_review(), **blocked, withdrawn_at=LATER, legal_hold=True, terms="planted terms 3")


@pytest.mark.parametrize("actor", STRANGERS)
def test_of_a_blocked_record_strangers_learn_that_it_is_and_why(actor: Actor) -> None:
    seen = for_actor(replace(blocked_record(), reason="to be judged"), actor)

    assert (True, "to be judged", LATER, None) == (seen.blocked, seen.reason, seen.withdrawn_at, seen.head.public)
    assert (None, None, False, None) == (seen.blocked_by, seen.blocked_at, seen.legal_hold, seen.terms)
    assert "planted" not in repr(seen)


def test_who_blocked_is_told_to_reviewers_only() -> None:
    record = blocked_record()

    assert record.blocked_by == for_actor(record, BYSTANDER).blocked_by
    seen = for_actor(record, COLLEAGUE)
    assert (None, LATER, True, "planted terms 3") == (seen.blocked_by, seen.blocked_at, seen.legal_hold, seen.terms)


def green_for_the_group(**fields: Any) -> Record:
    """For members and for a group, with a restricted part for the group only."""
    marking: Document = {"tlp": "GREEN", "audience": "cert", "restricted_tlp": "AMBER"}
    made = factories.published(factories.content(marking=marking, restricted={"notes": "kept"}))
    return replace(made, cap=Cap(Tlp.CLEAR, CERT), **fields)


def test_the_audience_is_told_to_itself_and_to_owner_and_reviewers() -> None:
    record = green_for_the_group()

    for actor in (INSIDE, COLLEAGUE, BYSTANDER):
        seen = for_actor(record, actor)
        assert ("cert", record.cap) == (seen.head.marking.audience, seen.cap)
    seen = for_actor(record, STRANGER)
    assert (None, Cap(Tlp.CLEAR)) == (seen.head.marking.audience, seen.cap)


def test_how_the_restricted_part_is_marked_is_told_to_those_who_read_it_and_to_reviewers() -> None:
    record = green_for_the_group()

    told = [for_actor(record, actor).head.marking.restricted_tlp for actor in (INSIDE, COLLEAGUE, BYSTANDER, STRANGER)]

    assert [Tlp.AMBER, Tlp.AMBER, Tlp.AMBER, Tlp.RED] == told
    assert [True, False] == [for_actor(record, actor).head.restricted is not None for actor in (INSIDE, STRANGER)]


def sealed_record(**fields: Any) -> Record:
    """A sealed one, published."""
    red = factories.content(marking={"tlp": "RED", "content_warnings": ["planted"]}, summary="planted summary")
    return replace(factories.published(red, sealed=True), **fields)


def test_of_a_sealed_record_the_owners_other_members_see_that_there_is_one() -> None:
    seen = for_actor(sealed_record(), COLLEAGUE)

    assert (True, None, None) == (seen.sealed, seen.head.public, seen.head.restricted)
    assert "planted" not in repr(seen)
    assert for_actor(sealed_record(), SEALED_OWNER).head.public is not None


def with_sources(**fields: Any) -> Record:
    """A public one whose source links wait to be cleared."""
    content = factories.content(sources=[{"url": "https://planted.example/a", "title": "planted"}])
    return factories.published(content, **({"sensitive": True} | fields))


def test_source_links_wait_to_be_cleared_before_strangers_see_them() -> None:
    for actor in (ANONYMOUS, STRANGER, OPERATOR):
        assert "planted" not in repr(for_actor(with_sources(), actor))
        assert "planted" in repr(for_actor(with_sources(sources_cleared=True), actor))
        assert "planted" in repr(for_actor(with_sources(sensitive=False), actor))
    for actor in (COLLEAGUE, BYSTANDER):
        assert "planted" in repr(for_actor(with_sources(), actor))


def test_a_narrowed_record_is_a_tombstone_to_strangers_and_itself_to_those_it_is_left_to() -> None:
    green = factories.content(marking={"tlp": "GREEN", "audience": "cert"})
    record = factories.published(green, was_public=True, reason="planted reason")

    assert (State.WITHDRAWN, None) == (for_actor(record, ANONYMOUS).state, for_actor(record, ANONYMOUS).reason)
    for actor in (STRANGER, INSIDE):
        seen = for_actor(record, actor)
        assert (State.PUBLISHED, True) == (seen.state, seen.head.public is not None)


@pytest.mark.parametrize("state", [State.WITHDRAWN, State.MERGED])
def test_who_was_given_a_record_reads_why_it_is_gone(state: State) -> None:
    record = green_for_the_group(state=state, withdrawn_at=LATER, reason="told twice", merged_into=factories.ids.uid())

    for actor in (STRANGER, INSIDE):
        seen = for_actor(record, actor)
        assert (state, "told twice", record.merged_into) == (seen.state, seen.reason, seen.merged_into)
        assert seen.head.public is None


def test_strangers_notice_what_they_see_and_nothing_else() -> None:
    public, hidden = record_under_review(), factories.draft()

    assert not is_noticed(public, replace(public, pending=State.APPROVED, changed_at=LATER, legal_hold=True))
    assert not is_noticed(hidden, replace(hidden, state=State.IN_REVIEW, blocked=True))
    closed = narrowed()
    assert not is_noticed(closed, replace(closed, state=State.WITHDRAWN, withdrawn_at=LATER))
    assert is_noticed(public, replace(public, state=State.WITHDRAWN, withdrawn_at=LATER))
    gone = tombstone()
    assert is_noticed(gone, replace(gone, reason="otherwise"))
    assert is_noticed(hidden, public)


@pytest.mark.parametrize("actor", [COLLEAGUE, BYSTANDER])
def test_owner_and_reviewers_see_the_whole_life_of_a_narrowed_record(actor: Actor) -> None:
    seen = for_actor(narrowed(), actor)

    assert (State.PUBLISHED, 2, "planted reason") == (seen.state, seen.revision, seen.reason)


def test_who_reviews_is_told_to_those_who_review_through_a_key_that_reads() -> None:
    record = record_under_review()
    narrow = replace(CLAIMANT, scopes=frozenset({Permission.RECORD_REVIEW}))

    assert [None, None] == [for_actor(record, actor).claimed_by for actor in (SYSTEM, narrow)]


def test_nobody_notices_the_end_of_what_nobody_saw() -> None:
    hidden = factories.published(factories.content(marking={"tlp": "GREEN"}))

    assert not is_noticed(hidden, factories.erased(hidden))
