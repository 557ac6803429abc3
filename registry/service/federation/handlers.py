"""Who deals with which type of message. A type that is known and named nowhere here is kept as it came."""

from __future__ import annotations

from collections.abc import Mapping

from registry.domain.federation.message import MessageType
from registry.service.federation.messaging import Handler

HANDLERS: Mapping[MessageType, Handler] = {}
