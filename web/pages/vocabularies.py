"""Which facet counts records by the terms of which of our vocabularies."""

from __future__ import annotations

FACET_OF: dict[str, str] = {
    "misuse_category": "misuse",
    "harm_type": "harm",
    "scrutiny_domain": "scrutiny",
    "sector": "sector",
    "mitigation_type": "mitigation",
    "enforcement_action": "enforcement",
}
