"""Rules that map ATLAS to our vocabularies. Whoever applies them says so: a rule is not a judgment of the case."""

from __future__ import annotations

import re
from collections.abc import Iterable

from registry.domain.canonical import JsonValue
from registry.domain.terms import LIFECYCLE

# A technique stands for its sub-techniques, unless these have a row of their own; an empty category is none.
MISUSE_BY_TECHNIQUE = {
    "AML.T0010": "model_attack/supply_chain",
    "AML.T0015": "model_attack/evasion",
    "AML.T0018": "model_attack/poisoning",
    "AML.T0019": "model_attack/poisoning",
    "AML.T0020": "model_attack/poisoning",
    "AML.T0024": "model_extraction",
    "AML.T0024.000": "data_exfiltration",
    "AML.T0024.001": "data_exfiltration",
    "AML.T0025": "data_exfiltration",
    "AML.T0048.004": "model_extraction",
    "AML.T0051": "agent_hijack",
    "AML.T0051.000": "",
    "AML.T0052": "cyber/phishing",
    "AML.T0053": "agent_hijack",
    "AML.T0054": "jailbreak",
    "AML.T0055": "credential_theft",
    "AML.T0057": "data_exfiltration",
    "AML.T0058": "model_attack/poisoning",
    "AML.T0059": "model_attack/poisoning",
    "AML.T0070": "model_attack/poisoning",
    "AML.T0072": "cyber/intrusion",
    "AML.T0073": "impersonation",
    "AML.T0082": "credential_theft",
    "AML.T0083": "credential_theft",
    "AML.T0086": "data_exfiltration",
    "AML.T0088": "impersonation/deepfake",
    "AML.T0090": "credential_theft",
    "AML.T0098": "credential_theft",
    "AML.T0102": "cyber/malware",
}
TYPE_BY_NAME = tuple(
    (re.compile(pattern, re.IGNORECASE), term)
    for pattern, term in (
        (r"number of .*queries|rate limit", "rate_limit"),
        (r"guardrails", "content_filter"),
        (r"detection|logging|monitoring", "anomaly_monitoring"),
        (r"alignment", "human_feedback_training"),
        (r"^validate|scanning", "evaluation"),
        (r"sanitize|dataset provenance", "data_curation"),
        (r"control access|permissions|encrypt", "access_control"),
        (r"hardening|ensemble", "model_hardening"),
        (r"code signing|bill of materials|verify .*artifacts|library loading", "supply_chain"),
        (r"user training", "user_training"),
    )
)
CATEGORIES = {"Policy": "policy", "Technical - ML": "technical_ml", "Technical - Cyber": "technical_cyber"}
TYPE_BY_CATEGORY = {"Policy": "policy", "Technical - ML": "technical", "Technical - Cyber": "technical"}
PRODUCTS = (
    ("ChatGPT", "OpenAI", "ChatGPT"),
    ("GPT-2", "OpenAI", "GPT-2"),
    ("OpenAI Assistants", "OpenAI", "Assistants API"),
    ("Claude", "Anthropic", "Claude"),
    ("Google Bard", "Google", "Bard"),
    ("Google Gemini", "Google", "Gemini"),
    ("Google Translate", "Google", "Translate"),
    ("Bing Chat", "Microsoft", "Bing Chat"),
    ("Bing Translator", "Microsoft", "Bing Translator"),
    ("GitHub Copilot", "GitHub", "Copilot"),
    ("Microsoft 365 Copilot", "Microsoft", "365 Copilot"),
    ("Copilot Studio", "Microsoft", "Copilot Studio"),
    ("Tay AI", "Microsoft", "Tay"),
    ("Amazon Q", "Amazon", "Q"),
    ("Slack AI", "Slack", "Slack AI"),
    ("Cursor", "Anysphere", "Cursor"),
    ("Google Colab", "Google", "Colab"),
    ("Systran Translate", "Systran", "Translate"),
    ("VirusTotal", "Google", "VirusTotal"),
    ("CylancePROTECT", "Cylance", "CylancePROTECT"),
    ("Cylance Smart Antivirus", "Cylance", "Smart Antivirus"),
    ("Clearview AI", "Clearview AI", None),
    ("ProofPoint Email Protection", "Proofpoint", "Email Protection"),
    ("Palo Alto Networks", "Palo Alto Networks", None),
    ("Kaspersky", "Kaspersky", None),
    ("Microsoft Azure", "Microsoft", "Azure"),
    ("MathGPT", None, "MathGPT"),
    ("PyTorch", "PyTorch", "PyTorch"),
    ("Hugging", "Hugging Face", None),
    ("Jira Service Management", "Atlassian", "Jira Service Management"),
    ("Atlassian MCP", "Atlassian", "MCP server"),
)
# Names that do not show by their words that they are of organisations or publications; looked up, one by one.
ORGANISATIONS = frozenset(
    {
        "zenity", "promptarmor", "hiddenlayer", "cato ctrl", "oligo", "reversinglabs", "microsoft", "aws", "pytorch",
        "prokyc", "embrace the red", "microsoft incident response \u2013 detection and response team (dart)",
    }
)  # fmt: skip
FUNCTIONS_BY_TYPE = {
    "access_control": "prevent",
    "anomaly_monitoring": "detect",
    "content_filter": "prevent",
    "data_curation": "prevent",
    "evaluation": "detect",
    "human_feedback_training": "prevent",
    "model_hardening": "prevent",
    "rate_limit": "prevent",
    "supply_chain": "prevent",
    "user_training": "prevent",
}
LAYER_BY_TYPE = {
    "anomaly_monitoring": "monitoring",
    "content_filter": "safeguards",
    "human_feedback_training": "model",
    "model_hardening": "model",
    "supply_chain": "supply_chain",
    "user_training": "human_operations",
}


def misuse_of(techniques: Iterable[str]) -> list[JsonValue]:
    """The misuse categories that *techniques* stand for, sorted, each once."""
    found = (MISUSE_BY_TECHNIQUE.get(code, MISUSE_BY_TECHNIQUE.get(code[:9], "")) for code in techniques)
    return [*sorted({category for category in found if category})]


def systems_of(target: str) -> list[JsonValue]:
    """The products that *target* names, as systems of an incident."""
    # Where the users of a product were aimed at, the product's own part is not told.
    role = {} if "users" in target.lower() else {"role": "target"}
    products = ((provider, model) for name, provider, model in PRODUCTS if name.lower() in target.lower())
    said = ({"provider": provider, "model": model, **role} for provider, model in products)
    return [{name: value for name, value in one.items() if value} for one in said]


def providers_of(target: str) -> list[str]:
    """Who provides the products that *target* names."""
    return [provider for name, provider, _ in PRODUCTS if provider and name.lower() in target.lower()]


def categories_of(categories: Iterable[JsonValue]) -> list[JsonValue]:
    """The terms of mitigation_category that *categories* stand for, in their order, each once."""
    return [*dict.fromkeys(CATEGORIES[item] for item in categories if isinstance(item, str) and item in CATEGORIES)]


def stage_of(name: str) -> str:
    """The term of lifecycle_stage with this label; the name itself where there is none."""
    return next((term.code for term in LIFECYCLE.terms if term.label.casefold() == name.casefold()), name)


def type_of(name: str, categories: Iterable[str]) -> str:
    """The term of mitigation_type: by words of the mitigation's name, then by its first known category."""
    by_name = next((term for pattern, term in TYPE_BY_NAME if pattern.search(name)), None)
    return by_name or next((TYPE_BY_CATEGORY[item] for item in categories if item in TYPE_BY_CATEGORY), "other")
