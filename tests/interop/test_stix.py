"""A record as objects of STIX 2.1: ids that stay, markings, references to what comes before, and patterns."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.content.kinds import Content
from registry.domain.interop import ids, stix
from registry.domain.interop.addresses import uri_of
from registry.domain.interop.channel import Channel, channel_of, channels_for, place_of, telling
from registry.domain.interop.patterns import FORMS, attribute_of, pattern_of
from registry.domain.interop.told import Told
from registry.domain.policy import Visibility
from registry.domain.record import GroupSlug, Record
from registry.domain.terms import INDICATOR_TYPE
from registry.domain.vocabulary import Kind, Tlp
from tests import factories
from tests.clocks import START
from tests.factories import content

NAMES = {"AML.T0051": "LLM Prompt Injection"}


def published(of: Content | None = None) -> Record:
    """A published record."""
    return factories.published(of or content(title="Voices copied"), number="A-INC-2026-0001")


def told(record: Record, **more: Any) -> Told:
    """What everybody is told of it."""
    said: dict[str, Any] = {
        "is_told": True,
        "tells_indicators": False,
        "level": Tlp.CLEAR,
        "restricted_level": Tlp.AMBER,
        "modified_at": START + timedelta(hours=1),
        "url": "https://a.test/r/A-INC-2026-0001",
        "owner": "Acme",
    }
    return Told(record=record, **(said | more))


def objects(one: Told) -> dict[str, dict[str, Any]]:
    """Its objects by id."""
    found: list[Any] = list(stix.stix_objects(one, name_of=NAMES.get))
    return {item["id"]: item for item in found}


def of_type(one: Told, type_: str) -> list[dict[str, Any]]:
    """Its objects of a type."""
    return [item for item in objects(one).values() if item["type"] == type_]


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_is_a_report_that_refers_to_what_came_before(kind: Kind) -> None:
    one = told(published(content(kind, sources=[{"url": "https://news.example/a"}])))

    found = list(objects(one).values())

    assert ("report", kind.value) == (found[-1]["type"], found[-1]["labels"][0])
    assert found[-1]["object_refs"]
    known = {item["id"] for item in found}
    assert {ref for item in found for ref in item.get("object_refs", [])} <= known
    assert {"incident", "note"}.isdisjoint(item["type"] for item in found)


def test_an_object_has_the_same_id_and_the_same_bytes_whoever_writes_it() -> None:
    one = told(published(content(procedure=[{"technique": "AML.T0051"}])))

    assert json.dumps(stix.bundle(one, name_of=NAMES.get)) == json.dumps(stix.bundle(one, name_of=NAMES.get))
    assert "ac0fd115-3126-5e90-8a6b-d7d8c83ad8fa" == str(ids.NAMESPACE)
    technique = of_type(one, "attack-pattern")[0]
    assert ("LLM Prompt Injection", {"source_name": "mitre-atlas", "external_id": "AML.T0051"}) == (
        technique["name"],
        technique["external_references"][0],
    )


def test_that_somebody_is_named_is_marked_as_closed_as_what_names_them() -> None:
    record = published(content(systems=[{"provider": "Beta"}]))
    clear, amber = told(record), told(record, level=Tlp.AMBER)

    names = [{one["name"]: one["id"] for one in of_type(each, "identity")} for each in (clear, amber)]

    assert {"Acme", "Beta", record.origin} == names[0].keys()
    assert names[0]["Beta"] != names[1]["Beta"]
    assert [stix.TLP_IDS[Tlp.AMBER]] == next(
        one["object_marking_refs"] for one in of_type(amber, "identity") if one["name"] == "Beta"
    )


def test_a_measure_is_told_with_what_it_acts_against() -> None:
    record = published(content(Kind.MITIGATION, name="A limit", addresses=[{"technique": "T1566"}]))

    relation = of_type(told(record), "relationship")[0]

    assert "mitigates" == relation["relationship_type"]
    assert relation["source_ref"].startswith("course-of-action--")
    assert relation["target_ref"] == of_type(told(record), "attack-pattern")[0]["id"]


def test_a_link_leads_only_to_what_the_viewer_sees() -> None:
    seen, hidden = factories.ids.uid(), factories.ids.uid()
    links = [{"rel": "related", "target": seen}, {"rel": "derived_from", "target": hidden}]
    record = published(content(links=links))

    found = of_type(told(record, linked={seen: Kind.INCIDENT}), "relationship")

    assert [stix.main_id(Kind.INCIDENT, seen)] == [one["target_ref"] for one in found]


def test_what_is_gone_says_its_number_and_nothing_else() -> None:
    record = published(content(Kind.WEAKNESS, title="Zorbelgrint"))

    found = objects(told(record, is_told=False, owner=None))

    revoked = [one for one in found.values() if one.get("revoked")]
    assert {"report", "vulnerability"} == {one["type"] for one in revoked}
    assert {"A-INC-2026-0001 (withdrawn)"} == {one["name"] for one in revoked}
    assert "Zorbelgrint" not in str(found)


def test_there_is_a_form_for_every_type_of_indicator() -> None:
    assert {term.code for term in INDICATOR_TYPE.terms} == FORMS.keys()


@pytest.mark.parametrize(
    ("type_", "value", "pattern"),
    [
        ("domain", "spam.example", ("stix", "[domain-name:value = 'spam.example']")),
        ("account", "o'neil\\x", ("stix", "[user-account:account_login = 'o\\'neil\\\\x']")),
        ("autonomous_system", "AS64500", ("stix", "[autonomous-system:number = 64500]")),
        ("autonomous_system", "none", None),
        ("certificate", "a" * 40, ("stix", f"[x509-certificate:hashes.'SHA-1' = '{'a' * 40}']")),
        ("certificate", ":".join(["AB"] * 20), ("stix", f"[x509-certificate:hashes.'SHA-1' = '{'ab' * 20}']")),
        ("yara", "rule x {}", ("yara", "rule x {}")),
        ("phone", "+1 555 0100", None),
    ],
)
def test_indicators_are_written_as_patterns(type_: str, value: str, pattern: tuple[str, str] | None) -> None:
    assert pattern == pattern_of(type_, value)


def test_a_fingerprint_is_of_the_hash_that_it_is_as_long_as() -> None:
    assert "x509-fingerprint-sha1" == attribute_of("certificate", "a" * 40)[0]
    assert "x509-fingerprint-sha256" == attribute_of("certificate", "a" * 64)[0]


@pytest.mark.parametrize(
    ("type_", "value", "kept"),
    [
        ("domain", "Spam.Example.", ("domain", "spam.example")),
        ("domain", "b\u00fccher.example", ("domain", "xn--bcher-kva.example")),
        ("domain", "localhost", ("text", "localhost")),
        ("ipv4", "198.51.100.7/32", ("ip-dst", "198.51.100.7")),
        ("ipv4", "198.51.100.0/24", ("ip-dst", "198.51.100.0/24")),
        ("ipv6", "2001:0db8:0::7", ("ip-dst", "2001:db8::7")),
        ("ipv4", "the same as before", ("text", "the same as before")),
        ("sha256", "A" * 64, ("sha256", "a" * 64)),
        ("sha256", "A" * 63, ("text", "A" * 63)),
        ("certificate", ":".join(["AB"] * 20), ("x509-fingerprint-sha1", "ab" * 20)),
        ("autonomous_system", "as64500", ("AS", "64500")),
        ("phone", "0044 (0)20 555-0100", ("phone-number", "+44205550100")),
        ("email", "Spam@Example.com", ("email-src", "spam@example.com")),
        ("crypto_address", "two words", ("text", "two words")),
        ("url", "https://Spam.example/A", ("url", "https://Spam.example/A")),
        ("another", "x", ("other", "x")),
    ],
)
def test_an_attribute_has_the_value_that_misp_would_make_of_it_and_is_never_thrown_away(
    type_: str, value: str, kept: tuple[str, str]
) -> None:
    found = attribute_of(type_, value)

    assert kept == (found[0], found[2])


@pytest.mark.parametrize(
    ("url", "uri"),
    [
        ("https://a.example/b?c=d%20e#f", "https://a.example/b?c=d%20e#f"),
        ("https://a.example/\"x='><script>", "https://a.example/%22x='%3E%3Cscript%3E"),
        ("https://b\u00fccher.example/\u00e4?\u00f6#\u00fc", "https://xn--bcher-kva.example/%C3%A4?%C3%B6#%C3%BC"),
        ("https://a.example/100%", "https://a.example/100%25"),
        ("http://[2001:db8::7]:8080/", "http://[2001:db8::7]:8080/"),
        ("https://a.example/{x}|y\\z^`", "https://a.example/%7Bx%7D%7Cy%5Cz%5E%60"),
    ],
)
def test_an_address_of_a_source_is_a_uri(url: str, uri: str) -> None:
    assert uri == uri_of(url) == uri_of(uri)


@given(st.sampled_from(list(Tlp)), st.sampled_from([None, "trust", "a-b"]), st.booleans())
def test_a_channel_is_read_back_from_its_key(tlp: Tlp, group: str | None, imported: bool) -> None:
    channel = Channel(tlp, GroupSlug(group) if group else None, imported)

    assert channel == channel_of(channel.key)


@given(st.booleans(), st.sets(st.sampled_from(["a", "b"])))
def test_nobody_reads_a_channel_of_a_group_that_is_not_theirs(community: bool, groups: set[str]) -> None:
    visible = Visibility(community=community, groups=frozenset(map(GroupSlug, groups)))

    found = channels_for(visible)

    assert {None, *groups} >= {one.group for one in found}
    assert community == (Channel(Tlp.GREEN) in found)
    assert Tlp.RED not in {one.tlp for one in found}


@pytest.mark.parametrize("tlp", list(Tlp))
def test_a_stricter_marking_never_opens_a_channel(tlp: Tlp) -> None:
    record = published(content(marking={"tlp": tlp.value}))

    found = [one.tlp for one in telling(record)]

    assert found == ([tlp] if tlp in {Tlp.CLEAR, Tlp.GREEN} else [])


def test_a_record_that_says_what_it_said_keeps_its_place() -> None:
    record, channel = published(), Channel(Tlp.CLEAR)

    first = place_of(record, channel, None, name="x", at=1_000_000)

    assert first is not None
    assert None is place_of(record, channel, first, name="x", at=9_000_000)
    assert None is place_of(record, Channel(Tlp.GREEN), None, name="x", at=1)
