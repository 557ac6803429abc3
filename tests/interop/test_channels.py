"""Who is told what: a platform gets what its organisation sees, strangers what is CLEAR, and nobody anything else."""

from __future__ import annotations

from dataclasses import replace

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.service import erasure, groups, life, submit
from tests.factories import content
from tests.interop.world import BASE, DOMAIN, PHONE, TRACES, World, by_id, report_id

AMBER = "TLP:AMBER, shared with the group trust"
AMBER_LEFT = f"{AMBER}, which your organisation has left: all that it was given is taken back"
SHARED = {"audience": "trust"}
EMPTY: dict[str, bool] = {}


def test_each_reads_the_levels_that_are_for_it_and_no_other(world: World) -> None:
    world.publish(title="For all")
    world.publish("GREEN", title="For members")
    world.publish("AMBER", title="For the group", marking=SHARED)
    world.publish("AMBER", title="For nobody else")
    world.publish("RED", title="For the owner")

    assert ["TLP:CLEAR", "TLP:CLEAR, imported"] == list(world.collections())
    assert {"For all": False} == world.reports()
    assert {"For members": False} == world.reports("TLP:GREEN", of="institute")
    assert AMBER not in world.collections(of="institute")
    assert {"For the group": False} == world.reports(AMBER, of="acme")
    assert ["For all"] == [one["info"] for one in world.manifest().values()]
    assert {"For all", "For members"} == {one["info"] for one in world.manifest(of="institute").values()}
    assert {"For all", "For members", "For the group"} == {one["info"] for one in world.manifest(of="acme").values()}


def test_what_others_read_is_no_collection_and_no_event(world: World) -> None:
    record = world.publish("AMBER", title="For the group", marking=SHARED)
    collection = world.collections(of="acme")[AMBER]

    for of in (None, "institute"):
        assert 404 == world.get(f"/taxii2/records/collections/{collection}/", of=of).status_code
        assert 404 == world.get(f"/taxii2/records/collections/{collection}/objects/", of=of).status_code
        assert 404 == world.get(f"/feeds/misp/{record.uid}.json", of=of).status_code
        assert 404 == world.get(f"/r/{record.number}.stix.json", of=of).status_code


def test_a_stranger_is_answered_the_same_bytes_whatever_is_hidden(world: World) -> None:
    world.publish(title="First")
    narrowed = world.publish(title="Narrowed")
    world.put(world.node.revise(narrowed, content(title="Narrowed", marking={"tlp": "AMBER"} | SHARED)))
    collection = world.collections()["TLP:CLEAR"]
    asked = (
        f"/taxii2/records/collections/{collection}/objects/?limit=2", "/feeds/misp/manifest.json",
        f"/taxii2/records/collections/{collection}/manifest/", "/feeds/misp/hashes.csv",
        f"/r/{narrowed.number}.stix.json", f"/feeds/misp/{narrowed.uid}.json",
    )  # fmt: skip
    before = [world.get(path) for path in asked]

    world.publish("GREEN", title="Hidden")
    world.publish("AMBER", title="Hidden too", marking=SHARED)
    world.put(world.node.submit(content(title="Not yet out")))
    world.put(world.node.withdraw(narrowed))

    after = [world.get(path) for path in asked]
    assert [one.content for one in before[:4]] == [one.content for one in after[:4]]
    assert [one.headers["etag"] for one in before[:1]] == [one.headers["etag"] for one in after[:1]]
    assert [one.content for one in before[4:]] == [one.content for one in after[4:]]


def test_what_is_withdrawn_keeps_its_ids_and_says_nothing(world: World) -> None:
    record = world.publish(title="Soon gone", sources=[{"url": "https://news.example/a"}])
    told = by_id(world.objects())[report_id(record)]
    event = world.event(record)

    world.put(world.node.withdraw(record))

    gone = by_id(world.objects())[report_id(record)]
    assert (True, f"{record.number} (withdrawn)") == (gone["revoked"], gone["name"])
    assert told["created"] == gone["created"]
    assert told["modified"] < gone["modified"]
    assert "description" not in gone
    taken_back = world.event(record)
    assert event["uuid"] == taken_back["uuid"]
    assert int(event["timestamp"]) < int(taken_back["timestamp"])
    assert 'incident-commons:state="withdrawn"' in [tag["name"] for tag in taken_back["Tag"]]
    assert {one["uuid"] for one in event["Attribute"]} == {one["uuid"] for one in taken_back["Attribute"]}
    assert {True} == {one["deleted"] for one in taken_back["Attribute"]}
    assert "news.example" not in str(taken_back)
    assert 410 == world.get(f"/r/{record.number}.stix.json").status_code


def test_its_owner_and_those_who_see_everything_are_told_too_that_a_record_is_gone(world: World) -> None:
    record = world.publish(title="Soon gone")
    world.put(world.node.withdraw(record))

    for of in ("acme", "watch"):
        assert {f"{record.number} (withdrawn)": True} == world.reports(of=of)
        assert f"{record.number} (withdrawn)" == world.event(record, of=of)["info"]


def test_what_waits_for_review_is_told_nobody(world: World) -> None:
    record = world.publish(title="As it is out")
    submit.revise(
        world.node.registry,
        world.node.submitter,
        record.uid,
        content(title="Not reviewed yet"),
        expected_revision=record.draft_revision,
    )
    world.follow()

    for of in (None, "acme", "watch"):
        assert {"As it is out": False} == world.reports(of=of)


def test_what_is_put_out_again_is_told_again_and_newer(world: World) -> None:
    record = world.publish(title="Back again")
    world.put(world.node.withdraw(record))
    gone = by_id(world.objects())[report_id(record)]

    lead = replace(world.node.reviewer, roles=frozenset({Role.LEAD_REVIEWER}))
    world.put(life.restore(world.node.registry, lead, record.uid, reason="It was right."))

    back = by_id(world.objects())[report_id(record)]
    assert ("Back again", False) == (back["name"], "revoked" in back)
    assert gone["modified"] < back["modified"]


def test_what_is_erased_is_told_nobody_any_more(world: World) -> None:
    marking = {"tlp": "GREEN", "restricted_tlp": "GREEN"}
    record = world.publish(title="Zorbelgrint", restricted={"indicators": TRACES}, marking=marking)
    registry = world.node.registry

    operator = replace(world.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))
    second = replace(world.node.institute, roles=frozenset({Role.OPERATOR}))
    erasure.block(registry, operator, record.uid, reason="Named.")
    erasure.erase(registry, second, record.uid, reason="Named.", legal_basis="GDPR Art. 17")
    world.follow()

    told = world.objects("TLP:GREEN", of="acme")
    assert {f"{record.number} (withdrawn)": True} == world.reports("TLP:GREEN", of="acme")
    assert "Zorbelgrint" not in str([told, world.event(record, of="acme"), world.manifest(of="acme")])
    assert DOMAIN not in str([told, world.event(record, of="acme")])
    assert {True} == {one["revoked"] for one in told if one["type"] == "indicator"}


def test_a_narrowed_record_is_gone_for_strangers_and_goes_on_for_the_group(world: World) -> None:
    record = world.publish(title="Once for all")

    narrow = content(title="Now for few", marking={"tlp": "AMBER"} | SHARED)
    world.put(world.node.revise(record, narrow))

    assert {f"{record.number} (withdrawn)": True} == world.reports()
    assert {f"{record.number} (withdrawn)": True} == world.reports(of="institute")
    assert EMPTY == world.reports(of="acme")
    assert {"Now for few": False} == world.reports(AMBER, of="acme")
    assert "Now for few" == world.event(record, of="acme")["info"]
    assert f"{record.number} (withdrawn)" == world.event(record)["info"]


def test_a_late_member_of_a_group_gets_all_that_was_shared_before(world: World) -> None:
    world.publish("AMBER", title="For the group", marking=SHARED)
    assert AMBER not in world.collections(of="institute")

    groups.join(world.node.registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    assert {"For the group": False} == world.reports(AMBER, of="institute")

    groups.leave(world.node.registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    assert AMBER not in world.collections(of="institute")


def test_indicators_are_told_to_those_who_may_read_them_with_their_own_marking(world: World) -> None:
    record = world.publish(
        title="Open, with traces for few",
        restricted={"indicators": TRACES},
        marking={"restricted_tlp": "AMBER"} | SHARED,
    )

    for of in (None, "institute"):
        assert DOMAIN not in str(world.objects(of=of))
        assert DOMAIN not in str(world.event(record, of=of))
    objects = by_id(world.objects(AMBER, of="acme"))
    indicator = next(one for one in objects.values() if one["type"] == "indicator")
    assert (f"[domain-name:value = '{DOMAIN}']", "stix") == (indicator["pattern"], indicator["pattern_type"])
    assert ["marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421"] == indicator["object_marking_refs"]
    related = next(one for one in objects.values() if one["type"] == "relationship")
    assert (indicator["id"], report_id(record)) == (related["source_ref"], related["target_ref"])
    assert "report" not in {one["type"] for one in objects.values()}
    attributes = {one["value"]: one for one in world.event(record, of="acme")["Attribute"]}
    assert ("domain", True, "tlp:amber") == (
        attributes[DOMAIN]["type"], attributes[DOMAIN]["to_ids"], attributes[DOMAIN]["Tag"][0]["name"],
    )  # fmt: skip
    # Without spaces, as MISP keeps numbers.
    assert "phone-number" == attributes[PHONE.replace(" ", "")]["type"]


def test_indicators_that_are_taken_out_are_taken_back(world: World) -> None:
    marking = {"tlp": "AMBER", "restricted_tlp": "AMBER"} | SHARED
    record = world.publish("AMBER", title="With traces", restricted={"indicators": TRACES}, marking=marking)
    told = next(one for one in world.objects(AMBER, of="acme") if one["type"] == "indicator")

    without = content(title="With traces", marking=marking, restricted={"notes": "They were of a victim."})
    world.put(world.node.revise(record, without))

    gone = by_id(world.objects(AMBER, of="acme"))[told["id"]]
    assert (True, False) == (gone["revoked"], DOMAIN in str(gone))
    attributes = world.event(record, of="acme")["Attribute"]
    assert 2 == sum(one["deleted"] for one in attributes)
    assert DOMAIN not in str(attributes)


def test_the_red_part_of_an_open_record_is_told_nobody_not_even_its_owner(world: World) -> None:
    record = world.publish(title="Open", restricted={"indicators": TRACES})

    told = [world.objects(title, of="acme") for title in world.collections(of="acme")]
    assert DOMAIN not in str(told)
    assert DOMAIN not in str(world.event(record, of="acme"))


def test_a_record_under_embargo_is_for_the_group_alone_and_amber_until_it_is_over(world: World) -> None:
    later = world.clock.at.replace(year=2027).isoformat()
    record = world.publish(title="Not yet", marking={"embargo_until": later} | SHARED)

    assert EMPTY == world.reports()
    assert EMPTY == world.reports("TLP:GREEN", of="acme")
    assert {"Not yet": False} == world.reports(AMBER, of="acme")
    assert "tlp:amber" == world.event(record, of="acme")["Tag"][0]["name"]


def test_whose_organisation_leaves_a_group_is_told_that_all_it_had_by_it_is_gone(world: World) -> None:
    marking = {"tlp": "AMBER", "restricted_tlp": "AMBER"} | SHARED
    groups.join(world.node.registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    record = world.publish("AMBER", title="For the group", restricted={"indicators": TRACES}, marking=marking)
    collection = world.collections(of="institute")[AMBER]
    before = by_id(world.objects(AMBER, of="institute"))
    last = world.get(f"{BASE}{collection}/objects/", of="institute").headers["x-taxii-date-added-last"]
    of_others = world.objects(AMBER, of="acme")

    world.clock.advance(hours=1)
    groups.leave(world.node.registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")

    answer = world.get(f"{BASE}{collection}/objects/?added_after={last}", of="institute")
    gone = by_id(answer.json()["objects"])
    assert (True, f"{record.number} (withdrawn)") == (
        gone[report_id(record)]["revoked"], gone[report_id(record)]["name"],
    )  # fmt: skip
    assert before[report_id(record)]["modified"] < gone[report_id(record)]["modified"]
    told = [one["id"] for one in before.values() if one["type"] in {"report", "indicator", "relationship"}]
    assert {True} == {gone[id_].get("revoked") for id_ in told}
    event = world.event(record, of="institute")
    assert {True} == {one["deleted"] for one in event["Attribute"]}
    assert "For the group" not in answer.text + str([event, world.manifest(of="institute")])
    assert DOMAIN not in answer.text + str(event)
    assert of_others == world.objects(AMBER, of="acme")
    for of in (None, "watch"):
        assert 404 == world.get(f"{BASE}{collection}/objects/", of=of).status_code


def test_what_happens_in_a_group_is_not_told_to_who_has_left_it(world: World) -> None:
    registry = world.node.registry
    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    record = world.publish("AMBER", title="For the group", marking=SHARED)
    groups.leave(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    before = [world.objects(AMBER_LEFT, of="institute"), world.manifest(of="institute")]

    world.put(world.node.revise(record, content(title="Told better", marking={"tlp": "AMBER"} | SHARED)))
    world.publish("AMBER", title="Another", marking=SHARED)
    world.put(world.node.withdraw(record))

    assert before == [world.objects(AMBER_LEFT, of="institute"), world.manifest(of="institute")]


def test_who_comes_back_to_a_group_gets_everything_anew_and_newer(world: World) -> None:
    registry = world.node.registry
    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    record = world.publish("AMBER", title="For the group", marking=SHARED)
    groups.leave(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    gone = by_id(world.objects(AMBER_LEFT, of="institute"))[report_id(record)]
    taken_back = world.event(record, of="institute")

    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")

    back = by_id(world.objects(AMBER, of="institute"))[report_id(record)]
    assert ("For the group", False) == (back["name"], "revoked" in back)
    assert gone["modified"] < back["modified"]
    assert int(taken_back["timestamp"]) < int(world.event(record, of="institute")["timestamp"])
    assert AMBER_LEFT not in world.collections(of="institute")


def test_who_leaves_keeps_what_it_reads_by_another_way(world: World) -> None:
    registry = world.node.registry
    groups.join(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")
    record = world.publish("GREEN", title="For members", marking=SHARED)

    groups.leave(registry, LOCAL_OPERATOR, slug="trust", organisation_slug="institute")

    assert {"For members": False} == world.reports("TLP:GREEN", of="institute")
    assert "For members" == world.event(record, of="institute")["info"]
    assert not [title for title in world.collections(of="institute") if "GREEN" in title and "trust" in title]
