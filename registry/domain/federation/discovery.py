"""The discovery document: a node says who it is, which keys it signs with and where it is asked. Signed by itself."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import Field, StrictInt, StringConstraints

from registry.domain.canonical import Document, JsonValue, canonical_bytes
from registry.domain.content.base import Instant, Label, LongLine, Model, to_document, validate
from registry.domain.errors import InvalidInput, Problem
from registry.domain.federation.header import VERSION, DisplayName, Dns, ShortName
from registry.domain.federation.peer import KeyStatus, NodeKeyEntry
from registry.domain.vocabulary import Tlp

PATH = "/.well-known/incident-commons.json"
MAX_BYTES = 64 * 1024
# How long a document may be believed after it was made.
FRESH = timedelta(days=7)

Thumbprint = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{43}$")]


class KeyEntry(Model):
    """A public key, and what its signatures are worth.

    Attributes:
        endorsement: a detached JWS over ``endorsed_bytes`` by the key before it: who trusts that one trusts this one.
    """

    kid: Thumbprint
    x: Thumbprint
    status: KeyStatus = KeyStatus.ACTIVE
    at: Instant | None = None
    endorsement: Annotated[str, StringConstraints(max_length=1000)] | None = None


class Successor(Model):
    """A node that may correct, withdraw and erase once this one has been silent for 180 days."""

    dns: Dns
    kid: Thumbprint


class Discovery(Model):
    """What a node says of itself.

    Attributes:
        log_id: names its log; cursors hold as long as it stays.
        endpoints: full addresses by name: ``log``, ``records`` and others.
        tlp: the markings under which it hands records on.
        issued_at: when it was made; believed for seven days.
    """

    v: Annotated[StrictInt, Field(ge=1)] = VERSION
    versions: Annotated[tuple[StrictInt, ...], Field(max_length=20)] = (VERSION,)
    dns: Dns
    short_name: ShortName
    title: DisplayName
    contact: LongLine | None = None
    log_id: Annotated[str, StringConstraints(pattern=r"^[a-z0-9]{8,64}$")]
    endpoints: Mapping[Label, LongLine]
    tlp: Annotated[tuple[Tlp, ...], Field(max_length=10)]
    keys: Annotated[tuple[KeyEntry, ...], Field(min_length=1, max_length=50)]
    successors: Annotated[tuple[Successor, ...], Field(max_length=10)] = ()
    issued_at: Instant
    software: Label | None = None

    @property
    def node_keys(self) -> tuple[NodeKeyEntry, ...]:
        """Its keys."""
        return tuple(NodeKeyEntry(one.kid, one.x, one.status, one.at) for one in self.keys)


def discovery_bytes(discovery: Discovery) -> bytes:
    """What is signed: the document as canonical JSON."""
    return canonical_bytes(to_document(discovery))


def signed_document(discovery: Discovery, signature: str) -> Document:
    """The document as it is served, with its detached JWS as ``signature``."""
    return {**to_document(discovery), "signature": signature}


def read_discovery(document: JsonValue) -> tuple[Discovery, bytes, str]:
    """What a served document says, the bytes that were signed, and the signature, which is not looked at.

    Raises:
        InvalidInput: it is no such document.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput([Problem((), "INVALID_TYPE", "an object is expected")])
    signature = document.get("signature")
    if not isinstance(signature, str) or len(signature) > 1000:
        raise InvalidInput([Problem(("signature",), "REQUIRED", "a discovery document is signed")])
    signed = {name: value for name, value in document.items() if name != "signature"}
    known = {name: value for name, value in signed.items() if name in Discovery.model_fields}
    return validate(Discovery, known), canonical_bytes(signed), signature


def endorsed_bytes(dns: str, kid: str, x: str) -> bytes:
    """What the key before signs to hand over to a new one."""
    return canonical_bytes({"dns": dns, "kid": kid, "x": x, "purpose": "incident-commons key"})


def trusted_keys(
    said: Discovery, known: Sequence[NodeKeyEntry], verifies: Callable[[NodeKeyEntry, bytes, str], bool]
) -> tuple[NodeKeyEntry, ...]:
    """The keys of a node as far as they can be believed: those that were known, and each that one of them endorses,
    directly or through others. A key that is no longer active never becomes active again, and one that is known to be
    given up vouches for nobody: whoever finds it years later is not the node.

    Args:
        verifies: whether a key made a detached JWS over some bytes.
    """
    found = {one.kid: one for one in known}
    vouching = {kid: one for kid, one in found.items() if one.status is KeyStatus.ACTIVE}
    entries = {one.kid: one for one in said.keys}
    waiting = [one for one in said.keys if one.kid not in found]
    while waiting:
        good = [one for one in waiting if _is_endorsed(said.dns, one, vouching.values(), verifies)]
        if not good:
            break
        new = {one.kid: NodeKeyEntry(one.kid, one.x, one.status, one.at) for one in good}
        found, vouching = found | new, vouching | new
        waiting = [one for one in waiting if one.kid not in found]
    return tuple(_as_said(one, entries.get(one.kid)) for one in found.values())


def keys_of(said: Discovery, known: Sequence[NodeKeyEntry], *, now: datetime) -> tuple[NodeKeyEntry, ...]:
    """The keys of a node whose present one an operator has confirmed: what it says of them, and those known before,
    none of which becomes active again."""
    entries = {one.kid: one for one in said.keys}
    kept = [_as_said(one, entries.get(one.kid)) for one in known]
    former = [
        replace(one, status=KeyStatus.RETIRED, at=now)
        if one.status is KeyStatus.ACTIVE and one.kid not in entries
        else one
        for one in kept
    ]
    held = {one.kid for one in known}
    return (*(one for one in said.node_keys if one.kid not in held), *former)


def _is_endorsed(
    dns: str,
    entry: KeyEntry,
    by: Iterable[NodeKeyEntry],
    verifies: Callable[[NodeKeyEntry, bytes, str], bool],
) -> bool:
    if entry.endorsement is None:
        return False
    body = endorsed_bytes(dns, entry.kid, entry.x)
    return any(one.status is not KeyStatus.COMPROMISED and verifies(one, body, entry.endorsement) for one in by)


def _as_said(known: NodeKeyEntry, entry: KeyEntry | None) -> NodeKeyEntry:
    """A known key with what its node says of it now: it may only lose worth."""
    if entry is None or entry.x != known.x or known.status is not KeyStatus.ACTIVE:
        is_worse = entry is not None and entry.status is KeyStatus.COMPROMISED
        return replace(known, status=KeyStatus.COMPROMISED) if is_worse else known
    return replace(known, status=entry.status, at=entry.at)


def require_fresh(discovery: Discovery, now: datetime) -> None:
    """Refuse a document that is old, or made in the future: somebody may have kept it to bring back an old key.

    Raises:
        InvalidInput: it is.
    """
    if not now - FRESH <= discovery.issued_at <= now + timedelta(hours=2):
        message = "the discovery document is older than seven days, or of the future"
        raise InvalidInput([Problem(("issued_at",), "OUT_OF_RANGE", message)])
