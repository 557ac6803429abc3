"""Reports without an account, and apart from them how to reach their authors."""

from __future__ import annotations

from typing import Protocol

from registry.domain.pages import Page, PageRequest
from registry.domain.record import PersonId, RecordUid
from registry.domain.report import Report, ReportId


class Reports(Protocol):
    """Reports by id, by record and by the hash of their receipt code."""

    def add(self, report: Report, receipt_hash: bytes) -> None:
        """Keep a new report; its contact is kept apart."""
        ...

    def get(self, report_id: ReportId, *, reader: PersonId | None = None) -> Report | None:
        """The report; with its contact, if *reader* is the one who may read it."""
        ...

    def by_receipt(self, receipt_hash: bytes) -> Report | None:
        """The report with this receipt code, without its contact."""
        ...

    def of_record(self, uid: RecordUid) -> Report | None:
        """The report that a record was made from, without its contact, also after its texts are deleted."""
        ...

    def save(self, report: Report) -> None:
        """Store claim, answers of the list, and messages not stored yet. The first claim settles for good who may
        read the contact."""
        ...

    def page(self, request: PageRequest) -> Page[Report]:
        """Reports whose texts are kept, the oldest first, without contacts; forwards only."""
        ...

    def waiting(self) -> int:
        """How many reports are undecided."""
        ...

    def purge(self, uid: RecordUid) -> None:
        """Delete every text of the report that this record was made from, its contact and its receipt."""
        ...
