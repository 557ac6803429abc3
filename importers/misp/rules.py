"""Rules that map what stands on a MISP event to our vocabularies, as tables of data.

Machine tags are read as namespace, predicate and value; galaxy tags as type and value. Whoever applies a rule says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from importers.atlas.rules import misuse_of

BY = "misp-rules@1"

_TAG = re.compile(r'([^:="\s][^:="]{0,79}):([^="]{1,119}?)(?:\s*=\s*"?([^"]{1,300})"?)?', re.DOTALL)
_CODE = re.compile(r"\b(?:AML\.)?T[A]?\d{4}(?:\.\d{3})?\b")
GALAXY = "misp-galaxy"
_TOOLS = frozenset(
    {
        "android", "backdoor", "banker", "botnet", "cryptominers", "exploit-kit", "malpedia", "mitre-malware",
        "mitre-tool", "mitre-enterprise-attack-malware", "mitre-enterprise-attack-tool", "ransomware", "rat", "stealer",
        "tool",
    }
)  # fmt: skip
_ACTORS = frozenset(
    {
        "360net-threat-actor", "microsoft-activity-group", "mitre-enterprise-attack-intrusion-set",
        "mitre-intrusion-set", "threat-actor",
    }
)  # fmt: skip
# Namespaces whose tags say what sort of thing happened, rather than what was reported.
_OF_INCIDENTS = frozenset(
    {
        "circl", "csirt_case_classification", "ecsirt", "enisa", "europol-incident", "incident-disposition",
        "ms-caro-malware", "rsit", "veris",
    }
)  # fmt: skip
_MISUSE_BY_GALAXY = {
    "backdoor": "cyber/malware",
    "banker": "cyber/malware",
    "botnet": "cyber/malware",
    "cryptominers": "cyber/malware",
    "disarm-techniques": "influence_operation",
    "exploit-kit": "cyber/malware",
    "malpedia": "cyber/malware",
    "misinformation-pattern": "influence_operation/disinformation",
    "mitre-malware": "cyber/malware",
    "ransomware": "cyber/ransomware",
    "rat": "cyber/malware",
    "stealer": "credential_theft",
}
# What a machine tag holds, as a whole word, and what it then stands for; tried in this order, each that is found.
_MISUSE_BY_WORD = (
    ("spam", "spam"),
    ("phishing", "cyber/phishing"),
    ("spear-phishing", "cyber/phishing"),
    ("ransomware", "cyber/ransomware"),
    ("malware", "cyber/malware"),
    ("malicious-code", "cyber/malware"),
    ("fraud", "fraud"),
    ("scam", "fraud/scam"),
    ("scan", "cyber/reconnaissance"),
    ("scanner", "cyber/reconnaissance"),
    ("intrusion", "cyber/intrusion"),
    ("intrusion-attempts", "cyber/intrusion"),
    ("intrusions", "cyber/intrusion"),
    ("disinformation", "influence_operation/disinformation"),
    ("misinformation", "influence_operation/disinformation"),
    ("astroturfing", "influence_operation/astroturfing"),
    ("deepfake", "impersonation/deepfake"),
    ("masquerade", "impersonation"),
    ("data-exfiltration", "data_exfiltration"),
    ("prompt-injection", "jailbreak"),
    ("jailbreak", "jailbreak"),
    ("model-stealing", "model_extraction"),
    ("poisoning", "model_attack/poisoning"),
)
_WORDS = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_SECTORS = {
    "academia - university": "education",
    "agriculture": "agriculture",
    "banking": "finance",
    "bank": "finance",
    "banks": "finance",
    "construction": "construction",
    "defense": "defence",
    "diplomacy": "public_administration",
    "education": "education",
    "electric": "energy_water",
    "energy": "energy_water",
    "finance": "finance",
    "food": "accommodation_food",
    "government, administration": "public_administration",
    "government": "public_administration",
    "health": "health",
    "higher education": "education",
    "hospitality": "accommodation_food",
    "industrial": "manufacturing",
    "insurance": "finance",
    "it": "information",
    "legal": "professional",
    "manufacturing": "manufacturing",
    "media": "information",
    "military": "defence",
    "news - media": "information",
    "oil": "energy_water",
    "police - law enforcement": "law_enforcement",
    "retail": "trade",
    "technology": "information",
    "telecoms": "information",
    "transport": "transport",
    "water": "energy_water",
}


@dataclass(frozen=True, slots=True)
class Tag:
    """A tag as MISP writes it: ``namespace:predicate="value"``; a galaxy's predicate is its type."""

    namespace: str
    predicate: str
    value: str | None

    @property
    def is_galaxy(self) -> bool:
        return self.namespace == GALAXY and self.value is not None

    @property
    def code(self) -> str | None:
        """The id of the technique in a galaxy's value, such as ``Phishing - T1566``."""
        found = _CODE.findall(self.value or "")
        return found[-1] if found else None

    @property
    def is_technique(self) -> bool:
        return self.is_galaxy and ("attack-pattern" in self.predicate or self.predicate.endswith("-techniques"))

    @property
    def is_tool(self) -> bool:
        return self.is_galaxy and self.predicate in _TOOLS

    @property
    def is_actor(self) -> bool:
        return self.is_galaxy and self.predicate in _ACTORS


def read_tag(name: str) -> Tag | None:
    """The machine tag of this name; ``None`` for a free one."""
    found = _TAG.fullmatch(name.strip())
    if found is None:
        return None
    value = found[3]
    return Tag(found[1].strip().lower(), found[2].strip(), " ".join(value.split()) if value else None)


def event_kind_of(tags: Iterable[Tag]) -> str:
    """What sort of event: a report unless its tags say that something happened, or was tried out."""
    kinds = {_event_kind(tag) for tag in tags}
    return next((kind for kind in ("exercise", "incident") if kind in kinds), "threat_report")


def _event_kind(tag: Tag) -> str | None:
    if tag.namespace in {"exercise", "cyber-exercise", "test"}:
        return "exercise"
    return "incident" if tag.namespace in _OF_INCIDENTS else None


def misuse_of_tags(tags: Iterable[Tag]) -> list[str]:
    """The categories of misuse that tags stand for, sorted; empty where no rule knows any."""
    found: set[str] = set()
    codes: list[str] = []
    for tag in tags:
        if tag.is_galaxy:
            found |= {_MISUSE_BY_GALAXY[tag.predicate]} if tag.predicate in _MISUSE_BY_GALAXY else set()
            codes += [tag.code] if tag.is_technique and tag.code else []
        elif tag.namespace != "tlp":
            words = set(_WORDS.findall(f"{tag.predicate} {tag.value or ''}".lower().replace("_", "-")))
            found |= {category for word, category in _MISUSE_BY_WORD if word in words}
    return sorted(found | {str(category) for category in misuse_of(codes)})


def sector_of(name: str) -> str | None:
    """The sector that a cluster of the galaxy of sectors stands for."""
    return _SECTORS.get(name.lower())
