"""Findings by source, with their history."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import ColumnElement, and_, insert, select, update

from registry.domain.finding import Finding, KeptFinding
from registry.storage.statements import Statements
from registry.storage.tables import FINDINGS


class FindingTable:
    """``ports.Findings``. A finding is the same if source, record, code and message are."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def replace(self, source: str, findings: Sequence[Finding], *, now: datetime) -> None:
        """See the port. One that was cleared and comes back is open again, since its first time."""
        known = {_key(kept.finding) for kept in self.of_source(source)}
        missing = and_(FINDINGS.c.source == source, FINDINGS.c.cleared_at.is_(None))
        self._statements.run(update(FINDINGS).where(missing).values(cleared_at=now))
        for key, finding in {_key(finding): finding for finding in findings}.items():
            seen = {"refused": finding.refused, "held": finding.held, "last_attempt_at": now, "cleared_at": None}
            if key in known:
                self._statements.run(update(FINDINGS).where(_is(finding)).values(**seen))
            else:
                self._statements.run(insert(FINDINGS), asdict(finding) | seen | {"first_seen_at": now})

    def of_source(self, source: str) -> tuple[KeptFinding, ...]:
        """See the port; then by record, code and message."""
        order = (FINDINGS.c.cleared_at.is_not(None), FINDINGS.c.record, FINDINGS.c.code, FINDINGS.c.message)
        rows = self._statements.rows(select(FINDINGS).where(FINDINGS.c.source == source).order_by(*order))
        return tuple(
            KeptFinding(
                Finding(row["source"], row["record"], row["code"], row["message"], row["refused"], row["held"]),
                row["first_seen_at"],
                row["last_attempt_at"],
                row["cleared_at"],
            )
            for row in rows
        )


def _key(finding: Finding) -> tuple[str, str, str]:
    return finding.record, finding.code, finding.message


def _is(finding: Finding) -> ColumnElement[bool]:
    return and_(
        FINDINGS.c.source == finding.source,
        FINDINGS.c.record == finding.record,
        FINDINGS.c.code == finding.code,
        FINDINGS.c.message == finding.message,
    )
