"""Commands on cases: what waits, one whole, hidden at once, answered, decided; and requests by authorities."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import ANONYMOUS
from registry.ports import Registry
from registry.service import cases
from registry.settings import load
from tests.web.cli.commons import commons
from tests.web.cli.world import world_of


@pytest.fixture
def registry(node: Path) -> Iterator[Registry]:
    """The registry of the node."""
    opened = open_registry(load(node, {}))
    yield opened
    close_registry(opened)


def _opened(registry: Registry, *, about: str = "", ground: str = "minor") -> str:
    opened = cases.open_case(
        registry, ANONYMOUS, wish="removal", ground=ground, about=about, words="Please.", contact="me@example.org"
    )
    return opened.code


def test_what_waits_is_listed_and_shown(node: Path, registry: Registry) -> None:
    _opened(registry)
    _opened(registry, ground="other")

    listed = commons("case", "list", "--data-dir", node)
    [urgent, other] = commons("case", "list", "--data-dir", node, "--json").json
    shown = commons("case", "show", urgent["id"], "--data-dir", node)
    late = commons("case", "list", "--overdue", "--data-dir", node, "--json").json

    assert "urgent" in listed.out
    assert (True, False, []) == (urgent["urgent"], other["urgent"], late)
    assert "me@example.org" in shown.out
    assert 3 == commons("case", "show", "nobody", "--data-dir", node).code


def test_a_case_is_hidden_answered_and_decided(node: Path, registry: Registry) -> None:
    with world_of(node) as world:
        record = world.publish()
    code = _opened(registry, about=record.uid)
    [case] = commons("case", "list", "--data-dir", node, "--json").json
    at = (case["id"], "--data-dir", node)

    blocked = commons("case", "block", *at, "--reason", "Asked for in a case.", "--json").json
    commons("case", "answer", *at, "--text", "Thank you.")
    decided = commons("case", "decide", *at, "--outcome", "blocked", "--reasons", "You are right.")
    wrong = commons("case", "decide", *at, "--outcome", "upheld", "--reasons", "x", "--json")

    told = cases.read_case(registry, ANONYMOUS, code)
    assert record.uid == blocked["blocked"]
    assert (0, "decided: blocked\n") == (decided.code, decided.out)
    assert (["Thank you."], "You are right.") == ([one.text for one in told.messages], told.decisions[0].reasons)
    assert (1, True) == (wrong.code, "UNKNOWN_TERM" in wrong.err)
    assert [] == commons("case", "list", "--data-dir", node, "--json").json
    assert 1 == len(commons("case", "list", "--all", "--data-dir", node, "--json").json)


def test_who_refuses_is_told_that_the_block_stays(node: Path, registry: Registry) -> None:
    with world_of(node) as world:
        record = world.publish()
    _opened(registry, about=record.uid)
    [case] = commons("case", "list", "--data-dir", node, "--json").json
    commons("case", "block", case["id"], "--reason", "Asked for in a case.", "--data-dir", node)

    refused = commons("case", "decide", case["id"], "--outcome", "refused", "--reasons", "No.", "--data-dir", node)

    assert "commons unblock" in refused.err


def test_a_request_by_an_authority_is_noted(node: Path) -> None:
    said = ("--authority", "court", "--country", "DE", "--demand", "removal", "--compliance", "complied")

    noted = commons("case", "log-request", *said, "--data-dir", node, "--json")
    refused = commons("case", "log-request", *said[:3], "Germany", *said[4:], "--data-dir", node)

    assert (0, 1) == (noted.code, refused.code)
    assert {"id", "at"} == noted.json.keys()
