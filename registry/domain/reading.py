"""Reading JSON that somebody sent: what cannot be read is a problem of the input, told with a code."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import NoReturn, cast

from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, Problem


def read_json(body: bytes, *, max_bytes: int) -> JsonValue:
    """The JSON value in *body*, which may begin with a byte order mark.

    Raises:
        InvalidInput: it is larger than *max_bytes*, no UTF-8, no JSON, nested too deeply, or names a field twice.
    """
    if len(body) > max_bytes:
        raise _problem("TOO_LONG", f"a submission is limited to {max_bytes} bytes")
    try:
        text = body.decode("utf-8-sig")
        return cast("JsonValue", json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant))
    except UnicodeDecodeError as error:
        raise _problem("BROKEN_UTF8", f"byte {error.start} is not UTF-8") from None
    except json.JSONDecodeError as error:
        raise _problem("BROKEN_JSON", f"line {error.lineno}, column {error.colno}: {error.msg.lower()}") from None
    except ValueError:
        raise _problem("BROKEN_JSON", "a number is too long") from None
    except RecursionError:
        raise _problem("TOO_DEEP", "nesting is too deep") from None


def _object(pairs: Sequence[tuple[str, JsonValue]]) -> dict[str, JsonValue]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _problem("DUPLICATE_FIELD", "an object names a field twice")
    return found


def _refuse_constant(_name: str) -> NoReturn:
    raise _problem("BROKEN_JSON", "NaN and infinity are no JSON")


def _problem(code: str, message: str) -> InvalidInput:
    return InvalidInput([Problem((), code, message)])
