"""Commands on applications for membership and on the usage guidelines; as the operator of this machine, audited."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.accounts import Slug
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.membership import Application, ApplicationDecision

applications = typer.Typer(help="Applications for membership.", no_args_is_help=True)
guidelines = typer.Typer(help="The node's own usage guidelines.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of the application, as `commons application list` shows it.")]
Reason = Annotated[str, typer.Option(help="Why; the applicant reads it.")]


@applications.command("list")
def list_applications(
    every: Annotated[bool, typer.Option("--all", help="Decided ones too.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most applications to show.")] = 50,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Applications that wait, the oldest first."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.membership import UNDECIDED, ApplicationState
    from registry.domain.pages import PageRequest
    from registry.service import admission
    from web.cli.directory import opened

    states = tuple(ApplicationState) if every else tuple(UNDECIDED)
    with opened(data_dir) as registry:
        found = admission.page(registry, LOCAL_OPERATOR, states=states, request=PageRequest(limit)).items
    rows = ((one.id, one.state, one.opened_at.date().isoformat(), one.intended, one.name) for one in found)
    text = table(("application", "state", "sent", "wants to be", "organisation"), rows)
    answer([_application(one) for one in found], text, as_json=as_json)


@applications.command("show")
def show_application(application: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """One application, with everything that was written."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.membership import ApplicationId
    from registry.service import admission
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = admission.application(registry, LOCAL_OPERATOR, ApplicationId(application))
    answer(_application(found), _text(found), as_json=as_json)


@applications.command("approve")
def approve_application(
    application: Id,
    reason: Reason,
    slug: Annotated[str | None, typer.Option(help="Slug of the new organisation, in place of the wish.")] = None,
    join: Annotated[str | None, typer.Option(help="Slug of an organisation that is joined instead.")] = None,
    production: Annotated[bool, typer.Option("--production", help="Grant production at once.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Admit the applicant, who first tries things out with a staging key."""
    from registry.domain.membership import ApplicationDecision

    decision = ApplicationDecision.APPROVE
    _decide(application, decision, reason, data_dir, as_json, slug=slug, join=join, production=production)


@applications.command("decline")
def decline_application(
    application: Id, reason: Reason, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False
) -> None:
    """Decline an application."""
    from registry.domain.membership import ApplicationDecision

    _decide(application, ApplicationDecision.DECLINE, reason, data_dir, as_json)


@applications.command("ask")
def ask_applicant(
    application: Id, reason: Reason, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False
) -> None:
    """Ask the applicant something before it is decided."""
    from registry.domain.membership import ApplicationDecision

    _decide(application, ApplicationDecision.ASK, reason, data_dir, as_json)


@applications.command("grant")
def grant_production(
    organisation: Slug, reason: Reason, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False
) -> None:
    """Let an organisation that tried things out act in earnest."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import admission
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        granted = admission.grant_production(registry, LOCAL_OPERATOR, organisation, reason=reason)
    people = [one.person for one in granted]
    answer({"organisation": organisation, "members": list(people)}, f"granted to {', '.join(people)}", as_json=as_json)


@guidelines.command("publish")
def publish_guidelines(
    file: Annotated[str, typer.Argument(help="A usage policy in the file format; - is stdin.")],
    organisation: Annotated[
        str | None, typer.Option("--org", help="Slug of whose they are; the node's own organisation, if left out.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Publish the usage guidelines, or a new revision of them, without review; the record says so."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.content.kinds import parse_file
    from registry.service import guidelines as service
    from web.cli.directory import opened
    from web.cli.files import read_document

    content = parse_file(read_document(file)).content
    with opened(data_dir) as registry:
        record = service.publish_guidelines(registry, LOCAL_OPERATOR, content, organisation_slug=organisation)
    document: JsonValue = {"uid": record.uid, "number": record.number, "revision": record.revision}
    answer(document, f"{record.label} at revision {record.revision}", as_json=as_json)


def _decide(
    application: str,
    decision: ApplicationDecision,
    reason: str,
    data_dir: DataDir,
    as_json: bool,
    *,
    slug: str | None = None,
    join: str | None = None,
    production: bool = False,
) -> None:
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.membership import ApplicationId
    from registry.service import admission
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = admission.decide(
            registry,
            LOCAL_OPERATOR,
            ApplicationId(application),
            decision=decision,
            reason=reason,
            slug=slug,
            join=join,
            production=production,
        )
    answer(_application(done), f"{done.id} is {done.state}", as_json=as_json)


def _application(one: Application) -> dict[str, JsonValue]:
    return {
        "id": one.id,
        "state": one.state,
        "organisation": one.name,
        "slug": one.slug,
        "kind": one.kind,
        "site": one.site,
        "contact": one.contact,
        "email": one.email,
        "why": one.why,
        "intended": one.intended,
        "agreed_revision": one.agreed_revision,
        "opened_at": one.opened_at.isoformat(),
        "reason": one.reason,
        "messages": [{"at": said.at.isoformat(), "from": said.author, "text": said.text} for said in one.messages],
    }


def _text(one: Application) -> str:
    head = f"{one.name} ({one.kind}), wants to be: {one.intended}\n{one.contact}, {one.email}, {one.site or 'no site'}"
    said = "".join(f"\n\n{each.at:%Y-%m-%d %H:%M} {each.author}:\n{each.text}" for each in one.messages)
    return f"{one.id}: {one.state}\n{head}\n\n{one.why}{said}"
