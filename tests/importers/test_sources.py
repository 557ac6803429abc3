"""Which sources there are: those built in, and those that operators added, as they want them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from importers.catalog import bound, catalog, everything, find, put_source
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.errors import InvalidInput, Misconfigured, NotFound
from registry.domain.importing import Trust
from registry.ports import Registry
from registry.service import importing
from tests import factories

FORMAT = next(name for name, one in catalog().items() if one.is_format)
FEED = factories.source(
    "some-feed", "A feed", format=FORMAT, urls=("https://some-feed.example/x.json",), every_hours=24
)


def test_a_source_that_was_added_is_read_by_the_importer_of_its_format(registry: Registry) -> None:
    put_source(registry, LOCAL_OPERATOR, FEED)

    found = bound(registry, LOCAL_OPERATOR, "some-feed")

    assert (FEED, catalog()[FORMAT].parse) == (found.source, found.parse)
    assert found == find("some-feed", [FEED])


def test_choices_of_operators_hold_for_what_is_built_in(registry: Registry) -> None:
    importing.set_trust(registry, LOCAL_OPERATOR, "atlas", Trust.REVIEW)
    importing.set_schedule(registry, LOCAL_OPERATOR, "atlas", 7)

    found = {one.source.id: one.source for one in everything(registry, LOCAL_OPERATOR)}

    assert (Trust.REVIEW, 7) == (found["atlas"].trust, found["atlas"].every_hours)
    assert found["atlas"] == bound(registry, LOCAL_OPERATOR, "atlas").source


def test_everything_is_what_can_be_run(registry: Registry) -> None:
    put_source(registry, LOCAL_OPERATOR, FEED)
    importing.put_source(registry, LOCAL_OPERATOR, replace(FEED, id="lost", format="gone"))

    ids = [one.source.id for one in everything(registry, LOCAL_OPERATOR)]

    assert {"atlas", "some-feed"} <= set(ids)
    assert {"lost", FORMAT}.isdisjoint(ids)
    with pytest.raises(Misconfigured):
        bound(registry, LOCAL_OPERATOR, "lost")


def test_a_source_of_no_format_or_of_a_built_in_id_is_refused_with_all_that_is_wrong(registry: Registry) -> None:
    with pytest.raises(InvalidInput) as caught:
        put_source(registry, LOCAL_OPERATOR, replace(FEED, id="atlas", format="atlas", licence=""))

    assert {"format", "id", "licence"} == {one.path[0] for one in caught.value.problems}
    with pytest.raises(NotFound) as missing:
        bound(registry, LOCAL_OPERATOR, "some-fed")
    assert missing.value.hint is None or "did you mean" in missing.value.hint
