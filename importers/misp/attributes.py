"""What the attributes of a MISP event hold: sources for everybody, traces and accounts for the restricted part.

What is of natural persons (their names, papers, bank accounts, addresses of those aimed at) is kept nowhere.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from importers import fitting
from importers.entry import Entry
from importers.misp.rules import read_tag
from importers.party import read_party
from importers.tlp import tlp_named
from registry.domain.canonical import JsonValue
from registry.domain.content.base import is_before
from registry.domain.vocabulary import Tlp

_INDICATORS = {
    "AS": "autonomous_system",
    "btc": "crypto_address",
    "dash": "crypto_address",
    "xmr": "crypto_address",
    "domain": "domain",
    "hostname": "domain",
    "email": "email",
    "email-reply-to": "email",
    "email-src": "email",
    "email-subject": "email_subject",
    "filename": "filename",
    "eppn": "account",
    "github-organisation": "account",
    "github-username": "account",
    "jabber-id": "account",
    "twitter-id": "account",
    "md5": "md5",
    "sha1": "sha1",
    "sha256": "sha256",
    "phone-number": "phone",
    "uri": "url",
    "url": "url",
    "user-agent": "user_agent",
    "x509-fingerprint-md5": "certificate",
    "x509-fingerprint-sha1": "certificate",
    "x509-fingerprint-sha256": "certificate",
    "pattern-in-file": "text",
    "pattern-in-memory": "text",
    "pattern-in-traffic": "text",
}
_ADDRESSES = frozenset({"ip-src", "ip-dst", "ip"})
_TEXTS = frozenset({"campaign-id", "campaign-name", "comment", "other", "text"})
# Rules that detectors read, whose line breaks count.
_RULES = frozenset({"sigma", "snort", "yara", "zeek"})
_FAULTS = frozenset({"vulnerability", "weakness"})
# Of these types nothing is kept, and these are sought in all texts.
_NAMES = frozenset({"full-name", "target-user", "whois-registrant-name"})
_PERSONAL = frozenset(
    {
        "bank-account-nr", "bic", "bin", "cc-number", "cdhash", "country-of-residence", "date-of-birth", "email-dst",
        "email-dst-display-name", "email-src-display-name", "first-name", "frequent-flyer-number", "full-name",
        "gender", "iban", "identity-card-number", "issue-date-of-the-visa", "last-name", "middle-name", "nationality",
        "passenger-name-record-locator-number", "passport-country", "passport-expiration", "passport-number",
        "payment-details", "place-of-birth", "place-port-of-clearance", "primary-residence", "prtn",
        "redress-number", "special-service-request", "target-email", "target-location", "target-machine", "target-user",
        "travel-details", "visa-number", "whois-registrant-email", "whois-registrant-name", "whois-registrant-phone",
    }
)  # fmt: skip
_MAX_INDICATORS = 500
_MAX_SOURCES = 100
_MAX_FAULTS = 20
_MAX_VALUE = 2_000
# All traces together stay well within a part of 256 KiB, however long each is.
_MAX_BYTES = 80_000


@dataclass(slots=True)
class Attributes:
    """What was read; ``narrative`` and ``rules`` are for the restricted part, ``names`` for nobody."""

    sources: dict[str, JsonValue] = field(default_factory=dict)
    indicators: dict[tuple[str, str], JsonValue] = field(default_factory=dict)
    narrative: list[str] = field(default_factory=list)
    rules: list[str] = field(default_factory=list)
    faults: dict[str, None] = field(default_factory=dict)
    actors: dict[str, str | None] = field(default_factory=dict)
    targets: dict[str, None] = field(default_factory=dict)
    names: dict[str, None] = field(default_factory=dict)
    trace_bytes: int = 0


def read_attributes(event: Entry) -> Attributes:
    """All attributes of the event and of its objects, without those that were deleted."""
    found = Attributes()
    for report in event.objects("EventReport"):
        if not _is_deleted(report):
            found.narrative += [part for part in (report.text("name"), report.text("content")) if part]
    for one in _attributes(event):
        if not _is_deleted(one):
            _read(one, found)
    return found


def _attributes(event: Entry) -> Iterator[Entry]:
    yield from event.objects("Attribute")
    for inner in event.objects("Object"):
        if not _is_deleted(inner):
            yield from inner.objects("Attribute")


def _is_deleted(entry: Entry) -> bool:
    return entry.fields.get("deleted") in (True, 1, "1", "true")


def _read(one: Entry, found: Attributes) -> None:
    kind, value, category = one.line("type"), one.text("value"), one.line("category")
    if kind is None or value is None:
        one.note("MISSING", "Attribute: without a type or a value; left out")
    elif kind in _PERSONAL or category == "Person":
        one.note("PERSONAL_DATA", "Attribute: what is of persons was left out")
        if kind in _NAMES:
            found.names[value[: fitting.MAX_LABEL]] = None
    elif kind == "link" or (kind == "url" and category == "External analysis" and not one.fields.get("to_ids")):
        _read_link(one, value, found)
    elif kind in _TEXTS:
        found.narrative.append(value)
    elif kind in _RULES:
        found.rules.append(value)
    elif kind in _FAULTS:
        _read_fault(one, value, found)
    elif kind in {"threat-actor", "target-org"}:
        _read_party(one, kind, value, found)
    else:
        _read_traces(one, kind, value, found)


def _read_link(one: Entry, url: str, found: Attributes) -> None:
    if not _is_for_everybody(one):
        one.note("MARKED_PART", "Attribute: a link that is not marked CLEAR went into the restricted part")
        found.narrative.append(url)
        return
    source = fitting.source(one, "Attribute", url)
    if source is not None and len(found.sources) >= _MAX_SOURCES:
        one.note("TOO_MANY", f"Attribute: more than {_MAX_SOURCES} links; the others were left out")
    elif source is not None:
        found.sources.setdefault(str(source["url"]), source)


def _is_for_everybody(one: Entry) -> bool:
    tags = [read_tag(name) for tag in one.objects("Tag") if (name := tag.line("name"))]
    return all(tlp_named(tag.predicate) is Tlp.CLEAR for tag in tags if tag is not None and tag.namespace == "tlp")


def _read_fault(one: Entry, value: str, found: Attributes) -> None:
    name = fitting.label(one, "Attribute", value.upper())
    if name and name.replace("-", "").isalnum() and len(found.faults) < _MAX_FAULTS:
        found.faults[name] = None
    else:
        one.note("UNKNOWN_TERM", "Attribute: a fault without an id such as CVE-2024-1234; left out")


def _read_party(one: Entry, kind: str, value: str, found: Attributes) -> None:
    party = read_party(" ".join(value.split()))
    if party.label is None:
        one.note("PARTY_NOT_KEPT", "Attribute: left out what is not clearly an organisation or a class of people")
        found.names[value[: fitting.MAX_LABEL]] = None
    elif kind == "target-org":
        found.targets[party.label] = None
    else:
        found.actors[party.label] = party.kind


def _read_traces(one: Entry, kind: str, value: str, found: Attributes) -> None:
    # A type such as filename|md5 says two things of one.
    kinds, values = kind.split("|", 2), value.split("|", 2)
    pairs = list(zip(kinds, values, strict=False)) if len(kinds) == len(values) else [(kinds[0], value)]
    known = [(term, part.strip()) for name, part in pairs if (term := _indicator(name, part)) and part.strip()]
    if not known:
        one.note("NOT_KEPT", "Attribute: some hold nothing that a record of ours keeps; left out")
    for term, part in known:
        if len(part) > _MAX_VALUE:
            one.note("TOO_LONG", f"Attribute: a trace of more than {_MAX_VALUE} characters; left out")
        elif len(found.indicators) >= _MAX_INDICATORS or found.trace_bytes > _MAX_BYTES:
            one.note("TOO_MANY", f"Attribute: more than {_MAX_INDICATORS} traces, or too long ones; left out")
        elif (term, part) not in found.indicators and (trace := _trace(one, term, part)):
            found.trace_bytes += len(repr(trace).encode())
            found.indicators[term, part] = trace


def _indicator(kind: str, value: str) -> str | None:
    kind = kind.strip()
    if kind in _ADDRESSES:
        return "ipv6" if ":" in value else "ipv4"
    if kind == "malware-sample":
        return "filename"
    return _INDICATORS.get(kind)


def _trace(one: Entry, term: str, written: str) -> dict[str, JsonValue]:
    value = fitting.line(one, "Attribute", written, _MAX_VALUE)
    if value is None:
        return {}
    first, last = (fitting.when(one, name, one.fields.get(name)) for name in ("first_seen", "last_seen"))
    if is_before(last, first):
        one.note("BAD_DATE", "last_seen: before first_seen; both left out")
        first = last = None
    to_ids = one.fields.get("to_ids")
    said: dict[str, JsonValue] = {
        "type": term,
        "value": value,
        "first_seen": first,
        "last_seen": last,
        "to_ids": to_ids if isinstance(to_ids, bool) else None,
        "description": fitting.line(one, "comment", one.text("comment")),
    }
    return {name: item for name, item in said.items() if item is not None}
