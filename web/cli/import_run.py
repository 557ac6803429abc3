"""One import as a command asks for it: from the source's own addresses, from another, or from files."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from importers.contract import Importer
from importers.run import Report, run
from importers.scheduled import fetch_and_run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import Misconfigured
from registry.ports import Registry
from web.cli.import_files import FileReading, files_at
from web.cli.source_row import changed

_LIKE_AN_ADDRESS = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked for.

    Attributes:
        given: a file, a directory, an archive or an address; ``None`` is the source's own addresses.
        since: where to fetch on, in place of where the last run ended.
        is_part: whether the source has more than what is read.
    """

    given: str | None
    since: str | None
    is_part: bool
    dry_run: bool
    allow_withdrawals: bool

    @property
    def is_fetched(self) -> bool:
        """Whether it comes over the network."""
        return self.given is None or self.given.lower().startswith(_LIKE_AN_ADDRESS)


def carried_out(
    registry: Registry, importer: Importer, asked: Asked, *, progress: Callable[[int, int], None]
) -> Report:
    """Do it.

    Raises:
        NotFound: there is no data file at the place that is named.
        Misconfigured: the source has no address of its own, and nothing is named.
        InvalidInput, FetchRefused, FetchFailed, Conflict, StoreUnavailable: as ``fetch_and_run``.
    """
    if asked.is_fetched:
        return _fetched(registry, importer, asked, progress)
    files = FileReading(registry, importer.source.id, files_at(Path(asked.given or "")), is_part=asked.is_part)
    return run(
        registry,
        LOCAL_OPERATOR,
        importer,
        files.documents(),
        dry_run=asked.dry_run,
        progress=progress,
        ending=files.ending,
        allow_withdrawals=asked.allow_withdrawals,
    )


def _fetched(registry: Registry, importer: Importer, asked: Asked, progress: Callable[[int, int], None]) -> Report:
    since, own = asked.since, importer.source.urls
    if asked.given is not None:
        row = changed(importer.source, from_url=[asked.given], host=sorted(importer.source.hosts))
        importer, since = importer.of(row), ""
    if not importer.source.urls:
        hint = "name a file, a directory or an archive with --from"
        raise Misconfigured("this source has no address of its own", hint=hint)
    return fetch_and_run(
        registry,
        LOCAL_OPERATOR,
        replace(importer, is_whole=importer.is_whole and not asked.is_part),
        since=since,
        dry_run=asked.dry_run,
        progress=progress,
        allow_withdrawals=asked.allow_withdrawals,
        elsewhere=importer.source.urls != own,
    )
