"""Findings by source, with their history."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, String, delete, func, or_, select, tuple_, update
from sqlalchemy.dialects.sqlite import insert

from registry.domain.finding import Finding, FindingFilter, KeptFinding
from registry.domain.pages import Page, PageRequest
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import FINDINGS

_F = FINDINGS.c
_NEW = insert(FINDINGS)
_SEEN = ("refused", "held", "last_attempt_at", "cleared_at", "run")
_KEEP = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=[_F.source, _F.record, _F.code, _F.message],
        set_={name: _NEW.excluded[name] for name in _SEEN},
    )
)
_MISSED = (
    _F.source == named("of_source", String()),
    _F.cleared_at.is_(None),
    or_(_F.run.is_(None), _F.run != named("of_run", String())),
)
_CLEARED = {"cleared_at": named("now", _F.cleared_at.type)}
_MISSED_RECORDS = Prepared(select(_F.record).where(*_MISSED).distinct())
_CLEAR = Prepared(update(FINDINGS).where(*_MISSED).values(_CLEARED))
_CLEAR_RECORD = Prepared(update(FINDINGS).where(*_MISSED, _F.record == named("of_record", String())).values(_CLEARED))


class FindingTable:
    """``ports.Findings``. A finding is the same if source, record, code and message are."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def keep(self, source: str, run: str, findings: Collection[Finding], *, now: datetime) -> None:
        """See the port. One that was cleared and comes back is open again, since its first time."""
        seen = {"first_seen_at": now, "last_attempt_at": now, "cleared_at": None, "run": run, "source": source}
        self._statements.write_each(_KEEP, [asdict(finding) | seen for finding in findings])

    def clear(
        self, source: str, run: str, records: Collection[str] | None, *, now: datetime, unread: Collection[str] = ()
    ) -> None:
        """See the port."""
        which = {"of_source": source, "of_run": run}
        if records is None and not unread:
            self._statements.write(_CLEAR, which | {"now": now})
            return
        missed = [row[0] for row in self._statements.fetch(_MISSED_RECORDS, which)]
        seen = [one for one in missed if one not in unread and (records is None or one in records)]
        mended = [{**which, "now": now, "of_record": one} for one in seen]
        self._statements.write_each(_CLEAR_RECORD, mended)

    def forget(self, source: str, *, before: datetime) -> None:
        """See the port."""
        self._statements.run(delete(FINDINGS).where(_F.source == source, _F.cleared_at < before))

    def page(self, source: str, wanted: FindingFilter, request: PageRequest) -> Page[KeptFinding]:
        """See the port."""
        cleared = _F.cleared_at.is_not(None)
        key = (cleared, _F.record, _F.code, _F.message)
        order = [one.desc() for one in key] if request.backwards else list(key)
        statement = select(FINDINGS).where(_F.source == source, *_narrowed(wanted))
        if request.position is not None:
            position = tuple_(*request.position)
            beyond = tuple_(*key) < position if request.backwards else tuple_(*key) > position
            statement = statement.where(beyond)
        found = [_kept(row) for row in self._statements.rows(statement.order_by(*order).limit(request.limit + 1))]
        more, kept = len(found) > request.limit, found[: request.limit]
        items = tuple(kept[::-1] if request.backwards else kept)
        return Page(
            items,
            tuple(_position(one) for one in items),
            has_next=request.position is not None if request.backwards else more,
            has_previous=more if request.backwards else request.position is not None,
        )

    def counts(self, source: str) -> dict[str, int]:
        """See the port."""
        wanted = select(_F.code, func.count()).where(_F.source == source, _F.cleared_at.is_(None))
        rows = self._statements.run(wanted.group_by(_F.code).order_by(_F.code)).all()
        return {code: int(count) for code, count in rows}

    def holding(self, source: str, records: Collection[str]) -> dict[str, tuple[str, ...]]:
        """See the port."""
        is_it = (_F.source == source, _F.record.in_(sorted(records)), _F.held, _F.cleared_at.is_(None))
        wanted = select(_F.record, _F.code).where(*is_it).distinct().order_by(_F.record, _F.code)
        found: dict[str, tuple[str, ...]] = {}
        for record, code in self._statements.run(wanted):
            found[record] = (*found.get(record, ()), code)
        return found


def _narrowed(wanted: FindingFilter) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    if wanted.code is not None:
        found.append(_F.code == wanted.code)
    if wanted.record is not None:
        found.append(_F.record == wanted.record)
    if wanted.without:
        found.append(_F.code.not_in(sorted(wanted.without)))
    if wanted.refused is not None:
        found.append(_F.refused == wanted.refused)
    if wanted.held is not None:
        found.append(_F.held == wanted.held)
    if wanted.is_open is not None:
        found.append(_F.cleared_at.is_(None) if wanted.is_open else _F.cleared_at.is_not(None))
    return found


def _position(kept: KeptFinding) -> tuple[int, str, str, str]:
    finding = kept.finding
    return (int(kept.cleared_at is not None), finding.record, finding.code, finding.message)


def _kept(row: Mapping[str, Any]) -> KeptFinding:
    return KeptFinding(
        Finding(row["source"], row["record"], row["code"], row["message"], row["refused"], row["held"]),
        row["first_seen_at"],
        row["last_attempt_at"],
        row["cleared_at"],
    )
