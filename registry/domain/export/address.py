"""Where an export is asked for over HTTP: the parameters are those of the search page, and a few of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from urllib.parse import urlencode

from registry.domain.search import SearchSort

PATH = "/export"


def path_of(
    ending: str,
    said: Iterable[tuple[str, str]],
    *,
    sort: SearchSort = SearchSort.RELEVANCE,
    columns: Sequence[str] = (),
    excel: bool = False,
    own: bool = False,
) -> str:
    """The path of an export and its query.

    Args:
        ending: that of the format.
        said: what was typed, as ``q``, and the facets chosen.
        columns: of a table, where they are not the usual ones.
    """
    pairs = list(said)
    if sort is not SearchSort.RELEVANCE:
        pairs.append(("sort", sort.value))
    if columns:
        pairs.append(("columns", ",".join(columns)))
    if excel:
        pairs.append(("excel", "1"))
    if own:
        pairs.append(("scope", "mine"))
    return f"{PATH}.{ending}" + (f"?{urlencode(pairs)}" if pairs else "")
