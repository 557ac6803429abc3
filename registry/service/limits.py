"""Counting what is asked of the node: who pays from which buckets, and what is told of them.

The doors (GraphQL, pages, forms, bulk, sign-in) charge before they work. Whoever has a key or a session pays from
that and from the organisation's; whoever has none, from the address. Nothing here depends on any record.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from registry.domain.actor import Actor, Role
from registry.domain.budget import Allowance, Balance, Bucket, Charge, Holder, Resource
from registry.domain.errors import RateLimited
from registry.domain.network import party_of, site_of
from registry.ports import Registry
from registry.settings import Settings

MINUTE, HOUR = 60, 3600
# Whatever has no address, such as a local socket, is counted together.
_NOWHERE = "unknown"
# A /48 of IPv6 holds 65,536 parties of one renter, or of many: together they have what so many parties have.
_PARTIES_PER_SITE = 32

_STAFF = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER, Role.OPERATOR, Role.SEALED_READER})
_WORDS = {
    Resource.COST: "more was asked for than the budget holds now",
    Resource.WRITES: "more was written than the budget holds now",
    Resource.LINES: "more lines were sent than the budget holds now",
    Resource.SIGN_IN: "too many attempts to sign in have failed",
}


@dataclass(frozen=True, slots=True)
class Standing:
    """What a request cost, and what the buckets hold after it."""

    cost: int
    at: datetime
    balances: tuple[Balance, ...]

    def tightest(self, resource: Resource = Resource.COST) -> Balance | None:
        """Of the buckets of *resource* the one that holds least."""
        fitting = [one for one in self.balances if one.bucket.allowance.resource is resource]
        return min(fitting, key=lambda one: one.remaining, default=None)


class OverBudget(RateLimited):
    """A request that does not fit; ``standing`` says what the buckets hold."""

    def __init__(self, standing: Standing, longest: Balance) -> None:
        self.standing = standing
        super().__init__(_WORDS[longest.bucket.allowance.resource], retry_after_seconds=max(longest.wait_seconds, 1))


def charge(registry: Registry, who: Actor, *, cost: int = 0, writes: int = 0, lines: int = 0) -> Standing | None:
    """Take what a request costs from every bucket that pays for it, or from none; ``None`` where nothing is limited.

    Args:
        cost: as ``schema.limits`` measures a query and ``web.limits`` a page.
        writes: how many changes it makes.
        lines: how many lines of a bulk request it holds.

    Raises:
        OverBudget: a bucket holds too little; nothing was taken.
    """
    registry.tally.cost(who, cost, registry.clock.now())
    if not registry.settings.limits:
        return None
    charges = tuple(_charges(registry.settings, who, cost, writes, lines))
    return _taken(registry, charges, cost)


def refund(registry: Registry, who: Actor, *, cost: int) -> None:
    """Give back *cost* of what was charged: the work was not needed."""
    if registry.settings.limits and cost > 0:
        charges = tuple(_charges(registry.settings, who, cost, 0, 0))
        registry.limits.give_back(charges)


def pay_instead(registry: Registry, stranger: Actor, node: Actor, *, cost: int, writes: int) -> None:
    """Charge another node, whose signature was right, for what the address that it asks from has paid so far.

    Raises:
        OverBudget: the node's own bucket holds too little.
    """
    if registry.settings.limits:
        registry.limits.give_back(tuple(_charges(registry.settings, stranger, cost, writes, 0)))
        _taken(registry, tuple(_charges(registry.settings, node, cost, writes, 0)), cost)


def attempt(registry: Registry, *, address: str | None, account: str | None = None) -> None:
    """Count an attempt to sign in before it is judged; one that succeeds is given back by ``succeeded``.

    Args:
        address: where it comes from.
        account: what somebody claims to be, where it is known before the secret is checked; kept as a hash.

    Raises:
        OverBudget: too many failed lately, from this address or for this account. The secret must not be checked.
    """
    if registry.settings.limits:
        _taken(registry, _attempts(registry.settings, address, account), 0)


def try_code(registry: Registry, *, account: str) -> bool:
    """Count a second factor that is tried for an account, wherever from; whether it may be judged.

    One that succeeds is given back by ``code_fitted``.
    """
    if not registry.settings.limits:
        return True
    taken, _ = registry.limits.take(_codes(registry.settings, account), registry.clock.now())
    return taken


def code_fitted(registry: Registry, *, account: str) -> None:
    """Give back what ``try_code`` took."""
    if registry.settings.limits:
        registry.limits.give_back(_codes(registry.settings, account))


def succeeded(registry: Registry, *, address: str | None, account: str | None = None) -> None:
    """Give back what ``attempt`` took: only failures count."""
    if registry.settings.limits:
        registry.limits.give_back(_attempts(registry.settings, address, account))


def note_failure(registry: Registry, *, address: str | None) -> None:
    """Count a credential that was looked up and fits nobody.

    One that fits is let in whatever others at its address have tried: nobody guesses a key, and strangers behind the
    same address must not lock a member out.

    Raises:
        OverBudget: too many from *address* lately.
    """
    if registry.settings.limits:
        _taken(registry, _attempts(registry.settings, address, None), 0)


def _taken(registry: Registry, charges: tuple[Charge, ...], cost: int) -> Standing:
    now = registry.clock.now()
    taken, balances = registry.limits.take(charges, now)
    # What a whole site has left would tell what its others do.
    standing = Standing(cost, now, tuple(one for one in balances if one.bucket.holder is not Holder.SITE))
    if not taken:
        raise OverBudget(standing, max(balances, key=lambda one: one.wait_seconds))
    return standing


def _charges(settings: Settings, who: Actor, cost: int, writes: int, lines: int) -> Iterator[Charge]:
    for resource, amount in ((Resource.COST, cost), (Resource.WRITES, writes), (Resource.LINES, lines)):
        if amount > 0:
            for holder, of in _payers(who):
                for allowance in _allowances(settings, who, holder, resource):
                    yield Charge(Bucket(holder, of, allowance), amount)


def _payers(who: Actor) -> Iterator[tuple[Holder, str]]:
    if who.node is not None and who.organisation is not None:
        # Several nodes may ask from one address, and one node from several.
        yield Holder.ORGANISATION, who.organisation
        return
    if who.person is None:
        yield Holder.ADDRESS, party_of(who.address) or _NOWHERE
        if (site := site_of(who.address)) is not None:
            yield Holder.SITE, site
        return
    if who.key is not None:
        yield Holder.KEY, who.key
    elif who.session is not None:
        yield Holder.SESSION, who.session
    else:
        yield Holder.PERSON, who.person
    if who.organisation is not None:
        yield Holder.ORGANISATION, who.organisation


def _allowances(settings: Settings, who: Actor, holder: Holder, resource: Resource) -> Iterator[Allowance]:
    per_minute, per_hour = _quotas(settings, who, holder, resource)
    if per_minute:
        yield Allowance(resource, per_minute, MINUTE)
    if per_hour:
        yield Allowance(resource, per_hour, HOUR)


def _quotas(settings: Settings, who: Actor, holder: Holder, resource: Resource) -> tuple[int, int]:
    """So much in a minute and so much in an hour; 0 where nothing is limited."""
    if holder is Holder.SITE:
        per_minute, per_hour = _quotas(settings, who, Holder.ADDRESS, resource)
        return per_minute * _PARTIES_PER_SITE, per_hour * _PARTIES_PER_SITE
    if resource is Resource.LINES:
        return 0, settings.bulk_lines_per_hour if holder is not Holder.KEY else 0
    if holder is Holder.ORGANISATION:
        if resource is Resource.COST:
            return settings.organisation_cost_per_minute, settings.organisation_cost_per_hour
        return settings.organisation_writes_per_minute, settings.organisation_writes_per_hour
    if resource is Resource.WRITES:
        if holder is Holder.ADDRESS:
            return settings.anonymous_writes_per_minute, settings.anonymous_writes_per_hour
        return settings.key_writes_per_minute, settings.key_writes_per_hour
    return _cost_of_tier(settings, who)


def _cost_of_tier(settings: Settings, who: Actor) -> tuple[int, int]:
    """What one key or address may cost, by the highest role that acts."""
    if who.roles & _STAFF:
        return settings.staff_cost_per_minute, settings.staff_cost_per_hour
    if Role.SUBMITTER in who.roles:
        return settings.member_cost_per_minute, settings.member_cost_per_hour
    if Role.VETTED_RESEARCHER in who.roles:
        return settings.researcher_cost_per_minute, settings.researcher_cost_per_hour
    return settings.anonymous_cost_per_minute, settings.anonymous_cost_per_hour


def _attempts(settings: Settings, address: str | None, account: str | None) -> tuple[Charge, ...]:
    pairs = [(Holder.ADDRESS, party_of(address) or _NOWHERE, settings.failed_sign_ins_per_minute, MINUTE)]
    pairs += [(Holder.ADDRESS, party_of(address) or _NOWHERE, settings.failed_sign_ins_per_hour, HOUR)]
    if (site := site_of(address)) is not None:
        pairs += [(Holder.SITE, site, settings.failed_sign_ins_per_minute * _PARTIES_PER_SITE, MINUTE)]
        pairs += [(Holder.SITE, site, settings.failed_sign_ins_per_hour * _PARTIES_PER_SITE, HOUR)]
    if account is not None:
        pairs += [(Holder.ACCOUNT, account, settings.account_failures_per_minute, MINUTE)]
        pairs += [(Holder.ACCOUNT, account, settings.account_failures_per_hour, HOUR)]
    return tuple(
        Charge(Bucket(holder, of, Allowance(Resource.SIGN_IN, quota, window)), 1) for holder, of, quota, window in pairs
    )


def _codes(settings: Settings, account: str) -> tuple[Charge, ...]:
    allowance = Allowance(Resource.SIGN_IN, settings.account_failures_per_hour, HOUR)
    return (Charge(Bucket(Holder.ACCOUNT, f"codes of {account}", allowance), 1),)
