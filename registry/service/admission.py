"""Deciding about applications for membership, as operators do: each decision with a reason that the applicant reads."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import timedelta

from registry.domain import membership as rules
from registry.domain import policy
from registry.domain.account import Member, Organisation
from registry.domain.actor import Actor, Permission
from registry.domain.case import Author, Message
from registry.domain.errors import Conflict, FourEyes, NotFound
from registry.domain.event import EventName
from registry.domain.job import Job, JobName
from registry.domain.letter import MailKind
from registry.domain.membership import (
    ROLES,
    UNDECIDED,
    Agreement,
    Application,
    ApplicationDecision,
    ApplicationId,
    ApplicationState,
)
from registry.domain.pages import Page, PageRequest
from registry.domain.record import OrganisationId, PersonId
from registry.ports import Registry, Unit
from registry.service import letters
from registry.service.access import note_access
from registry.service.accounts import new_organisation, organisation_named, put_organisation
from registry.service.events import note
from registry.service.publishers import require_no_publisher
from registry.service.writing import reason_given

_REASON = "say why; the applicant will read it"
_DECIDED = {
    ApplicationState.WAITING: "Your application waits.",
    ApplicationState.ASKED: "We have a question about your application:",
    ApplicationState.APPROVED: "Your application is approved, or what you may do here has changed:",
    ApplicationState.DECLINED: "Your application is declined:",
}


def page(
    registry: Registry,
    actor: Actor,
    *,
    states: Collection[ApplicationState] = tuple(UNDECIDED),
    request: PageRequest | None = None,
) -> Page[Application]:
    """Applications in these states, the oldest first; those whose words are deleted are not listed."""
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        return reader.membership.page(states, request or PageRequest())


def application(registry: Registry, actor: Actor, application_id: ApplicationId) -> Application:
    """One application.

    Raises:
        NotFound: there is none, or its words are deleted.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        found = reader.membership.get(application_id)
    if found is None:
        raise NotFound("no such application", path=("id",))
    return found


def decide(
    registry: Registry,
    actor: Actor,
    application_id: ApplicationId,
    *,
    decision: ApplicationDecision,
    reason: str,
    slug: str | None = None,
    join: str | None = None,
    production: bool = False,
) -> Application:
    """Approve or decline an application, or ask the applicant something.

    An approval makes the organisation and its first member, with the roles that were applied for. The member tries
    things out with a staging key until production is granted.

    Args:
        slug: what a new organisation is called in addresses; the applicant's wish, if left out.
        join: slug of an organisation that there is already, which the applicant joins instead.
        production: whether production is granted at once.

    Raises:
        NotFound: no such application, or no organisation *join*.
        FourEyes: it is the actor's own organisation that applied or is joined, or a member who will review is let in
            and granted production by one person.
        InvalidTransition: it is decided already.
        AlreadyExists: the slug is taken.
        InvalidInput: the reason is missing, or the slug is none.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    given = reason_given(reason, missing=_REASON)
    with registry.storage.begin() as unit:
        found = unit.membership.get(application_id)
        if found is None:
            raise NotFound("no such application", path=("id",))
        _require_other(unit, actor, found)
        found = rules.decided(found, decision, actor, given, registry.clock.now())
        if decision is ApplicationDecision.APPROVE:
            found = _admitted(registry, unit, actor, found, slug=slug, join=join, production=production)
        unit.membership.save(found)
        if found.state not in UNDECIDED:
            ends_at = registry.clock.now() + timedelta(days=registry.settings.application_kept_days)
            unit.jobs.add(Job(registry.ids.uid(), JobName.PURGE_APPLICATION, found.id, ends_at))
        _write_to(registry, unit, found, given)
        subject = f"application:{found.id}"
        note(registry, unit, actor, EventName.APPLICATION_DECIDED, subject=subject, decision=decision.value)
    return found


def grant_production(registry: Registry, actor: Actor, organisation_slug: str, *, reason: str) -> tuple[Member, ...]:
    """Let the members of an organisation that tried things out act in earnest; whom it concerns.

    Keys that exist stay what they are: each member makes another, the first one with the receipt code.

    Raises:
        NotFound: no such organisation.
        FourEyes: it is the actor's own, or the actor let it in and a member reviews.
        Conflict: nobody there tries things out.
        InvalidInput: the reason is missing.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    given = reason_given(reason, missing=_REASON)
    with registry.storage.begin() as unit:
        found = organisation_named(unit, organisation_slug)
        _require_not_own(actor, found.id)
        waiting = [one for one, _ in unit.accounts.members(found.id) if one.staging]
        if not waiting:
            raise Conflict("no member of this organisation waits for that")
        applications = unit.membership.of_organisation(found.id)
        for member in waiting:
            admitted_by = frozenset(one.decided_by or "" for one in applications)
            rules.require_second_operator(actor, member.roles, admitted_by, alone=registry.settings.one_person_node)
            unit.accounts.save_member(replace(member, staging=False))
        for one in applications:
            if one.email:
                said = Message(registry.clock.now(), Author.NODE, given)
                unit.membership.save(replace(one, messages=(*one.messages, said)))
                _write_to(registry, unit, one, given)
        subject = f"organisation:{found.slug}"
        note_access(registry, unit, actor, EventName.PRODUCTION_GRANTED, subject, members=len(waiting))
    return tuple(replace(one, staging=False) for one in waiting)


def _write_to(registry: Registry, unit: Unit, application: Application, reason: str) -> None:
    """Tell the applicant by mail that something was decided, and why; the page itself wants the receipt code."""
    address = f"{registry.settings.base_url}/apply/follow"
    body = f"{_DECIDED[application.state]}\n\n{reason}\n\nSee {address} with the code that you were given."
    letters.tell(registry, unit, MailKind.MEMBERSHIP, "Your application", body, address=application.email)


def _admitted(
    registry: Registry,
    unit: Unit,
    actor: Actor,
    application: Application,
    *,
    slug: str | None,
    join: str | None,
    production: bool,
) -> Application:
    """The application with the organisation and the member that its approval made."""
    roles = ROLES[application.intended]
    if production:
        alone = registry.settings.one_person_node
        rules.require_second_operator(actor, roles, frozenset({actor.id}), alone=alone)
    organisation = _joined(unit, actor, join) if join else _made(registry, unit, actor, application, slug)
    member = Member(PersonId(registry.ids.uid()), organisation.id, roles, staging=not production)
    require_no_publisher(registry, unit, organisation.slug)
    unit.accounts.add_member(member, application.contact)
    now = registry.clock.now()
    agreed = Agreement(member.person, organisation.id, application.guidelines, application.agreed_revision, now)
    unit.membership.agree(agreed)
    told: dict[str, str | int] = {"organisation": organisation.slug, "staging": int(member.staging)}
    note_access(registry, unit, actor, EventName.MEMBER_ADDED, f"member:{member.person}", **told)
    return replace(application, organisation=organisation.id, person=member.person)


def _made(registry: Registry, unit: Unit, actor: Actor, application: Application, slug: str | None) -> Organisation:
    made = new_organisation(registry, slug or application.slug, application.name, application.kind)
    put_organisation(unit, actor, made)
    note(registry, unit, actor, EventName.ORGANISATION_ADDED, subject=f"organisation:{made.slug}")
    return made


def _joined(unit: Unit, actor: Actor, join: str) -> Organisation:
    found = organisation_named(unit, join)
    _require_not_own(actor, found.id)
    return found


def _require_other(unit: Unit, actor: Actor, application: Application) -> None:
    own = None if actor.organisation is None else unit.accounts.organisation(actor.organisation)
    if own is not None:
        rules.require_other(application, own)


def _require_not_own(actor: Actor, organisation: OrganisationId) -> None:
    if actor.organisation == organisation:
        raise FourEyes("somebody of another organisation decides about your own")
