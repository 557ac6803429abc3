"""Keys of nodes in tests: made anew for each run, held in memory."""

from __future__ import annotations

from joserfc.jwk import OKPKey

from registry.signing import NodeKey


def new_key() -> NodeKey:
    """A key that no other node has."""
    return NodeKey(OKPKey.generate_key("Ed25519"))


NODE_KEY = new_key()
