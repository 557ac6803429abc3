"""Cases, replies beside records, requests by authorities, and what is counted of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from registry.domain.case import Case, CaseId, CaseState, Reply
from registry.domain.pages import Page, PageRequest
from registry.domain.record import RecordUid
from registry.domain.transparency import Authority, AuthorityRequest, CaseFact, Compliance, Demand, YearOf


class Cases(Protocol):
    """Cases by id and by the hash of their receipt code, which is all that is kept of it."""

    def add(self, case: Case, receipt_hash: bytes) -> None:
        """Keep a new case."""
        ...

    def get(self, case_id: CaseId) -> Case | None:
        """The case, or ``None`` where there is none, or its texts are deleted."""
        ...

    def by_receipt(self, receipt_hash: bytes) -> Case | None:
        """The case with this receipt code, found by the index of hashes."""
        ...

    def save(self, case: Case) -> None:
        """Store where the case stands, and decisions and messages not stored yet; those stored never change."""
        ...

    def page(self, states: Sequence[CaseState], request: PageRequest) -> Page[Case]:
        """Cases in these states (in any, where none is named), what is due first; forwards only."""
        ...

    def waiting(self, *, urgent: bool) -> int:
        """How many cases wait for the node, of the urgent ones or of the others."""
        ...

    def purge(self, case_id: CaseId) -> None:
        """Delete every text of a case and its receipt; what is left is counted in ``facts``."""
        ...

    def erase(self, uid: RecordUid, number: str | None) -> None:
        """Forget what anybody wrote about a record, replies included; decisions and how to reach people stay."""
        ...

    def facts(self) -> tuple[CaseFact, ...]:
        """What is counted of every case there ever was."""
        ...

    def put_reply(self, reply: Reply) -> None:
        """Show a reply beside its record, in place of an earlier one of the same case."""
        ...

    def replies(self, uid: RecordUid) -> tuple[Reply, ...]:
        """The replies beside a record, oldest first."""
        ...

    def add_request(self, request: AuthorityRequest) -> None:
        """Note a request by an authority."""
        ...

    def requests(self) -> tuple[tuple[int, Authority, Demand, Compliance, int], ...]:
        """Requests by authorities, counted by year (newest first), authority, demand and what was done."""
        ...

    def taken_down(self) -> tuple[YearOf, ...]:
        """Public rows of the log that took something down, counted by year (newest first) and kind."""
        ...
