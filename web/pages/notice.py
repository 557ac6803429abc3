"""Asking for a correction, a removal or a reply, and following the case by its receipt code, without an account.

A receipt code is in the body of a request or an answer only: never in an address, a header or a log.
"""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import ANONYMOUS
from registry.domain.case import MAX_WORDS, URGENT, Case, CaseOutcome, CaseState, Ground, Wish
from registry.domain.errors import CommonsError, Conflict, InvalidInput, NotFound, Problem, QueueFull
from registry.service import cases
from web.forms import at_code, read_form
from web.pages.caching import PRIVATE, page
from web.site import site_of

WISHES: dict[Wish, str] = {
    Wish.CORRECTION: "Correct something that is wrong",
    Wish.REMOVAL: "Remove something about me or my organisation",
    Wish.REPLY: "Show my reply beside a record",
    Wish.OTHER: "Something else",
}
GROUNDS: dict[Ground, str] = {
    Ground.MINOR: "It concerns a child or a young person",
    Ground.INTIMATE_CONTENT: "It concerns intimate images or texts",
    Ground.ADDRESS: "It tells where somebody lives or can be reached",
    Ground.DANGER_TO_LIFE: "It puts somebody's life or health in danger",
    Ground.DEFAMATION: "It is untrue and harms somebody's reputation",
    Ground.PRIVACY: "It concerns my personal data (GDPR Art. 16, 17 and the like)",
    Ground.COPYRIGHT: "It is somebody's copyrighted work",
    Ground.OTHER: "Another reason",
}
STATES: dict[CaseState, str] = {
    CaseState.OPEN: "Open: nobody has decided yet",
    CaseState.DECIDED: "Decided",
    CaseState.APPEALED: "Appealed: another person decides now",
    CaseState.CLOSED: "Closed: decided on appeal",
}
OUTCOMES: dict[CaseOutcome, str] = {
    CaseOutcome.ERASED: "Agreed: it was erased",
    CaseOutcome.CORRECTED: "Agreed: it was corrected",
    CaseOutcome.WITHDRAWN: "Agreed: it was withdrawn",
    CaseOutcome.REPLY_SHOWN: "Agreed: your reply is shown beside the record",
    CaseOutcome.BLOCKED: "Agreed: it stays hidden",
    CaseOutcome.OTHERWISE_MET: "Agreed: met in another way, see the reasons",
    CaseOutcome.REFUSED: "Refused",
}
_FIELDS = ("wish", "ground", "about", "words", "contact")
_NOTHING: Mapping[str, str] = {}


async def notice(request: Request) -> Response:
    """The form; what it is about may be filled in by the address, as links on record pages do."""
    about = request.query_params.get("record", "")[:100]
    return _form(request, {"about": about})


async def open_case(request: Request) -> Response:
    """Take in a request, and show its receipt code this once."""
    said = await read_form(request)
    given = {name: said.get(name, "") for name in _FIELDS}
    registry = site_of(request).registry
    try:
        opened = await anyio.to_thread.run_sync(lambda: cases.open_case(registry, ANONYMOUS, **given))
    except InvalidInput as error:
        return _form(request, given, problems=error.problems, status=400)
    except QueueFull as error:
        return _form(request, given, full=error, status=503)
    return _private(page(request, "receipt.html", 200, case=opened.case, code=opened.code, **_deadlines(request)))


async def own_case(request: Request) -> Response:
    """The form that asks for a receipt code."""
    return _case(request, None, code="")


async def follow_case(request: Request) -> Response:
    """A case under its receipt code; with ``step`` set to ``add`` or ``appeal``, after adding to it or appealing."""
    said = await read_form(request)
    code, text = said.get("code", ""), said.get("text", "")
    registry = site_of(request).registry

    def work() -> Case:
        match said.get("step"):
            case "add":
                return cases.add_to_case(registry, ANONYMOUS, code, text=text)
            case "appeal":
                return cases.appeal_case(registry, ANONYMOUS, code, text=text)
            case _:
                return cases.read_case(registry, ANONYMOUS, code)

    try:
        found = await anyio.to_thread.run_sync(work)
    except NotFound as error:
        return _case(request, None, code="", problems=at_code(error), status=404)
    except (InvalidInput, Conflict) as error:
        shown = await anyio.to_thread.run_sync(lambda: cases.read_case(registry, ANONYMOUS, code))
        status = 409 if isinstance(error, Conflict) else 400
        return _case(request, shown, code=code, problems=error.problems, said=said, status=status)
    return _case(request, found, code=code)


def _case(
    request: Request,
    case: Case | None,
    *,
    code: str,
    problems: tuple[Problem, ...] = (),
    said: Mapping[str, str] = _NOTHING,
    status: int = 200,
) -> Response:
    values = {"case": case, "code": code, "problems": problems, "said": said}
    return _private(page(request, "case.html", status, **values, **_words(), **_deadlines(request)))


def _form(
    request: Request,
    said: Mapping[str, str],
    *,
    problems: tuple[Problem, ...] = (),
    full: CommonsError | None = None,
    status: int = 200,
) -> Response:
    values = {"said": said, "problems": problems, "full": full, "urgent": URGENT, "max_words": MAX_WORDS}
    response = page(request, "notice.html", status, **values, **_words(), **_deadlines(request))
    if full is not None:
        response.headers["Retry-After"] = "86400"
    return response if request.method in {"GET", "HEAD"} else _private(response)


def _words() -> dict[str, object]:
    return {"wishes": WISHES, "grounds": GROUNDS, "states": STATES, "outcomes": OUTCOMES}


def _deadlines(request: Request) -> dict[str, object]:
    settings = site_of(request).registry.settings
    return {"deadlines": cases.deadlines(settings), "contact": settings.privacy_contact or settings.contact}


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = PRIVATE
    return response
