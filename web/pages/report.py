"""Reporting an incident without an account, and following the report by its receipt code.

Nothing about who sends a form is read, kept or logged; a receipt code is in the body of a request or an answer only.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.errors import CommonsError, Conflict, InvalidInput, NotFound, Problem, QueueFull
from registry.domain.report import MAX_LINKS, MAX_WORDS, ReportKind, ReportStatus, Stage
from registry.service import reports
from web.forms import at_code, read_form
from web.pages.caching import PRIVATE, page
from web.site import site_of

KINDS: dict[ReportKind, str] = {
    ReportKind.ANONYMOUS: "Anonymously: nobody can find out who I am, or reach me",
    ReportKind.CONFIDENTIAL: "Confidentially: one reviewer, and nobody else, may reach me",
}
STAGES: dict[Stage, str] = {
    Stage.WAITING: "Waiting to be read",
    Stage.READ: "Read by a reviewer, who writes it down so that nothing tells who told it",
    Stage.IN_REVIEW: "Written down; another reviewer looks at it",
    Stage.PUBLISHED: "Recorded",
    Stage.DECLINED: "Not taken up",
}
_FIELDS = ("kind", "title", "words", "provider", "model", "contact")
_NOTHING: Mapping[str, str] = {}


async def report(request: Request) -> Response:
    """The form.

    Raises:
        NotFound: this node takes no reports without an account.
    """
    _require_taken(request)
    return _form(request, _NOTHING)


async def submit_report(request: Request) -> Response:
    """Take in a report, and show its receipt code this once.

    Raises:
        NotFound: as ``report``.
    """
    _require_taken(request)
    said = await read_form(request)
    given = {name: said.get(name, "") for name in _FIELDS}
    links = said.get("links", "").split()
    registry = site_of(request).registry
    try:
        taken = await anyio.to_thread.run_sync(lambda: reports.submit_report(registry, ANONYMOUS, links=links, **given))
    except InvalidInput as error:
        return _form(request, said, problems=error.problems, status=400)
    except QueueFull as error:
        return _form(request, said, full=error, status=503)
    return _private(page(request, "report_receipt.html", 200, code=taken.code))


async def own_report(request: Request) -> Response:
    """The form that asks for a receipt code."""
    return _status(request, None, code="")


async def follow_report(request: Request) -> Response:
    """Where the report under a receipt code stands; with ``step`` set to ``add``, after adding to it."""
    said = await read_form(request)
    code, text = said.get("code", ""), said.get("text", "")
    registry = site_of(request).registry

    def work() -> ReportStatus:
        if said.get("step") == "add":
            return reports.answer_report(registry, ANONYMOUS, code, text=text)
        return reports.read_report(registry, ANONYMOUS, code)

    try:
        found = await anyio.to_thread.run_sync(work)
    except NotFound as error:
        return _status(request, None, code="", problems=at_code(error), status=404)
    except (InvalidInput, Conflict) as error:
        shown = await anyio.to_thread.run_sync(lambda: reports.read_report(registry, ANONYMOUS, code))
        status = 409 if isinstance(error, Conflict) else 400
        return _status(request, shown, code=code, problems=error.problems, said=said, status=status)
    return _status(request, found, code=code)


def _require_taken(request: Request) -> None:
    if not site_of(request).registry.settings.anonymous_reports:
        raise NotFound("this node takes no reports without an account")


def _status(
    request: Request,
    found: ReportStatus | None,
    *,
    code: str,
    problems: tuple[Problem, ...] = (),
    said: Mapping[str, str] = _NOTHING,
    status: int = 200,
) -> Response:
    values = {"report": found, "code": code, "problems": problems, "said": said, "stages": STAGES}
    kept_days = site_of(request).registry.settings.report_kept_days
    return _private(page(request, "report_status.html", status, kept_days=kept_days, **values))


def _form(
    request: Request,
    said: Mapping[str, str],
    *,
    problems: tuple[Problem, ...] = (),
    full: CommonsError | None = None,
    status: int = 200,
) -> Response:
    values = {"said": said, "problems": problems, "full": full, "kinds": KINDS}
    kept_days = site_of(request).registry.settings.report_kept_days
    limits = {"max_words": MAX_WORDS, "max_links": MAX_LINKS, "kept_days": kept_days}
    response = page(request, "report.html", status, **values, **limits)
    if full is not None:
        response.headers["Retry-After"] = "86400"
    return response if request.method in {"GET", "HEAD"} else _private(response)


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = PRIVATE
    return response
