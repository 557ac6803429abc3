"""Commands on organisations, people and keys."""

from __future__ import annotations

from pathlib import Path

import pytest

from registry.bootstrap import close_registry, open_registry
from registry.domain.actor import Actor, Role
from registry.domain.errors import Unauthenticated
from registry.service import authentication
from registry.settings import load
from tests.web.cli.commons import commons


def actor_with(key: str, data_dir: Path) -> Actor:
    """Whoever the node takes the holder of *key* for."""
    registry = open_registry(load(data_dir, {}))
    try:
        return authentication.authenticate(registry, key)
    finally:
        close_registry(registry)


def member_of(node: Path, *roles: str) -> str:
    """The id of a new member of a new organisation."""
    commons("org", "add", "acme", "Acme", "--kind", "provider", "--data-dir", node)
    options = [option for role in roles for option in ("--role", role)]
    return commons("user", "add", "acme", "Ann", *options, "--data-dir", node).out.strip()


def test_a_key_made_here_acts_for_its_member(node: Path) -> None:
    person = member_of(node, "submitter", "reviewer")

    key = commons("key", "create", person, "--data-dir", node).out.strip()

    actor = actor_with(key, node)
    assert actor.person == person
    assert actor.roles == {Role.ANYBODY, Role.SUBMITTER, Role.REVIEWER}


def test_a_revoked_key_opens_nothing(node: Path) -> None:
    made = commons("key", "create", member_of(node, "submitter"), "--data-dir", node, "--json").json

    done = commons("key", "revoke", made["id"], "--data-dir", node)

    assert done.code == 0
    with pytest.raises(Unauthenticated):
        actor_with(made["key"], node)


def test_lists_show_what_there_is_and_no_secret(node: Path) -> None:
    person = member_of(node, "submitter")
    key = commons(
        "key", "create", person, "--label", "Laptop", "--scope", "record:submit", "--data-dir", node, "--json"
    )

    organisations = commons("org", "list", "--data-dir", node, "--json").json
    members = commons("user", "list", "acme", "--data-dir", node, "--json").json
    keys = commons("key", "list", person, "--data-dir", node)

    assert ["acme", "example-lab"] == [one["slug"] for one in organisations]
    assert [(person, "Ann", ["submitter"])] == [(one["person"], one["name"], one["roles"]) for one in members]
    assert "Laptop" in keys.out
    assert key.json["key"].split("_")[3] not in keys.out


def test_the_operator_of_this_machine_stands_in_the_log(node: Path) -> None:
    member_of(node, "submitter")

    registry = open_registry(load(node, {}))
    with registry.storage.read() as reader:
        rows = reader.changes.after(4, limit=10)
    close_registry(registry)

    assert {"operator:local"} == {row.row.actor for row in rows}
    assert ["organisation:acme"] == [row.row.subject for row in rows][:1]


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("org", "add", "Not A Slug", "Acme"), 1),
        (("org", "add", "example-lab", "Again"), 5),
        (("org", "add", "acme", "Acme", "--kind", "club"), 2),
        (("user", "add", "nobody", "Ann", "--role", "submitter"), 3),
        (("user", "add", "example-lab", "Ann", "--role", "king"), 1),
        (("user", "add", "example-lab", "Ann", "--role", "system"), 1),
        (("key", "create", "nobody"), 3),
        (("key", "revoke", "nothing"), 3),
        (("key", "list"), 2),
        (("key", "list", "nobody"), 3),
    ],
)
def test_what_cannot_be_is_refused_with_its_code(node: Path, arguments: tuple[str, ...], code: int) -> None:
    done = commons(*arguments, "--data-dir", node)

    assert code == done.code
    assert "Traceback" not in done.err


def test_a_leaked_key_is_revoked_as_it_was_found(node: Path) -> None:
    key = commons("key", "create", member_of(node, "submitter"), "--data-dir", node).out.strip()

    done = commons("key", "revoke", key, "--data-dir", node)

    assert done.code == 0
    assert key not in done.out + done.err
    with pytest.raises(Unauthenticated):
        actor_with(key, node)


def test_lists_tell_whom_an_account_acts_for_and_what_a_key_may_do(node: Path) -> None:
    person = member_of(node, "submitter")
    commons("user", "add", "acme", "Robot", "--role", "submitter", "--responsible", person, "--data-dir", node)
    narrow = ("--scope", "record:submit", "--scope", "record:read")
    key = commons("key", "create", person, *narrow, "--data-dir", node, "--json").json["id"]
    commons("key", "revoke", key, "--data-dir", node)

    users = commons("user", "list", "acme", "--data-dir", node).out.splitlines()
    keys = commons("key", "list", person, "--data-dir", node).out.splitlines()

    assert [2] == [line.split().count(person) + line.count("Robot") for line in users if "Robot" in line]
    assert "revoked" in keys[1]
    assert "never" in keys[1]
    assert "record:read, record:submit" in keys[1]


def test_only_roles_that_a_member_can_hold_are_offered(node: Path) -> None:
    done = commons("user", "add", "example-lab", "Ann", "--role", "king", "--data-dir", node)

    assert "submitter" in done.err
    assert "system" not in done.err
    assert "local_operator" not in done.err


def test_all_that_is_wrong_is_told_at_once_as_json(node: Path) -> None:
    done = commons("org", "add", "Bad Slug", " ", "--data-dir", node, "--json")

    assert done.code == 1
    assert {("name",), ("slug",)} == {tuple(problem["path"]) for problem in done.told["problems"]}
