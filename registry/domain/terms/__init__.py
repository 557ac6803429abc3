"""Open vocabularies: terms that are validated, shown and counted, but that our own code does not act on.

Every term cites its source. Codes are two levels deep at the most, written ``parent/child``.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass

_SHOWN = 6
_OWN = "Incident Commons misuse taxonomy 1"
_CSET = "CSET AI Harm Taxonomy v1 (harm types)"
_FOUNDING = "Joint recommendation of LLM providers, high-risk domains"
_ISIC = "UN ISIC Rev. 4, sections (as used by CSET v1)"


@dataclass(frozen=True, slots=True)
class Term:
    """One value of a vocabulary. ``maps_to`` holds ``scheme:code`` of neighbouring taxonomies."""

    code: str
    label: str
    source: str
    maps_to: tuple[str, ...] = ()

    @property
    def parent(self) -> str | None:
        """The code one level up, if there is one."""
        head, _, tail = self.code.partition("/")
        return head if tail else None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """A named list of terms, in the order in which people read it."""

    name: str
    label: str
    terms: tuple[Term, ...]

    def find(self, code: str) -> Term | None:
        """The term with this code, if it is known."""
        return next((term for term in self.terms if term.code == code), None)

    def nearest(self, code: str) -> str | None:
        """The known code that looks most like *code*."""
        matches = difflib.get_close_matches(code[:80].lower(), [term.code for term in self.terms], n=1)
        return matches[0] if matches else None

    def hint(self, code: str) -> str:
        """The known code that looks most like *code*; where none does, some codes and where all are listed."""
        near = self.nearest(code)
        some = ", ".join([term.code for term in self.terms if term.parent is None][:_SHOWN])
        listed = f'such as {some}; all: docs/data-dictionary.md, or vocabulary(name: "{self.name}") in the API'
        return f"did you mean {near}?" if near else listed


def _own(code: str, label: str, *maps_to: str) -> Term:
    return Term(code, label, _OWN, maps_to)


def _listed(source: str, *pairs: tuple[str, str]) -> tuple[Term, ...]:
    return tuple(Term(code, label, source) for code, label in pairs)


MISUSE = Vocabulary(
    "misuse_category",
    "Misuse category",
    (
        _own("spam", "Spam and bulk content", "mit:4.3"),
        _own("fraud", "Fraud", "mit:4.3", "mlcommons:non-violent-crimes"),
        _own("fraud/scam", "Scams", "mit:4.3"),
        _own("fraud/employment", "Employment fraud", "mit:4.3"),
        _own("fraud/identity_evasion", "Evading identity checks", "mit:4.3"),
        _own("influence_operation", "Influence operation", "mit:4.1"),
        _own("influence_operation/astroturfing", "Astroturfing", "mit:4.1"),
        _own("influence_operation/election", "Election interference", "mit:4.1", "mlcommons:elections"),
        _own("impersonation", "Impersonation", "mit:4.3"),
        _own("impersonation/deepfake", "Deepfake image or video", "mit:4.3"),
        _own("impersonation/voice", "Cloned voice", "mit:4.3"),
        _own("cyber", "Cyber operation", "mit:4.2", "mlcommons:non-violent-crimes"),
        _own("cyber/malware", "Malware development", "mit:4.2"),
        _own("cyber/intrusion", "Intrusion", "mit:4.2"),
        _own("cyber/phishing", "Phishing and social engineering", "mit:4.2"),
        _own("cyber/vulnerability_discovery", "Finding vulnerabilities to exploit", "mit:4.2"),
        _own("cbrn", "CBRN weapons", "mit:4.2", "mlcommons:indiscriminate-weapons-CBRNE"),
        _own("csae", "Child sexual abuse and exploitation", "mlcommons:child-sexual-exploitation"),
        _own("ncii", "Intimate images without consent", "mlcommons:sex-related-crimes"),
        _own("harassment", "Harassment and hate", "mlcommons:hate", "mit:1.2"),
        _own("self_harm", "Facilitating self-harm", "mlcommons:suicide-and-self-harm"),
        _own("violence", "Violence and extremism", "mlcommons:violent-crimes"),
        _own("illicit_goods", "Trafficking and illicit goods", "mlcommons:non-violent-crimes"),
        _own("surveillance", "Surveillance", "mit:4.1"),
        _own("surveillance/profiling", "Profiling by protected characteristics", "mit:4.1"),
        _own("fabrication", "Fabricated academic or legal work", "mit:3.1"),
        _own("jailbreak", "Jailbreak", "owasp:LLM01", "atlas:AML.T0054"),
        _own("jailbreak/service", "Jailbreak as a service", "owasp:LLM01", "atlas:AML.T0054"),
        _own("agent_hijack", "Agent hijack by prompt injection", "owasp:LLM01", "atlas:AML.T0051"),
        _own("data_exfiltration", "Data exfiltration", "owasp:LLM02", "mit:2.1"),
        _own("credential_theft", "Stolen keys or quota", "mit:2.2"),
        _own("model_extraction", "Model extraction", "atlas:AML.T0024", "mit:2.2"),
        _own("model_attack", "Attack on a model or its data", "mit:2.2"),
        _own("model_attack/evasion", "Evasion", "atlas:AML.T0015", "mit:2.2"),
        _own("model_attack/poisoning", "Poisoning or backdoor", "atlas:AML.T0020", "owasp:LLM04"),
        _own("model_attack/supply_chain", "Supply-chain compromise", "atlas:AML.T0010", "owasp:LLM03"),
        _own("ip_infringement", "Infringement of intellectual property"),
        _own("other", "Other"),
    ),
)

HARM = Vocabulary(
    "harm_type",
    "Harm type",
    _listed(
        _CSET,
        ("physical", "Physical health or safety"),
        ("psychological", "Psychological"),
        ("financial", "Financial loss"),
        ("property", "Physical or intangible property"),
        ("infrastructure", "Infrastructure"),
        ("environment", "Natural environment"),
        ("social_political", "Social or political systems"),
        ("rights", "Human rights, civil liberties or democratic norms"),
        ("privacy", "Privacy"),
        ("reputation", "Reputation"),
        ("discrimination", "Differential treatment"),
        ("security", "Security of systems or data"),
        ("information", "Misinformation"),
        ("other", "Other"),
    ),
)

SCRUTINY = Vocabulary(
    "scrutiny_domain",
    "Domain that needs extra scrutiny",
    _listed(
        _FOUNDING,
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

SECTOR = Vocabulary(
    "sector",
    "Sector",
    _listed(
        _ISIC,
        ("agriculture", "Agriculture, forestry and fishing"),
        ("manufacturing", "Manufacturing"),
        ("energy_water", "Energy, gas and water supply"),
        ("construction", "Construction"),
        ("trade", "Wholesale and retail trade"),
        ("transport", "Transportation and storage"),
        ("accommodation_food", "Accommodation and food service"),
        ("information", "Information and communication"),
        ("finance", "Financial and insurance activities"),
        ("real_estate", "Real estate"),
        ("professional", "Professional, scientific and technical activities"),
        ("administrative", "Administrative and support services"),
        ("public_administration", "Public administration"),
        ("defence", "Defence"),
        ("law_enforcement", "Law enforcement"),
        ("education", "Education"),
        ("health", "Human health and social work"),
        ("arts", "Arts, entertainment and recreation"),
        ("households", "Households and private persons"),
        ("other", "Other"),
    ),
)

MITIGATION_TYPE = Vocabulary(
    "mitigation_type",
    "Type of mitigation",
    _listed(
        "Joint recommendation of LLM providers, with ATLAS mitigation categories",
        ("rate_limit", "Rate limit"),
        ("content_filter", "Content filter"),
        ("application_approval", "Approval before production access"),
        ("anomaly_monitoring", "Monitoring for anomalous activity"),
        ("human_feedback_training", "Training with human feedback"),
        ("evaluation", "Evaluation"),
        ("data_curation", "Data curation"),
        ("access_control", "Access control"),
        ("model_hardening", "Model hardening"),
        ("supply_chain", "Supply-chain assurance"),
        ("user_training", "Training of people"),
        ("policy", "Policy"),
        ("product_change", "Product change"),
        ("technical", "Other technical measure"),
        ("legal", "Legal action"),
        ("other", "Other"),
    ),
)

ENFORCEMENT = Vocabulary(
    "enforcement_action",
    "Enforcement",
    _listed(
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

ACTOR_KIND = Vocabulary(
    "actor_kind",
    "Kind of actor",
    _listed(
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
    _listed(
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
    _listed(
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

STAKEHOLDER = Vocabulary(
    "stakeholder",
    "Who was or could be harmed",
    _listed(
        "OECD affected stakeholders, with data workers added",
        ("consumers", "Consumers"),
        ("children", "Children"),
        ("workers", "Workers"),
        ("data_workers", "Data workers and content reviewers"),
        ("businesses", "Businesses"),
        ("government", "Government"),
        ("civil_society", "Civil society"),
        ("general_public", "General public"),
        ("other", "Other"),
    ),
)

ALL: tuple[Vocabulary, ...] = (
    MISUSE, HARM, SCRUTINY, SECTOR, MITIGATION_TYPE, ENFORCEMENT, ACTOR_KIND, MOTIVE, DETECTION, STAKEHOLDER,
)  # fmt: skip
