"""All matches of a search as a file: where it is, and what it is. The file itself comes over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.export.address import path_of
from registry.domain.export.columns import chosen
from registry.domain.export.manifest import NOTICE, Manifest, licences_of
from registry.domain.export.writing import ExportFormat
from registry.domain.search import SearchSort
from registry.service import export as exporting
from registry.service.export import Export as Found
from schema.context import Info
from schema.fields import resolved
from schema.shapes import LargeInt

_Columns = Annotated[
    list[str] | None,
    strawberry.argument(description="Of a table, in this order; the usual ones if left out. See the data dictionary."),
]
strawberry.enum(ExportFormat, description="A format, by the ending of its files.")


@strawberry.type(description="How many rows are under a licence.")
class LicenceCount:
    """A licence among the rows of an export."""

    licence: str = strawberry.field(description="SPDX id.")
    url: str | None = strawberry.field(description="Where its text stands, if it is one that this node knows.")
    rows: int


@strawberry.type(description="What an export is: what was asked, when, of what state of the registry.")
class ExportManifest:
    """A manifest; the one at ``/export/manifest.json`` says the same."""

    query: str
    explanation: str = strawberry.field(
        description='How the query was understood, in words, as the end of "records where"; empty for everything.'
    )
    format: ExportFormat
    columns: list[str] = strawberry.field(description="Of a table; empty otherwise.")
    sort: SearchSort
    made_at: datetime
    public_seq: LargeInt = strawberry.field(description="What changed up to this publicSeq is in it.")
    count: int = strawberry.field(description="How many records match: the totalCount of the search.")
    licences: list[LicenceCount] = strawberry.field(description="Rows by licence, the most frequent first.")
    node: str = strawberry.field(description="Name of the node.")
    notice: str = strawberry.field(description="What these records are, and what they are not.")


@strawberry.type(description="An export of all matches.")
class Export:
    """Where the file is, and what it is."""

    url: str = strawberry.field(description="Where the file is sent from; made anew whenever it is asked for.")
    manifest: ExportManifest


@strawberry.type(description="Taking matches along.")
class ExportQueries:
    """Reads of exports."""

    @resolved("All public matches as a file: where it is, and what it would be now.")
    async def export(
        self,
        info: Info,
        query: str = "",
        format: ExportFormat = ExportFormat.JSONL,  # noqa: A002
        columns: _Columns = None,
        sort: SearchSort = SearchSort.RELEVANCE,
    ) -> Export | None:
        registry, actor = info.context.registry, info.context.actor
        named = tuple(columns or ()) if format is ExportFormat.CSV else ()
        table = tuple(column.name for column in chosen(named)) if format is ExportFormat.CSV else ()
        path = path_of(format, [("q", query)] if query else [], sort=sort, columns=named)

        def work() -> tuple[Found, dict[str, int]]:
            found = exporting.begin(registry, actor, query, sort=sort)
            return found, exporting.licences(registry, actor, query)

        found, licences = await info.context.read(work)
        url = registry.settings.base_url + path
        made = exporting.manifest(registry, found, text=query, form=format, columns=table, url=url)
        return Export(url=url, manifest=_manifest(made, licences))


def _manifest(made: Manifest, licences: dict[str, int]) -> ExportManifest:
    return ExportManifest(
        query=made.query,
        explanation=made.explanation,
        format=made.form,
        columns=list(made.columns),
        sort=made.sort,
        made_at=made.made_at,
        public_seq=LargeInt(made.public_seq),
        count=made.count,
        licences=[LicenceCount(licence=one.licence, url=one.url, rows=one.rows) for one in licences_of(licences)],
        node=made.node,
        notice=NOTICE,
    )
