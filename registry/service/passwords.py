"""Hashing passwords: Argon2id over a MAC that only this node can make, so that a stolen store alone tells nothing.

The MAC also makes every password 32 bytes, however long it is. Never called within a unit: it takes long on purpose.
"""

from __future__ import annotations

import hashlib
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from registry.domain.credential import normalised
from registry.ports import Registry


def hash_password(registry: Registry, password: str) -> str:
    """What is kept of *password*, with the settings of now, in Argon2's own text form."""
    return _hasher(registry).hash(_peppered(registry, password))


def fits(registry: Registry, kept: str | None, password: str) -> bool:
    """Whether *password* is the one that *kept* was made of; without one it takes as long and is false."""
    hasher = _hasher(registry)
    try:
        hasher.verify(kept or _nobodys(hasher), _peppered(registry, password))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


def is_outdated(registry: Registry, kept: str) -> bool:
    """Whether *kept* was made with other settings than those of now."""
    return _hasher(registry).check_needs_rehash(kept)


def _peppered(registry: Registry, password: str) -> bytes:
    return registry.vault.mac("password", normalised(password).encode("utf-8", "surrogatepass"))


def _hasher(registry: Registry) -> PasswordHasher:
    settings = registry.settings
    return PasswordHasher(time_cost=settings.password_passes, memory_cost=settings.password_memory_kib, parallelism=1)


def _nobodys(hasher: PasswordHasher) -> str:
    return _hash_of_nobody(hasher.time_cost, hasher.memory_cost)


@lru_cache(maxsize=4)
def _hash_of_nobody(passes: int, memory_kib: int) -> str:
    hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
    return hasher.hash(hashlib.sha256(b"nobody").digest())
