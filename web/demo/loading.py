"""Taking the sample records through submission, review and publication, as people of demo organisations."""

from __future__ import annotations

import copy
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
from registry.domain.people import PeopleCheck
from registry.domain.record import Record, RecordUid, State
from registry.ports import Registry
from registry.service import duplicates, find, life, review, submit

# One record waits in review and one is withdrawn, so that the queue and a tombstone can be seen.
LEFT_IN_REVIEW = "invented-near-miss"
WITHDRAWN = "chat-history-bug"
_WHY_WITHDRAWN = "Withdrawn by the demo, to show what stays of a record that was public."

AUTHOR = "provider"

Entry = Mapping[str, Any]

_OWN_FIELDS = frozenset({"key", "by", "links", "about", "names"})


@dataclass(frozen=True, slots=True)
class Cast:
    """Who acts in the demo: two who record and speak, each by the name that entries use, and a reviewer of neither."""

    authors: Mapping[str, Member]
    reviewer: Member


def load_records(registry: Registry, cast: Cast, entries: Sequence[Entry]) -> None:
    """Bring in every entry; what a broken-off run has done is not done again.

    An entry is a submission file with a ``key``, whom it is ``by``, ``links`` to keys of other entries, of a statement
    the key of what it is ``about``, and as ``names`` the keys that other places of its content name.
    """
    reviewer, uids = _acting(cast.reviewer), dict[str, RecordUid]()
    for entry in targets_first(entries):
        author = _acting(cast.authors[entry.get("by", AUTHOR)])
        try:
            record = _submitted(registry, author, entry, uids)
        except InvalidTransition:  # it was withdrawn at an earlier start
            record = find.by_external_ref(registry, author, entry["external_ref"])
        uids[entry["key"]] = record.uid
        _bring_on(registry, reviewer, record, publish=entry["key"] != LEFT_IN_REVIEW)
    with suppress(InvalidTransition):
        life.withdraw(registry, _acting(cast.authors[AUTHOR]), uids[WITHDRAWN], reason=_WHY_WITHDRAWN)


def targets_first(entries: Sequence[Entry]) -> list[Entry]:
    """The entries in an order in which everything that they name comes before them."""
    by_key = {entry["key"]: entry for entry in entries}
    ordered: dict[str, Entry] = {}

    def take(key: str) -> None:
        if key not in ordered:
            for other in keys_named(by_key[key]):
                take(other)
            ordered[key] = by_key[key]

    for key in by_key:
        take(key)
    return list(ordered.values())


def keys_named(entry: Entry) -> list[str]:
    """The keys of the other entries that an entry names."""
    named = [one["to"] for field in ("links", "names") for one in entry.get(field, ())]
    return [*named, entry["about"]] if "about" in entry else named


def submission_document(entry: Entry, uids: Mapping[str, str]) -> dict[str, JsonValue]:
    """The entry in the file format, its keys replaced by the *uids* they stand for."""
    document = {name: value for name, value in entry.items() if name not in _OWN_FIELDS}
    content = {**copy.deepcopy(entry["content"])}
    if "about" in entry:
        content["about"] = uids[entry["about"]]
    for name in entry.get("names", ()):
        place: Any = content
        *way, last = name["at"]
        for step in way:
            place = place[step]
        place[last] = uids[name["to"]]
    links = [{**link, "target": uids[link["to"]]} for link in entry.get("links", ())]
    content["links"] = [{name: value for name, value in link.items() if name != "to"} for link in links]
    return {**document, "content": content}


def _acting(member: Member) -> Actor:
    return actors.member(member.answerable, member.organisation, member.roles)


def _submitted(registry: Registry, actor: Actor, entry: Entry, uids: Mapping[str, RecordUid]) -> Record:
    submission = parse_file(submission_document(entry, uids))
    record = submit.submit(registry, actor, submission.content, external_ref=submission.external_ref).record
    # The sample records are known to differ.
    return duplicates.confirm(registry, actor, record.uid).record if record.state is State.DRAFT else record


def _bring_on(registry: Registry, actor: Actor, record: Record, *, publish: bool) -> Record:
    """Claim, approve and publish, from wherever the record is."""
    if record.stage is State.SUBMITTED:
        record = review.claim(registry, actor, record.uid, expected_revision=record.draft_revision)
    if publish and record.stage is State.IN_REVIEW:
        seen = record.draft_revision
        record = review.approve(registry, actor, record.uid, expected_revision=seen, checked=frozenset(PeopleCheck))
    if publish and record.stage is State.APPROVED:
        record = review.publish(registry, actor, record.uid, expected_revision=record.draft_revision)
    return record
