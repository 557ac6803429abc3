"""Comparing with another node what both hold, once a day, and asking for what is missing or older here.

What the log brought and was lost on the way, or was refused by an older version of this software, comes so. What comes
is taken in like everything else, by the same judgement: what was erased, blocked or frozen here stays as it is.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote, urlencode

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.errors import CommonsError, FetchFailed
from registry.domain.federation.comparing import BUCKETS, Entry, bucket_hash, bucket_of, to_ask, told_as_held
from registry.domain.federation.filtering import filter_of
from registry.domain.federation.peer import Peer, PeerState
from registry.domain.record import RecordUid
from registry.ports import Reader, Registry, Unit
from registry.service.federation.applying import Applied, apply_page
from registry.service.federation.exchange import answer_to
from registry.service.federation.guarding import holding
from registry.service.federation.identity import BUCKETS_PATH, RECORDS_PATH
from registry.service.federation.parting import PLACE
from registry.service.federation.pulling import refreshed
from registry.service.federation.standing import changed_meanwhile, is_compared, known, require_compared
from registry.service.federation.turns import Run, at_once

# Most records that are asked for in one run, and how long it lasts at most; the next run goes on from there.
MAX_RECORDS = 500
MAX_TIME = timedelta(minutes=5)
_MOST_UID = 64
_NOT_FOUND, _TOO_MANY = "STATUS_404", "STATUS_429"
# After this time what was refused is asked for again: the software may know more by then.
_REFUSED_FOR = timedelta(days=7)


@dataclass(slots=True)
class Reconciled:
    """What came of comparing.

    Attributes:
        differing: how many records differed, since this comparison began.
        asked: how many the other node was asked for in this run.
        is_done: whether the end was reached; otherwise the next run goes on.
    """

    differing: int = 0
    asked: int = 0
    is_done: bool = False
    applied: Applied = field(default_factory=Applied)


@dataclass(frozen=True, slots=True)
class _Place:
    """How far a comparison has come.

    Attributes:
        after: the last record of the bucket that was asked for.
    """

    at: datetime
    origin: str = ""
    bucket: int = 0
    after: str = ""
    differing: int = 0


def reconcile(
    registry: Registry, actor: Actor, dns: str, *, max_records: int = MAX_RECORDS, stop: Callable[[], bool] = bool
) -> Reconciled:
    """Compare what is held with another node, go on where the last run ended, and take in what is missing here.

    Raises:
        NotFound: no such node.
        Conflict: it is not confirmed, paused, held, or not to be asked.
        MassWithdrawal: it would take away too much, and is held from now on.
        FetchFailed, FetchRefused: it did not answer, or not as a node answers; what was taken in before stays.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        peer = known(reader, dns)
        place = _place(reader, dns) or _Place(registry.clock.now())
    require_compared(peer)
    run = _Run(registry, peer, replace(place, at=registry.clock.now()), max_records, stop)
    try:
        with holding(registry, dns):
            run.compare()
    finally:
        _keep(registry, dns, run)
    return run.done


def reconcile_due(registry: Registry, actor: Actor, *, stop: Callable[[], bool] = bool, run: Run = at_once) -> int:
    """Compare with every node whose turn it is; how many are. One that fails does not keep the others waiting.

    Args:
        run: how the turn of a node is run, by its name; as it is told, one after the other.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    pause = timedelta(hours=registry.settings.federation_reconcile_hours)
    if not pause:
        return 0
    with registry.storage.read() as reader:
        found = [(one, _place(reader, one.dns)) for one in reader.peers.all() if is_compared(one)]
    count = 0
    for peer, place in found:
        before = place.at if place else peer.reconciled_at or peer.added_at
        # Who still reads the log is told there what it lacks.
        is_behind = peer.last_success_at is None or bool(peer.remaining)
        if is_behind or registry.clock.now() - before < pause or stop():
            continue
        count += 1
        run(peer.dns, partial(_reconcile_quietly, registry, actor, peer.dns, stop))
    return count


def _reconcile_quietly(registry: Registry, actor: Actor, dns: str, stop: Callable[[], bool]) -> None:
    # When it was tried is kept, so that the next try comes in its time.
    with suppress(CommonsError):
        reconcile(registry, actor, dns, stop=stop)


class _Run:
    """One run of a comparison."""

    def __init__(
        self, registry: Registry, peer: Peer, place: _Place, max_records: int, stop: Callable[[], bool]
    ) -> None:
        self._registry = registry
        self._peer = peer
        self._wanted = filter_of(peer).query
        self._stop = stop
        self._max_records = max_records
        self._ends_at = registry.clock.now() + MAX_TIME
        self.place = place
        self.done = Reconciled(differing=place.differing)

    def compare(self) -> None:
        """Go on until the end or the bounds of a run are reached."""
        self._peer = refreshed(self._registry, self._peer)
        with self._registry.storage.read() as reader:
            origins = _origins(reader, self._peer, self._registry.settings.node_name)
        begun = self.place.origin
        for origin in origins[origins.index(begun) if begun in origins else 0 :]:
            if origin != self.place.origin:
                self.place = replace(self.place, origin=origin, bucket=0, after="")
            while self.place.bucket < BUCKETS:
                if self._is_over() or not self._compare_some(origin):
                    return
        self.done.is_done = True

    def _is_over(self) -> bool:
        is_late = self._registry.clock.now() >= self._ends_at
        return is_late or self.done.asked >= self._max_records or self._stop()

    def _compare_some(self, origin: str) -> bool:
        """Compare as many buckets as the other tells hashes of at once; whether the run goes on."""
        said = self._answer(BUCKETS_PATH, origin=origin, first=str(self.place.bucket), **self._wanted)
        if said is None:
            return False
        hashes = said.get("buckets")
        if not isinstance(hashes, Mapping) or str(self.place.bucket) not in hashes:
            raise FetchFailed("the answer tells no hashes", reason="BAD_BODY")
        while self.place.bucket < BUCKETS and str(self.place.bucket) in hashes:
            if not self._compare_one(origin, hashes[str(self.place.bucket)]):
                return False
            self.place = replace(self.place, bucket=self.place.bucket + 1, after="", differing=self.done.differing)
        return True

    def _compare_one(self, origin: str, told: JsonValue) -> bool:
        bucket = self.place.bucket
        with self._registry.storage.read() as reader:
            here = {one.entry.uid: one for one in reader.envelopes.bucket(origin, bucket)}
        if told == bucket_hash(told_as_held(here.values())):
            return True
        said = self._answer(f"{BUCKETS_PATH}/{bucket}", origin=origin, **self._wanted)
        if said is None:
            return False
        there = _read(said.get("entries"), bucket)
        uids = to_ask(here, there, is_origin=origin == self._peer.dns)
        refused = self._refused(origin, uids)
        differing = self.done.differing + len(uids)
        for uid in uids:
            if uid <= self.place.after or (uid in there and there[uid].hash in refused):
                continue
            if self._is_over() or not self._ask_for(uid):
                return False
            self.place = replace(self.place, after=uid)
        self.done.differing = differing
        return True

    def _refused(self, origin: str, uids: Sequence[RecordUid]) -> frozenset[str]:
        with self._registry.storage.read() as reader:
            here = [reader.peer_owners.uid_here(origin, uid) or uid for uid in uids]
            return reader.refusals.since(here, self._registry.clock.now() - _REFUSED_FOR)

    def _ask_for(self, uid: RecordUid) -> bool:
        """Take in what the other tells of one record now; whether the run goes on."""
        self.done.asked += 1
        try:
            said = self._answer(f"{RECORDS_PATH}/{quote(uid, safe='')}/revisions")
        except FetchFailed as error:
            if error.reason == _NOT_FOUND:
                return True
            raise
        if said is None:
            return False
        items = said.get("items")
        if not isinstance(items, list):
            raise FetchFailed("the answer tells of no record", reason="BAD_BODY")
        with self._registry.storage.begin() as unit:
            present = unit.peers.get(self._peer.dns)
            if present is None or not is_compared(present):
                raise changed_meanwhile()
            self.done.applied.add(apply_page(self._registry, unit, present, items[:1]))
        return True

    def _answer(self, path: str, **query: str) -> Mapping[str, JsonValue] | None:
        """What the other says; nothing where it was asked too often."""
        try:
            return answer_to(self._registry, self._peer, f"{path}?{urlencode(query)}" if query else path)
        except FetchFailed as error:
            if error.reason == _TOO_MANY:
                return None
            raise


def _origins(reader: Reader, peer: Peer, own: str) -> list[str]:
    """Whose records the other is asked about: its own, and those of nodes that cannot be asked themselves."""
    others = (one for one in reader.peers.all() if one.dns != peer.dns and one.state is not PeerState.ASKED)
    absent = (one.dns for one in others if not is_compared(one) or one.failures or one.last_success_at is None)
    return [peer.dns, *(dns for dns in sorted(absent) if dns != own)]


def _read(said: JsonValue, bucket: int) -> dict[RecordUid, Entry]:
    """The entries that another node tells.

    Raises:
        FetchFailed: they are none, or belong to another bucket.
    """
    if not isinstance(said, list):
        raise FetchFailed("the answer tells no entries", reason="BAD_BODY")
    return {one.uid: one for one in _entries(said, bucket)}


def _entries(said: Sequence[JsonValue], bucket: int) -> Iterator[Entry]:
    for one in said:
        match one:
            case [str(uid), int(rev), str(hash_)] if _is_word(uid) and len(hash_) == 64 and bucket_of(uid) == bucket:
                yield Entry(RecordUid(uid), rev, hash_)
            case _:
                raise FetchFailed("an entry is a uid of this bucket, a number and a hash", reason="BAD_BODY")


def _is_word(said: str) -> bool:
    return 0 < len(said) <= _MOST_UID and said.isascii() and said.isprintable()


def _place(view: Reader | Unit, dns: str) -> _Place | None:
    """Where the last run ended, unless it reached the end."""
    kept = view.meta.get(PLACE + dns)
    if not kept:
        return None
    said = json.loads(kept)
    return _Place(**{**said, "at": datetime.fromisoformat(said["at"])})


def _keep(registry: Registry, dns: str, run: _Run) -> None:
    """Keep how far the run came; at the end, when the two compared and how much differed."""
    place = run.place
    said = {
        "at": place.at.isoformat(),
        "origin": place.origin,
        "bucket": place.bucket,
        "after": place.after,
        "differing": place.differing,
    }
    with registry.storage.begin() as unit:
        present = unit.peers.get(dns)
        if present is None:
            return
        if not run.done.is_done:
            unit.meta.put(PLACE + dns, json.dumps(said))
        else:
            unit.meta.forget(PLACE + dns)
            unit.peers.save(replace(present, reconciled_at=place.at, differing=run.done.differing))
