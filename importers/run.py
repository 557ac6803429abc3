"""Run an import: parse the documents, validate every draft, hand batches to the registry, report.

A batch is at most 200 records or 200 ms of preparation, whichever comes first, so that an import never keeps other
writers waiting. Nothing is remembered between runs: interrupted, a run is started again and finds the first part
unchanged.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from importers.contract import Draft, Fragment, Importer, Parsed, RawDocument, TakenBack, TaxonomyDraft
from importers.joining import joined
from importers.preparing import prepare
from registry.domain.actor import Actor
from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding
from registry.domain.taxonomy import merged
from registry.ports import Registry
from registry.service import ingest
from registry.service.ingest import Incoming, Outcome

_log = logging.getLogger(__name__)

BATCH_RECORDS = 200
BATCH_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Report:
    """What a run did. Counts are of records and taxonomies; ``findings`` may be several a record.

    Attributes:
        held: kept for review, because the source is not trusted or the record was taken down here.
        withdrawn: records that were withdrawn because the source no longer has them; this version withdraws none.
        refused: records left out, each because of at least one finding.
    """

    read: int
    new: int
    changed: int
    unchanged: int
    held: int
    withdrawn: int
    refused: int
    findings: tuple[Finding, ...]

    def as_dict(self) -> dict[str, JsonValue]:
        """The report as JSON values."""
        counts = ("read", "new", "changed", "unchanged", "held", "withdrawn", "refused")
        findings = [
            {"record": each.record, "code": each.code, "message": each.message, "refused": each.refused}
            for each in self.findings
        ]
        return {name: getattr(self, name) for name in counts} | {"findings": findings}


def run(
    registry: Registry,
    actor: Actor,
    importer: Importer,
    documents: Iterable[RawDocument],
    *,
    dry_run: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Report:
    """Take in *documents*; a second run with the same ones changes nothing.

    Args:
        dry_run: write nothing, neither records nor findings, and report what would have happened.
        progress: called with records done and records in all, at the start, after each batch and at the end.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
        StoreUnavailable: a batch could not be kept; those before it are.
    """
    reading = _Reading(importer)
    for document in documents:
        reading.take(document)
    reading.join()
    total = len(reading.drafts) + len(reading.taxonomies)
    tell = progress or (lambda _done, _total: None)
    tell(0, total)
    outcomes: Counter[Outcome] = Counter()
    for taxonomy in reading.taxonomies.values():
        outcomes[ingest.put_taxonomy(registry, actor, taxonomy, dry_run=dry_run)] += 1
    source = importer.source
    for done, batch in reading.batches():
        outcomes.update(ingest.upsert(registry, actor, source, batch, dry_run=dry_run))
        tell(len(reading.taxonomies) + done, total)
    tell(total, total)
    findings = tuple(reading.findings)
    if not dry_run:
        # A run that could read nothing has not seen anything mended.
        still_open = () if total else _open_findings(registry, actor, importer.source.id)
        ingest.keep_findings(registry, actor, importer.source.id, tuple(dict.fromkeys((*still_open, *findings))))
    refused = len({finding.record for finding in findings if finding.refused})
    return Report(
        read=sum(outcomes.values()) + refused,
        new=outcomes[Outcome.NEW],
        changed=outcomes[Outcome.CHANGED],
        unchanged=outcomes[Outcome.UNCHANGED],
        held=outcomes[Outcome.HELD],
        withdrawn=0,
        refused=refused,
        findings=findings,
    )


def _open_findings(registry: Registry, actor: Actor, source: str) -> tuple[Finding, ...]:
    kept = ingest.findings(registry, actor, source)
    return tuple(one.finding for one in kept if one.cleared_at is None)


@dataclass(slots=True)
class _Reading:
    """What the documents of one run hold; the last document that has a record counts."""

    importer: Importer
    drafts: dict[str, Draft] = field(default_factory=dict)
    fragments: list[Fragment] = field(default_factory=list)
    taxonomies: dict[str, TaxonomyDraft] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)

    def take(self, document: RawDocument) -> None:
        for parsed in self._parsed(document):
            if isinstance(parsed, Finding):
                self.findings.append(parsed)
            elif isinstance(parsed, Draft):
                self.drafts[parsed.upstream_id] = parsed
            elif isinstance(parsed, Fragment):
                self.fragments.append(parsed)
            elif not isinstance(parsed, TakenBack):
                before = self.taxonomies.get(parsed.namespace)
                is_same = before is not None and before.version == parsed.version
                self.taxonomies[parsed.namespace] = merged(before, parsed) if before and is_same else parsed

    def join(self) -> None:
        """Put the records together, once all documents are read."""
        self.drafts, findings = joined(self.importer, self.drafts, self.fragments)
        self.findings.extend(findings)

    def _parsed(self, document: RawDocument) -> Sequence[Parsed]:
        """All of the document or, where the importer itself fails, one finding, so that the others are still read."""
        try:
            return list(self.importer.parse(document, self.importer.source))
        except Exception:  # noqa: BLE001  one document of an import must not end the run
            _log.exception("importer %s failed", self.importer.source.id)
            message = "the importer failed on this document; nothing of it was taken"
            return [Finding(self.importer.source.id, document.name, "IMPORTER_FAILED", message)]

    def batches(self) -> Iterator[tuple[int, Sequence[Incoming]]]:
        """Each batch with the number of drafts done once it is kept."""
        batch: list[Incoming] = []
        started = time.monotonic()
        for done, draft in enumerate(self.drafts.values(), start=1):
            ready, findings = prepare(self.importer.source, draft)
            self.findings.extend(findings)
            if ready is not None:
                batch.append(ready)
            if len(batch) >= BATCH_RECORDS or time.monotonic() - started >= BATCH_SECONDS:
                yield done, batch
                batch, started = [], time.monotonic()
        if batch:
            yield len(self.drafts), batch
