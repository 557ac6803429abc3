"""What a staging key may do and see by the tables, and the rules on applications."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain import policy
from registry.domain.actor import Actor, Permission, Role, member
from registry.domain.errors import Forbidden, FourEyes
from registry.domain.membership import email_of, problems_of, require_second_operator
from registry.domain.record import OrganisationId, PersonId, Record, State
from tests import factories

OWNER = OrganisationId("acme")
ANN = PersonId("ann")
TRYING = frozenset(
    {
        Permission.RECORD_READ,
        Permission.RECORD_VALIDATE,
        Permission.RECORD_DRAFT,
        Permission.MEMBERSHIP_AGREE,
    }
)


def trying(*roles: Role, session: str | None = None) -> Actor:
    """Somebody of acme through a staging key, or signed in."""
    return member(ANN, OWNER, frozenset(roles), staging=True, session=session)


def test_a_staging_key_tries_things_out_whatever_the_roles() -> None:
    assert TRYING == policy.permissions_of(trying(*Role))
    own = {Permission.KEY_OWN, Permission.SESSION_OWN}
    assert TRYING | own == policy.permissions_of(trying(*Role, session="session"))


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.SYSTEM}))
def test_a_staging_key_sees_public_records_and_drafts_of_its_own_sort(role: Role) -> None:
    visible = policy.visible_to(trying(role))
    earnest = factories.draft(owner=OWNER)
    tried = replace(earnest, staging=True)

    assert (False, True) == (visible.admits(earnest), visible.admits(tried))
    assert not visible.admits(replace(tried, owner=OrganisationId("other")))
    assert (False, True) == tuple(policy.reads_restricted(trying(role), one) for one in (earnest, tried))


@pytest.mark.parametrize("state", [*State])
def test_a_staging_key_changes_drafts_of_its_own_sort(state: State) -> None:
    def passes(record: Record, actor: Actor) -> bool:
        try:
            policy.require_draft(actor, record)
        except Forbidden:
            return False
        return True

    record = replace(factories.draft(owner=OWNER), state=state)
    tried = replace(record, staging=True)

    assert (state is State.DRAFT) is passes(tried, trying(Role.SUBMITTER))
    assert not passes(record, trying(Role.SUBMITTER))
    assert passes(record, replace(trying(Role.SUBMITTER), staging=False))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ann@Example.ORG", "ann@example.org"),
        ("a.b+c@sub.example.org", "a.b+c@sub.example.org"),
        ("ann@localhost", None),
        ("ann@@example.org", None),
        ("ann@example.org\nBcc: x@example.org", None),
        ("Ann <ann@example.org>", None),
        ("@example.org", None),
        ("a" * 65 + "@example.org", None),
        ("ann@example.org.", None),
    ],
)
def test_an_address_is_an_address_and_nothing_more(text: str, expected: str | None) -> None:
    assert expected == email_of(text)


def test_what_is_wrong_with_the_form_of_an_application_is_told_by_field() -> None:
    assert [] == list(problems_of("nova", "https://nova.example", "ann@nova.example"))
    assert ["slug", "site", "email"] == [one.path[0] for one in problems_of("-", "ftp://x", "x")]


def test_who_let_an_organisation_in_is_no_second_operator_for_its_reviewers() -> None:
    actor = member(ANN, OWNER, frozenset({Role.OPERATOR}))
    reviews, submits = frozenset({Role.REVIEWER}), frozenset({Role.SUBMITTER})

    with pytest.raises(FourEyes):
        require_second_operator(actor, reviews, frozenset({actor.id}))
    require_second_operator(actor, submits, frozenset({actor.id}))
    require_second_operator(actor, reviews, frozenset({"person:other"}))
    require_second_operator(actor, reviews, frozenset({actor.id}), alone=True)
