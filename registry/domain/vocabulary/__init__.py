"""Closed vocabularies: the few lists whose every value has a meaning in our own code.

Each class names its source. Lists that grow without a change of code are in ``terms``.
"""

from __future__ import annotations

from registry.domain.vocabulary.incident import (
    EventKind,
    Intent,
    Realisation,
    Reversibility,
    SafeguardOutcome,
    Skill,
    Surface,
    SystemRole,
)
from registry.domain.vocabulary.judgment import Confidence, Precision, Prevalence, SourceReliability
from registry.domain.vocabulary.measure import (
    DesignCoverage,
    EvidenceOutcome,
    EvidenceSetting,
    Layer,
    LessonStatus,
    Maturity,
    MitigationFunction,
)
from registry.domain.vocabulary.record import (
    AbsenceReason,
    AnnotatorKind,
    Assistance,
    Kind,
    LinkRel,
    MappingMethod,
    NamedPerson,
    OrganisationKind,
    Provenance,
    ReportedBy,
    Standing,
    Tlp,
)
from registry.domain.vocabulary.statement import AdoptionStatus, ClauseKind, StatementKind
from registry.domain.vocabulary.weakness import TransferOutcome, WeaknessScope, WeaknessStatus

__all__ = [
    "AbsenceReason",
    "AdoptionStatus",
    "AnnotatorKind",
    "Assistance",
    "ClauseKind",
    "Confidence",
    "DesignCoverage",
    "EventKind",
    "EvidenceOutcome",
    "EvidenceSetting",
    "Intent",
    "Kind",
    "Layer",
    "LessonStatus",
    "LinkRel",
    "MappingMethod",
    "Maturity",
    "MitigationFunction",
    "NamedPerson",
    "OrganisationKind",
    "Precision",
    "Prevalence",
    "Provenance",
    "Realisation",
    "ReportedBy",
    "Reversibility",
    "SafeguardOutcome",
    "Skill",
    "SourceReliability",
    "Standing",
    "StatementKind",
    "Surface",
    "SystemRole",
    "Tlp",
    "TransferOutcome",
    "WeaknessScope",
    "WeaknessStatus",
]
