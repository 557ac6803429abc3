"""Nodes that lie: what they answer is changed before it goes, and signed again with their own key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any
from urllib.parse import urlsplit

from registry.ports.outbound import FetchRequest
from registry.service.federation.exchange import SIGNATURE
from registry.service.federation.identity import BUCKETS_PATH, LOG_PATH, RECORDS_PATH
from tests.federation.forging import next_header, resigned
from tests.federation.simulation.nodes import Simulated
from tests.federation.simulation.wire import Answer

Page = dict[str, Any]
_HUGE = 300_000
_MOST_KEPT = 20
_MISCOUNTED = 1 / 64


@dataclass(slots=True)
class Liar:
    """One node that lies, each time in another way.

    Attributes:
        told: how often it lied, by way.
        forked: of its own records those of which it signed two headers of one rev; and the nodes that got each.
    """

    node: Simulated
    random: Random
    told: dict[str, int] = field(default_factory=dict)
    forked: dict[str, dict[str, set[str]]] = field(default_factory=dict)
    _asker: str = ""
    _seen: list[Page] = field(default_factory=list)

    def answer(self, asker: str, request: FetchRequest, answer: Answer) -> Answer:
        """What it answers in place of the truth."""
        path = urlsplit(request.url).path
        if not path.startswith((LOG_PATH, BUCKETS_PATH, RECORDS_PATH)) or answer.status != 200:
            return answer
        page, self._asker = json.loads(answer.body), asker
        envelopes = [one for one in page.get("items", []) if one["type"] == "envelope"]
        self._seen = (self._seen + envelopes)[-_MOST_KEPT:]
        lie = self.random.choice(_LIES if "items" in page else _LIES_OF_BUCKETS)
        lie(self, page)
        self.told[lie.__name__] = self.told.get(lie.__name__, 0) + 1
        body = json.dumps(page).encode()
        signature = self.node.registry.key.sign(hashlib.sha256(body).digest())
        return Answer(200, {**answer.headers, SIGNATURE: signature}, body)

    def truth(self, page: Page) -> None:
        """Now and then it does not lie."""
        assert "items" in page

    def tamper(self, page: Page) -> None:
        """Other words under a valid header."""
        for item in self._some(page):
            if "public" in item:
                item["public"] = item["public"] | {"body": item["public"]["body"].replace("Told", "Lied")}

    def scribble(self, page: Page) -> None:
        """A signature that is none."""
        for item in self._some(page):
            item["signature"] = item["signature"][:-4] + "AAAA"

    def pretend(self, page: Page) -> None:
        """What others signed, signed anew by its own key: with other fields, and as if it were its own."""
        for item in list(self._seen):
            page["items"].append(resigned(item, self.node.registry.key, **next_header(item, state="withdrawn")))
            page["items"].append(resigned(item, self.node.registry.key, origin=self.node.dns))

    def fork(self, page: Page) -> None:
        """Two headers of one rev of its own records: one for some, the other for the rest."""
        page["items"] = list(map(self._forked, page["items"]))

    def repeat(self, page: Page) -> None:
        """Old headers again, whosever they are."""
        page["items"] = self._seen[::-1] + page["items"]

    def boast(self, page: Page) -> None:
        """Much more to come, behind a cursor that is none."""
        page["remaining"], page["next"] = 10**12, "elsewhere"

    def bloat(self, page: Page) -> None:
        """An item larger than any may be."""
        for item in self._seen[-1:]:
            part = {"salt": "A" * 22, "body": json.dumps("x" * _HUGE)}
            page["items"].append(item | {"public": part})

    def outrun(self, page: Page) -> None:
        """Words of a protocol that is not there yet."""
        page["items"] += [{"type": "novel"}, *(resigned(one, self.node.registry.key, v=2) for one in self._seen[-3:])]

    def revoke(self, page: Page) -> None:
        """Take back what others gave."""
        for item in self._seen:
            header = json.loads(item["header"])
            page["items"].append({"type": "revoke", "uid": header["uid"], "number": header["number"], "hash": "0" * 64})

    def litter(self, page: Page) -> None:
        """A mass of what is no item at all."""
        page["items"] += [None, 1, "item", [], {}, {"type": "envelope"}, {"type": "revoke", "uid": 5}] * 2

    def miscount(self, page: Page) -> None:
        """Other hashes of some buckets, and headers that are not there."""
        for bucket in page.get("buckets", {}):
            if self.random.random() < _MISCOUNTED:
                page["buckets"][bucket] = "0" * 64
        for entry in page.get("entries", []):
            if self.random.random() < 0.5:
                entry[1:] = [entry[1] + 1, "f" * 64]

    def distort(self, page: Page) -> None:
        """No page at all."""
        page.update(items={"0": page["items"]}, next=None)

    def _forked(self, item: Page) -> Page:
        header = json.loads(item.get("header", "{}"))
        if header.get("origin") != self.node.dns:
            return item
        licence = "CC0-1.0" if int(self._asker[1:3]) % 2 else "CC-BY-4.0"
        other = resigned(item, self.node.registry.key, marking=header["marking"] | {"licence": licence})
        got = self.forked.setdefault(header["uid"], {})
        got.setdefault(hashlib.sha256(other["header"].encode()).hexdigest(), set()).add(self._asker)
        return other

    def _some(self, page: Page) -> list[Page]:
        return [one for one in page["items"] if one["type"] == "envelope" and self.random.random() < 0.5]


_LIES: tuple[Callable[[Liar, Page], None], ...] = (
    Liar.truth,
    Liar.truth,
    Liar.tamper,
    Liar.scribble,
    Liar.pretend,
    Liar.fork,
    Liar.fork,
    Liar.repeat,
    Liar.boast,
    Liar.bloat,
    Liar.outrun,
    Liar.revoke,
    Liar.litter,
    Liar.distort,
)
_LIES_OF_BUCKETS: tuple[Callable[[Liar, Page], None], ...] = (Liar.miscount,)
