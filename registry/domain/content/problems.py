"""What pydantic found wrong with content, told as problems: stable codes, and messages that say what is expected."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, get_args

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from registry.domain.errors import Problem, did_you_mean

COUNTRY = r"^[A-Z]{2}$"
LANGUAGE = r"^[a-z]{2,3}(-[A-Z][A-Za-z]{1,3})?$"
TECHNIQUE = r"^[A-Za-z][A-Za-z0-9.\-]{1,39}$"
SHA256 = r"^[0-9a-f]{64}$"
MAX_TOLD = 200
_FORMS = {
    COUNTRY: "write a country as two capitals, ISO 3166-1, such as DE",
    LANGUAGE: "write a language as its code, such as en or pt-BR",
    TECHNIQUE: "write an id of ATLAS, ATT&CK or DISARM, such as AML.T0054 or T1566.002",
    SHA256: "write a SHA-256 as 64 hexadecimal digits in lower case",
}
_NO_FORM = "this is not written in the form that is expected"
_CODES = {
    "missing": ("REQUIRED", "this field is required"),
    "extra_forbidden": ("UNKNOWN_FIELD", "there is no such field"),
    "string_too_long": ("TOO_LONG", "at most {max_length} characters are allowed"),
    "string_too_short": ("REQUIRED", "this field may not be empty"),
    "too_long": ("TOO_MANY", "at most {max_length} entries are allowed"),
    "greater_than_equal": ("OUT_OF_RANGE", "the smallest value is {ge}"),
    "less_than_equal": ("OUT_OF_RANGE", "the largest value is {le}"),
    "enum": ("UNKNOWN_TERM", "one of these is expected: {expected}"),
    "unknown_term": ("UNKNOWN_TERM", "not a term of the vocabulary {vocabulary}"),
    "finite_number": ("OUT_OF_RANGE", "the number must be finite"),
    "string_type": ("INVALID_TYPE", "a text is expected"),
    "int_type": ("INVALID_TYPE", "a whole number is expected"),
    "bool_type": ("INVALID_TYPE", "true or false is expected"),
    "tuple_type": ("INVALID_TYPE", "a list is expected"),
    "model_type": ("INVALID_TYPE", "an object is expected"),
}
_OWN = frozenset({"invalid_text", "invalid_format", "inconsistent", "unknown_field"})


def problems_of(error: ValidationError, model: type[BaseModel], path: tuple[str, ...]) -> list[Problem]:
    """Every problem of a document of *model*; paths begin with *path*. Of very many only the first are told."""
    found = error.errors(include_url=False, include_input=False)
    told = [_problem(one, model, path) for one in found[:MAX_TOLD]]
    if len(found) > MAX_TOLD:
        told.append(Problem(path, "TOO_MANY", f"there are {len(found)} problems; the first {MAX_TOLD} are told"))
    return told


def _problem(detail: ErrorDetails, model: type[BaseModel], path: tuple[str, ...]) -> Problem:
    context: dict[str, Any] = detail.get("ctx", {})
    where = (*path, *(str(step) for step in detail["loc"]))
    if detail["type"] in _CODES:
        code, message = _CODES[detail["type"]]
        hint = context.get("hint") or None
        if code == "UNKNOWN_FIELD":
            hint = did_you_mean(where[-1], _fields_beside(model, detail["loc"]))
        return Problem(where, code, message.format(**context), hint)
    if detail["type"] == "string_pattern_mismatch":
        return Problem(where, "INVALID_FORMAT", _FORMS.get(context["pattern"], _NO_FORM))
    if detail["type"] in _OWN:
        return Problem(where, detail["type"].upper(), detail["msg"], context.get("hint"))
    return Problem(where, "INVALID_TYPE", detail["msg"].lower())


def _fields_beside(model: type[BaseModel], place: tuple[int | str, ...]) -> Iterable[str]:
    """The fields of the object, within a document of *model*, in which the last step of *place* stands."""
    for step in place[:-1]:
        if isinstance(step, str):
            model = _model_in(model.model_fields[step].annotation) or model
    return model.model_fields


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)
