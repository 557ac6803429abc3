"""What comes behind few matches: public, apart from them, and the same for everybody."""

from __future__ import annotations

from registry.domain.query import render
from registry.ports import Registry
from registry.service import follow, search
from registry.service.widening import widened
from tests.service.world import People, published, submitted, text_of


def _catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def test_records_with_some_of_the_words_come_apart_from_the_matches(registry: Registry, people: People) -> None:
    both = published(registry, people, text_of("Zebra jailbreak"))
    apart = published(registry, people, text_of("A jail break"))
    _catch_up(registry, people)

    wider = widened(registry, people.stranger, "zebra jailbreak")

    assert wider is not None
    assert '(zebra OR jailbreak OR "jail break") -(zebra jailbreak)' == render(wider)
    assert [both.uid] == [one.record.uid for one in search.search(registry, people.stranger, "zebra jailbreak").matches]
    assert [apart.uid] == [one.record.uid for one in search.search(registry, people.stranger, render(wider)).matches]


def test_what_is_hidden_does_not_show_in_how_a_query_is_widened(registry: Registry, people: People) -> None:
    submitted(registry, people, text_of("Zebra jail break"))
    _catch_up(registry, people)

    found = [widened(registry, who, "zebra jailbreak") for who in (people.stranger, people.submitter, people.lead)]

    assert {"zebra OR jailbreak"} == {render(one) if one else None for one in found}
