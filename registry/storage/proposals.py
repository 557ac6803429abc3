"""Proposals of corrections."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, func, insert, or_, select, update

from registry.domain.errors import BadCursor
from registry.domain.pages import Page, PageRequest
from registry.domain.policy import Visibility
from registry.domain.proposal import Proposal, ProposalId, ProposalState
from registry.domain.record import OrganisationId, RecordUid, StoredPart
from registry.storage.statements import Statements
from registry.storage.tables import PROPOSALS, RECORDS
from registry.storage.visibility import unpublished_work, viewer


class ProposalTable:
    """``ports.Proposals``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, proposal: Proposal) -> None:
        """See the port."""
        part = proposal.part
        assert part is not None  # noqa: S101  # only what was erased or hidden has none
        self._statements.run(
            insert(PROPOSALS),
            {
                "id": proposal.id,
                "uid": proposal.uid,
                "organisation": proposal.organisation,
                "proposer": proposal.proposer,
                "base": proposal.base,
                "public_schema": part.schema,
                "public_body": part.body,
                "public_salt": part.salt,
                "public_hash": part.hash,
                "reason": proposal.reason,
                "created_at": proposal.created_at,
                "node": proposal.node,
                "node_ref": proposal.node_ref,
                **_decision(proposal),
            },
        )

    def save(self, proposal: Proposal) -> None:
        """See the port."""
        self._statements.run(update(PROPOSALS).where(PROPOSALS.c.id == proposal.id).values(_decision(proposal)))

    def get(self, proposal_id: ProposalId) -> Proposal | None:
        """See the port."""
        row = self._statements.row(select(PROPOSALS).where(PROPOSALS.c.id == proposal_id))
        return None if row is None else _proposal(row)

    def of_record(self, uid: RecordUid) -> tuple[Proposal, ...]:
        """See the port."""
        rows = self._statements.rows(select(PROPOSALS).where(PROPOSALS.c.uid == uid).order_by(PROPOSALS.c.id))
        return tuple(map(_proposal, rows))

    def page(self, state: ProposalState | None, request: PageRequest, *, visible: Visibility) -> Page[Proposal]:
        """See the port."""
        found = select(PROPOSALS).join(RECORDS, RECORDS.c.uid == PROPOSALS.c.uid)
        is_own = PROPOSALS.c.organisation == visible.organisation
        found = found.where(or_(is_own, unpublished_work(visible))).params(viewer(visible))
        if state is not None:
            found = found.where(PROPOSALS.c.state == state.value)
        if request.position is not None:
            here = _id_in(request)
            found = found.where(PROPOSALS.c.id > here if request.backwards else PROPOSALS.c.id < here)
        order = PROPOSALS.c.id.asc() if request.backwards else PROPOSALS.c.id.desc()
        rows = self._statements.rows(found.order_by(order).limit(request.limit + 1))
        more, came_from = len(rows) > request.limit, request.position is not None
        items = tuple(map(_proposal, rows[: request.limit]))[:: -1 if request.backwards else 1]
        return Page(
            items=items,
            positions=tuple((one.id,) for one in items),
            has_next=came_from if request.backwards else more,
            has_previous=more if request.backwards else came_from,
        )

    def of_node(self, node: str, ref: str) -> Proposal | None:
        """See the port."""
        mine = PROPOSALS.c.node == node, PROPOSALS.c.node_ref == ref
        row = self._statements.row(select(PROPOSALS).where(*mine))
        return None if row is None else _proposal(row)

    def count_open(
        self, *, of_record: RecordUid | None = None, of: OrganisationId | None = None, node: str | None = None
    ) -> int:
        """See the port."""
        found = select(func.count()).where(PROPOSALS.c.state == ProposalState.OPEN.value)
        if of_record is not None:
            found = found.where(PROPOSALS.c.uid == of_record)
        if of is not None:
            found = found.where(PROPOSALS.c.organisation == of)
        if node is not None:
            found = found.where(PROPOSALS.c.node == node)
        return int(self._statements.run(found).scalar_one())

    def forget(self, ids: Sequence[ProposalId]) -> None:
        """See the port."""
        self._forget(PROPOSALS.c.id.in_(ids))

    def erase(self, uid: RecordUid) -> None:
        """See the port."""
        self._forget(PROPOSALS.c.uid == uid)

    def _forget(self, chosen: ColumnElement[bool]) -> None:
        self._statements.erases = True
        names = ("public_schema", "public_body", "public_salt", "reason", "decision_reason")
        self._statements.run(update(PROPOSALS).where(chosen).values(dict.fromkeys(names)))
        still_open = PROPOSALS.c.state == ProposalState.OPEN.value
        declined = {"state": ProposalState.DECLINED.value}
        self._statements.run(update(PROPOSALS).where(chosen, still_open).values(declined))


def _decision(proposal: Proposal) -> dict[str, Any]:
    """The columns that a decision changes."""
    return {
        "state": proposal.state.value,
        "decided_at": proposal.decided_at,
        "decided_by": proposal.decided_by,
        "by_reviewer": proposal.by_reviewer,
        "decision_reason": proposal.decision_reason,
        "draft_revision": proposal.draft_revision,
    }


def _proposal(row: Mapping[str, Any]) -> Proposal:
    body = row["public_body"]
    return Proposal(
        id=row["id"],
        uid=row["uid"],
        organisation=row["organisation"],
        proposer=row["proposer"],
        base=row["base"],
        part=None if body is None else StoredPart(row["public_schema"], body, row["public_salt"], row["public_hash"]),
        reason=row["reason"],
        created_at=row["created_at"],
        state=ProposalState(row["state"]),
        decided_at=row["decided_at"],
        decided_by=row["decided_by"],
        by_reviewer=row["by_reviewer"],
        decision_reason=row["decision_reason"],
        draft_revision=row["draft_revision"],
        node=row["node"],
        node_ref=row["node_ref"],
    )


def _id_in(request: PageRequest) -> str:
    match request.position:
        case (str(found),):
            return found
    raise BadCursor(path=("before" if request.backwards else "after",))
