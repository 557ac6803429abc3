"""The node's own usage guidelines: a record like any, published by its operator, which members agree to."""

from __future__ import annotations

from dataclasses import replace

from registry.domain import policy
from registry.domain.account import Member, Organisation
from registry.domain.actor import Actor, Permission
from registry.domain.content.kinds import Content
from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.membership import Agreement, Guidelines
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, Record, RecordUid, State
from registry.domain.vocabulary import Kind, Tlp
from registry.domain.workflow import Step
from registry.ports import Reader, Registry, Unit
from registry.service.access import OWN_ORGANISATION
from registry.service.events import note
from registry.service.review import put_out
from registry.service.writing import new_record, new_revision, says_the_same, take_step

_GUIDELINES = "guidelines"


def current(registry: Registry, actor: Actor) -> Guidelines | None:
    """The guidelines as everybody may read them now; ``None`` where the node has published none."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return present(reader)


def present(view: Reader | Unit) -> Guidelines | None:
    """As ``current``, within a transaction of the caller."""
    uid = view.meta.get(_GUIDELINES)
    record = None if uid is None else view.records.get(RecordUid(uid), visible=EVERYTHING)
    if record is None or not record.is_public:
        return None
    return Guidelines(record.uid, record.label, record.revision)


def publish_guidelines(
    registry: Registry, actor: Actor, content: Content, *, organisation_slug: str | None = None
) -> Record:
    """Publish usage guidelines, or a new revision of them, as the operator of this machine and without review.

    The record says that nobody reviewed it. Members are asked to agree again.

    Args:
        organisation_slug: whose they are; the node's own organisation, if left out.

    Raises:
        InvalidInput: *content* is no usage policy, or not for everybody from now on.
        NotFound: no such organisation, or the node does not know its own.
        Conflict: the guidelines are withdrawn, or a revision of them is under review.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    _require_open(content)
    with registry.storage.begin() as unit:
        uid = unit.meta.get(_GUIDELINES)
        known = None if uid is None else unit.records.get(RecordUid(uid), visible=EVERYTHING)
        if known is None or known.state is State.ERASED:
            owner = owner_of(unit, organisation_slug)
            record = new_record(registry, content, owner=owner.id, author=None, now=registry.clock.now())
            record = replace(record, imported=True)
            record = put_out(registry, unit, actor, record, Step.PUBLISH_IMPORT, is_new=True)
            unit.meta.put(_GUIDELINES, record.uid)
        else:
            if known.state is not State.PUBLISHED or known.pending is not None:
                raise Conflict("the guidelines are withdrawn, or a revision of them is under review")
            if says_the_same(known.head, content):
                return known
            record = _revised(registry, unit, actor, known, content)
        note(registry, unit, actor, EventName.GUIDELINES_PUBLISHED, subject=record.uid, revision=record.revision)
    return record


def agree(registry: Registry, actor: Actor, *, revision: int) -> Guidelines:
    """Agree to the guidelines for one's own part, as a member of one's organisation.

    Args:
        revision: the published revision that was read.

    Raises:
        Forbidden: *actor* is nobody's member.
        NotFound: the node has published no guidelines.
        InvalidInput: they have changed since.
    """
    policy.require(actor, Permission.MEMBERSHIP_AGREE)
    organisation, person = policy.require_member(actor)
    with registry.storage.begin() as unit:
        found = present(unit)
        if found is None:
            raise NotFound("this node has published no usage guidelines")
        require_present(found, revision)
        unit.membership.agree(Agreement(person, organisation, found.uid, revision, registry.clock.now()))
        subject = f"person:{person}"
        note(registry, unit, actor, EventName.GUIDELINES_AGREED, subject=subject, revision=revision)
    return found


def owed(registry: Registry, actor: Actor) -> Guidelines | None:
    """The guidelines, where *actor* is a member who has not agreed to their present revision."""
    policy.require(actor, Permission.RECORD_READ)
    if actor.person is None or actor.organisation is None:
        return None
    with registry.storage.read() as reader:
        agreement = reader.membership.agreement(actor.person, actor.organisation)
        found = present(reader)
    return None if found is None or _covers(agreement, found) else found


def is_overdue(registry: Registry, reader: Reader, member: Member) -> bool:
    """Whether the day has come by which the operator wants agreement, and the member has not agreed."""
    by = registry.settings.guidelines_agreed_by
    if by is None or registry.clock.now().date() < by:
        return False
    found = present(reader)
    return found is not None and not _covers(reader.membership.agreement(member.answerable, member.organisation), found)


def require_present(found: Guidelines, revision: int) -> None:
    """Let only an agreement to what is published now pass.

    Raises:
        InvalidInput: it is to another revision.
    """
    if revision != found.revision:
        message = "the usage guidelines have another revision now: read them again"
        raise InvalidInput([Problem(("agreed_revision",), "STALE_REVISION", message, f"revision {found.revision}")])


def _covers(agreement: Agreement | None, found: Guidelines) -> bool:
    return agreement is not None and (agreement.uid, agreement.revision) == (found.uid, found.revision)


def _require_open(content: Content) -> None:
    problems = []
    if content.kind is not Kind.USAGE_POLICY:
        problems.append(Problem(("kind",), "KIND_DIFFERS", "usage guidelines are a usage policy"))
    if content.marking.tlp is not Tlp.CLEAR or content.marking.embargo_until is not None:
        problems.append(Problem(("marking",), "NOT_ALLOWED", "usage guidelines are for everybody: mark them CLEAR"))
    if problems:
        raise InvalidInput(problems)


def owner_of(unit: Unit, slug: str | None) -> Organisation:
    """The organisation with this slug; the node's own without one.

    Raises:
        NotFound: there is none.
    """
    own = unit.meta.get(OWN_ORGANISATION)
    if slug is not None:
        found = unit.accounts.organisation_by_slug(slug)
    else:
        found = None if own is None else unit.accounts.organisation(OrganisationId(own))
    if found is None:
        raise NotFound("no such organisation", path=("organisation",), hint="name the node's own organisation")
    return found


def _revised(registry: Registry, unit: Unit, actor: Actor, known: Record, content: Content) -> Record:
    now, number = registry.clock.now(), known.draft_revision + 1
    revision = new_revision(registry, content, author=None, draft_revision=number, now=now)
    record = take_step(known, Step.REVISE, now, draft_revision=number, approved_by=None)
    return put_out(registry, unit, actor, replace(record, work=revision), Step.PUBLISH_IMPORT, is_stored=False)
