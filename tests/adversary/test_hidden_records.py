"""What may not be known: whether something exists, what it says, and who worked on it."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.canonical import Document
from registry.domain.content.kinds import Content
from registry.domain.errors import StaleRevision
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import find, life, review, submit
from registry.service.history import history_of
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, newest, published, refused, revised, submitted

UNKNOWN = RecordUid("01950000-0001-7000-9000-00000000ffff")


def part_of(record: Record) -> Document:
    """The public part."""
    assert record.head.public is not None
    return record.head.public.document


def with_evidence(uid: str) -> Content:
    """A mitigation whose evidence speaks of this record."""
    return content(Kind.MITIGATION, evidence=[{"setting": "production", "outcome": "effective", "incident": uid}])


def test_evidence_of_a_hidden_record_is_taken_in_as_that_of_an_unknown_one(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people)

    written = [submit.submit(registry, people.outsider, with_evidence(uid)).warnings for uid in (UNKNOWN, hidden.uid)]

    assert written[0] == written[1]


def test_evidence_of_an_incident_that_is_not_known_here_is_published(registry: Registry, people: People) -> None:
    assert published(registry, people, with_evidence(UNKNOWN)).is_public


def test_a_public_record_names_no_hidden_one_in_its_evidence(registry: Registry, people: People) -> None:
    hidden = submitted(registry, people)

    record = published(registry, people, with_evidence(hidden.uid))

    for who in (people.stranger, people.outsider):
        assert hidden.uid not in repr(find.record(registry, who, record.uid))
        assert hidden.uid not in repr(history_of(registry, who, record.uid))
    assert hidden.uid in repr(find.record(registry, people.submitter, record.uid).head.restricted)
    evidence = {"setting": "production", "outcome": "effective"}
    assert [evidence] == part_of(find.record(registry, people.stranger, record.uid))["evidence"]


def test_an_operator_takes_down_what_the_public_sees_and_learns_of_no_draft(registry: Registry, people: People) -> None:
    record = published(registry, people)
    for title in ("One", "Two", "Three"):
        revised(registry, people, record, content(title=title))
    seen = find.record(registry, people.operator, record.uid).draft_revision

    with refused(registry, StaleRevision) as caught:
        life.withdraw(registry, people.operator, record.uid, reason="x", expected_revision=99)

    assert (1, 4) == (seen, newest(registry, record))
    assert "1" in str(caught.value)
    assert "4" not in str(caught.value)
    assert life.withdraw(registry, people.operator, record.uid, reason="x", expected_revision=seen).withdrawn_at


@pytest.mark.parametrize("kept", ["first", "second"])
def test_what_an_owner_keeps_from_review_stays_kept_beside_a_revision_that_is_not(
    registry: Registry, people: People, kept: str
) -> None:
    secret = {"narrative": "zorbelgrint"}
    open_, closed = (
        content(restricted=secret, title="A"),
        content(restricted=secret, title="B", marking={"restricted_for_review": False}),
    )
    first, second = (closed, open_) if kept == "first" else (open_, closed)
    record = revised(registry, people, published(registry, people, first), second)

    shown = review.claim(registry, people.reviewer, record.uid, expected_revision=2)

    assert shown.work is not None
    assert "zorbelgrint" not in str(shown if kept == "first" else shown.work)
    kept_one = shown.head if kept == "first" else shown.work
    assert kept_one.restricted is None


MUTATIONS: dict[str, dict[str, Any]] = {
    "updateIncident": {"expectedRevision": 1, "content": {"title": "a", "summary": "b"}},
    "withdraw": {"reason": "x", "expectedRevision": 7},
    "restore": {"reason": "x", "expectedRevision": 7},
    "retract": {"reason": "x", "expectedRevision": 7},
    "publish": {"expectedRevision": 7},
    "reviewSubmission": {"decision": "CLAIM", "expectedRevision": 7},
}


@pytest.mark.parametrize("by", ["outsider", ""])
@pytest.mark.parametrize("name", MUTATIONS)
def test_every_change_answers_the_same_for_hidden_and_unknown_records(
    api: Api, people: People, name: str, by: str
) -> None:
    hidden = submitted(api.registry, people)
    type_ = "ReasonedInput" if name in {"withdraw", "restore", "retract"} else f"{name[0].upper()}{name[1:]}Input"
    document = f"""mutation ($input: {type_}!) {{ {name}(input: $input) {{
      record {{ uid }} userErrors {{ path code message hint }} replayed }} }}"""

    answers = [api.send(document, by=by, input=MUTATIONS[name] | {"uid": uid}) for uid in (hidden.uid, UNKNOWN)]

    assert answers[0].status_code == answers[1].status_code
    assert answers[0].json() == answers[1].json()
    assert "FORBIDDEN" in answers[0].text or "NOT_FOUND" in answers[0].text or "UNAUTHENTICATED" in answers[0].text


def test_an_idempotency_key_of_another_organisation_says_nothing(api: Api, people: People) -> None:
    said = {"content": {"title": "a", "summary": "b"}, "idempotencyKey": "shared", "externalRef": "ours"}
    first = api.write("submitIncident", said, by="submitter")

    other = api.write("submitIncident", said | {"content": {"title": "c", "summary": "d"}}, by="outsider")

    assert (False, []) == (other["replayed"], other["userErrors"])
    assert first["record"]["uid"] != other["record"]["uid"]
    assert 1 == other["record"]["draftRevision"]


def test_a_cursor_of_the_owner_opens_no_list_of_anybody_else(api: Api, people: People) -> None:
    for title in ("One", "Two", "Three"):
        submitted(api.registry, people, content(title=title))
    mine = "{ incidents(first: 1, orderBy: CHANGED) { pageInfo { endCursor } } }"
    cursor = api.ask(mine, by="submitter")["incidents"]["pageInfo"]["endCursor"]
    document = "query ($a: String) { incidents(first: 1, orderBy: %s, after: $a) { nodes { uid } } }"

    for by, order in (("outsider", "CHANGED"), ("", "CHANGED"), ("submitter", "PUBLISHED"), ("reviewer", "CHANGED")):
        (error,) = api.errors(document % order, by=by, a=cursor)
        assert "BAD_CURSOR" == error["extensions"]["code"]
