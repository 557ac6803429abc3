"""People: no natural person's name in an imported public part, whatever the source writes and however."""

from __future__ import annotations

import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from importers.contract import Draft
from importers.people.guarding import MASK, guarded
from importers.people.names import names_in
from importers.people.sought import words_of
from importers.preparing import prepare
from registry.domain.canonical import canonical_bytes
from registry.domain.vocabulary import Kind
from tests import factories
from tests.effort import BOUND, least_effort
from tests.importers.people_quality import SOURCES, found_in

SOURCE = factories.source("press")
PLAIN_TEXT = (
    "A company said on Monday that its Model Studio had been used in New York to write to customers of a bank. "
    "The team at Acme Research found the accounts, banned them and told Claude and Gemini users what to look for. "
)


def draft(names: tuple[str, ...] = (), **fields: Any) -> Draft:
    marking = {"tlp": "CLEAR", "licence": "CC-BY-4.0", "language": "en", "provenance": "verbatim"}
    content = factories.incident_document(**fields)
    return Draft("1", Kind.INCIDENT, content, marking, "a" * 64, "https://press.example/cite/1", names=names)


def public(one: Draft) -> str:
    return canonical_bytes(one.document(SOURCE)).decode()


def test_a_draft_that_names_nobody_passes_as_it_is() -> None:
    one = draft(title="Chatbot Gives Wrong Advice to New York Shop Owners")

    assert (one, ()) == guarded(one, SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        "Robot car killed Maren Okonjo in the evening",
        "ROBOT CAR KILLED MAREN OKONJO",
        "robot car killed maren okonjo in the evening",
        "Okonjo's family sues",
        "Maren\u00a0Okonjo\u2019s family sues",
        "Ma\u00adren Oko\u200bnjo was hit",
        "Read https://press.example/2024/maren-okonjo-dies.html now",
        "see maren_okonjo or marenokonjo",
    ],
)
def test_a_party_that_the_source_names_is_masked_however_it_is_written(text: str) -> None:
    found, findings = guarded(draft(("Maren Okonjo",), summary=text), SOURCE)

    assert MASK in public(found)
    assert "okonjo" not in public(found).lower()
    assert found.held
    assert {("PERSON_NAMED", False, True)} == {(one.code, one.refused, one.held) for one in findings}


def test_what_was_masked_stands_in_the_restricted_part_and_in_no_finding() -> None:
    title = "Court Frees Priya Raghunathan After Face Match"

    found, findings = guarded(replace(draft(title=title), restricted={"narrative": "Told before."}), SOURCE)

    assert f"Court Frees {MASK} After Face Match" == found.content["title"]
    assert f"Told before.\n\ntitle: {title}" == found.restricted["narrative"]
    assert "summary" == found.marking["provenance"]
    assert [("title", "people@1")] == [(one.field, one.by) for one in found.mapped]
    assert "Raghunathan" not in "".join(one.message for one in findings)


def test_possessives_stay_and_parts_of_one_name_are_masked_once() -> None:
    found, _ = guarded(draft(summary="Dr. Tomasz Wójcik's clinic; later Wojcik said no more. Tomasz left."), SOURCE)

    assert f"Dr. {MASK}'s clinic; later {MASK} said no more. {MASK} left." == found.content["summary"]


def test_a_name_found_in_one_field_is_sought_in_all_others() -> None:
    fields: dict[str, Any] = {
        "title": "Voice of Katarzyna Nowakowska Cloned",
        "targets": [{"label": "the Nowakowska family"}],
        "aliases": ["1", "katarzyna-nowakowska"],
        "procedure": [{"text": "They called nowakowska."}],
    }

    found, findings = guarded(draft(**fields), SOURCE)

    assert "owakowska" not in public(found)
    assert ["1"] == found.content["aliases"]
    expected = ["title", "targets.0.label", "procedure.0.text"]
    assert expected == [one.message.partition(":")[0] for one in findings if one.held]


def test_sources_that_name_somebody_lose_their_title_or_leave_the_public_part_and_hold_nothing() -> None:
    sources = [
        {"url": "https://press.example/a", "title": "What Maren Okonjo saw", "publisher": "Press"},
        {"url": "https://press.example/maren-okonjo-dies", "title": "A death"},
        {"url": "https://press.example/c", "title": "Nobody is named"},
    ]

    found, findings = guarded(draft(("Maren Okonjo",), sources=sources), SOURCE)

    assert [{"url": "https://press.example/a", "publisher": "Press"}, sources[2]] == found.content["sources"]
    assert "https://press.example/maren-okonjo-dies" in str(found.restricted["notes"])
    assert not found.held
    assert "verbatim" == found.marking["provenance"]
    assert {"PERSON_NAMED_IN_SOURCE"} == {one.code for one in findings}
    assert not any(one.held or one.refused for one in findings)


@pytest.mark.parametrize(
    "path",
    [
        "musk-buys-it",
        "erdogans-main-rival-says",
        "what-aoc-said",
        "2024/anneliese-brown/x",
        "jos%C3%A9_garcia.html",
        "custodial-death-of-raghunath-2031",
        "chess-youtube-quillfeather-banned",
    ],
)
def test_an_address_that_names_somebody_leaves_the_public_part_though_nothing_else_does(path: str) -> None:
    sources = [{"url": f"https://press.example/{path}"}, {"url": "https://press.example/rose-garden-in-may"}]

    found, _ = guarded(draft(sources=sources), SOURCE)

    assert sources[1:] == found.content["sources"]
    assert not found.held


@pytest.mark.parametrize(
    "host",
    [
        "www.michaelquillfeather.org",
        "maren.example.org/ronnie-mcnutt-film",
        "seanbmcgregor.example",
        "garywillowby.school.example",
        "neil-clarke.example",
        "gwern.net",
        "twitter.com/quietuser/status/1",
        "medium.com/@quietuser",
    ],
)
def test_a_site_under_the_name_of_who_writes_it_leaves_the_public_part(host: str) -> None:
    url = f"https://{host}/a-story"

    found, findings = guarded(draft(sources=[{"url": url}]), SOURCE)

    assert [] == found.content["sources"]
    assert ["PERSON_NAMED_IN_SOURCE"] == [one.code for one in findings]


@pytest.mark.parametrize(
    "address",
    [
        "www.theatlantic.com/a-story",
        "christiantoday.com/a-story",
        "news.example.org/driver-may-have-been-watching-harry-potter",
        "marketwatch.com/death-of-a-driver",
        "news.example.org/youtube-algorithm-blamed",
        "news.example.org/jane-doe-sues-john-deere",
        "tim.example.org/generative-ai",
    ],
)
def test_an_address_of_words_and_things_stays(address: str) -> None:
    one = draft(sources=[{"url": f"https://{address}"}])

    assert (one, ()) == guarded(one, SOURCE)


def test_an_address_of_the_record_itself_that_names_somebody_is_left_out() -> None:
    one = replace(draft(("Maren Okonjo",)), url="https://press.example/MAREN%20OKONJO")

    found, _ = guarded(one, SOURCE)

    assert found.url is None


def test_what_is_masked_is_ready_to_be_stored_and_held() -> None:
    title = "A" * 250 + " of Li Na Zhang, Xi Wu Zhang, Bo Li Zhang and Yu Bo Zhang"

    ready, findings = prepare(SOURCE, draft(("Li Na", "Xi Wu", "Bo Li", "Yu Bo"), title=title[:300]))

    assert ready is not None
    assert "PERSON_NAMED" in {one.code for one in findings}


@pytest.mark.parametrize(
    "party", ["pedestrians", "Uber drivers", "People of Color", "", "  ", "x", "-", "General public"]
)
def test_classes_of_people_are_no_names(party: str) -> None:
    one = draft(
        (party,), summary="Pedestrians and drivers of the general public were hurt; people of color more often."
    )

    assert (one, ()) == guarded(one, SOURCE)


@pytest.mark.parametrize(
    "text",
    [
        "Claude, Gemini, Llama and Stable Diffusion passed the Turing test",
        "Naive Bayes and Monte Carlo Tree Search in Hong Kong and San Francisco",
        "Park Patrol Robot Allegedly Ignored Woman's Request",
        "Cruise Vehicle Blocked A Fire Truck In San Francisco",
        "Tesla Driver Was Watching Harry Potter",
        "IBM Watson Studio Local and Apache Airflow JDBC Provider",
        "Deepfake Scam Targets Goldman Sachs and Morgan Stanley",
        "Carnegie Mellon University, Johns Hopkins Hospital and the Alan Turing Institute",
        "White House Says Silicon Valley Startup Misused Le Creuset Ads",
        "The Trump administration asked",
        "AI-Generated Content Becomes A Victim of Its Own Success",
        "Amazon's Alexa Tells Child to Touch Live Plug",
    ],
)
def test_products_places_organisations_and_eponyms_are_no_persons(text: str) -> None:
    assert [] == [text[one.start : one.end] for one in names_in(text)]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Deepfake Video Shows Anneliese Brandt Endorsing Crypto Scam", "Anneliese Brandt"),
        ("Prime Minister Narendra Modi's Voice Cloned", "Narendra Modi"),
        ("Trump Audio Is Fake", "Trump"),
        ("This attack was discovered by Riley Meadow. It works.", "Riley Meadow"),
        ("according to John Q. Mbeki, a teacher", "John Q. Mbeki"),
        ("Misused Siobhan O'Rourke's Photo in Ad", "Siobhan O'Rourke"),
        ("Scam with Jean-Pierre de la Fontaine", "Jean-Pierre de la Fontaine"),
        ("Senator Zbrzycki Denies Video", "Zbrzycki"),
        ("JUDGE FINES LAWYER MICHAEL OKAFOR", "MICHAEL OKAFOR"),
    ],
)
def test_persons_are_found_in_headlines_and_sentences(text: str, name: str) -> None:
    assert [name] == [text[one.start : one.end] for one in names_in(text)]


def test_values_of_wrong_types_are_left_for_validation() -> None:
    fields: dict[str, Any] = {"title": ["Maren Okonjo", 3, None], "summary": {"x": float("nan")}, "sources": "none"}
    one = replace(draft(("Maren Okonjo",), **fields), marking={"provenance": 7}, restricted={"narrative": 5})

    found, _ = guarded(one, SOURCE)

    assert 5 == found.restricted["narrative"]
    assert "x" in found.content["summary"]  # type: ignore[operator]


VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20) | st.sampled_from(["Maren Okonjo", "\ud800", "a-b"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(max_size=8) | st.sampled_from(["sources", "title", "url"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(max_examples=60, deadline=None)
@given(content=st.dictionaries(st.sampled_from(["title", "summary", "sources", "aliases", "url"]), VALUES))
def test_no_content_makes_the_rule_fail(content: dict[str, Any]) -> None:
    found, findings = guarded(replace(draft(("Maren Okonjo", "\ud800")), content=content), SOURCE)

    assert found.held == any(one.held for one in findings)


def test_a_second_time_nothing_more_is_found() -> None:
    once, _ = guarded(draft(("Maren Okonjo",), title="Maren Okonjo sues Kari Lindqvist over clip"), SOURCE)

    assert (once, ()) == guarded(once, SOURCE)


def test_what_finds_no_room_in_the_restricted_part_is_told() -> None:
    long = "Maren Okonjo " * 1500

    found, findings = guarded(draft(("Maren Okonjo",), summary=long, narrative=long), SOURCE)

    assert 20_000 >= len(str(found.restricted["narrative"]))
    assert "PERSON_TEXT_CUT" in {one.code for one in findings}


def test_deep_nesting_and_many_values_are_read_in_bounded_time() -> None:
    deep: Any = "Maren Okonjo"
    for _ in range(50_000):
        deep = [deep]
    one = draft(("Maren Okonjo",) * 10_000, summary=deep, aliases=["Maren Okonjo"] * 50_000)

    assert BOUND > least_effort(lambda: guarded(one, SOURCE))
    while isinstance(deep, list):
        deep = deep.pop()


@pytest.mark.parametrize("text", ["A" * 20_000, "Aa " * 6_600, "Maren Okonjo " * 1_500, "J. " * 6_000, "'s" * 9_000])
def test_time_grows_in_proportion_to_the_text(text: str) -> None:
    def seconds(one: str) -> float:
        started = time.process_time()
        list(names_in(one))
        return time.process_time() - started

    short = min(seconds(text[: len(text) // 4]) for _ in range(3))

    assert max(short, 0.002) * 10 > min(seconds(text) for _ in range(3))


def test_ordinary_text_costs_little() -> None:
    text = (PLAIN_TEXT * 5)[:1024]
    list(names_in(text))

    def fifty_times() -> None:
        for _ in range(50):
            guarded(draft(summary=text), SOURCE)

    assert 6 > least_effort(fifty_times, enough=6)


@pytest.mark.parametrize(
    ("party", "words"),
    [("Zoë Brûlé", ("zoe", "brule")), ("O'Rourke", ("o'rourke",)), ("Okonjo's", ("okonjo",)), ("Acme Holdings", None)],
)
def test_a_party_is_read_as_words_or_as_no_person(party: str, words: tuple[str, ...] | None) -> None:
    assert words == words_of(party)


@pytest.mark.data
def test_in_the_publishers_files_names_are_found_and_products_are_not(test_data: Path) -> None:
    found = {source: found_in(list(read(test_data))) for source, read in SOURCES.items()}

    totals = {source: one.total() for source, one in found.items()}
    assert 400 <= totals["aiid"] <= 440
    assert 3 <= totals["atlas"] <= 10
    assert 10 <= totals["avid"] <= 25
    words = {word for one in found.values() for name in one for word in name.split()}
    assert set() == words & {"Amazon", "Google", "Tesla", "Alexa", "Claude", "Gemini", "AI", "San", "Robot", "Potter"}
