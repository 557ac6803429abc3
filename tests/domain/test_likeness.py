"""How alike two records are: enough to ask about, and why; in bounded time."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from registry.domain.canonical import JsonValue
from registry.domain.likeness import (
    MAX_TEXT,
    POSSIBLE,
    Candidate,
    Features,
    Reason,
    best_of,
    compare,
    features_of,
    keys_in,
    may_reach,
    query_for,
)
from registry.domain.record import RecordUid
from registry.domain.search import AnyOf, Word
from registry.domain.vocabulary import Kind
from tests.effort import BOUND, Effort

UID = RecordUid("uid")
TITLE = "Deepfake voice of a bank employee used to empty accounts"
SUMMARY = "Callers used a cloned voice of an employee of a bank to have about 40 customers move their money."
SOURCE: list[JsonValue] = [{"url": "https://news.example/bank"}]


def _incident(title: str = TITLE, summary: str = SUMMARY, **fields: JsonValue) -> Features:
    return features_of(Kind.INCIDENT, {"title": title, "summary": summary, **fields})


def _alike(one: Features, other: Features) -> Candidate:
    return compare(UID, one, other)


def test_the_same_text_is_the_same() -> None:
    assert Candidate(UID, 100, (Reason.SIMILAR_TITLE, Reason.SIMILAR_TEXT)) == _alike(_incident(), _incident())


def test_other_words_for_the_same_thing_are_asked_about() -> None:
    other = _incident(
        "Cloned voice of bank employee used to empty customers' accounts",
        "A cloned voice of a bank employee was used by callers to have about 40 customers move their money.",
    )

    assert _alike(_incident(), other).score >= POSSIBLE


def test_case_accents_and_markdown_make_no_difference() -> None:
    assert 100 == _alike(_incident(), _incident(f"**{TITLE.upper()}**", f"## {SUMMARY}")).score


def test_another_thing_is_not_asked_about() -> None:
    other = _incident(
        "Chatbot leaks prompts of other users", "A service showed titles of other people's conversations."
    )

    assert _alike(_incident(), other).score < POSSIBLE
    assert () == _alike(_incident(), other).reasons


def test_one_article_may_tell_of_several_incidents() -> None:
    other = _incident("Chatbot leaks prompts", "A service showed titles of conversations.", sources=SOURCE)

    found = _alike(_incident(sources=SOURCE), other)

    assert (True, (Reason.SHARED_SOURCE,)) == (found.score < POSSIBLE, found.reasons)


def test_a_shared_source_adds_to_what_is_alike() -> None:
    other = _incident("Bank employee's voice cloned to take money", SUMMARY)
    with_source = _incident("Bank employee's voice cloned to take money", SUMMARY, sources=SOURCE)

    assert _alike(_incident(sources=SOURCE), with_source).score > _alike(_incident(), other).score


def test_the_same_id_elsewhere_is_the_same_thing() -> None:
    upstream: JsonValue = {"source": "atlas", "id": "AML.CS0001", "sha256": "0" * 64}
    other = _incident("Something", "Else.", upstream=upstream)

    found = _alike(_incident(aliases=["aml.cs0001"]), other)

    assert (True, (Reason.SAME_ALIAS,)) == (found.score >= POSSIBLE, found.reasons)


def test_a_few_words_within_a_longer_title_say_little() -> None:
    other = _incident("Spam", "Many accounts of a shop sent one advertisement for weeks to people who never asked.")

    assert _alike(_incident("Spam wave at a bank, with cloned voices of employees"), other).score < POSSIBLE


def test_words_without_blanks_between_them_are_compared_too() -> None:
    one = _incident("詐欺師が銀行員の声を複製して預金を引き出した", "約四十人の顧客が被害に遭った。")
    other = _incident("詐欺師が銀行員の声を複製し預金を引き出した", "約四十人の顧客が被害にあった。")

    assert _alike(one, other).score >= POSSIBLE


def test_long_texts_take_no_longer() -> None:
    one, other = (_incident(f"{start} " * 100_000, f"{start}s " * 500_000) for start in ("spam", "scam"))

    with Effort() as effort:
        _alike(one, other)

    assert BOUND > effort.spent
    assert sum(map(len, one.text)) <= MAX_TEXT


def test_right_to_left_and_broken_text_is_compared() -> None:
    for text in ("\u05de\u05d1\u05d7\u05df", "\ud800", "\u0300", "___", "!!!"):
        assert 0 <= _alike(_incident(text, text), _incident()).score <= 100


def test_a_query_asks_for_the_words_of_the_title() -> None:
    assert AnyOf((Word("bank"), Word("voice"))) == query_for(_incident("A voice of a Bank voice"))
    assert Word("spam") == query_for(_incident("Spam!"))
    assert query_for(_incident("!!!")) is None
    many = query_for(_incident(" ".join(f"word{n}" for n in range(50))))
    assert isinstance(many, AnyOf)
    assert 12 == len(many.items)


def test_only_the_best_of_each_record_is_kept_in_order() -> None:
    found = [Candidate(RecordUid(uid), score, ()) for uid, score in (("a", 80), ("b", 90), ("a", 85), ("c", 70))]

    assert [("b", 90), ("a", 85)] == [(one.uid, one.score) for one in best_of(found, least=78)]


def test_every_address_and_alias_has_a_key() -> None:
    sources: list[JsonValue] = [{"url": "https://a.example", "archive_url": "https://b.example"}]

    assert 3 == len(keys_in({"sources": sources, "aliases": ["x"]}))
    assert frozenset() == keys_in({})


_TITLES = st.lists(st.sampled_from(TITLE.split()), max_size=9).map(" ".join)
_FEATURES = st.builds(
    lambda title, summary, aliases: features_of(
        Kind.INCIDENT, {"title": title, "summary": summary, **({"aliases": aliases} if aliases else {})}
    ),
    _TITLES,
    st.lists(st.sampled_from(SUMMARY.split()), max_size=20).map(" ".join),
    st.lists(st.sampled_from(["A-1", "A-2"]), max_size=1),
)


@given(one=_FEATURES, others=st.lists(_FEATURES, max_size=6), least=st.integers(0, 100))
def test_what_is_not_compared_in_full_would_not_have_been_told(
    one: Features, others: list[Features], least: int
) -> None:
    compared = [compare(RecordUid(str(at)), one, other) for at, other in enumerate(others)]
    shorter = [found for found, other in zip(compared, others, strict=True) if may_reach(least, one, other)]

    assert best_of(compared, least=least) == best_of(shorter, least=least)


def test_texts_of_another_title_are_not_compared() -> None:
    assert not may_reach(POSSIBLE, _incident(), _incident("Chatbot leaks prompts of other users"))
    assert may_reach(POSSIBLE, _incident(sources=SOURCE), _incident("Chatbot leaks prompts", sources=SOURCE))
