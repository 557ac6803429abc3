"""Writing records: the envelope, revisions that never change, and what lists need of the head's public part."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, String, delete, insert, select, union_all, update
from sqlalchemy.dialects import sqlite

from registry.domain.alike import Alike
from registry.domain.canonical import Document
from registry.domain.content.marking import Marking
from registry.domain.derived import Derived, derived_of
from registry.domain.record import Record, RecordUid, Revision
from registry.domain.vocabulary import Kind
from registry.storage.alike import TAKEN, add_alike
from registry.storage.counts import PublicCounts
from registry.storage.facets import FacetTables
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
from registry.storage.statements import Statements
from registry.storage.tables import (
    IDEMPOTENCY,
    LINKS,
    NO_DAY,
    NO_SEVERITY,
    NUMBERS,
    RECORDS,
    RESERVED_NUMBERS,
    REVISIONS,
)

_NUMBERS_AT_ONCE = 256
_FORGOTTEN: Values = {
    f"{part}_{column}": None for part in ("public", "restricted") for column in ("schema", "body", "salt")
}

_UID = named("uid", String())
_ADD_RECORD = Prepared(insert(RECORDS))
_ADD_REVISION = Prepared(insert(REVISIONS))
_ADD_LINK = Prepared(insert(LINKS))
_FORGET_LINKS = Prepared(delete(LINKS).where(LINKS.c.uid == _UID))
_BEFORE = Prepared(select(RECORDS.c.id, RECORDS.c.facets, RECORDS.c.head_draft_revision).where(RECORDS.c.uid == _UID))
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
_COUNT = named("count", Integer())
_NEXT_NUMBERS = Prepared(
    sqlite.insert(NUMBERS)
    .values(kind=named("kind", String()), year=named("year", Integer()), last=_COUNT)
    .on_conflict_do_update(index_elements=("kind", "year"), set_={"last": NUMBERS.c.last + _COUNT})
    .returning(NUMBERS.c.last)
)


@lru_cache
def _taken_of(count: int) -> Prepared:
    asked = [named(str(at), String()) for at in range(count)]
    columns = RECORDS.c.number, RESERVED_NUMBERS.c.number
    given, set_aside = (select(column).where(column.in_(asked)) for column in columns)
    return Prepared(union_all(given, set_aside))


@lru_cache
def _update(columns: tuple[str, ...]) -> Prepared:
    values = {name: named(name, RECORDS.c[name].type) for name in columns}
    return Prepared(update(RECORDS).where(RECORDS.c.uid == named("of_uid", String())).values(values))


class RecordTables(RecordReadings):
    """``ports.RecordWriter``."""

    def __init__(self, statements: Statements, counts: PublicCounts | None = None) -> None:
        super().__init__(statements, counts)
        self._facets = FacetTables(statements)

    def add(self, record: Record) -> None:
        """See the port."""
        derived = derived_of(_public_document(record))
        values = record_values(record) | self._columns(derived) | _recognised(record, derived)
        self._statements.write(_ADD_RECORD, {"id": None, **values}, taken=TAKEN)
        self._facets.index(record.uid)
        self._add_links(record.uid, derived)
        revisions = [revision for revision in (record.head, record.work) if revision is not None]
        self._statements.write_each(_ADD_REVISION, [revision_values(record.uid, one) for one in revisions])
        add_sources(self._statements, record, derived)

    def add_alike(self, sample: Record, others: Sequence[Alike]) -> None:
        """See the port."""
        add_alike(self._statements, self._facets, sample, others)

    def save(self, record: Record) -> None:
        """See the port."""
        before = self._statements.first(_BEFORE, {"uid": record.uid})
        if before is None or before[2] != record.head.draft_revision:
            derived = derived_of(_public_document(record))
            self._follow_head(record, before, derived, _recognised(record, derived))
        else:
            self._update(record.uid, record_values(record))
        self._save_revisions(record)
        follow_sources(self._statements, record)

    def erase(self, record: Record) -> None:
        """See the port. Of a marking only who saw the record stays: the rest may hold words of the author."""
        self._statements.erases = True
        forget_sources(self._statements, record.uid)
        self._save_revisions(record)
        before = self._statements.first(_BEFORE, {"uid": record.uid})
        self._follow_head(record, before, Derived(), {"external_ref": None})
        of_record = REVISIONS.c.uid == record.uid
        stored = self._statements.run(select(REVISIONS.c.draft_revision, REVISIONS.c.marking).where(of_record)).all()
        for draft_revision, marking in stored:
            said = marking_of(marking)
            kept = marking_text(Marking(tlp=said.tlp, audience=said.audience))
            this = update(REVISIONS).where(of_record, REVISIONS.c.draft_revision == draft_revision)
            self._statements.run(this.values(**_FORGOTTEN, marking=kept))
        self._statements.run(delete(IDEMPOTENCY).where(IDEMPOTENCY.c.uid == record.uid))

    def put_back(self, record: Record) -> None:
        """See the port."""
        head = record.head
        this = REVISIONS.c.uid == record.uid, REVISIONS.c.draft_revision == head.draft_revision
        self._statements.run(update(REVISIONS).where(*this).values(**revision_values(record.uid, head)))
        before = self._statements.first(_BEFORE, {"uid": record.uid})
        derived = derived_of(_public_document(record))
        self._follow_head(record, before, derived, _recognised(record, derived))
        follow_sources(self._statements, record)

    def forget_restricted(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.erases = True
        values: dict[str, Any] = {name: None for name in _FORGOTTEN if name.partition("_")[0] == "restricted"}
        self._statements.run(update(REVISIONS).where(REVISIONS.c.uid == uid).values(**values))

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

    def next_numbers(self, kind: Kind, year: int, count: int) -> range:
        """See the port."""
        (found,) = self._statements.fetch(_NEXT_NUMBERS, {"kind": kind.value, "year": year, "count": count})
        last = int(found[0])
        return range(last - count + 1, last + 1)

    def taken_numbers(self, numbers: Sequence[str]) -> frozenset[str]:
        """See the port. How many are asked for is rounded up, so that few statements are put into words."""
        found: set[str] = set()
        for at in range(0, len(numbers), _NUMBERS_AT_ONCE):
            portion = numbers[at : at + _NUMBERS_AT_ONCE]
            size = 1 << (len(portion) - 1).bit_length()
            asked = [portion[place % len(portion)] for place in range(size)]
            found.update(row[0] for row in self._statements.fetch_listed(_taken_of(size), asked * 2))
        return frozenset(found)

    def _update(self, uid: RecordUid, values: Values) -> None:
        self._statements.write(_update(tuple(values)), {**values, "of_uid": uid}, taken=TAKEN)

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

    def _follow_head(self, record: Record, before: Sequence[Any] | None, derived: Derived, others: Values) -> None:
        """Store the envelope with *others*, and what lists need of a head that is another than *before*."""
        left: list[int] = [] if before is None else before[1]
        if before is not None:
            self._facets.forget(before[0], left)
        self._update(record.uid, record_values(record) | self._columns(derived) | others)
        self._facets.index(record.uid)
        self._facets.forget_unused(left)
        self._statements.write(_FORGET_LINKS, {"uid": record.uid})
        self._add_links(record.uid, derived)

    def _add_links(self, uid: RecordUid, derived: Derived) -> None:
        links = [{"uid": uid, "rel": one[0], "target": one[1], "clause": one[2]} for one in derived.references]
        self._statements.write_each(_ADD_LINK, links)

    def _columns(self, derived: Derived) -> Values:
        """The columns of ``records`` that come from the head's public part."""
        return {
            "severity": NO_SEVERITY if derived.severity is None else derived.severity,
            "occurred_on": derived.occurred_on or NO_DAY,
            "facets": self._facets.numbers(derived.facets),
        }


def _public_document(record: Record) -> Document:
    return {} if record.head.public is None else record.head.public.document


def _recognised(record: Record, derived: Derived) -> Values:
    """The column that an erasure leaves. Two nodes may have imported the same: of what came from another nothing is
    recognised as imported here."""
    return {"upstream_key": None if record.received else derived.upstream_key}
