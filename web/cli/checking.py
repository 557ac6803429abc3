"""The command validate: checks submissions without a node, key or network."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.answering import Accept, Redact, RedactAll, answers_from, with_options
from web.cli.exits import Exit
from web.cli.options import AsJson
from web.cli.output import answer, as_dict, as_line

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.content.kinds import Content
    from registry.domain.deadline import Clocks
    from registry.domain.errors import Problem
    from registry.domain.screening.acceptance import Answers
    from web.cli.files import Found

commands = typer.Typer()

_LINES = frozenset({".ndjson", ".jsonl"})


@commands.command()
def validate(
    files: Annotated[list[Path], typer.Argument(help="Submissions as JSON, or one a line (.ndjson); - is stdin.")],
    lines: Annotated[bool, typer.Option("--lines", "--bulk", help="Every file holds one submission a line.")] = False,
    accept: Accept = None,
    redact: Redact = None,
    redact_all: RedactAll = False,
    as_json: AsJson = False,
) -> None:
    """Check submissions without a node: every problem with its place, code and hint. Links are not followed."""
    from registry import regimes
    from web.cli.files import read_document, read_lines

    answers = answers_from(accept, redact, redact_all)
    clocks = regimes.shipped()
    told: list[JsonValue] = []
    texts: list[str] = []
    count = wrong = 0
    for file in files:
        many = lines or file.suffix in _LINES
        checked = 0
        for place, found in read_lines(str(file)) if many else _single(str(file), read_document):
            problems, warnings = _checked(found, clocks, answers)
            checked += 1
            wrong += bool(problems)
            told.append(_told(place, problems, warnings))
            if problems or warnings or not many:
                texts += _text(place, problems, warnings)
        if many:
            texts.append(f"{file}: {checked} submission(s)")
        count += checked
    if count > 1:
        texts.append(f"{count} checked, {wrong} with problems")
    answer(told, "\n".join(texts), as_json=as_json)
    if wrong:
        raise typer.Exit(Exit.PROBLEMS)


def _single(file: str, read: Callable[[str], JsonValue]) -> Iterator[tuple[str, Found]]:
    from registry.domain.errors import InvalidInput

    try:
        yield file, read(file)
    except InvalidInput as error:
        yield file, error


def _checked(found: Found, clocks: Clocks, answers: Answers) -> tuple[tuple[Problem, ...], tuple[Problem, ...]]:
    """Problems, and where there are none warnings."""
    from registry.domain.content.kinds import parse_file
    from registry.domain.errors import InvalidInput

    if isinstance(found, InvalidInput):
        return found.problems, ()
    try:
        submission = parse_file(found)
    except InvalidInput as error:
        return error.problems, ()
    content = submission.content
    problems = tuple(map(with_options, _problems(content, submission.answers.with_more(answers))))
    return problems, () if problems else tuple(_warnings(content, clocks))


def _problems(content: Content, answers: Answers) -> Iterator[Problem]:
    """What a node refuses beyond the form, as far as that needs no node."""
    from registry.domain.content.base import to_bytes
    from registry.domain.errors import InvalidInput
    from registry.domain.people import people_problems
    from registry.domain.screening.settling import settle
    from registry.domain.sealed import sealed_problems

    for name, part in (("content", content.public), ("restricted", content.restricted)):
        try:
            to_bytes(part, path=(name,))
        except InvalidInput as error:
            yield from error.problems
    yield from sealed_problems(content)
    yield from people_problems(content)
    try:
        yield from settle(content, answers, is_known=lambda *_passage: False).problems
    except InvalidInput as error:
        # What takes the place of a passage may not fit.
        yield from error.problems


def _warnings(content: Content, clocks: Clocks) -> Iterator[Problem]:
    from registry import taxonomies
    from registry.domain.content.advice import advise
    from registry.domain.deadline import unknown_regimes
    from registry.domain.errors import Problem

    yield from advise(content)
    # A node may know more of them than are shipped.
    yield from unknown_regimes(content, clocks)
    yield from taxonomies.unknown(content.public.classifications)
    if content.public.upstream:
        refused = "a node refuses this in a submission: only importers say where a record was imported from"
        yield Problem(("content", "upstream"), "NOT_ALLOWED", refused, "leave it out")


def _told(place: str, problems: tuple[Problem, ...], warnings: tuple[Problem, ...]) -> dict[str, JsonValue]:
    return {
        "file": place,
        "valid": not problems,
        "problems": [as_dict(one) for one in problems],
        "warnings": [as_dict(one) for one in warnings],
    }


def _text(place: str, problems: tuple[Problem, ...], warnings: tuple[Problem, ...]) -> Iterator[str]:
    yield f"{place}: {f'{len(problems)} problem(s)' if problems else 'valid'}"
    yield from (f"  {as_line(one)}" for one in problems)
    yield from (f"  warning: {as_line(one)}" for one in warnings)
