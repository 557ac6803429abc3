"""Finding the record that somebody names, for services whose permission does not depend on who may see it."""

from __future__ import annotations

from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid
from registry.ports import Reader, Unit


def named(view: Reader | Unit, name: str) -> Record | None:
    """The record with this uid or number, whoever may see it. Ask for permission first."""
    uid, number = RecordUid(name.strip().lower()), name.strip().upper()
    return view.records.get(uid, visible=EVERYTHING) or view.records.by_number(number, visible=EVERYTHING)
