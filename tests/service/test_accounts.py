"""Organisations, members and keys: who may act, and that a refused key tells nothing."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from registry.domain.account import KeyId, Member, format_key, parse_key
from registry.domain.actor import ANONYMOUS, Actor, Permission, Role, member
from registry.domain.errors import AlreadyExists, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.pages import RecordFilter
from registry.domain.policy import permissions_of
from registry.domain.record import OrganisationId, PersonId
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import accounts, authentication, find, keys, members, node, submit
from registry.service.keys import NewKey
from registry.storage.store import open_storage
from tests.clocks import START, FixedClock
from tests.factories import content
from tests.service.world import People, contents_of, refused

YEAR = timedelta(days=365)


def _key_of(registry: Registry, actor: Actor, **options: object) -> NewKey:
    assert actor.person is not None
    assert actor.organisation is not None
    given = {"label": "Laptop"} | options
    return keys.create_key(
        registry,
        actor,
        person=actor.person,
        organisation_id=actor.organisation,
        **given,  # type: ignore[arg-type]
    )


def _refusal(registry: Registry, text: str) -> tuple[object, ...]:
    with refused(registry, Unauthenticated) as caught:
        authentication.authenticate(registry, text)
    return caught.value.problems


def test_a_key_acts_for_its_member(registry: Registry, people: People) -> None:
    made = _key_of(registry, people.submitter)

    actor = authentication.authenticate(registry, made.text)

    assert people.submitter == replace(actor, key="first")
    assert made.key.id == actor.key
    assert START + YEAR == made.key.expires_at


def test_without_a_credential_one_is_a_stranger(registry: Registry) -> None:
    assert ANONYMOUS == authentication.authenticate(registry, None)


def test_every_refused_key_is_refused_in_the_same_words(registry: Registry, people: People, clock: FixedClock) -> None:
    made = _key_of(registry, people.submitter)
    secret = registry.ids.secret()
    revoked = _key_of(registry, people.submitter)
    keys.revoke_key(registry, people.submitter, revoked.key.id)
    expired = _key_of(registry, people.submitter, expires_at=START + timedelta(days=1))
    clock.advance(days=1)
    wrong = [
        "",
        "nonsense",
        made.text[:-1],
        made.text + "0",
        made.text.upper(),
        made.text[:-1] + ("0" if made.text[-1] != "0" else "1"),
        format_key("live", made.key.id, secret),
        format_key("live", KeyId("unknown12345"), secret),
        revoked.text,
        expired.text,
        "ic_live_\x00",
        "é" * 70,
    ]

    answers = {_refusal(registry, text) for text in wrong}

    assert 1 == len(answers)


def test_a_key_ends_at_its_expiry_and_not_before(registry: Registry, people: People, clock: FixedClock) -> None:
    made = _key_of(registry, people.submitter)

    clock.at = START + YEAR - timedelta(seconds=1)
    assert made.key.id == authentication.authenticate(registry, made.text).key
    clock.advance(seconds=1)

    _refusal(registry, made.text)


def test_scopes_narrow_what_a_key_may_do(registry: Registry, people: People) -> None:
    made = _key_of(registry, people.submitter, scopes=frozenset({Permission.RECORD_READ, Permission.RECORD_REVIEW}))

    actor = authentication.authenticate(registry, made.text)

    find.count(registry, actor, RecordFilter())
    with refused(registry, Forbidden):
        submit.submit(registry, actor, content())


def test_a_narrow_key_makes_no_wider_one(registry: Registry, people: People) -> None:
    scopes = frozenset({Permission.KEY_OWN, Permission.RECORD_READ})
    narrow = authentication.authenticate(registry, _key_of(registry, people.submitter, scopes=scopes).text)

    for wider in (None, scopes | {Permission.RECORD_SUBMIT}):
        with refused(registry, Forbidden):
            _key_of(registry, narrow, scopes=wider)
    assert (
        frozenset({Permission.RECORD_READ})
        == _key_of(registry, narrow, scopes=frozenset({Permission.RECORD_READ})).key.scopes
    )


def test_a_service_account_makes_no_key_for_its_responsible_member(registry: Registry, people: People) -> None:
    boss = members.add_member(
        registry,
        people.local_operator,
        organisation_slug="acme",
        name="Boss",
        roles=frozenset({Role.SUBMITTER, Role.REVIEWER}),
    )
    robot = member(boss.person, boss.organisation, frozenset({Role.SUBMITTER}), key="robot")

    with refused(registry, Forbidden):
        _key_of(registry, robot)


def test_a_member_makes_no_key_of_another_organisation(registry: Registry, people: People) -> None:
    assert people.submitter.person is not None
    assert people.reviewer.organisation is not None
    with registry.storage.begin() as unit:
        both = Member(people.submitter.person, people.reviewer.organisation, frozenset({Role.SUBMITTER}))
        unit.accounts.add_member(both, "Ada")

    with refused(registry, Forbidden):
        keys.create_key(
            registry, people.submitter, person=both.person, organisation_id=both.organisation, label="Other"
        )


def test_nobody_makes_keys_for_others_but_those_who_manage_accounts(registry: Registry, people: People) -> None:
    assert people.colleague.person is not None
    assert people.colleague.organisation is not None
    for who, error in ((people.submitter, Forbidden), (people.stranger, Unauthenticated), (people.system, Forbidden)):
        with refused(registry, error):
            keys.create_key(
                registry,
                who,
                person=people.colleague.person,
                organisation_id=people.colleague.organisation,
                label="Theirs",
            )

    made = keys.create_key(
        registry,
        people.operator,
        person=people.colleague.person,
        organisation_id=people.colleague.organisation,
        label="Theirs",
    )

    assert people.colleague.person == authentication.authenticate(registry, made.text).person


def test_a_key_wants_a_label_and_a_future(registry: Registry, people: People) -> None:
    for label, expires_at in ((" ", None), ("x" * 121, None), ("two\nlines", None), ("Laptop", START)):
        with refused(registry, InvalidInput):
            _key_of(registry, people.submitter, label=label, expires_at=expires_at)


def test_a_key_wants_a_member(registry: Registry, people: People) -> None:
    with refused(registry, NotFound):
        keys.create_key(
            registry,
            people.operator,
            person=PersonId("nobody"),
            organisation_id=OrganisationId("nowhere"),
            label="Laptop",
        )


def test_the_secret_of_a_key_is_not_stored(registry: Registry, people: People) -> None:
    made = _key_of(registry, people.submitter)
    parsed = parse_key(made.text)
    assert parsed is not None

    assert parsed[1] not in "".join(contents_of(registry))


def test_a_revoked_key_stays_revoked_and_revoking_again_changes_nothing(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    made = _key_of(registry, people.submitter)
    keys.revoke_key(registry, people.submitter, made.key.id)
    before = contents_of(registry)
    clock.advance(hours=1)

    again = keys.revoke_key(registry, people.operator, made.key.id)

    assert START == again.revoked_at
    assert before == contents_of(registry)


def test_a_key_of_somebody_else_is_not_found(registry: Registry, people: People) -> None:
    made = _key_of(registry, people.submitter)
    answers = []

    for key_id in (made.key.id, KeyId("unknown12345")):
        with refused(registry, NotFound) as caught:
            keys.revoke_key(registry, people.colleague, key_id)
        answers.append(caught.value.problems)

    assert answers[0] == answers[1]
    assert people.submitter.person is not None
    with pytest.raises(NotFound):
        keys.keys(registry, people.colleague, people.submitter.person)


def test_the_own_keys_are_listed_newest_first(registry: Registry, people: People, clock: FixedClock) -> None:
    first = _key_of(registry, people.submitter)
    clock.advance(days=1)
    second = _key_of(registry, people.submitter)
    assert people.submitter.person is not None

    listed = keys.keys(registry, people.submitter, people.submitter.person)

    assert [second.key.id, first.key.id] == [key.id for key in listed]
    assert listed == keys.keys(registry, people.operator, people.submitter.person)


def test_the_last_use_of_a_key_is_noted_once_an_hour(registry: Registry, people: People, clock: FixedClock) -> None:
    made = _key_of(registry, people.submitter)
    assert people.submitter.person is not None
    seen = []

    for minutes in (0, 59, 2):
        clock.advance(minutes=minutes)
        authentication.authenticate(registry, made.text)
        seen.append(keys.keys(registry, people.operator, people.submitter.person)[0].last_used_at)

    assert [START, START, START + timedelta(minutes=61)] == seen


class _RevokingClock:
    """A clock that ends a key while it is looked at."""

    def __init__(self, revoke: Callable[[], object]) -> None:
        self._revoke = revoke

    def now(self) -> datetime:
        """The start, after the key was ended."""
        self._revoke()
        return START


def test_a_key_revoked_while_it_is_used_stays_revoked(registry: Registry, people: People) -> None:
    made = _key_of(registry, people.submitter)
    clock = _RevokingClock(lambda: keys.revoke_key(registry, people.submitter, made.key.id))

    authentication.authenticate(replace(registry, clock=clock), made.text)

    (kept,) = (one for one in keys.keys(registry, people.submitter, made.key.person) if one.id == made.key.id)
    assert (START, START) == (kept.revoked_at, kept.last_used_at)


def test_a_member_goes_on_reading_while_nothing_can_be_written(registry: Registry, people: People) -> None:
    made = _key_of(registry, people.submitter)
    impatient = replace(registry, storage=open_storage(registry.settings, busy_seconds=0.05))

    with closing(sqlite3.connect(registry.settings.database_path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        actor = authentication.authenticate(impatient, made.text)
        other.execute("ROLLBACK")

    assert people.submitter.person == actor.person
    impatient.storage.close()


def test_an_organisation_is_public_and_moves_the_public_log(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    made = accounts.add_organisation(
        registry, people.operator, slug="newcomer", name=" Newcomer ", kind=OrganisationKind.RESEARCH
    )

    assert before + 1 == find.public_seq(registry, people.stranger)
    assert made == accounts.organisation(registry, people.stranger, "newcomer")
    assert "Newcomer" == made.name
    assert made in accounts.organisations(registry, people.stranger)
    assert {made.id: made} == accounts.organisations_by_id(registry, people.stranger, [made.id])


@pytest.mark.parametrize(
    ("slug", "name"), [("", "Name"), ("Upper", "Name"), ("-a", "Name"), ("ok", " "), ("ok", "x" * 121)]
)
def test_an_organisation_wants_a_slug_and_a_name(registry: Registry, people: People, slug: str, name: str) -> None:
    with refused(registry, InvalidInput):
        accounts.add_organisation(registry, people.operator, slug=slug, name=name, kind=OrganisationKind.PRESS)


def test_a_slug_is_given_once(registry: Registry, people: People) -> None:
    with refused(registry, AlreadyExists):
        accounts.add_organisation(registry, people.operator, slug="acme", name="Other", kind=OrganisationKind.PROVIDER)


def test_an_unknown_organisation_is_not_found(registry: Registry, people: People) -> None:
    with pytest.raises(NotFound):
        accounts.organisation(registry, people.stranger, "nowhere")


def _admit(registry: Registry, actor: Actor, **options: object) -> Member:
    given = {"organisation_slug": "acme", "name": "New One", "roles": frozenset({Role.SUBMITTER})} | options
    return members.add_member(registry, actor, **given)  # type: ignore[arg-type]


def test_a_member_is_listed_with_the_name(registry: Registry, people: People) -> None:
    made = _admit(registry, people.operator)

    assert (made, "New One") in members.members(registry, people.operator, "acme")


@pytest.mark.parametrize(
    "roles", [frozenset[Role](), frozenset({Role.SYSTEM}), frozenset({Role.LOCAL_OPERATOR}), frozenset({Role.ANYBODY})]
)
def test_a_member_holds_roles_of_members_only(registry: Registry, people: People, roles: frozenset[Role]) -> None:
    with refused(registry, InvalidInput):
        _admit(registry, people.operator, roles=roles)


def test_a_member_wants_a_name_and_an_organisation(registry: Registry, people: People) -> None:
    with refused(registry, InvalidInput):
        _admit(registry, people.operator, name="")
    with refused(registry, NotFound):
        _admit(registry, people.operator, organisation_slug="nowhere")
    with refused(registry, NotFound):
        members.members(registry, people.operator, "nowhere")


def test_a_service_account_answers_to_a_natural_person_of_its_organisation(registry: Registry, people: People) -> None:
    robot = _admit(registry, people.operator, responsible=people.submitter.person)

    assert people.submitter.person == robot.answerable
    with refused(registry, NotFound):
        _admit(registry, people.operator, responsible=people.reviewer.person)
    with refused(registry, InvalidInput):
        _admit(registry, people.operator, responsible=robot.person)


MANAGING: list[Callable[[Registry, Actor], object]] = [
    _admit,
    lambda registry, actor: members.members(registry, actor, "acme"),
    lambda registry, actor: accounts.add_organisation(
        registry, actor, slug="mine", name="Mine", kind=OrganisationKind.OTHER
    ),
]


@pytest.mark.parametrize("act", MANAGING)
@pytest.mark.parametrize(
    ("name", "error"),
    [("stranger", Unauthenticated), ("submitter", Forbidden), ("lead", Forbidden), ("system", Forbidden)],
)
def test_only_operators_manage_accounts(
    registry: Registry,
    people: People,
    act: Callable[[Registry, Actor], object],
    name: str,
    error: type[Forbidden],
) -> None:
    with refused(registry, error):
        act(registry, getattr(people, name))


def test_who_gave_access_stands_in_the_log_that_strangers_do_not_see(registry: Registry, people: People) -> None:
    before = find.public_seq(registry, people.stranger)

    made = _admit(registry, people.operator)

    with registry.storage.read() as reader:
        newest = reader.changes.after(reader.changes.head().seq - 1, limit=1)[0]
    assert (f"member:{made.person}", people.operator.id, None) == (
        newest.row.subject,
        newest.row.actor,
        newest.public_seq,
    )
    assert before == find.public_seq(registry, people.stranger)


def test_a_node_is_initialised_once(registry: Registry, people: People) -> None:
    first = node.initialise(registry, people.local_operator, slug="home", name="Home")

    actor = authentication.authenticate(registry, first.key.text)

    assert Permission.ACCOUNT_MANAGE in permissions_of(actor)
    with refused(registry, AlreadyExists):
        node.initialise(registry, people.local_operator, slug="again", name="Again")
