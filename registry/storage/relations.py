"""Which public records name the same, and what editors decided of pairs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, delete, func, insert, literal, or_, select, union_all

from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import RecordUid
from registry.domain.relatedness import RelationDecision, Verdict
from registry.storage.beside import shown
from registry.storage.facets import term_of
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import FACETS, RECORDS, RELATION_DECISIONS
from registry.storage.visibility import viewer

_D = RELATION_DECISIONS.c
_VIEWER = viewer(PUBLIC_ONLY)


class RelationTables:
    """``ports.Relations``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def holding(self, facets: Sequence[tuple[str, str]], *, most: int) -> dict[tuple[str, str], int]:
        """See the port."""
        if not facets:
            return {}
        count, values = _placed(facets)
        rows = self._statements.fetch(_holding(count), {**values, **_VIEWER, "most": most})
        return {facets[at]: found for at, found in rows if at < len(facets)}

    def sharing(self, weights: Mapping[tuple[str, str], int], *, but: RecordUid, limit: int) -> tuple[RecordUid, ...]:
        """See the port."""
        if not weights:
            return ()
        count, values = _placed(list(weights))
        # Places that are there to make few statements of many weigh nothing.
        given = [*weights.values(), *[0] * (count - len(weights))]
        values |= {f"weight_{at}": weight for at, weight in enumerate(given)}
        rows = self._statements.fetch(_sharing(count), {**values, **_VIEWER, "but": but, "limit": limit})
        return tuple(RecordUid(row[0]) for row in rows)

    def put(self, decision: RelationDecision) -> None:
        """See the port."""
        self._statements.run(
            insert(RELATION_DECISIONS),
            {
                "a": decision.a,
                "b": decision.b,
                "verdict": decision.verdict.value,
                "reason": decision.reason,
                "decided_by": decision.decided_by,
                "decided_at": decision.decided_at,
            },
        )

    def get(self, a: RecordUid, b: RecordUid) -> RelationDecision | None:
        """See the port."""
        row = self._statements.row(select(RELATION_DECISIONS).where(_D.a == a, _D.b == b))
        return None if row is None else _decision(row)

    def drop(self, a: RecordUid, b: RecordUid) -> None:
        """See the port."""
        self._statements.run(delete(RELATION_DECISIONS).where(_D.a == a, _D.b == b))

    def of_records(self, uids: Sequence[RecordUid]) -> tuple[RelationDecision, ...]:
        """See the port."""
        about = or_(_D.a.in_(uids), _D.b.in_(uids))
        rows = self._statements.rows(select(RELATION_DECISIONS).where(about).order_by(_D.decided_at, _D.a, _D.b))
        return tuple(map(_decision, rows))

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.run(delete(RELATION_DECISIONS).where(or_(_D.a == uid, _D.b == uid)))


def _placed(facets: Sequence[tuple[str, str]]) -> tuple[int, dict[str, Any]]:
    """How many places a statement has for these, rounded up so that there are few statements, and what stands there."""
    count = 1 << (len(facets) - 1).bit_length()
    filled = [*facets, *[("", "")] * (count - len(facets))]
    values = {f"facet_{at}": facet for at, (facet, _) in enumerate(filled)}
    return count, values | {f"value_{at}": value for at, (_, value) in enumerate(filled)}


def _having(at: int) -> ColumnElement[bool]:
    return FACETS.c.term == term_of(named(f"facet_{at}", String()), named(f"value_{at}", String()))


@lru_cache
def _holding(count: int) -> Prepared:
    public = FACETS.join(RECORDS, RECORDS.c.id == FACETS.c.record)
    counted = []
    for at in range(count):
        found = select(FACETS.c.record).select_from(public).where(_having(at), shown(PUBLIC_ONLY))
        some = found.limit(named("most", Integer())).subquery()
        counted.append(select(literal(at, Integer()), func.count()).select_from(some))
    return Prepared(union_all(*counted))


@lru_cache
def _sharing(count: int) -> Prepared:
    each = [
        select(FACETS.c.record, named(f"weight_{at}", Integer()).label("weight")).where(_having(at))
        for at in range(count)
    ]
    found = union_all(*each).subquery()
    weight = func.sum(found.c.weight)
    return Prepared(
        select(RECORDS.c.uid)
        .join(found, RECORDS.c.id == found.c.record)
        .where(RECORDS.c.uid != named("but", String()), shown(PUBLIC_ONLY))
        .group_by(RECORDS.c.id)
        .order_by(weight.desc(), RECORDS.c.uid.desc())
        .limit(named("limit", Integer()))
    )


def _decision(row: Mapping[str, Any]) -> RelationDecision:
    return RelationDecision(
        a=row["a"],
        b=row["b"],
        verdict=Verdict(row["verdict"]),
        reason=row["reason"],
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
