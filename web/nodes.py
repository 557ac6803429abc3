"""What a serving process keeps for the nodes that ask it: threads, places, and what was worked out for them."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import cast

import anyio
from starlette.requests import Request

from registry.service.federation.comparing import Comparing
from web.streaming import Places

_THREADS = 4
_COMPARE_AT_ONCE = 2
_STREAMS_EACH, _STREAMS_AT_ONCE = 2, 50


@dataclass(frozen=True, slots=True)
class Nodes:
    """For the nodes that ask one process.

    Attributes:
        threads: in which they are answered where that takes long.
        stopping: set when the server stops; streams end then.
        compared: hashes of buckets that were worked out.
    """

    threads: anyio.CapacityLimiter = field(default_factory=lambda: anyio.CapacityLimiter(_THREADS))
    compared: Comparing = field(default_factory=Comparing)
    stopping: anyio.Event = field(default_factory=anyio.Event)
    _comparisons: Places = field(default_factory=lambda: Places("comparisons", each=1, at_once=_COMPARE_AT_ONCE))
    _streams: Places = field(default_factory=lambda: Places("streams", each=_STREAMS_EACH, at_once=_STREAMS_AT_ONCE))

    def comparing(self, dns: str) -> AbstractContextManager[None]:
        """A place of a node that compares.

        Raises:
            HttpFailure: there is none; status 429.
        """
        return self._comparisons.place(dns)

    def streaming(self, dns: str) -> AbstractContextManager[None]:
        """A place of a node that listens.

        Raises:
            HttpFailure: there is none; status 429.
        """
        return self._streams.place(dns)


def nodes_of(request: Request) -> Nodes:
    """What the process that answers *request* keeps for nodes."""
    return cast("Nodes", request.app.state.nodes)
