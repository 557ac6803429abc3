"""Rules that map AVID to our vocabularies, and AVID's own terms. A rule is not a judgment of the case."""

from __future__ import annotations

import re

RULES = "avid-rules@1"

# AVID's taxonomy, SEP view 0.2 (avidtools, enums).
SEP = frozenset({
    "S0100: Software Vulnerability", "S0200: Supply Chain Compromise", "S0201: Model Compromise",
    "S0202: Software Compromise", "S0300: Over-permissive API", "S0301: Information Leak", "S0302: Excessive Queries",
    "S0400: Model Bypass", "S0401: Bad Features", "S0402: Insufficient Training Data", "S0403: Adversarial Example",
    "S0500: Exfiltration", "S0501: Model inversion", "S0502: Model theft", "S0600: Data Poisoning",
    "S0601: Ingest Poisoning", "E0100: Bias/ Discrimination", "E0101: Group fairness", "E0102: Individual fairness",
    "E0200: Explainability", "E0201: Global explanations", "E0202: Local explanations", "E0300: User actions",
    "E0301: Toxicity", "E0302: Polarization/ Exclusion", "E0400: Misinformation",
    "E0401: Deliberative Misinformation", "E0402: Generative Misinformation", "P0100: Data issues",
    "P0101: Data drift", "P0102: Concept drift", "P0103: Data entanglement", "P0104: Data quality issues",
    "P0105: Feedback loops", "P0200: Model issues", "P0201: Resilience/ Stability", "P0202: OOD generalization",
    "P0203: Scaling", "P0204: Accuracy", "P0300: Privacy", "P0301: Anonymization", "P0302: Randomization",
    "P0303: Encryption", "P0400: Safety", "P0401: Psychological Safety", "P0402: Physical safety",
    "P0403: Socioeconomic safety", "P0404: Environmental safety",
})  # fmt: skip
LIFECYCLE = frozenset({
    "L01: Business Understanding", "L02: Data Understanding", "L03: Data Preparation", "L04: Model Development",
    "L05: Evaluation", "L06: Deployment",
})  # fmt: skip
RISK_DOMAINS = frozenset({"Security", "Ethics", "Performance"})
CLASSES = frozenset(
    {"AIID Incident", "ATLAS Case Study", "CVE Entry", "LLM Evaluation", "Third-party Report", "Undefined"}
)
TYPES = frozenset({"Issue", "Advisory", "Measurement", "Detection"})
ARTIFACTS = frozenset({"Dataset", "Model", "System"})
TAXONOMY_VERSIONS = frozenset({"0.1", "0.2"})
TERM = re.compile(r"([A-Z]\d{2}(?:\d{2})?):\s?(.+)")

# What a class of AVID says of an incident; a code stands for those below it, unless these have a row of their own.
MISUSE_BY_SEP = {
    "S0200": "model_attack/supply_chain",
    "S0201": "model_attack/supply_chain",
    "S0202": "model_attack/supply_chain",
    "S0301": "data_exfiltration",
    "S0400": "model_attack/evasion",
    "S0403": "model_attack/evasion",
    "S0500": "model_extraction",
    "S0501": "data_exfiltration",
    "S0502": "model_extraction",
    "S0600": "model_attack/poisoning",
    "S0601": "model_attack/poisoning",
}
MISUSE_BY_TITLE = ((re.compile(r"\bdeep-?fake", re.IGNORECASE), "impersonation/deepfake"),)
HARM_BY_SEP = {
    "E0100": "discrimination",
    "E0101": "discrimination",
    "E0102": "discrimination",
    "E0301": "psychological",
    "E0400": "information",
    "E0402": "information",
    "P0300": "privacy",
    "P0401": "psychological",
    "P0402": "physical",
    "P0404": "environment",
}
EXERCISE = re.compile(
    r"\bred[- ]team|\bresearch(?:ers| group| team)?\b|\bexercise\b|\bdemonstrat|\breplicat", re.IGNORECASE
)

# Where a text itself says in which version it is repaired.
FIXED_IN = re.compile(
    r"\b(?:fixed|patched|resolved|addressed|fix will be included) in (?:the )?(?:[A-Z]\w+ )?"
    r"(?:versions? |releases? |v)?(\d{1,6}(?:\.\d{1,6}){1,4}(?:[-.]?(?:alpha|beta|rc|post)\.?\d{1,4})?)",
    re.IGNORECASE,
)
# A title that AVID gives where the entry of the CVE has none.
BARE_TITLE = re.compile(r"Vulnerability (CVE-\d{4}-\d{4,12})")
# What AVID's connectors write into the titles of measurements.
EVALUATION = (
    (re.compile(r"\busing the probe `([\w.]{1,80})`"), "garak, probe {}"),
    (re.compile(r"\bon the ([\w.-]{1,80}) benchmark using Inspect Evals"), "Inspect Evals, {}"),
)
DUMMY = re.compile(r"(?:xyz|tbd|todo|n/?a|test|lorem ipsum)\b.{0,12}", re.IGNORECASE)

# Levels of 0DIN's social impact score, by number and name; its five levels are ours.
ODIN_LEVELS = {
    "level 1: minimal risk": 1,
    "level 2: moderate risk": 2,
    "level 3: significant risk": 3,
    "level 4: high risk": 4,
    "level 5: severe risk": 5,
}

# What a product's name begins with, whose it is, and how much of the beginning only says so.
MAKERS = (
    ("Alibaba ", "Alibaba", 8),
    ("Amazon ", "Amazon", 7),
    ("Anthropic ", "Anthropic", 10),
    ("Apache ", "Apache Software Foundation", 0),
    ("Azure ", "Microsoft", 0),
    ("ChatGPT", "OpenAI", 0),
    ("Cohere ", "Cohere", 7),
    ("DALL-E", "OpenAI", 0),
    ("DeepSeek DeepSeek ", "DeepSeek", 9),
    ("DeepSeek", "DeepSeek", 0),
    ("EleutherAI/", "EleutherAI", 11),
    ("Gemini ", "Google", 0),
    ("Google ", "Google", 7),
    ("Grok ", "xAI", 0),
    ("Intel(R) ", "Intel", 0),
    ("Llama-", "Meta", 0),
    ("Meta ", "Meta", 5),
    ("Microsoft ", "Microsoft", 10),
    ("Mistral Mistral ", "Mistral", 8),
    ("Mistral", "Mistral", 0),
    ("NVIDIA ", "NVIDIA", 7),
    ("OpenAI ", "OpenAI", 7),
    ("Qwen", "Alibaba", 0),
    ("Twitter / X ", "xAI", 12),
    ("gemma-", "Google", 0),
    ("gpt-", "OpenAI", 0),
)
NOBODY = frozenset({"", "n/a", "na", "none", "unknown", "unknown system", "anonymous"})


def without_reason(description: str) -> str:
    """What the publisher wrote, without AVID's reason why it took the record."""
    return description.partition("Reason for inclusion in AVID")[0]
