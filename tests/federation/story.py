"""A seeded story of several real nodes: people edit on all of them while nodes die and links break.

What became of an edit whose answer was lost is not guessed: what its origin has stored in the end is what holds.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import httpx

from registry.domain.canonical import JsonValue
from tests.federation.processes import CIRCLE, RealNode
from tests.federation.relays import Cut

REASON = "Told by the story."
_EMBARGO_SECONDS = 3
_PAYLOAD = "{ record { uid state draftRevision } userErrors { code message } }"
_NEWEST = "query($uid: String!) { record(uid: $uid) { uid ... on Incident { draftRevision state } } }"


@dataclass(slots=True)
class Told:
    """A record of the story.

    Attributes:
        words: one of each of its revisions that stands nowhere else.
    """

    uid: str
    home: RealNode
    words: list[str]


@dataclass(slots=True)
class Story:
    """What the people of all nodes do, drawn from *random*.

    Attributes:
        down: nodes that do not run.
        cut: links that are cut: who asks, and who is asked.
        lost: how many edits ended without an answer.
    """

    random: Random
    nodes: list[RealNode]
    records: list[Told] = field(default_factory=list)
    down: list[RealNode] = field(default_factory=list)
    cut: list[tuple[RealNode, RealNode]] = field(default_factory=list)
    lost: int = 0
    done: dict[str, int] = field(default_factory=dict)

    def edit(self) -> None:
        """One thing that somebody does at a node that runs."""
        deeds: tuple[tuple[Callable[[], None], int], ...] = (
            (self.publish, 6),
            (self.publish_under_embargo, 2),
            (self.revise, 4),
            (self.withdraw, 2),
            (self.restore, 1),
            (self.erase, 2),
            (self.narrow, 2),
            (self.block, 1),
            (self.change_circle, 2),
        )
        (deed,) = self.random.choices([one for one, _ in deeds], [weight for _, weight in deeds])
        name = deed.__name__
        self.done[name] = self.done.get(name, 0) + 1
        try:
            deed()
        except httpx.TransportError:
            self.lost += 1

    def disturb(self) -> None:
        """Kill a node in the middle of an edit, or cut a link."""
        if self.random.random() < 0.5:
            self.kill()
        else:
            self.part()

    def kill(self) -> None:
        """Kill a node that runs, somewhen during the next edit, which may be its own."""
        node = self.random.choice(self._running())
        dying = threading.Timer(self.random.uniform(0, 0.1), node.kill)
        dying.start()
        self.edit()
        dying.join()
        self.down.append(node)

    def part(self) -> None:
        """Cut a link in one direction, or a node off from all others."""
        node = self.random.choice(self.nodes)
        others = [one for one in self.nodes if one is not node]
        how = self.random.choice(list(Cut))
        links = [(self.random.choice(others), node)]
        if self.random.random() < 0.4:
            links = [pair for other in others for pair in ((node, other), (other, node))]
        for asking, asked in links:
            asked.relay.cut(asking.relay.address, how)
            self.cut.append((asking, asked))

    def mend(self, *, all_: bool = False) -> None:
        """Let some of what is broken work again, or all of it."""
        for node in list(self.down):
            if all_ or len(self.down) > 1 or self.random.random() < 0.7:
                node.start()
                self.down.remove(node)
        for asking, asked in list(self.cut):
            if all_ or self.random.random() < 0.4:
                asked.relay.heal(asking.relay.address)
                self.cut.remove((asking, asked))

    def publish(self, **marking: JsonValue) -> None:
        """A new record, brought through review."""
        home = self._home()
        content, word = self._content()
        said = {"content": content, "marking": self._marking() | marking}
        record = _write(home, "submitIncident", said, by="submitter")
        if record is None:
            return
        self.records.append(Told(record["uid"], home, [word]))
        self._put_out(home, record)

    def publish_under_embargo(self) -> None:
        """A record that is published soon."""
        until = datetime.now(UTC) + timedelta(seconds=_EMBARGO_SECONDS)
        audience = self.random.choice((None, CIRCLE))
        self.publish(tlp="CLEAR", audience=audience, embargoUntil=until.isoformat())

    def revise(self) -> None:
        """Another text of a record, brought through review."""
        told = self._record()
        if told is None or (record := _newest(told)) is None:
            return
        content, word = self._content()
        told.words.append(word)
        step = {"uid": told.uid, "expectedRevision": record["draftRevision"]}
        revised = _write(told.home, "updateIncident", step | {"content": content}, by="submitter")
        if revised is not None:
            self._put_out(told.home, revised)

    def withdraw(self) -> None:
        """A record that is taken down."""
        self._decide("withdraw", by="lead_reviewer")

    def restore(self) -> None:
        """A record that is put out again."""
        self._decide("restore", by="lead_reviewer")

    def block(self) -> None:
        """A record that is hidden while somebody judges."""
        self._decide("block", by="lead_reviewer")

    def erase(self) -> None:
        """A record that is blocked, and then erased by a second person."""
        told = self._record()
        if told is not None:
            said = {"uid": told.uid, "reason": REASON}
            _write(told.home, "block", said, by="lead_reviewer")
            _write(told.home, "erase", said | {"legalBasis": "Told."}, by="operator")

    def narrow(self) -> None:
        """A record that fewer may see."""
        told = self._record()
        if told is not None:
            marking = self.random.choice(({"tlp": "AMBER", "audience": CIRCLE}, {"tlp": "RED"}, {"tlp": "GREEN"}))
            _write(told.home, "narrowVisibility", {"uid": told.uid, "reason": REASON, **marking}, by="submitter")

    def change_circle(self) -> None:
        """Another node that joins a node's group, or leaves it."""
        home = self._home()
        other = self.random.choice([one for one in self.nodes if one is not home])
        deed = self.random.choice(("joinGroup", "joinGroup", "leaveGroup"))
        said = {"group": CIRCLE, "organisation": other.organisation}
        query = f"mutation($said: GroupMembershipInput!) {{ {deed}(input: $said) {{ userErrors {{ code }} }} }}"
        home.ask(query, by="operator", said=said)

    def _decide(self, deed: str, *, by: str) -> None:
        told = self._record()
        if told is not None:
            _write(told.home, deed, {"uid": told.uid, "reason": REASON}, by=by)

    def _put_out(self, home: RealNode, record: dict[str, Any]) -> None:
        step = {"uid": record["uid"], "expectedRevision": record["draftRevision"]}
        for decision in ("CLAIM", "APPROVE"):
            if _write(home, "reviewSubmission", step | {"decision": decision}, by="lead_reviewer") is None:
                return
        _write(home, "publish", step, by="lead_reviewer")

    def _running(self) -> list[RealNode]:
        return [one for one in self.nodes if one not in self.down]

    def _home(self) -> RealNode:
        return self.random.choice(self._running())

    def _record(self) -> Told | None:
        known = [one for one in self.records if one.home not in self.down]
        return self.random.choice(known) if known else None

    def _marking(self) -> dict[str, JsonValue]:
        """Who sees a new record: mostly everybody."""
        choices: tuple[dict[str, JsonValue], ...] = (
            {"tlp": "CLEAR"},
            {"tlp": "GREEN"},
            {"tlp": "AMBER", "audience": CIRCLE},
        )
        return dict(self.random.choices(choices, (5, 2, 3))[0])

    def _content(self) -> tuple[dict[str, JsonValue], str]:
        """A text unlike all others, and the word of it that stands nowhere else. JSON writes it in two ways."""
        words = [f"{self.random.getrandbits(48):012x}" for _ in range(4)]
        word = f"gräuel{words[0]}"
        return {"title": f"{word} {words[1]}", "summary": f"{words[2]} {word} {words[3]}"}, word


def _write(node: RealNode, name: str, said: dict[str, Any], *, by: str) -> dict[str, Any] | None:
    """The record after a mutation; ``None`` where it was refused, such as of a record that is gone."""
    kind = {"withdraw": "ReasonedInput", "restore": "ReasonedInput"}.get(name, f"{name[0].upper()}{name[1:]}Input")
    payload = node.ask(f"mutation($said: {kind}!) {{ {name}(input: $said) {_PAYLOAD} }}", by=by, said=said)[name]
    record: dict[str, Any] | None = payload["record"]
    return None if payload["userErrors"] else record


def _newest(told: Told) -> dict[str, Any] | None:
    found: dict[str, Any] | None = told.home.ask(_NEWEST, by="submitter", uid=told.uid)["record"]
    return found
