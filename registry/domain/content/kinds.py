"""Which content classes belong to which kind, and how a submission of any kind is read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import cast

from registry.domain.canonical import Document, JsonValue
from registry.domain.content.base import Key, Label, Model, validate
from registry.domain.content.incident import Incident
from registry.domain.content.incident_restricted import IncidentRestricted
from registry.domain.content.lesson import Lesson, LessonRestricted
from registry.domain.content.marking import Marking
from registry.domain.content.mitigation import Mitigation, MitigationRestricted
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.content.statement import Statement, StatementRestricted
from registry.domain.content.usage_policy import UsagePolicy, UsagePolicyRestricted
from registry.domain.content.weakness import Weakness, WeaknessRestricted
from registry.domain.errors import InvalidInput, Problem, did_you_mean
from registry.domain.screening.acceptance import UNANSWERED, Answers
from registry.domain.screening.answering import read_answers
from registry.domain.vocabulary import Kind

PUBLIC: dict[Kind, type[PublicPart]] = {
    Kind.INCIDENT: Incident,
    Kind.MITIGATION: Mitigation,
    Kind.LESSON: Lesson,
    Kind.WEAKNESS: Weakness,
    Kind.USAGE_POLICY: UsagePolicy,
    Kind.STATEMENT: Statement,
}
RESTRICTED: dict[Kind, type[RestrictedPart]] = {
    Kind.INCIDENT: IncidentRestricted,
    Kind.MITIGATION: MitigationRestricted,
    Kind.LESSON: LessonRestricted,
    Kind.WEAKNESS: WeaknessRestricted,
    Kind.USAGE_POLICY: UsagePolicyRestricted,
    Kind.STATEMENT: StatementRestricted,
}


@dataclass(frozen=True, slots=True)
class Content:
    """Everything one submission says: the two parts, and how they are marked.

    ``leaves_out`` names which of ``restricted`` and ``marking`` were not said at all: a new record takes the
    defaults, a revision keeps what it has.
    """

    kind: Kind
    public: PublicPart
    restricted: RestrictedPart
    marking: Marking
    leaves_out: frozenset[str] = field(default=frozenset(), compare=False)

    def completed_from(self, restricted: RestrictedPart, marking: Marking) -> Content:
        """The content of a revision: what it left out stays as it was, in the revision before."""
        return Content(
            self.kind,
            self.public,
            restricted if "restricted" in self.leaves_out else self.restricted,
            marking if "marking" in self.leaves_out else self.marking,
        )


def parse(
    kind: Kind, *, content: Document, restricted: Document | None = None, marking: Document | None = None
) -> Content:
    """Read a submission of *kind* from JSON values.

    Raises:
        InvalidInput: with every problem of all three objects; paths begin with ``content``, ``restricted``
            or ``marking``.
    """
    problems: list[Problem] = []
    parts: dict[str, Model] = {}
    wanted: list[tuple[str, type[Model], Document]] = [("content", PUBLIC[kind], content)]
    beside: tuple[tuple[str, type[Model], Document | None], ...] = (
        ("restricted", RESTRICTED[kind], restricted),
        ("marking", Marking, marking),
    )
    for name, model, said in beside:
        if said is None:
            parts[name] = _unsaid(model)
        else:
            wanted.append((name, model, said))
    for name, model, document in wanted:
        try:
            parts[name] = validate(model, document, path=(name,))
        except InvalidInput as error:
            problems.extend(error.problems)
    if problems:
        raise InvalidInput(problems)
    return Content(
        kind,
        cast("PublicPart", parts["content"]),
        cast("RestrictedPart", parts["restricted"]),
        cast("Marking", parts["marking"]),
        frozenset(name for name, said in (("restricted", restricted), ("marking", marking)) if said is None),
    )


@cache
def _unsaid(model: type[Model]) -> Model:
    """What of a part nobody said anything: its defaults. Models are frozen, so that one serves all."""
    return validate(model, {})


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission file, or a line of many: content, and what is said about handing it in.

    Attributes:
        external_ref: the owner's own key for the record.
        number: a reserved number of the owner, for its publication.
        idempotency_key: what tells that the same request was sent before.
        answers: what is said to what screening finds.
    """

    content: Content
    external_ref: str | None = None
    number: str | None = None
    idempotency_key: str | None = None
    answers: Answers = UNANSWERED


class _Envelope(Model):
    external_ref: Label | None = None
    number: Label | None = None
    idempotency_key: Key | None = None


# As requests write them; both are read.
_ENVELOPE = {
    "external_ref": "external_ref",
    "externalRef": "external_ref",
    "number": "number",
    "idempotency_key": "idempotency_key",
    "idempotencyKey": "idempotency_key",
}
_FILE_FIELDS = frozenset({"kind", "content", "restricted", "marking", "screening", *_ENVELOPE})
_MAX_UNKNOWN = 50


def parse_file(document: JsonValue) -> Submission:
    """Read the file format: ``kind``, ``content``, and where wanted ``restricted``, ``marking``, ``external_ref``,
    ``number``, ``idempotency_key`` and ``screening``.

    Raises:
        InvalidInput: with every problem at once.
    """
    if not isinstance(document, Mapping):
        raise InvalidInput([Problem((), "INVALID_TYPE", "an object is expected")])
    envelope, problems = _envelope(document)
    try:
        answers = read_answers(document.get("screening"))
    except InvalidInput as error:
        answers, problems = UNANSWERED, [*problems, *error.problems]
    said = document.get("kind")
    kind = Kind(said) if isinstance(said, str) and said in set(Kind) else None
    if kind is None:
        kinds = ", ".join(Kind)
        raise InvalidInput([Problem(("kind",), "UNKNOWN_TERM", f"one of these is expected: {kinds}"), *problems])
    try:
        content = parse(
            kind,
            content=cast("Document", document.get("content", {})),
            restricted=cast("Document | None", document.get("restricted")),
            marking=cast("Document | None", document.get("marking")),
        )
    except InvalidInput as error:
        raise InvalidInput([*problems, *error.problems]) from None
    if problems:
        raise InvalidInput(problems)
    return Submission(content, envelope.external_ref, envelope.number, envelope.idempotency_key, answers)


def _envelope(document: Document) -> tuple[_Envelope, list[Problem]]:
    """What stands beside the content, and all that is wrong with it; then the first is empty."""
    unknown = [name for name in document if name not in _FILE_FIELDS]
    known = sorted(_FILE_FIELDS)
    message = "there is no such field"
    problems = [
        Problem((name,), "UNKNOWN_FIELD", message, did_you_mean(name, known)) for name in unknown[:_MAX_UNKNOWN]
    ]
    said: dict[str, JsonValue] = {}
    for name, field_ in _ENVELOPE.items():
        if name in document and field_ in said:
            problems.append(Problem((name,), "DUPLICATE_FIELD", f"this says again what {field_} says"))
        elif name in document:
            said[field_] = document[name]
    try:
        return validate(_Envelope, said), problems
    except InvalidInput as error:
        return _Envelope(), [*problems, *error.problems]
