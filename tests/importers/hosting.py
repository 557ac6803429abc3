"""A host of documents on this machine, importers that read it, and fetches from it."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

from importers.allowance import Allowance, FetchLimits
from importers.contract import Draft, Following, Importer, Parsed, RawDocument, Source, Wanted, upstream_hash
from importers.downloading import Downloader
from importers.fetching import Fetched, Fetching, spool
from registry.domain.finding import Finding
from registry.domain.importing import Validator
from registry.domain.source_credential import SourceCredential
from registry.domain.vocabulary import Kind
from registry.outbound import NodeOutbound
from tests import factories
from tests.outbound.hostile import Answer, Hostile, Names, requests, says, serving

QUICK = FetchLimits(
    documents=30,
    document_bytes=300_000,
    total_bytes=1_000_000,
    seconds=120.0,
    document_seconds=60.0,
    pause_seconds=0.0,
    tries=2,
    longest_wait=0.05,
)
# For hosts that are too slow.
IMPATIENT = replace(QUICK, document_seconds=0.6)
# The same, on a machine that is itself slow.
PATIENT = replace(QUICK, document_seconds=10.0)


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Records as ``{"records": [{"id": …}]}``."""
    try:
        records = json.loads(document.body)["records"]
    except (ValueError, KeyError, TypeError):
        yield Finding(source.id, document.name, "BROKEN_DOCUMENT", "no records")
        return
    for one in records:
        content = factories.incident_document(title=f"Record {one['id']}")
        yield Draft(one["id"], Kind.INCIDENT, content, {"tlp": "CLEAR"}, upstream_hash(one))


def follow(document: RawDocument, _wanted: Wanted, _source: Source, _cursor: str | None) -> Following:
    """To all that ``next`` names; ``total`` is what tells one state of the source from another."""
    try:
        said = json.loads(document.body)
        wanted = tuple(Wanted(url, url.rpartition("/")[2]) for url in said.get("next", ()))
        return Following(wanted, tuple(said.get("present", ())), said.get("cursor"), said.get("total"))
    except (ValueError, AttributeError):
        return Following()


def importer(*urls: str, source: str = "pages", whole: bool = True, host: str = "127.0.0.1", **fields: Any) -> Importer:
    """One whose documents begin at *urls*."""
    row = factories.source(source, urls=urls, hosts=frozenset({host}), trusted=True, **fields)
    return Importer(row, parse, follow=follow, is_whole=whole)


def document(*ids: str, **said: Any) -> bytes:
    """A document with these records."""
    return json.dumps({"records": [{"id": one} for one in ids], **said}).encode()


@dataclass
class Site:
    """Answers by path; several of one path come in turn, the last again and again."""

    answers: dict[str, list[Answer]] = field(default_factory=dict)

    def __call__(self, connection: socket.socket, request: bytes) -> None:
        path = request.split(b" ", 2)[1].decode()
        given = self.answers.get(path, [says(b"nothing here", status=404)])
        (given.pop(0) if len(given) > 1 else given[0])(connection, request)

    def put(self, path: str, *answers: Answer) -> None:
        """Answer so from now on."""
        self.answers[path] = list(answers)


@contextmanager
def hosting(**kept: Any) -> Iterator[tuple[Hostile, Site]]:
    """A host and what it answers."""
    site = Site()
    with serving(site, **kept) as server:
        yield server, site


@dataclass
class Got:
    """What a fetch brought."""

    fetched: Fetched
    documents: list[RawDocument]
    left: list[Path]

    @property
    def codes(self) -> list[str]:
        """Of the findings, in order."""
        return [one.code for one in self.fetched.findings]


def fetch(
    data_dir: Path,
    importer: Importer,
    *,
    limits: FetchLimits = QUICK,
    names: Names | None = None,
    known: Mapping[str, Validator] | None = None,
    cursor: str | None = None,
    credential: SourceCredential | None = None,
    stop: Event | None = None,
    outbound: NodeOutbound | None = None,
    seen: Callable[[Path], None] = lambda _folder: None,
) -> Got:
    """Fetch all of it."""
    made = outbound or NodeOutbound(requests(names), None)
    with spool(data_dir, importer.source.id) as folder:
        downloader = Downloader(made, importer.source, folder, Allowance(limits, stop or Event()), credential)
        fetching = Fetching(importer, downloader, cursor, known or {})
        documents = []
        for one in fetching.documents():
            seen(folder)
            documents.append(one)
    return Got(fetching.fetched, documents, list((data_dir / "imports").rglob("*")))
