"""Words near to a misspelt one, and records whose texts are alike, as every engine tells them."""

from __future__ import annotations

from registry.ports import SearchIndex
from tests.search.corpus import hidden, public, removed, uid


def test_words_near_to_another_are_those_of_public_texts(search_index: SearchIndex) -> None:
    search_index.apply(
        [
            public(1, "x", "phishing of models"),
            public(2, "x", "phishing and fishing"),
            public(3, "x", "phashing"),
            hidden(4, "x", "phishinq"),
        ],
        position=1,
    )

    assert ("phishing", "phashing") == search_index.near("phishingg")
    assert ("phishing",) == search_index.near("phishingg", limit=1)
    assert ("phashing",) == search_index.near("Phishing")
    assert () == search_index.near("zebra")


def test_a_word_that_was_withdrawn_is_not_near_any_more(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "x", "jailbreak"), public(2, "x", "jailbreaks")], position=1)

    search_index.apply([hidden(1, "x", "jailbreak"), removed(2)], position=2)

    assert () == search_index.near("jailbreakk")


def test_records_are_alike_by_the_words_that_both_have(search_index: SearchIndex) -> None:
    search_index.apply(
        [
            public(1, "Voice cloning", "A voice clone asked a bank for money"),
            public(2, "Cloned voices", "They called a bank"),
            public(3, "A bank", "nothing else"),
            public(4, "Unlike", "entirely"),
            hidden(5, "Voice cloning", "A voice clone asked a bank for money"),
        ],
        position=1,
    )

    alike = search_index.like(uid(1))

    assert [uid(2), uid(3)] == [one.uid for one in alike]
    assert {"voice", "bank"} <= set(alike[0].words)
    assert alike[0].score > alike[1].score > 0
    assert 1 == len(search_index.like(uid(1), limit=1))


def test_nothing_is_alike_to_what_is_not_public(search_index: SearchIndex) -> None:
    search_index.apply([public(1, "voice"), hidden(2, "voice")], position=1)

    assert ((), ()) == (search_index.like(uid(2)), search_index.like(uid(9)))
