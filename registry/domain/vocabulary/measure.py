"""What a measure does and where, what shows that it works, and what is learned."""

from __future__ import annotations

from enum import StrEnum


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


class Maturity(StrEnum):
    """How far it has been shown. Source: MITRE ATLAS, maturity."""

    FEASIBLE = "feasible"
    DEMONSTRATED = "demonstrated"
    REALIZED = "realized"


class DesignCoverage(StrEnum):
    """Whether the design said what should happen in this case. Source: SAFE, design coverage."""

    SPECIFIED = "specified"
    NOT_SPECIFIED = "not_specified"
    UNKNOWN = "unknown"
