"""Open vocabularies: terms that are validated, shown and counted, but that our own code does not act on.

Every term cites its source. Codes are two levels deep at the most, written ``parent/child``.
"""

from __future__ import annotations

from registry.domain.terms.actor import ACTOR_KIND, DETECTION, ENFORCEMENT, MOTIVE, STATE_RESPONSIBILITY
from registry.domain.terms.harm import (
    AI_RELATION,
    GROUP_BASIS,
    HARM,
    INFRASTRUCTURE,
    SECTOR,
    STAKEHOLDER,
    TARGET_KIND,
)
from registry.domain.terms.measure import LIFECYCLE, MITIGATION_CATEGORY, MITIGATION_TYPE
from registry.domain.terms.misuse import MISUSE, SCRUTINY
from registry.domain.terms.source import INDICATOR_ROLE, INDICATOR_TYPE, SOURCE_KIND
from registry.domain.terms.term import Term, Vocabulary

ALL: tuple[Vocabulary, ...] = (
    MISUSE, HARM, SCRUTINY, SECTOR, MITIGATION_TYPE, MITIGATION_CATEGORY, LIFECYCLE, ENFORCEMENT, ACTOR_KIND, MOTIVE,
    STATE_RESPONSIBILITY, DETECTION, STAKEHOLDER, TARGET_KIND, INFRASTRUCTURE, GROUP_BASIS, AI_RELATION, SOURCE_KIND,
    INDICATOR_TYPE, INDICATOR_ROLE,
)  # fmt: skip

__all__ = [
    "ACTOR_KIND",
    "AI_RELATION",
    "ALL",
    "DETECTION",
    "ENFORCEMENT",
    "GROUP_BASIS",
    "HARM",
    "INDICATOR_ROLE",
    "INDICATOR_TYPE",
    "INFRASTRUCTURE",
    "LIFECYCLE",
    "MISUSE",
    "MITIGATION_CATEGORY",
    "MITIGATION_TYPE",
    "MOTIVE",
    "SCRUTINY",
    "SECTOR",
    "SOURCE_KIND",
    "STAKEHOLDER",
    "STATE_RESPONSIBILITY",
    "TARGET_KIND",
    "Term",
    "Vocabulary",
]
