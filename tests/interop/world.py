"""A node, and platforms that read from it: of strangers, of a member, and of a member of a group."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor
from registry.domain.interop import ids as interop_ids
from registry.domain.record import GroupSlug, Record
from registry.domain.vocabulary import Kind
from registry.service import groups, keys
from registry.service.interop import placing
from registry.settings import Settings
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.factories import content
from tests.web.node import Furnished, Node, open_node
from web.app import create_app

BASE = "/taxii2/records/collections/"
DOMAIN, PHONE = "spam.example", "+1 555 0100"
TRACES = [
    {"type": "domain", "value": DOMAIN, "first_seen": "2026-02-03", "to_ids": True},
    {"type": "phone", "value": PHONE},
]
Object = dict[str, Any]


@dataclass(frozen=True, slots=True)
class World:
    """A node and a client of its application.

    Attributes:
        keys: of platforms by name: ``institute`` is a member, ``acme`` owns the records and is of the group ``trust``,
            ``watch`` reviews.
    """

    node: Node
    client: Client
    clock: FixedClock
    keys: Mapping[str, str]

    def publish(self, tlp: str = "CLEAR", *, restricted: Mapping[str, Any] | None = None, **more: Any) -> Record:
        """A record with a marking, put out an hour after whatever was before."""
        marking = {"tlp": tlp} | more.pop("marking", {})
        return self.put(self.node.publish(content(marking=marking, restricted=dict(restricted or {}), **more)))

    def publish_kind(self, kind: Kind, **fields: Any) -> Record:
        """A record of another kind that everybody reads."""
        return self.put(self.node.publish(content(kind, **fields)))

    def put(self, record: Record) -> Record:
        """Let the channels follow what happened to *record*; an hour goes by."""
        self.follow()
        self.clock.advance(hours=1)
        return record

    def follow(self) -> None:
        """Let the channels follow the log."""
        while placing.place_changes(self.node.registry, SYSTEM):
            pass

    def get(self, path: str, *, of: str | None = None, **headers: str) -> httpx.Response:
        """What the platform of *of*, or of a stranger, is answered."""
        given = {"Authorization": f"Bearer {self.keys[of]}"} if of else {}
        return self.client.get(path, headers=given | headers)

    def collections(self, *, of: str | None = None) -> dict[str, str]:
        """Ids of collections by title."""
        return {one["title"]: one["id"] for one in self.get(BASE, of=of).json()["collections"]}

    def objects(self, title: str = "TLP:CLEAR", *, of: str | None = None, more: str = "") -> list[Object]:
        """The objects of a collection, on one page."""
        answer = self.get(f"{BASE}{self.collections(of=of)[title]}/objects/?limit=1000{more}", of=of)
        found: list[Object] = answer.json().get("objects", [])
        return found

    def reports(self, title: str = "TLP:CLEAR", *, of: str | None = None) -> dict[str, bool]:
        """The names of reports in a collection, and whether each is revoked."""
        found = self.objects(title, of=of)
        return {one["name"]: one.get("revoked", False) for one in found if one["type"] == "report"}

    def manifest(self, *, of: str | None = None, feed: str = "misp") -> dict[str, Object]:
        """The manifest of the feed of MISP."""
        found: dict[str, Object] = self.get(f"/feeds/{feed}/manifest.json", of=of).json()
        return found

    def event(self, record: Record, *, of: str | None = None) -> Object:
        """The event of a record."""
        found: Object = self.get(f"/feeds/misp/{record.uid}.json", of=of).json()["Event"]
        return found


def report_id(record: Record) -> str:
    """The id of the report that a record is."""
    return f"report--{interop_ids.record_id(record.uid)}"


def by_id(objects: list[Object]) -> dict[str, Object]:
    """Objects by their ids, of which none comes twice."""
    found = {one["id"]: one for one in objects}
    assert len(found) == len(objects)
    return found


@pytest.fixture
def world(
    tmp_path: Path,
    furnished: Furnished,  # the fixture of that name
    clock: FixedClock,
    ids: CountingIds,
) -> Iterator[World]:
    """A node with two organisations, of which one shares a group, and strangers."""
    with open_world(tmp_path / "node", furnished, clock, ids) as made:
        yield made


@contextmanager
def open_world(folder: Path, furnished: Furnished, clock: FixedClock, ids: CountingIds) -> Iterator[World]:
    """The node, until the block ends."""
    settings = Settings(data_dir=folder, limits=False, node_name="a.test", base_url="https://a.test")
    folder.mkdir()
    shutil.copy(furnished.store, settings.database_path)
    with open_node(settings, clock, ids, furnished) as node, Client(create_app(node.registry)) as client:
        groups.add_group(node.registry, LOCAL_OPERATOR, slug="trust", name="Trust")
        groups.join(node.registry, LOCAL_OPERATOR, slug="trust", organisation_slug="acme")
        actors = {"acme": node.submitter, "institute": node.institute, "watch": node.reviewer}
        made = {name: _key(node, actor) for name, actor in actors.items()}
        author = replace(node.submitter, groups=frozenset({GroupSlug("trust")}))
        yield World(replace(node, submitter=author), client, clock, made)


def _key(node: Node, actor: Actor) -> str:
    assert actor.person is not None
    assert actor.organisation is not None
    made = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=actor.person, organisation_id=actor.organisation, label="platform"
    )
    return made.text
