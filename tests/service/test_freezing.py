"""Freezing keeps a key, a person or an organisation out at once; thawing lets them in again, with a reason."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.errors import (
    AlreadyExists,
    CommonsError,
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    Unauthenticated,
)
from registry.domain.event import EventFilter, EventName
from registry.domain.letter import MailKind
from registry.domain.record import PersonId
from registry.ports import Registry
from registry.service import authentication, freezing, keys, members
from tests.clocks import FixedClock
from tests.service.world import People, close_registry, open_registry, refused

REASON = "It was found in a public place."


def key_of(registry: Registry, actor: Actor, label: str = "Laptop") -> str:
    """A new key of somebody, as it is sent."""
    assert actor.person is not None
    assert actor.organisation is not None
    made = keys.create_key(
        registry, LOCAL_OPERATOR, person=actor.person, organisation_id=actor.organisation, label=label
    )
    return made.text


def id_of(text: str) -> str:
    """The id in a key."""
    return f"key:{text.split('_')[2]}"


def lets_in(registry: Registry, text: str) -> bool:
    """Whether a key is valid."""
    try:
        authentication.authenticate(registry, text)
    except Unauthenticated:
        return False
    return True


@pytest.fixture
def second(registry: Registry, people: People, clock: FixedClock) -> Iterator[Registry]:
    """Another process on the same data directory."""
    opened = open_registry(registry.settings.data_dir, clock, registry.ids)
    yield opened
    close_registry(opened)


def test_a_frozen_key_lets_nobody_in_on_any_process_until_it_is_thawed(
    registry: Registry, second: Registry, people: People
) -> None:
    frozen, other = key_of(registry, people.submitter), key_of(registry, people.submitter, "Desk")
    assert lets_in(second, frozen)

    freezing.freeze(registry, people.operator, id_of(frozen), reason=REASON)

    assert (False, False, True) == (lets_in(registry, frozen), lets_in(second, frozen), lets_in(second, other))

    freezing.thaw(second, people.operator, id_of(frozen), reason="The owner has moved it.")

    assert lets_in(registry, frozen)


def test_a_frozen_person_is_kept_out_with_all_keys_and_service_accounts(
    registry: Registry, second: Registry, people: People
) -> None:
    bot = _service_account(registry, people)
    mine, robots, others = (key_of(registry, one) for one in (people.submitter, bot, people.colleague))

    freezing.freeze(registry, people.operator, f"person:{people.submitter.person}", reason=REASON)

    assert (False, False, True) == (lets_in(second, mine), lets_in(second, robots), lets_in(second, others))
    later = key_of(registry, people.submitter, "Later")
    assert not lets_in(registry, later)

    freezing.thaw(registry, people.operator, f"person:{people.submitter.person}", reason="All is well.")

    assert all(lets_in(second, one) for one in (mine, robots, others, later))


def test_a_frozen_organisation_is_kept_out_whole(registry: Registry, people: People) -> None:
    texts = [key_of(registry, one) for one in (people.submitter, people.colleague, people.inside_reviewer)]
    other = key_of(registry, people.outsider)

    freezing.freeze(registry, people.operator, "organisation:acme", reason=REASON)

    assert ([False] * 3, True) == ([lets_in(registry, one) for one in texts], lets_in(registry, other))
    freezing.thaw(registry, people.operator, "organisation:acme", reason="They have answered.")
    assert [True] * 3 == [lets_in(registry, one) for one in texts]


def test_whoever_is_frozen_sees_what_a_wrong_key_shows(registry: Registry, people: People) -> None:
    text = key_of(registry, people.submitter)
    told = []

    for change in ("frozen", "person", "wrong"):
        if change == "frozen":
            freezing.freeze(registry, people.operator, id_of(text), reason=REASON)
        elif change == "person":
            freezing.thaw(registry, people.operator, id_of(text), reason=REASON)
            freezing.freeze(registry, people.operator, f"person:{people.submitter.person}", reason=REASON)
        else:
            text = "ic_live_t00000000000_" + "A" * 40 + "_00000000"
        with pytest.raises(Unauthenticated) as caught:
            authentication.authenticate(registry, text)
        told.append((caught.value.message, caught.value.hint, caught.value.code))

    assert 1 == len(set(told))


def test_each_freeze_and_thaw_is_an_event_and_a_letter(registry: Registry, people: People, clock: FixedClock) -> None:
    subject = f"person:{people.submitter.person}"

    freezing.freeze(registry, people.operator, subject, reason=REASON)
    freezing.thaw(registry, people.operator, subject, reason="All is well.")

    with registry.storage.begin() as unit:
        told = unit.events.after(EventFilter(subject=subject), "", limit=10)
        letters = [unit.letters.claim_due(clock.now(), lease_until=clock.now()) for _ in range(1)]
    assert [EventName.FROZEN, EventName.THAWED] == [one.name for one in told]
    assert [{}, {}] == [dict(one.detail) for one in told]
    assert letters[0] is not None
    assert (people.submitter.person, MailKind.ACCOUNT) == (letters[0].person, letters[0].kind)
    assert REASON in letters[0].body


def test_who_may_not_freeze_or_thaw_changes_nothing(registry: Registry, people: People) -> None:
    subject = f"person:{people.submitter.person}"
    cases: list[tuple[Actor, str, str, type[CommonsError]]] = [
        (people.submitter, subject, REASON, Forbidden),
        (people.lead, subject, REASON, Forbidden),
        (people.operator, subject, " ", InvalidInput),
        (people.operator, subject, "A\x1b[2Jline", InvalidInput),
        (people.operator, "key:nothing", REASON, NotFound),
        (people.operator, "person:nobody", REASON, NotFound),
        (people.operator, "organisation:nowhere", REASON, NotFound),
        (people.operator, "nonsense", REASON, NotFound),
    ]

    for actor, what, reason, error in cases:
        with refused(registry, error):
            freezing.freeze(registry, actor, what, reason=reason)
    with refused(registry, NotFound):
        freezing.thaw(registry, people.operator, subject, reason=REASON)
    freezing.freeze(registry, people.operator, subject, reason=REASON)
    with refused(registry, AlreadyExists):
        freezing.freeze(registry, people.operator, subject, reason=REASON)
    with refused(registry, InvalidInput):
        freezing.thaw(registry, people.operator, subject, reason="")


def test_the_last_operator_is_frozen_on_the_node_itself_only(registry: Registry, people: People) -> None:
    subject = f"person:{people.operator.person}"

    for what in (subject, "organisation:node"):
        with refused(registry, Conflict):
            freezing.freeze(registry, people.operator, what, reason=REASON)

    freezing.freeze(registry, LOCAL_OPERATOR, subject, reason=REASON)
    assert not lets_in(registry, key_of(registry, people.operator))


def test_of_two_operators_one_may_freeze_the_other_but_neither_thaws_themself(
    registry: Registry, people: People
) -> None:
    second = members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug="node", name="Olga Owner", roles=frozenset({Role.OPERATOR})
    )
    subject = f"person:{people.operator.person}"

    freezing.freeze(registry, people.operator, subject, reason=REASON)
    with refused(registry, Forbidden):
        freezing.thaw(registry, people.operator, subject, reason="I am fine.")
    with refused(registry, Conflict):
        freezing.freeze(registry, people.operator, f"person:{second.person}", reason=REASON)
    own = id_of(key_of(registry, people.operator))
    freezing.freeze(registry, people.operator, own, reason=REASON)
    with refused(registry, Forbidden):
        freezing.thaw(registry, people.operator, own, reason="It was nothing.")


def _service_account(registry: Registry, people: People) -> Actor:
    made = members.add_member(
        registry,
        LOCAL_OPERATOR,
        organisation_slug="acme",
        name="Robot",
        roles=frozenset({Role.SUBMITTER}),
        responsible=PersonId(str(people.submitter.person)),
    )
    return Actor("x", made.roles, made.person, made.organisation)
