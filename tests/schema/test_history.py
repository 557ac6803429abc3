"""The past of a record through the API: rows with reasons, and differences between revisions one may read."""

from __future__ import annotations

from typing import Any

from registry.domain.record import Record
from registry.service import life
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import REASON, People, published, republished, revised, text_of

DIFFERENCE = """query ($uid: String, $from: Int!, $to: Int!, $drafts: Boolean!) { record(uid: $uid) {
  difference(from: $from, to: $to, drafts: $drafts) { part path kind before after } } }"""


def difference(
    api: Api, record: Record, pair: tuple[int, int] = (1, 2), *, by: str = "", drafts: bool = False
) -> list[dict[str, Any]] | None:
    """What differs between two revisions, as one viewer reads it."""
    variables = {"uid": record.uid, "from": pair[0], "to": pair[1], "drafts": drafts}
    found: list[dict[str, Any]] | None = api.ask(DIFFERENCE, by=by, **variables)["record"]["difference"]
    return found


def test_two_published_revisions_are_compared_for_everybody(api: Api, people: People) -> None:
    record = published(api.registry, people, content(aliases=["X-1"]))
    republished(api.registry, people, record, content(title="Other", sources=[{"url": "https://x.example/a"}]))

    found = difference(api, record)
    back = difference(api, record, (2, 1))

    assert found is not None
    assert back is not None
    assert {
        ("CHANGED", "title", '"Spam wave on a chat platform"', '"Other"'),
        ("ADDED", "sources", None, '[{"url":"https://x.example/a"}]'),
        ("REMOVED", "aliases", '["X-1"]', None),
    } == {(one["kind"], ".".join(one["path"]), one["before"], one["after"]) for one in found}
    assert len(found) == len(back)
    assert [] == difference(api, record, (2, 2))


def test_a_revision_that_one_may_not_read_is_as_if_it_were_not_there(api: Api, people: People) -> None:
    record = published(api.registry, people)
    revised(api.registry, people, record, text_of("Waiting"))

    for pair in ((1, 2), (1, 3), (0, 1), (-1, 2**31 - 1)):
        assert difference(api, record, pair) is None
        assert difference(api, record, pair, drafts=True) is None
        assert difference(api, record, pair, by="outsider", drafts=True) is None
    for by in ("submitter", "reviewer"):
        assert difference(api, record, by=by) is None
        assert [["title"]] == [one["path"] for one in difference(api, record, by=by, drafts=True) or []]


def test_the_restricted_part_is_compared_for_those_who_read_it(api: Api, people: People) -> None:
    record = published(api.registry, people, content(restricted={"notes": "One."}))
    republished(api.registry, people, record, content(restricted={"notes": "Two."}, marking={"language": "de"}))

    seen = {
        by: [(one["part"], one["path"]) for one in difference(api, record, by=by) or []]
        for by in ("", "reviewer", "colleague")
    }

    language = ("MARKING", ["language"])
    assert {"": [language], "reviewer": [language], "colleague": [("RESTRICTED", ["notes"]), language]} == seen


def test_of_a_tombstone_nothing_is_compared(api: Api, people: People) -> None:
    record = published(api.registry, people)
    republished(api.registry, people, record, text_of("Second"))
    life.withdraw(api.registry, people.submitter, record.uid, reason=REASON)

    assert difference(api, record) is None


def test_rows_tell_why_to_those_whom_it_concerned(api: Api, people: People) -> None:
    record = published(api.registry, people)
    life.withdraw(api.registry, people.submitter, record.uid, reason=REASON)
    query = "query ($uid: String) { record(uid: $uid) { history { changes { kind reason actor } } } }"

    strangers = api.ask(query, uid=record.uid)["record"]["history"]["changes"]
    owners = api.ask(query, by="submitter", uid=record.uid)["record"]["history"]["changes"]

    assert [("UPSERT", None, None), ("WITHDRAW", REASON, None)] == [tuple(one.values()) for one in strangers]
    assert [people.submitter.id, "reviewer", "reviewer", "reviewer", people.submitter.id] == [
        one["actor"] for one in owners
    ]
