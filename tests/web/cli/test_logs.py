"""The log of a serving node: one line an event, and nothing in it that somebody sent."""

from __future__ import annotations

import json
import logging
import logging.config
import sqlite3
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError
from sqlalchemy import create_engine, text
from sqlalchemy.exc import SQLAlchemyError

from web.cli.logs import MAX_MESSAGE, JsonLines, Lines, Stderr, configuration

SECRET = "planted-secret in a value"


def record(message: str, *arguments: object, error: BaseException | None = None) -> logging.LogRecord:
    """What a logger is given."""
    exc_info = None if error is None else (type(error), error, error.__traceback__)
    made = logging.LogRecord("web.request", logging.ERROR, "", 0, message, arguments, exc_info)
    made.created = 0.0
    made.process = 7
    return made


def failed_statement() -> SQLAlchemyError:
    """An error of the store that knows the values of its statement."""
    try:
        with create_engine("sqlite://").connect() as connection:
            connection.execute(text("SELECT * FROM nowhere WHERE said = :said"), {"said": SECRET})
    except SQLAlchemyError as error:
        return error
    raise AssertionError


def bad_input() -> ValidationError:
    """An error of a check that knows its input."""

    class Wanted(BaseModel):
        count: int

    try:
        Wanted.model_validate({"count": SECRET})
    except ValidationError as error:
        return error
    raise AssertionError


def on_the_way(cause: BaseException) -> RuntimeError:
    """An error that another one led to."""

    def fail() -> None:
        raise RuntimeError(f"on the way: {SECRET}") from cause

    with pytest.raises(RuntimeError) as caught:
        fail()
    return caught.value


def test_a_line_begins_with_an_instant_in_utc() -> None:
    assert "1970-01-01T00:00:00Z [7] ERROR web.request: INTERNAL request 1f" == Lines().format(
        record("INTERNAL request %s", "1f")
    )


def test_a_line_of_json_says_the_same() -> None:
    told = json.loads(JsonLines().format(record("INTERNAL request %s", "1f")))

    assert {
        "at": "1970-01-01T00:00:00Z",
        "process": 7,
        "level": "ERROR",
        "logger": "web.request",
        "message": "INTERNAL request 1f",
    } == told


@given(st.text())
@pytest.mark.parametrize("formatter", [Lines(), JsonLines()])
def test_whatever_is_logged_stays_on_its_line_and_steers_no_terminal(formatter: logging.Formatter, said: str) -> None:
    line = formatter.format(record("said: %s", said))

    assert line.isprintable()
    assert len(line) < MAX_MESSAGE * 6 + 200


def test_a_forged_line_is_part_of_its_own() -> None:
    forged = "x\r\n1970-01-01T00:00:00Z [7] ERROR web.request: all is well\x1b[2J\u202e"

    assert 1 == len(Lines().format(record("%s", forged)).splitlines())
    assert 1 == len(JsonLines().format(record("%s", forged)).splitlines())


@pytest.mark.parametrize("made", [failed_statement, bad_input])
@pytest.mark.parametrize("formatter", [Lines(), JsonLines()])
def test_an_exception_is_told_by_kind_and_place_and_never_by_its_message(
    formatter: logging.Formatter, made: type[BaseException]
) -> None:
    line = formatter.format(record("INTERNAL request 1f", error=on_the_way(made())))

    assert SECRET in str(made())
    assert SECRET not in line
    assert "builtins.RuntimeError" in line
    assert f"{type(made()).__module__}.{type(made()).__qualname__}" in line
    assert __file__ in line


def test_exceptions_that_lead_to_one_another_in_a_circle_come_to_an_end() -> None:
    first, second = ValueError("a"), KeyError("b")
    first.__cause__, second.__cause__ = second, first

    assert 3 == len(Lines().format(record("m", error=first)).splitlines())


def test_a_message_that_cannot_be_made_is_given_up_in_silence(capsys: pytest.CaptureFixture[str]) -> None:
    logger = logging.getLogger("web.broken")
    handler = Stderr()
    handler.setFormatter(JsonLines())
    logger.addHandler(handler)
    logger.propagate = False

    logger.error("%d things", SECRET)

    assert ("", "") == tuple(capsys.readouterr())


def test_the_configuration_is_one_that_the_library_takes(capsys: pytest.CaptureFixture[str]) -> None:
    configured = configuration("text") | {"root": {}, "incremental": False}
    configured["loggers"] = {"web.tried": {"handlers": ["stderr"], "level": "INFO", "propagate": False}}

    logging.config.dictConfig(configured)
    logging.getLogger("web.tried").warning("well")

    assert "WARNING web.tried: well" in capsys.readouterr().err


def test_an_error_of_the_driver_says_nothing_either() -> None:
    try:
        sqlite3.connect(":memory:").execute(f"SELECT '{SECRET}' FROM nowhere")
    except sqlite3.Error:
        line = JsonLines().format(record("m", error=sys.exc_info()[1]))

    assert SECRET not in line
