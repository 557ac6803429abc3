"""Asking another node for what changed: page by page, each applied together with the cursor behind it."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import CommonsError, FetchFailed
from registry.domain.federation.discovery import trusted_keys
from registry.domain.federation.guarding import Gone
from registry.domain.federation.peer import KeyStatus, Peer, PeerState, Successor
from registry.ports import Registry
from registry.ports.federation import Refused
from registry.service.federation.applying import Applied, apply_page, apply_parked
from registry.service.federation.guarding import holding, require_not_held
from registry.service.federation.paging import LogPage, Pages
from registry.service.federation.peering import ask
from registry.service.federation.posting import take_page
from registry.service.federation.quarantine import give_up
from registry.service.federation.standing import changed_meanwhile, known, require_asked
from registry.service.federation.telling import tell
from registry.service.federation.turns import Run, at_once
from registry.signing import PublicKey

_SOON_SECONDS = 5.0
_PARKED = 100
_LONGEST_SECONDS = 300.0


@dataclass(slots=True)
class Pulled:
    """What came of asking: how many pages, and what became of their items."""

    pages: int
    applied: Applied
    remaining: int = 0


def pull(
    registry: Registry, actor: Actor, dns: str, *, max_pages: int = 1000, stop: Callable[[], bool] = bool
) -> Pulled:
    """Ask a node for everything behind its cursor, and take it in.

    Raises:
        NotFound: no such node.
        Conflict: it is not confirmed, or paused, or not to be asked.
        FetchFailed, FetchRefused: it did not answer, or not as a node answers; what was taken in before stays.
        MassWithdrawal: more would go than an operator need not look at; of that page nothing is taken.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        peer = known(reader, dns)
    require_asked(peer)
    done = Pulled(0, Applied())
    try:
        peer = refreshed(registry, peer)
        require_not_held(registry, peer)
        with holding(registry, dns):
            _take_parked(registry, peer, done)
            _take_pages(registry, peer, done, max_pages, stop)
            if done.applied.applied:
                # What waited may have come just now.
                _take_parked(registry, peer, done)
    except CommonsError as error:
        _note_failure(registry, dns, error)
        raise
    return done


def _take_pages(registry: Registry, peer: Peer, done: Pulled, max_pages: int, stop: Callable[[], bool]) -> None:
    left: int | None = None
    with Pages(registry) as pages:
        while done.pages < max_pages and not stop():
            page = pages.behind(peer)
            # Who hands out the same cursor again would never end, nor would who fills its log faster than it is read:
            # what came since the beginning waits for the next turn.
            is_end = (
                page.cursor == peer.cursor or not (page.items or page.remaining) or (left is not None and left <= 0)
            )
            left = page.remaining if left is None else max(0, left - len(page.items))
            # What is asked for is waited for, even by a process that is to end.
            if not is_end and done.pages + 1 < max_pages and not stop():
                pages.ask_ahead(peer, page)
            peer = _take(registry, peer.dns, page, done)
            take_page(registry, peer, page.messages)
            if is_end:
                break


def pull_due(registry: Registry, actor: Actor, *, stop: Callable[[], bool] = bool, run: Run = at_once) -> int:
    """Ask every node whose turn it is; how many are asked. One that fails does not keep the others waiting.

    Args:
        run: how the turn of a node is run, by its name; as it is told, one after the other.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        found = reader.peers.all()
    asked = 0
    now = registry.clock.now()
    for peer in found:
        if peer.state is PeerState.ACTIVE and _is_due(registry, peer, now) and not stop():
            asked += peer.pulls
            run(peer.dns, partial(_ask, registry, actor, peer, stop))
    return asked


def _is_due(registry: Registry, peer: Peer, now: datetime) -> bool:
    often = peer.poll_seconds or registry.settings.federation_poll_seconds
    # Who said that it has something new is asked soon, however often it says so; and who had more than one turn takes.
    is_soon = peer.pulls and (peer.pinged_at is not None or bool(peer.remaining))
    pause = min(often, _SOON_SECONDS if is_soon else often) * min(2**peer.failures, 64)
    return peer.last_asked_at is None or (now - peer.last_asked_at).total_seconds() >= pause


def _ask(registry: Registry, actor: Actor, peer: Peer, stop: Callable[[], bool]) -> None:
    # Where it failed is kept with the node, and shown on its page.
    with suppress(CommonsError):
        if peer.pulls:
            pull(registry, actor, peer.dns, stop=_until(stop))
        elif peer.serves:
            learn(registry, actor, peer.dns)


def _until(stop: Callable[[], bool]) -> Callable[[], bool]:
    """*stop*, or when one node has had its turn: whoever never ends keeps the others waiting no longer."""
    ends_at = time.monotonic() + _LONGEST_SECONDS
    return lambda: stop() or time.monotonic() > ends_at


def learn(registry: Registry, actor: Actor, dns: str) -> None:
    """Ask a node that is only answered who it is now, so that its requests count once it has changed its key.

    Raises:
        NotFound: no such node.
        FetchFailed, FetchRefused: it did not answer, or not as a node answers.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        peer = known(reader, dns)
    try:
        refreshed(registry, peer)
    except CommonsError as error:
        _note_failure(registry, dns, error)
        raise
    _note_success(registry, dns)


def refreshed(registry: Registry, peer: Peer) -> Peer:
    """The peer with the keys that its discovery document names now, if a key trusted before has signed that.

    What is known of it is read once it has answered: an operator, or another process, may have learnt meanwhile that a
    key counts no more.

    Raises:
        Conflict: it is not known any more.
        FetchFailed, FetchRefused: it did not answer, another node did, or it has a key that was never confirmed.
    """
    said, signer = ask(registry, peer.base_url)
    if said.dns != peer.dns or said.short_name != peer.short_name:
        raise FetchFailed("another node answers there", reason="OTHER_NODE")
    with registry.storage.begin() as unit:
        present = unit.peers.get(peer.dns)
        if present is None:
            raise changed_meanwhile()
        keys = trusted_keys(said, present.keys, lambda key, body, jws: PublicKey(key.x).verify(body, jws))
        if signer not in {one.kid for one in keys if one.status is KeyStatus.ACTIVE}:
            raise FetchFailed("the node signs with a key that was never confirmed", reason="UNKNOWN_KEY")
        now = registry.clock.now()
        after = replace(
            present,
            keys=keys,
            title=said.title,
            log_id=said.log_id,
            cursor=present.cursor if said.log_id == present.log_id else None,
            skew_seconds=round((said.issued_at - now).total_seconds()),
            successors=tuple(Successor(one.dns, one.kid) for one in said.successors),
            heard_at=now,
        )
        unit.peers.save(after)
    return after


def _take(registry: Registry, dns: str, page: LogPage, done: Pulled) -> Peer:
    """Apply a page and keep the cursor behind it, in one transaction."""
    with registry.storage.begin() as unit:
        present = unit.peers.get(dns)
        if present is None or present.state is not PeerState.ACTIVE:
            raise changed_meanwhile()
        applied = apply_page(registry, unit, present, page.items)
        now = registry.clock.now()
        after = replace(
            present,
            cursor=page.cursor,
            log_id=page.log_id,
            last_asked_at=now,
            last_success_at=now,
            last_error=None,
            failures=0,
            remaining=page.remaining,
        )
        unit.peers.save(after)
    done.pages += 1
    done.applied.add(applied)
    done.remaining = page.remaining
    return after


def _take_parked(registry: Registry, peer: Peer, done: Pulled) -> None:
    """Try again what waits for something, and give up what has waited long enough."""
    now, again, over = registry.clock.now(), list[Refused](), Gone()
    with registry.storage.begin() as unit:
        present = unit.peers.get(peer.dns)
        if present is not None and present.pinged_at is not None:
            # What it said it has is asked for now; what it says from here on is news again.
            unit.peers.save(replace(present, pinged_at=None))
        for one in unit.refusals.parked(peer.dns, limit=_PARKED):
            if one.parked_until is not None and one.parked_until <= now:
                told = give_up(unit, one)
                over.refused += [told] if told else []
                continue
            unit.refusals.drop(one.id)
            again += [one] if one.item else []
        applied = apply_parked(registry, unit, peer, again)
        tell(registry, unit, peer, over)
    done.applied.add(applied)


def _note_success(registry: Registry, dns: str) -> None:
    with registry.storage.begin() as unit:
        present = unit.peers.get(dns)
        if present is not None:
            now = registry.clock.now()
            unit.peers.save(replace(present, last_asked_at=now, last_success_at=now, last_error=None, failures=0))


def _note_failure(registry: Registry, dns: str, error: CommonsError) -> None:
    reason = error.reason if isinstance(error, FetchFailed) else error.code
    with registry.storage.begin() as unit:
        present = unit.peers.get(dns)
        if present is not None:
            now = registry.clock.now()
            failures = min(present.failures + 1, 30)
            unit.peers.save(replace(present, last_asked_at=now, last_error=reason, failures=failures))
