"""One row of the change log."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain import change as domain
from registry.domain.change import ChangeKind
from registry.domain.workflow import Step


@strawberry.type(description="One row of the change log, as you may see it.")
class Change:
    """A change."""

    kind: ChangeKind
    at: datetime
    public_seq: str | None = strawberry.field(description="Its place in the public log; null if it is not in it.")
    uid: str | None = strawberry.field(description="uid of the record it is about.")
    subject: str | None = strawberry.field(description="What it is about, if not a record: such as organisation:acme.")
    step: Step | None = strawberry.field(description="What was done by its owner or in its review; null for strangers.")
    revision: int = strawberry.field(description="Published revisions of the record after it.")
    actor: str | None = strawberry.field(description="Pseudonymous id of who did it; null for strangers.")
    reason: str | None = strawberry.field(
        description="Why, in words; strangers read why something public is gone or back, the owner and reviewers all."
    )


def change_type(change: domain.Change) -> Change:
    """A row that the service has redacted, as GraphQL shows it."""
    row = change.row
    return Change(
        kind=row.kind,
        at=row.at,
        public_seq=None if change.public_seq is None else str(change.public_seq),
        uid=row.uid,
        subject=row.subject,
        step=row.step,
        revision=row.revision,
        actor=row.actor or None,
        reason=row.reason,
    )
