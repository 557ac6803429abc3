"""Reports without an account: handed in and followed by a receipt code, and worked on by reviewers.

A receipt code stands in the input of a mutation, also where it only reads: so it is in no address and no log.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, cast

import strawberry

from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.content.kinds import PUBLIC, RESTRICTED, parse
from registry.domain.content.marking import Marking
from registry.domain.errors import NotFound
from registry.domain.report import CheckItem, ReportId, ReportKind
from registry.domain.report import Report as DomainReport
from registry.domain.report import ReportStatus as DomainStatus
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import intake, reports
from registry.service.reports import HandedIn
from registry.service.writing import Written
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.inputs import given, input_of, make_input, to_json
from schema.payloads import RecordPayload, answered, record_payload
from schema.types.pages import After, Connection, First, List
from schema.types.report import Report, ReportStatus, report_type, status_type
from schema.types.screening import ScreeningAnswersInput, answers_of


@strawberry.type(description="The answer to a reporter.")
class ReportStatusPayload:
    """Either where the report stands, or why not."""

    status: ReportStatus | None = None
    receipt_code: str | None = strawberry.field(
        default=None, description="What leads back to the report, shown this once and never kept."
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a reviewer of a report.")
class ReportPayload:
    """Either the report, or why not."""

    report: Report | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="A report. No account is needed, if the node takes such reports.")
class SubmitReportInput:
    """A new report; fields may be left out here, so that all that is missing is told at once."""

    kind: ReportKind | None = None
    title: str = strawberry.field(default="", description="Required, one line.")
    words: str = strawberry.field(default="", description="What happened. Required, at most 10,000 characters.")
    provider: str = ""
    model: str = ""
    links: list[str] = strawberry.field(default_factory=list)
    contact: str = strawberry.field(default="", description="With CONFIDENTIAL required, with ANONYMOUS not allowed.")
    client_mutation_id: str | None = None


@strawberry.input(description="One's own report.")
class ReadReportInput:
    """Which report."""

    receipt_code: str
    client_mutation_id: str | None = None


@strawberry.input(description="Something to add to one's own report.")
class AnswerReportInput:
    """Which report, and what to say."""

    receipt_code: str
    text: str = strawberry.field(default="", description="Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="A report to be read by you and nobody else.")
class ClaimReportInput:
    """Which report."""

    id: strawberry.ID
    client_mutation_id: str | None = None


@strawberry.input(description="A question to a reporter.")
class AskReporterInput:
    """Which report, and what to ask."""

    id: strawberry.ID
    text: str = strawberry.field(default="", description="Required.")
    client_mutation_id: str | None = None


@strawberry.input(description="The answer to one question of the list.")
class CheckReportInput:
    """Which question, and its answer for what the record says now."""

    id: strawberry.ID
    item: CheckItem
    done: bool
    note: str = ""
    client_mutation_id: str | None = None


WriteReportInput: Any = make_input(
    "WriteReportInput",
    "The whole content of the record that is made from a report, in a reviewer's words.",
    {
        "id": (strawberry.ID, "The report's id. Required."),
        "expected_revision": (int, "The draftRevision of the record that you read. Required."),
        "content": (input_of(PUBLIC[Kind.INCIDENT]), "The public part. Required."),
        "restricted": (input_of(RESTRICTED[Kind.INCIDENT]), "The restricted part; empty if left out."),
        "marking": (input_of(Marking), "Who may see it; RED unless you say otherwise."),
        "screening": (ScreeningAnswersInput, "What you answer to what screening finds; see userErrors and findings."),
        "client_mutation_id": (str, "Given back as it is."),
    },
)


async def _status(
    info: Info, client_mutation_id: str | None, work: Callable[[], HandedIn | DomainStatus]
) -> ReportStatusPayload:
    def shown(done: HandedIn | DomainStatus) -> ReportStatusPayload:
        status, code = (done.status, done.code) if isinstance(done, HandedIn) else (done, None)
        return ReportStatusPayload(status=status_type(status), receipt_code=code, client_mutation_id=client_mutation_id)

    return await answered(
        info, work, shown, lambda errors: ReportStatusPayload(user_errors=errors, client_mutation_id=client_mutation_id)
    )


async def _report(info: Info, client_mutation_id: str | None, work: Callable[[], DomainReport]) -> ReportPayload:
    return await answered(
        info,
        work,
        lambda done: ReportPayload(report=report_type(done, info.context.actor), client_mutation_id=client_mutation_id),
        lambda errors: ReportPayload(user_errors=errors, client_mutation_id=client_mutation_id),
    )


def _submit(registry: Registry, actor: Actor, said: SubmitReportInput) -> HandedIn:
    return reports.submit_report(
        registry,
        actor,
        kind=said.kind or "",
        title=said.title,
        words=said.words,
        provider=said.provider,
        model=said.model,
        links=said.links,
        contact=said.contact,
    )


def _write(registry: Registry, actor: Actor, said: Any) -> Written:
    content = parse(
        Kind.INCIDENT,
        content=_document(said.content),
        restricted=_document(said.restricted),
        marking=_document(said.marking),
    )
    report_id, expected = ReportId(given(said.id) or ""), given(said.expected_revision) or 0
    answers = answers_of(said.screening)
    return intake.write_report(registry, actor, report_id, content, expected_revision=expected, answers=answers)


def _document(said: Any) -> Document:
    return cast("Document", to_json(said)) if given(said) else {}


@strawberry.type(description="Reading reports without an account.")
class ReportQueries:
    """Reads of reviewers."""

    @resolved("Reports without an account, the oldest first; for reviewers.")
    def reports(self, info: Info, first: First = None, after: After = None) -> Connection[Report] | None:
        context = info.context
        listing = List(context, "reports")
        page = intake.page(context.registry, context.actor, listing.request(first, after))
        nodes = [report_type(one, context.actor) for one in page.items]
        return Connection(nodes=nodes, page=page, seal=listing.seal)

    @resolved("The report with this id; for reviewers. Null if there is none, or it is deleted.")
    def report(self, info: Info, id: strawberry.ID) -> Report | None:  # noqa: A002
        registry, actor = info.context.registry, info.context.actor
        try:
            return report_type(intake.report(registry, actor, ReportId(id)), actor)
        except NotFound:
            return None


@strawberry.type(description="Changes of reports without an account.")
class ReportMutations:
    """Writes of reports. A field is null where an error stands in ``errors``."""

    @resolved("Report an incident without an account. Keep the receipt code.")
    async def submit_report(
        self, info: Info, said: Annotated[SubmitReportInput, strawberry.argument(name="input")]
    ) -> ReportStatusPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _status(info, said.client_mutation_id, lambda: _submit(registry, actor, said))

    @resolved("Your report, by its receipt code. It changes nothing; a mutation keeps the code out of addresses.")
    async def read_report(
        self, info: Info, said: Annotated[ReadReportInput, strawberry.argument(name="input")]
    ) -> ReportStatusPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _status(
            info, said.client_mutation_id, lambda: reports.read_report(registry, actor, said.receipt_code)
        )

    @resolved("Answer a question about your report, or add something.")
    async def answer_report(
        self, info: Info, said: Annotated[AnswerReportInput, strawberry.argument(name="input")]
    ) -> ReportStatusPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _status(
            info,
            said.client_mutation_id,
            lambda: reports.answer_report(registry, actor, said.receipt_code, text=said.text),
        )

    @resolved("Take a report; from then on you alone read it. For reviewers.")
    async def claim_report(
        self, info: Info, said: Annotated[ClaimReportInput, strawberry.argument(name="input")]
    ) -> ReportPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _report(
            info, said.client_mutation_id, lambda: intake.claim_report(registry, actor, ReportId(said.id))
        )

    @resolved("Ask the reporter something; for the reviewer who holds the report.")
    async def ask_reporter(
        self, info: Info, said: Annotated[AskReporterInput, strawberry.argument(name="input")]
    ) -> ReportPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _report(
            info,
            said.client_mutation_id,
            lambda: intake.ask_reporter(registry, actor, ReportId(said.id), text=said.text),
        )

    @resolved("Answer a question of the list about the reporter; for the reviewer who holds the report.")
    async def check_report(
        self, info: Info, said: Annotated[CheckReportInput, strawberry.argument(name="input")]
    ) -> ReportPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _report(
            info,
            said.client_mutation_id,
            lambda: intake.check_report(
                registry, actor, ReportId(said.id), item=said.item, done=said.done, remark=said.note
            ),
        )

    @resolved("Write the record that is made from a report; another reviewer approves it.")
    async def write_report(
        self, info: Info, said: Annotated[WriteReportInput, strawberry.argument(name="input")]
    ) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await record_payload(info, said.client_mutation_id, lambda: _write(registry, actor, said))
