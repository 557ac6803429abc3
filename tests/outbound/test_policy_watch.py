"""Watched usage policies: what is found on pages that change, flap, vanish, pour and lie."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM
from registry.domain.canonical import Document
from registry.domain.content.kinds import parse
from registry.domain.errors import AlreadyExists, CommonsError, FetchRefused, Forbidden, InvalidInput, NotFound
from registry.domain.event import EventName
from registry.domain.policy import EVERYTHING
from registry.domain.policy_watch import MAX_OPEN_DRAFTS, MAX_TEXTS, TOLD_AFTER, Outcome, Watch
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import erasure, find, jobs, policy_checking, policy_watch, submit
from tests import factories
from tests.clocks import FixedClock
from tests.outbound.hostile import Answer, Hostile, leads_to, pours, says, serving
from tests.service.world import People

RULES = [f"Rule {n}: nobody may use this service for purpose number {n} of the list." for n in range(12)]


def page(*rules: str, footer: str = "Last updated: 3 March 2026") -> Answer:
    """A page with these rules."""
    body = f"<html><nav>Home</nav><h1>Policy</h1><p>{'</p><p>'.join(rules or RULES)}</p><p>{footer}</p></html>"
    return says(body.encode(), Content_Type="text/html; charset=utf-8")


def changed(number: int) -> Answer:
    """The page with another first rule."""
    return page(f"Rule 0 says something new, for the time number {number}.", *RULES[1:])


def watched(registry: Registry, server: Hostile, previous: RecordUid | None = None) -> Watch:
    url = server.url("/policy")
    return policy_watch.watch(
        registry, LOCAL_OPERATOR, url=url, title="Usage policy", organisation_slug="acme", previous=previous
    )


def checks(registry: Registry, found: Watch, times: int = 1) -> list[policy_checking.Checked]:
    return [policy_checking.check(registry, LOCAL_OPERATOR, found.id) for _ in range(times)]


def stored(registry: Registry, uid: RecordUid | None) -> Record:
    with registry.storage.read() as reader:
        record = reader.records.get(uid or RecordUid(""), visible=EVERYTHING)
    assert record is not None
    return record


def parts(record: Record) -> tuple[Document, Document]:
    assert record.newest.public is not None
    assert record.newest.restricted is not None
    return record.newest.public.document, record.newest.restricted.document


def events(registry: Registry, name: EventName) -> int:
    with registry.storage.read() as reader:
        return sum(one.name is name for one in reader.events.newest(limit=100))


@pytest.fixture
def before(registry: Registry, people: People) -> Record:
    """The record of the version that holds now, of the provider."""
    clauses = [{"path": "1", "text": "No spam.", "misuse_categories": ["spam"]}]
    content = parse(Kind.USAGE_POLICY, content=factories.usage_policy_document(clauses=clauses), marking={"tlp": "RED"})
    return submit.submit(registry, people.submitter, content).record


def test_the_first_text_is_what_later_ones_are_compared_with(registry: Registry, people: People) -> None:
    with serving(page()) as server:
        found = watched(registry, server)
        (first, second) = checks(registry, found, 2)

    assert (Outcome.FIRST, Outcome.UNCHANGED) == (first.outcome, second.outcome)
    assert first.draft is None
    (one,) = policy_watch.watched(registry, people.submitter)
    assert [""] == [version.text for version in one.versions]
    text = policy_watch.evidence(registry, people.submitter, found.id, one.versions[0].sha256).text
    assert RULES[3] in text
    assert "Home" not in text


def test_a_change_makes_a_draft_of_the_provider_with_the_clauses_of_before(
    registry: Registry, people: People, before: Record
) -> None:
    with serving(page(), changed(1)) as server:
        found = watched(registry, server, before.uid)
        (_, checked) = checks(registry, found, 2)

    record = stored(registry, checked.draft)
    public, restricted = parts(record)
    assert (State.DRAFT, before.owner, 0) == (record.state, record.owner, record.revision)
    assert parts(before)[0]["clauses"] == public["clauses"]
    assert (found.url, checked.watch.sha256) == (public["url"], public["archived_sha256"])
    assert "links" not in public
    assert [{"rel": "supersedes", "target": before.uid}] == restricted["links"]
    assert f"-{RULES[0]}" in str(restricted["notes"])
    assert "+Rule 0 says something new" in str(restricted["notes"])
    assert "something new" not in str(public)
    assert record == find.record(registry, people.submitter, record.uid)
    with pytest.raises(CommonsError):
        find.record(registry, ANONYMOUS, record.uid)


def test_white_space_case_and_dates_of_the_last_look_are_no_change(registry: Registry) -> None:
    spaced = page(*(f"  {rule.upper()}\n " for rule in RULES), footer="Updated on March 4th, 2027")
    with serving(page(), spaced, page(footer="© 2026 Acme, Inc. All rights reserved.")) as server:
        outcomes = [one.outcome for one in checks(registry, watched(registry, server), 3)]

    assert [Outcome.FIRST, Outcome.UNCHANGED, Outcome.UNCHANGED] == outcomes


def test_a_page_that_flaps_makes_one_draft_for_each_text(registry: Registry) -> None:
    with serving(page(), changed(1), page(), changed(1), page()) as server:
        found = watched(registry, server)
        done = checks(registry, found, 5)

    expected = [Outcome.FIRST, Outcome.CHANGED, *[Outcome.SEEN_BEFORE] * 3]
    assert expected == [one.outcome for one in done]
    assert 1 == sum(one.draft is not None for one in done)
    assert 3 == done[-1].watch.returns


def test_a_page_that_never_stands_still_makes_few_drafts_and_keeps_few_texts(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    with serving(page(), *(changed(n) for n in range(MAX_TEXTS + 4))) as server:
        found = watched(registry, server)
        done = []
        for _ in range(MAX_TEXTS + 4):
            clock.advance(hours=1)
            done += checks(registry, found)

    assert MAX_OPEN_DRAFTS == sum(one.draft is not None for one in done)
    assert Outcome.TOO_MANY is done[-1].outcome
    (one,) = policy_watch.watched(registry, people.submitter)
    texts = [policy_watch.evidence(registry, SYSTEM, found.id, seen.sha256).text for seen in one.versions]
    assert MAX_TEXTS == sum(bool(text) for text in texts)


def test_the_next_draft_supersedes_the_one_before_unless_that_is_gone(registry: Registry, people: People) -> None:
    with serving(page(), changed(1), changed(2), changed(3)) as server:
        found = watched(registry, server)
        (_, first, second) = checks(registry, found, 3)
        submit.retract(registry, people.submitter, stored(registry, second.draft).uid, reason="no", expected_revision=1)
        (third,) = checks(registry, found)

    targets = [parts(stored(registry, one.draft))[1]["links"] for one in (second, third)]
    assert [[{"rel": "supersedes", "target": first.draft}]] * 2 == targets


def conditional(bodies: Sequence[bytes]) -> Callable[[socket.socket, bytes], None]:
    """A host that answers 304 to whoever has the newest."""

    def answer(connection: socket.socket, request: bytes) -> None:
        is_known = b'If-None-Match: "v1"' in request
        says(b"" if is_known else bodies[0], status=304 if is_known else 200, ETag='"v1"', Content_Type="text/plain")(
            connection, request
        )

    return answer


def test_a_page_that_has_not_changed_is_not_sent_again(registry: Registry) -> None:
    with serving(conditional(["\n".join(RULES).encode()])) as server:
        (first, second) = checks(registry, watched(registry, server), 2)

    assert (Outcome.FIRST, Outcome.UNCHANGED) == (first.outcome, second.outcome)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (says(b"gone", status=404), "HTTP_404"),
        (says(b"oops", status=500), "HTTP_500"),
        (says(b"<html><script>render()</script></html>", Content_Type="text/html"), "NO_TEXT"),
        (says(b"%PDF-1.7", Content_Type="application/pdf"), "BAD_TYPE"),
        (leads_to("https://elsewhere.example/policy"), "URL_BLOCKED"),
        (says(b"<p>" * 3_500_000, Content_Type="text/html"), "TOO_LARGE"),
    ],
)
def test_what_cannot_be_read_is_counted_and_changes_nothing(registry: Registry, answer: Answer, error: str) -> None:
    with serving(page(), answer, page()) as server:
        found = watched(registry, server)
        (first, failed, after) = checks(registry, found, 3)

    assert (Outcome.FAILED, error, 1) == (failed.outcome, failed.watch.error, failed.watch.failures)
    assert first.watch.sha256 == failed.watch.sha256
    assert (Outcome.UNCHANGED, 0, None) == (after.outcome, after.watch.failures, after.watch.error)


def test_weeks_of_failure_are_told_once(registry: Registry) -> None:
    with serving(says(b"", status=500)) as server:
        found = watched(registry, server)
        done = checks(registry, found, TOLD_AFTER + 3)

    assert TOLD_AFTER + 3 == done[-1].watch.failures
    assert 1 == events(registry, EventName.POLICY_UNREACHABLE)


def test_a_check_is_done_when_it_is_due_and_says_when_the_next_is(registry: Registry, clock: FixedClock) -> None:
    with serving(page(), changed(1), page()) as server:
        found = watched(registry, server)
        assert [1, 0] == [jobs.run_due(registry, SYSTEM), jobs.run_due(registry, SYSTEM)]
        clock.advance(hours=49)
        assert [1, 0] == [jobs.run_due(registry, SYSTEM), jobs.run_due(registry, SYSTEM)]
        again = policy_checking.check_due(registry, SYSTEM, found.id, due_at=clock.now() - timedelta(hours=1))
        clock.advance(hours=24)
        policy_watch.unwatch(registry, LOCAL_OPERATOR, found.id)

        assert [1, 0] == [jobs.run_due(registry, SYSTEM), jobs.run_due(registry, SYSTEM)]

    assert again is not None
    assert 1 == events(registry, EventName.POLICY_CHANGED)


def test_unwatched_nothing_of_the_page_is_left_but_the_drafts(registry: Registry, people: People) -> None:
    with serving(page(), changed(1)) as server:
        found = watched(registry, server)
        (_, checked) = checks(registry, found, 2)

    policy_watch.unwatch(registry, LOCAL_OPERATOR, found.id)

    assert () == policy_watch.watched(registry, people.submitter)
    assert State.DRAFT is stored(registry, checked.draft).state
    with pytest.raises(NotFound):
        policy_watch.evidence(registry, SYSTEM, found.id, checked.watch.sha256 or "")


def test_an_erased_draft_is_not_made_again(registry: Registry, people: People) -> None:
    with serving(page(), changed(1)) as server:
        found = watched(registry, server)
        (_, checked) = checks(registry, found, 2)
        with registry.storage.begin() as unit:
            record = stored(registry, checked.draft)
            unit.records.save(replace(erasure.erased_record(registry, unit, record, "asked"), head=record.head))
        (after,) = checks(registry, found)

    assert (Outcome.UNCHANGED, None) == (after.outcome, after.draft)
    (one,) = policy_watch.watched(registry, people.submitter)
    assert [None, None] == [seen.draft for seen in one.versions]


def test_who_watches_must_manage_sources_and_texts_are_for_their_own(registry: Registry, people: People) -> None:
    with serving(page()) as server:
        found = watched(registry, server)
        (checked,) = checks(registry, found)
        sha256 = checked.watch.sha256 or ""
        for actor in (ANONYMOUS, people.submitter, people.reviewer):
            with pytest.raises(CommonsError):
                policy_watch.watch(registry, actor, url=server.url("/other"), title="Other")
            with pytest.raises(CommonsError):
                policy_checking.check(registry, actor, found.id)
            with pytest.raises(CommonsError):
                policy_watch.unwatch(registry, actor, found.id)
        with pytest.raises(Forbidden):
            policy_checking.check_due(registry, people.submitter, found.id, due_at=registry.clock.now())

    with pytest.raises(CommonsError):
        policy_watch.watched(registry, ANONYMOUS)
    assert () == policy_watch.watched(registry, people.outsider)
    for actor in (ANONYMOUS, people.outsider):
        with pytest.raises(NotFound):
            policy_watch.evidence(registry, actor, found.id, sha256)


def test_what_does_not_fit_is_told_at_once(registry: Registry) -> None:
    with serving(page()) as server:
        watched(registry, server)
        with pytest.raises(AlreadyExists):
            watched(registry, server)
        with pytest.raises(NotFound):
            policy_watch.watch(registry, LOCAL_OPERATOR, url=server.url("/a"), title="A", organisation_slug="nobody")
        with pytest.raises(InvalidInput) as told:
            policy_watch.watch(registry, LOCAL_OPERATOR, url=server.url("/a"), title=" ", provider="\n")
        with pytest.raises(InvalidInput):
            watched(registry, Hostile(server.port + 1), RecordUid("nothing"))
    with pytest.raises(FetchRefused):
        policy_watch.watch(registry, LOCAL_OPERATOR, url="https://10.0.0.1/", title="Inside")
    with pytest.raises(FetchRefused):
        policy_watch.watch(registry, LOCAL_OPERATOR, url="http://example.org/policy", title="Open")

    assert {"title", "provider"} == {problem.path[0] for problem in told.value.problems}


def test_a_host_that_pours_without_end_is_left(registry: Registry) -> None:
    with serving(pours(b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n", b"<p>zero" * 10_000)) as server:
        (checked,) = checks(registry, watched(registry, server))

    assert Outcome.FAILED is checked.outcome
