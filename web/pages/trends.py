"""``/trends``: what public matches show over time and by fields, as charts with their tables, and as CSV."""

from __future__ import annotations

from functools import partial

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import BadQuery, InvalidInput
from registry.domain.explaining import explanation
from registry.domain.query import parse
from registry.domain.trends import AXES, MEASURES, NAMES, NOTICE, SHOWN, WHOLE, Most, Trends
from registry.domain.trends_table import csv_lines
from registry.service import trends as service
from web.health import index_behind
from web.pages import wording
from web.pages.caching import page
from web.pages.search_facets import Choice, speaker
from web.pages.trends_parts import AXIS_LABELS, parts_of
from web.pages.trends_state import TrendsState, read_trends
from web.site import Site, site_of

_EXAMPLES: tuple[tuple[str, str, str | None, str | None], ...] = (
    ("Months", "month", None, None),
    ("Years", "year", None, None),
    ("Misuse by quarter", "quarter", "misuse", None),
    ("Harm by quarter", "quarter", "harm", None),
    ("Providers and misuse", "provider", "misuse", None),
    ("Time to containment", "quarter", None, "time_to_containment"),
    ("Time to detection by misuse", "misuse", None, "time_to_detection"),
)
_TIMES_FIRST = sorted(AXES, key=lambda axis: (axis not in {"month", "quarter", "year"}, AXIS_LABELS[axis]))


async def trends(request: Request) -> Response:
    """The page; what cannot be counted is told in it, with the form as it was."""
    site = site_of(request)
    state = read_trends(request.query_params)
    try:
        found = await _found(site, state, SHOWN)
    except InvalidInput as error:
        return _answer(request, state, 400, error=error, suggestion=_suggestion(state, error))
    say = speaker(site)
    return _answer(
        request,
        state,
        found=found,
        sentence=explanation(found.query, say),
        what=_said(found),
        corner=AXIS_LABELS[found.rows.name],
        shown_parts=await anyio.to_thread.run_sync(partial(parts_of, state, found, say), limiter=site.searches),
        by_name=bool(NAMES & {found.rows.name, found.columns.name if found.columns else ""}),
        behind=index_behind(site.registry) > 0,
    )


async def trends_csv(request: Request) -> Response:
    """The same numbers as a table, of more rows and columns.

    Raises:
        InvalidInput: as ``service.trends``.
    """
    found = await _found(site_of(request), read_trends(request.query_params), WHOLE)
    headers = {"Content-Disposition": 'attachment; filename="trends.csv"', "X-Robots-Tag": "noindex"}
    return Response("".join(csv_lines(found)), headers=headers, media_type="text/csv; charset=utf-8; header=present")


async def _found(site: Site, state: TrendsState, most: Most) -> Trends:
    # What was typed must be readable by itself: a filter never closes a parenthesis or a quotation.
    parse(state.search.typed)
    ask = partial(
        service.trends,
        site.registry,
        ANONYMOUS,
        state.search.text,
        rows=state.rows,
        columns=state.columns,
        measure=state.measure,
        most=most,
    )
    return await anyio.to_thread.run_sync(ask, limiter=site.searches)


def _answer(request: Request, state: TrendsState, status: int = 200, **values: object) -> Response:
    say = speaker(site_of(request))
    return page(
        request,
        "trends.html",
        status,
        state=state,
        notice=NOTICE,
        axes=[(axis, AXIS_LABELS[axis]) for axis in _TIMES_FIRST],
        measures=[(measure, wording.words(measure)) for measure in MEASURES],
        chips=[
            Choice(
                f"{wording.FACET_LABELS[name]}: {say(name, value)}",
                state.searching(state.search.dropping(name, value)).url,
            )
            for name, value in state.search.chosen
        ],
        examples=[
            Choice(label, example.url, active=example == state)
            for label, rows, columns, measure in _EXAMPLES
            for example in (TrendsState(state.search, rows, columns, measure),)
        ],
        **{"error": None, "suggestion": None, "found": None, "by_name": False, "behind": False, **values},
    )


def _said(found: Trends) -> str:
    """What is told by what, as a title."""
    what = "reports" if found.measure is None else f"median {wording.words(found.measure).lower()} in days"
    axes = [found.rows] if found.columns is None else [found.rows, found.columns]
    return f"{what} by {' and '.join(AXIS_LABELS[axis.name].lower() for axis in axes)}"


def _suggestion(state: TrendsState, error: InvalidInput) -> Choice | None:
    if isinstance(error, BadQuery) and error.suggestion and not state.search.chosen:
        return Choice(error.suggestion, state.searching(state.search.typing(error.suggestion)).url)
    return None
