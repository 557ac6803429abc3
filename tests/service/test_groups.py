"""Groups of organisations: who joins sees all that was shared before, and who leaves sees nothing any more."""

from __future__ import annotations

import pytest

from registry.domain.actor import Permission, Role
from registry.domain.change import ChangeKind
from registry.domain.errors import AlreadyExists, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.pages import RecordFilter
from registry.domain.record import GroupSlug
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import authentication, find, groups, keys, submit
from tests.factories import content
from tests.service.circle import CERT, admit, circle, now, sees
from tests.service.world import People, published, refused, text_of


def test_a_group_counts_its_versions_from_the_first_member(registry: Registry, people: People) -> None:
    made = groups.add_group(registry, people.operator, slug="cert", name=" Response teams ")
    joined = groups.join(registry, people.operator, slug="cert", organisation_slug="acme")
    groups.join(registry, people.operator, slug="cert", organisation_slug="delta")
    left = groups.leave(registry, people.operator, slug="cert", organisation_slug="acme")
    again = groups.join(registry, people.operator, slug="cert", organisation_slug="acme")

    assert (0, "Response teams", ()) == (made.version, made.name, made.members)
    acme, delta = {people.submitter.organisation}, {people.outsider.organisation}
    assert (1, 3, 4) == (joined.version, left.version, again.version)
    assert [acme, delta, acme | delta] == [set(one.organisations()) for one in (joined, left, again)]
    assert [set(), acme, acme | delta, delta, acme | delta] == [
        set(again.organisations(version)) for version in range(5)
    ]
    assert (again,) == groups.groups(registry, people.operator)


def test_each_change_of_a_group_stands_in_the_log_and_moves_nothing_strangers_see(
    registry: Registry, people: People
) -> None:
    before = find.public_version(registry, people.stranger)

    circle(registry, of=("acme",))
    groups.leave(registry, people.operator, slug=CERT, organisation_slug="acme")

    with registry.storage.read() as reader:
        rows = [one.row for one in reader.changes.after(0, limit=500) if one.row.kind is ChangeKind.GROUP]
    assert ["group:cert"] * 3 == [row.subject for row in rows]
    assert before == find.public_version(registry, people.stranger)


def test_a_late_member_gets_the_backlog_and_loses_it_again(registry: Registry, people: People) -> None:
    circle(registry, of=("acme",))
    owner = now(registry, people.submitter)
    record = published(registry, people, text_of("For the group", tlp="AMBER", audience=CERT), by=owner)
    assert "nothing" == sees(registry, now(registry, people.outsider), record.uid)

    groups.join(registry, people.operator, slug=CERT, organisation_slug="delta")

    member = now(registry, people.outsider)
    assert "content" == sees(registry, member, record.uid)
    assert 1 == find.count(registry, member, RecordFilter())

    groups.leave(registry, people.operator, slug=CERT, organisation_slug="delta")

    former = now(registry, people.outsider)
    assert "nothing" == sees(registry, former, record.uid)
    assert 0 == find.count(registry, former, RecordFilter())


def test_an_owner_that_left_still_sees_its_own(registry: Registry, people: People) -> None:
    circle(registry, of=("acme",))
    record = published(
        registry, people, text_of("Ours", tlp="AMBER", audience=CERT), by=now(registry, people.submitter)
    )

    groups.leave(registry, people.operator, slug=CERT, organisation_slug="acme")

    assert "content+" == sees(registry, now(registry, people.submitter), record.uid)


def test_a_key_acts_with_the_groups_of_now_and_knows_an_authority(registry: Registry, people: People) -> None:
    official = admit(registry, "police", Role.SUBMITTER, kind=OrganisationKind.GOVERNMENT)
    circle(registry, of=("police",))
    assert official.person is not None
    assert official.organisation is not None
    key = keys.create_key(
        registry, official, person=official.person, organisation_id=official.organisation, label="Laptop"
    )

    actor = authentication.authenticate(registry, key.text)
    groups.leave(registry, people.operator, slug=CERT, organisation_slug="police")
    later = authentication.authenticate(registry, key.text)

    assert (frozenset({GroupSlug(CERT)}), True) == (actor.groups, actor.in_government)
    assert (frozenset(), True) == (later.groups, later.in_government)


def test_one_shares_with_ones_own_groups_only(registry: Registry, people: People) -> None:
    circle(registry, of=("delta",))
    problems = []

    for slug in (CERT, "no-such-group"):
        with refused(registry, InvalidInput) as caught:
            submit.submit(registry, now(registry, people.submitter), text_of("x", tlp="AMBER", audience=slug))
        problems.append(caught.value.problems)

    assert problems[0] == problems[1]
    assert [(("marking", "audience"), "NOT_FOUND")] == [(one.path, one.code) for one in problems[0]]


def test_a_member_is_told_of_its_own_groups_only(registry: Registry, people: People) -> None:
    circle(registry, of=("acme",))
    circle(registry, "isac", of=("delta",))

    def told(name: str) -> list[str]:
        actor = getattr(people, name)
        return [one.slug for one in groups.groups(registry, now(registry, actor) if actor.organisation else actor)]

    assert ["cert"] == told("submitter")
    assert ["isac"] == told("outsider")
    assert [] == told("lead")
    assert [] == told("stranger")
    assert ["cert", "isac"] == told("operator") == told("local_operator")


@pytest.mark.parametrize("name", ["stranger", "submitter", "reviewer", "lead", "system"])
def test_who_may_not_change_groups(registry: Registry, people: People, name: str) -> None:
    circle(registry, of=("acme",))
    actor, error = getattr(people, name), Unauthenticated if name == "stranger" else Forbidden

    with refused(registry, error):
        groups.add_group(registry, actor, slug="isac", name="Isac")
    with refused(registry, error):
        groups.join(registry, actor, slug=CERT, organisation_slug="delta")
    with refused(registry, error):
        groups.leave(registry, actor, slug=CERT, organisation_slug="acme")


@pytest.mark.parametrize("slug", ["", "Cert", "ce rt", "-cert", "c%rt", "c_rt", "a,b", "x" * 200])
def test_a_slug_that_is_none_is_refused(registry: Registry, people: People, slug: str) -> None:
    with refused(registry, InvalidInput):
        groups.add_group(registry, people.operator, slug=slug, name="Cert")


@pytest.mark.parametrize("name", ["", " ", "x" * 121, "a\x00b"])
def test_a_name_that_is_none_is_refused(registry: Registry, people: People, name: str) -> None:
    with refused(registry, InvalidInput):
        groups.add_group(registry, people.operator, slug="cert", name=name)


def test_groups_and_members_are_there_once(registry: Registry, people: People) -> None:
    circle(registry, of=("acme",))

    with refused(registry, AlreadyExists):
        groups.add_group(registry, people.operator, slug=CERT, name="Again")
    with refused(registry, AlreadyExists):
        groups.join(registry, people.operator, slug=CERT, organisation_slug="acme")
    with refused(registry, NotFound):
        groups.leave(registry, people.operator, slug=CERT, organisation_slug="delta")
    with refused(registry, NotFound):
        groups.join(registry, people.operator, slug="nowhere", organisation_slug="acme")
    with refused(registry, NotFound):
        groups.join(registry, people.operator, slug=CERT, organisation_slug="nobody")


def test_a_key_that_may_not_read_has_no_groups_to_see_with(registry: Registry, people: People) -> None:
    circle(registry, of=("acme", "delta"))
    record = published(registry, people, text_of("x", tlp="AMBER", audience=CERT), by=now(registry, people.submitter))
    member = now(registry, people.outsider)
    assert member.person is not None
    assert member.organisation is not None
    narrow = keys.create_key(
        registry,
        member,
        person=member.person,
        organisation_id=member.organisation,
        label="Writes only",
        scopes=frozenset({Permission.RECORD_SUBMIT, Permission.RECORD_VALIDATE}),
    )

    with pytest.raises(Forbidden):
        find.record(registry, authentication.authenticate(registry, narrow.text), record.uid)
    assert submit.submit(registry, authentication.authenticate(registry, narrow.text), content()).record.uid
