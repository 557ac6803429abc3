"""Who may do what and who may see what: one table, one call, one argument.

``require`` is the first statement of every public service function. Every listing in storage and in search
takes ``visible_to(actor)``. Nothing else in the registry decides about access.
"""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.actor import Actor, Permission, Role
from registry.domain.errors import Forbidden, FourEyes, Unauthenticated
from registry.domain.record import OrganisationId, PersonId, Record, State

_P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ANYBODY: frozenset({_P.RECORD_READ, _P.RECORD_VALIDATE}),
    Role.SUBMITTER: frozenset({_P.RECORD_SUBMIT, _P.RECORD_REVISE, _P.RECORD_WITHDRAW, _P.KEY_OWN}),
    Role.REVIEWER: frozenset({_P.RECORD_REVIEW, _P.RECORD_PUBLISH, _P.RECORD_WITHDRAW, _P.KEY_OWN}),
    Role.LEAD_REVIEWER: frozenset(
        {_P.RECORD_REVIEW, _P.RECORD_PUBLISH, _P.RECORD_WITHDRAW, _P.RECORD_RESTORE, _P.KEY_OWN}
    ),
    Role.OPERATOR: frozenset({_P.ACCOUNT_MANAGE, _P.RECORD_ERASE, _P.RECORD_WITHDRAW, _P.KEY_OWN}),
    Role.LOCAL_OPERATOR: frozenset({_P.ACCOUNT_MANAGE, _P.RECORD_IMPORT, _P.NODE_MAINTAIN}),
    Role.SYSTEM: frozenset({_P.RECORD_READ, _P.RECORD_LIFT, _P.NODE_MAINTAIN}),
}

REVIEWERS = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER})
_SEES_ALL = REVIEWERS | {Role.SYSTEM}
_TAKES_DOWN_ANY = REVIEWERS | {Role.OPERATOR}


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which records a viewer may see: the public ones, besides all, or those of one organisation."""

    everything: bool = False
    organisation: OrganisationId | None = None

    def admits(self, record: Record) -> bool:
        """Whether the viewer may see that *record* exists. A tombstone is seen, but never listed."""
        return self.everything or record.is_public or record.is_tombstone or self.owns(record)

    def owns(self, record: Record) -> bool:
        """Whether it is a record of the viewer's own organisation."""
        return self.organisation is not None and record.owner == self.organisation


PUBLIC_ONLY = Visibility()
EVERYTHING = Visibility(everything=True)


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """All that the roles allow, narrowed by the key's scopes."""
    granted = frozenset[Permission]().union(*(GRANTS.get(role, frozenset()) for role in actor.roles))
    return granted if actor.scopes is None else granted & actor.scopes


def require(actor: Actor, permission: Permission) -> None:
    """Let *actor* pass, or raise.

    Raises:
        Unauthenticated: nobody has signed in, and this needs somebody.
        Forbidden: the actor's roles or key do not include *permission*.
    """
    if permission in permissions_of(actor):
        return
    if actor.person is None and actor.roles == {Role.ANYBODY}:
        raise Unauthenticated("this needs an API key", hint="send it as: Authorization: Bearer <key>")
    raise Forbidden(f"this needs the permission {permission}")


def visible_to(actor: Actor) -> Visibility:
    """Which records *actor* may see."""
    if Permission.RECORD_READ not in permissions_of(actor):
        return PUBLIC_ONLY
    return Visibility(everything=bool(actor.roles & _SEES_ALL), organisation=actor.organisation)


def require_own(actor: Actor, record: Record) -> None:
    """Let only the owning organisation pass.

    Raises:
        Forbidden: the record is another organisation's.
    """
    if actor.organisation is None or record.owner != actor.organisation:
        raise Forbidden("only the organisation that owns the record may do this")


def require_take_down(actor: Actor, record: Record) -> None:
    """Let reviewers, operators and the owning organisation take a record down: one person is enough.

    Raises:
        Forbidden: the record is another organisation's, and *actor* is neither reviewer nor operator.
    """
    if not actor.roles & _TAKES_DOWN_ANY:
        require_own(actor, record)


def require_second_person(actor: Actor, record: Record) -> None:
    """Four eyes: whoever claims, approves or publishes is another person, from another organisation.

    Persons are compared, not keys: a second key or a service account of the same person is the same person.

    Raises:
        FourEyes: *actor* contributed to the unpublished work, or belongs to the owning organisation.
    """
    if actor.person is None or actor.person in record.contributors:
        raise FourEyes("a second person must do this: you contributed to this work")
    if actor.organisation is None or actor.organisation == record.owner:
        raise FourEyes("a reviewer of the submitting organisation may not claim, approve or publish its records")


def require_one_name(actor: Actor, person: PersonId, roles: frozenset[Role]) -> None:
    """Keep *actor* from acting under the name of *person*, who holds *roles*, where one of the two reviews.

    Four eyes compares names: who could take a second one could hand in under one and approve under the other.
    The operator at the machine itself has no name and holds the files anyway.

    Raises:
        Forbidden: *actor* is another person, and *actor* or *person* reviews.
    """
    if actor.person is not None and actor.person != person and (actor.roles | roles) & REVIEWERS:
        raise Forbidden("keys of those who review are made by themselves, or on the node's own command line")


def require_claim(actor: Actor, record: Record, *, or_lead: bool = False) -> None:
    """Let only the reviewer pass who holds the claim; with *or_lead* a lead reviewer too, to free it.

    Raises:
        Forbidden: somebody else holds it, or nobody does.
    """
    if or_lead and Role.LEAD_REVIEWER in actor.roles:
        return
    if record.claimed_by is None or record.claimed_by != actor.person:
        raise Forbidden("claim the record first: only the reviewer who holds the claim may do this")


def reads_restricted(actor: Actor, record: Record) -> bool:
    """Whether *actor* may read the restricted part: the owner's members and the holder of the claim."""
    if actor.roles & {Role.SYSTEM}:
        return True
    if Permission.RECORD_READ not in permissions_of(actor):
        return False
    if actor.organisation is not None and actor.organisation == record.owner:
        return True
    holds_claim = actor.person is not None and record.claimed_by == actor.person
    under_review = record.stage in {State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED}
    may_review = Permission.RECORD_REVIEW in permissions_of(actor)
    # Head and work are shown together: what the owner kept from review in either stays unread.
    shown = (record.head, record.newest)
    return holds_claim and under_review and may_review and all(one.marking.restricted_for_review for one in shown)
