"""Node ids: opaque to clients, a type and a key inside."""

from __future__ import annotations

import base64
import binascii

import strawberry


def make_id(type_name: str, key: str) -> strawberry.ID:
    """The id of the thing of this type with this key."""
    return strawberry.ID(base64.urlsafe_b64encode(f"{type_name}:{key}".encode()).decode().rstrip("="))


def read_id(node_id: str) -> tuple[str, str] | None:
    """Type name and key in *node_id*, or ``None`` if it is no id of this node."""
    try:
        raw = base64.b64decode(node_id.encode() + b"=" * (-len(node_id) % 4), altchars=b"-_", validate=True)
        type_name, colon, key = raw.decode().partition(":")
    except (binascii.Error, UnicodeError):
        return None
    return (type_name, key) if colon and key else None
