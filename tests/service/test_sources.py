"""Records by source: however the address is written, and only by what the asker may read."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from alembic import command

from registry.domain.actor import Actor
from registry.domain.address import address_key
from registry.domain.content.kinds import Content
from registry.domain.errors import InvalidInput
from registry.domain.record import Record
from registry.ports import Registry
from registry.service import erasure, life, merge, search, sources, submit
from registry.storage.engine import without_foreign_keys, write_engine
from registry.storage.migrations import upgrade as migrations
from tests.factories import content
from tests.service.world import REASON, People, erase_by_two, published, refused, republished, revised, submitted

WEIRD = ("", "javascript:alert(1)", "https://", "\ud800", "\u202e", "https://[bad", "%" * 8000)
ARTICLE = "https://example.com/news/story"


def telling(*addresses: str, title: str = "Spam", tlp: str = "CLEAR") -> Content:
    """An incident with these sources."""
    return content(title=title, sources=[{"url": one} for one in addresses], marking={"tlp": tlp})


def _found(registry: Registry, actor: Actor, address: str = ARTICLE) -> list[str]:
    return [one.uid for one in sources.by_source(registry, actor, address)]


def test_one_article_leads_to_every_incident_that_names_it(registry: Registry, people: People) -> None:
    first = published(registry, people, telling(ARTICLE, "https://other.example/"))
    second = published(registry, people, telling("http://www.example.com/news/story/?utm_source=x#top"))
    published(registry, people, telling("https://example.com/news/other"))

    assert [second.uid, first.uid] == _found(registry, people.stranger, "example.com/news/story?fbclid=1")
    assert [first.uid] == _found(registry, people.stranger, "https://other.example")
    assert [] == _found(registry, people.stranger, "https://nowhere.example")


def test_an_archived_copy_of_a_source_leads_to_it_too(registry: Registry, people: People) -> None:
    copy = {"url": ARTICLE, "archive_url": "https://archive.example/abc"}
    record = published(registry, people, content(sources=[copy]))

    assert [record.uid] == _found(registry, people.stranger, "https://archive.example/abc")


def test_only_those_who_see_a_record_find_it(registry: Registry, people: People) -> None:
    draft = submitted(registry, people, telling(ARTICLE))
    closed = published(registry, people, telling(ARTICLE, tlp="RED"))

    assert [closed.uid, draft.uid] == _found(registry, people.colleague)
    assert [closed.uid, draft.uid] == _found(registry, people.reviewer)
    assert [] == _found(registry, people.outsider)
    assert [] == _found(registry, people.stranger)


def test_strangers_find_a_record_by_its_published_sources_only(registry: Registry, people: People) -> None:
    record = published(registry, people, telling("https://example.com/first"))
    revised(registry, people, record, telling(ARTICLE))

    assert [] == _found(registry, people.stranger)
    assert [record.uid] == _found(registry, people.stranger, "https://example.com/first")
    assert [record.uid] == _found(registry, people.submitter)


def test_a_source_that_is_no_longer_named_leads_nowhere(registry: Registry, people: People) -> None:
    record = published(registry, people, telling(ARTICLE))

    republished(registry, people, record, telling("https://example.com/second"))

    assert [] == _found(registry, people.submitter)
    assert [record.uid] == _found(registry, people.stranger, "https://example.com/second")


def test_what_was_taken_back_is_found_by_the_owner_only(registry: Registry, people: People) -> None:
    record = submitted(registry, people, telling(ARTICLE))
    submit.retract(registry, people.submitter, record.uid, reason=REASON)

    assert [record.uid] == _found(registry, people.submitter)
    assert [] == _found(registry, people.reviewer)


def test_a_tombstone_is_not_found_by_what_it_said(registry: Registry, people: People) -> None:
    record = published(registry, people, telling(ARTICLE))
    life.withdraw(registry, people.submitter, record.uid, reason=REASON)

    assert [] == _found(registry, people.stranger)
    assert [] == _found(registry, people.outsider)
    assert [record.uid] == _found(registry, people.submitter)


def test_an_erasure_forgets_the_sources(registry: Registry, people: People) -> None:
    record = published(registry, people, telling(ARTICLE))

    erase_by_two(registry, people, record.uid)

    assert [] == _found(registry, people.submitter)
    assert address_key(ARTICLE) not in registry.settings.database_path.read_bytes()
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        assert (0,) == connection.execute("SELECT count(*) FROM source_keys").fetchone()


def test_addresses_are_kept_as_hashes_beside_the_content(registry: Registry, people: People) -> None:
    record = submitted(registry, people, telling(ARTICLE))

    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        rows = connection.execute("SELECT key, uid, is_work FROM source_keys").fetchall()

    assert [(address_key(ARTICLE), record.uid, 0)] == rows


def test_no_more_are_given_than_asked_for(registry: Registry, people: People) -> None:
    uids = [submitted(registry, people, telling(ARTICLE, title=f"Spam {n}")).uid for n in range(3)]

    found = sources.by_source(registry, people.submitter, ARTICLE, first=2)

    assert uids[:0:-1] == [one.uid for one in found]


@pytest.mark.parametrize("address", WEIRD, ids=range(len(WEIRD)))
def test_whatever_is_asked_finds_nothing_and_breaks_nothing(registry: Registry, people: People, address: str) -> None:
    assert [] == _found(registry, people.stranger, address)


def test_an_endless_address_is_refused(registry: Registry, people: People) -> None:
    with refused(registry, InvalidInput) as caught:
        sources.by_source(registry, people.stranger, "https://example.com/" + "a" * 10_000)

    assert [("TOO_LONG", ("url",))] == [(one.code, one.path) for one in caught.value.problems]


def test_a_store_of_an_older_version_learns_the_sources_it_has(registry: Registry, people: People) -> None:
    record = published(registry, people, telling(ARTICLE))
    revised(registry, people, record, telling("https://example.com/work"))
    path = registry.settings.database_path
    before = _keys(path)

    engine = write_engine(path, busy_seconds=1)
    with engine.connect() as connection:
        without_foreign_keys(connection)
        with connection.begin():
            alembic = migrations.config()
            alembic.attributes["connection"] = connection
            command.downgrade(alembic, "0005")
            command.upgrade(alembic, "head")
    engine.dispose()

    assert 2 == len(before)
    assert before == _keys(path)


def _keys(path: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT key, uid, is_work FROM source_keys ORDER BY key").fetchall()


def _known_as(*aliases: str, title: str = "Spam", tlp: str = "CLEAR") -> Content:
    return content(title=title, aliases=list(aliases), marking={"tlp": tlp})


def _merged(registry: Registry, people: People, record: Record, into: Record) -> None:
    merge.merge(registry, people.reviewer, record.uid, into=into.uid, reason=REASON)


def test_a_record_is_found_by_the_ids_that_others_know_it_by(registry: Registry, people: People) -> None:
    record = published(registry, people, _known_as("EXT-2026-7", "CVE-2026-1234"))
    closed = published(registry, people, _known_as("EXT-2026-7", tlp="RED"))

    assert [record.uid] == _found(registry, people.stranger, " ext-2026-7 ")
    assert [closed.uid, record.uid] == _found(registry, people.submitter, "EXT-2026-7")
    assert [] == _found(registry, people.stranger, "EXT-2026")


def test_the_id_of_a_merged_record_leads_to_the_one_that_stands_for_it(registry: Registry, people: People) -> None:
    first = published(registry, people, _known_as("EXT-2026-7", title="One"))
    second = published(registry, people, content(title="Other"))
    third = published(registry, people, content(title="Third"))
    _merged(registry, people, first, second)
    _merged(registry, people, second, third)

    assert [third.uid] == _found(registry, people.stranger, "EXT-2026-7")
    jumped = search.jump(registry, people.stranger, "ext-2026-7")
    assert jumped is not None
    assert third.uid == jumped.uid
    merge.split(registry, people.reviewer, first.uid, reason=REASON)
    assert [first.uid] == _found(registry, people.stranger, "EXT-2026-7")
    assert search.jump(registry, people.stranger, "EXT-2026-7") is None


def test_the_search_goes_to_no_record_of_several_that_an_id_may_mean(registry: Registry, people: People) -> None:
    first, other = (published(registry, people, _known_as("EXT-2026-7", title=title)) for title in ("One", "Other"))
    survivor = published(registry, people, content(title="Third"))
    _merged(registry, people, first, survivor)

    assert [other.uid, survivor.uid] == _found(registry, people.stranger, "EXT-2026-7")
    assert search.jump(registry, people.stranger, "EXT-2026-7") is None


@pytest.mark.parametrize("into", ["CLEAR", "RED"])
def test_a_hidden_record_that_was_merged_leads_no_stranger_anywhere(
    registry: Registry, people: People, into: str
) -> None:
    record = published(registry, people, _known_as("EXT-2026-7", title="One", tlp="RED"))
    survivor = published(registry, people, _known_as("OTHER-1", title="Other", tlp=into))
    _merged(registry, people, record, survivor)

    assert [] == _found(registry, people.stranger, "EXT-2026-7")
    assert [] == _found(registry, people.outsider, "EXT-2026-7")
    assert search.jump(registry, people.stranger, "EXT-2026-7") is None
    assert survivor.uid in _found(registry, people.submitter, "EXT-2026-7")


def test_a_merged_record_that_is_blocked_or_erased_is_not_found_by_what_it_was_called(
    registry: Registry, people: People
) -> None:
    blocked, erased = (published(registry, people, _known_as(f"EXT-{n}", title=n)) for n in ("One", "Other"))
    survivor = published(registry, people, content(title="Third"))
    for one in (blocked, erased):
        _merged(registry, people, one, survivor)

    erasure.block(registry, people.lead, blocked.uid, reason=REASON)
    erase_by_two(registry, people, erased.uid)

    assert [[], []] == [_found(registry, people.stranger, one) for one in ("EXT-One", "EXT-Other")]
