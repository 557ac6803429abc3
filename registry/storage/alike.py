"""Storing rows that are alike: what they have in common is put into the driver's values once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, column, func, insert, select, table

from registry.domain.alike import Alike
from registry.domain.record import Record
from registry.storage.facets import FacetTables
from registry.storage.mapping import record_values, revision_values
from registry.storage.prepared import Prepared, Values
from registry.storage.statements import Statements
from registry.storage.tables import LINKS, NO_DAY, NO_SEVERITY, RECORDS, REVISIONS, SOURCE_KEYS

TAKEN = "a record with this uid, number, external reference or upstream id exists already"


class AlikeRows:
    """An insert of rows that differ in some columns only; a row is the values of *varying*, then ``fixed``."""

    def __init__(self, of: Table, *varying: str) -> None:
        self._varying = varying
        columns = (*(of.c[name] for name in varying), *(one for one in of.c if one.name not in varying))
        self.statement = Prepared(insert(table(of.name, *(column(one.name, one.type) for one in columns))))

    def fixed(self, sample: Values) -> tuple[Any, ...]:
        """What all rows like *sample* have in common, as the driver is given it."""
        values = self.statement.parameters({**sample, **dict.fromkeys(self._varying)})
        return tuple(values[len(self._varying) :])


_LAST_ID = Prepared(select(func.coalesce(func.max(RECORDS.c.id), 0)))
_RECORDS = AlikeRows(RECORDS, "id", "uid", "number", "severity", "occurred_on", "upstream_key", "topics", "facets")
_REVISIONS = AlikeRows(
    REVISIONS,
    "uid",
    "public_body",
    "public_salt",
    "public_hash",
    "restricted_body",
    "restricted_salt",
    "restricted_hash",
)
_SOURCE_KEYS = AlikeRows(SOURCE_KEYS, "key", "uid")
_LINKS = AlikeRows(LINKS, "rel", "target", "clause", "uid")


def add_alike(statements: Statements, facets: FacetTables, sample: Record, others: Sequence[Alike]) -> None:
    """See ``ports.RecordWriter``. Rows are made one at a time: thousands of them at once would set the garbage
    collector to work."""
    envelope = _RECORDS.fixed(record_values(sample))
    # Terms that are new have to be there before the statement that names them begins.
    terms = [str(facets.numbers(one.derived.facets)) for one in others]
    first = int(statements.fetch(_LAST_ID)[0][0]) + 1
    records = (
        (
            id_,
            one.uid,
            one.number,
            NO_SEVERITY if one.derived.severity is None else one.derived.severity,
            (one.derived.occurred_on or NO_DAY).isoformat(),
            one.derived.upstream_key,
            one.topics,
            listed,
            *envelope,
        )
        for id_, (one, listed) in enumerate(zip(others, terms, strict=True), start=first)
    )
    statements.write_rows(_RECORDS.statement, records, taken=TAKEN)
    facets.index_from(first)
    revision = _REVISIONS.fixed(revision_values(sample.uid, sample.head))
    revisions = (
        (
            one.uid,
            one.public.body,
            one.public.salt,
            one.public.hash,
            one.restricted and one.restricted.body,
            one.restricted and one.restricted.salt,
            one.restricted_hash,
            *revision,
        )
        for one in others
    )
    statements.write_rows(_REVISIONS.statement, revisions)
    of_head = _SOURCE_KEYS.fixed({"is_work": False})
    keys = ((key, one.uid, *of_head) for one in others for key in sorted(one.derived.keys))
    statements.write_rows(_SOURCE_KEYS.statement, keys)
    links = ((rel, target, clause, one.uid) for one in others for rel, target, clause in sorted(one.derived.references))
    statements.write_rows(_LINKS.statement, links)
