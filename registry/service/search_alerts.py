"""Telling saved searches what newly matches: each match once, also after a crash.

The change log is followed behind the index. A record that strangers see otherwise than before is asked about, once the
index has taken that in. The matches of a search, what its webhook is told of them, and how far the log was read for it
are one transaction, so that nothing is lost or told twice by it; what is sent afterwards bears an id that is made of
search, record and revision.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.delivery import Delivery, DeliveryEvent
from registry.domain.digest import next_digest
from registry.domain.letter import Letter, LetterId, MailKind
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import Record, RecordUid
from registry.domain.saved_search import Match, SavedSearch, SavedSearchId, delivery_id, is_news, was_there
from registry.domain.webhook import DisabledReason, WebhookState
from registry.ports import Registry, Unit
from registry.service.delivering import disable
from registry.service.digests import SUBJECT

_SEARCHES = 500
_AT_ONCE = 20
_ROWS = 500
_LETTERS = 50


def find_matches(registry: Registry, actor: Actor) -> int:
    """Ask the searches that are furthest behind about the next changes, as far as the index has them; how many were.

    Several processes may do so at once: who comes later finds the searches moved on and changes nothing.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    indexed = registry.index.position()
    with registry.storage.read() as reader:
        reached = min(indexed, reader.changes.head().seq)
        late = reader.saved_searches.behind(reached, limit=_SEARCHES)
        if not late:
            return 0
        start = late[0].position
        searches = [one for one in late if one.position == start]
        rows = [row for row in reader.changes.after(start, limit=_ROWS) if row.seq <= reached]
        changed = {row.row.uid for row in rows if row.row.uid is not None and row.public_seq is not None}
        # What the index knows of a record is also what public records are linked with it.
        for others in reader.graph.beside(sorted(changed), visible=PUBLIC_ONLY).values():
            changed |= others.keys()
    found = _found(registry, searches, changed) if changed else {}
    end = rows[-1].seq if rows else reached
    matching = list(found)
    # A few at a time, so that nobody else waits long for a turn to write.
    for at in range(0, len(matching), _AT_ONCE):
        portion = matching[at : at + _AT_ONCE]
        with registry.storage.begin() as unit:
            for search_id in portion:
                search = unit.saved_searches.get(search_id)
                if search is not None and search.position == start:
                    _tell(registry, unit, actor, search, found[search_id])
            unit.saved_searches.advance(portion, start=start, end=end)
    with registry.storage.begin() as unit:
        unit.saved_searches.advance([one.id for one in searches if one.id not in found], start=start, end=end)
    return len(searches)


def write_letters(registry: Registry, actor: Actor) -> int:
    """Post a letter for each search of which one is due and that has new matches; how many searches were due.

    Which matches a letter holds is kept with them, and its words are put together when it is sent.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    now = registry.clock.now()
    with registry.storage.read() as reader:
        if not reader.saved_searches.due(now, limit=1):
            return 0
    with registry.storage.begin() as unit:
        due = unit.saved_searches.due(now, limit=_LETTERS)
        for search in due:
            unit.saved_searches.put_off(search.id, next_digest(search.digest, now))
            letter = LetterId(registry.ids.uid())
            # Without a mail server the matches wait for one.
            if registry.outbound.sends_mail and unit.saved_searches.put_in_letter(search.id, letter):
                unit.letters.post(
                    Letter(letter, MailKind.SEARCH, SUBJECT, "", now, now, person=search.person, about=search.id)
                )
    return len(due)


def _found(
    registry: Registry, searches: Sequence[SavedSearch], changed: Collection[RecordUid]
) -> Mapping[SavedSearchId, frozenset[RecordUid]]:
    """By search, which of the changed records match; a search that cannot be read any more finds nothing."""
    found = {}
    for search in searches:
        query = search.read()
        uids = registry.index.matching(query, changed) if query is not None else frozenset()
        if uids:
            found[search.id] = uids
    return found


def _tell(registry: Registry, unit: Unit, actor: Actor, search: SavedSearch, uids: frozenset[RecordUid]) -> None:
    fresh = uids - unit.saved_searches.told(search.id, uids)
    if not fresh:
        return
    known = was_there(unit.saved_searches.memory(search.id), fresh)
    records = unit.records.many(sorted(fresh), visible=PUBLIC_ONLY)
    news = [
        record
        for record in records.values()
        if record.is_public and is_news(search, record, was_remembered=record.uid in known)
    ]
    news.sort(key=lambda record: (record.head.published_at or record.created_at, record.uid))
    now, last = registry.clock.now(), unit.saved_searches.last_number(search.id)
    unit.saved_searches.tell(
        [Match(search.id, last + at, record.uid, record.revision, now) for at, record in enumerate(news, start=1)]
    )
    _post(registry, unit, actor, search, news)


def _post(registry: Registry, unit: Unit, actor: Actor, search: SavedSearch, news: Sequence[Record]) -> None:
    """Tell the webhook, if there is one that is active."""
    webhook = None if search.webhook is None else unit.webhooks.get(search.webhook)
    if webhook is None or webhook.state is not WebhookState.ACTIVE or not news:
        return
    if unit.webhooks.waiting(webhook.id) + len(news) > registry.settings.webhook_backlog:
        disable(registry, unit, actor, webhook, DisabledReason.BACKLOG)
        return
    now = registry.clock.now()
    for record in news:
        unit.webhooks.post(
            Delivery(
                delivery_id(search.id, record),
                webhook.id,
                DeliveryEvent.MATCH,
                now,
                now,
                kind=record.kind,
                uid=record.uid,
                search=search.id,
                revision=record.revision,
            )
        )
