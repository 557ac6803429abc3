"""What a system was misused for, and where extra care is due.

Neighbours: mit (MIT AI Risk Repository, subdomains), mlcommons (AILuminate hazards), owasp (Top 10 for LLM
applications), atlas (MITRE ATLAS).
"""

from __future__ import annotations

from registry.domain.terms.term import Term, Vocabulary, listed

_OWN = "Incident Commons misuse taxonomy 1"
FOUNDING = "Joint recommendation of LLM providers, high-risk domains"


def _own(code: str, label: str, *maps_to: str) -> Term:
    return Term(code, label, _OWN, maps_to)


MISUSE = Vocabulary(
    "misuse_category",
    "Misuse category",
    (
        _own("spam", "Spam and bulk content", "mit:4.3"),
        _own("fraud", "Fraud", "mit:4.3", "mlcommons:non-violent-crimes"),
        _own("fraud/scam", "Scams", "mit:4.3"),
        _own("fraud/employment", "Employment fraud", "mit:4.3"),
        _own("fraud/identity_evasion", "Evading identity checks", "mit:4.3"),
        _own("fraud/fake_reviews", "Fake reviews and ratings", "mit:4.3"),
        _own("fraud/romance", "Romance and trust scams", "mit:4.3"),
        _own("influence_operation", "Influence operation", "mit:4.1"),
        _own("influence_operation/astroturfing", "Astroturfing", "mit:4.1"),
        _own("influence_operation/election", "Election interference", "mit:4.1"),
        _own("influence_operation/disinformation", "Disinformation", "mit:4.1", "mit:3.2"),
        _own("impersonation", "Impersonation", "mit:4.3"),
        _own("impersonation/deepfake", "Deepfake image or video", "mit:4.3"),
        _own("impersonation/voice", "Cloned voice", "mit:4.3"),
        _own("impersonation/organisation", "Impersonated organisation or brand", "mit:4.3"),
        _own("cyber", "Cyber operation", "mit:4.2", "mlcommons:non-violent-crimes"),
        _own("cyber/malware", "Malware development", "mit:4.2"),
        _own("cyber/intrusion", "Intrusion", "mit:4.2"),
        _own("cyber/phishing", "Phishing and social engineering", "mit:4.2"),
        _own("cyber/vulnerability_discovery", "Finding vulnerabilities to exploit", "mit:4.2"),
        _own("cyber/ransomware", "Ransomware and extortion", "mit:4.2"),
        _own("cyber/reconnaissance", "Reconnaissance", "mit:4.2"),
        _own("cbrn", "CBRN weapons", "mit:4.2", "mlcommons:indiscriminate-weapons-CBRNE"),
        _own("cbrn/chemical", "Chemical weapons", "mit:4.2", "mlcommons:chemical-weapons"),
        _own("cbrn/biological", "Biological weapons", "mit:4.2", "mlcommons:biological-weapons"),
        _own("cbrn/radiological", "Radiological weapons", "mit:4.2", "mlcommons:radiological-weapons"),
        _own("cbrn/nuclear", "Nuclear weapons", "mit:4.2", "mlcommons:nuclear-weapons"),
        _own("cbrn/explosives", "High-yield explosives", "mit:4.2", "mlcommons:high-yield-explosive-weapons"),
        _own("csae", "Child sexual abuse and exploitation", "mlcommons:child-sexual-exploitation"),
        _own("ncii", "Intimate images without consent", "mlcommons:sex-related-crimes"),
        _own("harassment", "Harassment and hate", "mlcommons:hate", "mit:1.2"),
        _own("harassment/hate", "Hate against groups", "mlcommons:hate", "mit:1.2"),
        _own("harassment/doxxing", "Exposing private persons", "mit:2.1"),
        _own("self_harm", "Facilitating self-harm", "mlcommons:suicide-and-self-harm"),
        _own("violence", "Violence and extremism", "mlcommons:violent-crimes"),
        _own("violence/extremism", "Violent extremism", "mlcommons:terror", "mit:4.2"),
        _own("violence/weapons", "Conventional weapons", "mlcommons:violent-crimes", "mit:4.2"),
        _own("illicit_goods", "Trafficking and illicit goods", "mlcommons:non-violent-crimes"),
        _own("human_trafficking", "Human trafficking", "mlcommons:modern-slavery-and-human-trafficking"),
        _own("surveillance", "Surveillance", "mit:4.1"),
        _own("surveillance/profiling", "Profiling by protected characteristics", "mit:4.1"),
        _own("surveillance/tracking", "Tracking or stalking persons", "mit:4.1", "mit:2.1"),
        _own("fabrication", "Fabricated academic or legal work", "mit:3.1"),
        _own("fabrication/legal", "Fabricated citations in legal work", "mit:3.1"),
        _own("fabrication/academic", "Fabricated academic work", "mit:3.1"),
        _own("jailbreak", "Jailbreak", "owasp:LLM01", "atlas:AML.T0054"),
        _own("jailbreak/service", "Jailbreak as a service", "owasp:LLM01", "atlas:AML.T0054"),
        _own("agent_hijack", "Agent hijack by prompt injection", "owasp:LLM01", "atlas:AML.T0051"),
        _own("data_exfiltration", "Data exfiltration", "owasp:LLM02", "mit:2.1"),
        _own("credential_theft", "Stolen keys or quota", "mit:2.2"),
        _own("model_extraction", "Model extraction", "atlas:AML.T0024", "mit:2.2"),
        _own("model_extraction/distillation", "Distillation against the terms", "atlas:AML.T0024", "mit:2.2"),
        _own("model_attack", "Attack on a model or its data", "mit:2.2"),
        _own("model_attack/evasion", "Evasion", "atlas:AML.T0015", "mit:2.2"),
        _own("model_attack/poisoning", "Poisoning or backdoor", "atlas:AML.T0020", "owasp:LLM04"),
        _own("model_attack/supply_chain", "Supply-chain compromise", "atlas:AML.T0010", "owasp:LLM03"),
        _own("ip_infringement", "Infringement of intellectual property"),
        _own("other", "Other"),
    ),
)

SCRUTINY = Vocabulary(
    "scrutiny_domain",
    "Domain that needs extra scrutiny",
    listed(
        FOUNDING,
        ("medical", "Medical advice"),
        ("legal", "Legal advice"),
        ("financial", "Financial advice and credit"),
        ("employment", "Hiring and employment"),
        ("education", "Education and assessment"),
        ("law_enforcement", "Law enforcement and justice"),
        ("elections", "Elections and civic information"),
        ("critical_infrastructure", "Critical infrastructure"),
        ("protected_characteristics", "Classifying people by protected characteristics"),
        ("children", "Services for children"),
        ("mental_health", "Mental health and companionship"),
        ("housing", "Housing"),
    ),
)
