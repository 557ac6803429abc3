"""The documents of a source, fetched: from where its importer begins to wherever they lead, within limits.

Documents are kept one at a time, in a folder of the run that is gone once it has ended, however it ended: what was
erased here must not live on in a copy.
"""

from __future__ import annotations

import hashlib
import shutil
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from importers.allowance import Allowance
from importers.contract import Following, Importer, RawDocument, Wanted
from importers.downloading import Downloaded, Downloader
from importers.faults import contained
from registry.domain.errors import FetchFailed, FetchRefused
from registry.domain.finding import Finding
from registry.domain.importing import Validator
from registry.ports.archives import ArchiveLimits, Member, Spoilt

FOLDER = "imports"
SUFFIXES = frozenset(
    {"atom", "csv", "json", "jsonl", "jsonld", "ndjson", "rss", "tsv", "xls", "xlsx", "xml", "yaml", "yml"}
)
_MAX_NAME = 200
# Beyond these the run as a whole has reached a limit; nothing more is asked for.
_ENDING = frozenset({"TOO_MANY_DOCUMENTS", "RUN_TOO_LARGE", "RUN_TOO_LONG"})


@dataclass(slots=True)
class Fetched:
    """What became of a fetch, final once its documents were taken.

    Attributes:
        is_whole: whether every document came, and none while the source was changing.
        is_unchanged: whether the source has nothing new: no document was read, everything is still there.
        may_be_empty: whether the source need not have held anything: only what is newer than the cursor was asked for,
            or some of it has not changed and was not read.
        present: upstream ids that the source still has, by what it says.
        cursor: where the next fetch goes on; ``None`` leaves it where it is.
        validators: what the documents that it began with can be asked for again by.
    """

    is_whole: bool = True
    is_unchanged: bool = False
    may_be_empty: bool = False
    present: list[str] = field(default_factory=list)
    cursor: str | None = None
    validators: dict[str, Validator] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)


@contextmanager
def spool(data_dir: Path, source: str) -> Iterator[Path]:
    """An empty folder for one run of *source*, which nobody else reads; gone afterwards.

    Whoever opens it holds the run of this source: what is in it was left by one that died.
    """
    folder = data_dir / FOLDER / source
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def is_document(name: str) -> bool:
    """Whether a member of an archive looks like data, by the end of its name."""
    return name.rpartition(".")[2].lower() in SUFFIXES


@dataclass(slots=True)
class Fetching:
    """One fetch of a source.

    Attributes:
        known: validators of the last run that ended well; none asks for everything.
        now: tells when a document came.
    """

    importer: Importer
    downloader: Downloader
    cursor: str | None = None
    known: Mapping[str, Validator] = field(default_factory=dict)
    now: Callable[[], datetime | None] = lambda: None
    fetched: Fetched = field(default_factory=Fetched)
    _queue: deque[Wanted] = field(default_factory=deque)
    _asked: set[bytes] = field(default_factory=set)
    _bodies: set[bytes] = field(default_factory=set)
    _editions: set[str] = field(default_factory=set)
    _starts: dict[str, tuple[Wanted, Validator, bytes]] = field(default_factory=dict)

    def documents(self) -> Iterator[RawDocument]:
        """Each document as it comes.

        Raises:
            FetchFailed, FetchRefused: a document that it begins with did not come.
            Interrupted: the process ends.
        """
        unchanged: list[Wanted] = []
        asked = tuple(self.importer.begin(self.importer.source, self.cursor))
        everything = asked if self.cursor is None else tuple(self.importer.begin(self.importer.source, None))
        self.fetched.may_be_empty = asked != everything
        begun = self._new(asked)
        for wanted in begun:
            yield from self._start(wanted, self.known.get(wanted.url) if wanted.body is None else None, unchanged)
        if unchanged and len(unchanged) == len(begun):
            self.fetched.is_unchanged = self.fetched.may_be_empty = True
        elif self.importer.is_whole:
            # What the source still has is known only from reading it.
            for wanted in unchanged:
                yield from self._start(wanted, None, [])
        elif unchanged:
            self.fetched.may_be_empty = True
        yield from self._followed()
        self._require_same()

    @property
    def _allowance(self) -> Allowance:
        return self.downloader.allowance

    def _start(self, wanted: Wanted, known: Validator | None, unchanged: list[Wanted]) -> Iterator[RawDocument]:
        with self.downloader.get(wanted, known) as got:
            if got is None:
                unchanged.append(wanted)
                if known is not None:
                    self.fetched.validators[wanted.url] = known
                return
            # What was kept of an earlier edition says nothing of this one.
            self.fetched.validators[wanted.url] = Validator()
            before = len(self._queue)
            digest = yield from self._read(wanted, got)
            if got.validator is None or wanted.body is not None:
                return
            if len(self._queue) == before:
                self.fetched.validators[wanted.url] = got.validator
            else:
                # It says nothing of the documents it leads to, but whether they were read while they changed.
                self._starts[wanted.url] = (wanted, got.validator, digest)

    def _followed(self) -> Iterator[RawDocument]:
        while self._queue:
            wanted = self._queue.popleft()
            try:
                with self.downloader.get(wanted) as got:
                    if got is not None:
                        yield from self._read(wanted, got)
            except FetchFailed as failure:
                self._missed(wanted.name, failure.reason, failure.message)
                if failure.reason in _ENDING:
                    return
            except FetchRefused:
                self._missed(wanted.name, "REFUSED", "its address is none that is reached for this source")

    def _read(self, wanted: Wanted, got: Downloaded) -> Generator[RawDocument, None, bytes]:
        """The document, or those in it; returns the hash of the whole."""
        limits = self._allowance.limits
        archive = ArchiveLimits(
            members=10 * limits.documents,
            member_bytes=limits.document_bytes,
            total_bytes=limits.total_bytes,
            seconds=limits.seconds,
        )
        digest = _digest(got)
        is_first = True
        for one in self.downloader.outbound.unpack(got.file, _name(wanted.name), archive, wanted=is_document):
            if isinstance(one, Spoilt):
                self._missed(one.name, one.code.value, one.code.meaning)
                continue
            if not is_first:
                self._allowance.take_document()
            is_first = False
            document = RawDocument(one.name, one.body, got.headers, self.now())
            yield document
            self._follow(document, one, wanted)
        return digest

    def _follow(self, document: RawDocument, member: Member, wanted: Wanted) -> None:
        with contained(self.importer.source.id) as fault:
            following = self.importer.follow(document, wanted, self.importer.source, self.cursor)
        if fault.arose:
            self._missed(document.name, "IMPORTER_FAILED", "the importer failed on what this document leads to")
            return
        digest = hashlib.sha256(member.body).digest()
        # Where requests carry a state, like answers may be to different questions; their importer counts its pages.
        if following.wanted and wanted.state is None and digest in self._bodies:
            self._missed(document.name, "REPEATED", "the same document came under another address; it is not followed")
            return
        self._bodies.add(digest)
        self._queue.extend(self._new(following.wanted))
        self._remember(following, document)

    def _remember(self, following: Following, document: RawDocument) -> None:
        self.fetched.present.extend(following.present)
        self.fetched.cursor = following.cursor or self.fetched.cursor
        if following.edition is not None:
            self._editions.add(following.edition)
            if len(self._editions) == 2:
                self._changed(document.name)

    def _new(self, all_wanted: Iterable[Wanted]) -> list[Wanted]:
        """Those that were not asked for yet."""
        found = []
        for one in all_wanted:
            key = hashlib.sha256(f"{one.url}\0".encode("utf-8", "replace") + (one.body or b"")).digest()
            if key not in self._asked:
                self._asked.add(key)
                found.append(one)
        return found

    def _require_same(self) -> None:
        """Ask once more for what led to other documents: if it differs, they were read while the source changed."""
        if not self.importer.is_whole or not self.fetched.is_whole:
            return
        for wanted, validator, digest in self._starts.values():
            try:
                with self.downloader.get(wanted, validator) as got:
                    if got is not None and _digest(got) != digest:
                        self._changed(wanted.name)
            except (FetchFailed, FetchRefused) as failure:
                self._missed(wanted.name, getattr(failure, "reason", "REFUSED"), "it did not come a second time")

    def _missed(self, name: str, reason: str, message: str) -> None:
        self.fetched.is_whole = False
        finding = Finding(self.importer.source.id, _name(name), f"FETCH_FAILED:{reason}", message, refused=False)
        self.fetched.findings.append(finding)

    def _changed(self, name: str) -> None:
        self.fetched.is_whole = False
        message = "the source changed while it was read; what it no longer has is told by a later run"
        self.fetched.findings.append(
            Finding(self.importer.source.id, _name(name), "SOURCE_CHANGED", message, refused=False)
        )


def _digest(got: Downloaded) -> bytes:
    got.file.seek(0)
    return hashlib.file_digest(got.file, "sha256").digest()


def _name(text: str) -> str:
    """A name for findings, whatever a document said it was."""
    name = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)
    return name.strip()[:_MAX_NAME] or "document"
