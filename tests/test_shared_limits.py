"""Two server processes on one data directory count as one: so many requests over both are so many."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from tests.node_process import found_node, serving

QUOTA = 20
EACH = 10


def accepted(address: str, *, forms: int = EACH) -> int:
    """How many of these *forms* sent to a server are not refused for being too many."""
    with httpx.Client(base_url=address, timeout=60) as client:
        statuses = [client.post("/notice", data={"claim": "none"}).status_code for _ in range(forms)]
    assert set(statuses) <= {400, 429}
    return statuses.count(400)


def test_two_processes_share_their_limits_exactly(tmp_path: Path) -> None:
    data_dir = tmp_path / "node"
    found_node(data_dir)
    settings = {
        "limits": "true",
        "anonymous_writes_per_minute": "100000",
        "anonymous_writes_per_hour": str(QUOTA),
    }

    with serving(data_dir, **settings) as one, serving(data_dir, **settings) as other:
        # Who is quick would take all before the other has begun.
        first = [accepted(server.address, forms=1) for server in (one, other)]
        with ThreadPoolExecutor(4) as threads:
            taken = list(threads.map(accepted, (one.address, other.address) * 2))
        refused = [
            httpx.post(f"{server.address}/notice", data={"claim": "none"}, timeout=60) for server in (one, other)
        ]

    assert [1, 1] == first
    assert QUOTA == sum(first) + sum(taken)
    assert [429, 429] == [answer.status_code for answer in refused]
    assert all(0 < int(answer.headers["retry-after"]) <= 180 for answer in refused)
