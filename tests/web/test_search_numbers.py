"""Every number beside a link of the search page is the total of the page that it leads to, whoever looks."""

from __future__ import annotations

import functools
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape

import pytest
from starlette.datastructures import QueryParams

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, Actor
from registry.domain.content.kinds import Content
from registry.domain.query import parse
from registry.service import keys
from registry.service import search as searching
from registry.settings import Settings
from tests import factories
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.web.node import Furnished, Node, open_node
from web.app import create_app
from web.pages.search_state import SearchState, read_state

QUERIES = 200
_WORDS = ("spam", "model", "fraud", "wave", "accounts", "video", "policy", "xylophone", "phising")
_MISUSES = ("spam", "fraud", "fraud/scam", "cyber", "cyber/phishing", "impersonation")
_TYPED = (
    "", "", "{word}", "{word} {other}", "{word} OR {other}", "-{word}", "misuse:{misuse}", "{word} misuse:{misuse}",
    "misuse:({misuse} OR spam)", "severity:>=2", "severity:3 {word}", "kind:incident OR {word}", "occurred:2025",
    "({word})OR({other})", "-misuse:{misuse}", "year:2025 OR year:2024", "acco*", "provider:acme", "has:source",
)  # fmt: skip
_LINKS = re.compile(
    r'<li><a (?P<on>class="on" )?href="(?P<href>[^"]+)">.*?<span class="count">(?P<told>.*?)</span></a></li>'
)
_TIMES = re.compile(r'<a href="(?P<href>[^"]+)">[^<]+</a>(?:</th><td>| <span class="count">)(?P<told>[0-9,]+)<')
_TOTAL = re.compile(r"<strong>([0-9,]+) records?</strong>")


@dataclass(frozen=True, slots=True)
class Crowd:
    """A node with many records, hidden ones among them, a client, and the headers of each kind of viewer."""

    node: Node
    client: Client
    headers: dict[str, dict[str, str]]


@pytest.fixture
def crowd(settings: Settings, furnished: Furnished) -> Iterator[Crowd]:
    """The sample records and as many at random; every third of these waits for review."""
    chooser = random.Random(1)
    with open_node(settings, FixedClock(), CountingIds(), furnished) as node:
        node.fill()
        for at in range(45):
            content = _content(chooser)
            if at % 3:
                node.publish(content)
            else:
                node.submit(content)
        node.catch_up()
        headers = {"member": _headers(node, node.submitter), "reviewer": _headers(node, node.reviewer), "stranger": {}}
        with Client(create_app(node.registry)) as client:
            yield Crowd(node, client, headers)


def _content(chooser: random.Random) -> Content:
    return factories.content(
        severity=chooser.randrange(6),
        misuse_categories=[*chooser.sample(_MISUSES, k=chooser.randrange(1, 4))],
        timeline=chooser.choice(({}, {"started": f"202{chooser.randrange(3, 7)}-0{chooser.randrange(1, 10)}"})),
        systems=[{"provider": chooser.choice(("Acme", "ACME", 'Model "M" Ltd', "Other"))}],
        title=f"A {chooser.choice(_WORDS)} of {chooser.choice(_WORDS)}",
    )


def _headers(node: Node, actor: Actor) -> dict[str, str]:
    assert actor.person is not None
    assert actor.organisation is not None
    made = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=actor.person, organisation_id=actor.organisation, label="test"
    )
    return {"Authorization": f"Bearer {made.text}"}


def _search(chooser: random.Random) -> SearchState:
    pattern = chooser.choice(_TYPED)
    typed = pattern.format(
        word=chooser.choice(_WORDS), other=chooser.choice(_WORDS), misuse=chooser.choice(("fraud", "cyber"))
    )
    options = [("misuse", one) for one in _MISUSES] + [("severity", one) for one in ("2", "3", "high")]
    options += [("kind", "incident"), ("kind", "lesson"), ("provider", "acme"), ("year", "2025"), ("year", "2024")]
    chosen = chooser.sample(options, k=chooser.choice((0, 0, 1, 2, 3)))
    return SearchState(typed=typed, chosen=tuple(chosen))


def _told(page: str) -> list[tuple[str, int]]:
    """Every link of the filters with the number of records that it tells."""
    filters = page.partition('id="filters"')[2].partition("</aside>")[0]
    found = []
    for link in _LINKS.finditer(filters):
        number = re.search(r"([0-9,]+) with", link["told"]) or re.fullmatch(r"([0-9,]+)", link["told"])
        assert number is not None, link[0]
        found.append((unescape(link["href"]), int(number[1].replace(",", ""))))
    times = (("/search?" + unescape(one["href"]).partition("?")[2], one["told"]) for one in _TIMES.finditer(filters))
    return [*found, *((href, int(told.replace(",", ""))) for href, told in times)]


def _total(page: str) -> int:
    total = _TOTAL.search(page)
    assert total is not None
    return int(total[1].replace(",", ""))


def test_the_number_of_each_link_is_what_it_leads_to(crowd: Crowd) -> None:
    chooser = random.Random(9)
    # Nothing changes here, so that what an address leads to is looked up once.
    count = functools.cache(functools.partial(_count, crowd))
    links = 0
    for _ in range(QUERIES):
        state = _search(chooser)

        told = [_told(_page(crowd, state.url, viewer)) for viewer in crowd.headers]

        assert told[0] == told[1] == told[2], state.url
        assert [(href, count(href)) for href, _ in told[0]] == told[0], state.url
        links += len(told[0])
        if told[0]:
            href, number = chooser.choice(told[0])
            assert number == _total(_page(crowd, href, chooser.choice([*crowd.headers]))), href
    assert links > 10 * QUERIES


def _page(crowd: Crowd, address: str, viewer: str) -> str:
    answer = crowd.client.get(address, headers=crowd.headers[viewer])
    assert 200 == answer.status_code, address
    return answer.text


def _count(crowd: Crowd, href: str) -> int:
    followed = read_state(QueryParams(href.partition("?")[2]))
    return searching.count(crowd.node.registry, ANONYMOUS, parse(followed.text))
