"""Taking all matches of a search along from a node."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from registry.client.connection import Connection
from registry.domain.export.address import path_of
from registry.domain.export.bundle import BUNDLE
from registry.domain.export.writing import ExportFormat
from registry.domain.search import SearchSort


class Exporting:
    """The method of ``Client`` for exports."""

    _connection: Connection

    def export_bundle(
        self,
        query: str = "",
        form: ExportFormat = ExportFormat.JSONL,
        *,
        columns: Sequence[str] = (),
        sort: SearchSort = SearchSort.RELEVANCE,
        excel: bool = False,
        own: bool = False,
    ) -> Iterator[bytes]:
        """All matches as a zip file with the file itself, ``manifest.json`` and ``README.txt``; its bytes as they come.

        Args:
            columns: of a CSV, where they are not the usual ones.
            own: what only the owner of the key sees, instead of what is public.

        Raises:
            Unavailable: the node does not answer, sends too many exports already, or broke this one off.
            CommonsError: what the node raised.
        """
        said = [("format", form.value), *([("q", query)] if query else [])]
        yield from self._connection.receive(
            path_of(BUNDLE, said, sort=sort, columns=columns, excel=excel, own=own), media_type="application/zip"
        )
