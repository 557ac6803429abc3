"""Freezing and thawing: a key, a person or an organisation is kept out at once, until an operator has looked.

Every process asks the store at each request, so it holds everywhere from the next one on. To whoever is frozen it looks
like a key or a password that is not valid; a letter tells them why.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from registry.domain import policy
from registry.domain.account import KeyId, Member
from registry.domain.actor import Actor, Permission, Role
from registry.domain.alert import Freeze, FreezeId, subjects_of
from registry.domain.errors import Conflict, Forbidden, NotFound
from registry.domain.event import EventName
from registry.domain.letter import MailKind
from registry.domain.record import OrganisationId, PersonId
from registry.ports import Reader, Registry, Unit
from registry.service.events import note
from registry.service.letters import tell
from registry.service.writing import reason_given


def freeze(registry: Registry, actor: Actor, subject: str, *, reason: str) -> Freeze:
    """Keep *subject* out: ``key:<id>``, ``person:<id>`` with all keys and sessions, or ``organisation:<slug>``
    with everybody in it.

    Raises:
        NotFound: there is no such key, person or organisation.
        InvalidInput: there is no reason.
        AlreadyExists: it is frozen.
        Conflict: no operator would be left who may sign in; the command line at the node itself may do it.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    said = reason_given(reason, missing="say why; whoever is frozen is told")
    with registry.storage.begin() as unit:
        subject = _stored_name(unit, subject)
        concerned = _concerned(unit, subject)
        if Role.LOCAL_OPERATOR not in actor.roles and not subject.startswith("key:"):
            _leave_an_operator(unit, concerned)
        return put_freeze(registry, unit, actor, subject, said)


def put_freeze(registry: Registry, unit: Unit, actor: Actor, subject: str, reason: str) -> Freeze:
    """Keep *subject* out within a unit of the caller, who has asked for permission.

    Raises:
        NotFound: there is no such key, person or organisation.
        AlreadyExists: it is frozen.
    """
    made = Freeze(FreezeId(registry.ids.uid()), subject, registry.clock.now(), actor.id, reason)
    people = _concerned(unit, subject)
    unit.freezes.add(made)
    kind, _, name = subject.partition(":")
    key = unit.accounts.key(KeyId(name)) if kind == "key" else None
    if key is not None:
        unit.accounts.save_key(replace(key, frozen_at=made.at))
    note(registry, unit, actor, EventName.FROZEN, subject=subject)
    _tell(registry, unit, people, "Access was frozen", f"{_WHAT[kind]} was frozen.\n\nReason: {reason}\n")
    return made


def thaw(registry: Registry, actor: Actor, subject: str, *, reason: str) -> Freeze:
    """Let *subject* in again.

    Raises:
        NotFound: it is not frozen.
        Forbidden: it is *actor*, a key of theirs, or their organisation.
        InvalidInput: there is no reason.
        Reauthenticate: the session was not confirmed.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    policy.require_confirmed(actor)
    said = reason_given(reason, missing="say why; whoever was frozen is told")
    with registry.storage.begin() as unit:
        subject = _stored_name(unit, subject)
        found = unit.freezes.current((subject,))
        if not found:
            raise NotFound("this is not frozen", path=("subject",))
        people = _concerned(unit, subject)
        if actor.person is not None and any(actor.person == one.answerable for one in people):
            raise Forbidden("another operator thaws you")
        done = replace(found[0], thawed_at=registry.clock.now(), thawed_by=actor.id, thaw_reason=said)
        unit.freezes.save(done)
        kind, _, name = subject.partition(":")
        key = unit.accounts.key(KeyId(name)) if kind == "key" else None
        if key is not None:
            unit.accounts.save_key(replace(key, frozen_at=None))
        note(registry, unit, actor, EventName.THAWED, subject=subject)
        _tell(registry, unit, people, "Access works again", f"{_WHAT[kind]} works again.\n\nReason: {said}\n")
    return done


def is_frozen(reader: Reader | Unit, member: Member) -> bool:
    """Whether a member is kept out: in person, by who answers for it, or with the whole organisation.

    A frozen key is not usable by itself, see ``ApiKey.is_usable``.
    """
    subjects = subjects_of(member.person, member.answerable, member.organisation)
    return bool(reader.freezes.current(subjects))


_WHAT = {"key": "One of your API keys", "person": "Your access", "organisation": "The access of your organisation"}


def _stored_name(unit: Unit, subject: str) -> str:
    """The subject with the id of an organisation in place of its slug."""
    kind, _, name = subject.partition(":")
    found = unit.accounts.organisation_by_slug(name) if kind == "organisation" else None
    return subject if found is None else f"organisation:{found.id}"


def _concerned(unit: Unit, subject: str) -> tuple[Member, ...]:
    """The members that *subject* stands for.

    Raises:
        NotFound: for nobody.
    """
    kind, _, name = subject.partition(":")
    found: tuple[Member, ...] = ()
    if kind == "key":
        key = unit.accounts.key(KeyId(name))
        member = None if key is None else unit.accounts.member(key.person, key.organisation)
        found = () if member is None else (member,)
    elif kind == "person":
        found = unit.accounts.memberships(PersonId(name))
    elif kind == "organisation":
        found = tuple(member for member, _ in unit.accounts.members(OrganisationId(name)))
    if not found:
        raise NotFound("no such key, person or organisation, or nobody in it", path=("subject",))
    return found


def operators(reader: Reader | Unit) -> Iterator[Member]:
    """The people who operate the node, as far as they are not frozen."""
    for organisation in reader.accounts.organisations():
        for member, _ in reader.accounts.members(organisation.id):
            if Role.OPERATOR in member.roles and member.responsible is None and not is_frozen(reader, member):
                yield member


def _leave_an_operator(unit: Unit, concerned: tuple[Member, ...]) -> None:
    frozen = {one.answerable for one in concerned}
    if any(Role.OPERATOR in one.roles for one in concerned) and not any(
        one.person not in frozen for one in operators(unit)
    ):
        raise Conflict("no operator would be left", hint="on the node itself: commons user freeze")


def _tell(registry: Registry, unit: Unit, people: tuple[Member, ...], subject: str, body: str) -> None:
    for person in sorted({one.answerable for one in people}):
        tell(registry, unit, MailKind.ACCOUNT, subject, body, person=person)
