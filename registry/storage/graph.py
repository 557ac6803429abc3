"""How records hang together: each question is one statement over the references of public parts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import lru_cache
from itertools import groupby
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Integer, Select, String, and_, func, select, tuple_, union

from registry.domain.errors import BadCursor
from registry.domain.link import FieldRel
from registry.domain.pages import PageRequest
from registry.domain.policy import Visibility
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports.graph import Ends, Meeting, Place
from registry.storage.beside import beside, shown
from registry.storage.facets import term_of, with_terms
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import FACET_TERMS, FACETS, LINKS, RECORDS
from registry.storage.visibility import form_of, viewer

_KEPT_STATEMENTS = 256
_STATING = RECORDS.alias("stating")
_FAR = RECORDS.alias("far")
_TARGET = RECORDS.alias("target_record")
_INCIDENT = RECORDS.alias("incident")
_LIMIT = named("limit", Integer())
_FACET, _VALUE = named("facet", String()), named("value", String())
_CARRIERS = select(FACETS.c.record).where(FACETS.c.term == term_of(_FACET, _VALUE))


def _names(prefix: str, count: int) -> list[ColumnElement[Any]]:
    return [named(f"{prefix}_{at}", String()) for at in range(count)]


def _values(prefix: str, uids: Sequence[str]) -> dict[str, Any]:
    return {f"{prefix}_{at}": uid for at, uid in enumerate(uids)}


def _before(key: ColumnElement[Any], uid: ColumnElement[Any]) -> ColumnElement[bool]:
    here = tuple_(named("position_key", RECORDS.c.published_at.type), named("position_uid", String()))
    return tuple_(key, uid) < here


@lru_cache(_KEPT_STATEMENTS)
def _ends(count: int, visible: Visibility, wanted: Ends, *, continued: bool) -> Prepared:
    """*wanted* says which conditions there are; its values are parameters."""
    given, found = (LINKS.c.target, LINKS.c.uid) if wanted.reverse else (LINKS.c.uid, LINKS.c.target)
    uids = _names("near", count)
    near: ColumnElement[Any] = given
    joined = LINKS.join(_STATING, and_(_STATING.c.uid == LINKS.c.uid, shown(visible, _STATING)))
    joined = joined.join(_FAR, and_(_FAR.c.uid == found, shown(visible, _FAR)))
    conditions: list[ColumnElement[bool]] = [LINKS.c.rel == named("rel", String())]
    if wanted.rel is FieldRel.ABOUT:
        merged = _merged(uids)
        joined, near = joined.join(merged, merged.c.uid == LINKS.c.target), merged.c.near
        conditions.append(LINKS.c.target.in_(select(merged.c.uid)))
    else:
        conditions.append(given.in_(uids))
    if wanted.kind is not None:
        conditions.append(_FAR.c.kind == named("kind", String()))
    if wanted.clause is not None:
        conditions.append(LINKS.c.clause == named("clause", String()))
    if wanted.facet is not None:
        conditions.append(_CARRIERS.where(FACETS.c.record == _FAR.c.id).exists())
    if continued:
        conditions.append(_before(_FAR.c.published_at, _FAR.c.uid))
    columns = near.label("near"), _FAR.c.uid.label("far"), _FAR.c.published_at.label("key")
    pairs = select(*columns).select_from(joined).where(*conditions).distinct().subquery("pairs")
    return Prepared(_newest(pairs))


def _merged(uids: Sequence[ColumnElement[Any]]) -> CTE:
    """Each of *uids* as ``near`` with itself and all that was merged into it, step by step.

    What was said of a record stays with it and is never more visible than it: so it may be told of the one that
    stands for it now. Other references tell no more than they say.
    """
    own = select(RECORDS.c.uid.label("near"), RECORDS.c.uid.label("uid")).where(RECORDS.c.uid.in_(uids))
    found = own.cte("merged", recursive=True)
    return found.union(select(found.c.near, _TARGET.c.uid).join(_TARGET, _TARGET.c.merged_into == found.c.uid))


def _newest(pairs: FromClause) -> Select[Any]:
    """The first rows of each ``near`` of *pairs*, the latest ``key`` first, with how many there are."""
    order = pairs.c.key.desc(), pairs.c.far.desc()
    rank = func.row_number().over(partition_by=pairs.c.near, order_by=order).label("rank")
    total = func.count().over(partition_by=pairs.c.near).label("total")
    ranked = select(pairs.c.near, pairs.c.far, pairs.c.key, rank, total).subquery("ranked")
    chosen = select(ranked.c.near, ranked.c.far, ranked.c.key, ranked.c.total).where(ranked.c.rank <= _LIMIT)
    return chosen.order_by(ranked.c.near, ranked.c.rank)


def _incidents(visible: Visibility) -> Select[Any]:
    return select(_INCIDENT.c.uid).where(
        _INCIDENT.c.kind == Kind.INCIDENT.value, shown(visible, _INCIDENT), _INCIDENT.c.id.in_(_CARRIERS)
    )


def _met_pairs(visible: Visibility) -> tuple[Select[Any], Select[Any]]:
    """Mitigation and incident, by links of incidents and by evidence of mitigations."""
    incidents = _incidents(visible)
    applied = select(LINKS.c.target.label("near"), LINKS.c.uid.label("far")).where(
        LINKS.c.rel == LinkRel.MITIGATED_BY.value, LINKS.c.uid.in_(incidents)
    )
    observed = select(LINKS.c.uid.label("near"), LINKS.c.target.label("far")).where(
        LINKS.c.rel == LinkRel.OBSERVED_IN.value, LINKS.c.target.in_(incidents)
    )
    return applied, observed


@lru_cache
def _tried(visible: Visibility, *, continued: bool) -> Prepared:
    pairs = union(*_met_pairs(visible)).subquery("pairs")
    carrying = RECORDS.alias("carrying")
    either = union(select(pairs.c.near), select(carrying.c.uid).where(carrying.c.id.in_(_CARRIERS)))
    # COALESCE, too, keeps SQLite from walking an index of all records instead of looking up the few found.
    key = func.coalesce(RECORDS.c.published_at, RECORDS.c.published_at)
    found = select(RECORDS.c.uid, RECORDS.c.published_at, RECORDS.c.id.in_(_CARRIERS)).where(
        RECORDS.c.uid.in_(either), RECORDS.c.kind == Kind.MITIGATION.value, shown(visible)
    )
    if continued:
        found = found.where(_before(key, RECORDS.c.uid))
    return Prepared(found.order_by(key.desc(), RECORDS.c.uid.desc()).limit(_LIMIT))


@lru_cache(_KEPT_STATEMENTS)
def _met(count: int, visible: Visibility) -> Prepared:
    wanted = _names("near", count)
    every = union(*_met_pairs(visible)).subquery("every")
    pairs = (
        select(every.c.near, every.c.far, RECORDS.c.published_at.label("key"))
        .join(RECORDS, RECORDS.c.uid == every.c.far)
        .where(every.c.near.in_(wanted))
        .subquery("pairs")
    )
    return Prepared(_newest(pairs))


@lru_cache(_KEPT_STATEMENTS)
def _violations(count: int, visible: Visibility) -> Prepared:
    stating = and_(_STATING.c.uid == LINKS.c.uid, _STATING.c.kind == Kind.INCIDENT.value, shown(visible, _STATING))
    number = func.count(LINKS.c.uid.distinct())
    return Prepared(
        select(LINKS.c.target, LINKS.c.clause, number)
        .join(_STATING, stating)
        .where(LINKS.c.rel == LinkRel.VIOLATES.value, LINKS.c.target.in_(_names("near", count)))
        .group_by(LINKS.c.target, LINKS.c.clause)
    )


@lru_cache
def _adoptions(visible: Visibility) -> Prepared:
    stating = and_(_STATING.c.uid == LINKS.c.uid, shown(visible, _STATING))
    merged = _merged([named("near", String())])
    joined = LINKS.join(merged, merged.c.uid == LINKS.c.target).join(_STATING, stating)
    joined, status = with_terms(joined, _STATING, "adoption", "status")
    return Prepared(
        select(status, func.count(LINKS.c.uid.distinct()))
        .select_from(joined)
        .where(LINKS.c.rel == FieldRel.ABOUT.value)
        .group_by(status)
    )


@lru_cache
def _matrix(visible: Visibility, *, by_outcome: bool) -> Prepared:
    type_ = FACET_TERMS.alias("type")
    joined = type_.join(FACETS, FACETS.c.term == type_.c.id).join(RECORDS, RECORDS.c.id == FACETS.c.record)
    joined, misuse = with_terms(joined, RECORDS, "misuse", "misuse")
    columns: list[ColumnElement[Any]] = [misuse, type_.c.value]
    if by_outcome:
        joined, outcome = with_terms(joined, RECORDS, "outcome", "outcome")
        columns.append(outcome)
    found = select(*columns, func.count(RECORDS.c.id.distinct())).select_from(joined)
    is_one = and_(type_.c.facet == "mitigation", RECORDS.c.kind == Kind.MITIGATION.value)
    return Prepared(found.where(is_one, shown(visible)).group_by(*columns))


class GraphReadings:
    """``ports.Graph``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def ends(
        self, uids: Sequence[RecordUid], wanted: Ends, request: PageRequest, *, visible: Visibility
    ) -> dict[RecordUid, tuple[Place, ...]]:
        """See the port."""
        if not uids:
            return {}
        shape = Ends(
            FieldRel.ABOUT if wanted.rel is FieldRel.ABOUT and wanted.reverse else LinkRel.RELATED,
            wanted.reverse,
            wanted.kind and Kind.INCIDENT,
            None if wanted.clause is None else "",
            wanted.facet and ("", ""),
        )
        statement = _ends(len(uids), form_of(visible), shape, continued=request.position is not None)
        facet, value = wanted.facet or ("", "")
        values = _values("near", uids) | viewer(visible) | _position(request)
        values |= {
            "rel": wanted.rel.value,
            "kind": wanted.kind,
            "clause": wanted.clause,
            "facet": facet,
            "value": value,
        }
        rows = self._statements.fetch(statement, values)
        return {
            near: tuple(_place(row[1], row[2]) for row in found) for near, found in groupby(rows, lambda row: row[0])
        }

    def beside(self, uids: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, dict[RecordUid, Kind]]:
        """See the port."""
        return beside(self._statements, uids, visible)

    def tried(
        self, facet: str, value: str, request: PageRequest, *, visible: Visibility
    ) -> tuple[tuple[Place, bool], ...]:
        """See the port."""
        statement = _tried(form_of(visible), continued=request.position is not None)
        values = {"facet": facet, "value": value} | viewer(visible) | _position(request)
        return tuple((_place(uid, at), bool(own)) for uid, at, own in self._statements.fetch(statement, values))

    def met(
        self, mitigations: Sequence[RecordUid], facet: str, value: str, *, each: int, visible: Visibility
    ) -> dict[RecordUid, Meeting]:
        """See the port."""
        if not mitigations:
            return {}
        values = _values("near", mitigations) | viewer(visible) | {"facet": facet, "value": value, "limit": each}
        rows = self._statements.fetch(_met(len(mitigations), form_of(visible)), values)
        groups = ((near, list(found)) for near, found in groupby(rows, lambda row: row[0]))
        return {near: Meeting(tuple(row[1] for row in found), int(found[0][3])) for near, found in groups}

    def violations(self, policies: Sequence[RecordUid], *, visible: Visibility) -> dict[RecordUid, dict[str, int]]:
        """See the port."""
        if not policies:
            return {}
        values = _values("near", policies) | viewer(visible)
        found: dict[RecordUid, dict[str, int]] = {}
        for policy, clause, number in self._statements.fetch(_violations(len(policies), form_of(visible)), values):
            found.setdefault(policy, {})[clause] = int(number)
        return found

    def adoptions(self, uid: RecordUid, *, visible: Visibility) -> dict[str, int]:
        """See the port."""
        rows = self._statements.fetch(_adoptions(form_of(visible)), {"near": uid, **viewer(visible)})
        return {status: int(number) for status, number in rows}

    def matrix(self, *, visible: Visibility) -> tuple[tuple[str, str, str | None, int], ...]:
        """See the port."""
        form, values = form_of(visible), viewer(visible)
        total = self._statements.fetch(_matrix(form, by_outcome=False), values)
        outcomes = self._statements.fetch(_matrix(form, by_outcome=True), values)
        return (*((row[0], row[1], None, row[2]) for row in total), *((*row[:3], row[3]) for row in outcomes))


def _place(uid: RecordUid, published_at: datetime) -> Place:
    return Place(uid, (published_at.isoformat(), uid))


def _position(request: PageRequest) -> dict[str, Any]:
    """The parameters of one page; one row more tells whether there are more.

    Raises:
        BadCursor: the position is not one of a list by publication, or asks to go backwards.
    """
    values: dict[str, Any] = {"limit": request.limit + 1}
    if request.position is None and not request.backwards:
        return values
    try:
        key, uid = request.position or ()
        at = datetime.fromisoformat(str(key))
    except ValueError:
        raise BadCursor from None
    if request.backwards or at.tzinfo is None:
        raise BadCursor
    return values | {"position_key": at, "position_uid": str(uid)}
