"""What has an id."""

from __future__ import annotations

import strawberry


@strawberry.interface(description="Something with an id, which `node` finds again.")
class Node:
    """A thing with an id."""

    id: strawberry.ID = strawberry.field(description="Opaque; stays the same for ever.")
