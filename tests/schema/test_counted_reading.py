"""What a reviewer reads of unpublished work is counted whatever way it is read, and an earlier draft is work too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.domain.content.kinds import Content
from registry.domain.welfare import Topic
from registry.ports import Registry
from registry.service import welfare
from tests.client import Client
from tests.factories import content
from tests.schema.world import Api, make_app
from tests.service.world import People, claimed, hand_in, published, revised, submitted

TEXT = "query($uid: String!) { record(uid: $uid) { title summary } }"
LABELS = "query($uid: String!) { record(uid: $uid) { title state ... on Incident { severity misuseCategories } } }"
LIST = "{ records(filter: {states: [SUBMITTED]}) { nodes { summary } } }"
PAST = "query($uid: String!) { record(uid: $uid) { history { revisions { record { summary } } } } }"
CHANGED = "query($uid: String!) { record(uid: $uid) { difference(from: 1, to: 2, drafts: true) { after } } }"


def heavy(**fields: Any) -> Content:
    planted: dict[str, Any] = {"misuse_categories": ["violence/weapons"], "severity": 5, "summary": "Planted words."}
    return content(**(planted | fields))


def read_today(registry: Registry, people: People) -> int:
    return welfare.mine(registry, people.reviewer).exposure.today


def test_text_under_review_counts_once_however_it_is_read(api: Api, registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy())

    api.ask(LABELS, by="reviewer", uid=record.uid)
    assert 0 == read_today(registry, people)
    for document in (TEXT, TEXT, PAST):
        assert "Planted" in str(api.ask(document, by="reviewer", uid=record.uid))
    assert "Planted" in str(api.ask(LIST, by="reviewer"))

    assert 6 == read_today(registry, people)


def test_what_is_published_or_ones_own_never_counts(api: Api, registry: Registry, people: People) -> None:
    record = published(registry, people, heavy(title="Marigold"))
    own = hand_in(registry, people.submitter, heavy(title="Another one"))

    assert "Planted" in str(api.ask(TEXT, by="reviewer", uid=record.uid))
    for name in ("submitter", "inside_reviewer"):
        assert "Planted" in str(api.ask(TEXT, by=name, uid=own.uid))

    assert 0 == read_today(registry, people)
    assert 0 == welfare.mine(registry, people.inside_reviewer).exposure.today


def test_earlier_drafts_and_what_differs_count(api: Api, registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy())
    revised(registry, people, record, heavy(summary="Planted anew."))

    assert "anew" in str(api.ask(CHANGED, by="reviewer", uid=record.uid))

    assert 12 == read_today(registry, people)


def test_at_the_limit_no_way_leads_to_more(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"exposure_per_day": 6}))
    first = submitted(node, people, heavy())
    second = submitted(node, people, heavy(title="Marigold", summary="Secondly planted."))
    with Client(make_app(node, people)) as client:
        api = Api(client, node)
        api.ask(TEXT, by="reviewer", uid=first.uid)

        answers = [api.send(one, by="reviewer", uid=second.uid) for one in (TEXT, PAST)]
        answers.append(api.send(LIST, by="reviewer"))
        again = api.ask(TEXT, by="reviewer", uid=first.uid)

    for answer in answers:
        assert "EXPOSURE_LIMIT" == answer.json()["errors"][0]["extensions"]["code"]
        assert "lanted" not in answer.text
    assert "Planted" in str(again)
    assert 6 == read_today(registry, people)


def test_operators_count_what_owners_read_and_never_what_a_reviewer_reads(
    api: Api, registry: Registry, people: People
) -> None:
    record = claimed(registry, people, heavy(restricted={"notes": "Planted notes."}))
    wanted = "query($uid: String!) { record(uid: $uid) { ... on Incident { restricted { notes } } } }"
    registry.tally.take()

    told = [str(api.ask(wanted, by=name, uid=record.uid)) for name in ("reviewer", "submitter")]

    counted = {subject for (subject, _), use in registry.tally.take().uses.items() if use.restricted}
    assert all("Planted notes." in one for one in told)
    assert {people.submitter.id} == counted & {people.submitter.id, people.reviewer.id}


def test_an_earlier_draft_about_what_one_avoids_is_in_no_history(registry: Registry, people: People) -> None:
    record = submitted(registry, people, heavy())
    revised(registry, people, record, content(summary="Mild words."))
    mild = replace(people, reviewer=replace(people.reviewer, avoids=frozenset({Topic.VIOLENCE})))
    with Client(make_app(registry, mild)) as client:
        api = Api(client, registry)

        told = [api.ask(one, by="reviewer", uid=record.uid) for one in (TEXT, PAST, CHANGED)]

    assert "Planted" not in str(told)
    assert "Mild" in str(told)
