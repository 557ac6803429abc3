"""Pages in a real Chromium: quiet, accessible, without JavaScript too, on narrow and wide screens, light and dark."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, expect

from tests.browser import Tab, tab
from tests.web.conftest import Served

pytestmark = pytest.mark.browser

AXE_OPTIONS = {
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
    },
    "resultTypes": ["violations"],
}
# What another colour or width may break besides.
LOOKS = {
    "runOnly": {"type": "rule", "values": ["color-contrast", "target-size", "scrollable-region-focusable"]},
    "resultTypes": ["violations"],
}
WIDE, NARROW = 1280, 320
Face = tuple[str, int, dict[str, Any]]
ALL_FACES: tuple[Face, ...] = (
    ("light", WIDE, AXE_OPTIONS),
    ("dark", WIDE, LOOKS),
    ("dark", NARROW, AXE_OPTIONS),
    ("light", NARROW, LOOKS),
)
# The two that are least alike.
OPPOSITE_FACES: tuple[Face, ...] = (("light", WIDE, AXE_OPTIONS), ("dark", NARROW, LOOKS))
CHIEF_PAGES = ("home", "search", "incident", "history", "tombstone", "error")
OTHER_PAGES = (
    "table", "unreadable", "mitigation", "lesson", "warned", "taxonomy", "term", "about", "organisation", "full",
    "weakness", "policy", "compare", "statement", "classified", "weaknesses", "matrix", "clause", "clocks",
    "trends", "heat", "medians", "uncounted", "chosen", "some",
)  # fmt: skip
OPEN_PAGES = ("notice", "own case", "transparency", "privacy", "governance")


def _path(served: Served, name: str) -> str:
    numbers = {key: f"/r/{record.number}" for key, record in served.records.items()}
    return {
        "home": "/",
        "search": "/search?q=model&kind=incident",
        "table": "/search?q=model&view=table",
        "unreadable": "/search?q=model+OR",
        "chosen": "/search?q=model&misuse=fraud&misuse=impersonation&sort=recency",
        "some": "/search?q=deepfake+keys+xylophone",
        "incident": numbers["influence-operations-2024"],
        "mitigation": numbers["threat-hunting"],
        "lesson": numbers["keys-are-money"],
        "warned": numbers["helpline-chatbot"],
        "history": numbers["influence-operations-2024"] + "/history",
        "tombstone": numbers["chat-history-bug"],
        "error": "/nothing/here",
        "taxonomy": "/taxonomies/misuse_category",
        "term": "/taxonomies/misuse_category/jailbreak",
        "about": "/about",
        "organisation": "/organisations/acme",
        "full": numbers["invented-fake-shops"],
        "weakness": numbers["untrusted-text-steers"],
        "policy": numbers["demo-usage-policy-2"],
        "compare": f"{numbers['demo-usage-policy']}/compare/{served.records['demo-usage-policy-2'].number}",
        "statement": numbers["perplexity-effect"],
        "classified": numbers["echoleak-classified"],
        "weaknesses": "/weaknesses",
        "matrix": "/mitigations/matrix",
        "trends": "/trends?rows=quarter&columns=misuse",
        "heat": "/trends?rows=provider&columns=misuse&kind=incident",
        "medians": "/trends?rows=misuse&measure=time_to_detection",
        "uncounted": "/trends?rows=provders",
        "clause": f"{numbers['demo-usage-policy-2']}/clauses/2.1",
        "clocks": "/clocks",
        "notice": "/notice",
        "own case": "/notice/case",
        "transparency": "/transparency",
        "privacy": "/privacy",
        "governance": "/governance",
    }[name]


def is_accessible(opened: Tab, faces: tuple[Face, ...]) -> None:
    """In each of *faces*: nothing that axe finds, and nothing beyond the edge."""
    opened.page.wait_for_load_state()
    opened.page.evaluate(Axe().axe_script)
    for scheme, width, options in faces:
        opened.page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
        opened.page.set_viewport_size({"width": width, "height": 900})
        found = opened.page.evaluate("options => axe.run(document, options)", options)["violations"]
        told = [f"{one['id']}: {node['html'][:200]}" for one in found for node in one["nodes"]]
        assert [] == told, f"{opened.page.url}, {scheme}, {width} pixels"
        assert width >= opened.page.evaluate("document.documentElement.scrollWidth"), f"{opened.page.url}, {width}"


@pytest.fixture(scope="module")
def kept_tab(chromium: Browser, served: Served) -> Iterator[Tab]:
    """One for all pages that are only looked at: each fresh one starts processes of the browser."""
    with tab(chromium, served.origin) as opened:
        yield opened


@pytest.fixture
def looking(kept_tab: Tab) -> Tab:
    """A wide light tab in which nothing has gone wrong yet."""
    kept_tab.faults.clear()
    kept_tab.page.emulate_media(color_scheme="light")
    kept_tab.page.set_viewport_size({"width": WIDE, "height": 900})
    return kept_tab


def _is_whole(looking: Tab, path: str, faces: tuple[Face, ...]) -> None:
    looking.open(path)

    is_accessible(looking, faces)

    assert 1 == looking.page.locator("h1").count()
    assert [] == looking.faults


@pytest.mark.parametrize("name", CHIEF_PAGES + OTHER_PAGES + OPEN_PAGES)
def test_a_page_is_quiet_accessible_and_fits(looking: Tab, served: Served, name: str) -> None:
    _is_whole(looking, _path(served, name), OPPOSITE_FACES)


@pytest.mark.soak
@pytest.mark.parametrize("name", CHIEF_PAGES)
def test_a_chief_page_is_so_in_every_face(looking: Tab, served: Served, name: str) -> None:
    _is_whole(looking, _path(served, name), ALL_FACES)


def test_a_record_is_found_and_read_without_javascript(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin, javascript=False) as opened:
        opened.open("/")

        opened.page.get_by_label("Search incidents").fill("video call")
        opened.page.get_by_role("main").get_by_role("button", name="Search").click()
        opened.page.get_by_role("heading", name="Deepfaked colleagues").get_by_role("link").click()

        expect(opened.page.get_by_role("heading", name="Timeline")).to_be_visible()
        assert f"{served.origin}/r/{served.records['hong-kong-video-call'].number}" == opened.page.url
        assert [] == opened.faults


def test_a_filter_is_chosen_and_dropped_without_javascript(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin, javascript=False) as opened:
        opened.open("/search")
        everything = opened.page.get_by_role("status").inner_text()

        opened.page.get_by_role("complementary").get_by_role("link", name="Lesson 3").click()
        expect(opened.page.get_by_role("status")).to_have_text("3 records where kind is “Lesson”.")
        opened.page.get_by_role("link", name="Remove filter Kind: Lesson").click()

        expect(opened.page.get_by_role("status")).to_have_text(everything)


def test_columns_of_an_export_and_times_are_reached_by_keyboard(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin) as opened:
        opened.open("/search?q=model")
        opened.page.locator(".takes summary").focus()
        opened.page.keyboard.press("Enter")
        opened.page.locator(".when details summary").focus()
        opened.page.keyboard.press("Enter")

        expect(opened.page.get_by_label("provider", exact=True)).to_be_visible()
        expect(opened.page.get_by_role("table", name="When it happened")).to_be_visible()
        is_accessible(opened, OPPOSITE_FACES)
        assert [] == opened.faults


def test_all_columns_of_an_export_are_chosen_from_on_one_screen(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin, width=WIDE) as opened:
        opened.open("/search?q=model")
        opened.page.locator(".takes summary").click()

        columns = opened.page.get_by_role("group", name="CSV with these columns")

        assert 600 > (columns.bounding_box() or {"height": 999})["height"]


def test_a_content_warning_stands_before_the_text_and_opens_by_keyboard(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin, javascript=False) as opened:
        opened.open(_path(served, "warned"))
        sources = opened.page.get_by_role("heading", name="Sources")
        assert not sources.is_visible()

        opened.page.locator(".gate > summary").focus()
        opened.page.keyboard.press("Enter")

        expect(sources).to_be_visible()


def test_a_clause_is_reached_from_the_violation_and_compared_without_javascript(
    chromium: Browser, served: Served
) -> None:
    with tab(chromium, served.origin, javascript=False) as opened:
        opened.open(_path(served, "policy") + "#clause-2.3")
        clause = opened.page.locator("#clause-2\\.3")
        assert clause.is_visible()

        opened.page.get_by_role("link", name="What changed").click()

        expect(opened.page.get_by_role("heading", name="Clause 2.3 Added")).to_be_visible()
        assert _path(served, "compare") == opened.page.url.removeprefix(served.origin)
        assert [] == opened.faults


def test_a_wide_table_is_scrolled_by_keyboard(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin, width=NARROW) as opened:
        opened.open(_path(served, "full"))
        table = opened.page.get_by_role("region", name="Harm as a table")

        table.focus()
        opened.page.keyboard.press("ArrowRight")

        assert opened.comes_true("document.activeElement.scrollLeft > 0")
        assert [] == opened.faults


def test_the_head_of_a_page_stays_on_one_line(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin, width=WIDE) as opened:
        opened.open("/about")

        assert 90 > (opened.page.locator(".masthead").bounding_box() or {"height": 999})["height"]


def test_the_slash_key_leads_to_the_search_field(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin) as opened:
        opened.open("/about")

        opened.page.keyboard.press("/")

        assert opened.comes_true("document.activeElement.id === 'quick'")
        assert [] == opened.faults


def test_the_first_tab_stop_skips_to_the_content(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin) as opened:
        opened.open("/about")

        opened.page.keyboard.press("Tab")
        opened.page.keyboard.press("Enter")

        assert opened.comes_true("location.hash === '#main'")


def test_a_record_prints_without_the_frame(chromium: Browser, served: Served) -> None:
    with tab(chromium, served.origin) as opened:
        opened.open(_path(served, "incident"))

        opened.page.emulate_media(media="print")

        expect(opened.page.get_by_role("navigation", name="Main")).to_be_hidden()
        expect(opened.page.get_by_role("heading", name="Sources")).to_be_visible()


@pytest.mark.parametrize(("address", "button"), [("/notice", "Send"), ("/notice/case", "Show my case")])
def test_a_form_that_was_filled_in_wrongly_says_so_accessibly(
    chromium: Browser, served: Served, address: str, button: str
) -> None:
    with tab(chromium, served.origin) as opened:
        opened.open(address)
        opened.page.get_by_role("button", name=button).click()

        expect(opened.page.get_by_role("alert")).to_be_visible()
        is_accessible(opened, OPPOSITE_FACES)
        assert [] == opened.faults
