"""The table of allowed steps in a record's life. What is not in it is not possible."""

from __future__ import annotations

from enum import StrEnum

from registry.domain.errors import InvalidTransition
from registry.domain.record import Record, State


class Step(StrEnum):
    """Something done to a record."""

    SUBMIT = "submit"
    REVISE = "revise"
    CLAIM = "claim"
    RELEASE = "release"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    REJECT = "reject"
    RETRACT = "retract"
    PUBLISH = "publish"
    PUBLISH_IMPORT = "publish_import"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    MERGE = "merge"
    SPLIT = "split"
    NARROW = "narrow"
    ERASE = "erase"


TABLE: dict[tuple[State, Step], State] = {
    (State.DRAFT, Step.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Step.REVISE): State.DRAFT,
    (State.SUBMITTED, Step.REVISE): State.SUBMITTED,
    (State.SUBMITTED, Step.CLAIM): State.IN_REVIEW,
    (State.SUBMITTED, Step.PUBLISH_IMPORT): State.PUBLISHED,
    (State.IN_REVIEW, Step.REVISE): State.IN_REVIEW,
    (State.IN_REVIEW, Step.RELEASE): State.SUBMITTED,
    (State.IN_REVIEW, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.IN_REVIEW, Step.APPROVE): State.APPROVED,
    (State.IN_REVIEW, Step.REJECT): State.REJECTED,
    (State.CHANGES_REQUESTED, Step.REVISE): State.SUBMITTED,
    (State.APPROVED, Step.REVISE): State.SUBMITTED,
    (State.APPROVED, Step.REQUEST_CHANGES): State.CHANGES_REQUESTED,
    (State.APPROVED, Step.REJECT): State.REJECTED,
    (State.APPROVED, Step.PUBLISH): State.PUBLISHED,
    (State.REJECTED, Step.REVISE): State.SUBMITTED,
    (State.SUBMITTED, Step.RETRACT): State.RETRACTED,
    (State.IN_REVIEW, Step.RETRACT): State.RETRACTED,
    (State.CHANGES_REQUESTED, Step.RETRACT): State.RETRACTED,
    (State.APPROVED, Step.RETRACT): State.RETRACTED,
    (State.REJECTED, Step.RETRACT): State.RETRACTED,
    (State.RETRACTED, Step.REVISE): State.SUBMITTED,
    (State.PUBLISHED, Step.REVISE): State.SUBMITTED,
    (State.PUBLISHED, Step.WITHDRAW): State.WITHDRAWN,
    (State.PUBLISHED, Step.NARROW): State.PUBLISHED,
    (State.PUBLISHED, Step.MERGE): State.MERGED,
    (State.WITHDRAWN, Step.RESTORE): State.PUBLISHED,
    (State.MERGED, Step.SPLIT): State.PUBLISHED,
    (State.DRAFT, Step.RETRACT): State.RETRACTED,
    (State.DRAFT, Step.ERASE): State.ERASED,
    (State.SUBMITTED, Step.ERASE): State.ERASED,
    (State.IN_REVIEW, Step.ERASE): State.ERASED,
    (State.CHANGES_REQUESTED, Step.ERASE): State.ERASED,
    (State.APPROVED, Step.ERASE): State.ERASED,
    (State.REJECTED, Step.ERASE): State.ERASED,
    (State.RETRACTED, Step.ERASE): State.ERASED,
    (State.PUBLISHED, Step.ERASE): State.ERASED,
    (State.WITHDRAWN, Step.ERASE): State.ERASED,
    (State.MERGED, Step.ERASE): State.ERASED,
}

# Steps that end or resume the life of the whole record, whatever revision is under review meanwhile.
_WHOLE = frozenset({Step.WITHDRAW, Step.RESTORE, Step.ERASE, Step.MERGE, Step.SPLIT})
# Steps that leave both the record and the review of newer work where they are.
_BESIDE = frozenset({Step.NARROW})

# What people call a step: decisions of reviewSubmission in capitals, mutations as they are written. What only
# importers and operators do is not offered.
_API_NAMES = {
    Step.SUBMIT: "confirmSubmission",
    Step.REVISE: "update",
    Step.CLAIM: "CLAIM",
    Step.RELEASE: "RELEASE",
    Step.REQUEST_CHANGES: "REQUEST_CHANGES",
    Step.APPROVE: "APPROVE",
    Step.REJECT: "REJECT",
    Step.RETRACT: "retract",
    Step.PUBLISH: "publish",
    Step.WITHDRAW: "withdraw",
    Step.RESTORE: "restore",
    Step.MERGE: "merge",
    Step.SPLIT: "split",
    Step.NARROW: "narrowVisibility",
}


def advance(record: Record, step: Step) -> tuple[State, State | None]:
    """The record's ``(state, pending)`` after *step*.

    A published record stays published while a newer revision of it is reviewed: the review then moves
    ``pending``. Publishing that revision clears it; rejected or retracted, it stays until the next one.

    Raises:
        InvalidTransition: the table has no such step from where the record is.
    """
    begin = record.state if step in _WHOLE | _BESIDE else record.stage
    after = TABLE.get((begin, step))
    if after is None:
        names = sorted(_API_NAMES[one] for one in _possible(record) if one in _API_NAMES)
        raise InvalidTransition(
            f"a record that is {begin.replace('_', ' ')} cannot be changed by '{_API_NAMES.get(step, step)}'",
            hint=f"possible now: {', '.join(names) or 'nothing'}",
        )
    if step in _BESIDE:
        return after, record.pending
    if step in _WHOLE or record.state is not State.PUBLISHED:
        return after, None
    return State.PUBLISHED, None if after is State.PUBLISHED else after


def _possible(record: Record) -> set[Step]:
    return {step for state, step in TABLE if state is (record.state if step in _WHOLE | _BESIDE else record.stage)}
