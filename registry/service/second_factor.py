"""One-time codes by RFC 6238, and the recovery codes that stand in for them."""

from __future__ import annotations

import hmac
from datetime import datetime
from functools import lru_cache

import pyotp

from registry.domain.credential import RECOVERY_CODES, STEP_SECONDS
from registry.domain.errors import Corrupt
from registry.domain.receipt import new_code
from registry.domain.record import PersonId
from registry.ports import Registry
from registry.signing import Vault

_WINDOW = (-1, 0, 1)
_DIGITS = 6
_NOBODY = PersonId("nobody")
# Letters that Crockford's base 32 has not, as somebody may read them.
_SEEN_AS = str.maketrans("ILO", "110")


def new_factor(registry: Registry, person: PersonId) -> str:
    """A new secret for the person's app, sealed; 160 bits."""
    return registry.vault.seal(_purpose(person), pyotp.random_base32().encode())


def secret_of(registry: Registry, person: PersonId, factor: str) -> str:
    """The secret in base 32, as it is typed into an app.

    Raises:
        Corrupt: it was sealed with another node's key.
    """
    return registry.vault.open(_purpose(person), factor).decode()


def address_of(registry: Registry, name: str, secret: str) -> str:
    """What an app reads from the picture: an ``otpauth:`` address."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=registry.settings.title.replace(":", " "))


def step_of(registry: Registry, person: PersonId, factor: str | None, code: str, *, after: int) -> int | None:
    """The time step whose code is *code*: now, the one before or the one after, and later than *after*.

    Without a *factor* it takes as long and finds none.
    """
    try:
        secret = secret_of(registry, person, factor) if factor else _nobodys_secret(registry)
    except Corrupt:
        return None
    given = "".join(code.split())
    now = _step(registry.clock.now())
    fitting = [step for step in (now + offset for offset in _WINDOW) if _is_code(secret, step, given)]
    return next((step for step in fitting if factor and step > after), None)


def new_recovery_codes(registry: Registry) -> tuple[str, ...]:
    """Recovery codes, to be shown once."""
    return tuple(new_code(registry.ids.salt() + registry.ids.salt())[:13] for _ in range(RECOVERY_CODES))


def hash_recovery(registry: Registry, code: str) -> bytes:
    """What is kept of a recovery code, however it is written; only this node can make it of a guess."""
    plain = "".join(one for one in code.upper().translate(_SEEN_AS) if one.isalnum())
    return registry.vault.mac("recovery code", plain.encode("utf-8", "replace"))


def _is_code(secret: str, step: int, given: str) -> bool:
    code = pyotp.HOTP(secret, digits=_DIGITS).at(step)
    return hmac.compare_digest(code.encode(), given.encode("utf-8", "replace"))


def _step(at: datetime) -> int:
    return int(at.timestamp()) // STEP_SECONDS


def _purpose(person: PersonId) -> str:
    return f"second factor of {person}"


def _nobodys_secret(registry: Registry) -> str:
    """Opened at each call, as a real one is."""
    return registry.vault.open(_purpose(_NOBODY), _nobodys_factor(registry.vault)).decode()


@lru_cache(maxsize=4)
def _nobodys_factor(vault: Vault) -> str:
    return vault.seal(_purpose(_NOBODY), pyotp.random_base32().encode())
