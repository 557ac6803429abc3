"""Galaxies that are taken in together become each other's neighbours, once a pair, and never lose what is shipped."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from importers.contract import RawDocument
from importers.taxonomy_file import read_taxonomy
from importers.taxonomy_relations import galaxy_relations
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.crosswalk import Relation, TermMapping
from registry.domain.taxonomy import Taxonomy
from registry.ports import Registry
from registry.service import taxonomies
from web.cli.taxonomy_import import carried_out


def read(name: str, *values: dict[str, Any]) -> tuple[RawDocument, Taxonomy]:
    root = {"type": name, "name": name, "version": 1, "licence": "CC0-1.0", "values": list(values)}
    document = RawDocument(f"{name}.json", json.dumps(root).encode())
    return document, read_taxonomy(document)


def value(name: str, uuid: object, *related: object) -> dict[str, Any]:
    return {"value": name, "uuid": uuid, "related": list(related)}


def to(uuid: object, type_: object = "blocks") -> dict[str, object]:
    return {"dest-uuid": uuid, "type": type_}


MEASURES = read("measures", value("Ban", "a-1", to("B-1"), to("B-1"), to("a-2"), to("gone")), value("Limit", "a-2"))
WAYS = read("ways", value("Spam", "b-1", to("a-1", "blocked-by"), to("a-2", "similar")))


def test_each_pair_of_terms_of_two_galaxies_is_told_once() -> None:
    found = galaxy_relations([MEASURES, WAYS])

    first = TermMapping("measures", "Ban", "ways", "Spam", Relation.RELATED, "MISP galaxy measures")
    second = TermMapping("ways", "Spam", "measures", "Limit", Relation.RELATED, "MISP galaxy ways")
    assert {"MISP galaxy measures": (first,), "MISP galaxy ways": (second,)} == found


def test_relations_of_any_form_are_read_or_left_out() -> None:
    odd = read(
        "odd",
        value("A", 7, to("b-1"), "text", {"dest-uuid": ["b-1"]}, to("b-1", {"a": 1})),
        {"value": "B", "related": 3},
    )

    assert 1 == len(galaxy_relations([odd, WAYS])["MISP galaxy odd"])


def test_neighbours_stand_beside_those_that_are_shipped_and_outlive_their_renewal(registry: Registry) -> None:
    taxonomies.load_shipped(registry, LOCAL_OPERATOR)
    with registry.storage.read() as reader:
        shipped = reader.taxonomies.mappings("owasp")
    told = galaxy_relations([MEASURES, WAYS])["MISP galaxy measures"]
    against = (*told, TermMapping("atlas", shipped[0].to_code, "owasp", shipped[0].code, Relation.BROADER, "x"))

    first = taxonomies.put_crosswalk(registry, LOCAL_OPERATOR, "MISP galaxy measures", against)
    again = taxonomies.put_crosswalk(registry, LOCAL_OPERATOR, "MISP galaxy measures", against)

    assert (True, False) == (first, again)
    with registry.storage.begin() as unit:
        assert unit.taxonomies.replace_mappings(shipped)
        assert shipped == unit.taxonomies.mappings("owasp")
        assert told == unit.taxonomies.mappings("measures")
    assert taxonomies.put_crosswalk(registry, LOCAL_OPERATOR, "MISP galaxy measures", ())


@pytest.mark.data
def test_all_files_of_misp_are_taken_in_and_a_second_time_nothing_changes(registry: Registry, test_data: Path) -> None:
    first, second = (carried_out(registry, [test_data / "misp"], licence=None, dry_run=False) for _ in range(2))

    assert {"new": 24, "changed": 4} == Counter(one.outcome for one in first.files)
    assert {"unchanged": 28} == Counter(one.outcome for one in second.files)
    assert {"CC0-1.0"} == {one.release.licence for one in first.files if one.release}
    assert 177 == first.neighbours
    beside = taxonomies.crosswalk(registry, LOCAL_OPERATOR, "disarm", to="disarm-countermeasures")
    assert all(one.relation is Relation.RELATED for one in beside)
    assert beside
