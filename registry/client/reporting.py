"""Reporting to authorities, asked of a node: clocks, what is due when, drafts of reports."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from registry.client.answers import Summary, summary_of
from registry.client.connection import Connection
from registry.client.documents import SUMMARY
from registry.domain.canonical import JsonValue
from registry.domain.errors import NotFound
from registry.domain.report_form import Form

_DEADLINES = (
    """
query Deadlines($first: Int!) { deadlines(first: $first) { notice businessDays items {
  record { ...Summary } regime clock { title wording article url checkedOn } start dueAt filedAt reference
  isSuggested isOpen isOverdue
} } }
"""
    + SUMMARY
)
_DRAFT = "query Draft($uid: String!, $form: ReportForm!) { reportDraft(uid: $uid, form: $form) }"
_UID = "query Named($number: String!) { record(number: $number) { uid } }"
_UID_LENGTH = 36


@dataclass(frozen=True, slots=True)
class DueReport:
    """Something due for an incident of one's own organisation; times as the node writes them.

    Attributes:
        title: what is to be done; the regime's id where the node knows no single clock of it.
        wording: how soon, in words; ``None`` as for *title*.
        source: article and address of the rule, and when it was checked.
    """

    record: Summary
    regime: str
    title: str
    wording: str | None
    source: str | None
    start: str | None
    due_at: str | None
    filed_at: str | None
    reference: str | None
    is_suggested: bool
    is_open: bool
    is_overdue: bool

    def as_dict(self) -> dict[str, JsonValue]:
        """The same as JSON values."""
        return {name: getattr(self, name) for name in self.__slots__} | {"record": self.record.as_dict()}


@dataclass(frozen=True, slots=True)
class DueReports:
    """What is due, and what must be said beside it."""

    notice: str
    business_days: str
    items: tuple[DueReport, ...]


class Reporting:
    """The part of ``Client`` that is about reporting."""

    _connection: Connection

    def deadlines(self, *, first: int = 100) -> DueReports:
        """What is due when for incidents of one's own organisation: what is due first comes first.

        Raises:
            Unauthenticated: there is no key.
        """
        found = self._connection.ask(_DEADLINES, {"first": first})["deadlines"]
        return DueReports(found["notice"], found["businessDays"], tuple(_due(one) for one in found["items"]))

    def report_draft(self, number: str, form: Form) -> str:
        """A report drafted from the incident with this number or uid, as Markdown. It files nothing.

        Raises:
            NotFound: there is none that one may see.
            Forbidden: it is another organisation's.
        """
        wanted = number.strip()
        uid: str | None = wanted.lower()
        if len(wanted) != _UID_LENGTH:
            record = self._connection.ask(_UID, {"number": wanted})["record"]
            uid = record["uid"] if record else None
        text: str | None = None
        if uid is not None:
            text = self._connection.ask(_DRAFT, {"uid": uid, "form": form.name})["reportDraft"]
        if text is None:
            raise NotFound("no such record")
        return text


def _due(found: Mapping[str, Any]) -> DueReport:
    clock = found["clock"]
    return DueReport(
        record=summary_of(found["record"]),
        regime=found["regime"],
        title=clock["title"] if clock else found["regime"],
        wording=clock["wording"] if clock else None,
        source=f"{clock['article']}, {clock['url']}, checked {clock['checkedOn']}" if clock else None,
        start=found["start"],
        due_at=found["dueAt"],
        filed_at=found["filedAt"],
        reference=found["reference"],
        is_suggested=found["isSuggested"],
        is_open=found["isOpen"],
        is_overdue=found["isOverdue"],
    )
