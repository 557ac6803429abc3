"""Pairs of records that may tell of the same event, and what records are recognised by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, LargeBinary, String, and_, delete, insert, or_, select

from registry.domain.candidate import CandidateReason, CandidateState, MergeCandidate
from registry.domain.errors import BadCursor
from registry.domain.pages import PageRequest
from registry.domain.record import OrganisationId, RecordUid
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import CANDIDATE_KEYS, MERGE_CANDIDATES, RECORDS

_K, _M = CANDIDATE_KEYS.c, MERGE_CANDIDATES.c
_UID = named("uid", String())
_OF_RECORD = Prepared(select(_K.key).where(_K.uid == _UID))
_ADD = Prepared(insert(CANDIDATE_KEYS))
_FORGET = Prepared(delete(CANDIDATE_KEYS).where(_K.uid == _UID))
_HAVING = Prepared(
    select(_K.uid, RECORDS.c.owner)
    .join(RECORDS, RECORDS.c.uid == _K.uid)
    .where(_K.key == named("key", LargeBinary()))
    .limit(named("limit", Integer()))
)


class MergeCandidateTables:
    """``ports.MergeCandidates``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def put_keys(self, uid: RecordUid, keys: Sequence[bytes]) -> None:
        """See the port."""
        present = {row[0] for row in self._statements.fetch(_OF_RECORD, {"uid": uid})}
        if present == set(keys):
            return
        if present:
            self._statements.write(_FORGET, {"uid": uid})
        self._statements.write_each(_ADD, ({"key": key, "uid": uid} for key in sorted(set(keys))))

    def having(self, key: bytes, *, limit: int) -> tuple[tuple[RecordUid, OrganisationId], ...]:
        """See the port."""
        rows = self._statements.fetch(_HAVING, {"key": key, "limit": limit})
        return tuple((RecordUid(uid), OrganisationId(owner)) for uid, owner in rows)

    def put(self, candidate: MergeCandidate) -> None:
        """See the port."""
        self.drop(candidate.a, candidate.b)
        self._statements.run(
            insert(MERGE_CANDIDATES),
            {
                "a": candidate.a,
                "b": candidate.b,
                "score": candidate.score,
                "reasons": [one.value for one in candidate.reasons],
                "state": candidate.state.value,
                "found_at": candidate.found_at,
                "decided_by": candidate.decided_by,
                "decided_at": candidate.decided_at,
            },
        )

    def get(self, a: RecordUid, b: RecordUid) -> MergeCandidate | None:
        """See the port."""
        row = self._statements.row(select(MERGE_CANDIDATES).where(_M.a == a, _M.b == b))
        return None if row is None else _candidate(row)

    def of_record(self, uid: RecordUid) -> tuple[MergeCandidate, ...]:
        """See the port."""
        rows = self._statements.rows(select(MERGE_CANDIDATES).where(or_(_M.a == uid, _M.b == uid)).order_by(_M.a, _M.b))
        return tuple(map(_candidate, rows))

    def drop(self, a: RecordUid, b: RecordUid) -> None:
        """See the port."""
        self._statements.run(delete(MERGE_CANDIDATES).where(_M.a == a, _M.b == b))

    def page(self, state: CandidateState | None, request: PageRequest) -> tuple[MergeCandidate, ...]:
        """See the port."""
        found = select(MERGE_CANDIDATES)
        if state is not None:
            found = found.where(_M.state == state.value)
        if request.position is not None:
            score, a, b = _place(request)
            later = and_(_M.score == score, or_(_M.a > a, and_(_M.a == a, _M.b > b)))
            found = found.where(or_(_M.score < score, later))
        rows = self._statements.rows(found.order_by(_M.score.desc(), _M.a, _M.b).limit(request.limit + 1))
        return tuple(map(_candidate, rows))

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.write(_FORGET, {"uid": uid})
        self._statements.run(delete(MERGE_CANDIDATES).where(or_(_M.a == uid, _M.b == uid)))


def _place(request: PageRequest) -> tuple[int, str, str]:
    match request.position:
        case (int(score), str(a), str(b)):
            return score, a, b
    raise BadCursor


def _candidate(row: Mapping[str, Any]) -> MergeCandidate:
    return MergeCandidate(
        a=row["a"],
        b=row["b"],
        score=row["score"],
        reasons=tuple(map(CandidateReason, row["reasons"])),
        found_at=row["found_at"],
        state=CandidateState(row["state"]),
        decided_by=row["decided_by"],
        decided_at=row["decided_at"],
    )
