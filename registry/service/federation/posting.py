"""Carrying messages to other nodes, and taking those that came with a page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import JsonValue
from registry.domain.delivery import pause_after
from registry.domain.errors import CommonsError
from registry.domain.federation.message import AT_ONCE, SignedMessage, outcome_word, signed_document
from registry.domain.federation.peer import Peer, PeerState
from registry.ports import Registry
from registry.ports.messages import KeptMessage
from registry.service.federation import messaging, settling
from registry.service.federation.exchange import answer_to
from registry.service.federation.identity import INBOX_PATH
from registry.service.federation.messaging import LATER
from registry.service.federation.taking import take_from
from registry.service.federation.turns import Run, at_once

_MAX_ANSWER = 64 * 1024


def post_due(registry: Registry, actor: Actor, *, stop: Callable[[], bool] = bool, run: Run = at_once) -> int:
    """Send what is due to every node that something is due for; how many nodes that is.

    A node that does not answer is tried again after growing pauses; it gets them too with the next page it asks for.

    Args:
        run: how the turn of a node is run, by its name; as it is told, one after the other.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    with registry.storage.read() as reader:
        peers = [reader.peers.get(dns) for dns in reader.messages.due(now)]
    done = 0
    for peer in peers:
        if peer is not None and peer.state is PeerState.ACTIVE and not stop():
            done += 1
            run(peer.dns, partial(_post, registry, peer))
    return done


def take_page(registry: Registry, peer: Peer, said: JsonValue) -> None:
    """Take in the messages that came with a page of *peer*, and tell it what became of them."""
    if not isinstance(said, list) or not said:
        return
    outcomes = take_from(registry, peer, said[:AT_ONCE])
    try:
        answer_to(registry, peer, INBOX_PATH, body=_body((), outcomes), max_bytes=_MAX_ANSWER)
    except CommonsError:
        # They come again with the next page, and are known then.
        return


def _post(registry: Registry, peer: Peer) -> None:
    """Send what is due to one node, as much as goes at once."""
    with registry.storage.read() as reader:
        due = messaging.next_portion(reader, peer.dns)
    messages = messaging.signed(registry, due)
    try:
        said = answer_to(registry, peer, INBOX_PATH, body=_body(messages, {}), max_bytes=_MAX_ANSWER)
    except CommonsError:
        said = {}
    results = said.get("results")
    known = results if isinstance(results, Mapping) else {}
    ended = {one.id: outcome_word(known[one.id]) for one in due if one.id in known and known[one.id] != LATER}
    with registry.storage.begin() as unit:
        settling.received(registry, unit, peer.dns, ended)
        for one in due:
            present = unit.messages.get(one.direction, one.peer, one.id)
            if present is not None and present.done_at is None:
                unit.messages.save(_tried(registry, present))


def _tried(registry: Registry, one: KeptMessage) -> KeptMessage:
    pause = pause_after(one.tries + 1, spread=0.0)
    return replace(one, tries=one.tries + 1, due_at=registry.clock.now() + pause)


def _body(messages: Sequence[SignedMessage], outcomes: Mapping[str, str]) -> bytes:
    said = {"messages": list(map(signed_document, messages)), "got": dict(outcomes)}
    return json.dumps(said, ensure_ascii=False).encode()
