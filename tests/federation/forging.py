"""A node that lies: what it answers is changed on its way, and signed again with its own key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

import httpx

from registry.domain.canonical import canonical_bytes
from registry.domain.federation.discovery import PATH
from registry.domain.federation.header import header_hash
from registry.service.federation.exchange import SIGNATURE
from registry.service.federation.identity import LOG_PATH
from registry.signing import NodeKey
from tests.federation.world import Sister, Sisterhood

Lie = Callable[[dict[str, Any]], None]


def lying(sisters: Sisterhood, liar: Sister, lie: Lie, *, path: str = LOG_PATH) -> None:
    """Let *liar* change each page of its log, or what it answers under another *path*, before it signs it."""

    def change(answer: httpx.Response) -> httpx.Response:
        if path not in str(answer.request.url) or answer.status_code != 200:
            return answer
        page = json.loads(answer.content)
        lie(page)
        body = json.dumps(page).encode()
        signature = liar.registry.key.sign(hashlib.sha256(body).digest())
        return httpx.Response(200, headers={SIGNATURE: signature}, content=body)

    sisters.net.change[liar.dns] = change


def lying_of_itself(sisters: Sisterhood, liar: Sister, lie: Lie) -> None:
    """Let *liar* change its discovery document before it signs it."""

    def change(answer: httpx.Response) -> httpx.Response:
        if PATH not in str(answer.request.url):
            return answer
        document = json.loads(answer.content)
        del document["signature"]
        lie(document)
        signature = liar.registry.key.sign(canonical_bytes(document))
        return httpx.Response(200, json=document | {"signature": signature})

    sisters.net.change[liar.dns] = change


def held_back(sisters: Sisterhood, sister: Sister) -> list[dict[str, Any]]:
    """The items that the node answers from now on: they do not arrive."""
    found: list[dict[str, Any]] = []

    def keep(page: dict[str, Any]) -> None:
        found.extend(page["items"])
        page["items"] = []

    lying(sisters, sister, keep)
    return found


def honest(sisters: Sisterhood, liar: Sister) -> None:
    """Let it lie no more."""
    del sisters.net.change[liar.dns]


def resigned(item: dict[str, Any], key: NodeKey, **fields: Any) -> dict[str, Any]:
    """The envelope with other fields in its header, signed by *key*."""
    header = json.loads(item["header"]) | fields
    body = canonical_bytes({name: value for name, value in header.items() if value is not None})
    return item | {"header": body.decode(), "signature": key.sign(body)}


def next_header(item: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """What follows the header of *item*: the fields that make it the next one, and these."""
    rev = json.loads(item["header"])["rev"]
    return {"rev": rev + 1, "prev_hash": header_hash(item["header"].encode()), **fields}
