"""Is this known already? Records that look like a submission, among those the asker may see and by what they read.

What a submitter does not see never changes what the submitter is told; reviewers, who see it, are told.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from hashlib import blake2b
from threading import Lock
from typing import Any

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.change import ChangeKind
from registry.domain.content.base import to_document
from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, InvalidInput, NotFound, Problem, SearchUnavailable
from registry.domain.likeness import (
    MAX_COMPARED,
    POSSIBLE,
    WORTH_A_LOOK,
    Features,
    Lookalike,
    best_of,
    compare,
    features_of,
    may_reach,
    query_for,
)
from registry.domain.policy import PUBLIC_ONLY, Visibility
from registry.domain.record import GIVEN_OUT, Record, RecordUid, State, StoredPart
from registry.domain.search import Query, SearchRequest
from registry.domain.vocabulary import Kind
from registry.domain.workflow import Step
from registry.ports import Reader, Registry, Unit
from registry.service.notices import note_response
from registry.service.search import hidden_records
from registry.service.writing import Written, expect, load, log, take_step

# Lines of many are compared with much the same records, one after the other.
_MAX_KEPT = 2000
# What is gone, taken back or merged is no record to work on instead.
_PAST = (GIVEN_OUT - {State.PUBLISHED}) | {State.RETRACTED}


def of_submission(
    registry: Registry, content: Content, external_ref: str | None, *, actor: Actor
) -> tuple[Lookalike, ...]:
    """What a submission looks like; nothing where it is a revision. The caller has asked for permission."""
    return () if _is_revision(registry, actor, external_ref) else _alike(registry, actor, content)


def candidates(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Lookalike, ...]:
    """Records that look like this one, as far as *actor* sees them; for reviewers and for its owner.

    Pairs that were found not to be related, or that are linked already, do not come again.

    Raises:
        NotFound: no such record, or none that *actor* may see.
        Forbidden: *actor* neither reviews nor belongs to the owning organisation.
    """
    policy.require(actor, Permission.RECORD_READ)
    visible = policy.visible_to(actor)
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=visible)
        apart = reader.sources.apart_from(uid)
    if record is None:
        raise NotFound("no such record", path=("uid",))
    _require_part(actor, record)
    shown = redaction.for_actor(record, actor).newest
    if shown.public is None:
        return ()
    document = shown.public.document
    return _compared(registry, actor, record.kind, document, apart | {uid} | _linked(document), least=WORTH_A_LOOK)


def confirm(
    registry: Registry,
    actor: Actor,
    uid: RecordUid,
    *,
    not_related: Sequence[RecordUid] = (),
    expected_revision: int | None = None,
) -> Written:
    """Hand in a draft that looked like other records, or that a staging key made; those *not_related* are never
    brought up for it again.

    Raises:
        Forbidden: *actor* lacks ``record:submit``, or the record is another organisation's.
        InvalidInput: one of *not_related* is no record that *actor* may see, or is the draft itself.
        NotFound, StaleRevision, InvalidTransition: as for every step.
    """
    policy.require(actor, Permission.RECORD_SUBMIT)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        policy.require_own(actor, record)
        expect(record, expected_revision)
        now = registry.clock.now()
        promoted = record.staging
        record = take_step(record, Step.SUBMIT, now, staging=False)
        _require_visible(unit, actor, record, not_related)
        for other in not_related:
            unit.sources.keep_apart(uid, other, actor=actor.id, at=now)
        unit.sources.suggest(uid, ())
        unit.records.save(record)
        log(unit, actor, record, ChangeKind.SUBMIT, step=Step.SUBMIT)
        if promoted:
            note_response(registry, unit, actor, record)
    return Written(redaction.for_actor(record, actor))


def not_related(registry: Registry, actor: Actor, uid: RecordUid, other: RecordUid) -> Record:
    """Overrule the machine for ever: the two records are not the same.

    Raises:
        NotFound: one of them is none that *actor* may see.
        Forbidden: *actor* neither reviews nor belongs to the organisation that owns *uid*.
        InvalidInput: the two are one record.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.begin() as unit:
        record = load(unit, actor, uid)
        _require_part(actor, record)
        _require_visible(unit, actor, record, [other], name="other")
        now = registry.clock.now()
        if unit.sources.keep_apart(uid, other, actor=actor.id, at=now):
            record = replace(record, changed_at=now)
            unit.records.save(record)
            log(unit, actor, record, ChangeKind.NOT_RELATED)
    return redaction.for_actor(record, actor)


def with_candidates(reader: Reader | Unit, actor: Actor, written: Written) -> Written:
    """The answer with what the record looked like when it was handed in, as far as *actor* sees that now."""
    if written.record.state is not State.DRAFT:
        return written
    visible = policy.visible_to(actor)
    kept = reader.sources.suggested(written.record.uid)
    records = reader.records.many([one.uid for one in kept], visible=visible)
    alike = tuple(
        Lookalike(redaction.for_actor(records[one.uid], actor), one)
        for one in kept
        if one.uid in records and visible.lists(records[one.uid])
    )
    return replace(written, candidates=alike, warnings=(*written.warnings, *warnings_of(alike)))


def warnings_of(alike: Sequence[Lookalike]) -> tuple[Problem, ...]:
    """What is told of candidates."""
    if not alike:
        return ()
    message = f"this looks like {len(alike)} record{'s' if len(alike) > 1 else ''} that you can see"
    hint = "compare them; then link them in a revision, or confirm that they are not related"
    return (Problem(("content",), "POSSIBLE_DUPLICATE", message, hint),)


def _is_revision(registry: Registry, actor: Actor, external_ref: str | None) -> bool:
    if external_ref is None or actor.organisation is None:
        return False
    with registry.storage.read() as reader:
        return reader.records.by_external_ref(actor.organisation, external_ref) is not None


def _alike(registry: Registry, actor: Actor, content: Content) -> tuple[Lookalike, ...]:
    document = to_document(content.public)
    linked = _linked(document) | _linked(to_document(content.restricted))
    return _compared(registry, actor, content.kind, document, linked, least=POSSIBLE)


def _compared(
    registry: Registry, actor: Actor, kind: Kind, document: Document, but: frozenset[RecordUid], *, least: int
) -> tuple[Lookalike, ...]:
    """What looks like a public part, compared with what *actor* may read of each record."""
    # What several parties say about one record is alike on purpose.
    if kind is Kind.STATEMENT:
        return ()
    wanted, visible = features_of(kind, document), policy.visible_to(actor)
    shown: dict[RecordUid, Record] = {}
    for record in _near(registry, wanted.sources | wanted.aliases, query_for(wanted), visible):
        if record.kind is kind and record.state not in _PAST and record.uid not in but and visible.lists(record):
            shown[record.uid] = redaction.for_actor(record, actor)
    others = (
        (uid, _features(kind, revision.public))
        for uid, record in shown.items()
        for revision in (record.head, record.work)
        if revision is not None and revision.public is not None
    )
    compared = (compare(uid, wanted, other) for uid, other in others if may_reach(least, wanted, other))
    found = best_of(compared, least=least)
    return tuple(Lookalike(shown[one.uid], one) for one in found)


class _Kept:
    """Features of the public parts compared last, by what the parts say: who may read less of a record finds less."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._found: OrderedDict[bytes, Features] = OrderedDict()

    def of(self, kind: Kind, part: StoredPart) -> Features:
        """The features of *part*, of a record of *kind*."""
        key = blake2b(part.body, digest_size=16, person=kind.encode()).digest()
        with self._lock:
            found = self._found.get(key)
            if found is not None:
                self._found.move_to_end(key)
                return found
        found = features_of(kind, part.document)
        with self._lock:
            self._found[key] = found
            if len(self._found) > self._most:
                self._found.popitem(last=False)
        return found


_features = _Kept(_MAX_KEPT).of


def _near(registry: Registry, keys: frozenset[bytes], query: Query | None, visible: Visibility) -> Iterator[Record]:
    """Records worth comparing: by sources and aliases from the store, by words from the index as far as it is."""
    uids: list[RecordUid] = []
    if query is not None:
        with suppress(SearchUnavailable):
            found = registry.index.search(SearchRequest(query, limit=MAX_COMPARED, snippets=False))
            uids += [hit.uid for hit in found.hits]
            if visible != PUBLIC_ONLY:
                yield from hidden_records(registry, query, visible, limit=MAX_COMPARED)
    with registry.storage.read() as reader:
        uids += reader.sources.naming(sorted(keys), before=None, limit=MAX_COMPARED, visible=visible)
        records = reader.records.many(list(dict.fromkeys(uids)), visible=visible)
    yield from records.values()


def _require_part(actor: Actor, record: Record) -> None:
    """Let reviewers pass, and the owning organisation."""
    reviews = Permission.RECORD_REVIEW in policy.permissions_of(actor)
    if not reviews and not policy.visible_to(actor).owns(record):
        raise Forbidden("only reviewers and the owning organisation may do this")


def _require_visible(
    unit: Unit, actor: Actor, record: Record, others: Sequence[RecordUid], *, name: str = "not_related"
) -> None:
    known = unit.records.many(list(others), visible=policy.visible_to(actor))
    problems = []
    for at, other in enumerate(others):
        path = (name, str(at)) if name == "not_related" else (name,)
        if other not in known:
            problems.append(Problem(path, "NOT_FOUND", "no such record"))
        elif other == record.uid:
            problems.append(Problem(path, "SAME_RECORD", "a record is always the same as itself"))
    if problems:
        raise InvalidInput(problems)


def _linked(document: Document) -> frozenset[RecordUid]:
    """Records that a part links to: whoever wrote it knows of them."""
    links: Any = document.get("links") or ()
    return frozenset(RecordUid(one["target"]) for one in links)
