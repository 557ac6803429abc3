"""What this registry gives to platforms, its own importers read: with titles, tags, techniques and markings."""

from __future__ import annotations

import json
from collections.abc import Iterable

from importers.contract import Draft, Parsed, RawDocument, Source, TakenBack, Wanted
from importers.sources import misp, stix, taxii
from registry.domain.vocabulary import Kind
from tests.factories import source
from tests.interop.test_channels import AMBER, SHARED
from tests.interop.world import DOMAIN, TRACES, World, report_id

STIX = source("stix", "A server", format="stix", urls=())
TAXII = source("taxii", "A server", format="taxii", urls=("https://a.test/taxii2/",))
MISP = source("misp", "A server", format="misp", urls=("https://a.test/feeds/misp/manifest.json",))


def drafts(parsed: Iterable[Parsed]) -> dict[str, Draft]:
    """What was read, by the id at its source."""
    return {one.upstream_id: one for one in parsed if isinstance(one, Draft)}


def run(world: World, start: Source, importer: object, *, of: str | None = None) -> list[RawDocument]:
    """Follow the address of a row to its end, as a run of an import does."""
    module = taxii if importer is taxii else misp
    waiting: list[Wanted] = list(module.begin(start, None))
    found = []
    while waiting:
        wanted = waiting.pop(0)
        answer = world.get(wanted.url.removeprefix("https://a.test"), of=of)
        assert 200 == answer.status_code, wanted.url
        document = RawDocument(wanted.name, answer.content, {name.lower(): one for name, one in answer.headers.items()})
        found.append(document)
        waiting += module.follow(document, wanted, start, None).wanted
    return found


def test_a_bundle_is_read_as_the_record_that_it_was_written_from(world: World) -> None:
    record = world.publish(
        title="Voices copied",
        summary="They called pensioners.",
        confidence="high",
        sources=[{"url": "https://news.example/a", "publisher": "News"}],
        procedure=[{"technique": "AML.T0051"}, {"technique": "T1566.002"}],
        misuse_categories=["fraud/scam"],
    )

    body = world.get(f"/r/{record.number}.stix.json").content
    read = drafts(stix.parse(RawDocument("bundle", body), STIX))[report_id(record)]

    assert ("Voices copied", "They called pensioners.") == (read.content["title"], read.content["summary"])
    assert ("CLEAR", "high") == (read.marking["tlp"], read.content["confidence"])
    assert "https://news.example/a" in str(read.content["sources"])
    assert record.number in read.content["aliases"]  # type: ignore[operator]  # a list of ids


def test_all_collections_are_read_by_the_importer_of_taxii(world: World) -> None:
    record = world.publish(title="For all", procedure=[{"technique": "AML.T0051"}])
    measure = world.publish_kind(Kind.MITIGATION, name="A limit", addresses=[{"technique": "AML.T0051"}])
    marking = {"restricted_tlp": "AMBER"} | SHARED
    closed = world.publish("AMBER", title="For few", restricted={"indicators": TRACES}, marking=marking)

    documents = run(world, TAXII, taxii, of="acme")

    read = drafts(one for document in documents for one in taxii.parse(document, TAXII))
    assert ("For all", "CLEAR") == (read[report_id(record)].content["title"], read[report_id(record)].marking["tlp"])
    coa = report_id(measure).replace("report", "course-of-action")
    assert ("A limit", Kind.MITIGATION) == (read[coa].content["name"], read[coa].kind)
    assert ("AMBER", True) == (read[report_id(closed)].marking["tlp"], read[report_id(closed)].held)
    assert DOMAIN in str(read[report_id(closed)].restricted)
    assert AMBER in world.collections(of="acme")


def test_a_withdrawal_takes_back_what_was_read(world: World) -> None:
    record = world.publish(title="Soon gone")
    world.put(world.node.withdraw(record))

    read = [one for document in run(world, TAXII, taxii) for one in taxii.parse(document, TAXII)]

    assert TakenBack(report_id(record)) in read


def test_the_feed_is_read_by_the_importer_of_misp(world: World) -> None:
    record = world.publish(
        title="Voices copied",
        sources=[{"url": "https://news.example/a"}],
        procedure=[{"technique": "T1566.002"}],
        misuse_categories=["fraud/scam"],
        timeline={"started": "2026-02"},
    )

    documents = run(world, MISP, misp)

    read = drafts(one for document in documents for one in misp.parse(document, MISP))[record.uid]
    assert ("Voices copied", "CLEAR", False) == (read.content["title"], read.marking["tlp"], read.held)
    assert ["T1566.002"] == [step["technique"] for step in read.content["procedure"]]  # type: ignore[index,union-attr,call-overload]
    assert "https://news.example/a" in str(read.content["sources"])
    assert "fraud/scam" in str(read.content)


def test_the_marking_and_the_indicators_of_an_event_are_read(world: World) -> None:
    marking = {"restricted_tlp": "AMBER"} | SHARED
    record = world.publish("AMBER", title="For few", restricted={"indicators": TRACES}, marking=marking)

    documents = run(world, MISP, misp, of="acme")

    read = drafts(one for document in documents for one in misp.parse(document, MISP))[record.uid]
    assert ("AMBER", True) == (read.marking["tlp"], read.held)
    assert [("domain", DOMAIN)] == [
        (one["type"], one["value"])  # type: ignore[index,call-overload]
        for one in read.restricted["indicators"]  # type: ignore[union-attr]
        if "domain" in one["type"]  # type: ignore[index,operator,call-overload]
    ]


def test_every_object_of_a_bundle_refers_to_what_is_there(world: World) -> None:
    record = world.publish(title="One", systems=[{"provider": "Acme"}], procedure=[{"technique": "LLM01"}])
    objects = json.loads(world.get(f"/r/{record.number}.stix.json").content)["objects"]
    known: set[str] = set()

    for one in objects:
        refs = [one.get("created_by_ref"), *one.get("object_refs", []), *one.get("object_marking_refs", [])]
        assert {ref for ref in refs if ref} <= known | {one["id"]}
        known.add(one["id"])
