"""Reading forms that browsers send without JavaScript. Files are never taken."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from urllib.parse import parse_qsl

from starlette.requests import Request

from registry.domain.errors import NotFound, Problem
from web.errors import HttpFailure

_TYPE = "application/x-www-form-urlencoded"
_MAX_FIELDS = 60


async def read_form(request: Request) -> Mapping[str, str]:
    """The fields of a form, each once; the last one counts where a browser sends several.

    Raises:
        HttpFailure: it is in another form, is not UTF-8, or has too many fields.
    """
    said = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if said != _TYPE:
        raise HttpFailure(415, "UNSUPPORTED_MEDIA_TYPE", f"send the form as {_TYPE}")
    body = await request.body()
    try:
        pairs = parse_qsl(body.decode(), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS)
    except UnicodeDecodeError:
        raise HttpFailure(400, "BAD_ENCODING", "the form is not UTF-8") from None
    except ValueError:
        raise HttpFailure(400, "BAD_REQUEST", f"a form has at most {_MAX_FIELDS} fields") from None
    return dict(pairs)


def at_code(error: NotFound) -> tuple[Problem, ...]:
    """What is wrong with a receipt code, told at the field of a form that asks for it."""
    return tuple(replace(one, path=("code",)) for one in error.problems)
