"""A node that pours, breaks off or lies about what it has: the real client leaves it, and nothing is taken."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import SYSTEM
from registry.domain.errors import FetchFailed
from registry.domain.federation.discovery import PATH
from registry.outbound import open_outbound
from registry.service.federation import pulling
from tests.factories import content
from tests.federation.forging import lying
from tests.federation.world import Sisterhood
from tests.outbound.hostile import HERE, Answer, pours, says, serving

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (pours(_ANSWER + b"Content-Length: 1073741824\r\n\r\n", b" " * 65_536), "TOO_LARGE"),
        (pours(_ANSWER + b"\r\n", b"[" * 65_536), "TOO_LARGE"),
        (pours(_ANSWER, b"X-More: yes\r\n" * 500), "BAD_ANSWER"),
        (says(b'{"items": [', Content_Type="application/json"), "BAD_SIGNATURE"),
        (says(b"[" * 100_000, Content_Type="application/json"), "BAD_SIGNATURE"),
        (says(b"moved", status=302, Location="http://127.0.0.1:1/"), "TOO_MANY_REDIRECTS"),
    ],
    ids=["1 GB", "never ends", "headers never end", "breaks off", "too deep", "leads elsewhere"],
)
def test_a_node_that_answers_beyond_all_limits_is_left(sisters: Sisterhood, answer: Answer, reason: str) -> None:
    other, liar = sisters.friends("a", "b")
    settings = other.registry.settings.model_copy(update={"outbound_allow_networks": HERE})
    document = says(liar.client.get(PATH).content, Content_Type="application/json")

    with serving(document, answer) as server:
        with other.registry.storage.begin() as unit:
            unit.peers.save(replace(other.peer(liar), base_url=server.url("")))
        real = replace(other.registry, outbound=open_outbound(settings))
        with pytest.raises(FetchFailed) as caught:
            pulling.pull(real, SYSTEM, liar.dns)

    after = other.peer(liar)
    assert (reason, reason, 1, None) == (caught.value.reason, after.last_error, after.failures, after.cursor)


@pytest.mark.parametrize("remaining", [-5, 10**15, True, "many", None, 1.5])
def test_what_a_node_says_remains_is_a_number_or_nothing(sisters: Sisterhood, remaining: object) -> None:
    other, liar = sisters.friends("a", "b")
    liar.node.publish(content())
    lying(sisters, liar, lambda page: page.update(remaining=remaining))

    done = other.pull(liar)

    assert (1, 0) == (done.applied.applied, other.peer(liar).remaining)


def test_a_node_that_always_has_more_behind_the_same_cursor_is_left_after_one_page(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    lying(sisters, liar, lambda page: page.update(items=[{"junk": 1}], remaining=1000, next="always"))
    other.pull(liar)

    assert 1 == other.pull(liar).pages


@pytest.mark.parametrize(
    "lie",
    [
        lambda page: page.update(next="x" * 2001),
        lambda page: page.update(next="a\u202eb"),
        lambda page: page.update(next=""),
        lambda page: page.update(log_id="x" * 2001),
        lambda page: page.update(items=[{}] * 201),
        lambda page: page.update(items={}),
    ],
    ids=["long cursor", "turned cursor", "no cursor", "long log", "too many", "no list"],
)
def test_a_page_that_is_none_is_not_taken(sisters: Sisterhood, lie: Callable[[dict[str, Any]], None]) -> None:
    other, liar = sisters.friends("a", "b")
    lying(sisters, liar, lie)

    with pytest.raises(FetchFailed) as caught:
        other.pull(liar)

    assert ("BAD_BODY", None, []) == (caught.value.reason, other.peer(liar).cursor, other.refused(liar))
