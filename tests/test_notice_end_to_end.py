"""A person concerned, without an account and without JavaScript, against a node as its operator runs it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.vocabulary import OrganisationKind
from registry.service import accounts
from registry.service.keys import create_key
from registry.service.members import add_member
from tests.browser import chromium, tab
from tests.node_process import ask, found_node, opened, serving

__all__ = ["chromium"]

pytestmark = pytest.mark.browser

TITLE = "Cloned voice of a bank's adviser"
CODE = re.compile(r"\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}\b")
PAYLOAD = "{ record { uid number draftRevision } userErrors { code message path } }"
DECIDED = "{ case { state } blocked userErrors { code } }"


@pytest.fixture
def address_and_keys(tmp_path: Path) -> Iterator[tuple[str, dict[str, str], Path]]:
    """A served node, and the keys of a submitter, a reviewer, an operator and a lead reviewer."""
    data_dir = tmp_path / "data"
    keys = found_node(data_dir)
    with opened(data_dir) as registry:
        for slug, role in (("desk", Role.OPERATOR), ("council", Role.LEAD_REVIEWER)):
            accounts.add_organisation(
                registry, LOCAL_OPERATOR, slug=slug, name=slug.title(), kind=OrganisationKind.OTHER
            )
            made = add_member(
                registry, LOCAL_OPERATOR, organisation_slug=slug, name="Somebody", roles=frozenset({role})
            )
            keys[role.value] = create_key(
                registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="test"
            ).text
    with serving(data_dir) as node:
        yield node.address, keys, data_dir


def _as(address: str, key: str) -> httpx.Client:
    return httpx.Client(base_url=address, headers={"Authorization": f"Bearer {key}"}, timeout=60)


def _write(client: httpx.Client, name: str, type_: str, selection: str, **given: Any) -> dict[str, Any]:
    document = f"mutation($input: {type_}!) {{ {name}(input: $input) {selection} }}"
    [payload] = ask(client, document, {"input": given}).values()
    assert [] == payload["userErrors"]
    found: dict[str, Any] = payload
    return found


def _published(address: str, keys: dict[str, str]) -> dict[str, Any]:
    with _as(address, keys["submitter"]) as submitter, _as(address, keys["reviewer"]) as reviewer:
        content = {"title": TITLE, "summary": "Customers were called by a cloned voice."}
        said = {"content": content, "marking": {"tlp": "CLEAR"}}
        record = _write(submitter, "submitIncident", "SubmitIncidentInput", PAYLOAD, **said)["record"]
        step = {"uid": record["uid"], "expectedRevision": record["draftRevision"]}
        for decision in ("CLAIM", "APPROVE"):
            _write(reviewer, "reviewSubmission", "ReviewSubmissionInput", PAYLOAD, **step, decision=decision)
        published: dict[str, Any] = _write(reviewer, "publish", "PublishInput", PAYLOAD, **step)["record"]
        return published


def test_a_person_asks_is_protected_at_once_gets_reasons_and_appeals(
    chromium: Browser, address_and_keys: tuple[str, dict[str, str], Path]
) -> None:
    address, keys, data_dir = address_and_keys
    record = _published(address, keys)

    with tab(chromium, address, javascript=False) as person:
        page = person.page
        assert 200 == person.open(f"/r/{record['number']}")
        page.get_by_role("link", name="It concerns you?").click()
        page.get_by_label("Remove something about me or my organisation").check()
        page.get_by_label("It puts somebody's life or health in danger").check()
        page.get_by_label("What should we know?").fill("I am the adviser, and I am threatened.")
        page.get_by_role("button", name="Send").click()
        found = CODE.search(page.locator(".code").inner_text())
        assert found is not None
        code = found[0]
        assert code not in page.url

        with _as(address, keys["operator"]) as operator:
            [case] = ask(operator, "{ cases { nodes { id urgent about } } }")["cases"]["nodes"]
            assert case["urgent"]
            assert case["about"] == record["number"]
            blocked = _write(operator, "blockForCase", "BlockForCaseInput", DECIDED, id=case["id"], reason="Hidden.")
            assert record["uid"] == blocked["blocked"]
            assert 410 == httpx.get(f"{address}/r/{record['number']}", timeout=60).status_code
            said = {"id": case["id"], "outcome": "REFUSED", "reasons": "The record names nobody."}
            _write(operator, "decideCase", "DecideCaseInput", DECIDED, **said)

        person.open("/notice/case")
        page.get_by_label("Your code").fill(code.lower())
        page.get_by_role("button", name="Show my case").click()
        expect(page.get_by_text("The record names nobody.")).to_be_visible()
        page.get_by_label("Why should it be decided differently?").fill("Everybody knows me there.")
        page.get_by_role("button", name="Appeal").click()
        expect(page.get_by_text("another person decides now")).to_be_visible()
        with _as(address, keys["lead_reviewer"]) as lead:
            said = {"id": case["id"], "outcome": "BLOCKED", "reasons": "You can be found by the place."}
            _write(lead, "decideCase", "DecideCaseInput", DECIDED, **said)
        person.open("/notice/case")
        page.get_by_label("Your code").fill(code)
        page.get_by_role("button", name="Show my case").click()
        expect(page.get_by_text("You can be found by the place.")).to_be_visible()
        assert [] == person.faults

    assert [] == [path.name for path in data_dir.rglob("*") if path.is_file() and code.encode() in path.read_bytes()]


def test_a_hostile_actor_is_told_nothing(address_and_keys: tuple[str, dict[str, str], Path]) -> None:
    address, keys, _ = address_and_keys
    public = _published(address, keys)
    with _as(address, keys["submitter"]) as submitter:
        content = {"title": "Hidden", "summary": "Hidden."}
        hidden = _write(submitter, "submitIncident", "SubmitIncidentInput", PAYLOAD, content=content)["record"]

    with httpx.Client(base_url=address, timeout=60) as hostile:
        form = {"wish": "removal", "ground": "minor", "words": "Mine."}
        abouts = (public["number"], hidden["uid"], "LOCAL-INC-2026-9999", "01950000-0001-7000-9000-00000000ffff")
        opened_ = [hostile.post("/notice", data=form | {"about": about}) for about in abouts]
        codes = [CODE.findall(one.text)[0] for one in opened_]
        followed = [hostile.post("/notice/case", data={"code": code}) for code in codes]
        guesses = [hostile.post("/notice/case", data={"code": one}) for one in ("x", codes[0][::-1], "0" * 30, "")]
        foreign = hostile.post("/notice", data=form, headers={"Origin": "https://elsewhere.example"})
        listed = hostile.post("/graphql", json={"query": "{ cases { nodes { id } } }"})
    with _as(address, keys["submitter"]) as member:
        refused = member.post("/graphql", json={"query": "{ cases { nodes { words } } }"})

    shown = [
        re.sub(r"\d{2}:\d{2}|value=\"[^\"]*\"", "", one.text.replace(code, "").replace(about, ""))
        for one, code, about in zip(followed, codes, abouts, strict=True)
    ]
    assert 1 == len({one.status_code for one in opened_})
    assert 1 == len(set(shown))
    assert 1 == len({one.content for one in guesses})
    assert (403, "UNAUTHENTICATED") == (foreign.status_code, listed.json()["errors"][0]["extensions"]["code"])
    assert "FORBIDDEN" == refused.json()["errors"][0]["extensions"]["code"]
