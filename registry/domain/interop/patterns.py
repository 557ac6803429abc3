"""Indicators as patterns of STIX 2.1 and as attributes of MISP: one table for both."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_interface

_SHA1, _MD5 = 40, 32


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
    _MD5: ("x509-fingerprint-md5", "x509-certificate:hashes.MD5"),
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
        value = _KEPT[type_](value)
        path = _CERTIFICATES.get(len(value), ("", path))[1]
    if type_ == "autonomous_system":
        number = value.upper().removeprefix("AS")
        return ("stix", f"[{path} = {int(number)}]") if number.isascii() and number.isdigit() else None
    if not path:
        return None
    quoted = value.replace("\\", "\\\\").replace("'", "\\'")
    return "stix", f"[{path} = '{quoted}']"


def attribute_of(type_: str, value: str) -> tuple[str, str, str]:
    """The type and the category of the attribute in MISP, and the value as MISP keeps it: what it is looked for by.

    What does not fit its type is a text there.
    """
    form = FORMS.get(type_, FORMS["other"])
    attribute, kept = form.attribute, _KEPT.get(type_, str)(value)
    if type_ == "certificate":
        attribute = _CERTIFICATES.get(len(kept), (attribute, ""))[0]
    if type_ in _FITTING and _FITTING[type_].fullmatch(kept) is None:
        return FORMS["text"].attribute, FORMS["text"].category, value
    return attribute, form.category, kept


def _address(value: str) -> str:
    """An address of the network, or a range of them, in the shortest form; nothing where it is none."""
    try:
        found = ip_interface(value)
    except ValueError:
        return ""
    return str(found.ip) if found.network.prefixlen == found.max_prefixlen else str(found)


def _name_of_host(value: str) -> str:
    try:
        return value.lower().strip(".").encode("idna").decode()
    except UnicodeError:
        return ""


# How MISP writes values of a type: it is looked for by what it keeps.
_KEPT: dict[str, Callable[[str], str]] = {
    **dict.fromkeys(("md5", "sha1", "sha256", "email"), str.lower),
    **dict.fromkeys(("ipv4", "ipv6"), _address),
    "certificate": lambda value: value.replace(":", "").lower(),
    "domain": _name_of_host,
    "autonomous_system": lambda value: value.upper().removeprefix("AS"),
    "phone": lambda value: re.sub(r"[^+0-9]", "", re.sub(r"^00", "+", value).replace("(0)", "")),
}
# What such a value is like; MISP throws away what is not.
_FITTING = {
    "md5": re.compile("[0-9a-f]{32}"),
    "sha1": re.compile("[0-9a-f]{40}"),
    "sha256": re.compile("[0-9a-f]{64}"),
    "certificate": re.compile("[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64}"),
    **dict.fromkeys(("ipv4", "ipv6"), re.compile(".+")),
    "domain": re.compile(r"[a-z0-9._-]+\.[a-z0-9-]{2,}"),
    "email": re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+"),
    "autonomous_system": re.compile("[0-9]{1,10}"),
    "phone": re.compile(r"\+?[0-9]+"),
    "crypto_address": re.compile("[a-zA-Z0-9]+"),
}
