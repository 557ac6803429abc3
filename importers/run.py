"""Run an import: read the documents, validate every draft, hand batches to the registry, report.

A batch is at most 500 records or 500 ms of preparation, whichever comes first, so that an import never keeps other
writers waiting. A run that ends before its time is started again and finds the first part unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace

from importers import spool
from importers.contract import Importer, RawDocument, Trust
from importers.faults import contained
from importers.reading import Ending, Reading
from importers.report import Report
from importers.storing import BATCH_RECORDS, BATCH_SECONDS, Storing
from registry.domain.actor import Actor
from registry.domain.errors import CommonsError, FetchFailed, StoreUnavailable
from registry.ports import Registry
from registry.service import import_runs

__all__ = ["BATCH_RECORDS", "BATCH_SECONDS", "Ending", "Report", "run"]


def run(
    registry: Registry,
    actor: Actor,
    importer: Importer,
    documents: Iterable[RawDocument],
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
    present: Iterable[str] = (),
    complete: bool = True,
    ending: Callable[[], Ending] | None = None,
    allow_withdrawals: bool = False,
) -> Report:
    """Take in *documents*; a second run with the same ones changes nothing.

    Args:
        documents: taken one at a time, and none is kept.
        dry_run: write nothing, neither records nor findings, and report what would have happened.
        progress: called with records done and records in all, once the documents are read, after each batch and at the
            end.
        present: upstream ids that the source still has, whose documents are not among these.
        complete: whether the documents, with *present*, hold all that the source has; for a source that is whole.
        ending: asked for these two, and for more, once the documents were taken; it stands in their place.
        allow_withdrawals: withdraw what is gone however much it is.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        Conflict: a run of this source goes on, or took over from this one.
        StoreUnavailable: a batch could not be kept; those before it are.
    """
    if importer.never_publishes:
        importer = importer.of(replace(importer.source, trust=Trust.REVIEW))
    at_end = ending or (lambda: Ending(present, complete))
    source = importer.source
    begun = None if dry_run else import_runs.begin(registry, actor, source)
    error = "INTERNAL"
    try:
        with spool.opened() as kept:
            storing = Storing(registry, actor, importer, begun, tell=progress)
            reading = Reading(importer, kept, storing.found)
            _read(storing, reading, documents)
            report = storing.store(reading, at_end(), allowed=allow_withdrawals)
        error = ""
    except CommonsError as failure:
        error = f"{failure.code}:{failure.reason}" if isinstance(failure, FetchFailed) else failure.code
        raise
    except KeyboardInterrupt:
        error = "INTERRUPTED"
        raise
    finally:
        if error and begun is not None:
            # Where even this cannot be kept, the next run finds this one dead.
            with suppress(CommonsError):
                import_runs.fail(registry, actor, source, begun, error=error)
    return report


def _read(storing: Storing, reading: Reading, documents: Iterable[RawDocument]) -> None:
    for document in documents:
        with contained(reading.importer.source.id, StoreUnavailable) as fault:
            reading.take(document.name, reading.importer.parse(document, reading.importer.source))
        if fault.arose:
            reading.lose(document.name)
        storing.beat()
