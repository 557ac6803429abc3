"""One event told by several sources: finding the pairs behind the change log, and what reviewers decide of them.

A reader of the log with a position of its own, so that no import waits for it: killed at any point it goes on where it
was, and reading a row twice changes nothing. Merging itself is ``merge``, which copies no text: each record keeps its
licence, and the merged one's number, ids and addresses lead to the other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.candidate import (
    CandidateState,
    Likeness,
    MergeCandidate,
    Telling,
    is_stronger,
    keys_of,
    likeness,
    pair_of,
    telling_of,
    word_keys_of,
)
from registry.domain.change import ChangeKind
from registry.domain.errors import InvalidInput, InvalidTransition, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.pages import Page, PageRequest
from registry.domain.policy import EVERYTHING, Visibility
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry, Unit
from registry.service import conflicts
from registry.service.events import note

POSITION = "candidates_position"
_PORTION = 100
# What more records than these share tells nothing.
_COMMON = 200
_FEWEST_WORDS = 3
_MOST_COMPARED = 50
_COMPARED = frozenset({State.SUBMITTED, State.IN_REVIEW, State.CHANGES_REQUESTED, State.APPROVED, State.PUBLISHED})


@dataclass(frozen=True, slots=True)
class Pair:
    """A candidate with its two records, as whoever asks may see them."""

    candidate: MergeCandidate
    a: Record
    b: Record


def find(registry: Registry, actor: Actor) -> int:
    """Compare what one portion of the log changed with all others, and return how many rows were read.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        position = int(reader.meta.get(POSITION) or 0)
        # A backup that was restored is behind what was read.
        position = position if position <= reader.changes.head().seq else 0
        changes = reader.changes.after(position, limit=_PORTION)
        uids = list(dict.fromkeys(change.row.uid for change in changes if change.row.uid is not None))
        records = reader.records.many(uids, visible=EVERYTHING) if uids else {}
    if not changes:
        return 0
    tellings = {uid: _telling(record) for uid, record in records.items()}
    with registry.storage.begin() as unit:
        for uid, telling in tellings.items():
            unit.merge_candidates.put_keys(uid, () if telling is None else tuple(keys_of(telling)))
    with registry.storage.read() as reader:
        found = {
            uid: dict(_alike(reader, records[uid], telling)) for uid, telling in tellings.items() if telling is not None
        }
    with registry.storage.begin() as unit:
        for uid, record in records.items():
            _keep(registry, unit, record, found.get(uid, {}))
        for change in changes:
            if change.row.kind is ChangeKind.MERGE and change.row.uid in records:
                _settle(unit, records[change.row.uid], change.row.actor, registry)
        unit.meta.put(POSITION, str(changes[-1].seq))
    return len(changes)


def page(registry: Registry, actor: Actor, state: CandidateState | None, request: PageRequest) -> Page[Pair]:
    """Pairs of which *actor* sees both records, the likeliest first.

    Raises:
        Forbidden: *actor* lacks ``record:merge``.
    """
    policy.require(actor, Permission.RECORD_MERGE)
    visible = policy.visible_to(actor)
    shown: list[Pair] = []
    position, has_next = request.position, True
    with registry.storage.read() as reader:
        while len(shown) <= request.limit and has_next:
            found = reader.merge_candidates.page(state, PageRequest(request.limit, position))
            has_next, found = len(found) > request.limit, found[: request.limit]
            shown += _shown(reader, actor, visible, found)
            if found:
                position = (found[-1].score, found[-1].a, found[-1].b)
    items = tuple(shown[: request.limit])
    positions = tuple((one.candidate.score, one.candidate.a, one.candidate.b) for one in items)
    return Page(items, positions, len(shown) > request.limit, request.position is not None)


def decide(
    registry: Registry, actor: Actor, uid: RecordUid, other: RecordUid, *, state: CandidateState
) -> MergeCandidate:
    """Say that a pair is not the same (``dismissed``), or belongs together without being the same (``linked``).

    It does not come up again, unless an id that the whole field knows speaks for it later.

    Raises:
        Forbidden: *actor* lacks ``record:merge``.
        ConflictOfInterest: *actor* is bound to an organisation that one of the two is of or about.
        InvalidInput: *state* is not one of these two.
        NotFound: no such pair, or none of which *actor* sees both.
        InvalidTransition: it was merged.
    """
    policy.require(actor, Permission.RECORD_MERGE)
    if state not in {CandidateState.DISMISSED, CandidateState.LINKED}:
        raise InvalidInput(
            [Problem(("state",), "NOT_ALLOWED", "say dismissed or linked; merging is a step of its own")]
        )
    visible = policy.visible_to(actor)
    with registry.storage.begin() as unit:
        kept = unit.merge_candidates.get(*pair_of(uid, other))
        records = unit.records.many([uid, other], visible=visible)
        if kept is None or len(records) < 2 or not all(visible.lists(one) for one in records.values()):
            raise NotFound("no such pair", path=("uid",))
        for record in records.values():
            conflicts.require_judge(registry, unit, actor, record)
        if kept.state is CandidateState.MERGED:
            raise InvalidTransition("this pair was merged", path=("uid",))
        decided = replace(kept, state=state, decided_by=actor.id, decided_at=registry.clock.now())
        unit.merge_candidates.put(decided)
        note(registry, unit, actor, EventName.CANDIDATE_DECIDED, subject=f"record:{kept.a}", state=state.value)
    return decided


def _shown(reader: Reader, actor: Actor, visible: Visibility, found: Iterable[MergeCandidate]) -> Iterable[Pair]:
    pairs = list(found)
    records = reader.records.many(list({uid for one in pairs for uid in (one.a, one.b)}), visible=visible)
    for one in pairs:
        a, b = records.get(one.a), records.get(one.b)
        if a is None or b is None:
            continue
        # Of what was taken back or merged elsewhere there is nothing to decide.
        is_current = one.state is not CandidateState.OPEN or {a.stage, b.stage} <= _COMPARED
        if is_current and all(visible.lists(each) or one.state is CandidateState.MERGED for each in (a, b)):
            yield Pair(one, redaction.for_actor(a, actor), redaction.for_actor(b, actor))


def _telling(record: Record) -> Telling | None:
    """What is compared of a record; nothing where it is no account of its own, or not handed in."""
    part = record.newest.public
    if part is None or record.kind is Kind.STATEMENT or record.stage not in _COMPARED or record.staging:
        return None
    return telling_of(record.kind, part.document)


def _alike(reader: Reader, record: Record, telling: Telling) -> Iterable[tuple[RecordUid, Likeness]]:
    """Records of other owners that seem to tell of the same."""
    keys, words = keys_of(telling), word_keys_of(telling)
    naming: dict[str, int] = {}
    shared: dict[RecordUid, list[bytes]] = defaultdict(list)
    telling_words = 0
    for key, address in keys.items():
        having = reader.merge_candidates.having(key, limit=_COMMON + 1)
        if len(having) > _COMMON:
            continue
        naming[address] = len(having)
        telling_words += key in words
        for uid, owner in having:
            if owner != record.owner:
                shared[uid].append(key)
    enough = min(_FEWEST_WORDS, telling_words)
    wanted = [uid for uid, same in shared.items() if not words.issuperset(same) or len(same) >= enough]
    wanted = sorted(wanted, key=lambda uid: (words.issuperset(shared[uid]), -len(shared[uid])))[:_MOST_COMPARED]
    apart = reader.sources.apart_from(record.uid)
    for uid, other in reader.records.many(wanted, visible=EVERYTHING).items():
        told = _telling(other) if uid not in apart else None
        if told is None:
            continue
        common = telling.addresses & told.addresses
        found = likeness(telling, told, naming=min((naming.get(one, _COMMON) for one in common), default=2))
        if found is not None:
            yield uid, found


def _keep(registry: Registry, unit: Unit, record: Record, found: dict[RecordUid, Likeness]) -> None:
    """Bring the pairs of a record up to date; what somebody decided stays."""
    kept = {pair_of(one.a, one.b): one for one in unit.merge_candidates.of_record(record.uid)}
    for uid, one in found.items():
        pair = pair_of(record.uid, uid)
        before = kept.pop(pair, None)
        fresh = MergeCandidate(*pair, one.score, one.reasons, registry.clock.now())
        if before is None or (before.state is not CandidateState.MERGED and is_stronger(one, before)):
            unit.merge_candidates.put(fresh)
        elif before.state is CandidateState.OPEN and (before.score, before.reasons) != (one.score, one.reasons):
            unit.merge_candidates.put(replace(fresh, found_at=before.found_at))
    gone = [pair for pair, old in kept.items() if old.state is CandidateState.OPEN]
    for pair in gone:
        both = unit.records.many(pair, visible=EVERYTHING).values()
        # What was merged is settled by the row that tells of it.
        if not any(one.merged_into in pair for one in both):
            unit.merge_candidates.drop(*pair)


def _settle(unit: Unit, record: Record, actor: str, registry: Registry) -> None:
    """A pair that was merged, whether it was found by this or not."""
    if record.merged_into is None:
        return
    kept = unit.merge_candidates.get(*pair_of(record.uid, record.merged_into))
    if kept is not None and kept.state is not CandidateState.MERGED:
        now = registry.clock.now()
        unit.merge_candidates.put(replace(kept, state=CandidateState.MERGED, decided_by=actor, decided_at=now))
