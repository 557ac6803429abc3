"""Indicators as patterns of STIX 2.1 and as attributes of MISP: one table for both."""

from __future__ import annotations

from dataclasses import dataclass

_SHA256 = 64
_SHA1 = 40


@dataclass(frozen=True, slots=True)
class Form:
    """How a type of indicator is written elsewhere.

    Attributes:
        path: the property of a cyber-observable that is compared; empty where STIX has none.
        rule: the language of the pattern, where the indicator is itself a rule.
        attribute: the type of attribute in MISP; ``category``: the category that it is usually in.
    """

    attribute: str
    category: str
    path: str = ""
    rule: str = ""


_NETWORK, _PAYLOAD, _OTHER = "Network activity", "Payload delivery", "Other"
FORMS: dict[str, Form] = {
    "domain": Form("domain", _NETWORK, "domain-name:value"),
    "ipv4": Form("ip-dst", _NETWORK, "ipv4-addr:value"),
    "ipv6": Form("ip-dst", _NETWORK, "ipv6-addr:value"),
    "url": Form("url", _NETWORK, "url:value"),
    "email": Form("email-src", _PAYLOAD, "email-addr:value"),
    "email_subject": Form("email-subject", _PAYLOAD, "email-message:subject"),
    "phone": Form("phone-number", "Person"),
    "account": Form("text", "Attribution", "user-account:account_login"),
    "autonomous_system": Form("AS", _NETWORK, "autonomous-system:number"),
    "user_agent": Form("user-agent", _NETWORK),
    "filename": Form("filename", _PAYLOAD, "file:name"),
    "md5": Form("md5", _PAYLOAD, "file:hashes.MD5"),
    "sha1": Form("sha1", _PAYLOAD, "file:hashes.'SHA-1'"),
    "sha256": Form("sha256", _PAYLOAD, "file:hashes.'SHA-256'"),
    "certificate": Form("x509-fingerprint-sha256", _NETWORK, "x509-certificate:hashes.'SHA-256'"),
    "crypto_address": Form("btc", "Financial fraud"),
    "payment": Form("text", "Financial fraud"),
    "package": Form("text", _PAYLOAD, "software:name"),
    "yara": Form("yara", _PAYLOAD, rule="yara"),
    "sigma": Form("sigma", _PAYLOAD, rule="sigma"),
    "prompt_pattern": Form("pattern-in-traffic", _NETWORK),
    "text": Form("text", _OTHER),
    "other": Form("other", _OTHER),
}
_CERTIFICATES = {
    _SHA1: ("x509-fingerprint-sha1", "x509-certificate:hashes.'SHA-1'"),
    32: ("x509-fingerprint-md5", "x509-certificate:hashes.MD5"),
}


def pattern_of(type_: str, value: str) -> tuple[str, str] | None:
    """The language of the pattern and the pattern; ``None`` of a type that STIX has no word for."""
    form = FORMS.get(type_)
    if form is None:
        return None
    if form.rule:
        return form.rule, value
    path = form.path
    if type_ == "certificate":
        path = _CERTIFICATES.get(len(value), ("", path))[1]
    if type_ == "autonomous_system":
        number = value.upper().removeprefix("AS")
        return ("stix", f"[{path} = {int(number)}]") if number.isascii() and number.isdigit() else None
    if not path:
        return None
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return "stix", f"[{path} = '{quoted}']"


def attribute_of(type_: str, value: str) -> tuple[str, str]:
    """The type and the category of the attribute in MISP."""
    form = FORMS.get(type_, FORMS["other"])
    if type_ == "certificate" and len(value) in _CERTIFICATES:
        return _CERTIFICATES[len(value)][0], form.category
    return form.attribute, form.category
