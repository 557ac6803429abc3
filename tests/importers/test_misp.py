"""MISP: what is for everybody, what only few may see, what is kept nowhere, and which events a feed has changed."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from importers.contract import Draft, Following, Parsed, RawDocument, Source, TakenBack, Wanted
from importers.misp.rules import Tag, misuse_of_tags, read_tag
from importers.sources.misp import IMPORTER, begin, follow
from registry.domain import terms
from registry.domain.finding import Finding
from tests.factories import source

FEED: Source = source("feed", "A feed", format="misp", urls=("https://feed.example/osint/",))


def uuid(number: int) -> str:
    return f"5f000000-0000-4000-8000-{number:012d}"


def event(*attributes: object, tags: tuple[str, ...] = ("tlp:clear",), **fields: object) -> dict[str, Any]:
    told = {"uuid": uuid(1), "info": "Lures", "published": True, "Tag": [{"name": name} for name in tags]}
    return {"Event": told | {"Attribute": list(attributes)} | fields}


def attribute(kind: str, value: object, category: str = "Other", **fields: object) -> dict[str, object]:
    return {"type": kind, "value": value, "category": category} | fields


def read(document: object, source: Source = FEED, name: str = "x.json") -> list[Parsed]:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return list(IMPORTER.parse(RawDocument(name, body), source))


def draft(document: object, source: Source = FEED) -> Draft:
    (found,) = [one for one in read(document, source) if isinstance(one, Draft)]
    return found


def codes(parsed: list[Parsed]) -> list[str]:
    return [one.code for one in parsed if isinstance(one, Finding)]


@pytest.mark.parametrize(("tags", "distribution", "expected"), [
    (("tlp:clear",), None, "CLEAR"),
    (("tlp:white",), "3", "CLEAR"),
    (("TLP:WHITE",), 3, "CLEAR"),
    (("tlp:white", "tlp:green"), None, "GREEN"),
    (("tlp:amber+strict",), None, "AMBER+STRICT"),
    (("tlp:red", "tlp:clear"), None, "RED"),
    (("tlp:ex:chr",), None, "RED"),
    (("tlp:clear",), "0", "RED"),
    (("tlp:clear",), 1, "AMBER"),
    (("tlp:clear",), "4", "RED"),
    ((), "3", "RED"),
    ((), None, "RED"),
])  # fmt: skip
def test_only_what_is_marked_clear_is_for_everybody_and_all_else_is_held(
    tags: tuple[str, ...], distribution: object, expected: str
) -> None:
    found = draft(event(tags=tags, distribution=distribution))

    assert (expected, expected != "CLEAR") == (found.marking["tlp"], found.held)


def test_the_row_may_say_what_events_without_a_marking_are() -> None:
    open_feed = replace(FEED, options={"tlp": "clear"})

    found = draft(event(tags=()), open_feed)

    assert ("CLEAR", False) == (found.marking["tlp"], found.held)


@pytest.mark.parametrize("kind", [
    "ip-src", "ip-dst", "domain", "hostname", "url", "email-src", "md5", "sha256", "filename", "phone-number",
    "comment", "text", "other", "campaign-name", "yara", "btc", "user-agent", "AS", "email-subject", "twitter-id",
])  # fmt: skip
def test_no_trace_and_no_comment_stands_in_the_public_part(kind: str) -> None:
    found = draft(event(attribute(kind, "harm.example"), attribute(kind, "203.0.113.9|x", to_ids=True)))

    assert "harm.example" in repr(found.restricted)
    assert "harm.example" not in repr(found.content)
    assert "203.0.113.9" not in repr(found.content)


@pytest.mark.parametrize(("kind", "category"), [
    ("target-user", "Targeting data"), ("full-name", "Person"), ("text", "Person"), ("iban", "Financial fraud"),
    ("passport-number", "Person"), ("target-email", "Targeting data"), ("whois-registrant-name", "Attribution"),
    ("email-dst", "Payload delivery"),
])  # fmt: skip
def test_what_is_of_persons_is_kept_nowhere_and_no_finding_repeats_it(kind: str, category: str) -> None:
    parsed = read(event(attribute(kind, "Jane Roe", category)))

    (found,) = [one for one in parsed if isinstance(one, Draft)]
    assert "Jane Roe" not in repr((found.content, found.restricted))
    assert "Jane Roe" not in repr([one for one in parsed if isinstance(one, Finding)])
    assert "PERSONAL_DATA" in codes(parsed)


def test_an_actor_that_is_no_clear_organisation_is_left_out_and_sought_in_all_texts() -> None:
    parsed = read(event(attribute("threat-actor", "Jane Roe"), attribute("threat-actor", "APT99")))

    (found,) = [one for one in parsed if isinstance(one, Draft)]
    assert [{"label": "APT99"}] == found.content["actors"]
    assert ("Jane Roe",) == found.names
    assert ["PARTY_NOT_KEPT"] == codes(parsed)


def test_an_organisation_that_the_row_names_is_told_as_reporter() -> None:
    made_by = event(Orgc={"name": "CERT Nowhere"})

    known = draft(made_by, replace(FEED, options={"organisations": ["CERT Nowhere"]}))

    assert "CERT Nowhere" in str(known.content["summary"])
    assert "CERT Nowhere" not in repr(draft(made_by))


def test_a_link_marked_for_few_does_not_become_a_public_source() -> None:
    link = attribute("link", "https://example.org/few", Tag=[{"name": "tlp:amber"}])

    found = draft(event(link))

    assert "sources" not in found.content
    assert "https://example.org/few" == found.restricted["narrative"]


def test_a_new_time_a_new_carrier_and_new_local_ids_are_no_change_but_a_new_word_is() -> None:
    first = draft(event(attribute("comment", "x", id="1", timestamp="1"), timestamp="1", Org={"name": "A"}))
    again = draft(event(attribute("comment", "x", id="2", timestamp="9"), timestamp="9", Org={"name": "B"}, id="7"))
    other = draft(event(attribute("comment", "y", id="2", timestamp="9"), timestamp="9"))

    assert first == again
    assert first.sha256 != other.sha256


def test_deleted_attributes_are_not_read_and_a_deleted_event_is_taken_back() -> None:
    kept = draft(event(attribute("comment", "gone", deleted=True), Object=[{"deleted": True, "Attribute": [
        attribute("comment", "gone")]}]))  # fmt: skip

    assert {} == kept.restricted
    assert [TakenBack(uuid(1))] == read(event(deleted=True))


def test_ids_that_are_out_of_bounds_are_left_out_with_a_finding() -> None:
    many = [attribute("domain", f"{number}.example") for number in range(700)]

    parsed = read(event(*many, attribute("domain", "x" * 5000)))

    (found,) = [one for one in parsed if isinstance(one, Draft)]
    indicators = found.restricted["indicators"]
    assert isinstance(indicators, list)
    assert 500 == len(indicators)
    assert ["TOO_MANY", "TOO_LONG"] == codes(parsed)


@pytest.mark.parametrize("form", [
    lambda one: one, lambda one: one["Event"], lambda one: [one], lambda one: {"response": [one]},
    lambda one: {"response": one}, lambda one: {"response": [one["Event"]]},
])  # fmt: skip
def test_every_form_in_which_events_are_written_is_read(form: Any) -> None:
    assert "Lures" == draft(form(event())).content["title"]


@pytest.mark.parametrize("body", [b"", b"[]", b"7", b"{}", b'"x"', b"\xff\xfe", b"[" * 100_000, b'{"Event": 3}'])
def test_what_is_no_event_is_one_finding(body: bytes) -> None:
    (finding,) = read(body)

    assert isinstance(finding, Finding)
    assert finding.refused


def test_a_manifest_and_hashes_hold_no_event() -> None:
    assert [] == read({uuid(1): {"info": "x"}}, name="manifest.json")
    assert [] == read(b"abc,def\n", name="hashes.csv")


def test_a_feed_begins_with_its_manifest_and_a_named_file_is_fetched_as_it_is() -> None:
    one_file = replace(FEED, urls=("https://feed.example/one.json",))

    assert [Wanted("https://feed.example/osint/manifest.json", "manifest.json")] == list(begin(FEED, None))
    assert [Wanted("https://feed.example/one.json", "one.json")] == list(begin(one_file, None))


def led(manifest: object, cursor: str | None = None) -> Following:
    (wanted,) = begin(FEED, cursor)
    return follow(RawDocument("manifest.json", json.dumps(manifest).encode()), wanted, FEED, cursor)


def test_only_events_whose_entry_has_changed_are_fetched_and_the_others_are_told_to_be_there() -> None:
    before = {uuid(1): {"timestamp": "1"}, uuid(2): {"timestamp": "1"}}
    first = led(before)

    second = led({uuid(1): {"timestamp": "1"}, uuid(2): {"timestamp": "2"}, uuid(3): {}}, first.cursor)

    assert [f"https://feed.example/osint/{uuid(n)}.json" for n in (1, 2)] == [one.url for one in first.wanted]
    assert [f"{uuid(n)}.json" for n in (2, 3)] == [one.name for one in second.wanted]
    assert (uuid(1),) == second.present
    assert ((), (uuid(1), uuid(2))) == ((last := led(before, first.cursor)).wanted, last.present)


def test_a_manifest_cannot_lead_out_of_its_folder() -> None:
    hostile: dict[str, object] = {"../../etc/passwd": {}, "https://evil.example/x": {}, uuid(1): {}}

    assert Following() == led(hostile)
    assert Following() == led([1])
    assert Following() == follow(RawDocument("m", b"\xff"), Wanted("https://feed.example/", "m"), FEED, None)


@pytest.mark.parametrize(("name", "expected"), [
    ('rsit:fraud="phishing"', Tag("rsit", "fraud", "phishing")),
    ("tlp:amber+strict", Tag("tlp", "amber+strict", None)),
    ("veris:action:malware:variety=Ransomware", Tag("veris", "action:malware:variety", "Ransomware")),
    ("free text", None),
    ("a:" + "b" * 5000, None),
    (":" * 5000, None),
])  # fmt: skip
def test_a_machine_tag_is_read_and_a_free_one_is_not(name: str, expected: Tag | None) -> None:
    assert expected == read_tag(name)


def test_the_rules_name_only_terms_that_exist() -> None:
    tags = [Tag("rsit", word, None) for word in (
        "spam", "phishing", "spear-phishing", "ransomware", "malware", "malicious-code", "fraud", "scam", "scan",
        "scanner", "intrusion", "intrusions", "intrusion-attempts", "disinformation", "misinformation", "astroturfing",
        "deepfake", "masquerade", "data-exfiltration", "prompt-injection", "jailbreak", "model-stealing", "poisoning",
    )]  # fmt: skip
    galaxies = [Tag("misp-galaxy", name, "x") for name in ("stealer", "rat", "ransomware", "misinformation-pattern")]

    found = misuse_of_tags([*tags, *galaxies, Tag("misp-galaxy", "mitre-atlas-attack-pattern", "X - AML.T0054")])

    assert [] == [one for one in found if terms.MISUSE.find(one) is None]
    assert {"jailbreak", "credential_theft"} <= set(found)
