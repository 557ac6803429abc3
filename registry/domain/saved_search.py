"""Saved searches: a search with a name, followed by its own feed, a webhook and mail, which tell each match once.

What matched when a search was saved is no news. It is remembered by short hashes of the uids, in order, as long as it
is not too much; of a search that matched more, only records that are published later are news.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from registry.domain.delivery import DeliveryId
from registry.domain.digest import Digest
from registry.domain.errors import BadQuery, Problem
from registry.domain.query import parse
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid
from registry.domain.search import Query
from registry.domain.webhook import WebhookId

SavedSearchId = NewType("SavedSearchId", str)

MAX_NAME = 120
MAX_ADDRESS = 4000
# Of a search that matches more than this when it is saved, what matched is not remembered.
MOST_REMEMBERED = 20_000
_HASH_BYTES = 8
_VERSION_7, _VARIANT = 7 << 12, 2 << 62


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search that somebody keeps.

    Attributes:
        name: in the owner's words; whoever has the link reads it.
        text: the whole query, in the language of ``registry.domain.query``.
        address: the parameters of the search page that show the same, without the question mark.
        token: the secret part of the link by which anybody sees it.
        webhook: a webhook of the organisation that is told of matches.
        digest_due_at: when the next letter is written; ``None`` where none is wanted.
        position: the ``seq`` of the log up to which its matches were told.
        is_whole: whether all that matched when it was saved is remembered.
    """

    id: SavedSearchId
    person: PersonId
    organisation: OrganisationId
    name: str
    text: str
    address: str
    token: str
    created_at: datetime
    position: int
    is_whole: bool
    webhook: WebhookId | None = None
    digest: Digest = Digest.NEVER
    digest_due_at: datetime | None = None

    def read(self) -> Query | None:
        """What it asks for; ``None`` where the language or a vocabulary has changed and it cannot be read any more."""
        try:
            return parse(self.text)
        except BadQuery:
            return None


@dataclass(frozen=True, slots=True)
class Match:
    """A record that a saved search was told of.

    Attributes:
        number: counts the matches of the search, from 1, in the order in which they were told.
        revision: the published revision that matched.
    """

    search: SavedSearchId
    number: int
    uid: RecordUid
    revision: int
    at: datetime


def name_problems(name: str) -> tuple[Problem, ...]:
    """What is wrong with a name."""
    if not name:
        return (Problem(("name",), "REQUIRED", "give the search a name"),)
    if len(name) > MAX_NAME:
        return (Problem(("name",), "TOO_LONG", f"at most {MAX_NAME} letters"),)
    if not all(map(str.isprintable, name)):
        return (Problem(("name",), "INVALID_FORMAT", "a name is one line of letters and signs"),)
    return ()


def remembered(uids: Iterable[RecordUid]) -> bytes:
    """What matched, to be asked by ``was_there``."""
    return b"".join(sorted({_hash(uid) for uid in uids}))


def was_there(memory: bytes, uids: Iterable[RecordUid]) -> frozenset[RecordUid]:
    """Those of *uids* that were among those remembered."""
    known = {memory[at : at + _HASH_BYTES] for at in range(0, len(memory), _HASH_BYTES)}
    return frozenset(uid for uid in uids if _hash(uid) in known)


def is_news(search: SavedSearch, record: Record, *, was_remembered: bool) -> bool:
    """Whether a record that matches now did not when the search was saved."""
    if was_remembered:
        return False
    return search.is_whole or (record.published_at is not None and record.published_at >= search.created_at)


def delivery_id(search: SavedSearchId, record: Record) -> DeliveryId:
    """The id under which a webhook is told of a match: the same whenever the same revision is told of again.

    It is a UUIDv7 of the time of that revision, because deliveries to a webhook are sent in the order of their ids.
    """
    at = record.head.published_at or record.created_at
    milliseconds = int(at.timestamp() * 1000)
    told = hashlib.sha256(f"{search} {record.uid} {record.revision}".encode()).digest()
    high = milliseconds << 16 | _VERSION_7 | int.from_bytes(told[:2], "big") & 0xFFF
    low = _VARIANT | int.from_bytes(told[2:10], "big") & (_VARIANT >> 1) - 1
    text = f"{high << 64 | low:032x}"
    return DeliveryId(f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}")


def _hash(uid: RecordUid) -> bytes:
    return hashlib.sha256(uid.encode()).digest()[:_HASH_BYTES]
