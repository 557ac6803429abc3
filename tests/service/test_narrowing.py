"""Showing a published record to fewer people: at once, by one person, and never to anybody new."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.domain.actor import Actor, Role
from registry.domain.errors import Forbidden, InvalidInput, InvalidTransition, NotFound, StaleRevision, Unauthenticated
from registry.domain.record import State
from registry.domain.vocabulary import OrganisationKind, Tlp
from registry.ports import Registry
from registry.service import erasure, find, life, review
from registry.service.history import history_of
from registry.service.verify import verify
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.circle import CERT, admit, changed_words, circle, now, sees
from tests.service.world import REASON, People, published, refused, revised, stored, submitted, text_of

LATER = "2027-01-01T00:00:00Z"


@pytest.fixture
def owner(registry: Registry, people: People) -> Actor:
    """The submitter, in two groups: of a member, and of a member and an authority."""
    admit(registry, "police", Role.SUBMITTER, kind=OrganisationKind.GOVERNMENT)
    circle(registry, CERT, of=("acme", "delta"))
    circle(registry, "mixed", of=("acme", "delta", "police"))
    return now(registry, people.submitter)


def test_a_public_record_becomes_one_of_the_group_at_once(
    registry: Registry, people: People, owner: Actor, clock: FixedClock
) -> None:
    record = published(registry, people, text_of("Open"), by=owner)
    before = find.public_seq(registry, people.stranger)
    clock.advance(days=1)

    told = life.narrow(registry, owner, record.uid, tlp=Tlp.AMBER, audience=CERT, reason=REASON)

    assert (State.PUBLISHED, Tlp.AMBER, CERT) == (told.state, told.tlp, told.head.marking.audience)
    assert (2, 2, record.number) == (told.revision, told.draft_revision, told.number)
    assert record.head.public == told.head.public
    assert "tombstone" == sees(registry, people.stranger, record.uid)
    assert "content" == sees(registry, now(registry, people.outsider), record.uid)
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert ("visibility", "AMBER/RED audience=cert", REASON) == changed_words(registry, record)[-1]
    assert () == verify(registry, people.system).faults


def test_of_a_narrowed_record_strangers_are_not_told_why(registry: Registry, people: People, owner: Actor) -> None:
    record = published(registry, people, text_of("Open"), by=owner)

    life.narrow(registry, owner, record.uid, tlp=Tlp.RED, reason="zorbelgrint asked")

    for shown in (
        find.record(registry, people.stranger, record.uid),
        history_of(registry, people.stranger, record.uid),
    ):
        assert "zorbelgrint" not in repr(shown)
    assert "zorbelgrint" not in repr(find.public_changes(registry, people.stranger, after=0, limit=100))


def test_work_under_review_stays_there_with_the_next_number(registry: Registry, people: People, owner: Actor) -> None:
    record = published(registry, people, text_of("Open"), by=owner)
    revised(registry, people, record, text_of("Newer"))
    review.claim(registry, people.reviewer, record.uid, expected_revision=2)
    review.approve(registry, people.reviewer, record.uid, expected_revision=2)

    told = life.narrow(registry, owner, record.uid, tlp=Tlp.GREEN, reason=REASON, expected_revision=2)

    kept = stored(registry, record.uid)
    assert (State.APPROVED, 3, 4, 4) == (
        kept.pending,
        kept.head.draft_revision,
        kept.newest.draft_revision,
        told.draft_revision,
    )
    with refused(registry, StaleRevision):
        review.publish(registry, people.reviewer, record.uid, expected_revision=2)
    again = review.publish(registry, people.reviewer, record.uid, expected_revision=4)
    assert (Tlp.CLEAR, 3) == (again.tlp, again.revision)
    assert again.head.public is not None
    assert "Newer" == again.head.public.document["title"]
    assert () == verify(registry, people.system).faults


def test_what_only_members_saw_is_narrowed_without_a_public_row(
    registry: Registry, people: People, owner: Actor
) -> None:
    record = published(registry, people, text_of("For members", tlp="GREEN"), by=owner)
    before = find.public_seq(registry, people.stranger)

    life.narrow(registry, owner, record.uid, tlp=Tlp.RED, reason=REASON)

    assert "nothing" == sees(registry, people.outsider, record.uid)
    assert before == find.public_seq(registry, people.stranger)


@pytest.mark.parametrize(
    ("marked", "asked", "path"),
    [
        ({"tlp": "GREEN"}, {"tlp": Tlp.CLEAR}, "tlp"),
        ({"tlp": "AMBER"}, {"tlp": Tlp.GREEN}, "tlp"),
        ({"tlp": "RED"}, {"tlp": Tlp.AMBER, "audience": CERT}, "tlp"),
        ({"tlp": "CLEAR", "restricted_tlp": "AMBER"}, {"tlp": Tlp.CLEAR, "restricted_tlp": Tlp.GREEN}, "restrictedTlp"),
        ({"tlp": "AMBER"}, {"tlp": Tlp.AMBER, "audience": CERT}, "audience"),
        ({"tlp": "AMBER", "audience": CERT}, {"tlp": Tlp.AMBER, "audience": "mixed"}, "audience"),
        ({"tlp": "CLEAR", "embargo_until": LATER}, {"tlp": Tlp.CLEAR, "audience": CERT}, "audience"),
        ({"tlp": "CLEAR", "embargo_until": LATER}, {"tlp": Tlp.AMBER, "audience": CERT}, "audience"),
        ({"tlp": "GREEN"}, {"tlp": Tlp.AMBER, "audience": "mixed"}, "audience"),
        (
            {"tlp": "CLEAR", "restricted_tlp": "AMBER"},
            {"tlp": Tlp.AMBER, "audience": CERT, "restricted_tlp": Tlp.AMBER},
            "restrictedTlp",
        ),
        (
            {"tlp": "CLEAR", "restricted_tlp": "GREEN"},
            {"tlp": Tlp.AMBER, "audience": "mixed", "restricted_tlp": Tlp.AMBER},
            "restrictedTlp",
        ),
    ],
    ids=str,
)
def test_what_would_show_it_to_anybody_new_is_refused(
    registry: Registry, people: People, owner: Actor, marked: dict[str, Any], asked: dict[str, Any], path: str
) -> None:
    record = published(registry, people, content(marking=marked), by=owner)

    with refused(registry, InvalidInput) as caught:
        life.narrow(registry, owner, record.uid, **asked, reason=REASON)

    assert [((path,), "WIDENS")] == [(one.path, one.code) for one in caught.value.problems]


def test_one_narrows_to_ones_own_groups_only(registry: Registry, people: People, owner: Actor) -> None:
    circle(registry, "isac", of=("delta",))
    record = published(registry, people, text_of("Open"), by=owner)
    problems = []

    for slug in ("isac", "nowhere"):
        with refused(registry, InvalidInput) as caught:
            life.narrow(registry, owner, record.uid, tlp=Tlp.AMBER, audience=slug, reason=REASON)
        problems.append(caught.value.problems)

    assert problems[0] == problems[1]
    assert ["NOT_FOUND"] == [one.code for one in problems[0]]


def test_red_has_no_audience(registry: Registry, people: People, owner: Actor) -> None:
    record = published(registry, people, text_of("Open"), by=owner)

    with refused(registry, InvalidInput) as caught:
        life.narrow(registry, owner, record.uid, tlp=Tlp.RED, audience=CERT, reason=REASON)

    assert [(("audience",), "INCONSISTENT")] == [(one.path, one.code) for one in caught.value.problems]


MARKINGS = st.tuples(
    st.sampled_from(list(Tlp)),
    st.sampled_from([None, CERT, "mixed"]),
    st.sampled_from(list(Tlp)),
    st.booleans(),
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(before=MARKINGS, after=MARKINGS)
def test_narrowing_never_shows_more_to_anybody(
    registry: Registry,
    people: People,
    before: tuple[Tlp, str | None, Tlp, bool],
    after: tuple[Tlp, str | None, Tlp, bool],
) -> None:
    """Nor does any of it ever end otherwise than well or with a refusal that names what is wrong."""
    known = registry.storage
    with known.read() as reader:
        is_new = not reader.groups.all()
    if is_new:
        admit(registry, "police", Role.SUBMITTER, kind=OrganisationKind.GOVERNMENT)
        circle(registry, CERT, of=("acme", "delta"))
        circle(registry, "mixed", of=("acme", "delta", "police"))
    owner = now(registry, people.submitter)
    tlp, audience, restricted_tlp, embargoed = before
    marking: dict[str, Any] = {"tlp": tlp, "restricted_tlp": max(tlp, restricted_tlp, key=lambda one: one.strictness)}
    marking |= {"audience": audience} if audience and tlp is not Tlp.RED else {}
    marking |= {"embargo_until": LATER} if embargoed else {}
    record = published(registry, people, content(marking=marking, restricted={"notes": "n"}), by=owner)
    viewers = [
        people.stranger,
        now(registry, people.outsider),
        admit(registry, "police", Role.SUBMITTER),
        admit(registry, "elsewhere", Role.SUBMITTER),
        admit(registry, "elsewhere", Role.VETTED_RESEARCHER),
    ]
    rank = ["nothing", "tombstone", "content", "content+"]
    seen = [rank.index(sees(registry, one, record.uid)) for one in viewers]

    try:
        life.narrow(
            registry, owner, record.uid, tlp=after[0], audience=after[1], restricted_tlp=after[2], reason=REASON
        )
    except InvalidInput:
        return

    assert all(
        rank.index(sees(registry, one, record.uid)) <= earlier for one, earlier in zip(viewers, seen, strict=True)
    )


def test_who_may_not_narrow(registry: Registry, people: People, owner: Actor) -> None:
    record = published(registry, people, text_of("Open"), by=owner)
    errors = {
        "stranger": Unauthenticated,
        "outsider": Forbidden,
        "reviewer": Forbidden,
        "lead": Forbidden,
        "operator": Forbidden,
        "system": Forbidden,
    }

    for name, error in errors.items():
        with refused(registry, error):
            life.narrow(registry, getattr(people, name), record.uid, tlp=Tlp.RED, reason=REASON)


def test_a_hidden_record_is_not_narrowed_by_others_and_not_told_of(registry: Registry, people: People) -> None:
    hidden = published(registry, people, text_of("Closed", tlp="RED"))

    with refused(registry, NotFound):
        life.narrow(registry, people.outsider, hidden.uid, tlp=Tlp.RED, reason=REASON)


def test_only_what_is_published_is_narrowed(registry: Registry, people: People) -> None:
    gone = published(registry, people)
    life.withdraw(registry, people.submitter, gone.uid, reason=REASON)

    for record in (submitted(registry, people), gone):
        with refused(registry, InvalidTransition):
            life.narrow(registry, people.submitter, record.uid, tlp=Tlp.RED, reason=REASON)


@pytest.mark.parametrize("reason", ["", " ", "x" * 2001, "a\x07b"])
def test_narrowing_wants_a_reason(registry: Registry, people: People, reason: str) -> None:
    record = published(registry, people)

    with refused(registry, InvalidInput):
        life.narrow(registry, people.submitter, record.uid, tlp=Tlp.RED, reason=reason)


def test_narrowing_what_is_blocked_moves_the_tombstone_with_a_public_row(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erasure.block(registry, people.lead, record.uid, reason=REASON)
    before = find.public_seq(registry, people.stranger)
    assert REASON == find.record(registry, people.stranger, record.uid).reason

    life.narrow(registry, people.submitter, record.uid, tlp=Tlp.RED, reason="x")

    assert find.record(registry, people.stranger, record.uid).reason is None
    assert before + 1 == find.public_seq(registry, people.stranger)
    assert START == stored(registry, record.uid).published_at
