"""Taking the sample records through submission, review and publication, as people of two demo organisations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from registry.domain import actor as actors
from registry.domain.account import Member
from registry.domain.actor import Actor
from registry.domain.canonical import JsonValue
from registry.domain.content.kinds import parse_file
from registry.domain.errors import InvalidTransition
from registry.domain.record import Record, RecordUid, State
from registry.ports import Registry
from registry.service import duplicates, life, review, submit

# One record waits in review and one is withdrawn, so that the queue and a tombstone can be seen.
LEFT_IN_REVIEW = "invented-near-miss"
WITHDRAWN = "chat-history-bug"
_WHY_WITHDRAWN = "Withdrawn by the demo, to show what stays of a record that was public."

Entry = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the demo; the reviewer is of another organisation."""

    submitter: Member
    reviewer: Member


def load_records(registry: Registry, cast: Cast, entries: Sequence[Entry]) -> None:
    """Bring in every entry; what a broken-off run has done is not done again.

    An entry is a submission file with a ``key`` and ``links`` to keys of other entries.
    """
    submitter, reviewer = _acting(cast.submitter), _acting(cast.reviewer)
    uids: dict[str, RecordUid] = {}
    for entry in _targets_first(entries):
        key = entry["key"]
        with suppress(InvalidTransition):  # it was withdrawn at an earlier start
            record = _submitted(registry, submitter, entry, uids)
            uids[key] = record.uid
            record = _bring_on(registry, reviewer, record, publish=key != LEFT_IN_REVIEW)
            if key == WITHDRAWN and record.state is State.PUBLISHED:
                life.withdraw(registry, submitter, record.uid, reason=_WHY_WITHDRAWN)


def _acting(member: Member) -> Actor:
    return actors.member(member.answerable, member.organisation, member.roles)


def _targets_first(entries: Sequence[Entry]) -> list[Entry]:
    """The entries in an order in which every link leads backwards."""
    by_key = {entry["key"]: entry for entry in entries}
    ordered: dict[str, Entry] = {}

    def take(key: str) -> None:
        if key not in ordered:
            for link in by_key[key].get("links", ()):
                take(link["to"])
            ordered[key] = by_key[key]

    for key in by_key:
        take(key)
    return list(ordered.values())


def _submitted(registry: Registry, actor: Actor, entry: Entry, uids: Mapping[str, RecordUid]) -> Record:
    links: list[JsonValue] = [{"rel": link["rel"], "target": uids[link["to"]]} for link in entry.get("links", ())]
    document = {name: value for name, value in entry.items() if name not in {"key", "links"}}
    submission = parse_file({**document, "content": {**entry["content"], "links": links}})
    record = submit.submit(registry, actor, submission.content, external_ref=submission.external_ref).record
    # The sample records are known to differ.
    return duplicates.confirm(registry, actor, record.uid).record if record.state is State.DRAFT else record


def _bring_on(registry: Registry, actor: Actor, record: Record, *, publish: bool) -> Record:
    """Claim, approve and publish, from wherever the record is."""
    if record.stage is State.SUBMITTED:
        record = review.claim(registry, actor, record.uid, expected_revision=record.draft_revision)
    if publish and record.stage is State.IN_REVIEW:
        record = review.approve(registry, actor, record.uid, expected_revision=record.draft_revision)
    if publish and record.stage is State.APPROVED:
        record = review.publish(registry, actor, record.uid, expected_revision=record.draft_revision)
    return record
