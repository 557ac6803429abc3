"""Organisations, the people in them, and the keys they act through."""

from __future__ import annotations

import binascii
import hashlib
import hmac
import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from registry.domain.actor import Permission, Role
from registry.domain.errors import Problem
from registry.domain.record import OrganisationId, PersonId
from registry.domain.screening.plain import plain
from registry.domain.vocabulary import OrganisationKind

KeyId = NewType("KeyId", str)

SLUG = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,58}[a-z0-9])?")
# What secret scanners look for; the last group is the CRC-32 of all before the last underscore, hexadecimal.
KEY_PATTERN = r"ic_[a-z]{2,8}_([a-z0-9]{12})_([A-Za-z0-9]{40})_([0-9a-f]{8})"
# The second word of every staging key, whatever the node's own is.
STAGING = "stage"
# So that rotation overlaps, and no key is forgotten.
MAX_LIVE_KEYS = 2

_KEY = re.compile(KEY_PATTERN)


@dataclass(frozen=True, slots=True)
class Organisation:
    """A member organisation. All of this is public.

    Attributes:
        aliases: other names it goes by, former ones too.
        parents: slugs of the organisations it belongs to.
        contact: where people whom its systems affected may turn to, as mailto: or https: address.
    """

    id: OrganisationId
    slug: str
    name: str
    kind: OrganisationKind
    created_at: datetime
    aliases: tuple[str, ...] = ()
    parents: tuple[str, ...] = ()
    contact: str | None = None

    @property
    def known_as(self) -> frozenset[str]:
        """Everything it is called, in one case of letters."""
        return frozenset(one.casefold() for one in (self.slug, self.name, *self.aliases))

    @property
    def looks(self) -> frozenset[str]:
        """How everything looks that it is called."""
        return frozenset(map(look_of, (self.slug, self.name, *self.aliases)))


@dataclass(frozen=True, slots=True)
class Member:
    """A person in an organisation, with the roles held there or, through it, at the node.

    A service account is a member of its own with ``responsible`` set: it acts for that person, and wherever
    persons are compared it is that person.

    Attributes:
        staging: whether it only tries things out so far: whatever it acts through writes drafts and nothing else.
    """

    person: PersonId
    organisation: OrganisationId
    roles: frozenset[Role]
    responsible: PersonId | None = None
    staging: bool = False

    @property
    def answerable(self) -> PersonId:
        """The natural person who answers for what this member does."""
        return self.responsible or self.person


@dataclass(frozen=True, slots=True)
class ApiKey:
    """What is kept of a key: never the secret, only its hash.

    Attributes:
        scopes: what it may do of what the roles allow; ``None`` does not narrow them.
        staging: whether it may write drafts only.
        frozen_at: since when it lets nobody in, until an operator has looked at what it did.
    """

    id: KeyId
    person: PersonId
    organisation: OrganisationId
    secret_hash: bytes
    label: str
    created_at: datetime
    expires_at: datetime
    scopes: frozenset[Permission] | None = None
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None
    staging: bool = False
    frozen_at: datetime | None = None

    def is_usable(self, now: datetime) -> bool:
        """Whether it is neither revoked, frozen nor expired."""
        return self.revoked_at is None and self.frozen_at is None and now < self.expires_at


def look_of(name: str) -> str:
    """How *name* looks at a glance: without case, spaces, signs and marks, and with the letters of other alphabets that
    look like Latin ones as these. Names that look alike are told apart by nobody."""
    letters = unicodedata.normalize("NFKD", name.casefold())
    return "".join(map(_look_of_letter, letters)).casefold()


def _look_of_letter(letter: str) -> str:
    if letter.isascii():
        return letter if letter.isalnum() else ""
    shown = plain(letter).text
    # Letters of scripts without spaces are one and the same sign to the rules of screening.
    return shown if shown.isalnum() or not shown else letter * letter.isalnum()


def format_key(environment: str, key_id: KeyId, secret: str) -> str:
    """Write a key as ``ic_<env>_<keyid>_<secret>_<crc>``, which secret scanners recognise.

    Args:
        environment: 2 to 8 lower-case letters, such as ``live`` or ``demo``.
        key_id: 12 lower-case letters and digits; not secret.
        secret: 40 letters and digits.
    """
    body = f"ic_{environment}_{key_id}_{secret}"
    return f"{body}_{binascii.crc32(body.encode()):08x}"


def parse_key(text: str) -> tuple[KeyId, str] | None:
    """The key id and the secret in *text*, or ``None`` if it is no key or mistyped."""
    match = _KEY.fullmatch(text)
    if match is None:
        return None
    body, _, crc = text.rpartition("_")
    if crc != f"{binascii.crc32(body.encode()):08x}":
        return None
    return KeyId(match[1]), match[2]


def hash_secret(secret: str) -> bytes:
    """What is stored of a secret. It has 238 bits of randomness, so a plain hash cannot be searched."""
    return hashlib.sha256(b"incident-commons key\0" + secret.encode()).digest()


def secret_fits(key: ApiKey, secret: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(key.secret_hash, hash_secret(secret))


def name_problems(name: str, *, field: str = "name") -> list[Problem]:
    """What is wrong with the name of an organisation or a person, or with the label of a key."""
    text = name.strip()
    if 0 < len(text) <= 120 and text.isprintable():
        return []
    return [Problem((field,), "INVALID_TEXT", "use 1 to 120 printable characters")]
