"""One document fetched into a file: politely, within limits, tried again and resumed where it broke off.

What the other side says is never repeated, and what it is told never logged.
"""

from __future__ import annotations

import contextlib
import email.utils
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import urlsplit

from importers.allowance import Allowance, FetchLimits, Spooled
from importers.contract import Wanted
from registry.domain.errors import FetchFailed
from registry.domain.importing import Source, Validator
from registry.domain.source_credential import SourceCredential
from registry.ports import Outbound
from registry.ports.outbound import FetchRequest, FetchResponse

_TRANSIENT = frozenset({"TIMEOUT", "BAD_ANSWER", "BROKEN_OFF", "UNREACHABLE", "BAD_RANGE"})
# The host is busy, or has another document by now than the one whose rest was asked for.
_AGAIN = frozenset({412, 416, 429, 500, 502, 503, 504})
_REASONS = {401: "DENIED", 403: "DENIED", 404: "GONE", 410: "GONE", 429: "THROTTLED"}
_MAX_VALIDATOR = 200
_SNIFFED = 512
_PAGE = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*(?:<!--.{0,300}?-->\s*)?<(?:!doctype\s+html|html)\b", re.IGNORECASE | re.DOTALL
)


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A document that came; *file* is at its start, *headers* came with it, by names in lower case."""

    file: Spooled
    validator: Validator | None
    headers: Mapping[str, str]


@dataclass(slots=True)
class Downloader:
    """Fetches the documents of one source, one after the other."""

    outbound: Outbound
    source: Source
    folder: Path
    allowance: Allowance
    credential: SourceCredential | None = None
    is_first: bool = True

    @contextlib.contextmanager
    def get(self, wanted: Wanted, known: Validator | None = None) -> Iterator[Downloaded | None]:
        """The document, for as long as the block runs; nothing where *known* is still the newest.

        Raises:
            FetchRefused: its address may not be reached.
            FetchFailed: it did not come; ``reason`` says why.
            Interrupted, StoreUnavailable: as ``Spooled.write``.
        """
        path = self.folder / "document"
        try:
            with Spooled(path, self.allowance) as file:
                head = _Attempts(self, wanted, known, file).answered()
                file.seek(0)
                yield Downloaded(file, validator_of(head), head.headers) if head is not None else None
        finally:
            path.unlink(missing_ok=True)

    def pause(self) -> None:
        """Be polite between two requests."""
        if not self.is_first:
            self.allowance.wait(self.allowance.limits.pause_seconds)
        self.is_first = False

    def request(self, wanted: Wanted, known: Validator | None) -> FetchRequest:
        """How the document is asked for."""
        limits, own = self.allowance.limits, self._credential_for(wanted.url)
        header = {own.header[0]: own.header[1]} if own is not None and own.header is not None else {}
        return FetchRequest(
            wanted.url,
            "GET" if wanted.body is None else "POST",
            hosts=self.source.hosts,
            headers={**wanted.headers, **header},
            body=wanted.body,
            basic=own.basic if own is not None else None,
            max_bytes=limits.document_bytes,
            timeout_seconds=max(0.001, min(limits.document_seconds, self.allowance.seconds_left)),
            etag=known.etag if known is not None else None,
            last_modified=known.last_modified if known is not None else None,
        )

    def _credential_for(self, url: str) -> SourceCredential | None:
        if self.credential is None:
            return None
        try:
            host = urlsplit(url).hostname
        except ValueError:
            return None
        return self.credential if host == self.credential.host else None


@dataclass(slots=True)
class _Attempts:
    """What was tried for one document."""

    downloader: Downloader
    wanted: Wanted
    known: Validator | None
    file: Spooled
    head: FetchResponse | None = None

    def answered(self) -> FetchResponse | None:
        """The head of the answer whose body is in the file; nothing where the document has not changed."""
        allowance = self.downloader.allowance
        attempt = 0
        while True:
            attempt += 1
            self.downloader.pause()
            allowance.take_document()
            try:
                answer = self._asked()
            except FetchFailed as failure:
                if attempt >= allowance.limits.tries or failure.reason not in _TRANSIENT:
                    raise
                allowance.wait(_backoff(allowance.limits, attempt))
                continue
            if answer.is_ok:
                self._require_document()
                return answer
            if answer.status == 304 and self.known is not None:
                return None
            self._begin_anew()
            if attempt >= allowance.limits.tries or answer.status not in _AGAIN:
                raise _refusal(answer.status)
            allowance.wait(self._asked_to_wait(answer, attempt))

    def _asked(self) -> FetchResponse:
        """One answer. What is at hand of an earlier one is resumed if it is still the same document."""
        request = self.downloader.request(self.wanted, self.known)
        at = self.file.tell()
        tag = _resumable(self.head) if at else None
        if tag is None:
            self._begin_anew()
        else:
            request = replace(request, etag=tag, last_modified=None, resume_from=at)
        try:
            answer = self.downloader.outbound.fetch(request, into=self.file, begun=self._begun)
            if tag is not None and answer.offset:
                self._require_rest(answer, tag)
        except FetchFailed as failure:
            if failure.reason == "BAD_RANGE":
                self._begin_anew()
            raise
        return answer

    def _require_document(self) -> None:
        """Refuse a page for people, such as one that asks to sign in: taken for data, everything would be gone."""
        self.file.seek(0)
        if _PAGE.match(self.file.read(_SNIFFED)):
            raise FetchFailed("a page for people came instead of the document", reason="BAD_TYPE")

    def _begun(self, head: FetchResponse) -> None:
        self.head = head

    def _begin_anew(self) -> None:
        self.file.seek(0)
        self.file.truncate()

    def _require_rest(self, answer: FetchResponse, tag: str) -> None:
        """Refuse a part that is not of the document it was begun with, or not all that was missing."""
        length = answer.headers.get("content-range", "").rpartition("/")[2]
        if answer.headers.get("etag", tag) != tag or length not in {"*", str(self.file.tell())}:
            raise FetchFailed("the rest of another document came", reason="BAD_RANGE")

    def _asked_to_wait(self, answer: FetchResponse, attempt: int) -> float:
        limits = self.downloader.allowance.limits
        asked = _retry_after(answer.headers.get("retry-after", ""))
        if asked > limits.longest_wait:
            raise FetchFailed("the host asks to come back much later", reason="THROTTLED")
        return max(asked, _backoff(limits, attempt))


def validator_of(head: FetchResponse) -> Validator | None:
    """What the document can be asked for again by."""
    etag, modified = (_short(head.headers.get(name)) for name in ("etag", "last-modified"))
    return Validator(etag, modified) if etag or modified else None


def _short(value: str | None) -> str | None:
    return value if value and len(value) <= _MAX_VALIDATOR and value.isascii() and value.isprintable() else None


def _resumable(head: FetchResponse | None) -> str | None:
    """The strong validator of a body that broke off, if it came as it is and not packed for the way."""
    if head is None or head.status not in {200, 206} or head.headers.get("content-encoding", "identity") != "identity":
        return None
    etag = _short(head.headers.get("etag"))
    return etag if etag and not etag.startswith("W/") else None


def _backoff(limits: FetchLimits, attempt: int) -> float:
    return min(limits.longest_wait, max(limits.pause_seconds, 0.01) * float(2**attempt))


def _retry_after(text: str) -> float:
    """Seconds, from a number or a date; 0 where it says neither."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return float(text[:12])
    try:
        return max(0.0, email.utils.parsedate_to_datetime(text).timestamp() - time.time())
    except (ValueError, OverflowError, TypeError, IndexError):
        return 0.0


def _refusal(status: int) -> FetchFailed:
    reason = _REASONS.get(status, "SERVER_ERROR" if status >= 500 else "BAD_STATUS")
    return FetchFailed("the host did not give the document", reason=reason)
