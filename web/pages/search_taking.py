"""What takes all matches of a search along: files, feeds, and other pages that read the same address."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain.export.address import path_of
from registry.domain.export.bundle import BUNDLE
from registry.domain.export.columns import ALWAYS, COLUMNS, DEFAULT
from registry.domain.export.writing import ExportFormat
from registry.domain.search import SearchSort
from web.pages.feeds import feed_path, save_path
from web.pages.search_facets import Choice
from web.pages.search_state import SearchState
from web.pages.trends_state import TrendsState

_LABELS = {
    ExportFormat.JSONL: "JSON lines",
    ExportFormat.CSV: "CSV",
    ExportFormat.BIBTEX: "BibTeX",
    ExportFormat.RIS: "RIS",
    ExportFormat.CSL_JSON: "CSL-JSON",
}


@dataclass(frozen=True, slots=True)
class Taking:
    """The links of a search.

    Attributes:
        files: all matches as a file, one link for each format.
        table: where the form with the columns sends, with the pairs that it sends besides.
        columns: every column, whether it is chosen at first; those that always come are left out.
    """

    files: tuple[Choice, ...]
    table: str
    pairs: tuple[tuple[str, str], ...]
    columns: Mapping[str, bool]
    feeds: Mapping[str, str]
    save: str
    trends: str


def taking(state: SearchState, sort: SearchSort, times: str) -> Taking:
    """The links of *state*, which is shown in the order of *sort* and counted by *times*, an axis of trends."""
    said = (*((("q", state.typed),) if state.typed else ()), *state.chosen)
    files = [Choice(label, path_of(one.value, said, sort=sort)) for one, label in _LABELS.items()]
    bundle = Choice("ZIP of JSON lines with a manifest", path_of(BUNDLE, said, sort=sort))
    return Taking(
        files=(*files, bundle),
        table=path_of(ExportFormat.CSV.value, ()),
        pairs=(*said, *((("sort", sort.value),) if sort is not SearchSort.RELEVANCE else ())),
        columns={name: name in DEFAULT for name in COLUMNS if name not in ALWAYS},
        feeds={form: feed_path(state, form) for form in ("atom", "json")},
        save=save_path(state),
        trends=TrendsState(SearchState(typed=state.typed, chosen=state.chosen), rows=times).url,
    )
