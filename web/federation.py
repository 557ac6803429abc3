"""The doors for other nodes: who this node is, and its log, for those whose signed requests it answers."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import anyio.to_thread
import orjson
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem, Unauthenticated
from registry.domain.federation.envelope import Envelope, Revocation, envelope_document, revocation_document
from registry.domain.federation.filtering import read_filter
from registry.domain.federation.message import AT_ONCE, outcome_word, signed_document
from registry.ports import Registry
from registry.service import limits
from registry.service.federation import identity, messaging, peering, serving, settling, taking
from registry.service.federation.exchange import SIGNATURE
from registry.signing import PublicKey
from registry.signing_requests import Signed, verify_request
from web.limits import cost_of, writes_of
from web.site import site_of

_HEADERS = {"Cache-Control": "no-store"}
_LIMIT = 100


async def discovery(request: Request) -> Response:
    """The node's discovery document, signed."""
    registry = site_of(request).registry
    document = await anyio.to_thread.run_sync(identity.discovery, registry, ANONYMOUS)
    return JSONResponse(document, headers={"Cache-Control": "public, max-age=300"})


async def log(request: Request) -> Response:
    """A page of the log for the node that asks; the answer is signed, and bound to the question.

    Raises:
        Unauthenticated: no node that is answered signed the request.
        Resync: the cursor is of another log.
        InvalidInput: the limit is no number from 1 to 500, or a kind or marking is none.
    """
    registry = site_of(request).registry
    body = await request.body()
    return await anyio.to_thread.run_sync(_log, registry, request, body)


def _log(registry: Registry, request: Request, body: bytes) -> Response:
    actor, nonce = asking_node(registry, request, body)
    limit, after = _limit(request.query_params.get("limit")), request.query_params.get("after")
    wanted = read_filter(request.query_params)
    page = serving.log_page(registry, actor, after=after, limit=limit, wanted=wanted)
    items = list(map(item_document, page.items))
    said = {"items": items, "next": page.cursor, "remaining": page.remaining, "log_id": page.log_id, "for": nonce}
    messages = [signed_document(one) for one in messaging.waiting(registry, actor)]
    return answer_with(registry, said | ({"messages": messages} if messages else {}))


async def inbox(request: Request) -> Response:
    """Take in messages of the node that asks, and what became of those it got with a page.

    Raises:
        Unauthenticated: no node that is answered signed the request.
        InvalidInput: this is no list of at most 20 messages.
    """
    registry = site_of(request).registry
    body = await request.body()
    return await anyio.to_thread.run_sync(_inbox, registry, request, body)


def _inbox(registry: Registry, request: Request, body: bytes) -> Response:
    actor, nonce = asking_node(registry, request, body)
    messages, got = _messages(body)
    settling.confirm(registry, actor, got)
    return answer_with(registry, {"results": taking.take(registry, actor, messages), "for": nonce})


def _messages(body: bytes) -> tuple[list[JsonValue], dict[str, str]]:
    """The messages in a request, and what it says became of others, by id."""
    try:
        said = orjson.loads(body)
    except orjson.JSONDecodeError:
        said = None
    messages, got = (said.get("messages", []), said.get("got", {})) if isinstance(said, dict) else (None, None)
    if not isinstance(messages, list) or not isinstance(got, dict) or max(len(messages), len(got)) > AT_ONCE:
        problem = Problem(("messages",), "INVALID_TYPE", f"send lists of at most {AT_ONCE} messages")
        raise InvalidInput([problem])
    return messages, {one: outcome_word(outcome) for one, outcome in got.items()}


def item_document(one: Envelope | Revocation) -> Mapping[str, object]:
    """An item as nodes are told it."""
    return envelope_document(one) if isinstance(one, Envelope) else revocation_document(one)


def asking_node(registry: Registry, request: Request, body: bytes) -> tuple[Actor, str]:
    """The node that signed *request*, and the word that makes it unlike any other of its requests."""
    actor, signed = verified_node(registry, request, body)
    require_first(registry, actor, signed)
    return actor, signed.nonce


def verified_node(registry: Registry, request: Request, body: bytes, *, is_told: bool = False) -> tuple[Actor, Signed]:
    """The node that signed *request*; whether it made the same request before is not looked at.

    Args:
        is_told: whether it only tells something: then a node is heard too that is asked and not answered.
    """
    found: dict[str, Actor] = {}

    def find(kid: str) -> PublicKey | None:
        known = peering.asking(registry, kid, is_told=is_told)
        if known is None:
            return None
        found[kid] = known[0]
        return known[1]

    path = request.scope["raw_path"].decode("latin-1")
    query = request.scope["query_string"].decode("latin-1")
    # The address as the node gives it out, whatever a proxy made of it.
    url = registry.settings.base_url + path + (f"?{query}" if query else "")
    now = registry.clock.now()
    headers: Mapping[str, str] = request.headers
    signed = verify_request(find, method=request.method, url=url, headers=headers, body=body, now=now)
    # Before that it was a stranger's, so that whoever signs nothing is held back unread.
    cost, writes = cost_of(request.url.path), writes_of(request.method, request.url.path)
    limits.pay_instead(registry, request.state.actor, found[signed.kid], cost=cost, writes=writes)
    return found[signed.kid], signed


def require_first(registry: Registry, actor: Actor, signed: Signed) -> None:
    """Refuse a request that was made before.

    Raises:
        Unauthenticated: it was.
    """
    if not peering.spend(registry, actor, signed):
        raise Unauthenticated("this request was made before")


def _limit(text: str | None) -> int:
    if text is None:
        return _LIMIT
    if not text.isascii() or not text.isdigit() or len(text) > 3 or not 1 <= int(text) <= serving.MAX_PAGE:
        message = f"ask for 1 to {serving.MAX_PAGE} items"
        raise InvalidInput([Problem(("limit",), "OUT_OF_RANGE", message)])
    return int(text)


def answer_with(registry: Registry, said: object) -> Response:
    body = orjson.dumps(said)
    headers = _HEADERS | {SIGNATURE: registry.key.sign(hashlib.sha256(body).digest())}
    return Response(body, media_type="application/json", headers=headers)
