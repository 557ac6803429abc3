"""The pages of applicants, members, reviewers and operators in a real Chromium: accessible, quiet, narrow and wide,
light and dark; and their walks, by keyboard alone and without JavaScript."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import pyotp
import pytest
from playwright.sync_api import Browser, expect

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.record import PersonId, Record, State
from registry.service import guidelines, invitations, members, monitoring, review, webhooks
from registry.settings import Settings
from tests.browser import Tab, serving, tab
from tests.clocks import CountingIds, FixedClock
from tests.factories import content, source, take_in
from tests.service.newcomers import rules
from tests.service.signing_in import PASSWORD, Enrolled, code_in, enrolled
from tests.service.world import stored
from tests.web.node import Node, open_node
from tests.web.test_browser import NARROW, OPPOSITE_FACES, WIDE, is_accessible
from tests.web.test_review import said
from tests.web.test_sign_in import COOKIE
from web.app import create_app

pytestmark = pytest.mark.browser


@dataclass(frozen=True, slots=True)
class Office:
    """A node at work behind a real server: something on every page."""

    node: Node
    origin: str
    people: dict[str, Enrolled]
    waiting: Record
    held: Record

    @contextmanager
    def at(self, browser: Browser, who: str = "", *, width: int = WIDE, javascript: bool = True) -> Iterator[Tab]:
        """A tab of somebody who has signed in, or of a stranger."""
        with tab(browser, self.origin, width=width, javascript=javascript) as opened:
            if who:
                secret = self.people[who].opened.secret
                opened.page.context.add_cookies([{"name": COOKIE, "value": secret, "url": self.origin}])
            yield opened


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, empty_store: object) -> Iterator[Office]:
    """One node for the module; what a test changes, no other looks at."""
    directory = tmp_path_factory.mktemp("office") / "data"
    settings = Settings(data_dir=directory, limits=False, outbound_allow_networks=("192.0.2.0/24",))
    settings.data_dir.mkdir()
    shutil.copy(str(empty_store), settings.database_path)
    with open_node(settings, FixedClock(), CountingIds()) as node:
        registry = node.registry
        guidelines.publish_guidelines(registry, LOCAL_OPERATOR, rules())
        operator = members.add_member(
            registry, LOCAL_OPERATOR, organisation_slug="node", name="Otto Opener", roles=frozenset({Role.OPERATOR})
        )
        people = {
            "submitter": enrolled(registry, node.submitter.person),
            "reviewer": enrolled(registry, node.reviewer.person, "rita@watch.example"),
            "operator": enrolled(registry, operator.person, "otto@node.example"),
        }
        node.publish(content(title="Out already", marking={"tlp": "CLEAR"}))
        waiting = node.submit(said(title="Marigold"))
        held = node.submit(said(misuse_categories=["ncii"], restricted={"notes": "Planted " * 40}))
        review.claim(registry, node.reviewer, held.uid, expected_revision=1)
        upstreams = [{"source": "wiki", "id": f"W-{at}", "sha256": "0" * 64} for at in (1, 2)]
        take_in(registry, LOCAL_OPERATOR, source(), [content(title="A wave", upstream=one) for one in upstreams])
        node.key_of_submitter()
        webhooks.create(registry, node.submitter, url="https://192.0.2.9/a/long/address/of/a/receiver")
        for _ in range(3000):
            registry.tally.request(replace(node.submitter, session="s"), registry.clock.now())
        monitoring.watch(registry, SYSTEM)
        with serving(create_app(registry)) as origin:
            yield Office(node, origin, people, waiting, held)


def is_whole(opened: Tab) -> None:
    """Accessible in the two faces that are least alike, and quiet."""
    is_accessible(opened, OPPOSITE_FACES)
    leads_nowhere = "[...document.querySelectorAll('a[href^=\"#\"]')].filter(one => !document.querySelector(one.hash))"
    assert [] == opened.page.evaluate(f"{leads_nowhere}.map(one => one.hash)")
    assert 1 == opened.page.locator("h1").count()
    assert 0 == opened.page.locator("img, video, iframe").count()
    assert [] == opened.faults


PAGES = {
    "": ("/sign-in", "/invitation", "/apply", "/apply/follow", "/keys/revoke"),
    "submitter": ("/me", "/me/keys", "/me/webhooks", "/me/password"),
    "reviewer": ("/me", "/me/welfare", "/review", "/review/{waiting}", "/review/{held}", "/review/imported/wiki"),
    "operator": (
        "/me",
        "/admin/applications",
        "/admin/members",
        "/admin/members/acme",
        "/admin/events",
        "/admin/events?since=yesterday",
        "/admin/alerts",
        "/imports",
        "/imports/atlas",
        "/sync",
        "/review",
    ),
}


@pytest.mark.parametrize("who", PAGES, ids=lambda one: one or "stranger")
def test_pages_for_members_are_quiet_accessible_and_fit(chromium: Browser, office: Office, who: str) -> None:
    with office.at(chromium, who) as opened:
        for path in PAGES[who]:
            address = path.format(waiting=office.waiting.uid, held=office.held.uid)

            opened.open(address)

            assert office.origin + address == opened.page.url
            is_whole(opened)


def test_the_head_stays_on_one_line_for_strangers(chromium: Browser, office: Office) -> None:
    with office.at(chromium) as opened:
        opened.open("/sign-in")

        tops = opened.page.locator(".masthead-row > *").evaluate_all(
            "all => all.map(one => one.getBoundingClientRect()).map(one => (one.top + one.bottom) / 2)"
        )

        assert 10 > max(tops) - min(tops)


def test_a_choice_stands_beside_its_box_and_is_not_shouted(chromium: Browser, office: Office) -> None:
    with office.at(chromium, width=NARROW) as opened:
        opened.open("/apply")

        option = opened.page.locator(".option").first
        text = option.locator("span").bounding_box() or {"x": 0}

        assert "400" == option.evaluate("one => getComputedStyle(one).fontWeight")
        assert text["x"] > (option.locator("input").bounding_box() or {"x": 999})["x"]
        assert "flex" == option.evaluate("one => getComputedStyle(one).display")


def test_an_applicant_applies_follows_and_is_told_what_is_wrong(chromium: Browser, office: Office) -> None:
    with office.at(chromium) as opened:
        page = opened.page
        opened.open("/apply")
        page.get_by_role("button", name="Apply").click()
        page.get_by_role("alert").wait_for()
        is_whole(opened)
        page.get_by_label("What is your organisation called?").fill("Nova Lab")
        page.get_by_label("A research group").check()
        page.get_by_label("We want to record incidents").check()
        page.get_by_label("Who are you?").fill("Nina Newcomer")
        page.get_by_label("Where can we write to you?").fill("nina@nova.example")
        page.get_by_label("Why do you want to take part?").fill("We study misuse.")
        page.get_by_label("I have read the usage guidelines").check()
        page.get_by_role("button", name="Apply").click()
        page.get_by_role("heading", name="We have your application").wait_for()
        is_whole(opened)
        code = page.locator("p.code").inner_text()
        page.get_by_role("link", name="/apply/follow").click()
        page.get_by_label("Your code").fill(code)
        page.get_by_role("button", name="Show my application").click()
        page.get_by_text("Nova Lab").wait_for()
        is_whole(opened)

    with office.at(chromium, "operator") as opened:
        opened.open("/admin/applications")
        assert opened.page.get_by_role("heading", name="Nova Lab").is_visible()
        opened.page.get_by_role("button", name="Decide").click()
        opened.page.get_by_role("alert").wait_for()
        is_whole(opened)


def test_an_invited_person_enrols_looks_around_and_makes_a_key(chromium: Browser, office: Office) -> None:
    registry = office.node.registry
    person = PersonId(office.node.institute.person or "")
    code = code_in(invitations.invite(registry, LOCAL_OPERATOR, person))
    with office.at(chromium) as opened:
        page = opened.page
        opened.open("/invitation")
        page.get_by_label("The code of your invitation").fill(code)
        page.get_by_role("button", name="Go on").click()
        page.locator("code.secret").wait_for()
        is_whole(opened)
        secret = page.locator("code.secret").inner_text().replace(" ", "")
        page.get_by_label("Sign-in name").fill("ines@institute.example")
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password once more").fill("something else")
        page.get_by_label("The code that the app shows now").fill("000000")
        page.get_by_role("button", name="Set and sign in").click()
        page.get_by_role("alert").wait_for()
        is_whole(opened)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("Password once more").fill(PASSWORD)
        page.get_by_label("The code that the app shows now").fill(pyotp.TOTP(secret).at(registry.clock.now()))
        page.get_by_role("button", name="Set and sign in").click()
        page.locator(".recovery").wait_for()

        expect(page.locator(".recovery li")).to_have_count(10)
        expect(page.get_by_role("button", name="Sign out")).to_be_visible()
        is_whole(opened)
        page.get_by_role("link", name="Go to your account").click()
        page.get_by_role("navigation", name="Your pages").get_by_role("link", name="Your API keys").click()
        page.get_by_label("What is it for?").fill("Laptop")
        page.get_by_role("button", name="Make a key").click()
        page.get_by_role("status").wait_for()
        assert page.locator("code.secret").inner_text().startswith("ic_live_")
        is_whole(opened)


def test_a_reviewer_signs_in_and_decides_by_keyboard_without_javascript(chromium: Browser, office: Office) -> None:
    rita, record = office.people["reviewer"], office.waiting
    with office.at(chromium, width=NARROW, javascript=False) as opened:
        page = opened.page
        opened.open("/review")
        page.get_by_label("E-mail address or sign-in name").fill(rita.name)
        page.get_by_label("Password", exact=True).fill(PASSWORD)
        page.get_by_label("One-time code").fill(rita.code(steps=1))
        page.keyboard.press("Enter")
        page.get_by_role("link", name=record.label).press("Enter")
        page.get_by_role("button", name="Claim it").press("Enter")
        page.get_by_role("button", name="Show notes, restricted").press("Enter")
        page.get_by_role("heading", name="Notes, restricted").wait_for()
        expect(page.get_by_text("Planted notes.")).to_be_visible()
        assert page.url.endswith("/reveal#opened")
        page.get_by_role("button", name="Reject").press("Enter")
        page.get_by_role("alert").wait_for()
        page.get_by_label("Why?").fill("Nothing happened.")
        page.get_by_role("button", name="Reject").press("Enter")
        page.get_by_role("heading", name="Review", exact=True).wait_for()

    assert State.REJECTED is stored(office.node.registry, record.uid).state


def test_an_operator_invites_somebody_by_page(chromium: Browser, office: Office) -> None:
    with office.at(chromium, "operator") as opened:
        page = opened.page
        opened.open("/me")
        page.get_by_role("navigation", name="Your pages").get_by_role("link", name="Members").click()
        page.get_by_role("link", name="Acme").click()
        page.get_by_label("Submits for the organisation").first.uncheck()
        page.get_by_role("button", name="Give these roles").click()
        page.get_by_role("alert").wait_for()
        is_whole(opened)
        page.get_by_role("button", name="Invite to sign in").click()
        page.get_by_role("status").wait_for()

        assert code_in(page.get_by_role("status").inner_text())
        is_whole(opened)
