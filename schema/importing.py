"""Sources that are taken in, their runs and findings; all of it for operators."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.finding import FindingFilter, KeptFinding
from registry.domain.importing import Run, RunState, Trust
from registry.domain.pages import Page
from registry.domain.vocabulary import OrganisationKind
from registry.service import importing
from registry.service.source_list import Known, known, known_source
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.inputs import given
from schema.payloads import answered
from schema.types.pages import After, Connection, First, List

strawberry.enum(Trust, name="ImportTrust", description="Whether a source's records are published without review here.")
strawberry.enum(RunState, name="ImportRunState", description="How an import stands.")


@strawberry.type(description="What a run did, in records and taxonomies.")
class ImportCounts:
    """Counts."""

    read: int
    new: int
    changed: int
    unchanged: int
    held: int = strawberry.field(description="Kept for review.")
    refused: int = strawberry.field(description="Left out, each because of at least one finding.")
    withdrawn: int = strawberry.field(description="Withdrawn because the source no longer has them.")
    gone: int = strawberry.field(description="No longer at the source, and not withdrawn, yet or at all.")


@strawberry.type(description="One import of a source.")
class ImportRun:
    """A run."""

    id: strawberry.ID
    source: str = strawberry.field(description="Id of the source.")
    state: RunState
    started_at: datetime
    ended_at: datetime | None
    done: int = strawberry.field(description="Records stored so far.")
    total: int | None = strawberry.field(description="Records to be stored; null until the documents are read.")
    seconds_left: float | None = strawberry.field(description="By its speed so far, where that can be told.")
    counts: ImportCounts
    error: str | None = strawberry.field(description="Code of what ended it, where it failed.")


@strawberry.type(description="A publisher whose records are taken in.")
class ImportSource:
    """A source, as operators want it here."""

    id: strawberry.ID = strawberry.field(description="Short name; the `source` of its records.")
    format: str
    title: str
    home: str
    licence: str = strawberry.field(description="SPDX id under which the publisher gives the records away.")
    attribution: str
    obligations: list[str]
    organisation: OrganisationKind
    urls: list[str] = strawberry.field(description="Where a fetch begins.")
    trust: Trust
    every_hours: int | None = strawberry.field(description="Hours between runs; null is never by itself.")
    is_added: bool = strawberry.field(description="Whether an operator added it; else it comes with the software.")
    is_paused: bool
    asked_at: datetime | None = strawberry.field(description="When somebody asked for a run that has not ended since.")
    due_at: datetime | None
    good_at: datetime | None = strawberry.field(description="When a run ended well.")
    failures: int = strawberry.field(description="Runs that failed since then.")
    withdrawals_held: int = strawberry.field(description="Records that are gone, whose withdrawal waits to be allowed.")
    open_findings: int
    last_run: ImportRun | None


@strawberry.type(description="What was wrong with a record of a source; it never repeats what the source wrote.")
class ImportFinding:
    """A finding."""

    source: str
    record: str = strawberry.field(description="Id of the record at the source, or name of the document.")
    code: str
    message: str
    refused: bool = strawberry.field(description="Whether the record was left out because of it.")
    held: bool = strawberry.field(description="Whether the record waits for review because of it.")
    first_seen_at: datetime
    last_attempt_at: datetime
    cleared_at: datetime | None = strawberry.field(description="When a run no longer had it.")


@strawberry.input(description="A run beside the schedule.")
class StartImportInput:
    """Which source."""

    source: str = strawberry.field(description="Id of the source.")
    client_mutation_id: str | None = None


@strawberry.input(description="How far a source is trusted.")
class SetImportTrustInput:
    """Which source, and how far."""

    source: str
    trust: Trust
    client_mutation_id: str | None = None


@strawberry.input(description="Whether a source runs by itself.")
class PauseImportInput:
    """Pause it, or let it go on."""

    source: str
    paused: bool = strawberry.field(default=True, description="False lets it go on.")
    client_mutation_id: str | None = None


@strawberry.input(description="Whose withdrawals are allowed.")
class ConfirmWithdrawalsInput:
    """Which source."""

    source: str
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a change of a source.")
class ImportSourcePayload:
    """Either the source, or why not."""

    source: ImportSource | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Reading sources, runs and findings.")
class ImportQueries:
    """Reads of imports."""

    @resolved("Every source, by id; for operators.")
    async def import_sources(self, info: Info) -> list[ImportSource] | None:
        registry, actor = info.context.registry, info.context.actor
        now = registry.clock.now()
        return [_source(one, now) for one in await info.context.read(lambda: known(registry, actor))]

    @resolved("The source with this id; for operators.")
    async def import_source(self, info: Info, id: strawberry.ID) -> ImportSource | None:  # noqa: A002
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: known_source(registry, actor, id))
        return _source(found, registry.clock.now())

    @resolved("Imports, newest first, of one source or of all; for operators.")
    async def import_runs(
        self, info: Info, source: str | None = None, first: First = None, after: After = None
    ) -> Connection[ImportRun] | None:
        context = info.context
        listing = List(context, "importRuns", (source,))
        request = listing.request(first, after)
        found = await context.read(lambda: importing.runs(context.registry, context.actor, source, request))
        now = context.registry.clock.now()
        nodes = [_run(one, now) for one in found.items]
        page = Page(tuple(nodes), found.positions, found.has_next, found.has_previous)
        return Connection(nodes=nodes, page=page, seal=listing.seal)

    @resolved("What was wrong with a source's records, open findings first; for operators.")
    async def import_findings(
        self,
        info: Info,
        source: str,
        code: str | None = None,
        is_open: bool | None = None,
        first: First = None,
        after: After = None,
    ) -> Connection[ImportFinding] | None:
        context, wanted = info.context, FindingFilter(code=code, is_open=is_open)
        listing = List(context, "importFindings", (source, wanted))
        request = listing.request(first, after)
        found = await context.read(lambda: importing.findings(context.registry, context.actor, source, request, wanted))
        nodes = [_finding(one) for one in found.items]
        page = Page(tuple(nodes), found.positions, found.has_next, found.has_previous)
        return Connection(nodes=nodes, page=page, seal=listing.seal)


@strawberry.type(description="Steering imports.")
class ImportMutations:
    """Writes of imports."""

    @resolved("Have the worker import a source as soon as it can, whatever its schedule; for operators.")
    async def start_import(
        self, info: Info, said: Annotated[StartImportInput, strawberry.argument(name="input")]
    ) -> ImportSourcePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _steered(info, said, lambda: importing.ask_run(registry, actor, said.source))

    @resolved("Say whether a source's records are published without review, from the next run on; for operators.")
    async def set_import_trust(
        self, info: Info, said: Annotated[SetImportTrustInput, strawberry.argument(name="input")]
    ) -> ImportSourcePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _steered(info, said, lambda: importing.set_trust(registry, actor, said.source, said.trust))

    @resolved("Let a source not run by itself, or let it go on; for operators.")
    async def pause_import(
        self, info: Info, said: Annotated[PauseImportInput, strawberry.argument(name="input")]
    ) -> ImportSourcePayload | None:
        registry, actor = info.context.registry, info.context.actor
        work = importing.pause if said.paused else importing.resume
        return await _steered(info, said, lambda: work(registry, actor, said.source))

    @resolved("Allow that the next run withdraws all that the source no longer has, and ask for it; for operators.")
    async def confirm_withdrawals(
        self, info: Info, said: Annotated[ConfirmWithdrawalsInput, strawberry.argument(name="input")]
    ) -> ImportSourcePayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await _steered(
            info, said, lambda: importing.ask_run(registry, actor, said.source, allow_withdrawals=True)
        )


async def _steered(
    info: Info,
    said: StartImportInput | SetImportTrustInput | PauseImportInput | ConfirmWithdrawalsInput,
    steer: Callable[[], object],
) -> ImportSourcePayload:
    registry, actor, said_id = info.context.registry, info.context.actor, given(said.client_mutation_id)

    def work() -> Known:
        known_source(registry, actor, said.source)
        steer()
        return known_source(registry, actor, said.source)

    return await answered(
        info,
        work,
        lambda done: ImportSourcePayload(source=_source(done, registry.clock.now()), client_mutation_id=said_id),
        lambda errors: ImportSourcePayload(user_errors=errors, client_mutation_id=said_id),
    )


def _source(one: Known, now: datetime) -> ImportSource:
    source, state = one.source, one.state
    return ImportSource(
        id=strawberry.ID(source.id),
        format=source.format,
        title=source.title,
        home=source.home,
        licence=source.licence,
        attribution=source.attribution,
        obligations=list(source.obligations),
        organisation=source.organisation,
        urls=list(source.urls),
        trust=source.trust,
        every_hours=source.every_hours,
        is_added=one.is_added,
        is_paused=state.paused,
        asked_at=state.asked_at,
        due_at=state.due_at,
        good_at=state.good_at,
        failures=state.failures,
        withdrawals_held=state.held,
        open_findings=one.open_findings,
        last_run=None if one.last_run is None else _run(one.last_run, now),
    )


def _run(run: Run, now: datetime) -> ImportRun:
    return ImportRun(
        id=strawberry.ID(run.id),
        source=run.source,
        state=run.state,
        started_at=run.started_at,
        ended_at=run.ended_at,
        done=run.done,
        total=run.total,
        seconds_left=run.seconds_left(now),
        counts=ImportCounts(**asdict(run.counts)),
        error=run.error,
    )


def _finding(one: KeptFinding) -> ImportFinding:
    said = one.finding
    return ImportFinding(
        source=said.source,
        record=said.record,
        code=said.code,
        message=said.message,
        refused=said.refused,
        held=said.held,
        first_seen_at=one.first_seen_at,
        last_attempt_at=one.last_attempt_at,
        cleared_at=one.cleared_at,
    )
