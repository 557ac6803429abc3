"""OpenCTI and MISP, as they ask, get everything once, what changed, and that something is gone."""

from __future__ import annotations

from registry.domain.actor import LOCAL_OPERATOR
from registry.service import groups
from tests.factories import content
from tests.interop.pullers import Misp, OpenCti
from tests.interop.test_channels import AMBER, SHARED
from tests.interop.world import DOMAIN, TRACES, World, report_id

ROOT = "https://a.test/taxii2/records"
FEED = "https://a.test/feeds/misp"


def test_opencti_gets_all_pages_then_nothing_then_what_changed(world: World) -> None:
    records = [world.publish(title=f"Record {one}", procedure=[{"technique": f"AML.T005{one}"}]) for one in range(4)]
    feed = OpenCti(world, ROOT, world.collections()["TLP:CLEAR"], limit=3)

    feed.run()

    assert {report_id(one) for one in records} <= feed.kept.keys()
    assert all(count <= 3 for count in feed.arrived)
    assert 0 == feed.run()
    world.put(world.node.revise(records[1], content(title="Told better")))
    world.put(world.node.withdraw(records[2]))
    feed.run()
    names = {feed.kept[report_id(one)]["name"] for one in records}
    assert {"Record 0", "Told better", f"{records[2].number} (withdrawn)", "Record 3"} == names
    assert feed.kept[report_id(records[2])]["revoked"]
    assert 0 == feed.run()


def test_opencti_without_a_limit_of_its_own_and_with_a_slash_gets_the_same(world: World) -> None:
    for one in range(3):
        world.publish(title=f"Record {one}")
    plain, slash = (OpenCti(world, uri, world.collections()["TLP:CLEAR"]) for uri in (ROOT, f"{ROOT}/"))

    plain.run()
    slash.run()

    assert plain.kept == slash.kept == {one["id"]: one for one in world.objects()}


def test_opencti_is_told_when_its_organisation_leaves_a_group_and_again_when_it_comes_back(world: World) -> None:
    registry = world.node.registry
    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    marking = {"restricted_tlp": "AMBER"} | SHARED
    record = world.publish("AMBER", title="For the group", restricted={"indicators": TRACES}, marking=marking)
    feed = OpenCti(world, ROOT, world.collections(of="institute")[AMBER], of="institute")
    feed.run()
    assert DOMAIN in str(feed.kept)

    world.clock.advance(hours=1)
    groups.leave(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    feed.run()

    assert feed.kept[report_id(record)]["revoked"]
    assert DOMAIN not in str(feed.kept)
    world.clock.advance(hours=1)
    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    feed.run()
    assert ("For the group", None) == (
        feed.kept[report_id(record)]["name"], feed.kept[report_id(record)].get("revoked"),
    )  # fmt: skip
    assert DOMAIN in str(feed.kept)


def test_misp_gets_each_event_once_and_asks_again_for_nothing_but_what_changed(world: World) -> None:
    sources = [{"url": "https://news.example/a"}]
    first, second = (world.publish(title=f"Record {one}", sources=sources) for one in range(2))
    feed = Misp(world, FEED)

    assert {first.uid, second.uid} == set(feed.pull())
    assert [] == feed.pull()
    assert {first.uid, second.uid} == {uuid for _, uuid in feed.cache()}
    world.put(world.node.withdraw(second))
    assert [second.uid] == feed.pull()
    gone = feed.events[second.uid]
    assert f"{second.number} (withdrawn)" == gone["info"]
    assert {True} == {one["deleted"] for one in gone["Attribute"]}
    assert {first.uid} == {uuid for _, uuid in feed.cache()}


def test_misp_with_a_key_gets_what_its_organisation_reads_and_is_told_when_it_leaves(
    world: World,
) -> None:
    registry = world.node.registry
    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    marking = {"restricted_tlp": "AMBER"} | SHARED
    record = world.publish("AMBER", title="For the group", restricted={"indicators": TRACES}, marking=marking)
    feed = Misp(world, FEED, f"Authorization: Bearer {world.keys['institute']}")
    feed.pull()
    assert DOMAIN in str(feed.events[record.uid])

    world.clock.advance(hours=1)
    groups.leave(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")

    assert [record.uid] == feed.pull()
    assert {True} == {one["deleted"] for one in feed.events[record.uid]["Attribute"]}
    assert DOMAIN not in str(feed.events[record.uid])
    assert [] == Misp(world, FEED).pull()
