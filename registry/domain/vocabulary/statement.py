"""What a usage policy's clauses do, and what an organisation says about another's record."""

from __future__ import annotations

from enum import StrEnum


class ClauseKind(StrEnum):
    """What a clause of a usage policy does. Source: this project's founding text (usage guidelines)."""

    PROHIBITED_USE = "prohibited_use"
    SCRUTINY_DOMAIN = "scrutiny_domain"
    REQUIREMENT = "requirement"
    ENFORCEMENT = "enforcement"
    LABOUR_STANDARD = "labour_standard"


class StatementKind(StrEnum):
    """What a statement does to the record it is about. Source: this project."""

    RESPONSE = "response"
    PERSPECTIVE = "perspective"
    ADOPTION = "adoption"
    EFFECT_EVIDENCE = "effect_evidence"
    ENDORSEMENT = "endorsement"
    DISPUTE = "dispute"
    CLASSIFICATION = "classification"


class AdoptionStatus(StrEnum):
    """How far an organisation has come in adopting a measure or a recommendation. Source: this project."""

    PLANNED = "planned"
    IN_PROGRESS = "in_progress"
    DONE = "done"
    DECLINED = "declined"
