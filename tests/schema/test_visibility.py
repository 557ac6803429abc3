"""Whoever may not see something learns nothing of it, whichever field is asked."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.vocabulary import Kind, LinkRel
from registry.service import submit
from tests import factories
from tests.schema.documents import content
from tests.schema.world import Api, node_id
from tests.service.world import People, claimed, published, revised, submitted

EVERYWHERE = """query ($id: ID!, $uid: String, $words: String!) {
  node(id: $id) { id }
  nodes(ids: [$id]) { id }
  record(uid: $uid) { id }
  incidents { nodes { id } edges { cursor } totalCount pageInfo { hasNextPage } }
  narrowed: incidents(filter: {states: [SUBMITTED], owner: "acme"}) { nodes { id } totalCount }
  records { nodes { id } totalCount }
  search(query: $words) { nodes { id } totalCount facets { name values { value count } } }
  mine: search(query: $words, scope: MINE) { nodes { id } totalCount }
  changes(first: 100) { edges { cursor node { uid kind } record { id } } }
}"""


def seen(api: Api, *, by: str = "", **variables: Any) -> dict[str, Any]:
    """What all these fields answer."""
    return api.ask(EVERYWHERE, by=by, **variables)


@pytest.mark.parametrize("by", ["", "outsider", "operator"])
def test_strangers_and_other_members_see_nothing_of_a_draft_anywhere(api: Api, people: People, by: str) -> None:
    nothing = {"id": "aW5jaWRlbnQ6eA", "uid": "01950000-0000-7000-8000-000000000000", "words": "spam"}
    api.index()
    before = seen(api, by=by, **nothing)

    draft = submitted(api.registry, people)
    api.index()
    names = {"id": node_id(api, draft, by="submitter"), "uid": draft.uid, "words": "spam"}

    assert before == seen(api, by=by, **names)


@pytest.mark.parametrize("by", ["submitter", "colleague", "reviewer"])
def test_the_owner_and_reviewers_see_it_everywhere_but_where_all_see_the_same(
    api: Api, people: People, by: str
) -> None:
    draft = submitted(api.registry, people)
    api.index()
    node = {"id": node_id(api, draft, by="submitter")}

    data = seen(api, by=by, id=node["id"], uid=draft.uid, words="spam")

    assert [node, [node], node] == [data["node"], data["nodes"], data["record"]]
    assert [node] == data["incidents"]["nodes"] == data["narrowed"]["nodes"] == data["mine"]["nodes"]
    assert (1, 0, None) == (
        data["incidents"]["totalCount"],
        data["search"]["totalCount"],
        data["mine"]["totalCount"],
    )
    assert draft.uid not in {edge["node"]["uid"] for edge in data["changes"]["edges"]}


def test_strangers_see_the_published_revision_and_nothing_of_the_work_on_a_newer_one(api: Api, people: People) -> None:
    record = published(api.registry, people)
    query = """query ($uid: String) { record(uid: $uid) {
      title state pending revision draftRevision changedAt externalRef claimedByViewer reason
      marking { tlp embargoUntil restrictedForReview } draft { title }
      history { changes { kind step revision actor } revisions { revision record { title draftRevision } } }
      ... on Incident { restricted { notes } }
    } }"""
    before = api.ask(query, uid=record.uid)

    revised(api.registry, people, record, factories.content(title="Newer words", restricted={"notes": "secret"}))
    after = api.ask(query, uid=record.uid)
    own = api.ask(query, by="submitter", uid=record.uid)["record"]

    assert before == after
    assert (None, None) == (after["record"]["draft"], after["record"]["restricted"])
    assert [None] == [row["actor"] for row in after["record"]["history"]["changes"]]
    assert ("Newer words", "SUBMITTED", 2) == (own["draft"]["title"], own["pending"], own["draftRevision"])
    assert 2 == len(own["history"]["revisions"])


def test_a_record_is_found_by_its_owners_key_by_its_owner_only(api: Api, people: People) -> None:
    said = {"content": content(), "externalRef": "CASE-1"}
    uid = api.write("submitIncident", said, by="submitter")["record"]["uid"]
    query = '{ record(externalRef: "CASE-1") { uid state } none: record(externalRef: "CASE-2") { uid } }'

    found = {by: api.ask(query, by=by)["record"] for by in ("submitter", "colleague", "reviewer", "outsider", "")}

    own = {"uid": uid, "state": "SUBMITTED"}
    assert {"submitter": own, "colleague": own, "reviewer": None, "outsider": None, "": None} == found


@pytest.mark.parametrize("said", ["", '(number: "x", uid: "y")', '(uid: "x", externalRef: "y")'])
def test_a_record_is_named_in_one_way(api: Api, said: str) -> None:
    (error,) = api.errors("{ record SAID { uid } }".replace("SAID", said))

    assert "say one of number, uid and externalRef" == error["message"]


def test_an_owner_reads_every_step_and_every_draft(api: Api, people: People) -> None:
    record = published(api.registry, people)
    revised(api.registry, people, record, factories.content(title="Newer words"))
    query = """query ($uid: String) { record(uid: $uid) { state pending draft { state title }
      history { changes { kind step } revisions { revision draftRevision createdAt publishedAt record { state } } }
    } }"""

    own = api.ask(query, by="submitter", uid=record.uid)["record"]

    assert ("PUBLISHED", "SUBMITTED", {"state": "SUBMITTED", "title": "Newer words"}) == (
        own["state"],
        own["pending"],
        own["draft"],
    )
    steps = [(row["kind"], row["step"]) for row in own["history"]["changes"]]
    assert [("SUBMIT", "SUBMIT"), ("REVISE", "REVISE")] == [steps[0], steps[-1]]
    revisions = own["history"]["revisions"]
    assert [(1, 1, True, "PUBLISHED"), (None, 2, False, "SUBMITTED")] == [
        (one["revision"], one["draftRevision"], one["publishedAt"] is not None, one["record"]["state"])
        for one in revisions
    ]
    assert all(one["createdAt"] for one in revisions)


def test_the_restricted_part_is_read_by_the_owner_and_the_reviewer_who_holds_the_claim(
    api: Api, people: People
) -> None:
    record = claimed(api.registry, people, factories.content(restricted={"notes": "Ask the bank."}))
    query = "query ($uid: String) { record(uid: $uid) { claimedByViewer ... on Incident { restricted { notes } } } }"

    shown = {
        by: api.ask(query, by=by, uid=record.uid)["record"] for by in ("submitter", "colleague", "reviewer", "lead")
    }

    notes = {by: one["restricted"] for by, one in shown.items()}
    known = {"notes": "Ask the bank."}
    assert {"submitter": known, "colleague": known, "reviewer": known, "lead": None} == notes
    assert [False, False, True, False] == [one["claimedByViewer"] for one in shown.values()]


def test_an_embargo_is_told_to_the_owner_only(api: Api, people: People) -> None:
    embargoed = factories.content(marking={"embargo_until": "2026-05-01T00:00:00+02:00"})
    record = published(api.registry, people, embargoed)
    query = "query ($uid: String) { record(uid: $uid) { isEmbargoed number marking { embargoUntil } } }"

    own = api.ask(query, by="submitter", uid=record.uid)["record"]

    assert {
        "isEmbargoed": True,
        "number": record.number,
        "marking": {"embargoUntil": "2026-04-30T22:00:00Z"},
    } == own
    assert {"record": None} == api.ask(query, uid=record.uid)
    assert {"record": None} == api.ask(
        "query ($n: String) { record(number: $n) { number } }", by="outsider", n=record.number
    )


def test_links_show_each_viewer_the_records_that_this_viewer_sees(api: Api, people: People) -> None:
    measure = published(api.registry, people, factories.content(Kind.MITIGATION))
    hidden = submitted(api.registry, people)
    links = [{"rel": LinkRel.MITIGATED_BY, "target": measure.uid}]
    both = [*links, {"rel": LinkRel.RELATED, "target": hidden.uid}]
    record = published(api.registry, people, factories.content(links=links, restricted={"links": [both[1]]}))
    query = """query ($uid: String) { record(uid: $uid) {
      links { rel record { uid } } restrictedLinks { record { uid } }
      ... on Incident { mitigations { nodes { uid incidents { nodes { uid } } } pageInfo { hasNextPage } } }
    } }"""

    strange = api.ask(query, uid=record.uid)["record"]
    own = api.ask(query, by="submitter", uid=record.uid)["record"]

    assert [{"rel": "MITIGATED_BY", "record": {"uid": measure.uid}}] == strange["links"] == own["links"]
    assert [] == strange["restrictedLinks"]
    assert [{"record": {"uid": hidden.uid}}] == own["restrictedLinks"]
    assert [{"uid": measure.uid, "incidents": {"nodes": [{"uid": record.uid}]}}] == strange["mitigations"]["nodes"]


def test_a_link_of_another_kind_is_no_mitigation_and_breaks_nothing(api: Api, people: People) -> None:
    lesson = published(api.registry, people, factories.content(Kind.LESSON))
    links = [{"rel": LinkRel.MITIGATED_BY, "target": lesson.uid}]
    record = submit.submit(api.registry, people.submitter, factories.content(links=links)).record
    query = """query ($uid: String) { record(uid: $uid) {
      links { record { uid } } ... on Incident { mitigations { nodes { uid } } }
    } }"""

    shown = api.ask(query, by="submitter", uid=record.uid)["record"]

    assert {"links": [{"record": {"uid": lesson.uid}}], "mitigations": {"nodes": []}} == shown


def test_one_bad_id_leaves_the_others(api: Api, people: People) -> None:
    record = published(api.registry, people)
    good = node_id(api, record, by="")
    wrong_kind = "bGVzc29uOg" + good[8:]
    bad = ["", "x", "%%", "\N{SNOWMAN}", "bm9wZTp4", wrong_kind]

    nodes = api.ask("query ($ids: [ID!]!) { nodes(ids: $ids) { id __typename } }", ids=[*bad, good])["nodes"]

    assert [None] * len(bad) + [{"id": good, "__typename": "Incident"}] == nodes


def test_viewers_see_who_they_are_and_strangers_that_they_are_strangers(api: Api) -> None:
    query = "{ viewer { organisation { id slug } roles permissions apiKeys { id } } }"

    own, strange = api.ask(query, by="submitter")["viewer"], api.ask(query)["viewer"]
    again = api.ask("query ($id: ID!) { node(id: $id) { ... on Organisation { name } } }", id=own["organisation"]["id"])

    assert ("acme", ["ANYBODY", "SUBMITTER"]) == (own["organisation"]["slug"], own["roles"])
    assert "RECORD_SUBMIT" in own["permissions"]
    assert {"node": {"name": "Acme"}} == again
    assert {
        "organisation": None,
        "roles": ["ANYBODY"],
        "permissions": [
            "CASE_OPEN",
            "KEY_REPORT",
            "MEMBERSHIP_APPLY",
            "RECORD_READ",
            "RECORD_VALIDATE",
            "REPORT_SUBMIT",
        ],
        "apiKeys": [],
    } == strange


def test_content_that_was_submitted_is_read_back_by_its_owner(api: Api) -> None:
    said = {"content": content(severity=4, aliases=["X-1"]), "restricted": {"notes": "n"}}
    sent = api.write("submitIncident", said, by="submitter")["record"]
    query = """query ($uid: String) { record(uid: $uid) { aliases ... on Incident {
      severity eventKind intent misuseCategories timeline { started ended } systems { model } restricted { notes }
    } } }"""

    shown = api.ask(query, by="submitter", uid=sent["uid"])["record"]

    assert {
        "aliases": ["X-1"],
        "severity": 4,
        "eventKind": "INCIDENT",
        "intent": "UNKNOWN",
        "misuseCategories": ["spam"],
        "timeline": {"started": "2026-02", "ended": None},
        "systems": [],
        "restricted": {"notes": "n"},
    } == shown
