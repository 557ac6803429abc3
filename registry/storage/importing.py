"""Sources, runs of imports, and records that their source no longer has."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, String, cast, delete, func, insert, select, update

from registry.domain.absence import Absence
from registry.domain.importing import Counts, Run, RunState, Source, SourceState, Trust, Validator
from registry.domain.pages import Page, PageRequest
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import OrganisationId, RecordUid, State
from registry.domain.vocabulary import OrganisationKind
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import (
    IMPORT_ABSENCES,
    IMPORT_DOCUMENTS,
    IMPORT_RUNS,
    IMPORT_SOURCES,
    IMPORT_STATES,
    RECORDS,
)
from registry.storage.visibility import listed, viewer

_A, _D, _R, _S = IMPORT_ABSENCES.c, IMPORT_DOCUMENTS.c, IMPORT_RUNS.c, IMPORT_STATES.c
_PORTION = 500
_SOURCE = named("of_source", String())
_OF_SOURCE = Prepared(select(IMPORT_ABSENCES).where(_A.source == _SOURCE))
_FORGET = Prepared(delete(IMPORT_ABSENCES).where(_A.source == _SOURCE, _A.key == named("of_key", _A.key.type)))
_PUT_ABSENCE = Prepared(insert(IMPORT_ABSENCES).prefix_with("OR REPLACE"))
_PUBLISHED = Prepared(
    select(RECORDS.c.owner, func.count(), func.sum(cast(RECORDS.c.imported, Integer)))
    .where(listed(PUBLIC_ONLY), RECORDS.c.upstream_key.is_not(None))
    .group_by(RECORDS.c.owner)
)
_CHOSEN = (
    "trust", "every_hours", "paused", "cursor", "good_run", "good_at", "due_at", "failures", "asked_at",
    "allows_withdrawals",
)  # fmt: skip


@lru_cache
def _of_keys(count: int) -> Prepared:
    wanted = [named(str(at), _A.key.type) for at in range(count)]
    return Prepared(select(IMPORT_ABSENCES).where(_A.source == _SOURCE, _A.key.in_(wanted)))


@lru_cache
def _live(states: tuple[str, ...]) -> Prepared:
    columns = RECORDS.c
    return Prepared(
        select(columns.uid, columns.upstream_key)
        .where(
            columns.owner == named("owner", columns.owner.type),
            columns.uid > named("after", columns.uid.type),
            columns.upstream_key.is_not(None),
            columns.state.in_([named(name, String()) for name in states]),
        )
        .order_by(columns.uid)
        .limit(named("limit", Integer()))
    )


class ImportSourceTables:
    """``ports.ImportSources``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def all(self) -> tuple[Source, ...]:
        """See the port."""
        return tuple(map(_source, self._statements.rows(select(IMPORT_SOURCES).order_by(IMPORT_SOURCES.c.id))))

    def get(self, source: str) -> Source | None:
        """See the port."""
        row = self._statements.row(select(IMPORT_SOURCES).where(IMPORT_SOURCES.c.id == source))
        return None if row is None else _source(row)

    def put(self, source: Source) -> None:
        """See the port."""
        values = {name: getattr(source, name) for name in ("id", "format", "title", "home", "licence", "attribution")}
        values |= {"obligations": list(source.obligations), "hosts": sorted(source.hosts), "urls": list(source.urls)}
        values |= {"organisation": source.organisation.value, "trust": source.trust.value}
        values |= {"every_hours": source.every_hours, "options": dict(source.options)}
        self._statements.run(insert(IMPORT_SOURCES).prefix_with("OR REPLACE").values(values))

    def remove(self, source: str) -> bool:
        """See the port."""
        found = self._statements.run(delete(IMPORT_SOURCES).where(IMPORT_SOURCES.c.id == source)).rowcount > 0
        if found:
            self._statements.run(delete(IMPORT_STATES).where(_S.source == source))
            self._statements.run(delete(IMPORT_DOCUMENTS).where(_D.source == source))
        return found

    def states(self) -> dict[str, SourceState]:
        """See the port."""
        waiting = self._waiting()
        rows = {row["source"]: row for row in self._statements.rows(select(IMPORT_STATES))}
        return {name: _state(name, rows.get(name), waiting.get(name, (0, 0)), {}) for name in rows.keys() | waiting}

    def state(self, source: str) -> SourceState:
        """See the port."""
        row = self._statements.row(select(IMPORT_STATES).where(_S.source == source))
        documents = self._statements.rows(select(IMPORT_DOCUMENTS).where(_D.source == source))
        validators = {one["url"]: Validator(one["etag"], one["last_modified"]) for one in documents}
        return _state(source, row, self._waiting().get(source, (0, 0)), validators)

    def save_state(self, state: SourceState) -> None:
        """See the port."""
        values = {name: getattr(state, name) for name in _CHOSEN} | {"source": state.source}
        values["trust"] = state.trust and state.trust.value
        self._statements.run(insert(IMPORT_STATES).prefix_with("OR REPLACE").values(values))

    def published(self) -> dict[OrganisationId, tuple[int, int]]:
        """See the port."""
        rows = self._statements.fetch(_PUBLISHED, viewer(PUBLIC_ONLY))
        return {OrganisationId(owner): (int(count), int(unreviewed)) for owner, count, unreviewed in rows}

    def put_validators(self, source: str, validators: Mapping[str, Validator]) -> None:
        """See the port."""
        nothing = Validator()
        gone = [url for url, one in validators.items() if one == nothing]
        for at in range(0, len(gone), _PORTION):
            portion = gone[at : at + _PORTION]
            self._statements.run(delete(IMPORT_DOCUMENTS).where(_D.source == source, _D.url.in_(portion)))
        rows = [{"source": source, "url": url} | asdict(one) for url, one in validators.items() if one != nothing]
        if rows:
            self._statements.run(insert(IMPORT_DOCUMENTS).prefix_with("OR REPLACE"), rows)

    def _waiting(self) -> dict[str, tuple[int, int]]:
        """By source, withdrawals that are held and other records that were missed once."""
        # Left to itself a sum of truth values is read as one.
        held = cast(_A.held, Integer)
        counted = select(_A.source, func.sum(held), func.sum(1 - held)).where(_A.withdrawn_at.is_(None))
        rows = self._statements.run(counted.group_by(_A.source)).all()
        return {source: (int(waiting), int(absent)) for source, waiting, absent in rows}


class ImportRunTable:
    """``ports.ImportRuns``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, run: Run) -> None:
        """See the port."""
        self._statements.run(insert(IMPORT_RUNS).values(_run_values(run)), taken="a run of this source goes on")

    def save(self, run: Run) -> None:
        """See the port."""
        self._statements.run(update(IMPORT_RUNS).where(_R.id == run.id).values(_run_values(run)))

    def get(self, run: str) -> Run | None:
        """See the port."""
        row = self._statements.row(select(IMPORT_RUNS).where(_R.id == run))
        return None if row is None else _run(row)

    def going_on(self, source: str) -> Run | None:
        """See the port."""
        wanted = select(IMPORT_RUNS).where(_R.source == source, _R.state == RunState.RUNNING.value)
        row = self._statements.row(wanted)
        return None if row is None else _run(row)

    def page(self, source: str | None, request: PageRequest) -> Page[Run]:
        """See the port."""
        statement = select(IMPORT_RUNS).limit(request.limit + 1)
        if source is not None:
            statement = statement.where(_R.source == source)
        if request.position is not None:
            position = str(request.position[0])
            statement = statement.where(_R.id > position if request.backwards else _R.id < position)
        statement = statement.order_by(_R.id if request.backwards else _R.id.desc())
        found = tuple(map(_run, self._statements.rows(statement)))
        more, kept = len(found) > request.limit, found[: request.limit]
        items = kept[::-1] if request.backwards else kept
        return Page(
            items,
            tuple((one.id,) for one in items),
            has_next=request.position is not None if request.backwards else more,
            has_previous=more if request.backwards else request.position is not None,
        )


class AbsenceTable:
    """``ports.Absences``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def of_source(self, source: str) -> dict[bytes, Absence]:
        """See the port."""
        return _absences(self._statements.fetch(_OF_SOURCE, {"of_source": source}))

    def of_keys(self, source: str, keys: Collection[bytes]) -> dict[bytes, Absence]:
        """See the port."""
        if not keys:
            return {}
        values = {str(at): key for at, key in enumerate(keys)} | {"of_source": source}
        return _absences(self._statements.fetch(_of_keys(len(keys)), values))

    def put(self, source: str, absences: Sequence[Absence]) -> None:
        """See the port."""
        self._statements.write_each(_PUT_ABSENCE, [asdict(one) | {"source": source} for one in absences])

    def forget(self, source: str, keys: Collection[bytes]) -> None:
        """See the port."""
        self._statements.write_each(_FORGET, [{"of_source": source, "of_key": key} for key in keys])

    def live(
        self, owner: OrganisationId, states: Collection[State], *, after: RecordUid | None, limit: int
    ) -> tuple[tuple[RecordUid, bytes], ...]:
        """See the port."""
        names = tuple(sorted(one.value for one in states))
        values = {name: name for name in names} | {"owner": owner, "after": after or "", "limit": limit}
        return tuple((RecordUid(row[0]), row[1]) for row in self._statements.fetch(_live(names), values))


def _absences(rows: list[list[Any]]) -> dict[bytes, Absence]:
    return {one.key: one for one in _each_absence(rows)}


def _each_absence(rows: list[list[Any]]) -> Iterator[Absence]:
    for _source_id, key, uid, run, at, reason, taken_back, held, withdrawn_at in rows:
        yield Absence(key, RecordUid(uid), run, at, reason, taken_back, held, withdrawn_at)


def _source(row: Mapping[str, Any]) -> Source:
    return Source(
        id=row["id"],
        format=row["format"],
        title=row["title"],
        home=row["home"],
        licence=row["licence"],
        attribution=row["attribution"],
        obligations=tuple(row["obligations"]),
        hosts=frozenset(row["hosts"]),
        organisation=OrganisationKind(row["organisation"]),
        trust=Trust(row["trust"]),
        urls=tuple(row["urls"]),
        every_hours=row["every_hours"],
        options=row["options"],
    )


def _state(
    source: str, row: Mapping[str, Any] | None, waiting: tuple[int, int], validators: Mapping[str, Validator]
) -> SourceState:
    kept: dict[str, Any] = {} if row is None else {name: row[name] for name in _CHOSEN}
    if kept.get("trust") is not None:
        kept["trust"] = Trust(kept["trust"])
    return SourceState(source, **kept, held=waiting[0], absent=waiting[1], validators=validators)


def _run_values(run: Run) -> dict[str, Any]:
    return asdict(run) | {"state": run.state.value, "counts": asdict(run.counts)}


def _run(row: Mapping[str, Any]) -> Run:
    return Run(**{**row, "state": RunState(row["state"]), "counts": Counts(**row["counts"])})
