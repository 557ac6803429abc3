"""What a person signs in with: a name, a password, a second factor, and the invitation by which these are set.

Passwords are judged by length and by what everybody would guess first, never by which characters they hold.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from registry.domain.errors import Problem
from registry.domain.record import PersonId

INVITATION_LIFE = timedelta(days=7)
MIN_PASSWORD = 12
MAX_PASSWORD = 1000
RECOVERY_CODES = 10
STEP_SECONDS = 30

_NAME = re.compile(r"[a-z0-9][a-z0-9._+@-]{2,99}")
_LEAST_OF_ONES_OWN = 6
_LEAST_DIFFERENT = 5
# What people choose first where twelve characters are asked for; our own list, in small letters.
_COMMON = (
    "password", "passwort", "passphrase", "letmein", "welcome", "administrator", "admin", "qwertyuiop", "qwertzuiop",
    "qwerty", "qwertz", "azerty", "asdfghjkl", "asdfgh", "zxcvbnm", "yxcvbnm", "iloveyou", "monkey", "dragon",
    "football", "baseball", "sunshine", "princess", "superman", "batman", "starwars", "trustno1", "master", "shadow",
    "changeme", "change me", "default", "secret", "login", "correct horse battery staple", "correcthorsebatterystaple",
    "1q2w3e4r5t6z", "1q2w3e4r5t6y", "1q2w3e4r", "q1w2e3r4", "1qaz2wsx3edc", "zaq12wsx", "abcdefghijklmnopqrstuvwxyz",
    "abcdefghijkl", "abcdef", "abc123", "0123456789", "1234567890", "987654321", "123456789", "12345678", "123456",
    "1234", "spring", "summer", "autumn", "winter", "incident", "commons", "registry", "reviewer", "incidents",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Credential:
    """What is kept of a person's way in.

    Attributes:
        name: what the person signs in with, as ``sign_in_name`` writes it.
        password_hash: Argon2id in its usual text form; empty where a reset waits for the person.
        factor: the secret of the one-time codes, sealed.
        last_step: the last time step whose code was taken; codes of it and of earlier ones are never taken again.
        generation: raised whenever all sessions are ended, so that a sign-in under way then comes to nothing.
    """

    person: PersonId
    name: str
    password_hash: str
    factor: str
    changed_at: datetime
    last_step: int = 0
    generation: int = 0

    @property
    def is_usable(self) -> bool:
        """Whether it can let anybody in at all."""
        return bool(self.password_hash)


@dataclass(frozen=True, slots=True)
class Invitation:
    """By which a person sets password and second factor, once. There is one a person at most."""

    person: PersonId
    code_hash: bytes
    factor: str
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom an organisation's own provider knows a person as. E-mail addresses are no identity: they change hands."""

    issuer: str
    subject: str
    person: PersonId
    linked_at: datetime


def sign_in_name(text: str) -> str | None:
    """*text* as names are kept, in small letters; ``None`` if it cannot be one.

    Letters of other alphabets are not folded to Latin ones: a name that only looks like another one is none.
    """
    name = text.strip(" ").lower() if text.isascii() else ""
    return name if _NAME.fullmatch(name) else None


def normalised(password: str) -> str:
    """The same password, however a keyboard composes its characters (NFC)."""
    return unicodedata.normalize("NFC", password)


def password_problems(password: str, about: Iterable[str]) -> Iterator[Problem]:
    """What is wrong with a password that somebody chooses.

    Args:
        about: names of the person, of the organisation and the like, which others would try first.
    """
    text = normalised(password)
    if len(text) < MIN_PASSWORD:
        yield _problem("TOO_SHORT", f"use at least {MIN_PASSWORD} characters; several words are easy to remember")
    elif len(text) > MAX_PASSWORD:
        yield _problem("TOO_LONG", f"use at most {MAX_PASSWORD} characters")
    elif _is_guessed_first(text, about):
        message = "this is among the first that others would try: names, common words, rows of keys"
        yield _problem("TOO_COMMON", message)
    if any(0xD800 <= ord(one) <= 0xDFFF for one in text):
        yield _problem("INVALID_TEXT", "half a character cannot be typed again")


def _is_guessed_first(text: str, about: Iterable[str]) -> bool:
    rest = text.casefold()
    words = {piece for one in about for piece in (one.casefold(), *re.split(r"\W+", one.casefold()))}
    for word in sorted({one for one in words if len(one) > 2} | set(_COMMON), key=len, reverse=True):
        rest = rest.replace(word, "")
    return (len(rest) < _LEAST_OF_ONES_OWN and rest != text.casefold()) or len(set(text)) < _LEAST_DIFFERENT


def _problem(code: str, message: str) -> Problem:
    return Problem(("password",), code, message)
