"""Where passwords are hashed: in a few threads of their own, so that a flood of sign-ins leaves the rest at work."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import anyio
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
    # The place is taken at once: those who arrive together would all look into a queue that is still empty.
    try:
        site.hashing_places.acquire_nowait()
    except anyio.WouldBlock:
        raise QueueFull("too many people are signing in at this moment", hint="try again in a few seconds") from None
    try:
        return await anyio.to_thread.run_sync(work, limiter=site.hashing)
    finally:
        site.hashing_places.release()
