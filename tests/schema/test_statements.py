"""How often the store is read: once for a list and once for its owners, however many there are."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry, Storage, Unit
from tests import factories
from tests.client import Client
from tests.schema.world import Api, make_app, node_id
from tests.service.world import People, published


class CountedStorage:
    """A store that counts how often it is read."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self.reads = 0

    def begin(self) -> AbstractContextManager[Unit]:
        return self._storage.begin()

    def read(self) -> AbstractContextManager[Reader]:
        self.reads += 1
        return self._storage.read()

    def backup(self, target: Path) -> None:
        self._storage.backup(target)

    def close(self) -> None:
        self._storage.close()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ incidents { nodes { number title owner { name } marking { tlp } } pageInfo { endCursor } } }", 2),
        ("{ incidents { nodes { number } } }", 1),
        ("query ($ids: [ID!]!) { nodes(ids: $ids) { ... on Incident { title owner { name } } } }", 2),
        ("{ changes(first: 60) { edges { record { title owner { name } } } } }", 3),
        ('{ search(query: "spam") { totalCount nodes { title owner { name } } } }', 2),
    ],
)
def test_a_list_is_read_once_and_its_owners_once(registry: Registry, people: People, query: str, expected: int) -> None:
    records = [
        published(registry, people, factories.content(title=f"Incident {at}"), by=by)
        for at, by in enumerate([people.submitter, people.outsider] * 3)
    ]
    storage = CountedStorage(registry.storage)
    with Client(make_app(replace(registry, storage=storage), people)) as client:
        api = Api(client, registry)
        api.index()
        said: dict[str, Any] = {"ids": [node_id(api, one, by="") for one in records]} if "$ids" in query else {}
        storage.reads = 0

        api.ask(query, **said)

    assert expected == storage.reads


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("{ statements { nodes { subject { uid } again: subject { title } } } }", 2),
        ("{ incidents { nodes { links { rel } again: links { record { uid } } } } }", 2),
    ],
)
def test_a_record_that_many_refer_to_is_read_once(
    registry: Registry, people: People, query: str, expected: int
) -> None:
    measure = published(registry, people, factories.content(Kind.MITIGATION))
    for at in range(3):
        link: JsonValue = {"rel": "mitigated_by", "target": measure.uid}
        published(registry, people, factories.content(title=f"Incident {at}", links=[link]))
        published(registry, people, factories.content(Kind.STATEMENT, title=f"Statement {at}", about=measure.uid))
    storage = CountedStorage(registry.storage)
    with Client(make_app(replace(registry, storage=storage), people)) as client:
        storage.reads = 0

        Api(client, registry).ask(query)

    assert expected == storage.reads
