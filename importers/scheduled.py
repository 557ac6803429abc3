"""Sources fetched and taken in: at once, or as the job that the schedule puts in for each that is due."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from threading import Event

from importers.allowance import Allowance, FetchLimits, limits_of
from importers.catalog import bound, everything
from importers.contract import Importer, RawDocument
from importers.downloading import Downloader
from importers.faults import contained
from importers.fetching import Fetching, spool
from importers.run import Ending, Report, run
from registry.domain.actor import Actor
from registry.domain.errors import CommonsError, Conflict, FetchFailed, Interrupted
from registry.domain.importing import SourceState, Validator
from registry.domain.job import Job, JobName
from registry.ports import Registry
from registry.service import import_runs, import_schedule, importing
from registry.service.jobs import JobTable
from registry.service.source_access import credential_of

BEAT_SECONDS = 20.0
_DAYS = 7

_log = logging.getLogger(__name__)


def fetch_and_run(
    registry: Registry,
    actor: Actor,
    importer: Importer,
    *,
    since: str | None = None,
    conditional: bool = True,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    stop: Event | None = None,
    limits: FetchLimits | None = None,
    allow_withdrawals: bool = False,
    elsewhere: bool = False,
    beat_seconds: float = BEAT_SECONDS,
) -> Report:
    """Fetch the documents of a source and take them in. A source that has nothing new is not read.

    Args:
        since: where to begin in place of the cursor of the last run; an empty one is the very beginning.
        conditional: whether what has not changed since the last run need not be read again.
        stop: once it is set, the import ends after the batch that is under way.
        limits: in place of those that the settings give.
        elsewhere: whether these are not the source's own addresses, so that they say nothing of where it is read on.
        beat_seconds: how often the run gives a sign while a host is waited for.

    Raises:
        Forbidden: *actor* lacks ``record:import``, or ``source:read``.
        FetchRefused, FetchFailed: a document that the source begins with could not be fetched.
        Conflict: a run of this source goes on.
        Interrupted: *stop* was set.
        StoreUnavailable: a batch could not be kept; those before it are.
    """
    source, ends = importer.source, stop or Event()
    state = importing.state_of(registry, actor, source.id)
    allowance = Allowance(limits or limits_of(registry.settings), ends)
    fetching = Fetching(
        importer,
        Downloader(
            registry.outbound,
            source,
            registry.settings.data_dir,
            allowance,
            credential_of(registry, actor, source),
        ),
        state.cursor if since is None else since or None,
        _known(registry, state) if conditional and since is None else {},
        registry.clock.now,
    )

    def tell(done: int, total: int) -> None:
        if progress is not None:
            progress(done, total)
        if ends.is_set():
            raise Interrupted("this was interrupted", hint="what was finished is kept; it goes on at the next run")

    return run(
        registry,
        actor,
        importer,
        _documents(registry, actor, fetching, None if dry_run else beat_seconds),
        dry_run=dry_run,
        progress=tell,
        ending=lambda: _ending(fetching, elsewhere=elsewhere),
        allow_withdrawals=allow_withdrawals,
    )


def import_jobs(stop: Event, limits: FetchLimits | None = None) -> JobTable:
    """The job that imports a source, for ``jobs.run_due``; it ends soon after *stop* is set.

    Args:
        limits: in place of those that the settings give.
    """

    def work(registry: Registry, actor: Actor, job: Job) -> None:
        _import(registry, actor, job.subject, stop, limits)

    return {JobName.IMPORT_SOURCE: work}


def enqueue(registry: Registry, actor: Actor) -> int:
    """Put in a job for each source that is due; how many were new."""
    sources = [one.source for one in everything(registry, actor)]
    return import_schedule.enqueue_due(registry, actor, sources)


def _import(registry: Registry, actor: Actor, source_id: str, stop: Event, limits: FetchLimits | None) -> None:
    """Import a source if it is still due. What goes wrong with it is kept with it, and is no failure of the job.

    Raises:
        Conflict: a run of it goes on; the job is tried again later.
    """
    try:
        with contained(source_id, CommonsError) as fault:
            _import_if_due(registry, actor, source_id, stop, limits)
    except Conflict:
        raise
    except CommonsError as failure:
        code = f"{failure.code}:{failure.reason}" if isinstance(failure, FetchFailed) else failure.code
        _log.warning("%s import of %s: %s", code, source_id, failure.message)
        import_schedule.tell_failing(registry, actor, source_id, code=code)
    else:
        if fault.arose:
            import_schedule.tell_failing(registry, actor, source_id, code="INTERNAL")


def _import_if_due(registry: Registry, actor: Actor, source_id: str, stop: Event, limits: FetchLimits | None) -> None:
    state = importing.state_of(registry, actor, source_id)
    importer = bound(registry, actor, source_id)
    if not state.is_its_turn(importer.source, registry.clock.now()):
        return
    report = fetch_and_run(
        registry,
        actor,
        importer,
        conditional=state.asked_at is None,
        stop=stop,
        limits=limits,
        allow_withdrawals=state.allows_withdrawals,
    )
    _log.info("import of %s: %s", source_id, report.state.value)


def _documents(
    registry: Registry, actor: Actor, fetching: Fetching, beat_seconds: float | None
) -> Iterator[RawDocument]:
    """Those that come. The folder is made once the run has begun, so that it is the only one of its source."""
    source = fetching.importer.source
    with spool(registry.settings.data_dir, source.id) as folder:
        fetching.downloader.folder = folder
        if beat_seconds is None:
            yield from fetching.documents()
            return
        with _alive(registry, actor, source.id, beat_seconds):
            yield from fetching.documents()


@contextmanager
def _alive(registry: Registry, actor: Actor, source_id: str, beat_seconds: float) -> Iterator[None]:
    """Let the run give signs while a host is waited for, so that nobody takes it for dead."""
    with registry.storage.read() as reader:
        begun = reader.import_runs.going_on(source_id)
    is_over = Event()

    def beat() -> None:
        while begun is not None and not is_over.wait(beat_seconds):
            with suppress(CommonsError):
                import_runs.beat(registry, actor, begun, done=0, total=None)

    beating = threading.Thread(target=beat, name="import sign", daemon=True)
    beating.start()
    try:
        yield
    finally:
        is_over.set()
        beating.join()


def _ending(fetching: Fetching, *, elsewhere: bool) -> Ending:
    """Only a fetch that brought everything, from the source's own addresses, says where the next one begins."""
    fetched = fetching.fetched
    if elsewhere or not fetched.is_whole:
        complete = fetched.is_whole and not fetched.is_unchanged
        return Ending(fetched.present, complete=complete, findings=fetched.findings, may_be_empty=fetched.may_be_empty)
    return Ending(
        fetched.present,
        # What was not read again is not missing.
        complete=not fetched.is_unchanged,
        cursor=fetched.cursor,
        validators=fetched.validators,
        findings=fetched.findings,
        may_be_empty=fetched.may_be_empty,
    )


def _known(registry: Registry, state: SourceState) -> Mapping[str, Validator]:
    """What need not be read again where it has not changed.

    Once a week, on a day of the source's own, nothing that a host says of changes is believed. While records are missed
    everything is read, too: only then a second run can tell that they are gone.
    """
    day = registry.clock.now().toordinal() % _DAYS
    is_read_whole = state.absent or state.held or day == sum(state.source.encode()) % _DAYS
    return {} if is_read_whole else state.validators
