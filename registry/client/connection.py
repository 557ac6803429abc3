"""Sending a GraphQL document to a node and taking the answer apart. The key goes into one header and nowhere else."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

import httpx

from registry.client.failures import failed
from registry.domain.account import parse_key
from registry.domain.errors import Misconfigured, Unauthenticated, Unavailable


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
