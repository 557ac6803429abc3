"""Membership: how an organisation applies, who decides, and which usage guidelines it has agreed to.

Nobody needs an account to apply. What an applicant is answered never depends on who is a member already.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from registry.domain.account import SLUG, Member, Organisation, look_of
from registry.domain.actor import Actor, Role
from registry.domain.case import Author, Message
from registry.domain.errors import Conflict, FourEyes, InvalidTransition, Problem
from registry.domain.policy import REVIEWERS
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.vocabulary import OrganisationKind

ApplicationId = NewType("ApplicationId", str)

MAX_NAME = 120
MAX_SITE = 200
MAX_EMAIL = 254
MAX_WHY = 3_000
MAX_MESSAGE = 3_000
MAX_MESSAGES = 20
MAX_UNDECIDED = 3

_SITE = re.compile(r"https?://[!-~]+")
_EMAIL = re.compile(r"[^\s@<>\"(),:;\\\[\]]{1,64}@((?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63})", re.ASCII)


class Intended(StrEnum):
    """What an organisation wants to be here."""

    MEMBER = "member"
    VETTED_RESEARCHER = "vetted_researcher"
    REVIEWER = "reviewer"


ROLES: dict[Intended, frozenset[Role]] = {
    Intended.MEMBER: frozenset({Role.SUBMITTER}),
    Intended.VETTED_RESEARCHER: frozenset({Role.SUBMITTER, Role.VETTED_RESEARCHER}),
    Intended.REVIEWER: frozenset({Role.SUBMITTER, Role.REVIEWER}),
}


class ApplicationState(StrEnum):
    """Where an application stands. ``asked`` waits for the applicant's answer."""

    WAITING = "waiting"
    ASKED = "asked"
    APPROVED = "approved"
    DECLINED = "declined"


UNDECIDED = frozenset({ApplicationState.WAITING, ApplicationState.ASKED})


class ApplicationDecision(StrEnum):
    """What an operator does with an application."""

    APPROVE = "approve"
    DECLINE = "decline"
    ASK = "ask"


_AFTER = {
    ApplicationDecision.APPROVE: ApplicationState.APPROVED,
    ApplicationDecision.DECLINE: ApplicationState.DECLINED,
    ApplicationDecision.ASK: ApplicationState.ASKED,
}


@dataclass(frozen=True, slots=True)
class Guidelines:
    """The node's own usage guidelines as they are published now: a record and its published revision, from 1."""

    uid: RecordUid
    number: str
    revision: int


@dataclass(frozen=True, slots=True)
class Agreement:
    """Who agreed to which revision of the guidelines."""

    person: PersonId
    organisation: OrganisationId
    uid: RecordUid
    revision: int
    at: datetime


@dataclass(frozen=True, slots=True)
class Application:
    """An application.

    Attributes:
        name, slug: of the organisation; the slug is a wish.
        site: the organisation's own pages.
        contact, email: who applies.
        guidelines: the record of the guidelines agreed to, at its published revision ``agreed_revision``.
        reason: of the last decision, in words for the applicant.
        decided_by: pseudonymous id of whoever decided last.
        organisation, person: whom the approval admitted, and to what.
        staging_key_at, production_key_at: when a key was handed out under the receipt code; each is, once.
    """

    id: ApplicationId
    name: str
    slug: str
    kind: OrganisationKind
    site: str
    contact: str
    email: str
    why: str
    intended: Intended
    guidelines: RecordUid
    agreed_revision: int
    opened_at: datetime
    state: ApplicationState = ApplicationState.WAITING
    reason: str = ""
    decided_by: str | None = None
    decided_at: datetime | None = None
    organisation: OrganisationId | None = None
    person: PersonId | None = None
    staging_key_at: datetime | None = None
    production_key_at: datetime | None = None
    messages: tuple[Message, ...] = ()

    @property
    def domain(self) -> str:
        """The domain of the e-mail address."""
        return self.email.rpartition("@")[2]


def email_of(text: str) -> str | None:
    """An e-mail address with its domain in small letters, or ``None`` if *text* is none."""
    match = _EMAIL.fullmatch(text)
    return None if match is None else text[: -len(match[1])] + match[1].lower()


def problems_of(slug: str, site: str, email: str) -> Iterator[Problem]:
    """What is wrong with the form of what was filled in."""
    if slug and not SLUG.fullmatch(slug):
        yield Problem(("slug",), "INVALID_FORMAT", "use 1 to 60 lower-case letters, digits and hyphens")
    if site and not _SITE.fullmatch(site):
        yield Problem(("site",), "INVALID_FORMAT", "write an address that begins with https:// or http://")
    if email and email_of(email) is None:
        yield Problem(("email",), "INVALID_FORMAT", "write an e-mail address")


def decided(
    application: Application, decision: ApplicationDecision, actor: Actor, reason: str, now: datetime
) -> Application:
    """The application after a decision; the reason is a message to the applicant, too.

    Raises:
        InvalidTransition: it is decided already.
    """
    if application.state not in UNDECIDED:
        raise InvalidTransition("this application is decided already", hint="ask for a new one")
    said = Message(now, Author.NODE, reason)
    return replace(
        application,
        state=_AFTER[decision],
        reason=reason,
        decided_by=actor.id,
        decided_at=now,
        messages=(*application.messages, said),
    )


def answered(application: Application, text: str, now: datetime) -> Application:
    """The application with what the applicant added; it waits for an operator again.

    Raises:
        Conflict: it is decided, or there are too many messages already.
    """
    if application.state not in UNDECIDED:
        raise Conflict("this application is decided; apply again if something has changed")
    if len(application.messages) >= MAX_MESSAGES:
        raise Conflict(f"at most {MAX_MESSAGES} messages are taken")
    said = Message(now, Author.PERSON, text)
    return replace(application, state=ApplicationState.WAITING, messages=(*application.messages, said))


def require_other(application: Application, own: Organisation) -> None:
    """Keep members of the organisation *own* from deciding what it applied for itself.

    Raises:
        FourEyes: the application names that organisation, or one that looks like it.
    """
    if own.looks & {look_of(application.name), look_of(application.slug)}:
        raise FourEyes("somebody of another organisation decides about this application")


def require_second_operator(
    actor: Actor, roles: frozenset[Role], admitted_by: frozenset[str], *, alone: bool = False
) -> None:
    """Keep whoever let an organisation in from making reviewers of it alone, as one could under a second name.

    Args:
        admitted_by: pseudonymous ids of those who approved the organisation's applications.
        alone: whether the node has one operator only.

    Raises:
        FourEyes: *roles* review, and *actor* let the organisation in.
    """
    if not alone and actor.person is not None and roles & REVIEWERS and actor.id in admitted_by:
        raise FourEyes("you let this organisation in: another operator decides whether it reviews")


def is_on_trial(members: tuple[tuple[Member, str], ...]) -> bool:
    """Whether an organisation with these members only tries things out so far."""
    return bool(members) and all(one.staging for one, _ in members)
