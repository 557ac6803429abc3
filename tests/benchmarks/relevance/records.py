"""The real records, taken in as operators take them in; each is named by ``source:upstream id``, which stays."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from importers.catalog import find
from importers.contract import RawDocument
from importers.run import run
from registry import settings as node_settings
from registry import signing
from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.indexing import index_entry
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.domain.search import IndexEntry, SearchDocument
from registry.ports import Registry
from registry.service import node

# The taxonomies of MISP are no records. The older release of ATLAS comes first, as it did in life.
SOURCES: Mapping[str, str] = {"atlas": "*.yaml", "aiid": "*", "avid": "**/*.json"}
_PORTION = 500


@dataclass(frozen=True, slots=True)
class Known:
    """A public record and its name in judgements."""

    name: str
    entry: IndexEntry
    document: SearchDocument


def take_in(data: Path, root: Path) -> tuple[Known, ...]:
    """The public records of a fresh node in *root* that has imported the folder of public data, by name."""
    root.mkdir(parents=True)
    settings = node_settings.load(root, {})
    node_settings.write(settings)
    signing.create(settings.node_key_path)
    registry = open_registry(settings)
    try:
        node.initialise(registry, LOCAL_OPERATOR, slug="node", name="Benchmark node")
        for source, pattern in SOURCES.items():
            documents = [_raw(path) for path in sorted((data / source).glob(pattern)) if path.is_file()]
            for together in [[one] for one in documents] if source == "atlas" else [documents]:
                run(registry, LOCAL_OPERATOR, find(source), together)
        known = [one for record in _records(registry) for one in _known(record)]
    finally:
        close_registry(registry)
    return tuple(sorted(known, key=lambda one: one.name))


def _raw(path: Path) -> RawDocument:
    return RawDocument(path.name, path.read_bytes())


def _records(registry: Registry) -> Iterator[Record]:
    after: RecordUid | None = None
    with registry.storage.read() as reader:
        while uids := reader.records.uids(after=after, limit=_PORTION):
            yield from reader.records.many(uids, visible=EVERYTHING).values()
            after = uids[-1]


def _known(record: Record) -> Iterator[Known]:
    entry, part = index_entry(record), record.head.public
    upstream = part.document.get("upstream") if part is not None else None
    if entry.public is not None and isinstance(upstream, dict):
        yield Known(f"{upstream['source']}:{upstream['id']}", entry, entry.public)
