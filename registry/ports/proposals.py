"""Keeping proposals of corrections."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from registry.domain.pages import Page, PageRequest
from registry.domain.policy import Visibility
from registry.domain.proposal import Proposal, ProposalId, ProposalState
from registry.domain.record import OrganisationId, RecordUid


class Proposals(Protocol):
    """Proposals by record and by organisation."""

    def add(self, proposal: Proposal) -> None:
        """Keep a new proposal."""
        ...

    def save(self, proposal: Proposal) -> None:
        """Store what was decided; what was proposed never changes."""
        ...

    def get(self, proposal_id: ProposalId) -> Proposal | None:
        """The proposal with this id, whoever asks. The service decides who sees it."""
        ...

    def of_record(self, uid: RecordUid) -> tuple[Proposal, ...]:
        """Every proposal about a record, oldest first. The service decides who sees which."""
        ...

    def page(self, state: ProposalState | None, request: PageRequest, *, visible: Visibility) -> Page[Proposal]:
        """Proposals in *state*, or in any, the newest first: those made by the viewer's organisation and those about
        records of which the viewer sees the work too. Positions are ``(id,)``."""
        ...

    def of_node(self, node: str, ref: str) -> Proposal | None:
        """The proposal that came from another node, and stands there as *ref*."""
        ...

    def count_open(
        self, *, of_record: RecordUid | None = None, of: OrganisationId | None = None, node: str | None = None
    ) -> int:
        """How many wait for a decision: about a record, made by an organisation, from a node; all that is given."""
        ...

    def forget(self, ids: Sequence[ProposalId]) -> None:
        """Forget what these proposals say, and why; what was open is declined. Hashes stay."""
        ...

    def erase(self, uid: RecordUid) -> None:
        """Forget what all proposals about a record say, and why; what was open is declined. Hashes stay."""
        ...
