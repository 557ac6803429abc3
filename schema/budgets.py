"""What the asker has left of the budgets. It depends on what was asked, and never on any record."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain.budget import Balance
from schema.context import Info
from schema.fields import resolved
from schema.shapes import LargeInt


@strawberry.type(description="One budget that the request was charged to.")
class Budget:
    """A bucket, as its owner sees it."""

    policy: str = strawberry.field(description="Whose, of what, and for how many seconds, such as `key-cost-60`.")
    resource: str = strawberry.field(description="`cost` of queries and pages, or `writes`.")
    quota: LargeInt = strawberry.field(description="What it holds when it is full.")
    window_seconds: int = strawberry.field(description="How long an empty one takes to fill.")
    remaining: LargeInt = strawberry.field(description="What it holds after this request.")
    restores_at: datetime = strawberry.field(description="When it will be full again, if nothing more is asked.")


@strawberry.type(description="What this request cost, and what is left.")
class RateLimit:
    """The budgets after this request."""

    cost: LargeInt = strawberry.field(description="What the request was charged, with the charge for reading it.")
    limit: LargeInt = strawberry.field(description="The quota of the cost budget that holds least.")
    remaining: LargeInt = strawberry.field(description="What that budget holds.")
    restores_at: datetime = strawberry.field(description="When that budget will be full again.")
    budgets: list[Budget] = strawberry.field(description="All budgets that were charged.")


@strawberry.type
class BudgetQueries:
    """Fields of ``Query`` about budgets."""

    @resolved("What this request cost and what is left; null where the node limits nothing.")
    def rate_limit(self, info: Info) -> RateLimit | None:
        """The asker's own budgets."""
        standing = info.context.standing
        tightest = standing.tightest() if standing else None
        if standing is None or tightest is None:
            return None
        return RateLimit(
            cost=LargeInt(standing.cost),
            limit=LargeInt(tightest.bucket.allowance.quota),
            remaining=LargeInt(tightest.remaining),
            restores_at=tightest.full_at,
            budgets=[_budget(one) for one in standing.balances],
        )


def _budget(balance: Balance) -> Budget:
    allowance = balance.bucket.allowance
    return Budget(
        policy=balance.bucket.policy,
        resource=allowance.resource.value,
        quota=LargeInt(allowance.quota),
        window_seconds=allowance.window_seconds,
        remaining=LargeInt(balance.remaining),
        restores_at=balance.full_at,
    )
