"""Writing records: the envelope, revisions that never change, and what lists need of the head's public part."""

from __future__ import annotations

from typing import Any

from sqlalchemy import delete, insert, select, update
from sqlalchemy.sql.expression import func

from registry.domain.canonical import Document
from registry.domain.content.base import earliest
from registry.domain.content.kinds import Marking
from registry.domain.facets import facets_of, occurred_of, severity_of
from registry.domain.record import Record, RecordUid, Revision
from registry.domain.vocabulary import Kind
from registry.storage.mapping import (
    Values,
    marking_of,
    marking_text,
    record_values,
    revision_values,
    upstream_key,
)
from registry.storage.records import RecordReadings
from registry.storage.tables import (
    FACETS,
    IDEMPOTENCY,
    LINKS,
    NO_DAY,
    NO_SEVERITY,
    NUMBERS,
    RECORDS,
    REVISIONS,
)

_TAKEN = "a record with this uid, number, external reference or upstream id exists already"
_FORGOTTEN: Values = {
    f"{part}_{column}": None for part in ("public", "restricted") for column in ("schema", "body", "salt")
}


class RecordTables(RecordReadings):
    """``ports.RecordWriter``."""

    def add(self, record: Record) -> None:
        """See the port."""
        document = _public_document(record)
        values = record_values(record) | _derived(document) | _imported_from(document)
        self._statements.run(insert(RECORDS), values, taken=_TAKEN)
        self._add_facets_and_links(record.uid, document)
        self._save_revisions(record)

    def save(self, record: Record) -> None:
        """See the port."""
        statement = select(RECORDS.c.head_draft_revision).where(RECORDS.c.uid == record.uid)
        before = self._statements.run(statement).scalar_one_or_none()
        values = record_values(record)
        if before != record.head.draft_revision:
            document = _public_document(record)
            values |= _derived(document) | _imported_from(document)
            self._forget_facets_and_links(record.uid)
            self._add_facets_and_links(record.uid, document)
        self._save_revisions(record)
        self._update(record.uid, values)

    def erase(self, record: Record) -> None:
        """See the port. Of a marking only its TLP stays: the rest may hold words of the author."""
        self._statements.erases = True
        self._save_revisions(record)
        self._forget_facets_and_links(record.uid)
        self._update(record.uid, record_values(record) | _derived({}) | {"external_ref": None})
        of_record = REVISIONS.c.uid == record.uid
        stored = self._statements.run(select(REVISIONS.c.draft_revision, REVISIONS.c.marking).where(of_record)).all()
        for draft_revision, marking in stored:
            kept = marking_text(Marking(tlp=marking_of(marking).tlp))
            this = update(REVISIONS).where(of_record, REVISIONS.c.draft_revision == draft_revision)
            self._statements.run(this.values(**_FORGOTTEN, marking=kept))
        self._statements.run(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.uid == record.uid))

    def next_number(self, kind: Kind, year: int) -> int:
        """See the port."""
        which = (NUMBERS.c.kind == kind.value, NUMBERS.c.year == year)
        last = self._statements.run(select(NUMBERS.c.last).where(*which)).scalar_one_or_none()
        if last is None:
            self._statements.run(insert(NUMBERS), {"kind": kind.value, "year": year, "last": 1})
            return 1
        self._statements.run(update(NUMBERS).where(*which).values(last=last + 1))
        return int(last) + 1

    def is_number_taken(self, number: str) -> bool:
        """See the port."""
        statement = select(func.count()).select_from(RECORDS).where(RECORDS.c.number == number)
        return bool(self._statements.run(statement).scalar_one())

    def _update(self, uid: RecordUid, values: Values) -> None:
        self._statements.run(update(RECORDS).where(RECORDS.c.uid == uid).values(**values), taken=_TAKEN)

    def _save_revisions(self, record: Record) -> None:
        revisions = [record.head] if record.work is None else [record.head, record.work]
        numbers = [revision.draft_revision for revision in revisions]
        columns = select(REVISIONS.c.draft_revision, REVISIONS.c.revision)
        found = columns.where(REVISIONS.c.uid == record.uid, REVISIONS.c.draft_revision.in_(numbers))
        stored: dict[int, int | None] = {row[0]: row[1] for row in self._statements.run(found)}
        for revision in revisions:
            if revision.draft_revision not in stored:
                self._statements.run(insert(REVISIONS), revision_values(record.uid, revision))
            elif stored[revision.draft_revision] is None and revision.revision is not None:
                self._mark_published(record.uid, revision)

    def _mark_published(self, uid: RecordUid, revision: Revision) -> None:
        which = (REVISIONS.c.uid == uid, REVISIONS.c.draft_revision == revision.draft_revision)
        times = {"revision": revision.revision, "published_at": revision.published_at}
        self._statements.run(update(REVISIONS).where(*which).values(**times))

    def _add_facets_and_links(self, uid: RecordUid, document: Document) -> None:
        facets = [{"uid": uid, "facet": facet, "value": value} for facet, value in facets_of(document)]
        if facets:
            self._statements.run(insert(FACETS), facets)
        links = [{"uid": uid, "rel": rel, "target": target} for rel, target in _links_of(document)]
        if links:
            self._statements.run(insert(LINKS), links)

    def _forget_facets_and_links(self, uid: RecordUid) -> None:
        self._statements.run(delete(FACETS).where(FACETS.c.uid == uid))
        self._statements.run(delete(LINKS).where(LINKS.c.uid == uid))


def _public_document(record: Record) -> Document:
    return {} if record.head.public is None else record.head.public.document


def _derived(document: Document) -> Values:
    """The columns of ``records`` that come from the head's public part."""
    occurred, severity = occurred_of(document), severity_of(document)
    return {
        "severity": NO_SEVERITY if severity is None else severity,
        "occurred_on": NO_DAY if occurred is None else earliest(occurred),
    }


def _imported_from(document: Document) -> Values:
    """The column that recognises an imported record. It outlives an erasure: the next import knows what is gone."""
    upstream: Any = document.get("upstream")
    return {"upstream_key": upstream and upstream_key(upstream["source"], upstream["id"])}


def _links_of(document: Document) -> set[tuple[str, str]]:
    links: Any = document.get("links") or ()
    return {(link["rel"], link["target"]) for link in links}
