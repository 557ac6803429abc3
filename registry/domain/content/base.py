"""The ground that all content stands on: field types with limits, and validation that tells every problem."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Annotated, Any, Self, TypeAlias, TypeVar, get_origin
from urllib.parse import urlsplit
from uuid import UUID

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    StringConstraints,
    ValidationError,
    model_validator,
)
from pydantic_core import CoreSchema, InitErrorDetails, PydanticCustomError, core_schema

from registry.domain.canonical import Document, JsonValue, canonical_bytes, normalise
from registry.domain.content.problems import COUNTRY, LANGUAGE, SHA256, TECHNIQUE, problems_of
from registry.domain.errors import InvalidInput, Problem
from registry.domain.terms import Vocabulary
from registry.domain.vocabulary import Precision

SCHEMA_VERSION = "1"
MAX_PART_BYTES = 256 * 1024

# Control characters of both kinds, and the marks that turn the direction of text around without being seen.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_WHEN = re.compile(r"\d{4}(-\d{2}(-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?(Z|[+-]\d{2}:\d{2}))?)?)?")
_WHEN_LENGTHS = {4: Precision.YEAR, 7: Precision.MONTH, 10: Precision.DAY}


def precision_of(when: str) -> Precision:
    """How exactly a date written as in ``When`` is known."""
    return _WHEN_LENGTHS.get(len(when), Precision.INSTANT)


def _check_text(value: str) -> str:
    if _CONTROL.search(value):
        raise PydanticCustomError("invalid_text", "control characters are not allowed here")
    return value


def _check_line(value: str) -> str:
    if "\n" in value or "\r" in value or "\t" in value:
        raise PydanticCustomError("invalid_text", "this is one line: no line breaks and no tabs")
    return _check_text(value)


def _check_when(value: str) -> str:
    if _WHEN.fullmatch(value):
        try:
            earliest(value)
        except (ValueError, OverflowError):
            pass
        else:
            return value
    message = "write a date as 2026, 2026-03, 2026-03-14 or 2026-03-14T15:00:00Z"
    raise PydanticCustomError("invalid_format", message)


def earliest(when: str) -> date:
    """The first day (UTC) that a date written as in ``When`` can mean."""
    if precision_of(when) is Precision.INSTANT:
        return datetime.fromisoformat(when).astimezone(UTC).date()
    return date.fromisoformat(when + "-01-01"[len(when) - 4 :])


def latest(when: str) -> date:
    """The last day (UTC) that a date written as in ``When`` can mean."""
    first = earliest(when)
    match precision_of(when):
        case Precision.YEAR:
            return date(first.year, 12, 31)
        case Precision.MONTH:
            return first.replace(day=monthrange(first.year, first.month)[1])
        case _:
            return first


def is_before(one: str | None, other: str | None) -> bool:
    """Whether *one* lies before *other* whatever day of their span they mean; what is not known lies nowhere."""
    if one is None or other is None:
        return False
    if precision_of(one) is precision_of(other) is Precision.INSTANT:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    return latest(one) < earliest(other)


def _check_url(value: str) -> str:
    try:
        parts = urlsplit(value)
        usable = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.username is None
        usable = usable and (parts.port is None or parts.port > 0)
    except ValueError:
        usable = False
    if not usable or _CONTROL.search(value) or any(character.isspace() for character in value):
        raise PydanticCustomError("invalid_format", "write a full web address that begins with https:// or http://")
    return value


def _check_instant(value: object) -> object:
    if isinstance(value, datetime):
        return value
    if isinstance(value, str) and _WHEN.fullmatch(value) and precision_of(value) is Precision.INSTANT:
        try:
            return datetime.fromisoformat(value).astimezone(UTC)
        except (ValueError, OverflowError):
            pass
    raise PydanticCustomError("invalid_format", "write an instant with its time zone, as 2026-03-14T15:00:00Z")


def _check_uid(value: str) -> str:
    try:
        if str(UUID(value)) == value:
            return value
    except ValueError:
        pass
    raise PydanticCustomError("invalid_format", "write the uid of a record, as lower-case UUID")


Key = Annotated[str, StringConstraints(min_length=1, max_length=200), AfterValidator(_check_line)]
Line = Annotated[str, StringConstraints(min_length=1, max_length=300), AfterValidator(_check_line)]
Label = Annotated[str, StringConstraints(min_length=1, max_length=120), AfterValidator(_check_line)]
LongLine = Annotated[str, StringConstraints(min_length=1, max_length=2000), AfterValidator(_check_line)]
Text = Annotated[str, StringConstraints(min_length=1, max_length=20_000), AfterValidator(_check_text)]
When = Annotated[str, StringConstraints(max_length=40), AfterValidator(_check_when)]
Instant = Annotated[AwareDatetime, BeforeValidator(_check_instant)]
Url = Annotated[str, StringConstraints(max_length=2000), AfterValidator(_check_url)]
Uid = Annotated[str, StringConstraints(max_length=36), AfterValidator(_check_uid)]
Country = Annotated[str, StringConstraints(pattern=COUNTRY)]
Language = Annotated[str, StringConstraints(pattern=LANGUAGE)]
Technique = Annotated[str, StringConstraints(pattern=TECHNIQUE)]
Sha256 = Annotated[str, StringConstraints(pattern=SHA256)]
Severity = Annotated[int, Field(ge=0, le=5, strict=True)]
Count = Annotated[int, Field(ge=0, le=10**12, strict=True)]
Permille = Annotated[int, Field(ge=0, le=1000, strict=True)]


class TermOf:
    """A text that must be a code of *vocabulary*; the error offers the nearest one, or says where they are listed."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.vocabulary = vocabulary

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        """Let pydantic check the code after it has checked the text."""
        return core_schema.no_info_after_validator_function(self._check, handler(source))

    def _check(self, value: str) -> str:
        if self.vocabulary.find(value) is None:
            context = {"vocabulary": self.vocabulary.name, "hint": self.vocabulary.hint(value)}
            raise PydanticCustomError("unknown_term", "not a term of the vocabulary {vocabulary}", context)
        return value


class Model(BaseModel):
    """Frozen, closed, without coercion of one type into another."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False, hide_input_in_errors=True)


Place: TypeAlias = "tuple[int | str, ...]"


def disagreement(message: str) -> PydanticCustomError:
    """What is wrong with a field that does not fit the others."""
    return PydanticCustomError("inconsistent", message)


class Coherent(Model):
    """A model whose fields must fit together, once each is right by itself."""

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """What does not fit, each with its place within the model."""
        yield from ()

    @model_validator(mode="after")
    def _fits(self) -> Self:
        found = [InitErrorDetails(type=error, loc=place, input=None) for place, error in self.contradictions()]
        if found:
            raise ValidationError.from_exception_data(type(self).__name__, found, hide_input=True)
        return self


ModelT = TypeVar("ModelT", bound=Model)


def validate(model: type[ModelT], document: Document, *, path: tuple[str, ...] = ()) -> ModelT:
    """Make a *model* of the normalised *document*.

    Raises:
        InvalidInput: with every problem at once; paths begin with *path*.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput([Problem(path, "INVALID_TYPE", "an object is expected")])
    limits = {name: limit for name, limit in _limits(model) if _is_longer(document.get(name), limit)}
    # An endless list is one problem and no more work: its entries are not looked at.
    bounded = {name: value for name, value in document.items() if name not in limits} if limits else document
    problems = [
        Problem((*path, name), "TOO_MANY", f"at most {limit} entries are allowed") for name, limit in limits.items()
    ]
    try:
        valid = model.model_validate(normalise(bounded))
    except InvalidInput as error:
        problems += [replace(problem, path=(*path, *problem.path)) for problem in error.problems]
    except ValidationError as error:
        problems += problems_of(error, model, path)
    if problems:
        raise InvalidInput(problems)
    return valid


def limit_of(model: type[Model], name: str) -> int | None:
    """How many entries the list *name* of *model* may have; ``None`` where there is no such list."""
    return dict(_limits(model)).get(name)


@cache
def _limits(model: type[Model]) -> tuple[tuple[str, int], ...]:
    """The lists of *model*, and how many entries each may have."""
    return tuple(
        (name, note.max_length)
        for name, field in model.model_fields.items()
        if get_origin(field.annotation) is tuple
        for note in field.metadata
        if hasattr(note, "max_length")
    )


def _is_longer(value: JsonValue, limit: int) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str) and len(value) > limit


def to_document(model: Model) -> Document:
    """The content as JSON values, without what was left empty."""
    document: dict[str, JsonValue] = _without_empty(model.model_dump(mode="json", exclude_none=True))
    return document


def _without_empty(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _without_empty(item) for key, item in value.items() if item not in ([], {})}
    if isinstance(value, list):
        return [_without_empty(item) for item in value]
    return value


def to_bytes(model: Model, *, path: tuple[str, ...] = ()) -> bytes:
    """The content as canonical bytes, ready to be hashed and stored.

    Raises:
        InvalidInput: it is larger than 256 KiB, or cannot be written as canonical JSON.
    """
    body = canonical_bytes(to_document(model))
    if len(body) > MAX_PART_BYTES:
        raise InvalidInput([Problem(path, "TOO_LONG", f"a part is limited to {MAX_PART_BYTES // 1024} KiB")])
    return body
