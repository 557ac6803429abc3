"""Applying for membership, as applicants meet it: sent without an account, followed by a receipt code.

Nothing that an applicant is answered depends on which organisations there are.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from registry.domain import membership as rules
from registry.domain import policy
from registry.domain.account import Member
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Conflict, InvalidInput, NotFound, Problem, QueueFull
from registry.domain.event import EventName
from registry.domain.form import Form
from registry.domain.membership import (
    MAX_UNDECIDED,
    Application,
    ApplicationId,
    ApplicationState,
    Guidelines,
    Intended,
)
from registry.domain.receipt import hash_code, new_code
from registry.domain.record import RecordUid
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Reader, Registry, Unit
from registry.service.access import note_access
from registry.service.events import note
from registry.service.guidelines import present, require_present
from registry.service.keys import NewKey, put_key

_NO_APPLICATION = "there is no application under this code; check that all thirty characters are as you were given them"


@dataclass(frozen=True, slots=True)
class ApplicationStatus:
    """What an applicant is told: the application, and which keys wait to be taken."""

    application: Application
    staging_key_waits: bool = False
    production_key_waits: bool = False


@dataclass(frozen=True, slots=True)
class Applied:
    """A new application, and the code that leads to it. The code is shown once and never kept."""

    status: ApplicationStatus
    code: str


def apply_for_membership(
    registry: Registry,
    actor: Actor,
    *,
    organisation: str,
    kind: str,
    contact: str,
    email: str,
    why: str,
    intended: str,
    agreed_revision: int | None,
    slug: str = "",
    site: str = "",
) -> Applied:
    """Take in an application; nobody needs an account.

    Args:
        kind, intended: values of ``OrganisationKind`` and ``Intended``.
        agreed_revision: the published revision of the usage guidelines that the applicant agrees to.
        slug: what the organisation would like to be called in addresses; made from its name, if left out.

    Raises:
        Conflict: this node has published no usage guidelines to agree to.
        InvalidInput: with every field that is missing, too long or wrong; also where three applications by this address
            or its domain wait already.
        QueueFull: as many applications wait as the node takes in.
    """
    policy.require(actor, Permission.MEMBERSHIP_APPLY)
    form = Form()
    sort, role = form.term("kind", kind, OrganisationKind), form.term("intended", intended, Intended)
    application = Application(
        id=ApplicationId(registry.ids.uid()),
        name=form.line("organisation", organisation, limit=rules.MAX_NAME, missing="say what it is called"),
        slug=form.line("slug", slug, limit=60),
        kind=sort or OrganisationKind.OTHER,
        site=form.line("site", site, limit=rules.MAX_SITE),
        contact=form.line("contact", contact, limit=rules.MAX_NAME, missing="say who you are"),
        email=form.line("email", email, limit=rules.MAX_EMAIL, missing="say where we can write to you"),
        why=form.text("why", why, limit=rules.MAX_WHY, missing="say why you want to take part"),
        intended=role or Intended.MEMBER,
        guidelines=RecordUid(""),
        agreed_revision=agreed_revision or 0,
        opened_at=registry.clock.now(),
    )
    if agreed_revision is None:
        form.refuse("agreed_revision", "REQUIRED", "read the usage guidelines and agree to them")
    more = list(rules.problems_of(application.slug, application.site, application.email))
    code = new_code(registry.ids.salt() + registry.ids.salt())
    with registry.storage.begin() as unit:
        guidelines = _guidelines(unit)
        form.close(more)
        require_present(guidelines, application.agreed_revision)
        application = replace(
            application,
            guidelines=guidelines.uid,
            slug=application.slug or _slug(application.name),
            email=rules.email_of(application.email) or "",
        )
        _require_room(registry, unit, application)
        unit.membership.add(application, hash_code(code))
        note(registry, unit, actor, EventName.APPLICATION_OPENED, subject=f"application:{application.id}")
    return Applied(ApplicationStatus(application), code)


def read_application(registry: Registry, actor: Actor, code: str) -> ApplicationStatus:
    """The application under a receipt code, with questions, answers and the decision with its reason.

    Raises:
        NotFound: there is none; mistyped, unknown, deleted and another node's are not told apart.
    """
    policy.require(actor, Permission.MEMBERSHIP_APPLY)
    with registry.storage.read() as reader:
        application = _by_code(reader, code)
        return _status(application, _member(reader, application))


def answer_application(registry: Registry, actor: Actor, code: str, *, text: str) -> ApplicationStatus:
    """Answer a question, or add something, while nobody has decided; the same text twice is kept once.

    Raises:
        InvalidInput: the text is empty or too long.
        Conflict: it is decided, or there are too many messages already.
        NotFound: as ``read_application``.
    """
    policy.require(actor, Permission.MEMBERSHIP_APPLY)
    form = Form()
    said = form.text("text", text, limit=rules.MAX_MESSAGE, missing="write something")
    form.close()
    with registry.storage.begin() as unit:
        application = _by_code(unit, code)
        if not (application.messages and application.messages[-1].text == said):
            application = rules.answered(application, said, registry.clock.now())
            unit.membership.save(application)
            note(registry, unit, actor, EventName.APPLICATION_ANSWERED, subject=f"application:{application.id}")
        return _status(application, _member(unit, application))


def obtain_key(registry: Registry, actor: Actor, code: str, *, staging: bool) -> NewKey:
    """Hand out the first staging key, or the first other key once production is granted, to the holder of the code.

    Each is handed out once.

    Raises:
        Conflict: nobody has approved, or granted that yet, or the key was handed out, or the membership has ended.
        NotFound: as ``read_application``.
    """
    policy.require(actor, Permission.MEMBERSHIP_APPLY)
    with registry.storage.begin() as unit:
        application = _by_code(unit, code)
        member = _member(unit, application)
        status = _status(application, member)
        waits = status.staging_key_waits if staging else status.production_key_waits
        if member is None or not waits:
            hint = "an operator, or a signed-in member, can make another"
            raise Conflict("this key was handed out already, or is not granted", hint=hint)
        label = "first staging key" if staging else "first key"
        made = put_key(registry, unit, member, label, staging=staging)
        now = registry.clock.now()
        taken = replace(application, staging_key_at=now) if staging else replace(application, production_key_at=now)
        unit.membership.save(taken)
        told: dict[str, str | int] = {"application": application.id, "staging": int(staging)}
        note_access(registry, unit, actor, EventName.KEY_CREATED, f"key:{made.key.id}", **told)
    return made


def purge_application(registry: Registry, actor: Actor, application_id: ApplicationId) -> bool:
    """Delete the words of an application that was decided; tells whether there were any."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.begin() as unit:
        application = unit.membership.get(application_id)
        if application is None or application.state in rules.UNDECIDED:
            return False
        unit.membership.purge(application_id)
        note(registry, unit, actor, EventName.APPLICATION_PURGED, subject=f"application:{application_id}")
    return True


def _guidelines(unit: Unit) -> Guidelines:
    found = present(unit)
    if found is None:
        raise Conflict("this node takes no applications yet: it has published no usage guidelines")
    return found


def _require_room(registry: Registry, unit: Unit, application: Application) -> None:
    if unit.membership.undecided() >= registry.settings.application_queue:
        raise QueueFull("more applications wait here than can be read; please come back in some days")
    if max(unit.membership.undecided_of(application.email, application.domain)) >= MAX_UNDECIDED:
        message = f"{MAX_UNDECIDED} applications by this address or its domain wait already; follow them by their codes"
        raise InvalidInput([Problem(("email",), "TOO_MANY", message)])


def _status(application: Application, member: Member | None) -> ApplicationStatus:
    is_member = application.state is ApplicationState.APPROVED and member is not None
    return ApplicationStatus(
        application,
        staging_key_waits=is_member and application.staging_key_at is None,
        production_key_waits=member is not None and not member.staging and application.production_key_at is None,
    )


def _member(view: Reader | Unit, application: Application) -> Member | None:
    if application.person is None or application.organisation is None:
        return None
    return view.accounts.member(application.person, application.organisation)


def _by_code(view: Reader | Unit, code: str) -> Application:
    found = view.membership.by_receipt(hash_code(code))
    if found is None:
        raise NotFound(_NO_APPLICATION, path=("receipt_code",))
    return found


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-")
