"""Closed vocabularies: the few lists whose every value has a meaning in our own code.

Each class names its source. Lists that grow without a change of code are in ``terms``.
"""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a record is about. Source: this project; Weakness, UsagePolicy and Statement follow."""

    INCIDENT = "incident"
    MITIGATION = "mitigation"
    LESSON = "lesson"

    @property
    def number_code(self) -> str:
        """The three letters that stand for the kind in a record number."""
        return {Kind.INCIDENT: "INC", Kind.MITIGATION: "MIT", Kind.LESSON: "LES"}[self]


class Tlp(StrEnum):
    """Who may see it, from the widest to the narrowest. Source: FIRST, Traffic Light Protocol 2.0."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"

    @property
    def strictness(self) -> int:
        """0 for CLEAR, one more for each narrower level."""
        return list(Tlp).index(self)


class EventKind(StrEnum):
    """What sort of event. Source: OECD incident/hazard, VERIS near miss, ATLAS exercise."""

    INCIDENT = "incident"
    NEAR_MISS = "near_miss"
    HAZARD = "hazard"
    EXERCISE = "exercise"
    THREAT_REPORT = "threat_report"


class Intent(StrEnum):
    """Whether somebody meant it. Source: MIT AI Risk Repository, causal taxonomy."""

    MISUSE = "misuse"
    UNINTENDED = "unintended"
    UNKNOWN = "unknown"


class Precision(StrEnum):
    """How exactly a date is known. Source: ATLAS date granularity, with instants added."""

    YEAR = "year"
    MONTH = "month"
    DAY = "day"
    INSTANT = "instant"


class Confidence(StrEnum):
    """Confidence in a judgment. Source: MISP estimative-language, confidence in analytic judgment."""

    LOW = "low"
    MODERATE = "moderate"
    HIGH = "high"


class Standing(StrEnum):
    """How far the account is accepted. Source: this project."""

    ALLEGED = "alleged"
    ACKNOWLEDGED = "acknowledged"
    ESTABLISHED = "established"


class Provenance(StrEnum):
    """Where the wording comes from. Source: genai_incidents description provenance, with AI-assisted added."""

    ORIGINAL = "original"
    SUMMARY = "summary"
    VERBATIM = "verbatim"
    AI_ASSISTED = "ai_assisted"


class SystemRole(StrEnum):
    """What part an AI system played. Source: this project."""

    ABUSED = "abused"
    TARGET = "target"
    TOOL = "tool"


class Surface(StrEnum):
    """Through what the system was reached. Source: this project's founding text (release strategies)."""

    API = "api"
    CHAT = "chat"
    PRODUCT = "product"
    AGENT = "agent"
    PLUGIN = "plugin"
    FINE_TUNE = "fine_tune"
    OPEN_WEIGHTS = "open_weights"
    IN_HOUSE = "in_house"
    OTHER = "other"


class SafeguardOutcome(StrEnum):
    """How the safeguards fared. Source: this project."""

    REFUSED = "refused"
    PARTIALLY_REFUSED = "partially_refused"
    COMPLIED = "complied"
    BYPASSED = "bypassed"
    NOT_TRIGGERED = "not_triggered"
    UNKNOWN = "unknown"


class Realisation(StrEnum):
    """Whether the harm came about. Source: OECD, incident and hazard."""

    REALISED = "realised"
    POTENTIAL = "potential"


class MitigationFunction(StrEnum):
    """What the measure does. Source: NIST CSF functions, with deterrence added."""

    PREVENT = "prevent"
    DETECT = "detect"
    RESPOND = "respond"
    RECOVER = "recover"
    DETER = "deter"


class Layer(StrEnum):
    """Where the measure acts. Source: SAFE, the eight review layers."""

    MODEL = "model"
    INSTRUCTIONS = "instructions"
    SAFEGUARDS = "safeguards"
    TOOLS = "tools"
    ENVIRONMENT = "environment"
    MONITORING = "monitoring"
    HUMAN_OPERATIONS = "human_operations"
    SUPPLY_CHAIN = "supply_chain"


class EvidenceSetting(StrEnum):
    """Where a measure's effect was observed. Source: this project."""

    PRODUCTION = "production"
    RED_TEAM = "red_team"
    BENCHMARK = "benchmark"


class EvidenceOutcome(StrEnum):
    """What the measure achieved. Source: this project."""

    EFFECTIVE = "effective"
    PARTIAL = "partial"
    INEFFECTIVE = "ineffective"
    BYPASSED = "bypassed"


class LessonStatus(StrEnum):
    """Whether the lesson still stands. Source: this project."""

    CURRENT = "current"
    SUPERSEDED = "superseded"


class LinkRel(StrEnum):
    """How one record stands to another. Source: OSV (aliases, upstream, related) and this project."""

    MITIGATED_BY = "mitigated_by"
    DERIVED_FROM = "derived_from"
    DUPLICATE_OF = "duplicate_of"
    VARIANT_OF = "variant_of"
    SAME_CAMPAIGN = "same_campaign"
    RELATED = "related"


class OrganisationKind(StrEnum):
    """What an organisation is in this field. Source: this project."""

    PROVIDER = "provider"
    RESEARCH = "research"
    CIVIL_SOCIETY = "civil_society"
    GOVERNMENT = "government"
    PRESS = "press"
    ISAC = "isac"
    OTHER = "other"
