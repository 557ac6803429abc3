"""Turns of several nodes: none waits for another, and none has two at once."""

from __future__ import annotations

import threading

import pytest

from registry.service.federation.turns import WORKERS, Turns

# Only a test that fails waits so long.
PATIENCE_SECONDS = 60.0


def test_a_node_that_is_slow_keeps_no_other_waiting_and_has_one_turn_at_a_time() -> None:
    gate, others, ran = threading.Event(), threading.Barrier(WORKERS), list[str]()

    def slow() -> None:
        gate.wait(PATIENCE_SECONDS)
        ran.append("slow")

    with Turns("asking") as turns:
        turns.run("slow.test", slow)
        turns.run("slow.test", lambda: ran.append("slow again"))
        for at in range(1, WORKERS):
            turns.run(f"{at}.test", lambda: others.wait(PATIENCE_SECONDS))
        others.wait(PATIENCE_SECONDS)
        gate.set()

    assert ["slow"] == ran


def test_what_nobody_foresaw_is_told_once_every_node_was_given_its_turn() -> None:
    given = list[str]()

    def broken() -> None:
        raise RuntimeError("broken")

    def ask_until_told() -> None:
        while True:
            for name in ("a.test", "b.test"):
                turns.run(name, broken)
                given.append(name)
            turns.tell()

    with Turns("asking") as turns, pytest.raises(RuntimeError, match="broken"):
        ask_until_told()

    assert given.count("a.test") == given.count("b.test")
