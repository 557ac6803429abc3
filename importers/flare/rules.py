"""Rules that map flaw reports to our vocabularies. A rule is not a judgment of the case."""

from __future__ import annotations

RULES = "flare-rules@1"

# Report types of the form, in small letters; the others are of weaknesses.
INCIDENTS = frozenset({
    "real-world events/incidents", "real-world incidents", "real-world incident", "malign actor",
    "security incident report",
})  # fmt: skip
WEAKNESSES = frozenset({"vulnerability report", "hazard report"})
MISUSE = "malign actor"
SEVERITY = {"negligible": 0, "low": 1, "medium": 2, "significant": 3, "high": 3, "critical": 4}
PREVALENCE = frozenset({"widespread", "common", "occasional", "rare", "unknown"})
STATUS = {"submitted": "reported", "under investigation": "reported", "fixed": "fixed", "rejected": "disputed"}
HARMS = {
    "physical": "physical",
    "psychological": "psychological",
    "reputational": "reputation",
    "economic/property": "financial",
    "environmental": "environment",
    "public interest/critical infrastructure": "infrastructure",
    "fundamental rights": "rights",
    "other": "other",
}
STAKEHOLDERS = {
    "users": "consumers",
    "consumers": "consumers",
    "children": "children",
    "workers": "workers",
    "businesses": "businesses",
    "government": "government",
    "civil society": "civil_society",
    "general public": "general_public",
    "other": "other",
}
DETECTION = {
    "user_observation": "user_report",
    "monitoring": "monitoring",
    "automated_analysis": "monitoring",
    "testing": "testing",
    "unknown": "unknown",
}
MISUSE_BY_OBJECTIVE = {"privacy_compromise": "data_exfiltration", "integrity_violation": "model_attack"}
# Only these words say that everybody may read it now; all else waits.
PUBLIC_INTENT = "already public knowledge"
OPEN_INTENT = "yes"
AT_ONCE = frozenset({"immediate (0 days)", "immediate"})
NO_WORDS = frozenset({"", "no", "false", "none", "n/a", "not applicable", "unknown"})
CHILD_ABUSE = ("csam", "child sexual", "csae", "child-sexual")
UNKNOWN_SYSTEM = frozenset({"", "unknown", "unknown system", "n/a"})
