"""What is known of effects: evidence counted, what was tried, and for whom a lesson holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from registry.domain.canonical import Document
from registry.domain.record import Record
from registry.domain.vocabulary import EvidenceOutcome, EvidenceSetting


@dataclass(frozen=True, slots=True)
class EvidenceCount:
    """How many observations of one setting came to one outcome; *by_others* of them stand in statements."""

    setting: EvidenceSetting
    outcome: EvidenceOutcome
    count: int
    by_others: int = 0


@dataclass(frozen=True, slots=True)
class Tried:
    """A mitigation that was tried against something.

    Attributes:
        is_named: whether the mitigation itself says that it acts against it.
        incidents: the newest incidents of that sort that it was applied to or observed in.
        incident_count: how many there are in all.
    """

    mitigation: Record
    is_named: bool
    evidence: tuple[EvidenceCount, ...]
    incidents: tuple[Record, ...]
    incident_count: int


@dataclass(frozen=True, slots=True)
class Cell:
    """Mitigations of one type against one sort of misuse, and how many of them report which outcome."""

    misuse: str
    mitigation_type: str
    mitigations: int
    outcomes: Mapping[EvidenceOutcome, int]


def evidence_of(own: Document, statements: Iterable[Document] = ()) -> tuple[EvidenceCount, ...]:
    """The evidence of a record's public part and of *statements* about it, counted by setting and outcome."""
    mine = Counter(_observations(own))
    others = Counter(one for document in statements for one in _observations(document))
    return tuple(
        EvidenceCount(setting, outcome, mine[setting, outcome] + others[setting, outcome], others[setting, outcome])
        for setting in EvidenceSetting
        for outcome in EvidenceOutcome
        if mine[setting, outcome] or others[setting, outcome]
    )


def _observations(document: Document) -> list[tuple[EvidenceSetting, EvidenceOutcome]]:
    said = cast("Sequence[Mapping[str, Any]]", document.get("evidence", ()))
    return [(EvidenceSetting(one["setting"]), EvidenceOutcome(one["outcome"])) for one in said]


def holds_for(lesson: Document, *, model: str | None, use_case: str | None, role: str | None) -> bool:
    """Whether a lesson says that it holds for all that is asked, within one of its entries; case does not matter."""
    wanted = {name: text.casefold() for name, text in _asked(model, use_case, role).items()}
    said = cast("Sequence[Mapping[str, str]]", lesson.get("applies_to", ()))
    return any(all(one.get(name, "").casefold() == text for name, text in wanted.items()) for one in said)


def _asked(model: str | None, use_case: str | None, role: str | None) -> dict[str, str]:
    given = {"model": model, "use_case": use_case, "role": role}
    return {name: text.strip() for name, text in given.items() if text is not None}
