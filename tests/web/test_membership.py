"""Applying in a browser without JavaScript, operators who decide by form, and keys that are reported."""

from __future__ import annotations

import re
from collections.abc import Callable

import httpx
import pytest

from registry.domain.account import KeyId, format_key
from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.errors import Unauthenticated
from registry.service import authentication, guidelines, keys, members
from tests.client import Client
from tests.service.newcomers import rules
from tests.service.world import state_of
from tests.web.node import Node

FORM = {
    "organisation": "Nova Lab",
    "kind": "research",
    "intended": "member",
    "slug": "nova",
    "contact": "Nina Newcomer",
    "email": "nina@nova.example",
    "why": "We study <b>misuse</b>.",
    "revision": "1",
    "agreed_revision": "on",
}


@pytest.fixture
def client(node: Node, client: Client) -> Client:
    """A client of a node that takes applications."""
    guidelines.publish_guidelines(node.registry, LOCAL_OPERATOR, rules())
    return client


@pytest.fixture
def operator(node: Node) -> dict[str, str]:
    """What an operator sends with each request."""
    made = members.add_member(
        node.registry, LOCAL_OPERATOR, organisation_slug="watch", name="Otto", roles=frozenset({Role.OPERATOR})
    )
    key = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="x"
    )
    return {"Authorization": f"Bearer {key.text}"}


def code_in(answer: httpx.Response) -> str:
    """The receipt code on a page."""
    found = re.search(r"\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}\b", answer.text)
    assert found is not None, answer.text
    return found[0]


def key_in(answer: httpx.Response) -> str:
    """The key on a page."""
    found = re.search(r"ic_\w+", answer.text)
    assert found is not None, answer.text
    return found[0]


def test_an_application_goes_from_the_form_to_two_keys(client: Client, operator: dict[str, str]) -> None:
    assert 200 == client.get("/apply").status_code
    code = code_in(client.post("/apply", data=FORM))
    listed = client.get("/admin/applications", headers=operator)
    application = re.search(r'name="id" value="([0-9a-f-]{36})"', listed.text)
    assert application is not None
    decision = {"id": application[1], "decision": "approve", "reason": "Welcome.", "slug": "nova", "join": ""}
    decided = client.post("/admin/applications", data=decision, headers=operator)
    staging = client.post("/apply/follow", data={"code": code, "step": "staging"})
    again = client.post("/apply/follow", data={"code": code, "step": "staging"})
    granted = client.post(
        "/admin/applications", data={"step": "grant", "organisation": "nova", "reason": "Fine."}, headers=operator
    )
    production = client.post("/apply/follow", data={"code": code, "step": "production"})

    assert "&lt;b&gt;misuse" in listed.text
    assert (200, 200, 409, 200) == tuple(one.status_code for one in (decided, staging, again, granted))
    assert key_in(staging).startswith("ic_stage_")
    assert key_in(production).startswith("ic_live_")
    assert "ic_" not in again.text
    for answer in (listed, staging, production):
        assert "private, no-store" == answer.headers["Cache-Control"]


def test_a_form_with_faults_says_all_of_them_and_keeps_what_was_written(client: Client, node: Node) -> None:
    before = state_of(node.registry)

    answer = client.post("/apply", data={"organisation": "Nova <Lab>", "why": "Because.", "kind": "giant"})

    assert 400 == answer.status_code
    assert "Nova &lt;Lab&gt;" in answer.text
    assert "Because." in answer.text
    for name in ("kind", "intended", "contact", "email", "agreed_revision"):
        assert f'href="#{name}"' in answer.text
    assert before == state_of(node.registry)


def test_an_agreement_to_an_older_text_is_asked_for_again(client: Client, node: Node) -> None:
    guidelines.publish_guidelines(node.registry, LOCAL_OPERATOR, rules("2"))

    answer = client.post("/apply", data=FORM)

    assert 400 == answer.status_code
    assert 'name="revision" value="2"' in answer.text
    assert 'name="agreed_revision" checked' not in answer.text


@pytest.mark.parametrize("revision", ["", "x", "٣", "9" * 5000, "-1"])
def test_a_revision_that_is_none_is_a_fault_of_the_form(client: Client, revision: str) -> None:
    assert 400 == client.post("/apply", data=FORM | {"revision": revision}).status_code


def test_who_is_a_member_already_is_told_the_same(client: Client) -> None:
    known = client.post("/apply", data=FORM | {"organisation": "Acme", "slug": "acme"})
    unknown = client.post("/apply", data=FORM | {"email": "a@other.example"})

    assert (200, 200) == (known.status_code, unknown.status_code)
    assert known.text.replace(code_in(known), "") == unknown.text.replace(code_in(unknown), "")


def test_a_wrong_code_leads_nowhere(client: Client) -> None:
    for code in ("", "x", "7K3QWD-0M9XTA-7K3QWD-0M9XTA-7K3QWD"):
        assert 404 == client.post("/apply/follow", data={"code": code, "step": "staging"}).status_code


def test_pages_of_operators_are_for_operators(client: Client, node: Node) -> None:
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    for path in ("/admin/applications", "/admin/members", "/admin/members/acme"):
        assert 303 == client.get(path).status_code
        assert 403 == client.get(path, headers=member).status_code
    assert 303 == client.post("/admin/members/acme", data={"step": "remove", "person": "x"}).status_code
    assert 403 == client.post("/admin/applications", data={"step": "grant"}, headers=member).status_code


def test_members_are_added_changed_and_removed_by_form(client: Client, node: Node, operator: dict[str, str]) -> None:
    page = "/admin/members/acme"

    added = client.post(page, data={"step": "add", "name": "Bea <b>", "role:submitter": "on"}, headers=operator)
    ((person, _),) = [
        (one.person, name) for one, name in members.members(node.registry, LOCAL_OPERATOR, "acme") if name == "Bea <b>"
    ]
    changed = client.post(page, data={"step": "roles", "person": person, "role:reviewer": "on"}, headers=operator)
    nothing = client.post(page, data={"step": "roles", "person": person}, headers=operator)
    removed = client.post(page, data={"step": "remove", "person": person}, headers=operator)
    gone = client.post(page, data={"step": "remove", "person": person}, headers=operator)
    odd = client.post(page, data={"step": "explode"}, headers=operator)

    assert "Bea &lt;b&gt;" in added.text
    assert [200, 200, 400, 200, 404, 400] == [one.status_code for one in (added, changed, nothing, removed, gone, odd)]
    assert 200 == client.get("/admin/members", headers=operator).status_code
    assert 404 == client.get("/admin/members/nowhere", headers=operator).status_code


REPORTS: dict[str, Callable[[str], object]] = {
    "a list of keys": lambda key: {"keys": [key]},
    "one key": lambda key: {"key": key},
    "a bare list": lambda key: [key],
    "as scanners of code hosts": lambda key: [{"token": key, "type": "ic", "url": "https://example.org"}],
}


@pytest.mark.parametrize("form", list(REPORTS))
def test_a_reported_key_ends_at_once_and_nothing_is_told(client: Client, node: Node, form: str) -> None:
    key, unknown = node.key_of_submitter(), format_key("live", KeyId("unknown12345"), "x" * 40)

    told = [client.post("/keys/revoke", json=REPORTS[form](one)) for one in (key, unknown, key)]

    assert {(200, '{"received":true}')} == {(one.status_code, one.text) for one in told}
    with pytest.raises(Unauthenticated):
        authentication.authenticate(node.registry, key)


def test_people_report_keys_by_form(client: Client, node: Node) -> None:
    key, unknown = node.key_of_submitter(), format_key("live", KeyId("unknown12345"), "x" * 40)

    told = [client.post("/keys/revoke", data={"keys": f"look: {one} here"}) for one in (key, unknown)]

    assert 200 == client.get("/keys/revoke").status_code
    assert told[0].text == told[1].text
    assert key not in told[0].text
    with pytest.raises(Unauthenticated):
        authentication.authenticate(node.registry, key)


@pytest.mark.parametrize(
    "body", ["", "{", "[" * 100_000, "null", "1", "{}", '{"keys": 3}', '{"keys": ["nonsense"]}', '"\\ud800"', "[[]]"]
)
def test_a_report_that_cannot_be_read_is_refused_without_a_fault(client: Client, node: Node, body: str) -> None:
    before = state_of(node.registry)

    answer = client.post("/keys/revoke", content=body, headers={"Content-Type": "application/json"})

    assert 400 == answer.status_code
    assert answer.json()["errors"][0]["extensions"]["code"] in {"INVALID_FORMAT", "REQUIRED"}
    assert before == state_of(node.registry)


def test_a_report_in_another_form_is_refused(client: Client) -> None:
    assert 415 == client.post("/keys/revoke", content="x", headers={"Content-Type": "text/plain"}).status_code
    assert 400 == client.post("/keys/revoke", data={"keys": "none here"}).status_code


def test_guidelines_say_that_nobody_reviewed_them_and_are_linked(client: Client, node: Node) -> None:
    found = guidelines.current(node.registry, LOCAL_OPERATOR)
    assert found is not None

    assert "no second person has reviewed it" in client.get(f"/r/{found.number}").text
    for path in ("/apply", "/about", "/llms.txt"):
        assert f"/r/{found.number}" in client.get(path).text


def test_pages_without_guidelines_take_no_applications(node: Node, client: Client) -> None:
    with node.registry.storage.begin() as unit:
        unit.meta.put("guidelines", "01950000-0001-7000-9000-00000000ffff")
    told = client.post("/apply", data=FORM)

    assert "takes no applications yet" in client.get("/apply").text
    assert 409 == told.status_code
