"""Signing in through an organisation's own provider, honest ones and others."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
import pytest
from joserfc.jwk import RSAKey
from pydantic import SecretStr

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.record import PersonId
from registry.outbound import open_outbound
from registry.ports import Registry
from registry.service import freezing, invitations, members, sessions
from registry.settings.sign_in import OidcProvider
from tests.browser import serving
from tests.client import Client
from tests.clocks import FixedClock
from tests.service.signing_in import Enrolled, code_in, enrolled
from tests.web import provider as lies
from tests.web.node import Node
from tests.web.provider import CLIENT, SECRET, Provider
from web.app import create_app

OURS = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """Somebody's browser at a node whose member acme has a provider, and another one."""

    client: Client
    node: Node
    registry: Registry
    provider: Provider
    other: Provider
    ada: Enrolled
    jar: dict[str, str] = field(default_factory=dict)

    def send(self, path: str, *, session: str = "", **said: str) -> httpx.Response:
        """A form of ours."""
        cookies = self.jar | ({"session": session} if session else {})
        headers = OURS | {"Cookie": "; ".join(f"{name}={value}" for name, value in cookies.items())}
        return self.client.post(path, data={"next": "/me"} | said, headers=headers)

    def leave(self, name: str = "acme", *, path: str = "", session: str = "", **said: str) -> str:
        """Begin, and the address one is led to."""
        answer = self.send(path or f"/sign-in/with/{name}", session=session, **said)
        assert 200 == answer.status_code, answer.text
        found = re.search(r"attempt=([\w.-]+)", answer.headers["set-cookie"])
        address = re.search(r'class="button" href="(http[^"]+)"', answer.text)
        assert found is not None
        assert address is not None
        self.jar["attempt"] = found[1]
        return html.unescape(address[1])

    def come_back(self, back: dict[str, str], name: str = "acme", *, session: str = "") -> httpx.Response:
        """Finish with what the provider sent back."""
        return self.send(f"/sign-in/with/{name}/back", session=session, **back)

    def link(self) -> None:
        """Let ada's identity be known."""
        secret = self.ada.opened.secret
        address = self.leave(path="/me/identities", session=secret, link="acme")
        answer = self.come_back(self.provider.authorize(address), session=secret)
        assert 303 == answer.status_code, answer.text

    def sign_in(self) -> httpx.Response:
        """There and back again."""
        return self.come_back(self.provider.authorize(self.leave()))


@pytest.fixture(scope="module")
def clock() -> FixedClock:
    """One time for providers and nodes; it stands still."""
    return FixedClock()


@pytest.fixture(scope="module")
def providers(clock: FixedClock) -> Iterator[tuple[Provider, Provider]]:
    """Two providers behind real servers."""
    first, second = Provider(clock), Provider(clock)
    with serving(first.app()) as one, serving(second.app()) as two:
        first.issuer, second.issuer = one, two
        yield first, second


@pytest.fixture
def browser(node: Node, providers: tuple[Provider, Provider]) -> Iterator[Browser]:
    """A browser at a fresh node; the providers tell the truth."""
    honest = Provider(node.registry.clock)
    for one in providers:
        one.key, one.twist, one.sign, one.subject = honest.key, honest.twist, None, honest.subject
    settings = node.registry.settings.model_copy(
        update={
            "oidc_providers": tuple(
                OidcProvider(
                    name=name,
                    title=f"{name.title()} login",
                    issuer=one.issuer,
                    client_id=CLIENT,
                    client_secret=SecretStr(SECRET),
                    organisation=slug,
                    email_domains=("acme.example",),
                    second_factors=("otp", "mfa"),
                )
                for name, one, slug in (("acme", providers[0], "acme"), ("other", providers[1], "institute"))
            ),
            "outbound_allow_networks": ("127.0.0.0/8",),
            "limits": False,
        }
    )
    registry = replace(node.registry, settings=settings, outbound=open_outbound(settings))
    ada = enrolled(registry, node.submitter.person)
    with Client(create_app(registry)) as client:
        yield Browser(client, node, registry, *providers, ada)


def _session(answer: httpx.Response) -> str:
    found = re.search(r"(?<![\w-])session=(\w{40})", answer.headers.get("set-cookie", ""))
    return found[1] if found else ""


def test_whoever_has_linked_signs_in_through_the_organisation(browser: Browser) -> None:
    browser.link()

    answer = browser.sign_in()

    signed_in = sessions.authenticate_session(browser.registry, _session(answer))
    assert (303, "/me") == (answer.status_code, answer.headers["location"])
    assert signed_in is not None
    assert browser.ada.person == signed_in.actor.person


def test_the_way_back_does_nothing_by_itself(browser: Browser) -> None:
    browser.link()
    back = browser.provider.authorize(browser.leave())

    page = browser.client.get(
        "/sign-in/with/acme/back", params=back, headers={"Cookie": f"attempt={browser.jar['attempt']}"}
    )

    assert 200 == page.status_code
    assert "set-cookie" not in page.headers
    assert back["code"] in browser.provider.codes
    assert "private, no-store" == page.headers["cache-control"]


def test_an_identity_that_nobody_linked_lets_nobody_in_whatever_its_address(browser: Browser) -> None:
    assert 401 == browser.sign_in().status_code


def test_an_invitation_links_an_identity(browser: Browser) -> None:
    person = browser.node.submitter.person
    assert person is not None
    code = code_in(invitations.invite(browser.registry, LOCAL_OPERATOR, person))

    answer = browser.come_back(browser.provider.authorize(browser.leave(code=code)))
    again = browser.come_back(browser.provider.authorize(browser.leave(code=code)))

    assert 303 == answer.status_code
    assert "set-cookie" not in again.headers or not _session(again)
    assert 303 == browser.sign_in().status_code


def test_without_a_second_factor_there_our_own_code_is_asked_once(browser: Browser) -> None:
    browser.link()
    browser.provider.twist = lambda claims: claims.update(amr=["pwd"])

    asked = browser.sign_in()
    pending = re.search(r'name="pending" value="([^"]+)"', asked.text)
    assert pending is not None
    wrong = browser.send("/sign-in/with/acme/back", pending=pending[1], one_time_code="000000")
    right = browser.send("/sign-in/with/acme/back", pending=pending[1], one_time_code=browser.ada.code(steps=1))
    again = browser.send("/sign-in/with/acme/back", pending=pending[1], one_time_code=browser.ada.code(steps=1))

    assert "" == _session(asked)
    assert [401, 303, 401] == [wrong.status_code, right.status_code, again.status_code]
    assert sessions.authenticate_session(browser.registry, _session(right)) is not None


@pytest.mark.parametrize("ends", [sessions.end_sessions_of, invitations.reset])
def test_whoever_waits_for_a_code_is_out_when_everything_ends(
    browser: Browser, ends: Callable[[Registry, Actor, PersonId], object]
) -> None:
    browser.link()
    browser.provider.twist = lambda claims: claims.update(amr=["pwd"])
    pending = re.search(r'name="pending" value="([^"]+)"', browser.sign_in().text)
    assert pending is not None

    ends(browser.registry, LOCAL_OPERATOR, browser.ada.person)
    late = browser.send("/sign-in/with/acme/back", pending=pending[1], one_time_code=browser.ada.code(steps=1))

    assert (401, "") == (late.status_code, _session(late))


def test_a_telephone_that_was_lost_does_not_stand_in_after_a_reset(browser: Browser) -> None:
    browser.link()
    browser.provider.twist = lambda claims: claims.update(amr=["pwd"])
    invitations.reset(browser.registry, LOCAL_OPERATOR, browser.ada.person)

    pending = re.search(r'name="pending" value="([^"]+)"', browser.sign_in().text)
    assert pending is not None
    answer = browser.send("/sign-in/with/acme/back", pending=pending[1], one_time_code=browser.ada.code(steps=1))

    assert (401, "") == (answer.status_code, _session(answer))


CLAIMS: dict[str, Callable[[dict[str, Any]], None]] = {
    "another nonce": lambda claims: claims.update(nonce="another"),
    "no nonce": lambda claims: claims.pop("nonce"),
    "for another client": lambda claims: claims.update(aud="another"),
    "for several, told to another": lambda claims: claims.update(aud=[CLIENT, "another"], azp="another"),
    "for several, told to nobody": lambda claims: claims.update(aud=[CLIENT, "another"]),
    "expired": lambda claims: claims.update(exp=claims["iat"] - 61, iat=claims["iat"] - 400),
    "without an end": lambda claims: claims.pop("exp"),
    "of tomorrow": lambda claims: claims.update(iat=claims["iat"] + 86_400, exp=claims["exp"] + 86_400),
    "by another issuer": lambda claims: claims.update(iss="https://evil.example"),
    "by a list of issuers": lambda claims: claims.update(iss=[claims["iss"]]),
    "about nobody": lambda claims: claims.pop("sub"),
    "about a list": lambda claims: claims.update(sub=["ada-at-acme"]),
    "about another": lambda claims: claims.update(sub="eva-at-acme"),
    "about a number": lambda claims: claims.update(sub=1),
    "address not verified": lambda claims: claims.update(email_verified=False),
    "address verified in words": lambda claims: claims.update(email_verified="true"),
    "address elsewhere": lambda claims: claims.update(email="ada@acme.example.evil.example"),
    "factor as a text": lambda claims: claims.update(amr="otp"),
}


def test_a_token_that_is_not_quite_right_lets_nobody_in(browser: Browser) -> None:
    browser.link()
    for name, twist in CLAIMS.items():
        browser.provider.twist = twist
        answer = browser.sign_in()
        assert (401, "") == (answer.status_code, _session(answer)), name


def test_a_token_that_the_provider_did_not_sign_lets_nobody_in(browser: Browser) -> None:
    browser.link()
    for sign in (lies.unsigned, lies.signed_by_the_public_key, lies.signed_by_another):
        browser.provider.sign = sign
        answer = browser.sign_in()
        assert (401, "") == (answer.status_code, _session(answer)), sign.__name__
    browser.provider.sign = lambda _provider, _claims: "no token at all"
    assert 401 == browser.sign_in().status_code


def test_keys_that_changed_are_read_anew_once(browser: Browser) -> None:
    browser.link()
    browser.provider.key = RSAKey.generate_key(2048, {"kid": "second"})
    browser.provider.asked.clear()

    answer = browser.sign_in()

    assert 303 == answer.status_code
    assert ["/keys"] == browser.provider.asked


def test_a_code_is_taken_once(browser: Browser) -> None:
    browser.link()
    back = browser.provider.authorize(browser.leave())
    attempt = browser.jar["attempt"]

    first = browser.come_back(back)
    browser.jar["attempt"] = attempt
    second = browser.come_back(back)

    assert [303, 401] == [first.status_code, second.status_code]


def test_what_comes_back_must_be_of_this_attempt(browser: Browser) -> None:
    browser.link()
    others = browser.provider.authorize(browser.leave())
    mine = browser.provider.authorize(browser.leave())

    assert 401 == browser.come_back(others).status_code
    assert 401 == browser.come_back(mine | {"state": others["state"]}).status_code
    assert 401 == browser.come_back(mine | {"state": "", "code": ""}).status_code
    browser.jar["attempt"] = browser.jar["attempt"][:-4] + "AAAA"
    assert 401 == browser.come_back(mine).status_code
    browser.jar.clear()
    assert 401 == browser.come_back(mine).status_code


def test_no_provider_answers_for_another(browser: Browser) -> None:
    """The mix-up attack: begun at one, sent back as if from the other."""
    browser.link()
    back = browser.provider.authorize(browser.leave("acme"))

    assert 401 == browser.come_back(back, "other").status_code
    assert 401 == browser.come_back(back | {"iss": browser.other.issuer}).status_code
    assert 401 == browser.come_back({name: value for name, value in back.items() if name != "iss"}).status_code


def test_a_provider_speaks_for_its_own_organisation_only(browser: Browser) -> None:
    answer = browser.send("/me/identities", session=browser.ada.opened.secret, link="other")

    assert 404 == answer.status_code


def test_a_link_is_made_for_who_asked_for_it(browser: Browser) -> None:
    """Somebody sends a link that would tie their identity to the account of whoever follows it."""
    stranger = enrolled(browser.registry, browser.node.institute.person, "ines@institute.example")
    address = browser.leave(path="/me/identities", session=browser.ada.opened.secret, link="acme")

    answer = browser.come_back(browser.provider.authorize(address), session=stranger.opened.secret)

    assert 401 == answer.status_code
    assert 401 == browser.sign_in().status_code


def test_who_is_frozen_comes_in_by_no_way(browser: Browser) -> None:
    browser.link()
    freezing.freeze(browser.registry, LOCAL_OPERATOR, f"person:{browser.ada.person}", reason="It looks stolen.")

    assert 401 == browser.sign_in().status_code


def test_the_secret_is_in_no_page_and_no_repr(browser: Browser) -> None:
    pages = [browser.client.get("/sign-in").text, browser.leave()]

    assert SECRET not in "".join(pages) + repr(browser.registry.settings)


@pytest.mark.parametrize("issuer", ["http://provider.example", "ftp://provider.example", "https://x.example?y"])
def test_an_issuer_elsewhere_is_reached_by_https_only(issuer: str) -> None:
    with pytest.raises(ValueError, match="issuer"):
        OidcProvider(
            name="x", title="X", issuer=issuer, client_id="x", client_secret=SecretStr("x"), organisation="acme"
        )


def test_a_session_through_a_provider_stays_with_its_organisation(browser: Browser) -> None:
    """Whoever runs it could else be any of its members in every other organisation they belong to."""
    browser.link()
    researcher = frozenset({Role.VETTED_RESEARCHER})
    members.add_member(
        browser.registry,
        LOCAL_OPERATOR,
        organisation_slug="institute",
        name="Ada",
        roles=researcher,
        person=browser.ada.person,
    )
    through_provider = _session(browser.sign_in())

    moved = browser.send("/me/organisation", session=through_provider, organisation="institute")
    linked = browser.send("/me/identities", session=through_provider, link="other")
    by_password = browser.send("/me/organisation", session=browser.ada.opened.secret, organisation="institute")

    signed_in = sessions.authenticate_session(browser.registry, through_provider)
    assert (403, 404, 303) == (moved.status_code, linked.status_code, by_password.status_code)
    assert signed_in is not None
    assert browser.node.submitter.organisation == signed_in.actor.organisation
