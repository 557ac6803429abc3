"""Imported records that wait: told with source and reason, narrowed to a source, and accepted together, each alone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from threading import Barrier
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Permission, Role
from registry.domain.change import ChangeKind
from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, InvalidInput, RateLimited
from registry.domain.finding import Finding
from registry.domain.importing import Source, Trust
from registry.domain.record import Record, RecordUid, State
from registry.domain.welfare import Topic
from registry.domain.workflow import Step
from registry.ports import Registry
from registry.service import claims, import_runs, imported, importing, ingest, queue, review, welfare
from registry.service.imported import MOST, Chosen
from registry.service.origins import Origin, SourceWaiting
from tests.clocks import FixedClock
from tests.factories import content, source, take_in
from tests.service.circle import admit
from tests.service.world import People, refused, state_of, stored, submitted

WIKI = source("wiki", "A wiki")
NAMED = {"names_person": "final_judgment", "names_person_reason": "The judgment is the event."}


def said(id_: str, *, of: str = "wiki", sha256: str = "0" * 64, **fields: Any) -> Content:
    """An incident of a source, titled by its id unless *fields* say otherwise."""
    return content(**({"title": f"Title of {id_}", "upstream": {"source": of, "id": id_, "sha256": sha256}} | fields))


def taken_in(registry: Registry, *contents: Content, of: Source = WIKI) -> list[Record]:
    """Records of a source that wait, or are out where the source is trusted."""
    take_in(registry, LOCAL_OPERATOR, of, contents)
    ids = [one.public.upstream.id for one in contents if one.public.upstream is not None]
    with registry.storage.read() as reader:
        found = reader.records.by_upstreams(of.id, ids)
    return [found[id_] for id_ in ids]


def found(registry: Registry, *findings: Finding, of: Source = WIKI) -> None:
    """A run that found these and nothing else."""
    run = import_runs.begin(registry, LOCAL_OPERATOR, of)
    import_runs.keep_findings(registry, LOCAL_OPERATOR, run, findings)


def chosen(*records: Record) -> list[Chosen]:
    return [Chosen(one.uid, one.draft_revision) for one in records]


def accepted(registry: Registry, by: Actor, *records: Record, of: str = "wiki") -> list[tuple[str, ...]]:
    """The codes of what was wrong with each; nothing where it was accepted."""
    return [
        tuple(problem.code for problem in one.problems) for one in imported.accept(registry, by, of, chosen(*records))
    ]


def test_the_queue_says_from_which_source_a_record_came_and_why_it_waits(registry: Registry, people: People) -> None:
    named, noted = taken_in(registry, said("W-1"), said("W-2"))
    own = submitted(registry, people)
    found(
        registry,
        Finding("wiki", "W-1", "PERSON_NAMED", "summary: a person", refused=False, held=True),
        Finding("wiki", "W-1", "PERSON_NAMED", "title: a person", refused=False, held=True),
        Finding("wiki", "W-1", "PERSONAL_DATA", "an address", refused=False, held=True),
        Finding("wiki", "W-2", "BAD_URL", "references", refused=False),
    )

    told = {one.uid: one.origin for one in queue.queue(registry, people.reviewer).waiting}

    assert Origin("wiki", "A wiki", ("PERSONAL_DATA", "PERSON_NAMED")) == told[named.uid]
    assert Origin("wiki", "A wiki", ("SOURCE_NOT_TRUSTED",)) == told[noted.uid]
    assert told[own.uid] is None
    assert told[named.uid] == queue.item(registry, people.reviewer, named.uid).waiting.origin


def test_a_reason_that_its_source_has_mended_is_not_told(registry: Registry, people: People) -> None:
    trusted = replace(WIKI, trust=Trust.TRUSTED)
    importing.put_source(registry, people.local_operator, replace(trusted, format="table"))
    held = replace(ingest.incoming(trusted, said("W-1")), held=True)
    ingest.upsert(registry, people.local_operator, trusted, [held])
    found(registry, Finding("wiki", "W-1", "PERSON_NAMED", "summary", refused=False, held=True))
    [before] = queue.queue(registry, people.reviewer).waiting
    with registry.storage.begin() as unit:
        unit.findings.clear("wiki", "none", None, now=registry.clock.now())

    [after] = queue.queue(registry, people.reviewer).waiting

    assert before.origin is not None
    assert after.origin is not None
    assert (("PERSON_NAMED",), ("NOTHING_OPEN",)) == (before.origin.because, after.origin.because)


def test_the_queue_is_narrowed_to_one_source(registry: Registry, people: People) -> None:
    other = source("log", "Another log")
    [first] = taken_in(registry, said("W-1"))
    [second] = taken_in(registry, said("L-1", of="log"), of=other)
    own = submitted(registry, people)

    every = queue.queue(registry, people.reviewer)
    of_log = queue.queue(registry, people.reviewer, source="log")

    assert {first.uid, second.uid, own.uid} == {one.uid for one in every.waiting}
    assert [second.uid] == [one.uid for one in of_log.waiting]
    assert (SourceWaiting("wiki", "A wiki", 1), SourceWaiting("log", "Another log", 1)) == every.sources
    assert every.sources == of_log.sources
    for nothing in ("nowhere", "acme", "", "x" * 9000):
        assert () == queue.queue(registry, people.reviewer, source=nothing).waiting


def test_newer_work_of_a_published_record_is_of_its_source_too(registry: Registry, people: People) -> None:
    [record] = taken_in(registry, said("W-1"))
    assert [()] == accepted(registry, people.reviewer, record)
    taken_in(registry, said("W-1", title="Changed", sha256="1" * 64))

    listed = imported.listed(registry, people.reviewer, "wiki")

    assert [(record.uid, 2, "Changed")] == [
        (one.waiting.uid, one.waiting.draft_revision, one.title) for one in listed.records
    ]


def test_the_list_of_a_source_tells_titles_and_what_has_to_be_opened(registry: Registry, people: People) -> None:
    plain, sensitive, asked = taken_in(
        registry, said("W-1"), said("W-2", misuse_categories=["ncii"]), said("W-3", title="Marigold")
    )
    review.claim(registry, people.lead, asked.uid, expected_revision=1)
    claims.ask_opinion(registry, people.lead, asked.uid, expected_revision=1)

    listed = {one.waiting.uid: one for one in imported.listed(registry, people.reviewer, "wiki").records}

    assert "Title of W-1" == listed[plain.uid].title
    assert {plain.uid: True, sensitive.uid: False, asked.uid: False} == {
        uid: one.is_acceptable for uid, one in listed.items()
    }


def test_what_one_opted_out_of_is_in_no_list_and_no_count(registry: Registry, people: People) -> None:
    [record] = taken_in(registry, said("W-1", misuse_categories=["violence/weapons"]))
    avoiding = replace(people.reviewer, avoids=frozenset({Topic.VIOLENCE}))
    before = state_of(registry)

    found = queue.queue(registry, avoiding)

    assert ((), ()) == (found.waiting, found.sources)
    assert () == imported.listed(registry, avoiding, "wiki").records
    assert [("NOT_FOUND",)] == accepted(registry, avoiding, record)
    assert before == state_of(registry)


def test_records_of_a_source_are_accepted_together_each_with_its_own_rows(registry: Registry, people: People) -> None:
    records = taken_in(registry, *(said(f"W-{at}") for at in range(3)))

    told = imported.accept(registry, people.reviewer, "wiki", chosen(*records))

    assert [one.uid for one in records] == [one.uid for one in told]
    for one in told:
        assert one.record is not None
        assert (State.PUBLISHED, False, None) == (one.record.state, one.record.imported, one.record.claimed_by)
        assert one.record.number is not None
        with registry.storage.read() as reader:
            rows = [change.row for change in reader.changes.of_record(one.uid)]
        assert [Step.SUBMIT, Step.CLAIM, Step.APPROVE, Step.PUBLISH] == [row.step for row in rows]
        assert [ChangeKind.UPSERT] == [row.kind for row in rows if row.public]
    assert () == queue.queue(registry, people.reviewer).waiting


def test_what_one_record_is_refused_for_holds_up_no_other(registry: Registry, people: People) -> None:
    stale, sensitive, named, theirs, fine = taken_in(
        registry,
        said("W-1"),
        said("W-2", misuse_categories=["ncii"]),
        said("W-3", title="Marigold", marking=NAMED),
        said("W-4", title="Held"),
        said("W-5", title="Fine"),
    )
    review.claim(registry, people.lead, theirs.uid, expected_revision=1)
    before = {one.uid: stored(registry, one.uid) for one in (stale, sensitive, named, theirs)}
    wanted = [Chosen(stale.uid, 7), *chosen(sensitive, named, theirs, fine)]

    told = imported.accept(registry, people.reviewer, "wiki", wanted)

    codes = [{problem.code for problem in one.problems} for one in told]
    assert [{"STALE_REVISION"}, {"CHECKLIST"}, {"CHECKLIST"}, {"INVALID_TRANSITION"}, set()] == codes
    assert before == {uid: stored(registry, uid) for uid in before}
    assert State.PUBLISHED is stored(registry, fine.uid).state


def test_whoever_is_bound_to_whom_it_is_about_accepts_nothing(registry: Registry, people: People) -> None:
    bound = admit(registry, "omega", Role.REVIEWER)
    [record] = taken_in(registry, said("W-1", systems=[{"provider": "Omega"}]))
    before = state_of(registry)

    assert [("CONFLICT_OF_INTEREST",)] == accepted(registry, bound, record)
    assert before == state_of(registry)


def test_what_is_refused_once_it_is_claimed_is_not_claimed(registry: Registry, people: People) -> None:
    [record] = taken_in(registry, said("W-1", misuse_categories=["ncii"]))
    before = state_of(registry)

    assert [("CHECKLIST",) * 5] == accepted(registry, people.reviewer, record)
    assert before == state_of(registry)


def test_of_two_who_accept_the_same_list_each_record_is_accepted_by_one(registry: Registry, people: People) -> None:
    records = taken_in(registry, *(said(f"W-{at}") for at in range(4)))
    ready = Barrier(2)

    def work(actor: Actor, mine: list[Record]) -> list[tuple[str, ...]]:
        ready.wait()
        return accepted(registry, actor, *mine)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(work, people.reviewer, records)
        second = pool.submit(work, people.lead, records[::-1])
        answers = list(zip(first.result(), second.result()[::-1], strict=True))

    assert [{(), ("INVALID_TRANSITION",)}] * 4 == [set(one) for one in answers]
    assert {State.PUBLISHED} == {stored(registry, one.uid).state for one in records}


def test_only_records_of_the_source_that_was_looked_at_are_accepted(registry: Registry, people: People) -> None:
    [other] = taken_in(registry, said("L-1", of="log"), of=source("log", "Another log"))
    own = submitted(registry, people)
    missing = replace(own, uid=RecordUid("01950000-0001-7000-9000-00000000ffff"))
    before = state_of(registry)

    told = imported.accept(registry, people.reviewer, "wiki", chosen(other, own, missing))

    problems = [[(one.path, one.code, one.message, one.hint) for one in answer.problems] for answer in told]
    assert [[(("uid",), "NOT_FOUND", "no such record", None)]] * 3 == problems
    assert before == state_of(registry)


def test_a_choice_that_does_not_fit_is_refused_whole(registry: Registry, people: People) -> None:
    [record] = taken_in(registry, said("W-1"))
    unknown = [Chosen(RecordUid(f"unknown-{at}"), 1) for at in range(MOST + 1)]

    for wanted, code in (([], "REQUIRED"), (chosen(record, record), "NOT_ALLOWED"), (unknown, "TOO_MANY")):
        with refused(registry, InvalidInput) as caught:
            imported.accept(registry, people.reviewer, "wiki", wanted)
        assert {code} == {one.code for one in caught.value.problems}


@pytest.mark.parametrize("name", ["submitter", "operator"])
def test_nobody_but_reviewers_lists_or_accepts(registry: Registry, people: People, name: str) -> None:
    [record] = taken_in(registry, said("W-1"))
    actor = getattr(people, name)

    with refused(registry, Forbidden):
        imported.listed(registry, actor, "wiki")
    with refused(registry, Forbidden):
        imported.accept(registry, actor, "wiki", chosen(record))


def test_a_key_that_only_reviews_publishes_nothing(registry: Registry, people: People) -> None:
    [record] = taken_in(registry, said("W-1"))
    narrow = replace(people.reviewer, scopes=frozenset({Permission.RECORD_READ, Permission.RECORD_REVIEW}))

    with refused(registry, Forbidden):
        imported.accept(registry, narrow, "wiki", chosen(record))


def test_whoever_has_read_enough_accepts_nothing(registry: Registry, people: People) -> None:
    [record] = taken_in(registry, said("W-1"))
    welfare.set_own_limit(registry, people.reviewer, per_day=0, per_week=None)
    before = state_of(registry)

    assert [("EXPOSURE_LIMIT",)] == accepted(registry, people.reviewer, record)
    assert before == state_of(registry)


def test_each_record_pays_for_a_write_of_its_own(registry: Registry, people: People) -> None:
    records = taken_in(registry, *(said(f"W-{at}") for at in range(3)))
    settings = registry.settings.model_copy(update={"limits": True, "key_writes_per_minute": 1})
    before = state_of(registry)

    with pytest.raises(RateLimited):
        imported.accept(replace(registry, settings=settings), people.reviewer, "wiki", chosen(*records))
    assert before == state_of(registry)


def test_the_list_goes_on_after_fifty(registry: Registry, people: People, clock: FixedClock) -> None:
    records = taken_in(registry, *(said(f"W-{at:02}") for at in range(MOST + 1)))
    clock.advance(hours=1)

    first = imported.listed(registry, people.reviewer, "wiki")
    rest = imported.listed(registry, people.reviewer, "wiki", skip=MOST)
    told = accepted(registry, people.reviewer, *records[:2])

    assert (True, MOST, False, 1) == (first.has_more, len(first.records), rest.has_more, len(rest.records))
    assert [(), ()] == told
