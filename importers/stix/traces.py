"""Traces of misuse in STIX: what a report's indicators look for, for the restricted part."""

from __future__ import annotations

import re

from importers import fitting
from importers.entry import Entry
from registry.domain.canonical import JsonValue
from registry.domain.content.base import is_before

MAX_TRACES = 500
_MAX_PATTERN = 2_000
_MAX_BYTES = 80_000
# One comparison, which most patterns are; all others are kept as they are written.
_COMPARISON = re.compile(r"\[\s*([a-z0-9-]{3,30}):([A-Za-z0-9_.'-]{1,60})\s*=\s*'([^'\\]{1,1500})'\s*\]")
_TYPES = {
    ("domain-name", "value"): "domain",
    ("email-addr", "value"): "email",
    ("email-message", "subject"): "email_subject",
    ("file", "hashes.MD5"): "md5",
    ("file", "hashes.'SHA-1'"): "sha1",
    ("file", "hashes.'SHA-256'"): "sha256",
    ("file", "name"): "filename",
    ("ipv4-addr", "value"): "ipv4",
    ("ipv6-addr", "value"): "ipv6",
    ("url", "value"): "url",
    ("user-account", "account_login"): "account",
}
_RULES = {"sigma": "sigma", "yara": "yara"}


def traces_of(indicators: list[Entry], record: Entry) -> list[JsonValue]:
    """The indicators as ours, as many as a restricted part takes; notes stand in *record*."""
    found: list[JsonValue] = []
    size = 0
    for one in fitting.first(record, "indicator", indicators, MAX_TRACES):
        trace = _trace(one, record)
        size += len(repr(trace).encode())
        if size > _MAX_BYTES:
            record.note("TOO_LONG", "indicator: all together are too long; the last were left out")
            break
        if trace:
            found.append(trace)
    return found


def _trace(one: Entry, record: Entry) -> dict[str, JsonValue]:
    pattern = one.line("pattern")
    if pattern is None or len(pattern) > _MAX_PATTERN:
        record.note(
            "NOT_KEPT", f"indicator: without a pattern, or one of more than {_MAX_PATTERN} characters; left out"
        )
        return {}
    compared = _COMPARISON.fullmatch(pattern)
    type_ = _TYPES.get((compared[1], compared[2])) if compared else None
    value = compared[3] if compared and type_ else pattern
    first, last = (fitting.when(record, name, one.fields.get(name)) for name in ("valid_from", "valid_until"))
    expires = None if is_before(last, first) or last is None or len(last) < 11 else last
    said: dict[str, JsonValue] = {
        "type": type_ or _RULES.get(one.line("pattern_type") or "", "text"),
        "value": fitting.line(record, "indicator", value, _MAX_PATTERN),
        "first_seen": first,
        "expires_at": expires,
        "description": fitting.line(record, "indicator", one.text("description") or one.text("name")),
    }
    return {name: item for name, item in said.items() if item is not None} if said["value"] else {}
