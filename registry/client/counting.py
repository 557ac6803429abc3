"""Trends, asked of a node."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlencode

from registry.client.connection import Connection

_CSV = "text/csv; charset=utf-8; header=present"
_AXIS = "{ name values { value label } leftOut }"
_PARTS = "{ reported count undated median measured cells { row column count median measured } }"
_TRENDS = (
    "query Trends($query: String!, $rows: String!, $columns: String, $measure: String) "
    "{ trends(query: $query, rows: $rows, columns: $columns, measure: $measure) "
    f"{{ notice explanation rows {_AXIS} columns {_AXIS} measure publicSeq parts {_PARTS} }} }}"
)


class Counting:
    """Part of ``Client``: public matches counted by one or two axes."""

    _connection: Connection

    def trends(
        self, query: str = "", *, rows: str = "month", columns: str | None = None, measure: str | None = None
    ) -> Mapping[str, Any]:
        """What the node counts, as it tells it.

        Raises:
            InvalidInput: an axis or a measure that there is not, or a query that cannot be read.
        """
        said = {"query": query, "rows": rows, "columns": columns, "measure": measure}
        found: Mapping[str, Any] = self._connection.ask(_TRENDS, said)["trends"]
        return found

    def trends_csv(
        self, query: str = "", *, rows: str = "month", columns: str | None = None, measure: str | None = None
    ) -> Iterator[bytes]:
        """The same as a table, of more rows and columns; its bytes as they come.

        Raises:
            InvalidInput: as ``trends``.
        """
        said = {"q": query, "rows": rows, "columns": columns, "measure": measure}
        asked = urlencode({name: value for name, value in said.items() if value})
        yield from self._connection.receive(f"/trends.csv?{asked}", media_type=_CSV)
