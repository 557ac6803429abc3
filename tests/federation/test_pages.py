"""Page behind page: the next is asked for ahead, nothing is lost of what is not taken in, and no node has an endless
turn."""

from __future__ import annotations

from itertools import count
from typing import Any

import httpx
import pytest

from registry.domain.actor import SYSTEM
from registry.domain.errors import FetchFailed
from registry.service.federation import paging, pulling
from tests.factories import content
from tests.federation.forging import lying
from tests.federation.world import Sisterhood


@pytest.mark.parametrize(("remaining", "pages"), [(0, 2), (3, 5)])
def test_a_node_that_never_ends_has_a_turn_as_long_as_it_said_at_its_beginning(
    sisters: Sisterhood, remaining: int, pages: int
) -> None:
    other, liar = sisters.friends("a", "b")
    numbers = count()

    def lie(page: dict[str, Any]) -> None:
        page.update(items=[{"junk": next(numbers)}], remaining=remaining, next=f"cursor-{next(numbers)}")

    lying(sisters, liar, lie)

    assert pages == other.pull(liar).pages


def test_what_was_asked_for_ahead_and_did_not_come_comes_with_the_next_turn(
    sisters: Sisterhood, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "LIMIT", 2)
    one, other = sisters.friends("a", "b")
    for at in range(9):
        one.node.publish(content(title=f"Number {at}"))
    pages = count(1)

    def third_breaks(answer: httpx.Response) -> httpx.Response:
        if "/fed/v1/log" in str(answer.request.url) and next(pages) == 3:
            return httpx.Response(502, request=answer.request)
        return answer

    sisters.net.change[one.dns] = third_breaks
    with pytest.raises(FetchFailed):
        other.pull(one)
    held = other.peer(one).remaining

    done = other.pull(one)

    assert (5, 5, 0) == (held, done.applied.applied, other.peer(one).remaining)


def test_whoever_is_to_end_asks_for_no_page_ahead(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    said, asked = iter([False]), list[str]()

    def lie(page: dict[str, Any]) -> None:
        asked.append(f"cursor-{len(asked)}")
        page.update(items=[{"junk": len(asked)}], remaining=10 * paging.LIMIT, next=asked[-1])

    lying(sisters, liar, lie)

    pulling.pull(other.registry, SYSTEM, liar.dns, stop=lambda: next(said, True))

    assert ["cursor-0"] == asked
