"""Everything that is public, record by record, with the terms under which it may be used.

A dump is what a stranger sees, whoever writes it: withdrawn records are in it as tombstones, so that a reader of two
dumps knows what to forget.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from registry.domain import policy, redaction
from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.canonical import Document, JsonValue
from registry.domain.change import LOG_ID
from registry.domain.licence import Duty, terms_of
from registry.domain.published import envelope, public_document
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry

FORMAT = "incident-commons dump 1"
_PORTION = 200


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records; what is empty does not narrow.

    Attributes:
        licences: SPDX ids as records bear them. Tombstones bear none and are always in.
        without: duties that no licence may ask for; one that is not known may ask for each.
    """

    kinds: frozenset[Kind] = frozenset()
    licences: frozenset[str] = frozenset()
    without: frozenset[Duty] = frozenset()

    def keeps(self, record: Record) -> bool:
        """Whether the licence lets it in; a tombstone has none."""
        if record.head.public is None:
            return True
        marking = record.head.marking
        terms = terms_of(marking.licence, marking.obligations)
        return (not self.licences or marking.licence in self.licences) and not any(map(terms.may_ask, self.without))


@dataclass(slots=True)
class Tally:
    """What a dump holds, counted while it is written.

    Attributes:
        licences: records by licence. ``attributions``: records by whom to name and the licence.
        left_out: records by the licence for which they were left out.
    """

    records: int = 0
    tombstones: int = 0
    licences: Counter[str] = field(default_factory=Counter)
    kinds: Counter[str] = field(default_factory=Counter)
    left_out: Counter[str] = field(default_factory=Counter)
    attributions: Counter[tuple[str, str]] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, JsonValue]:
        """As JSON values, each list in a fixed order."""
        attributions = [
            {"attribution": name, "licence": licence, "url": terms_of(licence).url, "records": count}
            for (name, licence), count in sorted(self.attributions.items())
        ]
        return {
            "records": self.records,
            "tombstones": self.tombstones,
            "kinds": dict(sorted(self.kinds.items())),
            "licences": dict(sorted(self.licences.items())),
            "left_out": dict(sorted(self.left_out.items())),
            "attributions": cast("JsonValue", attributions),
        }


@dataclass(frozen=True, slots=True)
class Line:
    """A record of a dump, or a tombstone.

    Attributes:
        document: what programs read of it.
        record: as strangers see it; of a tombstone without its public part.
    """

    document: Document
    record: Record
    owner: Organisation | None


@dataclass(frozen=True, slots=True)
class Dump:
    """One reading of the store.

    Attributes:
        at: when it was begun.
        public_seq: the newest change that strangers see of it; with ``log_id`` it names what the dump holds.
        lines: one a record, by ascending uid; read as they are asked for. ``tally`` is whole once they are.
    """

    at: datetime
    log_id: str
    public_seq: int
    lines: Iterator[Line]
    tally: Tally


def everything(registry: Registry, actor: Actor, reader: Reader, wanted: Wanted) -> Dump:
    """All public records as of one reading; the store is read in portions, so that memory stays flat.

    Args:
        reader: an open reading, which stays so until the last row is taken.
    """
    policy.require(actor, Permission.RECORD_READ)
    tally = Tally()
    lines = _lines(registry, reader, wanted, tally)
    seq = reader.changes.head().public_seq
    return Dump(registry.clock.now(), reader.meta.get(LOG_ID) or "", seq, lines, tally)


def _lines(registry: Registry, reader: Reader, wanted: Wanted, tally: Tally) -> Iterator[Line]:
    owners: dict[OrganisationId, Organisation] = {}
    for records in _portions(reader):
        known = [one for one in records if not wanted.kinds or one.kind in wanted.kinds]
        owners |= reader.accounts.organisations_by_id(sorted({one.owner for one in known} - owners.keys()))
        survivors = _survivors(reader, known)
        for record in known:
            if not wanted.keeps(record):
                tally.left_out[record.head.marking.licence] += 1
            elif record.head.public is None:
                tally.tombstones += 1
                yield Line(_tombstone(registry, record, survivors), record, None)
            else:
                owner = owners.get(record.owner)
                yield Line(_document(registry, record, owner, tally), record, owner)


def _portions(reader: Reader) -> Iterator[Sequence[Record]]:
    visible = policy.visible_to(ANONYMOUS)
    after: RecordUid | None = None
    while uids := reader.records.uids(after=after, limit=_PORTION):
        found = reader.records.many(uids, visible=visible)
        yield [redaction.for_actor(found[uid], ANONYMOUS) for uid in uids if uid in found]
        after = uids[-1]


def _document(registry: Registry, record: Record, owner: Organisation | None, tally: Tally) -> Document:
    document = public_document(record, owner, base_url=registry.settings.base_url)
    licence = record.head.marking.licence
    tally.records += 1
    tally.kinds[record.kind] += 1
    tally.licences[licence] += 1
    tally.attributions[cast("str", document["attribution"]), licence] += 1
    return document


def _survivors(reader: Reader, records: Sequence[Record]) -> Collection[RecordUid]:
    """Which of the records that stand for merged ones strangers see."""
    merged = sorted({one.merged_into for one in records if one.merged_into is not None})
    return reader.records.many(merged, visible=policy.visible_to(ANONYMOUS)).keys()


def _tombstone(registry: Registry, record: Record, survivors: Collection[RecordUid]) -> Document:
    gone = record.withdrawn_at
    return envelope(record, base_url=registry.settings.base_url) | {
        "withdrawn_at": gone.isoformat() if gone else None,
        "reason": record.reason,
        "merged_into": record.merged_into if record.merged_into in survivors else None,
    }
