"""The documents of a source from files: one, those of a directory, or those in archives, within limits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from importers.contract import RawDocument
from importers.fetching import is_document
from importers.run import Ending
from registry.domain.errors import NotFound
from registry.domain.finding import Finding
from registry.ports import Registry
from registry.ports.archives import ArchiveLimits, Spoilt, Wanted

_MB = 1_000_000
_ARCHIVES = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz")


def files_at(path: Path) -> list[Path]:
    """The file, or every data file and archive beneath the directory, in order.

    Raises:
        NotFound: there is none.
    """
    if path.is_file():
        return [path]
    # A directory that others wrote may hold links to what is none of theirs.
    within = path.resolve()
    found = sorted(
        one for one in path.rglob("*") if _is_data(one.name) and one.is_file() and one.resolve().is_relative_to(within)
    )
    if not found:
        raise NotFound(f"there is no data file at {path}", hint="name a file, an archive or a directory of data files")
    return found


@dataclass(slots=True)
class FileReading:
    """Files while they are read.

    Attributes:
        is_part: whether the source has more than these files hold, so that nothing is gone that is not in them.
        findings: documents that could not be taken.
    """

    registry: Registry
    source: str
    files: Sequence[Path]
    is_part: bool = False
    findings: list[Finding] = field(default_factory=list)

    def documents(self) -> Iterator[RawDocument]:
        """Each document, one at a time; of an archive those that look like data."""
        settings = self.registry.settings
        limits = ArchiveLimits(
            members=10 * settings.import_documents,
            member_bytes=settings.import_document_mb * _MB,
            total_bytes=settings.import_total_mb * _MB,
            seconds=settings.import_minutes * 60.0,
        )
        for path in self.files:
            with path.open("rb") as file:
                for one in self.registry.outbound.unpack(file, path.name, limits, wanted=_wanted_of(path.name)):
                    if isinstance(one, Spoilt):
                        message = f"the document was not read: {one.code.meaning}"
                        self.findings.append(Finding(self.source, one.name[:200], "BROKEN_DOCUMENT", message))
                    else:
                        yield RawDocument(one.name, one.body)

    def ending(self) -> Ending:
        """What the run is told once the documents were taken: what was not read is not gone."""
        return Ending(complete=not (self.is_part or self.findings), findings=tuple(self.findings))


def _is_data(name: str) -> bool:
    return is_document(name) or name.lower().endswith(_ARCHIVES)


def _wanted_of(file: str) -> Wanted:
    return lambda name: name == file or is_document(name)
