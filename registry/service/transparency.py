"""What a node counts in public about cases, about what was taken down, and about requests by authorities."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.problems import COUNTRY
from registry.domain.errors import InvalidInput
from registry.domain.event import EventName
from registry.domain.form import Form
from registry.domain.transparency import (
    MAX_NOTE,
    Authority,
    AuthorityRequest,
    Compliance,
    Demand,
    Transparency,
    tally,
)
from registry.ports import Registry
from registry.service import events


def counts(registry: Registry, actor: Actor) -> Transparency:
    """All counts, the same for everybody: hidden records are in none of them."""
    policy.require(actor, Permission.RECORD_READ)
    urgent = timedelta(hours=registry.settings.case_urgent_hours)
    with registry.storage.read() as reader:
        return Transparency(
            cases=tally(reader.cases.facts(), urgent),
            taken_down=reader.cases.taken_down(),
            requests=reader.cases.requests(),
        )


def log_request(
    registry: Registry,
    actor: Actor,
    *,
    authority: str,
    country: str,
    demand: str,
    compliance: str,
    note: str = "",
    at: datetime | None = None,
) -> AuthorityRequest:
    """Note a request by an authority, which is counted at ``/transparency`` from then on.

    Args:
        country: two capitals (ISO 3166-1).
        note: for the operators; never shown to anybody else.
        at: when it arrived; now, if left out.

    Raises:
        InvalidInput: with every field that is missing or unknown.
    """
    policy.require(actor, Permission.CASE_HANDLE)
    form = Form()
    who, what = form.term("authority", authority, Authority), form.term("demand", demand, Demand)
    done = form.term("compliance", compliance, Compliance)
    said = form.text("note", note, limit=MAX_NOTE)
    now = registry.clock.now()
    if re.fullmatch(COUNTRY, country) is None:
        form.refuse("country", "INVALID_FORMAT", "write a country as two capitals, such as DE")
    if at is not None and at > now:
        form.refuse("at", "OUT_OF_RANGE", "the day must not be in the future")
    form.close()
    if who is None or what is None or done is None:
        raise InvalidInput(form.problems)
    request = AuthorityRequest(registry.ids.uid(), at or now, who, country, what, done, said)
    with registry.storage.begin() as unit:
        unit.cases.add_request(request)
        subject = f"authority_request:{request.id}"
        unit.changes.append(NewChange(ChangeKind.CASE, actor.id, now, public=False, subject=subject))
        events.note(registry, unit, actor, EventName.AUTHORITY_ASKED, subject=subject)
    return request
