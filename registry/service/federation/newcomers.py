"""Storing records of another node that come for the first time, all of a page that are new in few statements.

Each is judged by itself, as every item is. What is stored at once are envelopes that differ in nothing but uid, number
and content.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from operator import attrgetter
from typing import Any

from registry.domain.actor import Actor
from registry.domain.alike import Alike
from registry.domain.change import ChangeKind
from registry.domain.derived import derived_of
from registry.domain.federation.envelope import Envelope
from registry.domain.federation.peer import Peer
from registry.domain.link import FieldRel
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, Record, RecordUid, Revision
from registry.domain.redaction import is_noticed
from registry.domain.vocabulary import Kind
from registry.domain.welfare import mask_of, topics_of
from registry.ports import Registry, Unit
from registry.ports.federation import KeptHeader
from registry.service.federation.owning import owner_here
from registry.service.federation.receiving import record_of
from registry.service.sharing import follow_subject
from registry.service.writing import note_first_sight, told


def _but(of: type, *names: str) -> Callable[[Any], tuple[Any, ...]]:
    return attrgetter(*(one.name for one in fields(of) if one.name not in names))


_OF_RECORD = _but(Record, "uid", "number", "head")
_OF_HEAD = _but(Revision, "public", "restricted", "public_hash", "restricted_hash")


@dataclass(slots=True)
class Newcomers:
    """What of a page is new here, and waits to be stored."""

    registry: Registry
    unit: Unit
    actor: Actor
    now: datetime
    expected: frozenset[RecordUid] = frozenset()
    _waiting: dict[object, list[tuple[Record, KeptHeader]]] = field(default_factory=dict)
    _owners: dict[tuple[str, str], tuple[tuple[str, bool], OrganisationId]] = field(default_factory=dict)

    @staticmethod
    def among(registry: Registry, unit: Unit, actor: Actor, given: Sequence[Envelope]) -> Newcomers:
        """Look up at once which of *given*, all of a page, are of records of which nothing is held."""
        uids = [RecordUid(one.header.uid) for one in given]
        numbers = [one.header.number for one in given]
        held = {*unit.records.many(uids, visible=EVERYTHING), *unit.envelopes.heads(uids)}
        held_headers = unit.envelopes.known([one.hash for one in given])
        taken = unit.records.taken_numbers(numbers)
        times, claims = Counter(uids), Counter(numbers)
        expected = frozenset(
            uid
            for uid, one in zip(uids, given, strict=True)
            if uid not in held
            and one.hash not in held_headers
            and one.header.number not in taken
            and times[uid] == claims[one.header.number] == 1
            and _is_plain(one)
        )
        return Newcomers(registry, unit, actor, registry.clock.now(), expected)

    def expects(self, envelope: Envelope) -> bool:
        """Whether nothing is held of its record and of its number, so that nothing need be looked up."""
        return envelope.header.uid in self.expected

    def add(self, origin: Peer, envelope: Envelope, kept: KeptHeader) -> None:
        """Let one that is expected, and was judged, be stored with the next ``store``.

        Raises:
            InvalidInput: a part says what no record may say.
            Unfit: it is sealed.
        """
        owner = self._owner(origin, envelope)
        record = record_of(self.unit, None, envelope, owner=owner, now=self.now)
        record = note_first_sight(record, self.now)
        self._waiting.setdefault(_sort_of(record), []).append((record, kept))

    def store(self) -> None:
        """Store all that wait: they are there for whatever comes next."""
        waiting, self._waiting = self._waiting, {}
        for alike in waiting.values():
            self._store([record for record, _ in alike], [kept for _, kept in alike])

    def _store(self, records: Sequence[Record], kept: Sequence[KeptHeader]) -> None:
        unit, sample = self.unit, records[0]
        alike = list(map(_alike, records))
        unit.records.add_alike(sample, alike)
        row = told(self.actor, sample, ChangeKind.UPSERT, public=is_noticed(None, sample), step=None, told_with=sample)
        unit.changes.append_alike(row, alike)
        unit.envelopes.add_first(kept)
        uids = [one.uid for one in records]
        subjects = set(uids) if unit.sources.merged_into(uids) else unit.records.referred_to(uids, FieldRel.ABOUT)
        for record in records:
            if record.uid in subjects:
                follow_subject(unit, self.actor, record)

    def _owner(self, origin: Peer, envelope: Envelope) -> OrganisationId:
        owner, is_open = envelope.header.owner, envelope.header.is_open
        key = origin.dns, owner.slug
        told, found = self._owners.get(key, (None, None))
        if found is None or told != (owner.name, is_open):
            found = owner_here(self.registry, self.unit, origin.dns, origin.short_name, owner, is_open=is_open)
            self._owners[key] = (owner.name, is_open), found
        return found


def _is_plain(envelope: Envelope) -> bool:
    """Whether nothing that is held here decides how it is stored: how visible a statement is, its subject decides."""
    header = envelope.header
    return header.has_content and header.kind is not Kind.STATEMENT and "public" in envelope.parts


def _sort_of(record: Record) -> object:
    """All that is stored of a record but what is its own."""
    head = record.head
    schemas = head.public and head.public.schema, head.restricted and head.restricted.schema
    return _OF_RECORD(record), _OF_HEAD(head), schemas


def _alike(record: Record) -> Alike:
    head = record.head
    assert record.number is not None  # noqa: S101  # every header names it
    assert head.public is not None  # noqa: S101  # plain ones have it
    # As ``RecordWriter.add`` has it: of what came from another node nothing is recognised as imported here.
    derived = replace(derived_of(head.public.document), upstream_key=None)
    topics = mask_of(topics_of(record))
    return Alike(record.uid, record.number, head.public, head.restricted, head.restricted_hash, derived, topics)
