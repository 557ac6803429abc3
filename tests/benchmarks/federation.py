"""F1, taking in what another node has, against signatures and canonical JSON of the same envelopes alone.

``python -m tests.benchmarks.federation --records 100000`` also lets a new node catch up with another over HTTP.
"""

from __future__ import annotations

import argparse
import base64
import json
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from rich.console import Console

from registry.domain.actor import peer as peer_actor
from registry.domain.canonical import canonical_bytes, parse_json
from registry.domain.federation.envelope import Envelope, envelope_document
from registry.domain.federation.peer import Peer
from registry.ports import Registry
from registry.service.federation import applying, serving
from tests.benchmarks import catching_up
from tests.benchmarks.two_nodes import fill, introduce, new_node

# As a node asks.
PAGE = 200


@dataclass(frozen=True, slots=True)
class Taken:
    """Processor time for an item, in microseconds, of whole pages in turns.

    Attributes:
        apply: JSON of the page read, each item verified, judged and stored with the cursor, a page a transaction.
        floor: the same JSON read, each signature verified, header and parts read and written as RFC 8785 has it, by
            hand with cryptography, orjson and rfc8785.
        least: the floor with the node's own canonical JSON, which is quicker than rfc8785.
        serve: making the page, at the other node.
        begin: ``apply`` of the first tenth alone, but for the first page.
        end: the same of the last tenth, when the most records were held.
    """

    apply: float
    floor: float
    least: float
    serve: float
    begin: float
    end: float


def measure(root: Path, records: int) -> Taken:
    """Let one node take in what another has, in this process and without a wire."""
    root.mkdir()
    with new_node(root, "there") as there, new_node(root, "here") as here:
        fill(there, records)
        introduce(here, there)
        return _taken(there, here, introduce(there, here))


def _taken(there: Registry, here: Registry, asking: Peer) -> Taken:
    key = Ed25519PublicKey.from_public_bytes(base64.urlsafe_b64decode(there.key.public.x + "="))
    spent: list[tuple[int, float, float, float, float]] = []
    for page, served in _pages(there, asking):
        floor = _seconds(partial(_by_hand, key, page, rfc8785.dumps))
        least = _seconds(partial(_by_hand, key, page, canonical_bytes))
        apply = _seconds(partial(_apply, here, there.settings.node_name, page))
        spent.append((len(orjson.loads(page)["items"]), served, floor, least, apply))
    tenth = max(len(spent) // 10, 1)
    return Taken(
        apply=_each(spent, 4),
        floor=_each(spent, 2),
        least=_each(spent, 3),
        serve=_each(spent, 1),
        begin=_each(spent[1 : tenth + 1] or spent, 4),
        end=_each(spent[-tenth:], 4),
    )


def _each(spent: Sequence[tuple[int, float, float, float, float]], at: int) -> float:
    """Microseconds an item."""
    return 1e6 * sum(one[at] for one in spent) / sum(one[0] for one in spent)


def _seconds(work: Callable[[], None]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def _pages(there: Registry, asking: Peer) -> Iterator[tuple[bytes, float]]:
    """The pages of its log, as they are sent, each with the seconds it took to make."""
    actor, cursor = peer_actor(asking.dns, asking.organisation, frozenset()), None
    while True:
        started = time.process_time()
        page = serving.log_page(there, actor, after=cursor, limit=PAGE)
        body = orjson.dumps({"items": [envelope_document(one) for one in page.items if isinstance(one, Envelope)]})
        if not page.items:
            return
        cursor = page.cursor
        yield body, time.process_time() - started


def _by_hand(key: Ed25519PublicKey, page: bytes, written: Callable[[Any], bytes]) -> None:
    """Read a page, verify what was signed, and see that all is written as RFC 8785 has it."""
    for item in orjson.loads(page)["items"]:
        header, _, signature = item["signature"].split(".")
        payload = base64.urlsafe_b64encode(item["header"].encode()).decode().rstrip("=")
        key.verify(base64.urlsafe_b64decode(signature + "=="), f"{header}.{payload}".encode())
        for text in (item["header"], *(item[name]["body"] for name in ("public", "restricted") if name in item)):
            assert text.encode() == written(orjson.loads(text))


def _apply(here: Registry, origin: str, page: bytes) -> None:
    said: Any = parse_json(page)
    with here.storage.begin() as unit:
        peer = unit.peers.get(origin)
        assert peer is not None
        done = applying.apply_page(here, unit, peer, said["items"])
        unit.peers.save(peer)
    assert len(said["items"]) == done.applied, done


def tell(console: Console, taken: Taken, records: int) -> None:
    """Print F1."""
    console.print(
        f"F1 a page taken in, of {records} records: {taken.apply:.0f} µs an item ({1e6 / taken.apply:.0f}/s), "
        f"{taken.apply / taken.floor:.1f}x signature and canonical JSON by the libraries ({taken.floor:.0f} µs), "
        f"{taken.apply / taken.least:.1f}x those with our own writer ({taken.least:.0f} µs); "
        f"first tenth {taken.begin:.0f} µs, last {taken.end:.0f} µs; made at the other node in {taken.serve:.0f} µs"
    )


def main() -> None:
    """Measure both, print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks.federation")
    parser.add_argument("--records", type=int, default=10_000, help="size of the corpus")
    parser.add_argument("--json", help="also write the figures to this file")
    options = parser.parse_args()
    console = Console(width=200)
    with tempfile.TemporaryDirectory(prefix="commons-federation-") as folder:
        taken = measure(Path(folder) / "f1", options.records)
        tell(console, taken, options.records)
        done = catching_up.measure(Path(folder) / "http", options.records)
        catching_up.tell(console, done)
    if options.json:
        Path(options.json).write_text(json.dumps({"f1": asdict(taken), "caught_up": asdict(done)}, indent=2))


if __name__ == "__main__":
    main()
