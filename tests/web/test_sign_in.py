"""Signing in, out and up in a browser's words: cookies, forms, and everything that others try with them."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import replace
from queue import SimpleQueue

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.sign_in import own_path
from registry.service import invitations, sessions
from registry.signing import Vault
from tests.client import Client
from tests.clocks import FixedClock
from tests.service.signing_in import PASSWORD, Enrolled, code_in, enrolled
from tests.web.node import Node
from web.app import create_app

OURS = {"Sec-Fetch-Site": "same-origin"}
COOKIE = "session"
# Only a test that fails waits so long.
PATIENCE_SECONDS = 60


@pytest.fixture
def ada(node: Node) -> Enrolled:
    """The submitter, with a way in."""
    return enrolled(node.registry, node.submitter.person)


def sign_in(client: Client, ada: Enrolled, *, headers: dict[str, str] | None = None, **said: str) -> httpx.Response:
    """Send the form; the client keeps the cookie."""
    form = {"name": ada.name, "password": PASSWORD, "code": ada.code(steps=1)} | said
    return client.post("/sign-in", data=form, headers=OURS | (headers or {}))


def held(answer: httpx.Response) -> str:
    """The secret that an answer gives to the browser."""
    found = re.match(r"(?:__Host-)?session=(\w*)", answer.headers["set-cookie"])
    assert found is not None
    return found[1]


def with_secret(secret: str) -> dict[str, str]:
    """Headers of a request from a page of ours that bears a session."""
    return OURS | {"Cookie": f"{COOKIE}={secret}"}


def test_whoever_signs_in_is_greeted_and_leaves_again(client: Client, ada: Enrolled) -> None:
    signed_in = sign_in(client, ada)
    home = client.get("/")
    left = client.post("/sign-out", headers=OURS)
    after = client.get("/")

    assert (303, "/me") == (signed_in.status_code, signed_in.headers["location"])
    assert ada.name in home.text
    assert "private, no-store" == home.headers["cache-control"]
    assert 303 == left.status_code
    assert ada.name not in after.text
    assert sessions.authenticate_session(ada.registry, held(signed_in)) is None


def test_the_cookie_is_for_this_host_alone_and_no_script_reads_it(node: Node) -> None:
    ada = enrolled(node.registry, node.submitter.person)
    settings = node.registry.settings.model_copy(update={"base_url": "https://registry.test"})
    with Client(create_app(replace(node.registry, settings=settings))) as client:
        given = sign_in(client, ada).headers["set-cookie"]

    name, *attributes = (one.strip().lower() for one in given.split(";"))
    assert name.startswith("__host-session=")
    assert {"httponly", "secure", "samesite=lax", "path=/", "max-age=43200"} == set(attributes)


def test_without_tls_the_cookie_goes_without_the_promises_that_need_it(client: Client, ada: Enrolled) -> None:
    given = sign_in(client, ada).headers["set-cookie"].lower()

    assert given.startswith("session=")
    assert "httponly" in given
    assert "secure" not in given


def test_each_sign_in_gives_a_new_session_and_ends_the_one_held(client: Client, ada: Enrolled) -> None:
    planted = ada.opened.secret

    given = held(sign_in(client, ada, headers=with_secret(planted)))

    assert planted != given
    assert sessions.authenticate_session(ada.registry, planted) is None


def test_a_session_that_somebody_made_up_is_nobody(client: Client) -> None:
    for planted in ("a" * 40, "x", "", '"quoted"', "a" * 5000, "%00", "\u00e4"):
        answer = client.get("/me", headers={"Cookie": f"{COOKIE}={planted}".encode("latin-1")})
        assert (303, "/sign-in?next=/me") == (answer.status_code, answer.headers["location"])


def test_of_two_cookies_none_counts(client: Client, ada: Enrolled) -> None:
    own = ada.opened.secret
    for cookies in (f"{COOKIE}={own}; {COOKIE}={'a' * 40}", f"{COOKIE}={'a' * 40}; {COOKIE}={own}"):
        assert 303 == client.get("/me", headers={"Cookie": cookies}).status_code
    assert 200 == client.get("/me", headers={"Cookie": f"other=1; {COOKIE}={own}; {COOKIE}={own}"}).status_code


def test_a_cookie_that_only_looks_like_ours_is_none(client: Client, ada: Enrolled) -> None:
    """Browsers keep no promise for such names: a page of a neighbouring host may plant them."""
    for space in ("\x85", "\xa0", "\u2000", "\x1f"):
        for planted in (f"{space}{COOKIE}={ada.opened.secret}", f"x=1;{space}{COOKIE}={ada.opened.secret}"):
            sent = planted.encode("latin-1" if space < "\u0100" else "utf-8")
            assert 303 == client.get("/me", headers={"Cookie": sent}).status_code, planted
    assert 200 == client.get("/me", headers={"Cookie": f"x=1;\t {COOKIE}={ada.opened.secret}"}).status_code


def test_a_huge_cookie_header_is_not_read(client: Client, ada: Enrolled) -> None:
    cookies = "x=" + "y" * 20_000 + f"; {COOKIE}={ada.opened.secret}"

    assert 303 == client.get("/me", headers={"Cookie": cookies}).status_code


def test_a_key_and_a_session_of_different_people_are_refused(client: Client, node: Node) -> None:
    other = enrolled(node.registry, node.institute.person, "ines@institute.example")
    key = {"Authorization": f"Bearer {node.key_of_submitter()}"}
    own = enrolled(node.registry, node.submitter.person)

    assert 401 == client.get("/", headers=key | with_secret(other.opened.secret)).status_code
    assert 200 == client.get("/", headers=key | with_secret(own.opened.secret)).status_code


FOREIGN: tuple[dict[str, str], ...] = (
    {},
    {"Sec-Fetch-Site": "none"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "cross-site"},
    {"Origin": "https://evil.example"},
    {"Origin": "null"},
    {"Origin": "http://127.0.0.1:8000.evil.example"},
    {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8000"},
)


def test_forms_about_signing_in_are_taken_from_our_own_pages_only(client: Client, ada: Enrolled) -> None:
    for path in ("/sign-in", "/sign-out", "/invitation", "/me/sessions", "/me/keys", "/me/password"):
        cookie = {} if path == "/sign-in" else {"Cookie": f"{COOKIE}={ada.opened.secret}"}
        for headers in FOREIGN:
            answer = client.post(path, data={"name": ada.name}, headers=headers | cookie)
            assert 403 == answer.status_code, (path, headers)

    assert sessions.authenticate_session(ada.registry, ada.opened.secret) is not None


def test_a_session_writes_through_the_api_from_our_own_pages_only(client: Client, ada: Enrolled) -> None:
    document = {"query": "{ viewer { roles } }"}
    cookie = {"Cookie": f"{COOKIE}={ada.opened.secret}"}

    refused = {client.post("/graphql", json=document, headers=one | cookie).status_code for one in FOREIGN}
    taken = client.post("/graphql", json=document, headers={"Origin": "http://127.0.0.1:8000"} | cookie)
    form = client.post("/graphql", data={"query": "{ viewer { roles } }"}, headers=with_secret(ada.opened.secret))

    assert {403} == refused
    assert "SUBMITTER" in taken.text
    assert 415 == form.status_code


def test_a_link_changes_nothing(client: Client, ada: Enrolled) -> None:
    cookie = {"Cookie": f"{COOKIE}={ada.opened.secret}", "Sec-Fetch-Site": "cross-site"}
    for path in ("/sign-out", "/me/sessions", "/me/organisation", "/me/second-factor"):
        assert 405 == client.get(path, headers=cookie).status_code
    mutation = {"query": 'mutation { revokeApiKey(input: {id: "x"}) { apiKey { id } } }'}

    assert 405 == client.get("/graphql", params=mutation, headers=cookie).status_code
    assert 200 == client.get("/me", headers=cookie).status_code


ELSEWHERE = (
    "//evil.example", "/\\evil.example", "\\\\evil.example", "https:evil.example", "https://evil.example", "evil",
    "/%2f%2fevil.example", "/%5cevil.example", "/%252f%252fevil.example", "///evil.example", "/x//evil", "/./\\evil",
    "/\t/evil.example", "/\n/evil.example", "/%09/evil.example", "/%0d%0aLocation:%20https://evil.example",
    "javascript:alert(1)",
    "/\u2215\u2215evil.example", "/\uff0f\uff0fevil.example", " //evil.example", "/ok#//evil", "/" + "a" * 600,
    "", "/ok\0",
    "/@evil.example\\", "http:/evil.example", "/\x7f", "/;@evil.example//",
)  # fmt: skip


def test_nobody_is_sent_elsewhere_by_a_link_to_us(client: Client, ada: Enrolled) -> None:
    assert {"/me"} == {own_path(one) for one in ELSEWHERE}
    assert "/me" == sign_in(client, ada, next="//evil.example").headers["location"]
    assert "evil" not in client.get("/sign-in?next=//evil.example").text


def test_one_is_sent_where_one_wanted_to_go() -> None:
    wanted = ("/", "/me/keys", "/search?q=a%20b&kind=incident", "/lookup?url=https://x.example/")

    assert wanted == tuple(map(own_path, wanted))


def test_refusals_are_the_same_bytes(client: Client, ada: Enrolled) -> None:
    told = set()
    attempts: tuple[dict[str, str], ...] = (
        {"password": "x" * 12},
        {"code": "000000"},
        {"code": ""},
        {"password": ""},
        {"code": "\0"},
    )
    for said in attempts:
        answer = sign_in(client, ada, headers=None, **said)
        assert 401 == answer.status_code
        assert "set-cookie" not in answer.headers
        told.add(answer.text)
    unknown = sign_in(client, ada, name="eva@acme.example")

    assert 1 == len(told)
    assert told == {unknown.text.replace("eva@acme.example", ada.name)}


def test_what_was_typed_is_not_repeated_but_for_the_name(client: Client, ada: Enrolled) -> None:
    answer = sign_in(client, ada, name='"><script>alert(1)</script>', password="a secret of mine", code="123123")

    assert "a secret of mine" not in answer.text
    assert "123123" not in answer.text
    assert "<script>alert" not in answer.text


def test_an_agent_that_steers_is_kept_as_a_word_of_ours(client: Client, ada: Enrolled) -> None:
    answer = sign_in(client, ada, headers={"User-Agent": "\x1b[31mFirefox <script>alert(1)</script> Linux"})
    page = client.get("/me", headers=with_secret(held(answer)))

    assert "Firefox on Linux" in page.text
    assert "<script>alert" not in page.text


def test_an_invitation_is_answered_once(client: Client, node: Node) -> None:
    assert node.institute.person is not None
    code = code_in(invitations.invite(node.registry, LOCAL_OPERATOR, node.institute.person))
    shown = client.post("/invitation", data={"code": code}, headers=OURS)
    secret = invitations.enrolment(node.registry, code).secret
    form = {"step": "finish", "code": code, "name": "ines@institute.example", "password": PASSWORD, "again": PASSWORD}
    wrong = client.post(
        "/invitation", data=form | {"one_time_code": "1", "again": "other", "name": "\u00ef"}, headers=OURS
    )
    ines = Enrolled(node.registry, node.institute.person, "", secret, (), None)  # type: ignore[arg-type]
    done = client.post("/invitation", data=form | {"one_time_code": ines.code()}, headers=OURS)
    again = client.post("/invitation", data=form | {"one_time_code": ines.code(steps=1)}, headers=OURS)

    assert secret[:4] in shown.text
    assert "<svg" in shown.text
    assert "style=" not in shown.text
    assert 400 == wrong.status_code
    assert 3 == wrong.text.count('<li><a href="#')
    assert 200 == done.status_code
    assert 10 == len(re.findall(r"<li><code>[0-9A-Z]{6}-[0-9A-Z]{6}</code>", done.text))
    assert 404 == again.status_code
    for answer in (shown, wrong, done, again):
        assert "private, no-store" == answer.headers["cache-control"]
        assert code not in str(answer.headers)
    assert 200 == client.get("/me", headers=with_secret(held(done))).status_code


def test_every_invitation_that_leads_nowhere_is_answered_the_same(client: Client) -> None:
    known_wrong = client.post("/invitation", data={"code": "000000-000000-000000-000000-000000"}, headers=OURS)

    for code in ("", "nonsense", "B87K85-TC7V6J-BACSZN-HAVYWN-0SSJDQ", "\u00e9" * 30):
        answer = client.post("/invitation", data={"code": code}, headers=OURS)
        assert (404, known_wrong.text) == (answer.status_code, answer.text)


def test_an_invitation_ends_after_seven_days(client: Client, node: Node, clock: FixedClock) -> None:
    assert node.institute.person is not None
    code = code_in(invitations.invite(node.registry, LOCAL_OPERATOR, node.institute.person))
    clock.advance(days=7)

    assert 404 == client.post("/invitation", data={"code": code}, headers=OURS).status_code


def test_a_session_ends_when_it_is_not_used_and_in_any_case(client: Client, ada: Enrolled, clock: FixedClock) -> None:
    unused, used = ada.opened.secret, ada.sign_in().secret
    for _ in range(23):
        clock.advance(minutes=30)
        assert 200 == client.get("/me", headers=with_secret(used)).status_code
    assert 303 == client.get("/me", headers=with_secret(unused)).status_code
    clock.advance(minutes=31)

    assert 303 == client.get("/me", headers=with_secret(used)).status_code


def test_public_pages_are_kept_apart_by_cookie(client: Client, ada: Enrolled) -> None:
    public = client.get("/clocks")
    own = client.get(
        "/about", headers={"Cookie": f"{COOKIE}={ada.opened.secret}", "If-None-Match": public.headers["etag"]}
    )

    assert "Cookie" in public.headers["vary"]
    assert (200, "private, no-store") == (own.status_code, own.headers["cache-control"])
    assert '<a href="/sign-in">Sign in</a>' in public.text


class Held(Vault):
    """A vault that tells nothing about passwords before ``opened``: until then each keeps the thread that hashes it."""

    def __init__(self, behind: Vault) -> None:
        self._behind = behind
        self.opened = threading.Event()

    def mac(self, purpose: str, body: bytes) -> bytes:
        """What the vault *behind* says, in its time."""
        if purpose == "password":
            self.opened.wait()
        return self._behind.mac(purpose, body)


def test_a_flood_of_sign_ins_is_turned_away_and_pages_go_on(node: Node) -> None:
    few = {"password_threads": 2, "password_queue": 1, "limits": False}
    vault = Held(node.registry.vault)
    ada = enrolled(node.registry, node.submitter.person)
    settings = node.registry.settings.model_copy(update=few)
    statuses: SimpleQueue[int] = SimpleQueue()

    def try_to_sign_in() -> None:
        statuses.put(sign_in(client, ada, code="").status_code)

    with Client(create_app(replace(node.registry, settings=settings, vault=vault))) as client:
        flood = [threading.Thread(target=try_to_sign_in) for _ in range(40)]
        for one in flood:
            one.start()
        try:
            refused = Counter(statuses.get(timeout=PATIENCE_SECONDS) for _ in range(37))
            page = client.get("/clocks").status_code
            goes_on = statuses.empty()
        finally:
            vault.opened.set()
            for one in flood:
                one.join()

    assert (200, True) == (page, goes_on)
    assert {503: 37} == refused
    assert {401: 3} == Counter(statuses.get() for _ in range(3))
