"""Load for a server on loopback: a bounded number of requests on keep-alive connections, and their cost."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """What one kind of request cost: server CPU per request, and latencies, all in milliseconds."""

    cpu_ms: float
    p50_ms: float
    p95_ms: float
    per_second: float


def request(path: str, *, body: bytes | None = None, headers: dict[str, str] | None = None) -> bytes:
    """One HTTP/1.1 request as bytes."""
    lines = [f"{'GET' if body is None else 'POST'} {path} HTTP/1.1", "Host: 127.0.0.1"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + (body or b"")


def run(port: int, pid: int, requests: Sequence[bytes], *, connections: int = 16) -> Cost:
    """Send every request once, spread over the connections, and measure.

    Raises:
        RuntimeError: an answer was not 200, or a GraphQL answer holds errors: a figure of failures is worthless.
    """
    before, started = cpu_seconds(pid), time.perf_counter()
    latencies = asyncio.run(_drive(port, requests, connections))
    wall, cpu = time.perf_counter() - started, cpu_seconds(pid) - before
    latencies.sort()
    return Cost(
        cpu_ms=cpu * 1000 / len(requests),
        p50_ms=latencies[len(latencies) // 2] * 1000,
        p95_ms=latencies[int(len(latencies) * 0.95)] * 1000,
        per_second=len(requests) / wall,
    )


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and its children, ended ones included."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    own = sum(int(fields[at]) for at in (11, 12, 13, 14)) / _TICKS_PER_SECOND
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return own + sum(cpu_seconds(int(child)) for child in children)


async def _drive(port: int, requests: Sequence[bytes], connections: int) -> list[float]:
    queue = list(reversed(requests))
    latencies: list[float] = []

    async def worker() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=2**20)
        while queue:
            message = queue.pop()
            started = time.perf_counter()
            writer.write(message)
            await _answer(reader)
            latencies.append(time.perf_counter() - started)
        writer.close()
        await writer.wait_closed()

    async with asyncio.TaskGroup() as group:
        for _ in range(connections):
            group.create_task(worker())
    return latencies


async def _answer(reader: asyncio.StreamReader) -> bytes:
    head = await reader.readuntil(b"\r\n\r\n")
    status, _, rest = head.partition(b"\r\n")
    length = next(
        (int(line.split(b":")[1]) for line in rest.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0
    )
    body = await reader.readexactly(length)
    if b" 200 " not in status + b" " or b'"errors":[' in body:
        raise RuntimeError(f"{status.decode()}: {body[:300].decode(errors='replace')}")
    return body
