"""What a request for a page costs, and what is told of budgets in the headers of an answer.

``/graphql`` and ``/bulk`` know their cost only when they have read what is asked, and charge it themselves.
"""

from __future__ import annotations

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from registry.domain.actor import ANONYMOUS
from registry.domain.budget import Balance
from registry.domain.federation.discovery import PATH
from registry.ports import Registry
from registry.service import limits
from registry.service.limits import OverBudget, Standing

# Compare with the cost of queries: a page reads and shows about as much as a query of this cost.
PAGE_COST = 100
KNOWN_COST = 2
_DEARER = {
    "/": 200,
    "/search": 400,
    "/trends": 800,
    "/trends.csv": 800,
    "/search.atom": 400,
    "/search.json": 400,
    "/lookup": 200,
    "/mitigations/matrix": 400,
    "/report": 100,
    "/transparency": 200,
}
_CHEAPER = {
    "/robots.txt",
    "/llms.txt",
    "/opensearch.xml",
    "/favicon.svg",
    "/favicon.ico",
    "/.well-known/security.txt",
    PATH,
}
_FREE = ("/static/", "/health/")
_CHARGED_THERE = frozenset({"/graphql", "/bulk"})
_READING = frozenset({"GET", "HEAD", "OPTIONS"})
# Attempts to sign in have buckets of their own.
_SIGN_IN = ("/sign-in", "/sign-out")


class PageLimits:
    """Charges every request for a page before anything is read, and refuses it where a bucket holds too little."""

    def __init__(self, app: ASGIApp, *, registry: Registry) -> None:
        self._app = app
        self._registry = registry

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"] in _CHARGED_THERE or scope["path"].startswith(_FREE):
            await self._app(scope, receive, send)
            return
        state, cost, writes = scope["state"], cost_of(scope["path"]), writes_of(scope["method"], scope["path"])
        state["standing"] = limits.charge(self._registry, state["actor"], cost=cost, writes=writes)

        async def settled(message: Message) -> None:
            if message["type"] == "http.response.start" and state.get("was_known"):
                limits.refund(self._registry, state["actor"], cost=cost - KNOWN_COST)
            await send(message)

        await self._app(scope, receive, settled)


def cost_of(path: str) -> int:
    """What the page at *path* costs."""
    if path.startswith("/s/"):
        return _DEARER["/search"]
    return KNOWN_COST if path in _CHEAPER else _DEARER.get(path, PAGE_COST)


def writes_of(method: str, path: str) -> int:
    """How many changes a request may make."""
    return int(method not in _READING and not path.startswith(_SIGN_IN))


def mark_known(scope: Scope) -> None:
    """Say that the client had the page already and nothing was read for it: it pays next to nothing."""
    scope["state"]["was_known"] = True


def note_refusal(scope: Scope, error: Exception) -> None:
    """Keep what the buckets hold of a request that was refused for it."""
    if isinstance(error, OverBudget):
        scope["state"]["standing"] = error.standing


def tell(scope: Scope, headers: MutableHeaders) -> None:
    """Add ``RateLimit-Policy`` and ``RateLimit`` (draft-ietf-httpapi-ratelimit-headers) for what was charged.

    What a shared cache may keep tells the policy for strangers only: what somebody is, and how much they have left, is
    for nobody else.
    """
    standing: Standing | None = scope["state"].get("standing")
    if standing is None or not standing.balances:
        return
    control = headers.get("cache-control", "")
    is_own = "no-store" in control or "private" in control
    if is_own or scope["state"]["actor"] == ANONYMOUS:
        headers["RateLimit-Policy"] = ", ".join(map(_policy, standing.balances))
    if is_own:
        headers["RateLimit"] = ", ".join(_left(one, standing) for one in standing.balances)


def _policy(balance: Balance) -> str:
    allowance = balance.bucket.allowance
    return f'"{balance.bucket.policy}";q={allowance.quota};w={allowance.window_seconds}'


def _left(balance: Balance, standing: Standing) -> str:
    return f'"{balance.bucket.policy}";r={balance.remaining};t={balance.full_in_seconds(standing.at)}'
