"""Secrets in a text: known forms, what detect-secrets knows besides, values that are assigned to telling names."""

from __future__ import annotations

import re
from collections.abc import Iterator

from registry.domain.account import parse_key
from registry.domain.screening.finding import Code, Match
from registry.domain.screening.formats import ANYWHERE, FORMATS, PRIVATE_KEY_END, Format
from registry.domain.screening.library import library_secrets

# What says by itself that no secret is meant.
_PLACEHOLDER = re.compile(
    r"your[_ -]|<[^>]*>|\$\{|\{\{|\*{3}|\.{3}|example|placeholder|redacted|dummy|sample|insert|changeme[_-]here|"
    r"x{4,}|not[_-]?a[_-]?real|fake[_-]?key|test[_-]?key|my[_-](?:api|secret)|_here$|todo|lorem|"
    r"^(?:pass|password|passwd|secret|pwd|changeme)$|(?:0123456789|1234567890)(?:abcdef)?$|os\.environ|getenv"
    r"|process\.env|env\[|secrets\.|vault\(|config\.",
    re.IGNORECASE,
)
_NAME = (
    r"(?:api[ _.-]?key|apikey|access[ _-]?key(?:[ _-]?id)?|secret[ _-]?(?:access[ _-]?)?key|client[ _-]?secret|"
    r"subscription[ _-]?key|private[ _-]?key|auth[ _-]?token|access[ _-]?token|refresh[ _-]?token|bot[ _-]?token|"
    r"session[ _-]?(?:id|token|key)|signing[ _-]?key|encryption[ _-]?key|(?:ocp-apim-subscription|x-api|api)-key|"
    r"secret|token|credentials?|[a-z]{2,12}_key|sessionid|jsessionid|phpsessid|conn(?:ection)?[ _-]?string)"
)
_KEYED = re.compile(
    rf"(?<![A-Za-z]){_NAME}[\w]{{0,20}}[\"'`*]{{0,3}}(?:[ ]?(?:is|was|were|equals|here)\b)?[ \t]?(?:=>|:=|=="
    rf"|[=:])?[ \t]?"
    r"(?:Bearer )?[\"'`*]{0,3}(?P<value>[A-Za-z0-9][\w+/=.~-]{15,200}+)",
    re.IGNORECASE,
)
_PASSWORD = re.compile(
    r"(?:pass(?:word|wd|phrase|code)?|pwd|passwort|kennwort|mot de passe|contraseña|pw)"
    r"(?P<link>[\"'`*]{0,3}[ \t]{0,3}(?:=>|:=|==|[=:])[ \t]{0,3}|[ ](?:is|was|of|set to|reset to|remained|ist"
    r"|war)[ ](?:now |still |set to |just )?|[ ](?=[\"'`]))"
    r"(?P<quote>[\"'`]{0,3})(?P<value>[^\s\"'`<>]{4,128})",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"(?:log(?:in|ged in|s in| in)?|credentials?|cred|creds|user(?:name)?|account)s?(?: with| were| was| are"
    r"| is|:)? [\"'`]?[\w.@-]{2,40}[ ]?(?:/|:| and )[ ]?"
    r"(?P<value>(?=[^\s\"'`]{0,40}\d)(?=[^\s\"'`]{0,40}[A-Za-z])(?=[^\s\"'`]{0,40}[!#$%&*+?^~])[^\s\"'`,;<>]{8,64})",
    re.IGNORECASE,
)
_OWN = re.compile(r"(?<![a-z0-9])ic_[a-z]{2,8}_[a-z0-9]{12}_[A-Za-z0-9]{40}_[0-9a-f]{8}(?![A-Za-z0-9])")
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_WORDY = re.compile(r"[a-z]+(?:[-_./][a-z]+)*|[A-Z]+(?:[-_./][A-Z]+)*|[A-Za-z]+")
_ABOUT_HASHES = re.compile(r"sha|md5|hash|digest|commit|checksum|fingerprint|public", re.IGNORECASE)
_TELLING = re.compile(r"wandb|api|azure|openai|key|secret|token", re.IGNORECASE)
_MAX_TRIES = 5000
# The shortest run without a space that holds a secret: what is shorter is found as a password or within an address.
_SHORTEST = 12
_ODD = re.compile(r"[0-9A-Z]")
_LOUD = re.compile(r"[!#$%&*+?^~]")
_PASSWORD_WORDS = ("pass", "pw", "kennwort", "contrase", "mot de")
_WORDS_OF_KEYS = ("://", "-----", "uthorization", "earer ")


def secrets_in(text: str) -> Iterator[Match]:
    """Every secret in a plain text; the same passage may be found by several rules."""
    if may_hold_keys(text):
        yield from _keys_in(text)
    yield from _passwords_in(text)


def may_hold_keys(text: str) -> bool:
    """Whether some run without spaces is as long as a key and no word, which is quick to tell of most texts."""
    runs = [run for run in text.split() if len(run) >= _SHORTEST]
    # A capital that begins a word says nothing.
    return any(_ODD.search(run, 1) for run in runs) or any(word in text for word in _WORDS_OF_KEYS)


def may_hold_passwords(text: str) -> bool:
    """Whether a word stands in *text* that passwords are told with, or a sign that they are made of."""
    lower = text.lower()
    return any(word in lower for word in _PASSWORD_WORDS) or _LOUD.search(text) is not None


def _keys_in(text: str) -> Iterator[Match]:
    yield from formats_in(text)
    for rule, sign, pattern in ANYWHERE:
        if sign in text:
            yield from _found(rule, pattern, text)
    yield from _own_keys(text)
    yield from (one for one in library_secrets(text) if not _is_placeholder(text[one.start : one.end]))
    yield from _assigned(text)


def _passwords_in(text: str) -> Iterator[Match]:
    lower = text.lower()
    if any(word in lower for word in _PASSWORD_WORDS):
        yield from _named_passwords(text)
    if _LOUD.search(text):
        for found in _LOGIN.finditer(text):
            yield Match(*found.span("value"), Code.SECRET_DETECTED, "password")


def formats_in(text: str) -> Iterator[Match]:
    """Secrets of a known form."""
    for one in FORMATS:
        for head in one.begins:
            yield from _of_form(one, head, text)


def _of_form(one: Format, head: str, text: str) -> Iterator[Match]:
    at, tries = text.find(head), 0
    while at >= 0:
        tries += 1
        if tries > _MAX_TRIES:
            # Whoever repeats a beginning so often hides something behind it, or nothing worth keeping.
            yield Match(at, len(text), Code.SECRET_DETECTED, one.rule)
            return
        found = one.whole.match(text, at) if at == 0 or not _is_within(text[at - 1]) else None
        if found and not _is_placeholder(found.group()) and _is_random(found.group()[len(head) :]):
            yield Match(at, found.end(), Code.SECRET_DETECTED, one.rule)
        at = text.find(head, found.end() if found else at + len(head))


def _is_within(before: str) -> bool:
    """Whether what follows is within a word: letters of scripts without spaces stand before any."""
    return before.isascii() and before.isalnum()


def _found(rule: str, pattern: re.Pattern[str], text: str) -> Iterator[Match]:
    for found in pattern.finditer(text):
        group = "value" if "value" in pattern.groupindex else 0
        if _is_placeholder(found[group]):
            continue
        start, end = found.span(group)
        if rule == "private-key":
            closing = PRIVATE_KEY_END.search(text, end, end + 20_000)
            end = closing.end() if closing else min(len(text), end + 20_000)
        yield Match(start, end, Code.SECRET_DETECTED, rule)


def _own_keys(text: str) -> Iterator[Match]:
    if "ic_" in text:
        for found in _OWN.finditer(text):
            if parse_key(found.group()) is not None:
                yield Match(*found.span(), Code.SECRET_DETECTED, "registry-key")


def _assigned(text: str) -> Iterator[Match]:
    for found in _KEYED.finditer(text):
        value = found["value"].rstrip(".")
        if _looks_like_a_key(value, text[max(0, found.start() - 24) : found.start("value")]):
            start = found.start("value")
            yield Match(start, start + len(value), Code.SECRET_DETECTED, "assigned-key")


def _named_passwords(text: str) -> Iterator[Match]:
    for found in _PASSWORD.finditer(text):
        value = found["value"].rstrip(".,;)]}")
        if _looks_like_a_password(value, is_code=found["link"].strip() in {"=", ":=", "==", "=>"}):
            start = found.start("value")
            yield Match(start, start + len(value), Code.SECRET_DETECTED, "password")


def _is_placeholder(value: str) -> bool:
    return _PLACEHOLDER.search(value) is not None or len(set(value)) <= 4


def _is_random(body: str) -> bool:
    """Whether it is no word, and no words with signs between them."""
    return len(set(body)) >= 6 and (any(one.isdigit() for one in body) or not body.islower())


def _looks_like_a_key(value: str, before: str) -> bool:
    if _is_placeholder(value) or _WORDY.fullmatch(value):
        return False
    digits = sum(one.isdigit() for one in value)
    if digits < 2 or len(set(value)) < 8 or "//" in value or digits > 0.9 * len(value):
        return False
    if _ABOUT_HASHES.search(before):
        return False
    if _UUID.fullmatch(value) or (_HEX.fullmatch(value) and len(value) in {32, 40, 64, 128}):
        return _TELLING.search(before) is not None
    parts = [one for one in re.split(r"[-_./=]", value) if one]
    longest = max(parts, key=len, default="")
    # A name of a model or a file has short parts: letters, or digits, but not both.
    return len(longest) >= 12 and any(one.isdigit() for one in longest) and any(one.isalpha() for one in longest)


def _looks_like_a_password(value: str, *, is_code: bool) -> bool:
    if len(value) < 6 or _is_placeholder(value) or value.startswith(("$", "%", "{", "http", "(")):
        return False
    kinds = (
        any(one.islower() for one in value),
        any(one.isupper() for one in value[1:]),
        any(one.isdigit() for one in value),
        any(not one.isalnum() and one not in "-'_./:()," for one in value),
    )
    if "-" in value and not any(kinds[1:]):
        return value.count("-") >= 3 and is_code
    return sum(kinds) >= 2 or (
        is_code and kinds[0] and len(value) >= 10 and not value.endswith((")", ">")) and "." not in value
    )
