"""Findings of a submission and the answers to them: what stands, what is taken out, and what is left open."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from registry.domain.content.kinds import Content, parse
from registry.domain.errors import Problem
from registry.domain.screening.acceptance import MAX_ANSWERS, MAX_REASON, Acceptance, Answers, says_harmless
from registry.domain.screening.fields import Field, fields_of, with_texts
from registry.domain.screening.finding import MEANING, Code, Path, ScreeningFinding, Sort, stand_in
from registry.domain.screening.finding import Match as Passage
from registry.domain.screening.formats import MODEL_RULES
from registry.domain.screening.text import ALL, matches_in
from registry.domain.words import folded

# Of what a source has published already only this is looked for.
OF_IMPORTS = frozenset({Code.SECRET_DETECTED, Code.PERSONAL_DATA})
EXTERNAL_REF: Path = ("externalRef",)
_Known = Callable[[Code, Path, str], bool]


@dataclass(frozen=True, slots=True)
class Seen:
    """A finding with the passage itself, which leaves the service only as a hash."""

    finding: ScreeningFinding
    passage: str
    reason: str = ""
    is_new: bool = False


@dataclass(frozen=True, slots=True)
class Settled:
    """A screened submission.

    Attributes:
        content: with all that was redacted replaced.
        seen: what was found, but for what was redacted; accepted ones with the reason.
        problems: what must be answered before anything is stored.
    """

    content: Content
    seen: tuple[Seen, ...]
    problems: tuple[Problem, ...]

    @property
    def findings(self) -> tuple[ScreeningFinding, ...]:
        """What was found, in the order of the fields."""
        return tuple(one.finding for one in self.seen)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What deserves a second look and does not block."""
        return tuple(_problem(one.finding) for one in self.seen if not one.finding.code.blocks)


def found_in(content: Content, *, codes: frozenset[Code] = ALL) -> tuple[Seen, ...]:
    """What screening finds in a submission."""
    return tuple(_seen(one, match) for one in fields_of(content) for match in _matches(one, codes))


def settle(
    content: Content,
    answers: Answers,
    *,
    external_ref: str | None = None,
    is_known: _Known,
    codes: frozenset[Code] = ALL,
) -> Settled:
    """Screen a submission, and apply the answers.

    Args:
        is_known: whether this passage was accepted before, for this record at this place.
    """
    fields = list(fields_of(content))
    if external_ref:
        fields.append(Field(EXTERNAL_REF, external_ref, Sort.NAME, public=False))
    wrong = _wrong_answers(answers)
    accepted, excepted = _accepted(answers), _excepted(content)
    redacted = frozenset((one.code, canonical(one.path)) for one in answers.redact)
    seen: list[Seen] = []
    texts: dict[Path, str] = {}
    problems = list(wrong)
    for one in fields:
        away: list[Passage] = []
        for match in _matches(one, codes):
            found = _seen(one, match)
            settled = _answered(found, accepted, excepted, is_known)
            key = (found.finding.code, canonical(one.path))
            wanted = key in redacted or (answers.redact_all and settled.finding.is_open)
            if wanted and one.path != EXTERNAL_REF:
                away.append(match)
                continue
            seen.append(settled)
            if settled.finding.is_open:
                problems.append(_problem(settled.finding, accepted.get(key)))
        if away:
            texts[one.path] = without(one.text, away, one.sort)
    return Settled(_with(content, texts), tuple(seen), tuple(problems))


def without(text: str, passages: Iterable[Passage], sort: Sort) -> str:
    """*text* with other words in the place of *passages*, those that overlap as one."""
    parts: list[str] = []
    done = 0
    for one in sorted(passages):
        if one.start >= done:
            parts += [text[done : one.start], stand_in(one.code, one.rule, sort)]
        done = max(done, one.end)
    return "".join((*parts, text[done:]))


def canonical(path: Sequence[str]) -> Path:
    """A path as the domain writes it: what clients read begins with ``input`` and is in camelCase."""
    steps = tuple(path[1:] if path[:1] == ("input",) or list(path[:1]) == ["input"] else path)
    return tuple("".join(f"_{one.lower()}" if one.isupper() else one for one in step) for step in steps)


def _seen(one: Field, match: Passage) -> Seen:
    finding = ScreeningFinding(match.code, match.rule, one.path, match.start, match.end)
    return Seen(finding, one.text[match.start : match.end])


def _matches(one: Field, codes: frozenset[Code]) -> tuple[Passage, ...]:
    return matches_in(one.text, one.sort, public=one.public, codes=codes)


def _answered(
    seen: Seen,
    accepted: Mapping[tuple[Code, Path], Acceptance],
    excepted: Callable[[Seen], str | None],
    is_known: _Known,
) -> Seen:
    finding = seen.finding
    if not finding.code.blocks:
        return seen
    if is_known(finding.code, finding.path, seen.passage):
        return replace(seen, finding=replace(finding, accepted=True))
    exception = excepted(seen)
    if exception is not None:
        return replace(seen, finding=replace(finding, accepted=True), reason=exception)
    given = accepted.get((finding.code, canonical(finding.path)))
    if given is None or (finding.rule in MODEL_RULES and not says_harmless(given.reason)):
        return seen
    return Seen(replace(finding, accepted=True), seen.passage, given.reason.strip(), is_new=True)


def _accepted(answers: Answers) -> dict[tuple[Code, Path], Acceptance]:
    return {(one.code, canonical(one.path)): one for one in answers.accept if one.reason.strip()}


def _excepted(content: Content) -> Callable[[Seen], str | None]:
    """The stated exception under which a person is named, for the names that it names itself."""
    marking = content.marking
    reason = marking.names_person_reason or ""
    named = _words(reason) if marking.names_person is not None else []

    def exception(seen: Seen) -> str | None:
        words = _words(seen.passage)
        is_named = seen.finding.code is Code.PERSON_NAME and bool(words) and all(one in named for one in words)
        return reason if is_named else None

    return exception


def _words(text: str) -> list[str]:
    return [folded(one.strip(".,;:!?()'\"")) for one in text.replace("'s", "").split()]


def _wrong_answers(answers: Answers) -> Iterator[Problem]:
    if len(answers.accept) + len(answers.redact) > MAX_ANSWERS:
        yield Problem(("screening",), "TOO_MANY", f"at most {MAX_ANSWERS} answers are read")
    for at, one in enumerate(answers.accept[:MAX_ANSWERS]):
        path = ("screening", "accept", str(at), "reason")
        if not one.reason.strip():
            yield Problem(path, "REQUIRED", "say why it may stand here")
        elif len(one.reason) > MAX_REASON:
            yield Problem(path, "TOO_LONG", f"at most {MAX_REASON} characters are allowed")
        elif any(not character.isprintable() for character in one.reason):
            yield Problem(path, "INVALID_TEXT", "control characters are not allowed here")
        elif any(match.code in OF_IMPORTS for match in matches_in(one.reason, codes=OF_IMPORTS)):
            yield Problem(path, "INVALID_TEXT", "do not repeat here what was found")


def _problem(finding: ScreeningFinding, given: Acceptance | None = None) -> Problem:
    hint = finding.hint
    if finding.path == EXTERNAL_REF:
        hint = f"{hint}; choose another key"
    elif given is not None:
        hint = f"{hint}; such a key may stand only if the reason says that it is revoked, or an example"
    elif finding.code.blocks:
        hint = f"{hint}; name this code and path in screening.redact, or in screening.accept with a reason"
    return Problem(finding.path, finding.code.value, MEANING[finding.code], hint)


def _with(content: Content, texts: Mapping[Path, str]) -> Content:
    """*content* with other texts; what was left out stays left out.

    Raises:
        InvalidInput: what takes the place of a passage does not fit into its field.
    """
    if not texts:
        return content
    parts = with_texts(content, texts)
    made = parse(content.kind, content=parts["content"], restricted=parts["restricted"], marking=parts["marking"])
    return replace(made, leaves_out=content.leaves_out)
