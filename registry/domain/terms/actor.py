"""Who misused a system, why, and how they were found out and stopped."""

from __future__ import annotations

from registry.domain.terms.term import Vocabulary, listed

ACTOR_KIND = Vocabulary(
    "actor_kind",
    "Kind of actor",
    listed(
        "VERIS external actor varieties, with commercial services and insiders added",
        ("individual", "Lone individual"),
        ("organised_crime", "Organised crime"),
        ("state", "State"),
        ("state_linked", "State-linked group"),
        ("commercial_service", "Commercial service"),
        ("activist", "Activist"),
        ("extremist", "Extremist group"),
        ("insider", "Insider"),
        ("researcher", "Researcher"),
        ("customer", "Customer"),
        ("unknown", "Unknown"),
        ("other", "Other"),
    ),
)

MOTIVE = Vocabulary(
    "motive",
    "Motive",
    listed(
        "VERIS actor motives, with influence and research added",
        ("financial", "Financial"),
        ("espionage", "Espionage"),
        ("influence", "Influence"),
        ("ideology", "Ideology"),
        ("grudge", "Grudge"),
        ("fun", "Fun"),
        ("convenience", "Convenience"),
        ("research", "Research"),
        ("unknown", "Unknown"),
        ("other", "Other"),
    ),
)

DETECTION = Vocabulary(
    "detection_method",
    "How it was found",
    listed(
        "FLARE detection methods and VERIS discovery methods",
        ("monitoring", "Own monitoring"),
        ("user_report", "Report by a user"),
        ("peer_report", "Report by a peer"),
        ("researcher", "Security researcher"),
        ("press", "Press"),
        ("law_enforcement", "Law enforcement"),
        ("testing", "Testing or red team"),
        ("audit", "Audit"),
        ("actor_disclosure", "Disclosed by the actor"),
        ("unknown", "Unknown"),
    ),
)

ENFORCEMENT = Vocabulary(
    "enforcement_action",
    "Enforcement",
    listed(
        "Provider threat reports, recurring actions",
        ("account_ban", "Accounts banned"),
        ("rate_limit", "Rate limited"),
        ("content_filter", "Filter added or tightened"),
        ("model_update", "Model updated"),
        ("takedown", "Content taken down"),
        ("legal", "Legal action"),
        ("referral", "Referred to an authority"),
        ("shared_with_peers", "Shared with peers"),
        ("product_withdrawn", "Product or feature withdrawn"),
        ("other", "Other"),
    ),
)

STATE_RESPONSIBILITY = Vocabulary(
    "state_responsibility",
    "Responsibility of a state",
    listed(
        "MISP taxonomy state-responsibility",
        ("state_prohibited", "Prohibited by the state"),
        ("state_prohibited_but_inadequate", "Prohibited, but not stopped"),
        ("state_ignored", "Ignored by the state"),
        ("state_encouraged", "Encouraged by the state"),
        ("state_shaped", "Shaped by the state"),
        ("state_coordinated", "Coordinated by the state"),
        ("state_ordered", "Ordered by the state"),
        ("state_rogue_conducted", "Done by rogue forces of the state"),
        ("state_executed", "Done by the state"),
        ("state_integrated", "Done by the state with others as part of it"),
    ),
)
