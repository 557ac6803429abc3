"""Who may do what and who may see what: one table, one call, one argument.

``require`` is the first statement of every public service function. Every listing in storage and in search
takes ``visible_to(actor)``. Nothing else in the registry decides about access.
"""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain.actor import Actor, Permission, Role
from registry.domain.errors import Forbidden, FourEyes, Reauthenticate, Unauthenticated
from registry.domain.grants import COMMUNITY, GRANTS, MEMBERS, OWN_NAME, REVIEWERS, SEES_ALL, STAGING, TAKES_DOWN_ANY
from registry.domain.record import GroupSlug, OrganisationId, PersonId, Record, State
from registry.domain.vocabulary import Tlp
from registry.domain.welfare import Topic, topics_of

__all__ = [
    "EVERYTHING",
    "GRANTS",
    "OWN_NAME",
    "PUBLIC_ONLY",
    "REVIEWERS",
    "Visibility",
    "permissions_of",
    "reads_for_review",
    "reads_restricted",
    "reads_sealed",
    "require",
    "require_claim",
    "require_confirmed",
    "require_draft",
    "require_member",
    "require_one_name",
    "require_own",
    "require_second_person",
    "require_take_down",
    "visible_to",
]


@dataclass(frozen=True, slots=True)
class Visibility:
    """Which records a viewer may see: the public ones, and besides all, or those given out to the viewer.

    Attributes:
        everything: all but sealed ones.
        sealed: with *everything*, sealed ones too.
        organisation: those of the viewer's own organisation, whatever they are marked.
        staging: of the own organisation only drafts that were made to try things out.
        community: those marked GREEN.
        groups: those whose audience is one of these groups.
        avoids: with *everything*, none about these topics: of them the viewer sees what anybody of the kind sees.
    """

    everything: bool = False
    organisation: OrganisationId | None = None
    community: bool = False
    groups: frozenset[GroupSlug] = frozenset()
    sealed: bool = False
    staging: bool = False
    avoids: frozenset[Topic] = frozenset()

    def admits(self, record: Record) -> bool:
        """Whether the viewer may know of *record*. A tombstone is seen by all who could see the record."""
        return self.sees_all_of(record) or record.was_public or record.is_public or self.was_given(record)

    def lists(self, record: Record) -> bool:
        """Whether the viewer finds *record* in lists: no tombstones but of the viewer's own."""
        return self.sees_all_of(record) or (record.is_out and (record.is_open or self.was_given(record)))

    def sees_all_of(self, record: Record) -> bool:
        """Whether the viewer sees work under review too: the owner, and who sees everything."""
        if self.owns(record):
            return True
        is_open = self.everything and (self.sealed or not record.sealed)
        # What a record is about is read out of its text: only where somebody asks for it.
        return is_open and (not self.avoids or self.avoids.isdisjoint(topics_of(record)))

    def was_given(self, record: Record) -> bool:
        """Whether *record* is, or was while it was published, given out to the viewer beyond strangers."""
        return (self.community and record.is_open_to_community) or record.shared_with in self.groups

    def owns(self, record: Record) -> bool:
        """Whether it is a record of the viewer's own organisation."""
        is_own = self.organisation is not None and record.owner == self.organisation
        return is_own and (record.staging or not self.staging)


PUBLIC_ONLY = Visibility()
EVERYTHING = Visibility(everything=True, sealed=True)


def permissions_of(actor: Actor) -> frozenset[Permission]:
    """All that the roles allow, narrowed by the key's scopes, and for a staging key to trying things out."""
    granted = frozenset[Permission]().union(*(GRANTS.get(role, frozenset()) for role in actor.roles))
    if actor.staging:
        # Somebody who has signed in may still look after the own keys; a key makes none.
        granted &= STAGING if actor.session is None else STAGING | {Permission.KEY_OWN, Permission.SESSION_OWN}
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


def require_confirmed(actor: Actor) -> None:
    """Let a session make keys, erase, decide on members or change how one signs in only a short while after its second
    factor was asked for: whoever finds a browser open gets no further.

    Raises:
        Reauthenticate: *actor* signed in longer ago. Keys are not concerned.
    """
    if actor.session is not None and not actor.confirmed:
        raise Reauthenticate("sign in once more for this", hint="it holds for fifteen minutes")


def visible_to(actor: Actor) -> Visibility:
    """Which records *actor* may see."""
    permissions = permissions_of(actor)
    if Permission.RECORD_READ not in permissions:
        return PUBLIC_ONLY
    if actor.staging:
        return Visibility(organisation=actor.organisation, staging=True)
    is_citizen = bool(actor.roles & MEMBERS) and not actor.in_government
    is_member = is_citizen or not actor.roles.isdisjoint(COMMUNITY)
    return Visibility(
        everything=bool(actor.roles & SEES_ALL),
        avoids=actor.avoids if actor.roles & REVIEWERS else frozenset(),
        organisation=actor.organisation,
        community=is_member,
        groups=actor.groups,
        sealed=Permission.RECORD_SEALED in permissions or Role.SYSTEM in actor.roles,
    )


def require_member(actor: Actor) -> tuple[OrganisationId, PersonId]:
    """Let only a person pass who acts for an organisation; which one, and who.

    Raises:
        Forbidden: *actor* is nobody's member.
    """
    if actor.organisation is None or actor.person is None:
        raise Forbidden("only a member of an organisation may do this")
    return actor.organisation, actor.person


def require_draft(actor: Actor, record: Record) -> None:
    """Keep a staging key from whatever is no draft of its own sort.

    Raises:
        Forbidden: *actor* acts through a staging key, and the record was made by another one, or is no draft.
    """
    if actor.staging and not (record.staging and record.state is State.DRAFT):
        raise Forbidden("a staging key changes drafts that were made with staging keys, and nothing else")


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
    if not actor.roles & TAKES_DOWN_ANY:
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
    """Keep *actor* from acting under the name of *person*, who holds *roles*, where one of the two reviews or *person*
    is an operator, too.

    Four eyes compares names: who could take a second one could hand in under one and approve under the other, or
    decide alone what two operators decide. The operator at the machine itself has no name and holds the files anyway.

    Raises:
        Forbidden: *actor* is another person, and *actor* or *person* reviews, or *person* is an operator.
    """
    if actor.person is None or actor.person == person:
        return
    if actor.roles & REVIEWERS or roles & OWN_NAME:
        message = "those who review or operate make their keys themselves, and are invited on the node's command line"
        raise Forbidden(message)


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
    """Whether *actor* may read the restricted part: the owner's members, the holder of the claim, and whoever its own
    marking opens it to. Of a sealed record only those who may read sealed records read it."""
    if Role.SYSTEM in actor.roles:
        return True
    permissions = permissions_of(actor)
    if Permission.RECORD_READ not in permissions or not reads_sealed(actor, record):
        return False
    if actor.organisation is not None and actor.organisation == record.owner:
        return record.staging or not actor.staging
    # Whoever asked for a second opinion reads on with the one who gives it.
    is_reader = actor.person is not None and actor.person in {record.claimed_by, record.opinion_of}
    holds_claim = is_reader and visible_to(actor).sees_all_of(record)
    stages = {State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED}
    under_review = record.stage in stages or (record.stage is State.SUBMITTED and record.opinion_of is not None)
    # Head and work are shown together: what the owner kept from review in either stays unread.
    shown = (record.head, record.newest)
    if holds_claim and under_review and Permission.RECORD_REVIEW in permissions:
        return all(one.marking.restricted_for_review for one in shown)
    return _is_opened_to(actor, record)


def reads_for_review(actor: Actor, record: Record) -> bool:
    """Whether *actor*, who reads the restricted part, does so as a reviewer: not as its owner or its audience."""
    if actor.roles.isdisjoint(REVIEWERS) or actor.organisation == record.owner:
        return False
    return actor.person in {record.claimed_by, record.opinion_of} and not _is_opened_to(actor, record)


def reads_sealed(actor: Actor, record: Record) -> bool:
    """Whether *actor* may read what a record says as far as its seal goes: one that is not sealed has none."""
    return not record.sealed or Role.SYSTEM in actor.roles or Permission.RECORD_SEALED in permissions_of(actor)


def _is_opened_to(actor: Actor, record: Record) -> bool:
    """Whether the restricted part's own marking opens it to *actor*, who must see the record itself too."""
    visible = visible_to(actor)
    tlp = record.head.marking.restricted_tlp
    if not record.is_out or not visible.was_given(record) or record.is_under_embargo:
        return False
    in_group = record.shared_with in visible.groups
    if tlp in {Tlp.AMBER, Tlp.AMBER_STRICT}:
        return in_group
    return tlp is not Tlp.RED and (visible.community or in_group)
