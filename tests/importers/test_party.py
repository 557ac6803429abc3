"""No natural person's name is kept; what shows that it is an organisation or a class of people is."""

from __future__ import annotations

import pytest

from importers.party import Party, read_party


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Example Red Team", Party("Example Red Team", "researcher")),
        ("Researchers at Example", Party("Researchers at Example", "researcher")),
        ("University of Nowhere", Party("University of Nowhere", "researcher")),
        ("Forum Users", Party("Forum Users", None)),
        ("Two individuals", Party("Two individuals", "individual")),
        ("APT99", Party("APT99", None)),
        ("Example Cyber, Sample Security", Party("Example Cyber, Sample Security", None)),
    ],
)
def test_an_organisation_or_a_class_of_people_is_kept(name: str, expected: Party) -> None:
    assert expected == read_party(name)


@pytest.mark.parametrize(
    "name",
    [
        "Ada Example",
        "Ada Example, Bob Sample and Carol Instance",
        "Security researcher Ada Example",
        "Ada Example of Sample Security Research",
        "Ada Example from Sample Labs",
        "Sample Security's Ada Example",
        "Sample Security\u2019s Ada Example",
        "Security Researchers Ada Example",
        "ada_example",
        "ada99 (GitHub user)",
        "https://example.org/ada",
        "Dr Ada Example, Professor",
    ],
)
def test_a_name_that_may_be_a_persons_is_left_out_whole(name: str) -> None:
    party = read_party(name)

    assert "Ada" not in (party.label or "")
    assert "ada" not in (party.label or "")
    assert party.left_out


def test_of_a_person_and_an_organisation_the_organisation_is_kept() -> None:
    expected = Party("Example University", "researcher", left_out=True, names=("Ada Example",))

    assert expected == read_party("Ada Example, Example University")


def test_a_class_whose_list_of_places_is_not_clear_is_kept_as_the_class_alone() -> None:
    expected = Party("Researchers", "researcher", left_out=True, names=("Ada Sample", "Elsewhere"))

    assert expected == read_party("Researchers from Example, Ada Sample, and Elsewhere")


def test_an_unknown_actor_has_a_kind_and_no_label() -> None:
    assert Party(None, "unknown") == read_party("Unknown Threat Actor")


def test_a_name_known_to_be_an_organisations_is_kept() -> None:
    assert Party("Examplix", None) == read_party("Examplix", organisations=frozenset({"examplix"}))


def test_a_name_known_to_be_an_organisations_is_not_taken_apart() -> None:
    known = frozenset({"detection and response (sample)"})

    assert Party("Detection and Response (Sample)", None) == read_party(
        "Detection and Response (Sample)", organisations=known
    )


def test_a_label_that_is_too_long_is_left_out() -> None:
    assert Party(None, None, left_out=True) == read_party("Very " * 40 + "Long Team")
