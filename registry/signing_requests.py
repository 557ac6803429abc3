"""Requests between nodes, signed by RFC 9421: who asks, for what, and when, by an Ed25519 key of the asking node."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    HTTPSignatureKeyResolver,
    MappingKeyResolver,
    algorithms,
)
from http_message_signatures.exceptions import HTTPMessageSignaturesException, InvalidSignature

from registry.domain.errors import Unauthenticated
from registry.signing import NodeKey, PublicKey

TAG = "incident-commons"
LASTS = timedelta(seconds=300)
# How far the clocks of two nodes may be apart.
SKEW = timedelta(seconds=60)
_COVERED = ("@method", "@target-uri", "content-digest")
_NONE = "the signature of this request is missing, old or wrong"


@dataclass(slots=True)
class _Message:
    method: str
    url: str
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Signed:
    """Who signed a request: the thumbprint of the key, and a word that no other request of this key bears.

    Attributes:
        expires_at: until when a request with this signature is taken: so long its word is remembered.
    """

    kid: str
    nonce: str
    expires_at: datetime


class _Verifier(HTTPMessageVerifier):
    """Looks at no clock: when a request was signed is compared with the node's own time here."""

    max_clock_skew = timedelta(days=36_500)


class _KnownKeys(HTTPSignatureKeyResolver):
    def __init__(self, find: Callable[[str], PublicKey | None]) -> None:
        self._find = find

    def resolve_public_key(self, key_id: str) -> bytes:
        key = self._find(key_id)
        if key is None:
            raise InvalidSignature("no such key")
        return key.pem


def sign_request(key: NodeKey, *, method: str, url: str, body: bytes, now: datetime, nonce: str) -> dict[str, str]:
    """The headers that sign a request to *url*, which is as the other node writes its own address."""
    message = _Message(method, url)
    keys = MappingKeyResolver(public_keys={}, private_keys={key.fingerprint: key.private_pem})
    signer = HTTPMessageSigner(signature_algorithm=algorithms.ED25519, key_resolver=keys)
    signer.sign(
        message,
        key_id=key.fingerprint,
        created=now,
        expires=now + LASTS,
        nonce=nonce,
        tag=TAG,
        label="node",
        covered_component_ids=_COVERED[:2],
        body=body,
    )
    return message.headers


def verify_request(
    find: Callable[[str], PublicKey | None],
    *,
    method: str,
    url: str,
    headers: Mapping[str, str],
    body: bytes,
    now: datetime,
) -> Signed:
    """Who signed the request that arrived, whose address is *url* as this node writes it.

    Whether its nonce was seen before is for the caller to ask.

    Args:
        find: the key with a thumbprint, if its node may ask.

    Raises:
        Unauthenticated: nobody known signed this very request within the last five minutes.
    """
    wanted = {"signature", "signature-input", "content-digest"}
    message = _Message(method, url, {name: value for name, value in headers.items() if name.lower() in wanted})
    verifier = _Verifier(signature_algorithm=algorithms.ED25519, key_resolver=_KnownKeys(find))
    try:
        (found,) = verifier.verify(
            message,
            max_age=None,
            expect_tag=TAG,
            require_components=_COVERED,
            body=body,
        )
        created, expires = (datetime.fromtimestamp(int(found.parameters[name]), now.tzinfo) for name in _TIMES)
        kid, nonce = str(found.parameters["keyid"]), found.nonce or ""
    except (HTTPMessageSignaturesException, ValueError, KeyError, OverflowError, OSError):
        raise Unauthenticated(_NONE) from None
    if not nonce or len(nonce) > 100 or expires - created > LASTS or not created - SKEW <= now <= expires + SKEW:
        raise Unauthenticated(_NONE)
    return Signed(kid, nonce, expires + SKEW)


_TIMES = ("created", "expires")
