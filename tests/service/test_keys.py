"""Keys over time: rotated without a pause, never longer or wider than what made them, and ended where they leaked."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from registry.domain.account import KeyId, format_key
from registry.domain.actor import LOCAL_OPERATOR, Actor, Permission, Role
from registry.domain.errors import Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.ports import Registry
from registry.service import authentication, keys, members
from registry.service.keys import NewKey, revoke_leaked, rotate_key
from tests.clocks import FixedClock
from tests.service.world import People, contents_of, refused


def make(registry: Registry, by: Actor, whose: Actor | None = None, **said: Any) -> NewKey:
    """A key of *whose*, made by *by*."""
    owner = whose or by
    assert owner.person is not None
    assert owner.organisation is not None
    given = {"label": "Laptop"} | said
    return keys.create_key(registry, by, person=owner.person, organisation_id=owner.organisation, **given)


def through(registry: Registry, made: NewKey) -> Actor:
    """Whoever acts through it."""
    return authentication.authenticate(registry, made.text)


def lives(registry: Registry, made: NewKey) -> bool:
    """Whether it lets somebody in now."""
    try:
        return through(registry, made).person is not None
    except Unauthenticated:
        return False


def test_both_keys_work_while_they_overlap_and_then_the_new_one_alone(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    scopes = frozenset({Permission.RECORD_READ})
    old = make(registry, people.submitter, scopes=scopes)

    new = rotate_key(registry, people.submitter, old.key.id, overlap_hours=2)
    at_first = lives(registry, old), lives(registry, new)
    clock.advance(hours=2)

    assert (True, True) == at_first
    assert (False, True) == (lives(registry, old), lives(registry, new))
    assert (old.key.label, scopes) == (new.key.label, through(registry, new).scopes)


def test_a_key_rotates_itself_and_keeps_its_span_of_life(registry: Registry, people: People, clock: FixedClock) -> None:
    old = make(registry, people.submitter, expires_at=clock.now() + timedelta(days=60))
    clock.advance(days=50)

    new = rotate_key(registry, through(registry, old), old.key.id)

    assert clock.now() + timedelta(days=60) == new.key.expires_at


def test_without_an_overlap_the_old_key_ends_at_once(registry: Registry, people: People) -> None:
    old = make(registry, people.submitter)

    new = rotate_key(registry, people.submitter, old.key.id, overlap_hours=0)

    assert (False, True) == (lives(registry, old), lives(registry, new))


def test_an_overlap_never_lengthens_the_life_of_the_old_key(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    old = make(registry, people.submitter, expires_at=clock.now() + timedelta(hours=1))

    rotate_key(registry, people.submitter, old.key.id, overlap_hours=168)
    clock.advance(hours=1)

    assert not lives(registry, old)


def test_two_live_keys_at_most_have_one_label(registry: Registry, people: People, clock: FixedClock) -> None:
    old = make(registry, people.submitter)
    new = rotate_key(registry, people.submitter, old.key.id)

    with refused(registry, Conflict):
        make(registry, people.submitter)
    for one in (old, new):
        with refused(registry, Conflict):
            rotate_key(registry, people.submitter, one.key.id)
    make(registry, people.submitter, label="Phone")
    clock.advance(hours=24)

    assert lives(registry, rotate_key(registry, people.submitter, new.key.id))


@pytest.mark.parametrize("hours", [-1, 169, 10**9])
def test_an_overlap_is_up_to_a_week(registry: Registry, people: People, hours: int) -> None:
    made = make(registry, people.submitter)

    with refused(registry, InvalidInput):
        rotate_key(registry, people.submitter, made.key.id, overlap_hours=hours)


def test_a_key_that_is_out_of_use_is_not_rotated(registry: Registry, people: People, clock: FixedClock) -> None:
    revoked, frozen, expired = (make(registry, people.submitter, label=one) for one in ("a", "b", "c"))
    keys.revoke_key(registry, people.submitter, revoked.key.id)
    with registry.storage.begin() as unit:
        unit.accounts.save_key(replace(frozen.key, frozen_at=clock.now()))
        unit.accounts.save_key(replace(expired.key, expires_at=clock.now()))

    for one in (revoked, frozen, expired):
        with refused(registry, Conflict):
            rotate_key(registry, people.submitter, one.key.id)


def test_keys_of_others_are_not_rotated(registry: Registry, people: People) -> None:
    made = make(registry, people.submitter)
    staging = replace(people.submitter, staging=True)

    for by in (people.outsider, people.colleague):
        with refused(registry, NotFound):
            rotate_key(registry, by, made.key.id)
    with refused(registry, NotFound):
        rotate_key(registry, people.submitter, KeyId("unknown12345"))
    with refused(registry, Forbidden):
        rotate_key(registry, staging, made.key.id)
    with refused(registry, Unauthenticated):
        rotate_key(registry, people.stranger, made.key.id)


def test_four_eyes_hold_for_rotated_keys_too(registry: Registry, people: People) -> None:
    made = make(registry, people.reviewer)

    with refused(registry, Forbidden):
        rotate_key(registry, people.operator, made.key.id)
    assert lives(registry, rotate_key(registry, LOCAL_OPERATOR, made.key.id))


def test_a_narrow_key_rotates_no_wider_one(registry: Registry, people: People) -> None:
    wide = make(registry, people.submitter)
    narrow = make(registry, people.submitter, label="narrow", scopes=frozenset({Permission.KEY_OWN}))

    with refused(registry, Forbidden):
        rotate_key(registry, replace(people.submitter, scopes=narrow.key.scopes, key=narrow.key.id), wide.key.id)
    again = rotate_key(registry, through(registry, narrow), narrow.key.id)

    assert narrow.key.scopes == again.key.scopes


def test_a_key_makes_none_that_lives_longer(registry: Registry, people: People, clock: FixedClock) -> None:
    ends_at = clock.now() + timedelta(days=40)
    actor = through(registry, make(registry, people.submitter, expires_at=ends_at))
    long = make(registry, people.submitter, label="long")

    with refused(registry, Forbidden):
        make(registry, actor, label="longer", expires_at=ends_at + timedelta(seconds=1))

    assert ends_at == make(registry, actor, label="as long").key.expires_at
    assert ends_at == rotate_key(registry, actor, long.key.id).key.expires_at


def test_a_key_that_was_made_to_end_soon_does_not_renew_itself(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    short = make(registry, people.submitter, expires_at=clock.now() + timedelta(days=1))

    with refused(registry, Forbidden):
        rotate_key(registry, replace(people.submitter, key=short.key.id), short.key.id)


def test_a_key_found_in_the_open_ends_at_once(registry: Registry, people: People) -> None:
    leaked, other = make(registry, people.submitter), make(registry, people.submitter, label="other")

    revoke_leaked(registry, people.stranger, [f'export KEY="{leaked.text}"  # todo'])

    assert (False, True) == (lives(registry, leaked), lives(registry, other))
    with registry.storage.read() as reader:
        told = {(one.name.value, one.subject, one.actor) for one in reader.events.newest(limit=5)}
    assert ("account:key:removed_leak", f"key:{leaked.key.id}", "anonymous") in told


def test_owner_and_operators_learn_of_a_leak(registry: Registry, people: People) -> None:
    leaked = make(registry, people.submitter)
    assert people.operator.organisation is not None
    with registry.storage.begin() as unit:
        unit.meta.put("own_organisation", people.operator.organisation)

    revoke_leaked(registry, people.stranger, [leaked.text])

    with registry.storage.begin() as unit:
        now = registry.clock.now()
        found = [unit.letters.claim_due(now, lease_until=now + timedelta(hours=1)) for _ in range(3)]
    assert {people.submitter.person, people.operator.person} == {one.person for one in found if one is not None}
    assert leaked.text.split("_")[3] not in str(contents_of(registry))


@pytest.mark.parametrize("wrong", ["secret", "crc", "cut", "unknown", "case"])
def test_nothing_ends_by_less_than_the_whole_key(registry: Registry, people: People, wrong: str) -> None:
    made = make(registry, people.submitter)
    text = {
        "secret": format_key("live", made.key.id, "x" * 40),
        "crc": made.text[:-8] + "00000000",
        "cut": made.text[:-1],
        "unknown": format_key("live", KeyId("unknown12345"), "x" * 40),
        "case": made.text.upper(),
    }[wrong]
    before = contents_of(registry)

    if wrong in {"cut", "case"}:
        with refused(registry, InvalidInput):
            revoke_leaked(registry, people.stranger, [text])
    else:
        revoke_leaked(registry, people.stranger, [text])

    assert before == contents_of(registry)
    assert lives(registry, made)


def test_a_hundred_keys_are_reported_at_once_and_no_more(registry: Registry, people: People) -> None:
    made = make(registry, people.submitter)
    others = [format_key("live", KeyId(f"unknown{at:05d}"), "x" * 40) for at in range(100)]

    with refused(registry, InvalidInput):
        revoke_leaked(registry, people.stranger, [made.text, *others])
    revoke_leaked(registry, people.stranger, [made.text, *others[1:]])

    assert not lives(registry, made)


def test_a_key_of_somebody_who_was_removed_is_reported_without_a_fault(registry: Registry, people: People) -> None:
    made = make(registry, people.outsider)
    assert people.outsider.person is not None
    members.remove_member(registry, people.operator, person=people.outsider.person, organisation_slug="delta")

    revoke_leaked(registry, people.stranger, [made.text])

    assert not lives(registry, made)
    assert Role.SUBMITTER in people.outsider.roles
