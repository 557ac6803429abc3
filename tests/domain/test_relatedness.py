"""How much two records have to do with each other: hand cases."""

from __future__ import annotations

import math
from typing import Any

import pytest

from registry.domain.record import RecordUid
from registry.domain.relatedness import (
    LEAST,
    MOST_VALUES,
    WEIGHTS,
    Relation,
    RelationReason,
    Shared,
    Trait,
    Traits,
    best_of,
    pinned,
    rarity,
    relation,
    traits_of,
)
from tests.factories import incident_document

UID = RecordUid("one")
MANY = 10_000


def traits(**fields: Any) -> Traits:
    return traits_of(incident_document(**({"misuse_categories": []} | fields)))


def related(one: Traits, other: Traits, **given: Any) -> Relation:
    said: dict[str, Any] = {"holding": {}, "total": MANY} | given
    return relation(UID, one, other, **said)


def told(found: Relation) -> dict[RelationReason, tuple[str, ...]]:
    return {one.reason: one.values for one in found.reasons}


def steps(*techniques: str) -> list[dict[str, str]]:
    return [{"technique": one} for one in techniques]


def test_records_that_share_nothing_are_not_related() -> None:
    found = related(traits(procedure=steps("AML.T0051")), traits(procedure=steps("AML.T0054")))

    assert Relation(UID, 0.0, ()) == found
    assert () == best_of([found], limit=10)


def test_each_reason_names_what_is_shared() -> None:
    said: dict[str, Any] = {
        "procedure": steps("AML.T0051"),
        "actors": [{"label": "Storm-7"}],
        "sources": [{"url": "https://news.example/a?utm_source=x"}],
        "aliases": ["CVE-2026-1"],
        "platforms": ["Chatters"],
    }
    other = {**said, "actors": [{"label": "STORM-7"}], "sources": [{"url": "http://news.example/a"}]}

    found = related(traits(**said), traits(**other))

    assert {
        RelationReason.ALIAS: ("CVE-2026-1",),
        RelationReason.SOURCE: ("https://news.example/a?utm_source=x",),
        RelationReason.ACTOR: ("Storm-7",),
        RelationReason.TECHNIQUE: ("AML.T0051",),
        RelationReason.PLATFORM: ("Chatters",),
    } == told(found)
    assert sorted(found.reasons, key=lambda one: -WEIGHTS[one.reason]) == list(found.reasons)


def test_what_few_have_counts_more_than_what_many_have_and_what_all_have_is_not_told() -> None:
    one = traits(procedure=steps("AML.T0051"))
    trait = Trait(RelationReason.TECHNIQUE, "aml.t0051")

    scores = [related(one, one, holding={trait: count}) for count in (2, 20, 200, MANY)]

    assert sorted((found.score for found in scores), reverse=True) == [found.score for found in scores]
    assert (1.0, 0.0) == (rarity(2, MANY), rarity(MANY, MANY))
    assert () == scores[-1].reasons


def test_in_a_small_registry_what_all_have_still_tells_something() -> None:
    assert 0.8 < rarity(3, 3) < 1


def test_a_product_is_the_same_only_if_its_provider_is_and_then_stands_for_the_provider() -> None:
    mine = traits(systems=[{"provider": "Acme", "model": "Chat"}])
    same = traits(systems=[{"provider": "acme", "model": "chat"}])
    theirs = traits(systems=[{"provider": "Other", "model": "Chat"}])
    unsaid = traits(systems=[{"model": "Chat"}])

    assert {RelationReason.PRODUCT: ("Chat",)} == told(related(mine, same))
    assert {} == told(related(mine, theirs))
    assert {RelationReason.PRODUCT: ("Chat",)} == told(related(mine, unsaid))


def test_one_provider_by_itself_is_chance() -> None:
    one = traits(systems=[{"provider": "Acme", "model": "Chat"}])
    other = traits(systems=[{"provider": "Acme", "model": "Draw"}])

    found = related(one, other)

    assert {RelationReason.PROVIDER: ("Acme",)} == told(found)
    assert found.score < LEAST


def test_a_technique_is_not_told_again_as_the_one_it_stands_below() -> None:
    one = traits(procedure=steps("AML.T0051.001"))

    assert {RelationReason.TECHNIQUE: ("AML.T0051.001",)} == told(related(one, one))
    assert {RelationReason.TECHNIQUE: ("AML.T0051",)} == told(related(one, traits(procedure=steps("AML.T0051.000"))))


def test_many_shared_values_count_less_each_and_only_some_are_told() -> None:
    codes = [f"AML.T{number:04d}" for number in range(10, 30)]
    one = traits(procedure=steps(*codes))

    found = related(one, one)

    (reason,) = found.reasons
    assert MOST_VALUES == len(reason.values)
    assert found.score < related(one, one, like=500.0, words=["cloned", "voice", "mayor", "ransom"]).score
    assert 0.5 == found.score


@pytest.mark.parametrize(
    ("label", "is_told"),
    [
        ("unknown", False),
        ("Unknown scammers", False),
        ("An unnamed group", False),
        ("Unknown Kitten", True),
        ("Anonymous", True),
    ],
)
def test_who_is_not_known_is_not_the_same_actor(label: str, is_told: bool) -> None:
    one = traits(actors=[{"label": label}])

    assert is_told == (RelationReason.ACTOR in told(related(one, one)))


@pytest.mark.parametrize(("words", "is_told"), [(["voice", "mayor"], False), (["a1", "b2", "c3", "d4"], True)])
def test_texts_are_alike_by_enough_words(words: list[str], is_told: bool) -> None:
    found = related(traits(), traits(), like=8 * math.log(MANY + 1), words=words)

    assert ((Shared(RelationReason.TEXT, tuple(words)),) if is_told else ()) == found.reasons
    assert (0.3333 if is_told else 0.0) == found.score


def test_what_an_editor_vouches_for_stands_first_with_the_sentence() -> None:
    one = traits(aliases=["CVE-2026-1"], actors=[{"label": "Storm-7"}])

    reckoned, vouched = related(one, one), pinned(related(traits(), traits()), "One campaign.")

    assert Shared(RelationReason.EDITOR, ("One campaign.",)) == vouched.reasons[0]
    assert (vouched, reckoned) == best_of([reckoned, vouched], limit=10)
    assert (vouched,) == best_of([reckoned, vouched], limit=1)


def test_among_equals_the_newer_record_stands_first() -> None:
    found = [Relation(RecordUid(uid), 0.5, ()) for uid in ("a", "c", "b")]

    assert ["c", "b", "a"] == [one.uid for one in best_of(found, limit=10)]
