"""The search page stays small, however much is found, typed and chosen; styles and scripts stay small together."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest

from registry.domain.content.kinds import Content
from registry.settings import Settings
from tests import factories
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.web.node import Furnished, open_node
from web.app import create_app

MOST_HTML, MOST_STYLE_AND_SCRIPT = 60_000, 30_000
STATIC = Path("web/static")
COUNTRIES = ("AT", "BE", "CH", "DE", "DK", "ES", "FI", "FR", "GB", "IE", "IT", "NL", "NO", "PL", "PT", "SE", "US", "IN")
MISUSES = ("spam", "fraud/scam", "cyber/phishing", "impersonation/voice", "jailbreak", "agent_hijack", "cyber/malware")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, furnished: Furnished) -> Iterator[Client]:
    """Of a node with the sample records and as many as a page shows, whose fields say all different things."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("many") / "data", limits=False)
    settings.data_dir.mkdir()
    shutil.copy(furnished.store, settings.database_path)
    with open_node(settings, FixedClock(), CountingIds(), furnished) as node:
        node.fill()
        for at, country in enumerate(COUNTRIES):
            node.publish(_content(at, country))
        with Client(create_app(node.registry)) as opened:
            yield opened


def _content(at: int, country: str) -> Content:
    return factories.content(
        title=f"Spam wave {at} with a title of the usual length, which says where it was and whom it met",
        summary="Accounts sent generated spam to people who did not want it. " * 6,
        severity=at % 6,
        misuse_categories=[MISUSES[at % len(MISUSES)], MISUSES[(at + 3) % len(MISUSES)]],
        targets=[{"country": country, "sector": "finance"}],
        systems=[{"provider": f"Provider {at}", "model": f"model-{at}-large-2026-preview"}],
        timeline={"started": f"{1990 + 2 * at}-05"},
    )


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"q": "spam"},
        {"q": "spam", "all": "country"},
        {"q": "spam OR model", "view": "table", "misuse": ["fraud", "spam", "cyber"], "severity": ["1", "2", "3"]},
        {"q": " OR ".join(["spam", *(f"-xylophone{at}" for at in range(10))])},
        {"q": " OR ".join(["spam", *(f"-xylophone{at}" for at in range(20))])},
    ],
    ids=["everything", "a word", "every value", "many filters", "a long text", "a longer text"],
)
def test_the_search_page_is_small(client: Client, asked: dict[str, str | list[str]]) -> None:
    answer = client.get(f"/search?{urlencode(asked, doseq=True)}")

    assert 200 == answer.status_code
    assert MOST_HTML >= len(answer.content)


def test_the_page_of_the_longest_search_is_not_much_longer(client: Client) -> None:
    longest = " OR ".join(["spam", *(f"-xylophone{at}" for at in range(56))])[:995].rpartition(" OR ")[0]

    answer = client.get(f"/search?{urlencode({'q': longest})}")

    assert 200 == answer.status_code
    assert 1.5 * MOST_HTML >= len(answer.content)


def test_styles_and_scripts_are_small() -> None:
    files = [path for path in STATIC.iterdir() if path.suffix in {".css", ".js"}]

    assert MOST_STYLE_AND_SCRIPT >= sum(path.stat().st_size for path in files)
