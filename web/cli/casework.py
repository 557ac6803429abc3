"""Commands on cases and on requests by authorities; as the operator of this machine, audited in the change log."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table, tell

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.case import Case

commands = typer.Typer(help="Cases: what people concerned ask for, and requests by authorities.", no_args_is_help=True)

Id = Annotated[str, typer.Argument(help="Id of the case, as `commons case list` shows it.")]


@commands.command("list")
def list_cases(
    every: Annotated[bool, typer.Option("--all", help="Decided cases too.")] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only those that should have been answered.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=100, help="Most cases to show.")] = 50,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Cases that wait, what is due first."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.case import WAITING
    from registry.domain.pages import PageRequest
    from registry.service import casework
    from web.cli.directory import opened

    states = () if every else tuple(sorted(WAITING))
    with opened(data_dir) as registry:
        page = casework.page(registry, LOCAL_OPERATOR, states=states, request=PageRequest(limit))
        now = registry.clock.now()
    found = [one for one in page.items if one.is_overdue(now) or not overdue]
    rows = (
        (one.id, one.state, "urgent" if one.is_urgent else "", _due(one, now), one.wish, one.about) for one in found
    )
    text = table(("case", "state", "", "due", "wish", "about"), rows)
    answer([_case(one, now) for one in found], text, as_json=as_json)


@commands.command("show")
def show_case(case: Id, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """One case, with everything that was written."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.case import CaseId
    from registry.service import casework
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = casework.case(registry, LOCAL_OPERATOR, CaseId(case))
        now = registry.clock.now()
    answer(_case(found, now), _text(found, now), as_json=as_json)


@commands.command("block")
def block_case(
    case: Id,
    reason: Annotated[str, typer.Option(help="Why; of a record that was public everybody reads it.")],
    uid: Annotated[str | None, typer.Option(help="The record meant, if the case does not name it.")] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Hide at once what an urgent case concerns, before it is judged."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.case import CaseId
    from registry.domain.record import RecordUid
    from registry.service import casework
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        meant = None if uid is None else RecordUid(uid)
        found, blocked = casework.block_record(registry, LOCAL_OPERATOR, CaseId(case), reason=reason, uid=meant)
        now = registry.clock.now()
    text = f"hidden: {blocked}" if blocked else "no record was found to hide; the case says that precautions were taken"
    answer({"case": _case(found, now), "blocked": blocked}, text, as_json=as_json)


@commands.command("answer")
def answer_case(
    case: Id,
    text: Annotated[str, typer.Option(help="What the person concerned reads.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Write to the person concerned, without deciding."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.case import CaseId
    from registry.service import casework
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = casework.answer_case(registry, LOCAL_OPERATOR, CaseId(case), text=text)
        now = registry.clock.now()
    answer(_case(found, now), "written", as_json=as_json)


@commands.command("decide")
def decide_case(
    case: Id,
    outcome: Annotated[
        str,
        typer.Option(help="erased, corrected, withdrawn, reply_shown, blocked, otherwise_met or refused."),
    ],
    reasons: Annotated[str, typer.Option(help="Why; the person concerned reads it.")],
    reply: Annotated[str, typer.Option(help="With reply_shown: what is shown beside the record.")] = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Decide a case, or its appeal, with reasons. What the outcome says is done by its own command."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.case import CaseId, CaseOutcome
    from registry.domain.errors import InvalidInput
    from registry.domain.form import Form
    from registry.service import casework
    from web.cli.directory import opened

    form = Form()
    chosen = form.term("outcome", outcome, CaseOutcome)
    if chosen is None:
        raise InvalidInput(form.problems)
    with opened(data_dir) as registry:
        found = casework.decide(registry, LOCAL_OPERATOR, CaseId(case), outcome=chosen, reasons=reasons, reply=reply)
        now = registry.clock.now()
    answer(_case(found, now), f"{found.state}: {chosen}", as_json=as_json)
    if chosen is CaseOutcome.REFUSED and found.secured_at is not None:
        tell("what it concerns stays hidden, if it was hidden, until somebody lifts that: commons unblock")


@commands.command("log-request")
def log_request(
    authority: Annotated[str, typer.Option(help="court, police, regulator or other.")],
    country: Annotated[str, typer.Option(help="Two capitals, such as DE.")],
    demand: Annotated[str, typer.Option(help="removal, disclosure or other.")],
    compliance: Annotated[str, typer.Option(help="complied, partly, refused or pending.")],
    note: Annotated[str, typer.Option(help="For the operators only.")] = "",
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Note a request by an authority; /transparency counts it from then on, without the note."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import transparency
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        made = transparency.log_request(
            registry,
            LOCAL_OPERATOR,
            authority=authority,
            country=country,
            demand=demand,
            compliance=compliance,
            note=note,
        )
    answer({"id": made.id, "at": made.at.isoformat()}, made.id, as_json=as_json)


def _due(case: Case, now: datetime) -> str:
    if not case.is_waiting:
        return ""
    return f"{case.due_at:%Y-%m-%d %H:%M}Z{' OVERDUE' if case.is_overdue(now) else ''}"


def _case(case: Case, now: datetime) -> dict[str, JsonValue]:
    return {
        "id": case.id,
        "state": case.state,
        "wish": case.wish,
        "ground": case.ground,
        "urgent": case.is_urgent,
        "about": case.about,
        "named": case.named,
        "words": case.words,
        "contact": case.contact,
        "opened_at": case.opened_at.isoformat(),
        "due_at": case.due_at.isoformat() if case.is_waiting else None,
        "overdue": case.is_overdue(now),
        "secured_at": case.secured_at.isoformat() if case.secured_at else None,
        "messages": [{"at": one.at.isoformat(), "author": one.author.value, "text": one.text} for one in case.messages],
        "decisions": [
            {"at": one.at.isoformat(), "by": one.by, "outcome": one.outcome.value, "reasons": one.reasons}
            for one in case.decisions
        ],
    }


def _text(case: Case, now: datetime) -> str:
    due = _due(case, now)
    lines = [
        f"{case.id}  {case.state}{'  urgent' if case.is_urgent else ''}{f'  due {due}' if due else ''}",
        f"{case.wish}, {case.ground}; about: {case.about or '-'}; contact: {case.contact or '-'}",
        "",
        case.words,
    ]
    lines += [f"\n{one.at:%Y-%m-%d} {one.author}: {one.text}" for one in case.messages]
    lines += [f"\n{one.at:%Y-%m-%d} {one.by} decided {one.outcome}: {one.reasons}" for one in case.decisions]
    return "\n".join(lines)
