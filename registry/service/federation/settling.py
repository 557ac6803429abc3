"""What became of messages for other nodes: received, refused, or given up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.federation.message import LASTS
from registry.ports import Registry, Unit
from registry.ports.messages import Direction, KeptMessage
from registry.service.federation.handlers import UNDELIVERED
from registry.service.federation.messaging import LATER, TAKEN

EXPIRED = "EXPIRED"
# Longer than a message counts: whoever repeats one that was forgotten here is told that it is too old.
_KEPT = LASTS + timedelta(days=1)
_AT_ONCE_TIDIED = 500


def received(registry: Registry, unit: Unit, peer_dns: str, outcomes: Mapping[str, str]) -> None:
    """Note what became of messages at the node that they were for, by id; what is not known means nothing."""
    for message_id, outcome in outcomes.items():
        known = unit.messages.get(Direction.OUT, peer_dns, message_id)
        if known is not None and known.done_at is None and outcome != LATER:
            _end(registry, unit, known, outcome)


def confirm(registry: Registry, actor: Actor, outcomes: Mapping[str, str]) -> None:
    """Note what became of the messages that the node that *actor* is got with a page."""
    policy.require(actor, Permission.SYNC_PULL)
    if outcomes:
        with registry.storage.begin() as unit:
            received(registry, unit, actor.node or "", outcomes)


def tidy(registry: Registry, actor: Actor) -> int:
    """Give up what nobody has received in 30 days, and forget what is older; how many were given up."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        old = unit.messages.made_before(now - LASTS, limit=_AT_ONCE_TIDIED)
        for one in old:
            _end(registry, unit, one, EXPIRED)
        unit.messages.forget(kept_before=now - _KEPT)
    return len(old)


def _end(registry: Registry, unit: Unit, known: KeptMessage, outcome: str) -> None:
    follows = UNDELIVERED.get(known.type)
    if outcome != TAKEN and follows is not None:
        follows(registry, unit, known, outcome)
    done = replace(known, text=b"", signature="", due_at=None, done_at=registry.clock.now(), outcome=outcome)
    unit.messages.save(done)
