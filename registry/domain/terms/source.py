"""What a source is, and what an indicator shows."""

from __future__ import annotations

from registry.domain.terms.term import Term, Vocabulary, listed

_TYPES = "STIX 2.1 cyber-observable objects and MISP attribute types"


def _type(code: str, label: str, *maps_to: str) -> Term:
    return Term(code, label, _TYPES, maps_to)


SOURCE_KIND = Vocabulary(
    "source_kind",
    "Kind of source",
    listed(
        "Incident Commons, from the source types of AVID, VERIS and provider threat reports",
        ("article", "Article in the press"),
        ("threat_report", "Threat report of a provider"),
        ("research", "Research paper"),
        ("court", "Court record"),
        ("authority", "Publication of an authority"),
        ("advisory", "Security advisory"),
        ("blog", "Blog or forum post"),
        ("dataset", "Dataset or database"),
        ("telemetry", "Telemetry"),
        ("transcript", "Transcript"),
        ("artefact", "Artefact"),
        ("testimony", "Account of somebody concerned"),
        ("policy", "Policy document"),
        ("other", "Other"),
    ),
)

INDICATOR_TYPE = Vocabulary(
    "indicator_type",
    "Type of indicator",
    (
        _type("domain", "Domain name", "stix:domain-name", "misp:domain"),
        _type("ipv4", "IPv4 address", "stix:ipv4-addr", "misp:ip-dst"),
        _type("ipv6", "IPv6 address", "stix:ipv6-addr", "misp:ip-dst"),
        _type("url", "Web address", "stix:url", "misp:url"),
        _type("email", "E-mail address", "stix:email-addr", "misp:email"),
        _type("email_subject", "Subject of an e-mail", "stix:email-message", "misp:email-subject"),
        _type("phone", "Phone number", "misp:phone-number"),
        _type("account", "Account name or handle", "stix:user-account", "misp:target-user"),
        _type("autonomous_system", "Autonomous system", "stix:autonomous-system", "misp:AS"),
        _type("user_agent", "User agent", "misp:user-agent"),
        _type("filename", "File name", "stix:file", "misp:filename"),
        _type("md5", "MD5 of a file", "stix:file", "misp:md5"),
        _type("sha1", "SHA-1 of a file", "stix:file", "misp:sha1"),
        _type("sha256", "SHA-256 of a file", "stix:file", "misp:sha256"),
        _type("certificate", "Certificate fingerprint", "stix:x509-certificate", "misp:x509-fingerprint-sha256"),
        _type("crypto_address", "Cryptocurrency address", "misp:btc"),
        _type("payment", "Payment account", "misp:iban"),
        _type("package", "Software package", "stix:software"),
        _type("yara", "YARA rule", "stix:indicator", "misp:yara"),
        _type("sigma", "Sigma rule", "stix:indicator", "misp:sigma"),
        _type("prompt_pattern", "Pattern of a prompt"),
        _type("text", "Text or phrase", "misp:text"),
        _type("other", "Other", "misp:other"),
    ),
)

INDICATOR_ROLE = Vocabulary(
    "indicator_role",
    "Role of an indicator",
    listed(
        "STIX 2.1 infrastructure-type-ov, with accounts, victims and payment added",
        ("actor_account", "Account of the actor"),
        ("victim", "Belongs to a victim"),
        ("command_and_control", "Command and control"),
        ("anonymization", "Anonymisation"),
        ("phishing", "Phishing"),
        ("hosting_malware", "Hosting malware"),
        ("hosting_content", "Hosting content"),
        ("exfiltration", "Exfiltration"),
        ("reconnaissance", "Reconnaissance"),
        ("staging", "Staging"),
        ("botnet", "Botnet"),
        ("amplification", "Amplification"),
        ("payload", "Payload"),
        ("payment", "Payment"),
        ("unknown", "Unknown"),
    ),
)
