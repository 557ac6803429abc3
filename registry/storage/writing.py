"""Writing records: the envelope, revisions that never change, and what lists need of the head's public part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, String, delete, insert, select, update
from sqlalchemy.dialects import sqlite

from registry.domain.canonical import Document
from registry.domain.content.marking import Marking
from registry.domain.derived import Derived, derived_of
from registry.domain.record import Record, RecordUid, Revision
from registry.domain.vocabulary import Kind
from registry.storage.mapping import (
    Values,
    marking_of,
    marking_text,
    record_values,
    revision_values,
)
from registry.storage.prepared import Prepared, named
from registry.storage.records import RecordReadings
from registry.storage.sources import add_sources, follow_sources, forget_sources
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

_UID = named("uid", String())
_ADD_RECORD = Prepared(insert(RECORDS))
_ADD_REVISION = Prepared(insert(REVISIONS))
_ADD_FACET = Prepared(insert(FACETS))
_ADD_LINK = Prepared(insert(LINKS))
_FORGET_FACETS = Prepared(delete(FACETS).where(FACETS.c.uid == _UID))
_FORGET_LINKS = Prepared(delete(LINKS).where(LINKS.c.uid == _UID))
_HEAD_DRAFT_REVISION = Prepared(select(RECORDS.c.head_draft_revision).where(RECORDS.c.uid == _UID))
_OF_NUMBER = Prepared(select(RECORDS.c.uid).where(RECORDS.c.number == named("number", String())))
_STORED = Prepared(
    select(REVISIONS.c.draft_revision, REVISIONS.c.revision).where(
        REVISIONS.c.uid == _UID,
        REVISIONS.c.draft_revision.in_([named("first", Integer()), named("second", Integer())]),
    )
)
_MARK_PUBLISHED = Prepared(
    update(REVISIONS)
    .where(
        REVISIONS.c.uid == named("of_uid", String()),
        REVISIONS.c.draft_revision == named("of_draft", Integer()),
    )
    .values({name: named(name, REVISIONS.c[name].type) for name in ("revision", "published_at")})
)
_NEXT_NUMBER = Prepared(
    sqlite.insert(NUMBERS)
    .values(kind=named("kind", String()), year=named("year", Integer()), last=1)
    .on_conflict_do_update(index_elements=("kind", "year"), set_={"last": NUMBERS.c.last + 1})
    .returning(NUMBERS.c.last)
)


@lru_cache
def _update(columns: tuple[str, ...]) -> Prepared:
    values = {name: named(name, RECORDS.c[name].type) for name in columns}
    return Prepared(update(RECORDS).where(RECORDS.c.uid == named("of_uid", String())).values(values))


class RecordTables(RecordReadings):
    """``ports.RecordWriter``."""

    def add(self, record: Record) -> None:
        """See the port."""
        self.add_all([(record, derived_of(_public_document(record)))])

    def add_all(self, records: Sequence[tuple[Record, Derived]]) -> None:
        """See the port."""
        rows = [record_values(record) | _columns(derived) | _recognised(derived) for record, derived in records]
        self._statements.write_each(_ADD_RECORD, rows, taken=_TAKEN)
        self._add_facets_and_links([(record.uid, derived) for record, derived in records])
        revisions = [
            revision_values(record.uid, revision)
            for record, _ in records
            for revision in (record.head, record.work)
            if revision is not None
        ]
        self._statements.write_each(_ADD_REVISION, revisions)
        add_sources(self._statements, records)

    def save(self, record: Record) -> None:
        """See the port."""
        before = self._statements.first(_HEAD_DRAFT_REVISION, {"uid": record.uid})
        values = record_values(record)
        if before is None or before[0] != record.head.draft_revision:
            derived = derived_of(_public_document(record))
            values |= _columns(derived) | _recognised(derived)
            self._forget_facets_and_links(record.uid)
            self._add_facets_and_links([(record.uid, derived)])
        self._save_revisions(record)
        self._update(record.uid, values)
        follow_sources(self._statements, record)

    def erase(self, record: Record) -> None:
        """See the port. Of a marking only who saw the record stays: the rest may hold words of the author."""
        self._statements.erases = True
        forget_sources(self._statements, record.uid)
        self._save_revisions(record)
        self._forget_facets_and_links(record.uid)
        self._update(record.uid, record_values(record) | _columns(Derived()) | {"external_ref": None})
        of_record = REVISIONS.c.uid == record.uid
        stored = self._statements.run(select(REVISIONS.c.draft_revision, REVISIONS.c.marking).where(of_record)).all()
        for draft_revision, marking in stored:
            before = marking_of(marking)
            kept = marking_text(Marking(tlp=before.tlp, audience=before.audience))
            this = update(REVISIONS).where(of_record, REVISIONS.c.draft_revision == draft_revision)
            self._statements.run(this.values(**_FORGOTTEN, marking=kept))
        self._statements.run(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.uid == record.uid))

    def forget_parts(self, uid: RecordUid, draft_revision: int, parts: Collection[str]) -> None:
        """See the port."""
        self._statements.erases = True
        this = (REVISIONS.c.uid == uid, REVISIONS.c.draft_revision == draft_revision, REVISIONS.c.revision.is_(None))
        values: dict[str, Any] = {name: None for name in _FORGOTTEN if name.partition("_")[0] in parts}
        if "marking" in parts:
            stored = self._statements.run(select(REVISIONS.c.marking).where(*this)).scalar_one_or_none()
            before = Marking() if stored is None else marking_of(stored)
            values["marking"] = marking_text(Marking(tlp=before.tlp, audience=before.audience))
        self._statements.run(update(REVISIONS).where(*this).values(**values))

    def next_number(self, kind: Kind, year: int) -> int:
        """See the port."""
        (found,) = self._statements.fetch(_NEXT_NUMBER, {"kind": kind.value, "year": year})
        return int(found[0])

    def is_number_taken(self, number: str) -> bool:
        """See the port."""
        return self._statements.first(_OF_NUMBER, {"number": number}) is not None

    def _update(self, uid: RecordUid, values: Values) -> None:
        self._statements.write(_update(tuple(values)), {**values, "of_uid": uid}, taken=_TAKEN)

    def _save_revisions(self, record: Record) -> None:
        revisions = [record.head] if record.work is None else [record.head, record.work]
        numbers = [revision.draft_revision for revision in revisions]
        found = self._statements.fetch(_STORED, {"uid": record.uid, "first": numbers[0], "second": numbers[-1]})
        stored: dict[int, int | None] = {row[0]: row[1] for row in found}
        for revision in revisions:
            if revision.draft_revision not in stored:
                self._statements.write(_ADD_REVISION, revision_values(record.uid, revision))
            elif stored[revision.draft_revision] is None and revision.revision is not None:
                self._mark_published(record.uid, revision)

    def _mark_published(self, uid: RecordUid, revision: Revision) -> None:
        which = {"of_uid": uid, "of_draft": revision.draft_revision}
        times = {"revision": revision.revision, "published_at": revision.published_at}
        self._statements.write(_MARK_PUBLISHED, {**which, **times})

    def _add_facets_and_links(self, given: Sequence[tuple[RecordUid, Derived]]) -> None:
        facets = [{"uid": uid, "facet": one[0], "value": one[1]} for uid, derived in given for one in derived.facets]
        if facets:
            self._statements.write_each(_ADD_FACET, facets)
        links = [
            {"uid": uid, "rel": one[0], "target": one[1], "clause": one[2]}
            for uid, derived in given
            for one in derived.references
        ]
        if links:
            self._statements.write_each(_ADD_LINK, links)

    def _forget_facets_and_links(self, uid: RecordUid) -> None:
        self._statements.write(_FORGET_FACETS, {"uid": uid})
        self._statements.write(_FORGET_LINKS, {"uid": uid})


def _public_document(record: Record) -> Document:
    return {} if record.head.public is None else record.head.public.document


def _columns(derived: Derived) -> Values:
    """The columns of ``records`` that come from the head's public part."""
    return {
        "severity": NO_SEVERITY if derived.severity is None else derived.severity,
        "occurred_on": derived.occurred_on or NO_DAY,
    }


def _recognised(derived: Derived) -> Values:
    """The column that an erasure leaves."""
    return {"upstream_key": derived.upstream_key}
