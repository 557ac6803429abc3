"""Search: the engines behind ``ports.SearchIndex``; the query language and what a record tells are of the domain."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable

from registry.domain.errors import Misconfigured
from registry.ports import SearchIndex
from registry.settings import Settings


def open_index(settings: Settings, *, is_filled: Callable[[], bool] | None = None) -> SearchIndex:
    """The node's search index, verified at its first use; an unreadable one has position 0 until it is rebuilt.

    Args:
        is_filled: whether the store holds something: an index that is not there cannot be read then.

    Raises:
        Misconfigured: the chosen engine is not installed.
    """
    if settings.search == "tantivy":
        if importlib.util.find_spec("tantivy") is None:
            raise Misconfigured(
                "search: the engine tantivy is not installed",
                hint="install incident-commons[tantivy], or set search to whoosh",
            )
        from registry.search.tantivy.index import TantivyIndex

        return TantivyIndex(settings.index_dir, is_filled=is_filled)
    from registry.search.whoosh_index import WhooshIndex

    return WhooshIndex(settings.index_dir, is_filled=is_filled)
