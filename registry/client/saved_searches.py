"""The searches that one keeps, asked of a node."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from registry.client.connection import Connection
from registry.client.failures import refused

_SEARCH = "id name query inWords fault suggestion url atomUrl jsonFeedUrl webhookId digest createdAt"
_SEARCHES = f"query SavedSearches {{ savedSearches {{ {_SEARCH} }} }}"


class SavedSearches:
    """Part of ``Client``. A saved search is given as the node tells of it."""

    _connection: Connection

    def saved_searches(self) -> tuple[Mapping[str, Any], ...]:
        """One's own."""
        return tuple(self._connection.ask(_SEARCHES, {})["savedSearches"] or ())

    def save_search(self, name: str, query: str) -> Mapping[str, Any]:
        """Keep a search under a name."""
        return self._saved_search("saveSearch", "SaveSearchInput", {"name": name, "query": query})

    def change_saved_search(
        self, search: str, *, name: str | None = None, webhook: str | None = None, digest: str | None = None
    ) -> Mapping[str, Any]:
        """Rename it, or choose how one is told; what is left out stays.

        Args:
            webhook: id of a webhook of one's organisation; empty for none.
            digest: ``never``, ``hourly``, ``daily`` or ``weekly``.
        """
        said = {"name": name, "webhookId": webhook, "digest": digest and digest.upper()}
        given = {key: value for key, value in said.items() if value is not None}
        return self._saved_search("changeSavedSearch", "ChangeSavedSearchInput", {"id": search, **given})

    def delete_saved_search(self, search: str) -> Mapping[str, Any]:
        """Delete it; what it was."""
        return self._saved_search("deleteSavedSearch", "SavedSearchInput", {"id": search})

    def _saved_search(self, name: str, input_type: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        document = (
            f"mutation Keep($input: {input_type}!) {{ {name}(input: $input) {{ savedSearch {{ {_SEARCH} }} "
            "userErrors { path code message hint } } }"
        )
        payload = self._connection.ask(document, {"input": said})[name]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        found: Mapping[str, Any] = payload["savedSearch"]
        return found
