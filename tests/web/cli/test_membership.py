"""Applications, members and usage guidelines on the command line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import ANONYMOUS
from registry.service import membership
from registry.settings import load
from tests.service.newcomers import APPLICATION
from tests.web.cli.commons import commons


def run(node: Path, *arguments: str) -> Any:
    """What a command that ends well answers."""
    done = commons(*arguments, "--data-dir", node, "--json")
    assert done.code == 0, done.err
    return done.json


@pytest.fixture
def application(node: Path) -> str:
    """Id of an application that waits."""
    registry = open_registry(load(node, {}))
    applied = membership.apply_for_membership(registry, ANONYMOUS, **APPLICATION)
    close_registry(registry)
    return applied.status.application.id


def test_a_new_node_has_guidelines_and_takes_applications(node: Path, application: str) -> None:
    (waiting,) = run(node, "application", "list")
    asked = run(node, "application", "ask", application, "--reason", "Who are you?")
    shown = commons("application", "show", application, "--data-dir", node)
    approved = run(node, "application", "approve", application, "--reason", "Welcome.", "--slug", "nova-lab")
    granted = run(node, "application", "grant", "nova-lab", "--reason", "Fine.")

    assert (application, "waiting", "asked", "approved") == (
        waiting["id"], waiting["state"], asked["state"], approved["state"],
    )  # fmt: skip
    assert "Who are you?" in shown.out
    assert 1 == len(granted["members"])
    assert [] == run(node, "application", "list")
    assert 1 == len(run(node, "application", "list", "--all"))


def test_an_application_is_declined_once_and_with_a_reason(node: Path, application: str) -> None:
    empty = commons("application", "decline", application, "--reason", " ", "--data-dir", node)
    run(node, "application", "decline", application, "--reason", "Too little.")
    again = commons("application", "decline", application, "--reason", "Again.", "--data-dir", node)
    unknown = commons("application", "show", "nothing", "--data-dir", node)

    assert (1, 5, 3) == (empty.code, again.code, unknown.code)


def test_roles_change_and_members_go(node: Path) -> None:
    run(node, "org", "add", "acme", "Acme")
    person = run(node, "user", "add", "acme", "Ann", "--role", "submitter")["person"]
    run(node, "org", "add", "beta", "Beta")

    again = run(node, "user", "add", "beta", "Ann", "--role", "submitter", "--person", person)
    changed = run(node, "user", "roles", "acme", person, "--role", "reviewer")
    removed = commons("user", "remove", "acme", person, "--data-dir", node)

    assert person == again["person"]
    assert ["reviewer"] == changed["roles"]
    assert 0 == removed.code
    assert [] == run(node, "user", "list", "acme")
    assert 3 == commons("user", "remove", "acme", person, "--data-dir", node).code


def test_keys_are_rotated_and_made_for_trying_out(node: Path) -> None:
    run(node, "org", "add", "acme", "Acme")
    person = run(node, "user", "add", "acme", "Ann", "--role", "submitter")["person"]
    old = run(node, "key", "create", person, "--label", "one")
    new = run(node, "key", "rotate", old["id"], "--overlap-hours", "2")
    staging = run(node, "key", "create", person, "--label", "two", "--staging")
    states = commons("key", "list", person, "--data-dir", node).out

    assert ("one", True) == (new["label"], staging["staging"])
    assert staging["key"].startswith("ic_stage_")
    assert "staging" in states
    assert 5 == commons("key", "rotate", new["key"], "--data-dir", node).code


def test_own_guidelines_take_the_place_of_those_that_came_along(node: Path, tmp_path: Path) -> None:
    file = tmp_path / "rules.json"
    said = {"provider": "Us", "title": "Our rules", "summary": "Be kind."}
    file.write_text(json.dumps({"kind": "usage_policy", "content": said, "marking": {"tlp": "CLEAR"}}))

    published = run(node, "guidelines", "publish", str(file))
    file.write_text(json.dumps({"kind": "usage_policy", "content": said, "marking": {"tlp": "RED"}}))
    closed = commons("guidelines", "publish", str(file), "--data-dir", node)

    assert 2 == published["revision"]
    assert 1 == closed.code
