"""Answering what screening finds, on the command line: CODE@path, with a reason where it may stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, TypeAlias

import typer

if TYPE_CHECKING:
    from registry.domain.errors import Problem
    from registry.domain.screening.acceptance import Answers
    from registry.domain.screening.finding import Code

Accept: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--accept",
        metavar="CODE@PATH=REASON",
        help="Let stand what screening finds, such as PERSON_NAME@content.title=REASON; may be repeated.",
    ),
]
Redact: TypeAlias = Annotated[
    list[str] | None,
    typer.Option("--redact", metavar="CODE@PATH", help="Have it taken out before it is stored; may be repeated."),
]
RedactAll: TypeAlias = Annotated[
    bool, typer.Option("--redact-all", help="Have taken out all that blocks and is not accepted.")
]


def answers_from(accept: Sequence[str] | None, redact: Sequence[str] | None, redact_all: bool = False) -> Answers:
    """The answers that the options give.

    Raises:
        BadParameter: one of them is not written as it must be.
    """
    from registry.domain.screening.acceptance import Acceptance, Answers, Redaction

    accepted = []
    for said in accept or ():
        where, equals, reason = said.partition("=")
        if not equals or not reason.strip():
            raise typer.BadParameter("--accept: write CODE@path=reason, such as PERSON_NAME@content.title=REASON")
        accepted.append(Acceptance(*_place("--accept", where), reason))
    return Answers(tuple(accepted), tuple(Redaction(*_place("--redact", one)) for one in redact or ()), redact_all)


@contextmanager
def findings_as_options() -> Iterator[None]:
    """Name beside each finding that a node refuses the options that answer it.

    Raises:
        InvalidInput: as it was raised, with other hints.
    """
    from registry.domain.errors import InvalidInput

    try:
        yield
    except InvalidInput as error:
        raise InvalidInput([with_options(one) for one in error.problems]) from None


def with_options(problem: Problem) -> Problem:
    """The problem, and if it is a finding that can be answered, how; hints tell the rule and the characters."""
    from registry.domain.screening.finding import Code

    if problem.code not in set(Code) or not problem.path or problem.path[0] == "external_ref":
        return problem
    what = (problem.hint or "").split(";")[0]
    how = option_for(Code(problem.code), problem.path)
    return replace(problem, hint=f"{what}; {how}" if what else how)


def option_for(code: Code, path: Iterable[str]) -> str:
    """The options that answer a finding, as a shell takes them."""
    from registry.domain.screening.finding import Code

    where = f"{code.value}@{'.'.join(path)}"
    reason = "revoked, or an example: which" if code is Code.SECRET_DETECTED else "why it may stand here"
    return f"--redact {where}, or --accept '{where}={reason}'"


def _place(option: str, said: str) -> tuple[Code, tuple[str, ...]]:
    from registry.domain.screening.finding import Code

    name, at, path = said.strip().partition("@")
    steps = tuple(path.split("."))
    if name not in set(Code):
        raise typer.BadParameter(f"{option}: before the @ one of these is expected: {', '.join(Code)}")
    if not at or not all(steps):
        raise typer.BadParameter(f"{option}: behind the @ the field is expected, such as {name}@content.summary")
    return Code(name), steps
