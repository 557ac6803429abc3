"""How much may be asked for within a time: allowances, the buckets they fill, and the arithmetic of both.

A bucket is one number: the instant at which it will be full again (the generic cell rate algorithm, GCRA). Taking
from it moves that instant on; a request fits while the instant is no further off than the allowance's window. So an
idle bucket holds the whole quota at once, and an empty one regains it evenly over the window.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum

NANOSECONDS = 1_000_000_000
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class Resource(StrEnum):
    """What is counted."""

    COST = "cost"
    WRITES = "writes"
    LINES = "lines"
    SIGN_IN = "sign-in"


class Holder(StrEnum):
    """Whose bucket it is."""

    ADDRESS = "address"
    SITE = "site"
    KEY = "key"
    SESSION = "session"
    PERSON = "person"
    ORGANISATION = "organisation"
    ACCOUNT = "account"


@dataclass(frozen=True, slots=True)
class Allowance:
    """So much of a resource within a window, and as much at once after a rest."""

    resource: Resource
    quota: int
    window_seconds: int

    @property
    def window(self) -> int:
        """The window in nanoseconds."""
        return self.window_seconds * NANOSECONDS

    def duration(self, amount: int) -> int:
        """Nanoseconds within which *amount* comes back."""
        return amount * self.window // self.quota

    def missing(self, full_at: int, now: int) -> int:
        """Nanoseconds until a bucket is full again that says *full_at*, both instants as nanoseconds since 1970.

        What says more than two windows was filled before the clock was put back: it counts as full, so that nobody
        is kept out for longer than a window. Up to that it is empty, since processes do not read the time in turn.
        """
        return min(self._left(full_at, now), self.window)

    def remaining(self, full_at: int, now: int) -> int:
        """What a bucket holds *now*."""
        return (self.window - self.missing(full_at, now)) * self.quota // self.window

    def wait(self, amount: int, full_at: int, now: int) -> int:
        """Whole seconds until *amount* fits; 0 where it fits now. More than the quota never fits: the window then."""
        over = min(self._left(full_at, now) + self.duration(amount) - self.window, self.window)
        return max(-(-over // NANOSECONDS), 0)

    def _left(self, full_at: int, now: int) -> int:
        left = full_at - now
        return 0 if left > 2 * self.window else max(left, 0)


@dataclass(frozen=True, slots=True)
class Bucket:
    """What one holder has of an allowance.

    Attributes:
        of: which holder: a network, the id of a key or an organisation; never a secret.
    """

    holder: Holder
    of: str
    allowance: Allowance

    @property
    def policy(self) -> str:
        """The name of the rule, the same for every holder, such as ``key-cost-60``."""
        return f"{self.holder}-{self.allowance.resource}-{self.allowance.window_seconds}"

    @property
    def name(self) -> str:
        """What tells this bucket from every other one."""
        return f"{self.policy}:{self.of}"


@dataclass(frozen=True, slots=True)
class Charge:
    """What a request takes from a bucket."""

    bucket: Bucket
    amount: int


@dataclass(frozen=True, slots=True)
class Balance:
    """What a bucket holds after a request.

    Attributes:
        wait_seconds: how long until the charge would have fit; 0 where it did.
    """

    bucket: Bucket
    remaining: int
    full_at: datetime
    wait_seconds: int

    def full_in_seconds(self, now: datetime) -> int:
        """Whole seconds until the bucket is full again."""
        return max(-((now - self.full_at) // timedelta(seconds=1)), 0)


def balance_of(charge: Charge, full_at: int, now: int, *, taken: bool) -> Balance:
    """The balance of a bucket that will be full at *full_at*; the charge is in it where it was *taken*."""
    allowance = charge.bucket.allowance
    shown = now + allowance.missing(full_at, now)
    wait = 0 if taken else allowance.wait(charge.amount, full_at, now)
    return Balance(charge.bucket, allowance.remaining(full_at, now), instant(shown), wait)


def nanoseconds(at: datetime) -> int:
    """*at* as nanoseconds since 1970."""
    return (at - _EPOCH) // _MICROSECOND * 1000


def instant(at: int) -> datetime:
    """Nanoseconds since 1970 as an instant, in UTC."""
    return _EPOCH + timedelta(microseconds=at // 1000)
