"""The pages of reviewers in a real Chromium: accessible, quiet, narrow and wide, light and dark."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from registry.service import review
from registry.settings import Settings
from tests.browser import serving, tab
from tests.clocks import CountingIds, FixedClock
from tests.web.node import open_node
from tests.web.test_browser import AXE_OPTIONS, NARROW, WIDE
from tests.web.test_review import key_of, said
from web.app import create_app

pytestmark = pytest.mark.browser


def test_the_pages_of_reviewers_are_accessible_and_fit(chromium: Browser, tmp_path: Path, empty_store: Path) -> None:
    settings = Settings(data_dir=tmp_path / "data")
    settings.data_dir.mkdir()
    shutil.copy(empty_store, settings.database_path)
    with open_node(settings, FixedClock(), CountingIds()) as node:
        waiting = node.submit(said(title="Marigold"))
        held = node.submit(said(misuse_categories=["ncii"], restricted={"notes": "Planted " * 40}))
        review.claim(node.registry, node.reviewer, held.uid, expected_revision=1)
        key = key_of(node, node.reviewer)
        with serving(create_app(node.registry)) as origin, tab(chromium, origin) as opened:
            opened.page.set_extra_http_headers({"Authorization": f"Bearer {key}"})
            for path in ("/review", f"/review/{waiting.uid}", f"/review/{held.uid}", "/me/welfare"):
                opened.open(path)
                for scheme, width in (("light", WIDE), ("dark", NARROW)):
                    opened.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
                    opened.page.set_viewport_size({"width": width, "height": 800})
                    found = Axe().run(opened.page, options=AXE_OPTIONS).response["violations"]
                    assert [] == [(one["id"], one["nodes"][0]["html"]) for one in found], (path, scheme)
                    assert width >= opened.page.evaluate("document.documentElement.scrollWidth"), (path, width)
                    assert 0 == opened.page.locator("img, video, iframe").count()
            opened.open(f"/review/{held.uid}")
            opened.page.get_by_role("button", name="Show restricted.notes").press("Enter")
            assert "Planted" in opened.page.get_by_role("main").inner_text()
