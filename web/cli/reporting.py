"""Commands on reporting to authorities: deadlines, draft-report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from registry.domain.report_form import Form
from web.cli.options import DEFAULT_URL, AsJson, Key, Url
from web.cli.output import answer, table, tell

if TYPE_CHECKING:
    from registry.client.reporting import DueReport
    from registry.domain.canonical import JsonValue

commands = typer.Typer()


@commands.command()
def deadlines(
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most deadlines to show.")] = 20,
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Show what is due when for your organisation's incidents. Recording here discharges no duty to report."""
    from registry.client import Client

    with Client(url, key) as client:
        found = client.deadlines(first=limit)
    rows = (_row(one) for one in found.items)
    text = table(("due", "state", "incident", "what", "rule"), rows) if found.items else "nothing is due"
    document: JsonValue = {
        "notice": found.notice,
        "business_days": found.business_days,
        "deadlines": [one.as_dict() for one in found.items],
    }
    answer(document, text, as_json=as_json)
    if not as_json:
        tell(f"\n{found.notice} {found.business_days}")


@commands.command("draft-report")
def draft_report(
    incident: Annotated[str, typer.Argument(help="Number or uid of an incident of yours, or a file; - is stdin.")],
    form: Annotated[Form, typer.Option(help="Which report.")],
    url: Url = DEFAULT_URL,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Draft a report to an authority as Markdown. It files nothing. A file is drafted from without a node."""
    if incident == "-" or Path(incident).exists():
        text = _from_file(incident, form)
    else:
        from registry.client import Client

        with Client(url, key) as client:
            text = client.report_draft(incident, form)
    answer({"form": form.value, "markdown": text}, text.rstrip("\n"), as_json=as_json)


def _row(one: DueReport) -> tuple[str, ...]:
    state = "filed" if not one.is_open else "OVERDUE" if one.is_overdue else "open"
    when = one.due_at or one.wording or "no date"
    suggested = f"{one.title} (suggested)" if one.is_suggested else one.title
    return (when, state, one.record.label, suggested, one.source or one.regime)


def _from_file(file: str, form: Form) -> str:
    from registry import regimes
    from registry.clock import SystemClock
    from registry.domain.content.base import to_document
    from registry.domain.content.kinds import parse_file
    from registry.domain.errors import InvalidInput, Problem
    from registry.domain.filing import Subject, draft
    from registry.domain.vocabulary import Kind
    from web.cli.files import read_document

    submission = parse_file(read_document(file))
    content = submission.content
    if content.kind is not Kind.INCIDENT:
        message = "reports are drafted from incidents only"
        raise InvalidInput([Problem(("kind",), "KIND_DIFFERS", message)])
    label = submission.external_ref or "not submitted"
    subject = Subject(label, None, to_document(content.public), to_document(content.restricted))
    return draft(form, subject, clocks=regimes.shipped(), now=SystemClock().now())
