"""Search: the engine behind ``ports.SearchIndex``; the query language and what a record tells are of the domain."""

from __future__ import annotations

from registry.ports import SearchIndex
from registry.settings import Settings


def open_index(settings: Settings) -> SearchIndex:
    """The node's search index, verified at its first use; an unreadable one has position 0 until it is rebuilt."""
    from registry.search.whoosh_index import WhooshIndex

    return WhooshIndex(settings.index_dir)
