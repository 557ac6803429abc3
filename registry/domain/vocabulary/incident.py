"""What happened, with which systems, and what came of it."""

from __future__ import annotations

from enum import StrEnum


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


class Reversibility(StrEnum):
    """Whether what was done can be undone. Source: genai_incidents, reversibility class."""

    READ_ONLY = "read_only"
    REVERSIBLE = "reversible"
    EXTERNAL_REVERSIBLE = "external_reversible"
    IRREVERSIBLE = "irreversible"


class Skill(StrEnum):
    """How skilled the misuser is. Source: STIX 2.1, threat-actor-sophistication-ov, shortened."""

    NONE = "none"
    MINIMAL = "minimal"
    INTERMEDIATE = "intermediate"
    ADVANCED = "advanced"
    EXPERT = "expert"
    INNOVATOR = "innovator"
    STRATEGIC = "strategic"
