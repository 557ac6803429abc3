"""Proposals of corrections: what somebody else would have a public part say, and how it is taken up.

A proposal holds the whole public part as it was proposed, and the published revision that it was made against. Its
life is short: open → accepted, declined or withdrawn.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import NewType

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import Forbidden, FourEyes, InvalidTransition
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid, Revision, State, StoredPart

ProposalId = NewType("ProposalId", str)

MAX_OPEN_OF_RECORD = 20
MAX_OPEN_OF_ORGANISATION = 100
# Of one organisation about one record, accepted ones not counted: all are read where the record's past is told.
MAX_NOT_TAKEN_UP = 100
# Of one other node, whatever organisations it names: in all, and about one record.
MAX_OPEN_OF_NODE = 100
MAX_OPEN_OF_RECORD_AND_NODE = 5


class ProposalState(StrEnum):
    """Where a proposal is in its life."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Proposal:
    """A proposed correction.

    Attributes:
        uid: the record it is about.
        base: the published revision that the proposer had read.
        part: the whole public part as proposed; ``None`` once erased, or where the viewer may not read it.
        decided_by: who accepted or declined it.
        by_reviewer: whether that was a reviewer, and not the owner.
        draft_revision: the revision that was made of it.
        node: the other node that it came from; it stands there under *node_ref*, and hears what is decided.
    """

    id: ProposalId
    uid: RecordUid
    organisation: OrganisationId
    proposer: PersonId
    base: int
    part: StoredPart | None
    reason: str | None
    created_at: datetime
    state: ProposalState = ProposalState.OPEN
    decided_at: datetime | None = None
    decided_by: PersonId | None = None
    by_reviewer: bool = False
    decision_reason: str | None = None
    draft_revision: int | None = None
    node: str | None = None
    node_ref: str | None = None

    @property
    def subject(self) -> str:
        """How the change log names it."""
        return f"proposal:{self.id}"


def require_open(proposal: Proposal) -> None:
    """Let only what waits for a decision pass.

    Raises:
        InvalidTransition: it was accepted, declined or withdrawn.
    """
    if proposal.state is not ProposalState.OPEN:
        message = f"this proposal is {proposal.state} already"
        raise InvalidTransition(message, path=("id",), hint="possible now: nothing")


def require_published(record: Record) -> Revision:
    """The published revision of *record*, as a viewer may see it, that can be corrected.

    Raises:
        InvalidTransition: it is not published, or only a tombstone of it is left.
    """
    if not record.is_out or record.head.public is None:
        state = "blocked" if record.state is State.PUBLISHED else record.state.replace("_", " ")
        message = f"a record that is {state} takes no corrections; only a published one does"
        raise InvalidTransition(message, path=("uid",))
    return record.head


def require_decider(actor: Actor, record: Record, proposal: Proposal, *, owner_has_members: bool) -> bool:
    """Let pass who decides about a proposal; tells whether as a reviewer.

    The owner's members decide; of an imported record, or one whose owner has no members, a reviewer does.

    Raises:
        Forbidden: *actor* is none of these.
        FourEyes: *actor* made the proposal.
    """
    permissions = policy.permissions_of(actor)
    is_owner = actor.organisation is not None and actor.organisation == record.owner
    as_owner = is_owner and Permission.RECORD_REVISE in permissions
    as_reviewer = (record.imported or not owner_has_members) and Permission.RECORD_REVIEW in permissions
    if not (as_owner or as_reviewer):
        raise Forbidden("the organisation that owns the record decides about corrections of it")
    if actor.person is None or actor.person == proposal.proposer:
        raise FourEyes("a second person must decide: you made this proposal")
    return not as_owner


def seen_by(proposal: Proposal, actor: Actor, record: Record | None) -> bool:
    """Whether *actor* may know of the proposal: the proposer's organisation, the owner, and reviewers."""
    if actor.organisation is not None and actor.organisation == proposal.organisation:
        return True
    return record is not None and policy.visible_to(actor).sees_all_of(record)


def for_actor(proposal: Proposal, actor: Actor, record: Record | None) -> Proposal:
    """The proposal as *actor* may read it, who may know of it; *record* is what *actor* sees of the record.

    It repeats what the record said: where the viewer may not read that any more, it is taken away. Who decided is told
    to reviewers only, and the number of a draft only to those who see drafts.
    """
    if not policy.REVIEWERS & actor.roles:
        proposal = replace(proposal, decided_by=None)
    if record is None or record.head.public is None:
        proposal = replace(proposal, part=None)
    if record is None or not policy.visible_to(actor).sees_all_of(record):
        proposal = replace(proposal, draft_revision=None)
    return proposal


def credited(proposals: Collection[Proposal], draft_revisions: Sequence[int]) -> tuple[tuple[OrganisationId, ...], ...]:
    """Organisations whose accepted corrections each revision took up first, for every one of *draft_revisions*.

    Args:
        draft_revisions: those that somebody may read, ascending; a correction counts for the first that holds it.
    """
    found: list[list[OrganisationId]] = [[] for _ in draft_revisions]
    for one in sorted(proposals, key=lambda proposal: proposal.draft_revision or 0):
        if one.draft_revision is None:
            continue
        at = bisect_left(draft_revisions, one.draft_revision)
        if at < len(found) and one.organisation not in found[at]:
            found[at].append(one.organisation)
    return tuple(map(tuple, found))
