"""Rules that map the open vocabularies of STIX 2.1 to ours, as tables of data."""

from __future__ import annotations

from collections.abc import Iterable

from importers.misp.rules import Tag, misuse_of_tags
from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Skill

BY = "stix-rules@1"

# Of several types the first that is known counts.
ACTOR_KINDS = {
    "activist": "activist",
    "competitor": "commercial_service",
    "crime-syndicate": "organised_crime",
    "criminal": "organised_crime",
    "hacker": "other",
    "insider-accidental": "insider",
    "insider-disgruntled": "insider",
    "nation-state": "state",
    "spy": "state_linked",
    "terrorist": "extremist",
    "unknown": "unknown",
}
MOTIVES = {
    "ideology": "ideology",
    "notoriety": "fun",
    "organizational-gain": "financial",
    "personal-gain": "financial",
    "personal-satisfaction": "fun",
    "revenge": "grudge",
    "unpredictable": "unknown",
}
SKILLS = frozenset(Skill)
# Industry sectors of the standard; what is not here stays a label.
SECTORS = {
    "agriculture": "agriculture",
    "aerospace": "manufacturing",
    "automotive": "manufacturing",
    "chemical": "manufacturing",
    "communications": "information",
    "construction": "construction",
    "defense": "defence",
    "education": "education",
    "energy": "energy_water",
    "entertainment": "arts",
    "financial-services": "finance",
    "government": "public_administration",
    "government-local": "public_administration",
    "government-national": "public_administration",
    "government-public-services": "public_administration",
    "government-regional": "public_administration",
    "healthcare": "health",
    "hospitality-leisure": "accommodation_food",
    "insurance": "finance",
    "manufacturing": "manufacturing",
    "mining": "manufacturing",
    "pharmaceuticals": "manufacturing",
    "retail": "trade",
    "technology": "information",
    "telecommunications": "information",
    "transportation": "transport",
    "utilities": "energy_water",
}
TARGET_KINDS = {"organization": "company", "group": "group", "class": "group"}
DETECTIONS = {
    "automated-tool": "monitoring",
    "human-review": "monitoring",
    "message-from-attacker": "actor_disclosure",
    "system-outage": "monitoring",
    "user-reporting": "user_report",
}
EVENT_KINDS = {"blocked": "near_miss", "failed-attempt": "near_miss"}
REVERSIBILITIES = {"not-applicable": "read_only", "not-recoverable": "irreversible", "regular": "reversible"}
# Sources of ids of techniques, as external references name them.
TECHNIQUE_SOURCES = frozenset(
    {
        "atlas", "capec", "disarm", "mitre-atlas", "mitre-attack", "mitre-ics-attack", "mitre-mobile-attack",
        "mitre-pre-attack", "sparta",
    }
)  # fmt: skip


def confidence_of(value: JsonValue) -> str | None:
    """STIX's scale "None / Low / Med / High" of 0 to 100, as ours; 0 says nothing."""
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100:
        return None
    return "low" if value < 30 else "moderate" if value < 70 else "high"


def misuse_of_labels(labels: Iterable[str], techniques: Iterable[str]) -> list[JsonValue]:
    """The categories of misuse that labels and techniques stand for, sorted."""
    tags = [Tag("label", one[:120], None) for one in labels]
    tags += [Tag("misp-galaxy", "attack-pattern", code) for code in techniques]
    return [*misuse_of_tags(tags)]
