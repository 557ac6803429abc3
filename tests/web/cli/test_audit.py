"""Commands on events, alerts and freezes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from registry.domain.actor import SYSTEM
from registry.service import monitoring
from tests.web.cli.commons import commons
from tests.web.cli.world import world_of


def test_events_are_listed_and_exported(node: Path) -> None:
    listed = commons("audit", "list", "--name", "account:", "--data-dir", node, "--json")
    lines = commons("audit", "export", "--data-dir", node)
    sheet = commons("audit", "export", "--csv", "--name", "account:", "--data-dir", node)

    names = [one["name"] for one in listed.json]
    assert "account:key:create" in names
    assert sorted(names) == sorted(
        one["name"] for one in map(json.loads, lines.out.splitlines()) if one["name"].startswith("account:")
    )
    assert len(names) + 1 == len(sheet.out.splitlines())
    assert (0, 2, 1) == (
        commons("audit", "list", "--data-dir", node).code,
        commons("audit", "list", "--count", "0", "--data-dir", node).code,
        commons("audit", "list", "--since", "soon", "--data-dir", node).code,
    )


def test_an_alert_is_listed_and_dismissed(node: Path) -> None:
    with world_of(node) as world:
        somebody = replace(world.submitter, session="s")
        for _ in range(3000):
            world.registry.tally.request(somebody, world.registry.clock.now())
        monitoring.watch(world.registry, SYSTEM)

    (one,) = commons("alert", "list", "--data-dir", node, "--json").json
    silent = commons("alert", "dismiss", one["id"], "--data-dir", node)
    done = commons("alert", "dismiss", one["id"], "--reason", "They told us.", "--data-dir", node)

    assert ("volume", 3000) == (one["kind"], one["value"])
    assert (1, 0) == (silent.code, done.code)
    assert [] == commons("alert", "list", "--data-dir", node, "--json").json
    assert one["id"] in commons("alert", "list", "--all", "--data-dir", node).out


def test_keys_people_and_organisations_are_frozen_and_thawed(node: Path) -> None:
    with world_of(node) as world:
        person = str(world.submitter.person)
    made = commons("key", "create", person, "--label", "Desk", "--data-dir", node, "--json")
    names = {"key": made.json["id"], "user": person, "org": "acme"}

    for group, name in names.items():
        frozen = commons(group, "freeze", name, "--reason", "Looked odd.", "--data-dir", node)
        again = commons(group, "freeze", name, "--reason", "Looked odd.", "--data-dir", node)
        thawed = commons(group, "thaw", name, "--reason", "Was fine.", "--data-dir", node)
        assert (0, 5, 0) == (frozen.code, again.code, thawed.code), frozen.err + thawed.err
    told = commons("audit", "list", "--name", "account:access", "--data-dir", node, "--json").json
    assert 6 == len(told)


def test_a_backup_is_an_event(node: Path, tmp_path: Path) -> None:
    commons("backup", tmp_path / "copy", "--data-dir", node)

    assert ["node:backup:make"] == [
        one["name"] for one in commons("audit", "list", "--name", "node:backup", "--data-dir", node, "--json").json
    ]
