"""One's own account: what it shows, what it changes, and what it asks for before."""

from __future__ import annotations

import re
from dataclasses import replace

import httpx
import pyotp
import pytest

from registry.domain.account import Member
from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.errors import Reauthenticate
from registry.ports import Registry
from registry.service import accounts, erasure, invitations, keys, members, sessions
from tests.client import Client
from tests.clocks import FixedClock
from tests.factories import content
from tests.service.signing_in import PASSWORD, Enrolled, enrolled
from tests.web.node import Node
from tests.web.test_sign_in import COOKIE, OURS, held
from web.pages.me import PLACES

NEW = "eleven grey geese overhead"


@pytest.fixture
def ada(node: Node) -> Enrolled:
    """The submitter, with a way in."""
    return enrolled(node.registry, node.submitter.person)


def send(client: Client, ada: Enrolled, path: str, *, secret: str = "", **said: str) -> httpx.Response:
    """A form, from a page of ours, with the session."""
    cookie = {"Cookie": f"{COOKIE}={secret or ada.opened.secret}"}
    return client.post(path, data={"step": ""} | said, headers=OURS | cookie)


def get(client: Client, ada: Enrolled, path: str, *, secret: str = "") -> httpx.Response:
    """A page, with the session."""
    return client.get(path, headers={"Cookie": f"{COOKIE}={secret or ada.opened.secret}"})


def is_alive(registry: Registry, secret: str) -> bool:
    return sessions.authenticate_session(registry, secret) is not None


def test_it_says_who_one_is_and_what_one_wrote(client: Client, node: Node, ada: Enrolled) -> None:
    draft = node.submit(content(title="Not out yet"))
    out = node.publish(content(title="Out already", marking={"tlp": "CLEAR"}))

    page = get(client, ada, "/me")

    assert 200 == page.status_code
    for text in (ada.name, "Acme", "Submitter", "Not out yet", "Out already", f"/r/{out.number}", f"/r/{draft.uid}"):
        assert text in page.text
    assert "private, no-store" == page.headers["cache-control"]


def test_it_leads_to_every_page_that_one_may_use_and_to_no_other(client: Client, node: Node, ada: Enrolled) -> None:
    otto = members.add_member(
        node.registry, LOCAL_OPERATOR, organisation_slug="node", name="Otto", roles=frozenset({Role.OPERATOR})
    )
    people = (
        ada,
        enrolled(node.registry, node.reviewer.person, "rita@watch.example"),
        enrolled(node.registry, otto.person, "otto@node.example"),
    )
    every = {one.href for one in PLACES}

    for one in people:
        shown = get(client, one, "/me").text
        led = set(re.findall(r'<li><a href="(/(?:me|review|admin|imports|sync|policies/)[^"]*)">', shown))

        assert {path for path in every if get(client, one, path).status_code == 200} == led


def test_a_page_that_is_refused_or_missing_knows_who_asks(client: Client, ada: Enrolled) -> None:
    refused, missing = get(client, ada, "/admin/events"), get(client, ada, "/nothing/here")

    assert (403, 404) == (refused.status_code, missing.status_code)
    for one in (refused, missing):
        assert f'<a href="/me">{ada.name}</a>' in one.text
        assert "Sign in" not in one.text


def test_strangers_are_led_to_the_form_and_back(client: Client) -> None:
    for path in ("/me", "/me/password", "/me/keys"):
        answer = client.get(path)
        assert (303, f"/sign-in?next={path}") == (answer.status_code, answer.headers["location"])


def test_a_session_is_ended_by_itself_or_with_all_others(client: Client, ada: Enrolled) -> None:
    second, third = ada.sign_in(), ada.sign_in(code=ada.recovery_codes[0])

    one = send(client, ada, "/me/sessions", end=second.session.id)
    assert [True, False, True] == [
        is_alive(ada.registry, one) for one in (ada.opened.secret, second.secret, third.secret)
    ]
    rest = send(client, ada, "/me/sessions", end="others")

    assert [303, 303] == [one.status_code, rest.status_code]
    assert [True, False] == [is_alive(ada.registry, one) for one in (ada.opened.secret, third.secret)]


def test_nobody_ends_the_session_of_another(client: Client, node: Node, ada: Enrolled) -> None:
    ines = enrolled(node.registry, node.institute.person, "ines@institute.example")

    answer = send(client, ada, "/me/sessions", end=ines.opened.session.id)
    unknown = send(client, ada, "/me/sessions", end="nonsense")

    assert (404, 404) == (answer.status_code, unknown.status_code)
    assert is_alive(node.registry, ines.opened.secret)


def test_another_password_ends_every_other_session(client: Client, ada: Enrolled, clock: FixedClock) -> None:
    other = ada.sign_in()

    wrong = send(client, ada, "/me/password", current="wrong", password=NEW, again=NEW)
    weak = send(client, ada, "/me/password", current=PASSWORD, password="acme password", again="x")
    done = send(client, ada, "/me/password", current=PASSWORD, password=NEW, again=NEW)

    assert [400, 400, 200] == [wrong.status_code, weak.status_code, done.status_code]
    assert 2 == weak.text.count('<li><a href="#')
    assert [True, False] == [is_alive(ada.registry, one) for one in (ada.opened.secret, other.secret)]
    clock.advance(minutes=2)
    ada.sign_in(password=NEW)


def test_another_app_takes_the_place_of_the_first(client: Client, ada: Enrolled, clock: FixedClock) -> None:
    shown = send(client, ada, "/me/second-factor")
    factor = re.search(r'name="factor" value="([^"]+)"', shown.text)
    secret = re.search(r'<code class="secret">([A-Z2-7 ]+)</code>', shown.text)
    assert factor is not None
    assert secret is not None
    app = pyotp.TOTP(secret[1].replace(" ", ""))
    wrong = send(client, ada, "/me/second-factor", step="finish", factor=factor[1], one_time_code="000000")
    foreign = send(client, ada, "/me/second-factor", step="finish", factor="a.b.c", one_time_code="000000")
    now = app.at(clock.now())
    done = send(client, ada, "/me/second-factor", step="finish", factor=factor[1], one_time_code=now)
    clock.advance(minutes=2)

    assert [400, 400, 200] == [wrong.status_code, foreign.status_code, done.status_code]
    assert 10 == len(re.findall(r"<li><code>[0-9A-Z]{6}-[0-9A-Z]{6}</code>", done.text))
    ada.sign_in(code=app.at(clock.now()))


def test_a_key_is_made_shown_once_rotated_and_revoked(client: Client, ada: Enrolled) -> None:
    made = send(client, ada, "/me/keys", step="create", label="Laptop", days="30", **{"scope:record:submit": "on"})
    key = re.search(r"ic_live_(\w{12})_\w{40}_\w{8}", made.text)
    assert key is not None
    later = get(client, ada, "/me/keys")
    rotated = send(client, ada, "/me/keys", step="rotate", key=key[1])
    revoked = send(client, ada, "/me/keys", step="revoke", key=key[1])

    assert "private, no-store" == made.headers["cache-control"]
    assert key[0] not in later.text
    assert "Laptop" in later.text
    assert [200, 200] == [rotated.status_code, revoked.status_code]
    assert 401 == client.get("/", headers={"Authorization": f"Bearer {key[0]}"}).status_code


def test_what_is_wrong_with_a_key_is_told(client: Client, ada: Enrolled) -> None:
    answers = [
        send(client, ada, "/me/keys", step="create", label="", days="30"),
        send(client, ada, "/me/keys", step="create", label="x", days="1000000"),
        send(client, ada, "/me/keys", step="create", label="x", days="30", **{"scope:node:maintain": "on"}),
        send(client, ada, "/me/keys", step="revoke", key="nonsense"),
        send(client, ada, "/me/keys", step="nonsense"),
    ]

    assert {400, 404} >= {one.status_code for one in answers} - {200, 403}


def test_what_is_sensitive_wants_a_sign_in_a_short_while_ago(
    client: Client, node: Node, ada: Enrolled, clock: FixedClock
) -> None:
    clock.advance(minutes=15)

    for path in ("/me/password", "/me/keys", "/me/second-factor"):
        answer = send(client, ada, path, step="create", label="x", days="30")
        assert (303, True) == (answer.status_code, answer.headers["location"].startswith("/sign-in?next=/me"))
    actor = ada.actor()
    with pytest.raises(Reauthenticate):
        erasure.erase(
            node.registry,
            replace(actor, roles=frozenset({Role.OPERATOR})),
            node.submit(content()).uid,
            reason="r",
            legal_basis="b",
        )
    fresh = ada.sign_in()
    assert 200 == send(client, ada, "/me/keys", secret=fresh.secret, step="create", label="x", days="30").status_code


def test_an_operator_with_an_old_session_invites_nobody(node: Node, ada: Enrolled, clock: FixedClock) -> None:
    clock.advance(minutes=16)
    operator = replace(ada.actor(), roles=frozenset({Role.OPERATOR}))

    with pytest.raises(Reauthenticate):
        invitations.invite(node.registry, operator, ada.person)


def test_one_acts_for_each_of_ones_organisations(client: Client, node: Node, ada: Enrolled) -> None:
    institute = accounts.organisation(node.registry, LOCAL_OPERATOR, "institute")
    with node.registry.storage.begin() as unit:
        unit.accounts.add_member(Member(ada.person, institute.id, frozenset({Role.VETTED_RESEARCHER})), "Ada")

    before = ada.actor()
    moved = send(client, ada, "/me/organisation", organisation="institute")
    nowhere = send(client, ada, "/me/organisation", organisation="watch")

    assert (303, 404) == (moved.status_code, nowhere.status_code)
    after = ada.actor()
    assert before.organisation != after.organisation
    assert (institute.id, True) == (after.organisation, Role.VETTED_RESEARCHER in after.roles)
    assert Role.SUBMITTER not in after.roles


def test_nothing_secret_is_ever_in_an_address(client: Client, ada: Enrolled) -> None:
    answers = [
        client.get(f"/invitation?code={ada.recovery_codes[0]}"),
        client.get(f"/sign-in?name={ada.name}&password={PASSWORD}&code={ada.code()}"),
        get(client, ada, "/me/keys?step=create&label=x&days=30"),
    ]

    assert [] == [one for one in answers if "set-cookie" in one.headers or PASSWORD in one.text]
    assert () == keys.keys(ada.registry, LOCAL_OPERATOR, ada.person)
    assert held(
        client.post("/sign-in", data={"name": ada.name, "password": PASSWORD, "code": ada.code(steps=1)}, headers=OURS)
    )
