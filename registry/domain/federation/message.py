"""A message from one node to another: signed by the one, for the other alone, about one record, and good for 30 days.

What it asks for is up to whoever gets it: nothing is changed by a message alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any

from pydantic import Field, StrictInt, StringConstraints

from registry.domain.canonical import Document, JsonValue, canonical_bytes, parse_json
from registry.domain.content.base import Instant, Model, Uid, to_document, validate
from registry.domain.errors import InvalidInput, Problem
from registry.domain.federation.header import VERSION, Dns, parsed

MAX_MESSAGE_BYTES = 320 * 1024
MAX_SIGNATURE = 1000
ID = re.compile(r"[0-9A-Za-z_-]{8,64}")
_WRITTEN = {"sender": "from", "recipient": "to"}
_READ = {written: name for name, written in _WRITTEN.items()} | dict.fromkeys(_WRITTEN, "")
# Most messages that go in one request, or with one page; and most bytes of their texts.
AT_ONCE = 20
AT_ONCE_BYTES = 512 * 1024
# How long after it was made a message counts; whoever made it gives it up then.
LASTS = timedelta(days=30)
# How far ahead the clock of whoever made it may be.
AHEAD = timedelta(hours=2)

# What waits to be received by one other node.
MAX_WAITING = 5_000
MAX_WAITING_BYTES = 16 << 20
# What is taken in of one other node within a day, and most bytes of what is kept of that as it came.
MAX_DAILY = 2_000
MAX_DAILY_BYTES = 1 << 20


class MessageType(StrEnum):
    """What messages this version of the protocol knows; others are kept as they came."""

    PROPOSAL = "proposal"
    DECISION = "decision"
    FINDING = "finding"
    ACKNOWLEDGE = "acknowledge"


class Message(Model):
    """What is signed.

    Attributes:
        id: of the sender's choice; whoever gets it twice does nothing the second time.
        type: what it is; one that is not known is kept and means nothing.
        sender, recipient: DNS names of nodes; written as ``from`` and ``to``.
        about: the record.
        body: by its type.
    """

    v: Annotated[StrictInt, Field(ge=1)] = VERSION
    id: Annotated[str, StringConstraints(pattern=f"^{ID.pattern}$")]
    type: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]{0,31}$")]
    sender: Dns
    recipient: Dns
    about: Uid | None = None
    made_at: Instant
    body: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class SignedMessage:
    """A message as it travels: the text of its canonical JSON, and a detached JWS over those bytes."""

    text: bytes
    signature: str


def message_bytes(message: Message) -> bytes:
    """The message as it is signed and sent.

    Raises:
        InvalidInput: it is too large, or its body cannot be written as canonical JSON.
    """
    body = canonical_bytes(_written(message))
    if len(body) > MAX_MESSAGE_BYTES:
        raise _too_long()
    return body


def signed_document(signed: SignedMessage) -> dict[str, JsonValue]:
    """The message as one of a list."""
    return {"message": signed.text.decode(), "signature": signed.signature}


def read_signed(item: JsonValue) -> tuple[Message, SignedMessage]:
    """One of a list of messages, as far as its form goes: its signature is not looked at.

    Raises:
        InvalidInput: it is none, too large, or not canonical JSON.
    """
    text, signature = (item.get(name) for name in ("message", "signature")) if isinstance(item, Mapping) else (0, 0)
    if not isinstance(text, str) or not isinstance(signature, str) or len(signature) > MAX_SIGNATURE:
        raise InvalidInput([Problem((), "INVALID_TYPE", "a message is a text of canonical JSON and a detached JWS")])
    if len(text) > MAX_MESSAGE_BYTES:
        raise _too_long()
    try:
        body = text.encode()
    except UnicodeEncodeError:
        raise InvalidInput([Problem((), "NOT_CANONICAL", "a text holds half a surrogate pair")]) from None
    return read_message(body), SignedMessage(body, signature)


def read_message(body: bytes) -> Message:
    """The message that *body* is; fields that are not known mean nothing.

    Raises:
        InvalidInput: it is none, is too large, or is not written as RFC 8785 says.
    """
    if len(body) > MAX_MESSAGE_BYTES:
        raise _too_long()
    document = parsed(body, path="message")
    if not isinstance(document, Mapping):
        raise InvalidInput([Problem(("message",), "INVALID_TYPE", "an object is expected")])
    said = {_READ.get(name, name): value for name, value in document.items()}
    known = {name: value for name, value in said.items() if name in Message.model_fields}
    return validate(Message, known, path=("message",))


def guessed_id(item: JsonValue) -> str | None:
    """The id of a message that cannot be read, if it has one: its sender is told that it comes in vain."""
    text = item.get("message") if isinstance(item, Mapping) else None
    if not isinstance(text, str) or len(text) > MAX_MESSAGE_BYTES:
        return None
    try:
        said = parse_json(text.encode())
    except ValueError:
        return None
    found = said.get("id") if isinstance(said, Mapping) else None
    return found if isinstance(found, str) and ID.fullmatch(found) else None


def wrong_with(message: Message, *, sender: str, recipient: str, now: datetime) -> str | None:
    """Why a message that came from *sender* is not for *recipient*, as a stable word in capitals; ``None`` if it is."""
    if message.sender != sender:
        return "WRONG_SENDER"
    if message.recipient != recipient:
        return "WRONG_RECIPIENT"
    if message.made_at > now + AHEAD:
        return "NOT_YET_MADE"
    if message.made_at + LASTS < now:
        return "EXPIRED"
    return None


def outcome_word(said: JsonValue) -> str:
    """What the other node says became of a message: a word in capitals, and nothing else."""
    is_word = isinstance(said, str) and 0 < len(said) <= 40 and said.isascii() and said.replace("_", "").isalpha()
    return str(said) if is_word else "UNKNOWN"


def is_understood(message: Message) -> bool:
    """Whether this version of the protocol says what it means."""
    return message.v <= VERSION and message.type in set(MessageType)


def _written(message: Message) -> Document:
    # What is empty in a body says something: the whole of it is written.
    said = to_document(message.model_copy(update={"body": {}}))
    return {**{_WRITTEN.get(name, name): value for name, value in said.items()}, "body": message.body}


def _too_long() -> InvalidInput:
    problem = Problem(("message",), "TOO_LONG", f"a message has at most {MAX_MESSAGE_BYTES} bytes")
    return InvalidInput([problem])
