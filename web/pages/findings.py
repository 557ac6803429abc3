"""What screening finds in a record, as its owner and reviewers are shown it: where and what kind, never the passage."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from registry.domain import policy
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.errors import CommonsError, InvalidInput, NotFound, Problem
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.screening.acceptance import Acceptance, Accepted, Redaction
from registry.domain.screening.finding import MEANING, Code, Path
from registry.ports import Registry
from registry.service import accounts, screening
from registry.service.screening import Shown
from web.pages.wording import words

_PARTS = {"content": "", "restricted": "Restricted part: ", "marking": "Marking: "}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding.

    Attributes:
        name: what a form answers it by.
        place: the field, in words; positions in lists count from 1.
        kind: which rule found it, and which characters it covers.
        who: the organisation that accepted it, or ``you``, or ``a reviewer``.
    """

    name: str
    place: str
    kind: str
    meaning: str
    is_open: bool
    is_warning: bool
    reason: str = ""
    who: str = ""
    at: datetime | None = None


def findings_of(registry: Registry, actor: Actor, uid: RecordUid) -> tuple[Told, ...]:
    """What the owner and reviewers are shown, what is open first; nothing to others."""
    if actor == ANONYMOUS:
        return ()
    try:
        found = screening.screening(registry, actor, uid)
    except NotFound:
        return ()
    wanted = {one.accepted.organisation for one in found if one.accepted and one.accepted.organisation}
    known = accounts.organisations_by_id(registry, actor, wanted)
    names = {organisation: one.name for organisation, one in known.items()}
    told = [_told(one, actor, names) for one in found]
    return tuple(sorted(told, key=lambda one: not one.is_open))


def accepted_by(said: Mapping[str, str]) -> tuple[Acceptance, ...]:
    """The answer of a form that a finding may stand.

    Raises:
        InvalidInput: it names no finding.
    """
    return (Acceptance(*_named(said.get("finding", "")), said.get("reason", "")),)


def redacted_by(said: Mapping[str, str]) -> tuple[Redaction, ...]:
    """The answer of a form that a finding is taken out.

    Raises:
        InvalidInput: it names no finding.
    """
    return (Redaction(*_named(said.get("finding", ""))),)


def at_findings(error: CommonsError) -> tuple[Problem, ...]:
    """What is wrong with findings, told where they are listed."""
    return tuple(
        Problem(("screening",), one.code, f"{place_of(one.path)}: {one.message}" if one.path else one.message, one.hint)
        for one in error.problems
    )


def place_of(path: Sequence[str]) -> str:
    """A path in words: ``content.systems.0.model`` is *Systems 1, model*."""
    part, *rest = path
    steps: list[str] = []
    for one in rest if part in _PARTS else path:
        if one.isdigit() and steps:
            steps[-1] += f" {int(one) + 1}"
        else:
            steps.append(words(one).lower())
    said = ", ".join(steps)
    return _PARTS.get(part, "") + said[:1].upper() + said[1:]


def _named(name: str) -> tuple[Code, Path]:
    code, _, path = name.partition("@")
    if code not in set(Code) or not path:
        raise InvalidInput([Problem(("finding",), "UNKNOWN_TERM", "choose a finding")])
    return Code(code), tuple(path.split("."))


def _told(shown: Shown, actor: Actor, names: Mapping[OrganisationId, str]) -> Told:
    one, accepted = shown.finding, shown.accepted
    name = f"{one.code}@{'.'.join(one.path)}"
    said = (name, place_of(one.path), one.hint, MEANING[one.code], one.is_open, not one.code.blocks)
    if accepted is None:
        return Told(*said, reason="the record names its exception" if one.accepted else "")
    return Told(*said, reason=accepted.reason, who=_who(accepted, actor, names), at=accepted.at)


def _who(accepted: Accepted, actor: Actor, names: Mapping[OrganisationId, str]) -> str:
    if accepted.person is not None and accepted.person == actor.person:
        return "you"
    if accepted.organisation == actor.organisation or Permission.RECORD_REVIEW in policy.permissions_of(actor):
        return names.get(accepted.organisation, "somebody") if accepted.organisation else "somebody"
    return "a reviewer"
