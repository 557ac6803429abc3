"""To whom the marking of a restricted part opens it, written out as a table."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import SYSTEM, Actor, Permission, Role, member
from registry.domain.policy import reads_restricted, reads_sealed
from registry.domain.record import Cap, GroupSlug, OrganisationId, PersonId, State
from registry.domain.vocabulary import Tlp
from tests import factories

OWNER, OTHER = OrganisationId("acme"), OrganisationId("other")
CERT = GroupSlug("cert")
MEMBER = member(PersonId("m"), OTHER, frozenset({Role.SUBMITTER}))
VIEWERS: dict[str, Actor] = {
    "stranger": Actor("anonymous", frozenset({Role.ANYBODY})),
    "authority": replace(MEMBER, in_government=True),
    "authority inside": replace(MEMBER, in_government=True, groups=frozenset({CERT})),
    "member": MEMBER,
    "member inside": replace(MEMBER, groups=frozenset({CERT})),
    "reviewer": member(PersonId("r"), OTHER, frozenset({Role.REVIEWER})),
    "owner": member(PersonId("o"), OWNER, frozenset({Role.SUBMITTER})),
}
OWN = {"owner"}
INSIDE = OWN | {"authority inside", "member inside"}
COMMUNITY = OWN | {"member", "member inside", "reviewer"}


def readers(tlp: str, restricted_tlp: str, audience: str | None = None, **fields: Any) -> set[str]:
    """Who reads the restricted part of a record that is published so."""
    marking = {"tlp": tlp, "restricted_tlp": restricted_tlp} | ({"audience": audience} if audience else {})
    record = factories.published(factories.content(marking=marking), owner=OWNER, **fields)
    return {name for name, actor in VIEWERS.items() if reads_restricted(actor, record)}


@pytest.mark.parametrize(
    ("tlp", "restricted_tlp", "audience", "expected"),
    [
        ("CLEAR", "CLEAR", None, COMMUNITY),
        ("CLEAR", "GREEN", None, COMMUNITY),
        ("CLEAR", "AMBER", None, OWN),
        ("CLEAR", "RED", None, OWN),
        ("CLEAR", "GREEN", "cert", COMMUNITY | INSIDE),
        ("CLEAR", "AMBER", "cert", INSIDE),
        ("CLEAR", "AMBER+STRICT", "cert", INSIDE),
        ("CLEAR", "RED", "cert", OWN),
        ("GREEN", "GREEN", None, COMMUNITY),
        ("GREEN", "GREEN", "isac", COMMUNITY),
        ("GREEN", "AMBER", "isac", OWN),
        ("AMBER", "AMBER", None, OWN),
        ("AMBER", "AMBER", "cert", INSIDE),
        ("AMBER", "AMBER", "isac", OWN),
        ("AMBER", "RED", "cert", OWN),
        ("RED", "RED", None, OWN),
    ],
)
def test_who_reads_the_restricted_part_of_a_published_record(
    tlp: str, restricted_tlp: str, audience: str | None, expected: set[str]
) -> None:
    assert expected == readers(tlp, restricted_tlp, audience)


@pytest.mark.parametrize(
    "fields",
    [
        {"state": State.WITHDRAWN},
        {"state": State.MERGED},
        {"state": State.IN_REVIEW},
        {"blocked": True},
        {"embargoed": True},
        {"sealed": True},
        {"cap": Cap()},
        {"cap": Cap(Tlp.CLEAR, CERT, embargoed=True)},
    ],
    ids=str,
)
def test_nobody_else_reads_it_before_or_after_or_while_the_record_is_kept_back(fields: dict[str, Any]) -> None:
    expected: set[str] = set() if "sealed" in fields else OWN

    assert expected == readers("GREEN", "GREEN", "cert", **fields)


def test_a_key_that_may_not_read_reads_nothing() -> None:
    marking = {"tlp": "GREEN", "restricted_tlp": "GREEN"}
    record = factories.published(factories.content(marking=marking), owner=OWNER)

    for actor in VIEWERS.values():
        assert not reads_restricted(replace(actor, scopes=frozenset({Permission.RECORD_SUBMIT})), record)


def test_a_seal_is_passed_with_the_permission_and_through_a_key_that_has_it() -> None:
    sealed = factories.published(factories.content(marking={"tlp": "RED"}), owner=OWNER, sealed=True)
    reader = member(PersonId("s"), OWNER, frozenset({Role.SUBMITTER, Role.SEALED_READER}))
    narrow = replace(reader, scopes=frozenset({Permission.RECORD_READ}))

    assert [True, True, False, False] == [
        reads_restricted(one, sealed) for one in (reader, SYSTEM, narrow, VIEWERS["owner"])
    ]
    assert [True, True, False, False] == [
        reads_sealed(one, sealed) for one in (reader, SYSTEM, narrow, VIEWERS["owner"])
    ]
    assert reads_sealed(VIEWERS["stranger"], replace(sealed, sealed=False))
