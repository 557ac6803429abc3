"""Who deals with which type of message. A type that is known and named nowhere here is kept as it came."""

from __future__ import annotations

from collections.abc import Mapping

from registry.domain.federation.message import MessageType
from registry.service.federation import proposing, telling
from registry.service.federation.messaging import Handler, Undelivered

HANDLERS: Mapping[MessageType, Handler] = {
    MessageType.PROPOSAL: proposing.take_proposal,
    MessageType.DECISION: proposing.take_decision,
    MessageType.FINDING: telling.take_findings,
    MessageType.ACKNOWLEDGE: telling.take_acknowledgements,
}
UNDELIVERED: Mapping[str, Undelivered] = {MessageType.PROPOSAL.value: proposing.note_undelivered}
