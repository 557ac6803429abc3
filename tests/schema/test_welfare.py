"""Reviewers' welfare over GraphQL: what a claim opens is counted, and what one opted out of is not there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.welfare import Topic
from registry.ports import Registry
from registry.service import welfare
from tests.client import Client
from tests.factories import content
from tests.schema.world import Api, make_app
from tests.service.world import People, claimed, submitted

MINE = "{ myWelfare { topics readToday limitPerDay ownLimitPerDay isAtLimit declaration { conflicts { kind } } } }"
QUEUE = "{ reviewQueue { hasMore waiting { uid label kind misuseCategories severity refusal } mine { uid } } }"
RESTRICTED = "query($uid: String!) { record(uid: $uid) { ... on Incident { restricted { notes } } } }"


def heavy(**fields: Any) -> Any:
    return content(misuse_categories=["violence/weapons"], restricted={"notes": "Planted."}, **fields)


def test_the_restricted_part_that_a_claim_opens_counts_once(api: Api, registry: Registry, people: People) -> None:
    record = claimed(registry, people, heavy())

    for _ in range(2):
        told = api.ask(RESTRICTED, by="reviewer", uid=record.uid)
        assert "Planted." == told["record"]["restricted"]["notes"]
    api.ask(RESTRICTED, by="submitter", uid=record.uid)

    assert 6 == api.ask(MINE, by="reviewer")["myWelfare"]["readToday"]
    assert 0 == api.ask(MINE, by="lead")["myWelfare"]["readToday"]


def test_at_the_limit_the_restricted_part_stays_closed(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"exposure_per_day": 6}))
    first, second = claimed(node, people, heavy()), claimed(node, people, heavy(title="Marigold"))
    with Client(make_app(node, people)) as client:
        api = Api(client, node)
        api.ask(RESTRICTED, by="reviewer", uid=first.uid)

        refused = api.send(RESTRICTED, by="reviewer", uid=second.uid).json()

    assert "EXPOSURE_LIMIT" == refused["errors"][0]["extensions"]["code"]
    assert "Planted." not in str(refused)


def test_choices_are_made_and_read_by_oneself(api: Api) -> None:
    answer = (
        "{ welfare { topics ownLimitPerDay declaration { conflicts { kind organisation } } } userErrors { code path } }"
    )
    told = api.ask(f"mutation {{ setOptOuts(input: {{topics: [HATE, CSAE]}}) {answer} }}", by="reviewer")
    assert ["CSAE", "HATE"] == told["setOptOuts"]["welfare"]["topics"]
    told = api.ask(f"mutation {{ setOwnLimit(input: {{perDay: 5}}) {answer} }}", by="reviewer")
    assert (5, ["CSAE", "HATE"]) == (
        told["setOwnLimit"]["welfare"]["ownLimitPerDay"],
        told["setOwnLimit"]["welfare"]["topics"],
    )
    told = api.ask(f"mutation {{ setOwnLimit(input: {{perWeek: 9999}}) {answer} }}", by="reviewer")
    assert [{"code": "OUT_OF_RANGE", "path": ["input", "perWeek"]}] == told["setOwnLimit"]["userErrors"]
    said = '{kind: CLIENT, organisation: "Sigma"}'
    told = api.ask(f"mutation {{ declareConflicts(input: {{conflicts: [{said}]}}) {answer} }}", by="reviewer")
    assert 1 == len(told["declareConflicts"]["welfare"]["declaration"]["conflicts"])

    [declared] = api.ask("{ declaredConflicts { conflicts { organisation } } }", by="lead")["declaredConflicts"]
    assert [{"organisation": "Sigma"}] == declared["conflicts"]
    assert [] == api.ask(MINE, by="lead")["myWelfare"]["topics"]


@pytest.mark.parametrize("name", ["submitter", "operator"])
def test_others_have_neither_queue_nor_welfare(api: Api, name: str) -> None:
    for document in (QUEUE, MINE, "mutation { nextToReview(input: {}) { record { uid } } }"):
        assert "FORBIDDEN" == api.send(document, by=name).json()["errors"][0]["extensions"]["code"]


def test_the_queue_gives_the_next_and_opens_it(api: Api, registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy(title="Planted title"))

    waiting = api.ask(QUEUE, by="reviewer")["reviewQueue"]
    taken = api.ask("mutation { nextToReview(input: {}) { record { uid claimedByViewer } } }", by="reviewer")
    opened = api.ask(
        'mutation($uid: String!) { revealField(input: {uid: $uid, field: "content.title"}) { lines { text } } }',
        by="reviewer",
        uid=record.uid,
    )
    back = api.ask(
        "mutation($uid: String!) { askOpinion(input: {uid: $uid, expectedRevision: 1}) { record { state } } }",
        by="reviewer",
        uid=record.uid,
    )

    assert [record.uid] == [one["uid"] for one in waiting["waiting"]]
    assert "Planted" not in str(waiting)
    assert {"uid": record.uid, "claimedByViewer": True} == taken["nextToReview"]["record"]
    assert [{"text": "Planted title"}] == opened["revealField"]["lines"]
    assert "SUBMITTED" == back["askOpinion"]["record"]["state"]
    none = api.ask("mutation { nextToReview(input: {}) { record { uid } userErrors { code } } }", by="reviewer")
    assert {"record": None, "userErrors": []} == none["nextToReview"]


def test_what_one_opted_out_of_is_in_no_answer(registry: Registry, people: People) -> None:
    submitted(registry, people, heavy(title="Planted title"))
    welfare.set_opt_outs(registry, people.reviewer, ["violence"])
    mild = replace(people, reviewer=replace(people.reviewer, avoids=frozenset({Topic.VIOLENCE})))
    lists = "incidents { totalCount nodes { uid } } records(filter: {states: [SUBMITTED]}) { totalCount nodes { uid } }"
    with Client(make_app(registry, mild)) as client:
        api = Api(client, registry)

        told = api.ask(f"{{ {lists} }}", by="reviewer")

        assert [0, 0] == [one["totalCount"] for one in told.values()]
        assert [1, 1] == [one["totalCount"] for one in api.ask(f"{{ {lists} }}", by="lead").values()]
        assert [] == api.ask(QUEUE, by="reviewer")["reviewQueue"]["waiting"]
