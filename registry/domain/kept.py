"""One place where a node keeps something: what, why, how long."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Personal(StrEnum):
    """Whether a table can hold personal data."""

    NO = "no"
    STAFF = "of members"
    MENTIONED = "of people mentioned"
    SENDER = "of those who write to us"


@dataclass(frozen=True, slots=True)
class Kept:
    """What one place holds, for what purpose, and until when."""

    name: str
    holds: str
    purpose: str
    until: str
    personal: Personal = Personal.NO
