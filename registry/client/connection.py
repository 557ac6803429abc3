"""Sending a GraphQL document to a node and taking the answer apart. The key goes into one header and nowhere else."""

from __future__ import annotations

import ipaddress
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from registry.client.failures import failed, refused
from registry.domain.account import parse_key
from registry.domain.errors import CommonsError, Misconfigured, Unauthenticated, Unavailable

_NDJSON = "application/x-ndjson"
_PASSING = frozenset({408, 429, 500, 502, 503, 504})
# A node that is asked for much waits with the rest of a file until the budget holds it again.
_FILE_SECONDS = 300.0


class Interrupted(Unavailable):
    """The rest of many lines was not answered; it may be sent again, after *retry_after* seconds where that is told."""

    def __init__(self, message: str, retry_after: float | None = None) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class Connection:
    """The GraphQL endpoint of one node."""

    def __init__(self, base_url: str, key: str | None, *, timeout_seconds: float) -> None:
        """See ``Client``."""
        url = _url(base_url)
        headers = {"Accept": "application/graphql-response+json, application/json;q=0.9"}
        if key is not None:
            if parse_key(key) is None:
                raise Unauthenticated("this API key is mistyped", hint="copy it whole")
            headers["Authorization"] = f"Bearer {key}"
        # What runs on this machine is not reached through a proxy.
        self._http = httpx.Client(
            base_url=url, headers=headers, timeout=timeout_seconds, trust_env=not _is_loopback(url.host)
        )

    def close(self) -> None:
        """Let go of every connection."""
        self._http.close()

    def ask(self, document: str, variables: Mapping[str, Any]) -> Mapping[str, Any]:
        """The ``data`` of the answer to one document.

        Raises:
            CommonsError: what the node raised.
            Unavailable: it does not answer, or not as a registry does.
        """
        try:
            response = self._http.post("/graphql", json={"query": document, "variables": variables})
            body = response.json()
        except httpx.HTTPError as error:
            reason = "took too long" if isinstance(error, httpx.TimeoutException) else "does not answer"
            hint = "is COMMONS_URL right, and is the node running?"
            raise Unavailable(f"the node at {self._http.base_url} {reason}", hint=hint) from error
        except ValueError as error:
            raise _no_registry() from error
        if not isinstance(body, dict):
            raise _no_registry()
        if body.get("errors"):
            raise failed(body["errors"][0])
        data = body.get("data")
        if not isinstance(data, dict):
            raise _no_registry()
        return data

    def send_lines(self, path: str, body: bytes) -> Iterator[Mapping[str, Any]]:
        """The answers to the lines of *body*, as they come.

        Raises:
            Interrupted: they end before all lines were answered.
            CommonsError: what the node raised about the request as a whole.
        """
        headers = {"Accept": f"{_NDJSON}, application/json", "Content-Type": _NDJSON}
        try:
            with self._http.stream("POST", path, content=body, headers=headers) as response:
                if response.status_code != httpx.codes.OK:
                    raise _refusal(response)
                for line in response.iter_lines():
                    found = _object(line)
                    if "complete" in found:
                        return _check_complete(found)
                    yield found
        except httpx.HTTPError as error:
            raise Interrupted(f"the node at {self._http.base_url} does not answer") from error
        raise Interrupted(f"the node at {self._http.base_url} ended its answer early")

    def receive(self, path: str, *, media_type: str) -> Iterator[bytes]:
        """A file of the node, piece by piece.

        Raises:
            Unavailable: it does not answer, or the file ended early.
            CommonsError: what the node raised instead.
        """
        headers = {"Accept": f"{media_type}, application/json;q=0.9"}
        timeout = httpx.Timeout(self._http.timeout.connect, read=_FILE_SECONDS)
        try:
            with self._http.stream("GET", path, headers=headers, timeout=timeout) as response:
                if response.status_code != httpx.codes.OK:
                    raise _refusal(response)
                if response.headers.get("content-type") != media_type:
                    raise _no_registry()
                yield from response.iter_bytes()
        except httpx.HTTPError as error:
            raise Unavailable(f"the node at {self._http.base_url} does not answer, or ended the file early") from error


def _refusal(response: httpx.Response) -> CommonsError:
    """What a request for many lines was answered instead of them."""
    response.read()
    try:
        found = response.json()["errors"][0]
    except (ValueError, LookupError, TypeError):
        found = None
    if response.status_code in _PASSING:
        told = str(found.get("message")) if isinstance(found, dict) else f"status {response.status_code}"
        wait = response.headers.get("retry-after", "")
        return Interrupted(f"the node answers: {told}", float(wait) if wait.isdigit() else None)
    return failed(found) if isinstance(found, dict) else _no_registry()


def _check_complete(found: Mapping[str, Any]) -> None:
    """Take the last line: a node that stopped says why and when to go on."""
    if found["complete"]:
        return
    if found["status"] in {"unauthenticated", "forbidden"}:
        raise refused(found["errors"])
    reason = found["errors"][0]["message"] if found["errors"] else found["status"]
    raise Interrupted(f"the node answers: {reason}", found["retryAfter"])


def _object(line: str) -> Mapping[str, Any]:
    try:
        found = json.loads(line)
    except ValueError as error:
        raise Interrupted("an answer was cut off") from error
    if not isinstance(found, dict):
        raise _no_registry()
    return found


def _url(text: str) -> httpx.URL:
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        url = httpx.URL()
    if url.scheme not in {"http", "https"} or not url.host or url.path not in {"", "/"} or url.userinfo:
        raise Misconfigured("the address of the node is not right", hint="write it as https://registry.example")
    return url


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _no_registry() -> Unavailable:
    return Unavailable("what answers there is not a registry", hint="is COMMONS_URL right?")
