"""Who may do what and who sees what, written out a second time as whole tables."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain import policy
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Actor, Permission, Role, member
from registry.domain.errors import Forbidden, FourEyes, Reauthenticate, Unauthenticated
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY, Visibility
from registry.domain.record import GroupSlug, OrganisationId, PersonId, Record, State
from registry.domain.vocabulary import Tlp
from registry.domain.welfare import Topic
from tests import factories

P = Permission

# Removing or adding any grant must be done here as well.
EXPECTED: dict[Role, set[Permission]] = {
    Role.ANYBODY: {
        P.RECORD_READ, P.RECORD_VALIDATE, P.CASE_OPEN, P.REPORT_SUBMIT, P.MEMBERSHIP_APPLY, P.KEY_REPORT,
    },
    Role.SUBMITTER: {
        P.RECORD_DRAFT, P.RECORD_SUBMIT, P.RECORD_REVISE, P.RECORD_WITHDRAW, P.RECORD_NARROW, P.PROPOSAL_MAKE,
        P.KEY_OWN, P.WEBHOOK_OWN, P.SEARCH_OWN, P.SESSION_OWN, P.MEMBERSHIP_AGREE,
    },
    Role.REVIEWER: {
        P.RECORD_REVIEW, P.RECORD_PUBLISH, P.RECORD_WITHDRAW, P.RECORD_MERGE, P.PROPOSAL_MAKE, P.REPORT_HANDLE,
        P.KEY_OWN, P.WEBHOOK_OWN, P.SEARCH_OWN, P.SESSION_OWN, P.MEMBERSHIP_AGREE,
    },
    Role.LEAD_REVIEWER: {
        P.RECORD_REVIEW, P.RECORD_PUBLISH, P.RECORD_WITHDRAW, P.RECORD_RESTORE, P.RECORD_MERGE, P.RECORD_BLOCK,
        P.CASE_HANDLE, P.PROPOSAL_MAKE, P.CONFLICT_READ, P.REPORT_HANDLE, P.KEY_OWN, P.WEBHOOK_OWN, P.SEARCH_OWN,
        P.SESSION_OWN, P.MEMBERSHIP_AGREE,
    },
    Role.VETTED_RESEARCHER: {
        P.PROPOSAL_MAKE, P.KEY_OWN, P.WEBHOOK_OWN, P.SEARCH_OWN, P.SESSION_OWN, P.MEMBERSHIP_AGREE,
    },
    Role.SEALED_READER: {P.RECORD_SEALED, P.SESSION_OWN},
    Role.OPERATOR: {
        P.ACCOUNT_MANAGE, P.AUDIT_READ, P.RECORD_ERASE, P.RECORD_BLOCK, P.RECORD_HOLD, P.RECORD_WITHDRAW, P.CASE_HANDLE,
        P.SOURCE_READ, P.SOURCE_MANAGE, P.SYNC_MANAGE, P.KEY_OWN, P.WEBHOOK_OWN, P.SEARCH_OWN, P.SESSION_OWN,
        P.MEMBERSHIP_AGREE,
    },
    Role.LOCAL_OPERATOR: {
        P.ACCOUNT_MANAGE, P.AUDIT_READ, P.RECORD_IMPORT, P.RECORD_BLOCK, P.CASE_HANDLE,
        P.SOURCE_READ, P.SOURCE_MANAGE, P.SYNC_MANAGE, P.NODE_MAINTAIN,
    },
    Role.PEER: {P.SYNC_PULL},
    Role.SYSTEM: {P.RECORD_READ, P.RECORD_LIFT, P.RECORD_IMPORT, P.SOURCE_READ, P.NODE_MAINTAIN},
}  # fmt: skip

OWNER = OrganisationId("acme")
OTHER = OrganisationId("other")
AUTHOR = PersonId("author")
COLLEAGUE = PersonId("colleague")
REVIEWER = PersonId("reviewer")
SECOND_REVIEWER = PersonId("second-reviewer")
CERT = GroupSlug("cert")


def holder(role: Role, person: PersonId = REVIEWER, organisation: OrganisationId = OTHER) -> Actor:
    """A person with this role."""
    return member(person, organisation, frozenset({role}))


def narrowed(actor: Actor, *scopes: Permission) -> Actor:
    """The same person through a key that may do less."""
    return replace(actor, scopes=frozenset(scopes))


def of_government(actor: Actor) -> Actor:
    """The same person in a public authority."""
    return replace(actor, in_government=True)


def in_group(actor: Actor) -> Actor:
    """The same person in an organisation of the group."""
    return replace(actor, groups=frozenset({CERT}))


def test_every_role_is_in_the_expected_table() -> None:
    assert set(Role) == set(EXPECTED) == set(policy.GRANTS)


@pytest.mark.parametrize(("role", "permission"), list(product(Role, Permission)), ids=str)
def test_a_role_grants_what_the_table_says_and_nothing_else(role: Role, permission: Permission) -> None:
    actor = Actor("somebody", frozenset({role}), REVIEWER, OTHER)

    if permission in EXPECTED[role]:
        policy.require(actor, permission)
    else:
        with pytest.raises(Forbidden):
            policy.require(actor, permission)


@pytest.mark.parametrize("role", list(Role))
def test_scopes_narrow_and_never_widen(role: Role) -> None:
    actor = holder(role)
    granted = policy.permissions_of(actor)

    assert granted == policy.permissions_of(narrowed(actor, *Permission))
    assert frozenset() == policy.permissions_of(narrowed(actor))
    for permission in Permission:
        assert granted & {permission} == policy.permissions_of(narrowed(actor, permission))


@given(st.sets(st.sampled_from(list(Role))), st.none() | st.frozensets(st.sampled_from(list(Permission))))
def test_permissions_are_the_union_of_the_roles_cut_by_the_scopes(
    roles: set[Role], scopes: frozenset[P] | None
) -> None:
    actor = Actor("somebody", frozenset(roles), REVIEWER, OTHER, scopes)

    expected = {permission for role in roles for permission in EXPECTED[role]}
    assert (expected if scopes is None else expected & scopes) == policy.permissions_of(actor)


@pytest.mark.parametrize("permission", [one for one in Permission if one not in EXPECTED[Role.ANYBODY]])
def test_a_stranger_is_asked_to_sign_in(permission: Permission) -> None:
    with pytest.raises(Unauthenticated):
        policy.require(ANONYMOUS, permission)


def test_whoever_has_signed_in_is_told_that_it_is_forbidden() -> None:
    for actor in (member(AUTHOR, OWNER, frozenset()), LOCAL_OPERATOR, SYSTEM, narrowed(holder(Role.SUBMITTER))):
        with pytest.raises(Forbidden):
            policy.require(actor, P.RECORD_PUBLISH)


def test_only_the_owning_organisation_passes_as_owner() -> None:
    record = factories.draft(owner=OWNER)

    policy.require_own(holder(Role.SUBMITTER, COLLEAGUE, OWNER), record)

    for actor in (holder(Role.SUBMITTER), holder(Role.LEAD_REVIEWER), ANONYMOUS, SYSTEM, LOCAL_OPERATOR):
        with pytest.raises(Forbidden):
            policy.require_own(actor, record)


@pytest.mark.parametrize("actor", [ANONYMOUS, LOCAL_OPERATOR, SYSTEM])
def test_only_a_person_of_an_organisation_passes_as_member(actor: Actor) -> None:
    person, organisation = PersonId("ann"), OrganisationId("acme")

    assert (organisation, person) == policy.require_member(member(person, organisation, frozenset({Role.SUBMITTER})))
    with pytest.raises(Forbidden):
        policy.require_member(actor)
    with pytest.raises(Forbidden):
        policy.require_member(replace(actor, organisation=organisation))
    with pytest.raises(Forbidden):
        policy.require_member(replace(actor, person=person))


def test_owners_reviewers_and_operators_take_down_and_nobody_else() -> None:
    record = factories.draft(owner=OWNER)
    people = {
        "owner": holder(Role.SUBMITTER, COLLEAGUE, OWNER),
        "another submitter": holder(Role.SUBMITTER),
        "reviewer": holder(Role.REVIEWER),
        "lead": holder(Role.LEAD_REVIEWER),
        "operator": holder(Role.OPERATOR),
        "stranger": ANONYMOUS,
        "local operator": LOCAL_OPERATOR,
    }

    passing = set()
    for name, actor in people.items():
        with suppress(Forbidden):
            policy.require_take_down(actor, record)
            passing.add(name)

    assert {"owner", "reviewer", "lead", "operator"} == passing


def test_a_reviewer_from_elsewhere_is_the_second_person() -> None:
    record = factories.draft(owner=OWNER, contributors=frozenset({AUTHOR}))

    policy.require_second_person(holder(Role.REVIEWER), record)


@pytest.mark.parametrize(
    "actor",
    [
        pytest.param(holder(Role.REVIEWER, AUTHOR, OTHER), id="contributor who moved to another organisation"),
        pytest.param(narrowed(holder(Role.REVIEWER, AUTHOR, OTHER), P.RECORD_PUBLISH), id="contributor by another key"),
        pytest.param(holder(Role.REVIEWER, COLLEAGUE, OWNER), id="reviewer of the owning organisation"),
        pytest.param(holder(Role.LEAD_REVIEWER, COLLEAGUE, OWNER), id="lead reviewer of the owning organisation"),
        pytest.param(replace(holder(Role.REVIEWER), person=None), id="no person"),
        pytest.param(replace(holder(Role.REVIEWER), organisation=None), id="no organisation"),
        pytest.param(SYSTEM, id="system"),
        pytest.param(LOCAL_OPERATOR, id="local operator"),
    ],
)
def test_four_eyes_stops(actor: Actor) -> None:
    record = factories.draft(owner=OWNER, contributors=frozenset({AUTHOR}))

    with pytest.raises(FourEyes):
        policy.require_second_person(actor, record)


def test_whoever_holds_the_claim_passes() -> None:
    policy.require_claim(holder(Role.REVIEWER), factories.draft(claimed_by=REVIEWER))


@pytest.mark.parametrize(
    ("actor", "claimed_by"),
    [
        (holder(Role.REVIEWER), None),
        (holder(Role.REVIEWER), SECOND_REVIEWER),
        (holder(Role.LEAD_REVIEWER), SECOND_REVIEWER),
        (SYSTEM, None),
        (LOCAL_OPERATOR, None),
    ],
)
def test_nobody_else_passes_as_holder_of_the_claim(actor: Actor, claimed_by: PersonId | None) -> None:
    with pytest.raises(Forbidden):
        policy.require_claim(actor, factories.draft(claimed_by=claimed_by))


@pytest.mark.parametrize(
    ("mine", "theirs"),
    [
        (Role.REVIEWER, Role.SUBMITTER),
        (Role.OPERATOR, Role.REVIEWER),
        (Role.OPERATOR, Role.LEAD_REVIEWER),
        (Role.OPERATOR, Role.OPERATOR),
    ],
)
def test_nobody_takes_a_second_name_where_one_of_the_two_reviews(mine: Role, theirs: Role) -> None:
    with pytest.raises(Forbidden):
        policy.require_one_name(holder(mine), SECOND_REVIEWER, frozenset({theirs}))


def test_ones_own_name_others_who_do_not_review_and_the_machine_itself_pass() -> None:
    policy.require_one_name(holder(Role.REVIEWER, REVIEWER), REVIEWER, frozenset({Role.REVIEWER}))
    policy.require_one_name(holder(Role.OPERATOR), SECOND_REVIEWER, frozenset({Role.SUBMITTER}))
    policy.require_one_name(LOCAL_OPERATOR, SECOND_REVIEWER, frozenset({Role.REVIEWER}))


def test_a_session_that_was_opened_long_ago_signs_in_once_more_and_a_key_does_not() -> None:
    policy.require_confirmed(holder(Role.OPERATOR))
    policy.require_confirmed(replace(holder(Role.OPERATOR), session="s", confirmed=True))

    with pytest.raises(Reauthenticate):
        policy.require_confirmed(replace(holder(Role.OPERATOR), session="s"))


@pytest.mark.parametrize("role", [Role.REVIEWER, Role.LEAD_REVIEWER, Role.OPERATOR])
def test_reviewers_and_operators_take_any_record_down(role: Role) -> None:
    policy.require_take_down(holder(role), factories.published(owner=OWNER))


def test_a_submitter_takes_down_records_of_the_own_organisation_only() -> None:
    policy.require_take_down(holder(Role.SUBMITTER, AUTHOR, OWNER), factories.published(owner=OWNER))
    with pytest.raises(Forbidden):
        policy.require_take_down(holder(Role.SUBMITTER), factories.published(owner=OWNER))


def test_a_lead_reviewer_alone_passes_where_a_claim_may_be_freed() -> None:
    record = factories.draft(claimed_by=SECOND_REVIEWER)

    policy.require_claim(holder(Role.LEAD_REVIEWER), record, or_lead=True)
    with pytest.raises(Forbidden):
        policy.require_claim(holder(Role.REVIEWER), record, or_lead=True)


def test_a_restricted_part_that_either_revision_keeps_from_review_is_not_read() -> None:
    open_to_review = factories.revision(factories.content(), revision=1)
    closed = factories.content(marking={"restricted_for_review": False})
    record = factories.published(
        factories.content(),
        owner=OWNER,
        head=factories.revision(closed, revision=1),
        work=open_to_review,
        pending=State.IN_REVIEW,
        claimed_by=REVIEWER,
    )

    assert not policy.reads_restricted(holder(Role.REVIEWER), record)


@pytest.mark.parametrize(
    ("actor", "expected"),
    [
        (ANONYMOUS, PUBLIC_ONLY),
        (LOCAL_OPERATOR, PUBLIC_ONLY),
        (SYSTEM, EVERYTHING),
        (holder(Role.SUBMITTER, AUTHOR, OWNER), Visibility(organisation=OWNER, community=True)),
        (holder(Role.OPERATOR), Visibility(organisation=OTHER, community=True)),
        (holder(Role.REVIEWER), Visibility(everything=True, organisation=OTHER, community=True)),
        (holder(Role.LEAD_REVIEWER), Visibility(everything=True, organisation=OTHER, community=True)),
        (holder(Role.SEALED_READER), Visibility(organisation=OTHER, sealed=True)),
        (holder(Role.VETTED_RESEARCHER), Visibility(organisation=OTHER, community=True)),
        (of_government(holder(Role.VETTED_RESEARCHER)), Visibility(organisation=OTHER, community=True)),
        (of_government(holder(Role.SUBMITTER)), Visibility(organisation=OTHER)),
        (of_government(holder(Role.OPERATOR)), Visibility(organisation=OTHER)),
        (of_government(holder(Role.REVIEWER)), Visibility(everything=True, organisation=OTHER)),
        (member(AUTHOR, OTHER, frozenset()), Visibility(organisation=OTHER)),
        (in_group(holder(Role.SUBMITTER)), Visibility(organisation=OTHER, community=True, groups=frozenset({CERT}))),
        (in_group(of_government(holder(Role.SUBMITTER))), Visibility(organisation=OTHER, groups=frozenset({CERT}))),
        (narrowed(in_group(holder(Role.SUBMITTER)), P.RECORD_SUBMIT), PUBLIC_ONLY),
        (narrowed(holder(Role.REVIEWER), P.RECORD_REVIEW), PUBLIC_ONLY),
        (narrowed(holder(Role.SUBMITTER, AUTHOR, OWNER), P.RECORD_SUBMIT), PUBLIC_ONLY),
        (
            narrowed(holder(Role.REVIEWER), P.RECORD_READ),
            Visibility(everything=True, organisation=OTHER, community=True),
        ),
        (
            narrowed(member(REVIEWER, OTHER, frozenset({Role.REVIEWER, Role.SEALED_READER})), P.RECORD_READ),
            Visibility(everything=True, organisation=OTHER, community=True),
        ),
        (Actor("nobody", frozenset()), PUBLIC_ONLY),
    ],
)
def test_what_is_visible_follows_from_roles_and_scopes(actor: Actor, expected: Visibility) -> None:
    assert expected == policy.visible_to(actor)


def record_of(state: State, tlp: Tlp, *, audience: GroupSlug | None = None, **fields: Any) -> Record:
    """A record of ``OWNER`` in this state, with this marking."""
    marking = {"tlp": tlp} | ({} if audience is None else {"audience": audience})
    return factories.published(factories.content(marking=marking), owner=OWNER, state=state, **fields)


MEMBER = Visibility(organisation=OTHER, community=True)
PARTNER = Visibility(organisation=OTHER, groups=frozenset({CERT}))
GONE = {State.WITHDRAWN, State.MERGED, State.ERASED}


@pytest.mark.parametrize(
    ("state", "tlp", "embargoed", "was_public"), list(product(State, Tlp, [False, True], [False, True])), ids=str
)
def test_who_may_know_of_a_record(state: State, tlp: Tlp, embargoed: bool, was_public: bool) -> None:
    record = record_of(state, tlp, embargoed=embargoed, was_public=was_public)

    given_out = state in GONE | {State.PUBLISHED} and not embargoed
    public = (state is State.PUBLISHED and tlp is Tlp.CLEAR and not embargoed) or was_public
    assert public == PUBLIC_ONLY.admits(record)
    assert public == Visibility(organisation=OTHER).admits(record)
    assert public == PARTNER.admits(record)
    assert (was_public or (given_out and tlp in {Tlp.CLEAR, Tlp.GREEN})) == MEMBER.admits(record)
    assert Visibility(organisation=OWNER).admits(record)
    assert EVERYTHING.admits(record)


@pytest.mark.parametrize(("state", "tlp", "embargoed"), list(product(State, Tlp, [False, True])), ids=str)
def test_who_finds_a_record_in_lists(state: State, tlp: Tlp, embargoed: bool) -> None:
    record = record_of(state, tlp, embargoed=embargoed, was_public=True)

    seen_now = state is State.PUBLISHED and not embargoed
    assert (seen_now and tlp is Tlp.CLEAR) == PUBLIC_ONLY.lists(record) == PARTNER.lists(record)
    assert (seen_now and tlp in {Tlp.CLEAR, Tlp.GREEN}) == MEMBER.lists(record)
    assert Visibility(organisation=OWNER).lists(record)
    assert EVERYTHING.lists(record)
    assert (state in GONE or not (seen_now and tlp is Tlp.CLEAR)) == record.is_tombstone


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("embargoed", [False, True])
@pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT])
def test_the_audience_sees_what_is_published_under_embargo_too(state: State, embargoed: bool, tlp: Tlp) -> None:
    record = record_of(state, tlp, audience=CERT, embargoed=embargoed, was_public=False)
    open_now = state is State.PUBLISHED and tlp is Tlp.CLEAR and not embargoed

    assert (state in GONE | {State.PUBLISHED}) == PARTNER.admits(record)
    assert (state is State.PUBLISHED) == PARTNER.lists(record)
    others = Visibility(organisation=OTHER, groups=frozenset({GroupSlug("isac"), GroupSlug("cer")}))
    assert open_now == others.lists(record)


@pytest.mark.parametrize("state", State)
def test_what_is_gone_or_blocked_is_a_tombstone_to_whoever_could_see_it(state: State) -> None:
    record = record_of(state, Tlp.AMBER, audience=CERT, was_public=False)

    assert (state in GONE) == record.is_tombstone
    assert (state in GONE | {State.PUBLISHED}) == replace(record, blocked=True).is_tombstone


@pytest.mark.parametrize("tlp", [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER])
def test_a_blocked_record_is_in_no_list_but_those_of_owner_and_reviewers(tlp: Tlp) -> None:
    record = record_of(State.PUBLISHED, tlp, audience=CERT, blocked=True)

    assert [False] * 3 == [one.lists(record) for one in (PUBLIC_ONLY, MEMBER, PARTNER)]
    assert Visibility(organisation=OWNER).lists(record)
    assert Visibility(everything=True).lists(record)
    assert (True, False) == (
        PARTNER.admits(record),
        Visibility(organisation=OTHER).admits(replace(record, was_public=False)),
    )


@pytest.mark.parametrize("tlp", Tlp)
@pytest.mark.parametrize("state", State)
def test_a_sealed_record_is_given_out_to_nobody(state: State, tlp: Tlp) -> None:
    audience = None if tlp is Tlp.RED else CERT
    record = record_of(state, tlp, audience=audience, sealed=True, was_public=False)

    for viewer in (
        PUBLIC_ONLY,
        MEMBER,
        PARTNER,
        Visibility(everything=True),
        Visibility(organisation=OTHER, sealed=True),
    ):
        assert (False, False) == (viewer.admits(record), viewer.lists(record))
    for viewer in (EVERYTHING, Visibility(organisation=OWNER)):
        assert (True, True) == (viewer.admits(record), viewer.lists(record))


@given(
    st.sampled_from(list(State)), st.booleans(), st.booleans(), st.booleans(), st.booleans(),
    st.sampled_from([None, OWNER, OTHER]), st.sampled_from([frozenset(), frozenset({CERT})]),
    st.sampled_from([None, CERT]), st.sampled_from(list(Tlp)), st.sampled_from(list(Tlp)),
)  # fmt: skip
def test_a_stricter_tlp_never_widens_who_sees(
    state: State,
    embargoed: bool,
    was_public: bool,
    everything: bool,
    community: bool,
    organisation: OrganisationId | None,
    groups: frozenset[GroupSlug],
    audience: GroupSlug | None,
    one: Tlp,
    other: Tlp,
) -> None:
    wide, strict = sorted((one, other), key=list(Tlp).index)
    viewer = Visibility(everything, organisation, community, groups)

    def sees(tlp: Tlp) -> tuple[bool, bool]:
        given_to = None if tlp is Tlp.RED else audience
        record = record_of(state, tlp, audience=given_to, embargoed=embargoed, was_public=was_public)
        return viewer.admits(record), viewer.lists(record)

    assert all(not narrow or broad for narrow, broad in zip(sees(strict), sees(wide), strict=True))


def test_nobody_owns_a_record_without_an_organisation() -> None:
    assert not PUBLIC_ONLY.owns(factories.draft())
    assert not EVERYTHING.owns(factories.draft())


UNDER_REVIEW = {State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED}


@pytest.mark.parametrize("stage", list(State))
@pytest.mark.parametrize("allowed", [True, False])
@pytest.mark.parametrize(
    "reviewer",
    [
        pytest.param(holder(Role.REVIEWER), id="reviewer"),
        pytest.param(holder(Role.LEAD_REVIEWER), id="lead"),
        pytest.param(narrowed(holder(Role.REVIEWER), P.RECORD_READ, P.RECORD_REVIEW), id="narrowed to reviewing"),
    ],
)
def test_the_holder_of_the_claim_reads_the_restricted_part_during_review(
    stage: State, allowed: bool, reviewer: Actor
) -> None:
    content = factories.content(marking={"restricted_for_review": allowed})
    record = factories.draft(content, owner=OWNER, state=stage, claimed_by=REVIEWER)

    assert (stage in UNDER_REVIEW and allowed) == policy.reads_restricted(reviewer, record)


@pytest.mark.parametrize(
    "actor",
    [
        pytest.param(ANONYMOUS, id="stranger"),
        pytest.param(LOCAL_OPERATOR, id="local operator"),
        pytest.param(holder(Role.SUBMITTER), id="claimant who is no reviewer any more"),
        pytest.param(holder(Role.OPERATOR), id="operator"),
        pytest.param(holder(Role.REVIEWER, SECOND_REVIEWER), id="reviewer without the claim"),
        pytest.param(holder(Role.LEAD_REVIEWER, SECOND_REVIEWER), id="lead reviewer without the claim"),
        pytest.param(replace(holder(Role.REVIEWER), person=None), id="no person"),
        pytest.param(narrowed(holder(Role.REVIEWER), P.RECORD_READ), id="key that may not review"),
        pytest.param(narrowed(holder(Role.REVIEWER), P.RECORD_REVIEW), id="key that may not read"),
        pytest.param(
            narrowed(holder(Role.SUBMITTER, AUTHOR, OWNER), P.RECORD_SUBMIT), id="owner's key that may not read"
        ),
    ],
)
def test_who_does_not_read_the_restricted_part(actor: Actor) -> None:
    record = factories.draft(owner=OWNER, state=State.IN_REVIEW, claimed_by=REVIEWER)

    assert not policy.reads_restricted(actor, record)
    assert not policy.reads_restricted(actor, replace(record, claimed_by=None))


def test_who_holds_the_claim_of_what_they_need_not_read_does_not_read_its_restricted_part() -> None:
    content = factories.content(misuse_categories=["self_harm"])
    record = factories.draft(content, owner=OWNER, state=State.IN_REVIEW, claimed_by=REVIEWER)
    actor = holder(Role.REVIEWER)

    assert policy.reads_restricted(actor, record)
    assert not policy.reads_restricted(replace(actor, avoids=frozenset({Topic.SELF_HARM})), record)


@pytest.mark.parametrize("state", list(State))
def test_owner_and_system_always_read_the_restricted_part(state: State) -> None:
    record = factories.draft(owner=OWNER, state=state)

    assert policy.reads_restricted(holder(Role.SUBMITTER, COLLEAGUE, OWNER), record)
    assert policy.reads_restricted(SYSTEM, record)


def test_a_review_of_newer_work_counts_as_review() -> None:
    record = factories.with_work(factories.published(owner=OWNER), pending=State.IN_REVIEW, claimed_by=REVIEWER)

    assert policy.reads_restricted(holder(Role.REVIEWER), record)
