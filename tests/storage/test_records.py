"""The contract of ``ports.RecordWriter``: what is stored comes back, to those who may see it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry.domain.content.marking import Marking
from registry.domain.errors import AlreadyExists, InvalidInput, NotFound
from registry.domain.pages import PageRequest, RecordFilter, RecordOrder
from registry.domain.policy import EVERYTHING, PUBLIC_ONLY, Visibility
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid, State
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports import Storage
from registry.settings import Settings
from tests import factories
from tests.clocks import START

ACME = Visibility(organisation=OrganisationId("acme"))
GLOBEX = Visibility(organisation=OrganisationId("globex"))
ALL = RecordFilter()
FIRST = PageRequest()


class Rejected(Exception):
    """A unit fails for a reason of its own."""


def number_and_fail(store: Storage) -> None:
    with store.begin() as unit:
        unit.records.next_numbers(Kind.INCIDENT, 2026, 1)
        raise Rejected


def add(store: Storage, *records: Record) -> None:
    with store.begin() as unit:
        for record in records:
            unit.records.add(record)


def get(store: Storage, uid: RecordUid, visible: Visibility = EVERYTHING) -> Record | None:
    with store.read() as view:
        return view.records.get(uid, visible=visible)


def listed(store: Storage, visible: Visibility, wanted: RecordFilter = ALL) -> set[RecordUid]:
    with store.read() as view:
        page = view.records.page(wanted, RecordOrder.PUBLISHED, PageRequest(limit=100), visible=visible)
        assert len(page.items) == view.records.count(wanted, visible=visible)
        return {record.uid for record in page.items}


@pytest.mark.parametrize("kind", list(Kind))
def test_a_record_comes_back_as_it_was_stored(store: Storage, kind: Kind) -> None:
    record = factories.draft(
        factories.content(kind, restricted={"notes": "ßecret"}, marking={"embargo_until": "2026-05-01T00:00:00Z"}),
        external_ref="T-1",
        claimed_by=PersonId("reviewer-1"),
        approved_by=PersonId("reviewer-2"),
        contributors=frozenset({PersonId("b"), PersonId("a")}),
        reason="Because.",
        embargoed=True,
        imported=True,
        withdrawn_at=START,
    )

    add(store, record)

    assert record == get(store, record.uid)


def test_a_published_record_with_newer_work_comes_back_with_both(store: Storage) -> None:
    record = factories.published()
    revised = factories.with_work(record, factories.content(title="A better title"))
    add(store, record)

    with store.begin() as unit:
        unit.records.save(revised)

    assert revised == get(store, record.uid)


def test_parts_come_back_byte_for_byte_and_fit_their_hashes(store: Storage) -> None:
    record = factories.draft(factories.content(title="Zażółć gęślą jaźń 🜁", restricted={"notes": "x\ny"}))

    add(store, record)

    found = get(store, record.uid)
    assert found is not None
    assert record.head.public == found.head.public
    assert found.head.public is not None
    assert found.head.restricted is not None
    found.head.public.verify()
    found.head.restricted.verify()


def test_a_stored_revision_never_changes_except_by_being_published(store: Storage) -> None:
    draft = factories.draft()
    add(store, draft)
    other = factories.revision(factories.content(title="Something else"), revision=1, published_at=START)
    published = replace(draft, state=State.PUBLISHED, revision=1, head=other, published_at=START)

    with store.begin() as unit:
        unit.records.save(published)

    found = get(store, draft.uid)
    assert found is not None
    assert replace(draft.head, revision=1, published_at=START) == found.head


def test_revisions_are_kept_oldest_first_drafts_included(store: Storage) -> None:
    record = factories.published()
    first = factories.with_work(record)
    second = factories.with_work(first)
    add(store, record)

    with store.begin() as unit:
        unit.records.save(first)
        unit.records.save(second)

    with store.read() as view:
        assert (record.head, first.work, second.work) == view.records.revisions(record.uid)


@pytest.mark.parametrize("visible", [PUBLIC_ONLY, ACME, GLOBEX, EVERYTHING])
def test_a_record_is_found_exactly_by_those_whom_the_policy_admits(store: Storage, visible: Visibility) -> None:
    public = factories.published()
    records = [
        factories.draft(),
        factories.draft(owner=OrganisationId("globex")),
        public,
        factories.published(factories.content(marking={"tlp": "GREEN"})),
        factories.published(embargoed=True),
        factories.published(state=State.WITHDRAWN),
        factories.with_work(factories.published()),
        factories.erased(factories.published()),
        factories.erased(factories.draft()),
    ]
    add(store, *records)
    numbered = [record for record in records if record.number]
    expected = {record.uid for record in records if visible.admits(record)}

    with store.read() as view:
        one_by_one = {record.uid for record in records if view.records.get(record.uid, visible=visible)}
        by_number = {one.uid for one in numbered if view.records.by_number(one.number or "", visible=visible)}
        together = set(view.records.many([record.uid for record in records], visible=visible))

    assert expected == one_by_one == together
    assert {one.uid for one in numbered if visible.admits(one)} == by_number


def test_lists_show_strangers_public_records_and_members_their_own_besides(store: Storage) -> None:
    public, draft = factories.published(), factories.draft()
    foreign = factories.draft(owner=OrganisationId("globex"))
    withdrawn = factories.published(state=State.WITHDRAWN)
    add(store, public, draft, foreign, withdrawn)

    assert {public.uid} == listed(store, PUBLIC_ONLY)
    assert {public.uid, draft.uid, withdrawn.uid} == listed(store, ACME)
    assert {public.uid, foreign.uid} == listed(store, GLOBEX)
    assert {public.uid, draft.uid, foreign.uid, withdrawn.uid} == listed(store, EVERYTHING)


def test_a_withdrawn_record_leaves_public_lists_but_keeps_its_number(store: Storage) -> None:
    record = factories.published()
    add(store, record)

    with store.begin() as unit:
        unit.records.save(replace(record, state=State.WITHDRAWN, reason="Wrong."))

    assert set() == listed(store, PUBLIC_ONLY)
    with store.read() as view:
        found = view.records.by_number(record.number or "", visible=PUBLIC_ONLY)
        assert found is not None
        assert found.is_tombstone


def test_a_taken_uid_number_or_external_ref_is_refused_without_naming_it(store: Storage) -> None:
    record = factories.published(external_ref="T-1")
    add(store, record)

    for clash in (
        replace(factories.published(), uid=record.uid),
        replace(factories.published(), number=record.number),
        replace(factories.published(), external_ref="T-1"),
    ):
        with pytest.raises(AlreadyExists) as caught, store.begin() as unit:
            unit.records.add(clash)
        assert record.uid not in caught.value.message
        assert str(record.number) not in caught.value.message
    assert {record.uid} == listed(store, EVERYTHING)


def test_two_organisations_may_use_the_same_external_ref(store: Storage) -> None:
    ours = factories.draft(external_ref="T-1")
    theirs = factories.draft(external_ref="T-1", owner=OrganisationId("globex"))

    add(store, ours, theirs)

    with store.read() as view:
        assert ours == view.records.by_external_ref(OrganisationId("acme"), "T-1")
        assert theirs == view.records.by_external_ref(OrganisationId("globex"), "T-1")
        assert view.records.by_external_ref(OrganisationId("acme"), "T-2") is None


def test_a_record_of_an_unknown_organisation_is_refused(store: Storage) -> None:
    with pytest.raises(NotFound), store.begin() as unit:
        unit.records.add(factories.draft(owner=OrganisationId("nobody")))


def test_an_imported_record_is_found_by_its_source(store: Storage) -> None:
    upstream = {"source": "atlas", "id": "AML.CS0001", "sha256": "0" * 64}
    record = factories.published(factories.content(upstream=upstream))
    add(store, record)

    with store.read() as view:
        assert record == view.records.by_upstream("atlas", "AML.CS0001")
        assert view.records.by_upstream("atlas", "AML.CS0002") is None
    with pytest.raises(AlreadyExists):
        add(store, factories.published(factories.content(upstream=upstream)))


def test_text_that_cannot_be_stored_is_bad_input(store: Storage) -> None:
    with pytest.raises(InvalidInput), store.read() as view:
        view.records.by_number("\ud800", visible=EVERYTHING)


def test_filters_narrow_by_kind_owner_facets_severity_and_day(store: Storage) -> None:
    spam = factories.published(factories.content(severity=3, timeline={"started": "2026-02-10"}))
    fraud = factories.published(factories.content(misuse_categories=["fraud"], severity=1, timeline={}))
    lesson = factories.published(factories.content(Kind.LESSON), owner=OrganisationId("globex"))
    add(store, spam, fraud, lesson)
    day = START.date()

    def found(wanted: RecordFilter) -> set[RecordUid]:
        return listed(store, PUBLIC_ONLY, wanted)

    assert {lesson.uid} == found(RecordFilter(kinds=(Kind.LESSON,)))
    assert {lesson.uid} == found(RecordFilter(owner=OrganisationId("globex")))
    assert {spam.uid} == found(RecordFilter(facets=(("misuse", "spam"),)))
    assert {spam.uid, fraud.uid} == found(RecordFilter(facets=(("misuse", "spam"), ("misuse", "fraud"))))
    assert {spam.uid} == found(RecordFilter(facets=(("misuse", "spam"), ("misuse", "fraud"), ("year", "2026"))))
    assert {spam.uid} == found(RecordFilter(severity_at_least=2))
    assert {spam.uid, fraud.uid} == found(RecordFilter(severity_at_least=0))
    assert {spam.uid} == found(RecordFilter(occurred_from=day.replace(month=2, day=1)))
    assert {spam.uid} == found(RecordFilter(occurred_before=day))
    assert set() == found(RecordFilter(occurred_from=day))


def test_the_state_of_work_under_review_is_found_by_reviewers_and_owners_only(store: Storage) -> None:
    record = factories.with_work(factories.published())
    add(store, record)
    submitted = RecordFilter(states=(State.SUBMITTED,))

    assert {record.uid} == listed(store, EVERYTHING, submitted)
    assert {record.uid} == listed(store, ACME, submitted)
    assert set() == listed(store, GLOBEX, submitted)
    assert set() == listed(store, PUBLIC_ONLY, submitted)


def test_facets_follow_the_published_head_and_not_the_work_beside_it(store: Storage) -> None:
    record = factories.published()
    add(store, record)
    revised = factories.with_work(record, factories.content(misuse_categories=["fraud"]))
    fraud = RecordFilter(facets=(("misuse", "fraud"),))

    with store.begin() as unit:
        unit.records.save(revised)
    assert set() == listed(store, EVERYTHING, fraud)

    assert revised.work is not None
    head = replace(revised.work, revision=2, published_at=START)
    with store.begin() as unit:
        unit.records.save(replace(revised, head=head, work=None, pending=None, revision=2))
    assert {record.uid} == listed(store, PUBLIC_ONLY, fraud)
    assert set() == listed(store, PUBLIC_ONLY, RecordFilter(facets=(("misuse", "spam"),)))


def test_links_are_followed_both_ways_among_visible_records(store: Storage) -> None:
    mitigation, hidden = factories.published(factories.content(Kind.MITIGATION)), factories.draft()
    links = [{"rel": "mitigated_by", "target": target} for target in (mitigation.uid, hidden.uid)]
    incident = factories.published(factories.content(links=links))
    add(store, mitigation, hidden, incident)

    with store.read() as view:

        def linked(uid: RecordUid, rel: LinkRel, visible: Visibility, *, reverse: bool = False) -> set[RecordUid]:
            page = view.records.linked(uid, rel, FIRST, visible=visible, reverse=reverse)
            return {record.uid for record in page.items}

        assert {mitigation.uid} == linked(incident.uid, LinkRel.MITIGATED_BY, PUBLIC_ONLY)
        assert {mitigation.uid, hidden.uid} == linked(incident.uid, LinkRel.MITIGATED_BY, ACME)
        assert {incident.uid} == linked(mitigation.uid, LinkRel.MITIGATED_BY, PUBLIC_ONLY, reverse=True)
        assert set() == linked(incident.uid, LinkRel.RELATED, EVERYTHING)


def test_links_of_a_withdrawn_record_are_not_followed_by_strangers(store: Storage) -> None:
    target = factories.published()
    link = {"rel": "related", "target": target.uid}
    withdrawn = factories.published(factories.content(links=[link]), state=State.WITHDRAWN)
    add(store, target, withdrawn)

    with store.read() as view:
        assert () == view.records.linked(withdrawn.uid, LinkRel.RELATED, FIRST, visible=PUBLIC_ONLY).items
        assert () == view.records.linked(target.uid, LinkRel.RELATED, FIRST, visible=PUBLIC_ONLY, reverse=True).items
        assert (target,) == view.records.linked(withdrawn.uid, LinkRel.RELATED, FIRST, visible=ACME).items


def test_uids_come_in_portions_in_ascending_order(store: Storage) -> None:
    records = [factories.draft() for _ in range(5)]
    add(store, *reversed(records))

    with store.read() as view:
        first = view.records.uids(after=None, limit=3)
        rest = view.records.uids(after=first[-1], limit=3)

    assert [record.uid for record in records] == [*first, *rest]


def test_numbers_are_counted_for_each_kind_and_year(store: Storage) -> None:
    with store.begin() as unit:
        first = unit.records.next_numbers(Kind.INCIDENT, 2026, 1)
        other = unit.records.next_numbers(Kind.LESSON, 2026, 3)
        later = unit.records.next_numbers(Kind.INCIDENT, 2027, 1)
    with pytest.raises(Rejected):
        number_and_fail(store)
    with store.begin() as unit:
        second = unit.records.next_numbers(Kind.INCIDENT, 2026, 2)

    assert ([1], [1, 2, 3], [1], [2, 3]) == tuple(map(list, (first, other, later, second)))


def test_a_number_is_taken_even_if_its_record_is_hidden(store: Storage) -> None:
    record = factories.published(embargoed=True)
    add(store, record)

    with store.begin() as unit:
        assert {record.number} == unit.records.taken_numbers([record.number or "", "LOCAL-INC-2026-7"])


def test_an_erasure_forgets_all_content_of_all_revisions_and_keeps_the_hashes(store: Storage) -> None:
    upstream = {"source": "atlas", "id": "AML.CS0001", "sha256": "0" * 64}
    link = {"rel": "related", "target": factories.ids.uid()}
    marking = {"content_warnings": ["names Jane Roe"], "obligations": ["ask Jane Roe"]}
    record = factories.published(
        factories.content(title="About Jane Roe", upstream=upstream, links=[link], marking=marking), external_ref="Roe"
    )
    add(store, record)
    revised = factories.with_work(record, factories.content(title="Jane Roe again"))
    with store.begin() as unit:
        unit.records.save(revised)
        unit.idempotency.keep("acme", "k", fingerprint=b"f", uid=record.uid, expires_at=START + timedelta(days=2))

    with store.begin() as unit:
        unit.records.erase(factories.erased(revised))

    with store.read() as view:
        kept = view.records.revisions(record.uid)
        found = view.records.by_number(record.number or "", visible=PUBLIC_ONLY)
        assert found is not None
        assert found.is_tombstone
        assert found == view.records.by_upstream("atlas", "AML.CS0001")
        assert view.records.by_external_ref(OrganisationId("acme"), "Roe") is None
        assert () == view.records.linked(RecordUid(link["target"]), LinkRel.RELATED, FIRST, visible=EVERYTHING).items
        assert 0 == view.records.count(RecordFilter(facets=(("misuse", "spam"),)), visible=EVERYTHING)
    assert revised.work is not None
    assert [record.head.public_hash, revised.work.public_hash] == [one.public_hash for one in kept]
    assert [None] * 4 == [part for one in kept for part in (one.public, one.restricted)]
    assert [Marking(tlp=record.head.marking.tlp)] * 2 == [one.marking for one in kept]
    with store.begin() as unit:
        assert unit.idempotency.find("acme", "k", now=START) is None


def test_nothing_of_an_erased_record_stays_in_the_files(store: Storage, settings: Settings) -> None:
    record = factories.published(factories.content(title="About Jane Roe of Nowhere"))
    add(store, record)

    with store.begin() as unit:
        unit.records.erase(factories.erased(record))

    assert [] == [path.name for path in settings.data_dir.iterdir() if b"Jane Roe" in path.read_bytes()]
