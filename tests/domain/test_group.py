"""Groups remember who belonged to them in which version."""

from __future__ import annotations

from registry.domain.group import Group, GroupMember
from registry.domain.record import GroupSlug, OrganisationId
from tests.clocks import START

ACME, DELTA = OrganisationId("acme"), OrganisationId("delta")
GROUP = Group(
    GroupSlug("cert"), "Cert", 4, START, (GroupMember(ACME, 1, 3), GroupMember(DELTA, 2), GroupMember(ACME, 4))
)


def test_who_belongs_now_and_belonged_then() -> None:
    assert {ACME, DELTA} == GROUP.organisations()
    assert [set(), {ACME}, {ACME, DELTA}, {DELTA}, {ACME, DELTA}] == [
        set(GROUP.organisations(version)) for version in range(5)
    ]


def test_a_member_belongs_from_its_first_version_to_the_one_before_it_left() -> None:
    member = GroupMember(ACME, 2, 4)

    assert [False, True, True, False] == [member.belongs_at(version) for version in (1, 2, 3, 4)]
