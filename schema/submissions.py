"""Mutations of content, one set for each kind: submit, validate, update."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, cast

import strawberry

from registry.domain.canonical import Document
from registry.domain.content.kinds import Content, parse
from registry.domain.errors import InvalidInput, Problem
from registry.domain.vocabulary import Kind
from registry.service import acceptance, submit
from registry.service.writing import Written
from schema.context import Info
from schema.inputs import SUBMIT, UPDATE, given, to_json
from schema.payloads import RecordPayload, record_payload, uid_of
from schema.types.screening import answers_of

Class = TypeVar("Class", bound=type)


def with_submissions(cls: Class) -> Class:
    """Give the mutation root its fields for every kind."""
    for kind in Kind:
        noun = kind.with_article
        _add(cls, f"submit_{kind}", SUBMIT[kind], _submit(kind), f"Hand in {noun} for review.")
        text = f"Check {noun} as submit{kind.type_name} would, and store nothing."
        _add(cls, f"validate_{kind}", SUBMIT[kind], _validate(kind), text)
        _add(cls, f"update_{kind}", UPDATE[kind], _update(kind), f"Replace the content of {noun} by a new revision.")
    return cls


def _add(cls: type, name: str, input_type: Any, resolver: Callable[..., Any], description: str) -> None:
    resolver.__annotations__["said"] = Annotated[input_type, strawberry.argument(name="input")]
    setattr(cls, name, strawberry.field(resolver=resolver, description=description))


def _submit(kind: Kind) -> Callable[..., Any]:
    async def resolve(info: Info, said: Any) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> Written:
            content = _content(kind, said, _external_ref_problems(said))
            external_ref, number = given(said.external_ref), given(said.number)
            key = given(said.idempotency_key)
            return submit.submit(
                registry,
                actor,
                content,
                external_ref=external_ref,
                number=number,
                answers=answers_of(said.screening),
                idempotency_key=key,
            )

        return await record_payload(info, said.client_mutation_id, work)

    return resolve


def _validate(kind: Kind) -> Callable[..., Any]:
    async def resolve(info: Info, said: Any) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> submit.Checked:
            content = _content(kind, said, _external_ref_problems(said))
            external_ref, number = given(said.external_ref), given(said.number)
            answers = answers_of(said.screening)
            return submit.validate(registry, actor, content, external_ref=external_ref, number=number, answers=answers)

        return await record_payload(info, said.client_mutation_id, work)

    return resolve


def _update(kind: Kind) -> Callable[..., Any]:
    async def resolve(info: Info, said: Any) -> RecordPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> Written:
            uid = uid_of(said.id, said.uid)
            expected = given(said.expected_revision)
            missing = Problem(("expectedRevision",), "REQUIRED", "say the draftRevision that you read")
            content = _content(kind, said, [missing] if expected is None else [])
            key = given(said.idempotency_key)
            answers = answers_of(said.screening)
            return submit.revise(
                registry, actor, uid, content, expected_revision=expected, answers=answers, idempotency_key=key
            )

        return await record_payload(info, said.client_mutation_id, work)

    return resolve


def _content(kind: Kind, said: Any, problems: list[Problem]) -> Content:
    """The content that an input says.

    Raises:
        InvalidInput: with all that is wrong with it, *problems* included.
    """
    try:
        content = parse(
            kind,
            content=_document(said.content),
            restricted=_document(said.restricted) if given(said.restricted) else None,
            marking=_document(said.marking) if given(said.marking) else None,
        )
    except InvalidInput as error:
        raise InvalidInput([*error.problems, *problems]) from None
    if problems:
        raise InvalidInput(problems)
    return content


def _document(said: Any) -> Document:
    return cast("Document", to_json(said)) if given(said) else {}


def _external_ref_problems(said: Any) -> list[Problem]:
    problem = acceptance.reference_problem(given(said.external_ref))
    return [] if problem is None else [problem]
