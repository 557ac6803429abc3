"""A record as programs read it: the envelope, its terms, and its public part; nothing internal, whoever asks."""

from __future__ import annotations

from collections.abc import Mapping

from registry.domain.account import Organisation
from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import to_document
from registry.domain.record import Record


def envelope(record: Record, *, base_url: str) -> dict[str, JsonValue]:
    """What holds of a record and of its tombstone."""
    return {
        "uid": record.uid,
        "number": record.number,
        "kind": record.kind.value,
        "url": f"{base_url}/r/{record.number or record.uid}",
        "origin": record.origin,
        "state": record.state.value,
        "revision": record.revision,
    }


def public_document(record: Record, owner: Organisation | None, *, base_url: str) -> dict[str, JsonValue]:
    """The record with its public part and the terms of that, where it is there for whoever asks."""
    published, public = record.head.published_at, record.head.public
    document = envelope(record, base_url=base_url) | {
        "owner": owner.slug if owner else None,
        "published_at": published.isoformat() if published else None,
        "imported": record.imported,
        "public_hash": record.head.public_hash.hex(),
    }
    if public is not None:
        document |= {
            "attribution": attribution_of(public.document, owner),
            "marking": to_document(record.head.marking),
            "content": public.document,
        }
    return document


def attribution_of(content: Document, owner: Organisation | None) -> str:
    """How whoever uses the record is to name where it comes from: as its publisher asks, else by its owner's name."""
    upstream = content.get("upstream")
    said = upstream.get("attribution") if isinstance(upstream, Mapping) else None
    return said if isinstance(said, str) else owner.name if owner else ""
