"""The first page in a real Chromium, with more records than the samples are."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser

from tests.browser import tab
from tests.web.conftest import Served

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("width", [1280, 320])
def test_how_many_records_there_are_stands_on_one_line(chromium: Browser, served: Served, width: int) -> None:
    with tab(chromium, served.origin, width=width) as opened:
        opened.open("/")
        counted = opened.page.locator(".counts b").first
        few = counted.bounding_box()

        counted.evaluate("one => one.textContent = '1,234,567'")

        many, sheet = counted.bounding_box(), opened.page.locator(".counts a").first.bounding_box()
        assert few is not None
        assert many is not None
        assert sheet is not None
        assert few["height"] == many["height"]
        assert counted.evaluate("one => one.scrollWidth") <= sheet["width"]
        assert width >= opened.page.evaluate("document.documentElement.scrollWidth")
