"""The frame of pages, and the first one, in a real Chromium: with longer names and more records than the samples."""

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


@pytest.mark.parametrize("name", ["Incident Commons demo", "The registry of incidents of an organisation"])
def test_the_search_field_beside_a_long_name_is_wide_enough_to_type_in(
    chromium: Browser, served: Served, name: str
) -> None:
    with tab(chromium, served.origin, width=1280) as opened:
        opened.open("/about")

        opened.page.locator(".wordmark span").evaluate("(one, name) => one.textContent = name", name)

        assert 90 <= (opened.page.locator("#quick").bounding_box() or {"width": 0})["width"]
        assert 1280 >= opened.page.evaluate("document.documentElement.scrollWidth")
