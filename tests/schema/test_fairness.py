"""Notices through the API: a party finds the record that names it as soon as it may read it, and not before."""

from __future__ import annotations

from registry.domain.vocabulary import Tlp
from registry.ports import Registry
from registry.service import life, review
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import REASON, People, approved

MINE = "{ notices { party record { number } } }"


def test_a_named_party_finds_the_record_once_it_may_read_it(api: Api, registry: Registry, people: People) -> None:
    record = approved(registry, people, content(systems=[{"provider": "Delta", "model": "m-1"}]))
    before = api.ask(MINE, by="outsider")["notices"]
    number = review.publish(registry, people.reviewer, record.uid, expected_revision=record.draft_revision).number

    after = api.ask(MINE, by="outsider")["notices"]
    life.narrow(registry, people.submitter, record.uid, tlp=Tlp.RED, reason=REASON)
    narrowed = api.ask(MINE, by="outsider")["notices"]

    assert [{"party": "Delta", "record": None}] == before
    assert [{"party": "Delta", "record": {"number": number}}] == after
    assert [{"party": "Delta", "record": {"number": number}}] == narrowed
