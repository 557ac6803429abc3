"""Asking another node something, signed by this one, and believing the answer only if that node signed it for this very
question."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from registry.domain.canonical import JsonValue
from registry.domain.errors import FetchFailed
from registry.domain.federation.health import ERRORS
from registry.domain.federation.peer import KeyStatus, Peer
from registry.ports import Registry
from registry.service.federation.peering import request_to
from registry.signing import PublicKey, kid_of
from registry.signing_requests import sign_request

# A header of each answer: a detached JWS over the SHA-256 of its body.
SIGNATURE = "incident-commons-signature"
MAX_BYTES = 16 << 20


def answer_to(
    registry: Registry,
    peer: Peer,
    path: str,
    *,
    body: bytes | None = None,
    max_bytes: int = MAX_BYTES,
    timeout_seconds: float | None = None,
) -> Mapping[str, JsonValue]:
    """What *peer* answers under *path*, which may have a query; a question with a *body* is a POST.

    Raises:
        FetchFailed: it did not answer, or not as a node answers; ``STATUS_409`` and the like where it refused.
        FetchRefused: its address may not be reached.
    """
    url = f"{peer.base_url}{path}"
    method, nonce = "GET" if body is None else "POST", registry.ids.token(32)
    # By the other node's clock, as its discovery document told it: the two may be hours apart.
    now = registry.clock.now() + timedelta(seconds=peer.skew_seconds or 0)
    headers = sign_request(registry.key, method=method, url=url, body=body or b"", now=now, nonce=nonce)
    if body is not None:
        headers = {**headers, "content-type": "application/json"}
    request = request_to(url, method=method, body=body, headers=headers, max_bytes=max_bytes)
    answer = registry.outbound.fetch(replace(request, timeout_seconds=timeout_seconds or request.timeout_seconds))
    if not answer.is_ok:
        code = f"STATUS_{answer.status}"
        raise FetchFailed(ERRORS.get(code, f"the node answered with status {answer.status}"), reason=code)
    signature = answer.headers.get(SIGNATURE, "")
    kid = kid_of(signature)
    key = next((one for one in peer.keys if one.kid == kid and one.status is not KeyStatus.COMPROMISED), None)
    if key is None or not PublicKey(key.x).verify(hashlib.sha256(answer.body).digest(), signature):
        raise FetchFailed("the answer is not signed by the node", reason="BAD_SIGNATURE")
    said = answer.json()
    if not isinstance(said, Mapping) or said.get("for") != nonce:
        raise FetchFailed("the answer is to another question", reason="BAD_BODY")
    return said
