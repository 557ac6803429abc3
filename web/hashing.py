"""Where passwords are hashed: in a few threads of their own, so that a flood of sign-ins leaves the rest at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio.to_thread
from starlette.requests import Request

from registry.domain.errors import QueueFull
from web.site import site_of

Result = TypeVar("Result")


async def hashed(request: Request, work: Callable[[], Result]) -> Result:
    """Run *work*, which hashes a password, once it is its turn.

    Raises:
        QueueFull: too many wait for that already.
    """
    site = site_of(request)
    if site.hashing.statistics().tasks_waiting >= site.registry.settings.password_queue:
        raise QueueFull("too many people are signing in at this moment", hint="try again in a few seconds")
    return await anyio.to_thread.run_sync(work, limiter=site.hashing)
