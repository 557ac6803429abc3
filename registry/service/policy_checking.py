"""Looking at watched usage policies: fetching a page, keeping what it says, and making a draft of each new version.

A draft waits for its owner, who completes it and hands it in like any other; nothing is published by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.content.kinds import parse
from registry.domain.errors import AlreadyExists, FetchFailed, FetchRefused, NotFound
from registry.domain.event import EventName
from registry.domain.job import Job, JobName
from registry.domain.page_text import text_of
from registry.domain.policy import EVERYTHING
from registry.domain.policy_watch import (
    MAX_OPEN_DRAFTS,
    MAX_TEXTS,
    MIN_LETTERS,
    TOLD_AFTER,
    Outcome,
    SeenVersion,
    Watch,
    WatchId,
    difference,
    draft_documents,
    outcome_of,
    seen,
)
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry, Unit
from registry.ports.outbound import FetchRequest, FetchResponse
from registry.service import screening
from registry.service.events import note
from registry.service.ready import Ready, made_ready
from registry.service.writing import hand_in, new_record

GONE = frozenset({State.ERASED, State.RETRACTED, State.REJECTED})
_TYPES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "text/markdown"})
_MAX_BYTES = 3_000_000
_NOT_MODIFIED = 304


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at a page found, and the draft that was made of it."""

    watch: Watch
    outcome: Outcome
    draft: RecordUid | None = None


def check(registry: Registry, actor: Actor, watch_id: WatchId) -> Checked:
    """Look at a page now.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        NotFound: no such watch.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    return _check(registry, actor, watch_id)


def check_due(registry: Registry, actor: Actor, watch_id: WatchId, *, due_at: datetime) -> Checked | None:
    """Look at a page whose time has come, and say when it comes again; nothing where it is watched no more.

    Args:
        due_at: when it should have been looked at; the next time follows from it, so that a job done twice makes one.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    pause = timedelta(hours=registry.settings.policy_check_hours)
    missed = max((registry.clock.now() - due_at) // pause, 0)
    try:
        return _check(registry, actor, watch_id, again_at=due_at + pause * (missed + 1))
    except NotFound:
        return None


def request_to(url: str, known: Watch | None = None) -> FetchRequest:
    """How a page is asked for: by https, redirected on its own host only, and not at all where it has not changed."""
    etag, modified = (None, None) if known is None else (known.etag, known.last_modified)
    return FetchRequest(url, types=_TYPES, max_bytes=_MAX_BYTES, etag=etag, last_modified=modified)


def _check(registry: Registry, actor: Actor, watch_id: WatchId, *, again_at: datetime | None = None) -> Checked:
    with registry.storage.read() as reader:
        known = load_watch(reader, watch_id)
        before = reader.policy_watches.version(watch_id, known.sha256) if known.sha256 else None
        previous = _previous(reader, known)
    try:
        known, version = _looked_at(registry, known, before)
    except (FetchFailed, FetchRefused) as failure:
        error = failure.reason if isinstance(failure, FetchFailed) else failure.code
        return _failed(registry, actor, watch_id, error, again_at)
    is_other = before is not None and version.sha256 != before.sha256
    draft = _draft_content(known, version, before, previous) if before is not None and is_other else None
    with registry.storage.begin() as unit:
        current = replace(
            load_watch(unit, watch_id),
            etag=known.etag,
            last_modified=known.last_modified,
            checked_at=version.last_seen_at,
            failures=0,
            failing_since=None,
            error=None,
        )
        checked = _kept(registry, unit, actor, current, version, draft)
        schedule(unit, current, again_at)
    return checked


def _looked_at(registry: Registry, known: Watch, before: SeenVersion | None) -> tuple[Watch, SeenVersion]:
    """The watch with what tells this answer from the next, and what stands on the page.

    Raises:
        FetchFailed, FetchRefused: it could not be read, or says hardly anything.
    """
    answer = registry.outbound.fetch(request_to(known.url, known if before is not None else None))
    now = registry.clock.now()
    if answer.status == _NOT_MODIFIED and before is not None:
        return known, replace(before, last_seen_at=now)
    version = seen(known, _text_of(answer), now)
    headers = answer.headers
    return replace(known, etag=headers.get("etag"), last_modified=headers.get("last-modified")), version


def _kept(
    registry: Registry, unit: Unit, actor: Actor, current: Watch, version: SeenVersion, draft: Ready | None
) -> Checked:
    """Keep what was seen, with a draft if it is new; another check may have been quicker."""
    same = unit.policy_watches.version(current.id, version.sha256)
    outcome = outcome_of(current, version, is_known=same is not None)
    uid = None
    if outcome is Outcome.CHANGED and draft is not None:
        if _open_drafts(unit, current) >= MAX_OPEN_DRAFTS:
            outcome = Outcome.TOO_MANY
        else:
            record = new_record(registry, draft, owner=current.organisation, author=None, now=version.seen_at)
            hand_in(unit, actor, replace(record, state=State.DRAFT))
            uid = record.uid
    if outcome is not Outcome.UNCHANGED:
        returns = current.returns + (outcome is Outcome.SEEN_BEFORE)
        current = replace(current, sha256=version.sha256, changed_at=version.seen_at, returns=returns)
    if outcome in {Outcome.CHANGED, Outcome.TOO_MANY}:
        note(registry, unit, actor, EventName.POLICY_CHANGED, subject=subject_of(current), outcome=outcome.value)
    unit.policy_watches.keep(replace(version, draft=uid if same is None else same.draft))
    unit.policy_watches.thin(current.id, texts=MAX_TEXTS)
    unit.policy_watches.save(current)
    return Checked(current, outcome, uid)


def _failed(registry: Registry, actor: Actor, watch_id: WatchId, error: str, again_at: datetime | None) -> Checked:
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        current = load_watch(unit, watch_id)
        since = current.failing_since or now
        current = replace(current, checked_at=now, failures=current.failures + 1, failing_since=since, error=error)
        unit.policy_watches.save(current)
        if current.failures == TOLD_AFTER:
            name, subject = EventName.POLICY_UNREACHABLE, subject_of(current)
            note(registry, unit, actor, name, subject=subject, failures=current.failures, error=error)
        schedule(unit, current, again_at)
    return Checked(current, Outcome.FAILED)


def _text_of(answer: FetchResponse) -> str:
    """The words of a page.

    Raises:
        FetchFailed: the host says that there is none, or it has hardly any words.
    """
    if not answer.is_ok:
        raise FetchFailed("the host has no such page", reason=f"HTTP_{answer.status}")
    text = text_of(answer.body, answer.headers.get("content-type", ""))
    if len(text) < MIN_LETTERS:
        raise FetchFailed("the page has hardly any words", reason="NO_TEXT")
    return text


def _draft_content(known: Watch, version: SeenVersion, before: SeenVersion, previous: Record | None) -> Ready:
    part = None if previous is None or previous.newest.public is None else previous.newest.public.document
    content, restricted, marking = draft_documents(known, version, difference(before, version), before=part)
    if previous is not None:
        link = {"links": [{"rel": "supersedes", "target": previous.uid}]}
        content, restricted = (
            ({**content, **link}, restricted) if previous.is_public else (content, {**restricted, **link})
        )
    read = parse(Kind.USAGE_POLICY, content=content, restricted=restricted, marking=marking)
    return made_ready(screening.of_import(read)[0])


def _previous(view: Reader | Unit, known: Watch) -> Record | None:
    """The record of the newest version: a draft that was made of one and still stands, or the one named first."""
    drafts = [one.draft for one in view.policy_watches.versions(known.id) if one.draft is not None]
    for uid in (*drafts, *([known.previous] if known.previous is not None else [])):
        record = view.records.get(uid, visible=EVERYTHING)
        if record is not None and record.state not in GONE:
            return record
    return None


def _open_drafts(unit: Unit, current: Watch) -> int:
    uids: Sequence[RecordUid] = [one.draft for one in unit.policy_watches.versions(current.id) if one.draft is not None]
    found = unit.records.many(uids, visible=EVERYTHING) if uids else {}
    return sum(one.state is State.DRAFT and one.draft_revision == 1 for one in found.values())


def schedule(unit: Unit, found: Watch, due_at: datetime | None) -> None:
    """Have a page looked at when *due_at* comes; nothing where it is to be already, or no time is named."""
    if due_at is None:
        return
    job = Job(f"policy:{found.id}:{due_at.isoformat(timespec='seconds')}", JobName.CHECK_POLICY, found.id, due_at)
    try:
        unit.jobs.add(job)
    except AlreadyExists:
        return


def load_watch(view: Reader | Unit, watch_id: WatchId) -> Watch:
    """That watch.

    Raises:
        NotFound: there is none.
    """
    found = view.policy_watches.get(watch_id)
    if found is None:
        raise NotFound("no such watched page")
    return found


def subject_of(found: Watch) -> str:
    """How events name it."""
    return f"policy:{found.id}"
