"""Saved searches: who has them, and that each match is told once, by feed, webhook and letter, and nothing else is."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import replace
from email.message import EmailMessage

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM, Actor, Permission
from registry.domain.delivery import DeliveryEvent
from registry.domain.digest import Digest
from registry.domain.errors import BadCursor, BadQuery, Conflict, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.event import EventFilter, EventName
from registry.domain.letter import LetterState, MailKind
from registry.domain.pages import PageRequest
from registry.domain.record import Record, RecordUid
from registry.domain.saved_search import SavedSearch, SavedSearchId, delivery_id
from registry.domain.webhook import WebhookId
from registry.outbound import NodeOutbound
from registry.ports import Registry
from registry.service import follow, letters, life, members, saved_searches, search_alerts, webhooks
from registry.service.saved_searches import MatchPage
from tests.clocks import FixedClock
from tests.outbound.hostile import requests, serving
from tests.outbound.mailbox import Mailbox, mailbox
from tests.outbound.receiver import confirmed, echoes, header, run, sent_to, told
from tests.service.world import (
    People,
    alter,
    erase_by_two,
    published,
    republished,
    stored,
    submitted,
    text_of,
)

UNKNOWN = SavedSearchId("01950000-0001-7000-9000-00000000ffff")


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    """One mail server for all tests of this file."""
    with mailbox() as made:
        yield made


@pytest.fixture
def mailing(registry: Registry, people: People, box: Mailbox) -> Registry:
    """A registry that sends letters, and knows where the submitter gets them."""
    box.messages.clear()
    letters.choose_mail(registry, people.submitter, address="ada@example.org", muted=frozenset())
    return replace(registry, outbound=NodeOutbound(requests(), box.server()))


def keep(registry: Registry, actor: Actor, text: str = "flood", name: str = "Floods") -> SavedSearch:
    """A saved search that has been told of everything so far."""
    return saved_searches.save(registry, actor, name=name, text=text, address=f"q={text}")


def index(registry: Registry) -> None:
    """Take everything into the index."""
    while follow.catch_up(registry, SYSTEM):
        pass


def look(registry: Registry) -> None:
    """Let the index take everything in, and tell the searches."""
    index(registry)
    while search_alerts.find_matches(registry, SYSTEM):
        pass


def told_by(box: Mailbox) -> list[EmailMessage]:
    """The letters about the search of ``keep``."""
    return [one for one in box.messages if "“Floods”" in one["Subject"]]


def page(registry: Registry, search: SavedSearch, *, limit: int = 50, after: str | None = None) -> MatchPage:
    """What a search was told of, as anybody sees it who has the link."""
    return saved_searches.matches(registry, ANONYMOUS, search.token, limit=limit, after=after)


def uids(registry: Registry, search: SavedSearch) -> list[RecordUid]:
    """The records that a search was told of, the newest first."""
    return [one.record.uid for one in page(registry, search).told]


def flood(registry: Registry, people: People, title: str = "A flood of spam", *, tlp: str = "CLEAR") -> Record:
    """A published record that the search of ``keep`` finds."""
    return published(registry, people, text_of(title, tlp=tlp))


def test_what_is_published_later_is_told_once_however_often_it_is_revised(registry: Registry, people: People) -> None:
    search = keep(registry, people.submitter)
    record = flood(registry, people)
    published(registry, people, text_of("Something else"))

    look(registry)
    republished(registry, people, record, text_of("A flood, revised"))
    look(registry)

    assert [record.uid] == uids(registry, search)


def test_what_matched_when_it_was_saved_is_no_news_even_when_it_changes(registry: Registry, people: People) -> None:
    before = flood(registry, people)
    look(registry)
    search = keep(registry, people.submitter)

    republished(registry, people, before, text_of("A flood, revised"))
    look(registry)

    assert [] == uids(registry, search)


def test_a_record_that_starts_to_match_by_a_revision_is_told_then(registry: Registry, people: People) -> None:
    record = published(registry, people, text_of("A drought"))
    look(registry)
    search = keep(registry, people.submitter)
    look(registry)
    before = uids(registry, search)

    republished(registry, people, record, text_of("A flood after all"))
    look(registry)

    assert ([], [record.uid]) == (before, uids(registry, search))


def test_a_record_that_stops_and_matches_again_is_not_told_twice(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        webhook = confirmed(registry, people.submitter, server).webhook
        search = keep(registry, people.submitter)
        saved_searches.change(registry, people.submitter, search.id, webhook=webhook.id)
        record = flood(registry, people)
        look(registry)
        republished(registry, people, record, text_of("A drought"))
        look(registry)
        republished(registry, people, record, text_of("A flood again"))
        life.withdraw(registry, people.reviewer, record.uid, reason="Twice.")
        look(registry)
        gone = uids(registry, search)
        life.restore(registry, people.lead, record.uid, reason="It was right.")
        look(registry)

    assert ([], [record.uid]) == (gone, uids(registry, search))
    told_of = [one for one in sent_to(registry, people.submitter, webhook) if one.event is DeliveryEvent.MATCH]
    assert [(record.uid, 1, search.id)] == [(one.uid, one.revision, one.search) for one in told_of]


def test_nothing_is_told_before_the_index_has_it_and_nothing_is_lost_by_that(
    registry: Registry, people: People
) -> None:
    search = keep(registry, people.submitter)
    record = flood(registry, people)

    asked = search_alerts.find_matches(registry, SYSTEM)
    before = uids(registry, search)
    look(registry)

    assert (0, [], [record.uid]) == (asked, before, uids(registry, search))


def test_a_search_saved_while_the_index_is_behind_is_told_of_what_the_index_had_not(
    registry: Registry, people: People
) -> None:
    record = flood(registry, people)
    search = keep(registry, people.submitter)

    look(registry)

    assert [record.uid] == uids(registry, search)


def test_hidden_records_of_others_and_ones_own_are_no_matches(registry: Registry, people: People) -> None:
    search = keep(registry, people.submitter)
    submitted(registry, people, text_of("A flood that waits"))
    flood(registry, people, "A flood for members", tlp="GREEN")
    flood(registry, people, "A flood for nobody", tlp="RED")
    shown = flood(registry, people)
    look(registry)
    republished(registry, people, shown, text_of("A flood, closed", tlp="RED"))
    look(registry)

    assert ([], 1) == (uids(registry, search), page(registry, search).newest)


def test_a_withdrawn_record_leaves_the_list_and_an_erased_one_the_table(registry: Registry, people: People) -> None:
    search = keep(registry, people.submitter)
    first, second = flood(registry, people), flood(registry, people, "Another flood")
    look(registry)
    assert [second.uid, first.uid] == uids(registry, search)

    life.withdraw(registry, people.reviewer, first.uid, reason="Twice.")
    erase_by_two(registry, people, second.uid)

    assert [] == uids(registry, search)
    with registry.storage.read() as reader:
        assert [first.uid] == [one.uid for one in reader.saved_searches.matches(search.id, PageRequest()).items]


def test_matches_are_listed_in_pages_in_the_order_in_which_they_were_told(registry: Registry, people: People) -> None:
    search = keep(registry, people.submitter)
    expected = [flood(registry, people, f"Flood {at}").uid for at in range(5)]
    look(registry)

    found: list[RecordUid] = []
    after: str | None = None
    while True:
        part = page(registry, search, limit=2, after=after)
        found += [one.record.uid for one in part.told]
        after = part.next_cursor
        if after is None:
            break

    assert expected[::-1] == found
    with pytest.raises(BadCursor):
        page(registry, keep(registry, people.submitter), after=page(registry, search, limit=2).next_cursor)


def test_watchers_that_look_at_once_tell_each_match_once(registry: Registry, people: People) -> None:
    searches = [keep(registry, people.submitter, name=f"Floods {at}") for at in range(3)]
    expected = {flood(registry, people, f"Flood {at}").uid for at in range(4)}
    index(registry)
    failures: list[BaseException] = []
    start = threading.Barrier(4)

    def watch() -> None:
        start.wait()
        try:
            while search_alerts.find_matches(registry, SYSTEM):
                pass
        except BaseException as error:
            failures.append(error)
            raise

    threads = [threading.Thread(target=watch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert [] == failures
    for search in searches:
        assert (expected, 4) == (set(uids(registry, search)), page(registry, search).newest)


def test_a_search_that_cannot_be_read_any_more_is_kept_and_holds_no_other_back(
    registry: Registry, people: People
) -> None:
    old, search = keep(registry, people.submitter, name="Old"), keep(registry, people.submitter)
    alter(registry, "UPDATE saved_searches SET text = 'misuse:jousting' WHERE id = ?", old.id)
    record = flood(registry, people)

    look(registry)

    assert ([], [record.uid]) == (uids(registry, old), uids(registry, search))
    (kept, _) = saved_searches.saved_searches(registry, people.submitter)
    assert ("Old", None) == (kept.name, kept.read())


def test_a_webhook_is_told_of_a_match_by_ids_under_an_id_that_stays_the_same(
    registry: Registry, people: People
) -> None:
    with serving(echoes) as server:
        webhook = confirmed(registry, people.submitter, server, changes=["erase"]).webhook
        search = keep(registry, people.submitter)
        saved_searches.change(registry, people.submitter, search.id, webhook=webhook.id)
        record = flood(registry, people, "A flood by Wilhelmina Zorbelgrint")
        look(registry)
        run(registry)
        (sent,) = (one for one in sent_to(registry, people.submitter, webhook) if one.event is DeliveryEvent.MATCH)
        webhooks.redeliver(registry, people.submitter, sent.id)
        run(registry)

    first, again = server.requests
    data = {"search": search.id, "uid": record.uid, "kind": "incident", "revision": 1}
    assert {"type": "search:match", "timestamp": "2026-03-14T15:00:00Z", "data": data} == told(first)
    expected = delivery_id(search.id, stored(registry, record.uid))
    assert [expected] * 2 == [header(one, "webhook-id") for one in (first, again)]
    assert b"Zorbelgrint" not in first


def test_a_webhook_of_another_organisation_cannot_be_chosen_and_a_deleted_one_is_told_nothing(
    registry: Registry, people: People
) -> None:
    with serving(echoes) as server:
        foreign = confirmed(registry, people.outsider, server).webhook
        own = confirmed(registry, people.submitter, server).webhook
        search = keep(registry, people.submitter)
        for wanted in (foreign.id, WebhookId("nonsense")):
            with pytest.raises(NotFound):
                saved_searches.change(registry, people.submitter, search.id, webhook=wanted)
        saved_searches.change(registry, people.submitter, search.id, webhook=own.id)
        webhooks.delete(registry, people.submitter, own.id)
        record = flood(registry, people)
        look(registry)

    assert [record.uid] == uids(registry, search)
    assert [None] == [one.webhook for one in saved_searches.saved_searches(registry, people.submitter)]


def test_a_letter_a_day_tells_of_all_new_matches_at_once(
    mailing: Registry, people: People, box: Mailbox, clock: FixedClock
) -> None:
    search = keep(mailing, people.submitter)
    flood(mailing, people, "A flood before letters were wanted")
    look(mailing)
    saved_searches.change(mailing, people.submitter, search.id, digest="daily")
    expected = [flood(mailing, people, f"Flood number {at}") for at in range(3)]
    gone = flood(mailing, people, "A flood that is withdrawn")
    look(mailing)
    assert 0 == search_alerts.write_letters(mailing, SYSTEM)

    clock.advance(days=1)
    assert 1 == search_alerts.write_letters(mailing, SYSTEM)
    life.withdraw(mailing, people.reviewer, gone.uid, reason="Twice.")
    while letters.send_next(mailing, SYSTEM):
        pass
    clock.advance(days=1)
    assert 1 == search_alerts.write_letters(mailing, SYSTEM)
    while letters.send_next(mailing, SYSTEM):
        pass

    (message,) = told_by(box)
    body = message.get_content()
    assert "Incident Commons: 4 new matches of “Floods”" == message["Subject"]
    assert all(f"{one.label}: http://127.0.0.1:8000/r/{one.number}" in body for one in expected)
    assert 3 == body.count("Flood number")
    assert "withdrawn" not in body
    assert "before letters" not in body
    secret = saved_searches.quiet_secret(mailing, search.id)
    assert f"<http://127.0.0.1:8000/s/{search.token}/letters/{secret}>" == message["List-Unsubscribe"]


def test_no_words_of_a_record_wait_in_the_outbox(mailing: Registry, people: People, clock: FixedClock) -> None:
    search = keep(mailing, people.submitter)
    saved_searches.change(mailing, people.submitter, search.id, digest="hourly")
    record = flood(mailing, people, "A flood by Wilhelmina Zorbelgrint")
    look(mailing)
    clock.advance(hours=1)
    search_alerts.write_letters(mailing, SYSTEM)

    erase_by_two(mailing, people, record.uid)

    assert b"Zorbelgrint" not in mailing.settings.database_path.read_bytes()
    while letters.send_next(mailing, SYSTEM):
        pass
    with mailing.storage.begin() as unit:
        assert LetterState.DROPPED in unit.letters.counts()


def test_the_link_in_a_letter_ends_the_letters_and_no_other_does(
    mailing: Registry, people: People, box: Mailbox, clock: FixedClock
) -> None:
    search = keep(mailing, people.submitter)
    saved_searches.change(mailing, people.submitter, search.id, digest="hourly")
    flood(mailing, people)
    look(mailing)
    secret = saved_searches.quiet_secret(mailing, search.id)
    for token, given in ((search.token, "x"), ("x", secret), (search.token, f"{secret}ä")):
        with pytest.raises(NotFound):
            saved_searches.end_letters(mailing, ANONYMOUS, token, given, really=True)

    saved_searches.end_letters(mailing, ANONYMOUS, search.token, secret, really=False)
    assert Digest.HOURLY is saved_searches.shared(mailing, ANONYMOUS, search.token).digest
    saved_searches.end_letters(mailing, ANONYMOUS, search.token, secret, really=True)
    clock.advance(hours=2)
    search_alerts.write_letters(mailing, SYSTEM)
    while letters.send_next(mailing, SYSTEM):
        pass

    assert [] == told_by(box)
    assert Digest.NEVER is saved_searches.shared(mailing, ANONYMOUS, search.token).digest


def test_without_a_mail_server_matches_wait_for_one(
    registry: Registry, people: People, clock: FixedClock, box: Mailbox
) -> None:
    letters.choose_mail(registry, people.submitter, address="ada@example.org", muted=frozenset())
    search = keep(registry, people.submitter)
    saved_searches.change(registry, people.submitter, search.id, digest="hourly")
    flood(registry, people)
    look(registry)
    clock.advance(hours=1)
    search_alerts.write_letters(registry, SYSTEM)
    clock.advance(hours=1)

    box.messages.clear()
    with_mail = replace(registry, outbound=NodeOutbound(requests(), box.server()))
    search_alerts.write_letters(with_mail, SYSTEM)
    while letters.send_next(with_mail, SYSTEM):
        pass

    assert 1 == len(told_by(box))


def test_who_wants_no_letters_about_searches_gets_none(
    mailing: Registry, people: People, clock: FixedClock, box: Mailbox
) -> None:
    muted = frozenset({MailKind.SEARCH})
    letters.choose_mail(mailing, people.submitter, address="ada@example.org", muted=muted)
    search = keep(mailing, people.submitter)
    saved_searches.change(mailing, people.submitter, search.id, digest="weekly")
    flood(mailing, people)
    look(mailing)
    clock.advance(days=8)
    search_alerts.write_letters(mailing, SYSTEM)
    while letters.send_next(mailing, SYSTEM):
        pass

    assert [] == told_by(box)


def test_searches_are_ones_own_and_strangers_have_none(registry: Registry, people: People) -> None:
    search = keep(registry, people.submitter)

    assert [search.id] == [one.id for one in saved_searches.saved_searches(registry, people.second_key)]
    for other in (people.colleague, people.outsider, people.reviewer, people.operator):
        assert () == saved_searches.saved_searches(registry, other)
        with pytest.raises(NotFound):
            saved_searches.change(registry, other, search.id, name="Mine")
        with pytest.raises(NotFound):
            saved_searches.delete(registry, other, search.id)
    with pytest.raises(Unauthenticated):
        keep(registry, people.stranger)
    reader = replace(people.submitter, scopes=frozenset({Permission.RECORD_READ}))
    with pytest.raises(Forbidden):
        keep(registry, reader)
    # A key that may not choose webhooks does not choose one here either.
    narrow = replace(people.submitter, scopes=frozenset({Permission.SEARCH_OWN}))
    with pytest.raises(Forbidden):
        saved_searches.change(registry, narrow, search.id, webhook=WebhookId("x"))


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("", "flood", "REQUIRED"),
        ("   \n ", "flood", "REQUIRED"),
        ("x" * 121, "flood", "TOO_LONG"),
        ("a\x00b", "flood", "INVALID_FORMAT"),
        ("a\u202eb", "flood", "INVALID_FORMAT"),
        ("mail ada.quill@mailhouse.net", "flood", "PERSONAL_DATA"),
        ("Floods", "(", "BAD_QUERY"),
        ("Floods", "misuse:jousting", "BAD_QUERY"),
        ("Floods", "x" * 20_000, "BAD_QUERY"),
    ],
)
def test_what_cannot_be_kept_is_refused_with_its_reason(
    registry: Registry, people: People, name: str, text: str, code: str
) -> None:
    with pytest.raises((InvalidInput, BadQuery)) as caught:
        saved_searches.save(registry, people.submitter, name=name, text=text, address="")

    assert code in {one.code for one in caught.value.problems}
    assert () == saved_searches.saved_searches(registry, people.submitter)


def test_an_address_that_is_too_long_an_unknown_rhythm_and_one_search_too_many_are_refused(
    registry: Registry, people: People
) -> None:
    few = replace(registry, settings=registry.settings.model_copy(update={"saved_searches_each": 2}))
    search = keep(few, people.submitter)
    with pytest.raises(InvalidInput):
        saved_searches.save(few, people.submitter, name="Long", text="", address="q=" + "x" * 5000)
    with pytest.raises(InvalidInput):
        saved_searches.change(few, people.submitter, search.id, digest="always")
    keep(few, people.submitter)

    with pytest.raises(Conflict):
        keep(few, people.submitter)
    assert 2 == len(saved_searches.saved_searches(few, people.submitter))


def test_a_deleted_search_leaves_nothing_and_its_link_leads_nowhere(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        webhook = confirmed(registry, people.submitter, server).webhook
        search = keep(registry, people.submitter)
        saved_searches.change(registry, people.submitter, search.id, webhook=webhook.id, name="  Floods \n again ")
        flood(registry, people)
        look(registry)
    assert "Floods again" == saved_searches.shared(registry, ANONYMOUS, search.token).name

    saved_searches.delete(registry, people.submitter, search.id)

    for token in (search.token, "", "x", "ä", "\udcff", search.token.upper() + "x"):
        with pytest.raises(NotFound):
            saved_searches.shared(registry, ANONYMOUS, token)
    with registry.storage.read() as reader:
        assert () == reader.saved_searches.matches(search.id, PageRequest()).items
    left = sent_to(registry, people.submitter, webhook)
    assert DeliveryEvent.MATCH not in {one.event for one in left}
    names = _events(registry, people)
    assert {EventName.SEARCH_SAVED, EventName.SEARCH_CHANGED, EventName.SEARCH_DELETED} <= names


def test_the_searches_of_a_member_go_with_the_member(registry: Registry, people: People) -> None:
    search, other = keep(registry, people.submitter), keep(registry, people.colleague)
    flood(registry, people)
    look(registry)
    assert people.submitter.person is not None

    members.remove_member(registry, people.local_operator, person=people.submitter.person, organisation_slug="acme")

    with pytest.raises(NotFound):
        saved_searches.shared(registry, ANONYMOUS, search.token)
    assert other.id == saved_searches.shared(registry, ANONYMOUS, other.token).id


def _events(registry: Registry, people: People) -> set[EventName]:
    with registry.storage.read() as reader:
        found = reader.events.page(EventFilter(actor=people.submitter.id), PageRequest(100)).items
    return {one.name for one in found}
