"""The cookie that holds a session's secret, and nothing else.

Over HTTPS its name begins with ``__Host-``: browsers then take it from this host alone, over HTTPS alone, for all
paths. ``SameSite=Lax`` lets it come along on links, which change nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from starlette.responses import Response
from starlette.types import Scope

from registry.domain.session import SECRET

_MAX_HEADER_BYTES = 8192


class SessionCookie:
    """The cookie of a node that is reached over HTTPS, or, on one machine, without."""

    def __init__(self, *, https: bool) -> None:
        self._https = https
        self.name = "__Host-session" if https else "session"

    def held(self, scope: Scope) -> str:
        """The secret that the browser holds; empty where it holds none, or several: then somebody planted some."""
        found = {value for value in sent_values(scope, self.name) if SECRET.fullmatch(value)}
        return found.pop() if len(found) == 1 else ""

    def is_sent(self, scope: Scope) -> bool:
        """Whether the request bears the cookie at all, whatever is in it."""
        return next(sent_values(scope, self.name), None) is not None

    def give(self, response: Response, secret: str, *, hours: int) -> None:
        """Let the browser hold *secret*."""
        self._set(response, secret, hours * 3600)

    def take(self, response: Response) -> None:
        """Let the browser forget what it holds."""
        self._set(response, "", 0)

    def _set(self, response: Response, value: str, seconds: int) -> None:
        response.set_cookie(
            self.name, value, max_age=seconds, path="/", secure=self._https, httponly=True, samesite="lax"
        )


def sent_values(scope: Scope, cookie: str) -> Iterator[str]:
    """Every value under exactly this name.

    Only what the standard calls space is taken away: browsers keep the promise of ``__Host-`` for a name that begins
    so, and let pages of neighbouring hosts plant one that has another sort of space before it.
    """
    for header, text in scope["headers"]:
        if header == b"cookie" and len(text) <= _MAX_HEADER_BYTES:
            for pair in text.decode("latin-1").split(";"):
                name, _, value = pair.strip(" \t").partition("=")
                if name == cookie:
                    yield value
