"""Which public records have to do with a public one, and why. The same for everybody: made of what strangers read.

A fixed number of statements and searches, of which each gives a bounded number of records, whatever the record names.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from registry.domain import policy, redaction
from registry.domain.actor import ANONYMOUS, Actor, Permission
from registry.domain.canonical import Document
from registry.domain.errors import InvalidInput, NotFound, Problem, SearchUnavailable
from registry.domain.facets import summary_of, title_of
from registry.domain.likeness import keys_in
from registry.domain.link import references
from registry.domain.pages import RecordFilter
from registry.domain.policy import PUBLIC_ONLY
from registry.domain.record import Record, RecordUid
from registry.domain.relatedness import (
    FACETS,
    MOST,
    WEIGHTS,
    Related,
    Relation,
    RelationDecision,
    RelationReason,
    Trait,
    Traits,
    Verdict,
    best_of,
    pinned,
    rarity,
    relation,
    traits_of,
)
from registry.domain.search import Alike, Phrase, SearchRequest, Word
from registry.domain.text import prose_of
from registry.domain.vocabulary import LinkRel
from registry.domain.words import words_in
from registry.ports import Reader, Registry

_MOST_FACETS = 32
# A value that more records have relates nobody by itself; it still counts among records that something else relates.
_COMMON = 1000
_MOST_ACTORS = 3
# Records that each way of looking gives at most.
_EACH = 30
_MOST_DECISIONS = 200
_MERGES = 3
_THOUSAND = 1000


@dataclass(frozen=True, slots=True)
class _Found:
    """What may be related, before it is compared.

    Attributes:
        naming: those that name the same source or id.
    """

    uids: tuple[RecordUid, ...]
    naming: frozenset[RecordUid]
    holding: Mapping[Trait, int]
    alike: Mapping[RecordUid, Alike] = field(default_factory=dict)


def related(registry: Registry, actor: Actor, uid: RecordUid, *, first: int = MOST) -> tuple[Related, ...]:
    """Public records that are related to a public one, the most related first; none where *uid* is not public.

    What an editor says of a pair comes before what is reckoned. Records that a link connects are shown as such, and
    are not among them; nor is what a record was merged into, or what a link or an editor says is not related.

    Raises:
        NotFound: no such record, or none that *actor* may see.
        InvalidInput: *first* is not 1 to 10.
    """
    policy.require(actor, Permission.RECORD_READ)
    if not 1 <= first <= MOST:
        raise InvalidInput([Problem(("first",), "OUT_OF_RANGE", f"ask for 1 to {MOST} records")])
    with registry.storage.read() as reader:
        record = reader.records.get(uid, visible=policy.visible_to(actor))
        if record is None:
            raise NotFound("no such record", path=("uid",))
        if not record.is_public:
            return ()
        traits = traits_of(_document(record))
        total = reader.records.count(RecordFilter(), visible=PUBLIC_ONLY)
        holding = _holding(reader, traits)
        sharing = _sharing(reader, record, traits, holding, total)
        keys = sorted(keys_in(_document(record)))
        naming = reader.sources.naming(keys, before=None, limit=_EACH, visible=PUBLIC_ONLY)
    # Searching takes longer than reading, and needs no view of the store.
    alike, mentioned = _alike(registry, record), _mentioned(registry, traits)
    found = _Found((*sharing, *naming, *alike, *mentioned), frozenset(naming), holding, alike)
    with registry.storage.read() as reader:
        return _compared(reader, actor, record, traits, found, total=total, first=first)


def _holding(reader: Reader, traits: Traits) -> dict[Trait, int]:
    """How many public records have each value that the store finds records by."""
    facets = traits.facets[:_MOST_FACETS]
    counted = reader.relations.holding(facets, most=_COMMON + 1)
    return {Trait(FACETS[facet], value.casefold()): count for (facet, value), count in counted.items()}


def _sharing(
    reader: Reader, record: Record, traits: Traits, holding: Mapping[Trait, int], total: int
) -> tuple[RecordUid, ...]:
    """Records that share what is rare."""
    weights: dict[tuple[str, str], int] = {}
    for facet, value in traits.facets[:_MOST_FACETS]:
        reason = FACETS[facet]
        count = holding.get(Trait(reason, value.casefold()), 0)
        if 1 < count <= _COMMON:
            weights[facet, value] = round(_THOUSAND * WEIGHTS[reason] * rarity(count, total))
    return reader.relations.sharing(weights, but=record.uid, limit=_EACH)


def _alike(registry: Registry, record: Record) -> dict[RecordUid, Alike]:
    """Records whose text is alike, as far as the index is."""
    with suppress(SearchUnavailable):
        return {one.uid: one for one in registry.index.like(record.uid, limit=_EACH)}
    return {}


def _mentioned(registry: Registry, traits: Traits) -> Iterator[RecordUid]:
    """Records in which the words of an actor's name stand, as far as the index is."""
    actors = sorted(value for trait, value in traits.values.items() if trait.reason is RelationReason.ACTOR)
    with suppress(SearchUnavailable):
        for label in actors[:_MOST_ACTORS]:
            words = tuple(words_in(label))
            if words:
                query = Phrase(words) if len(words) > 1 else Word(words[0])
                found = registry.index.search(SearchRequest(query, limit=_EACH, snippets=False))
                yield from (hit.uid for hit in found.hits)


def _compared(
    reader: Reader, actor: Actor, record: Record, traits: Traits, found: _Found, *, total: int, first: int
) -> tuple[Related, ...]:
    decisions = _decisions(reader, record)
    linked, apart = _linked(reader, record)
    wanted = dict.fromkeys((*found.uids, *decisions, *linked, *apart))
    records = _standing(reader, list(wanted))
    told = {record.uid, *(records[uid].uid for uid in linked if uid in records)}
    banned = {records[uid].uid for uid in apart if uid in records}
    pins: dict[RecordUid, str] = {}
    for uid, decision in decisions.items():
        standing = records.get(uid)
        if standing is not None and decision.verdict is Verdict.RELATED:
            pins.setdefault(standing.uid, decision.reason)
        elif standing is not None:
            banned.add(standing.uid)
    shown = {one.uid: one for one in records.values() if one.uid not in told}
    documents = {uid: _document(one) for uid, one in shown.items()}
    compared = {uid: traits_of(one, with_addresses=uid in found.naming) for uid, one in documents.items()}
    # Of what only records that were read are known to name, those are counted.
    holding = {**_counted(compared.values(), traits), **found.holding}
    text = _text(record)
    relations: list[Relation] = []
    for uid, other in compared.items():
        alike = found.alike.get(uid)
        # The index may still know words of a revision before.
        words = tuple(word for word in alike.words if _is_telling(word) and word in text) if alike else ()
        like = alike.score * len(words) / len(alike.words) if alike and alike.words else 0.0
        one = relation(uid, traits, other, holding=holding, total=total, like=like, words=words)
        if uid in pins:
            relations.append(pinned(one, pins[uid]))
        elif uid not in banned and not _says_not_related(documents[uid], record.uid):
            relations.append(one)
    best = best_of(relations, limit=first)
    return tuple(Related(redaction.for_actor(shown[one.uid], actor), one) for one in best)


def _decisions(reader: Reader, record: Record) -> dict[RecordUid, RelationDecision]:
    """What editors decided of the record, and of what was merged into it, by the other record; the newest first."""
    merged = reader.sources.merged_into([record.uid])
    known = reader.records.many(merged, visible=PUBLIC_ONLY).values()
    # Whoever is not told where a record went does not learn it from the other side.
    own = [record.uid, *(one.uid for one in known if redaction.for_actor(one, ANONYMOUS).merged_into is not None)]
    found: dict[RecordUid, RelationDecision] = {}
    for decision in reversed(reader.relations.of_records(own)[-_MOST_DECISIONS:]):
        other = decision.b if decision.a in own else decision.a
        found.setdefault(other, decision)
    return found


def _linked(reader: Reader, record: Record) -> tuple[set[RecordUid], set[RecordUid]]:
    """What a reference connects with the record, in either direction, and what its own links say is not related."""
    beside = reader.graph.beside([record.uid], visible=PUBLIC_ONLY).get(record.uid, {})
    ahead = [(one.rel, one.target) for one in references(_document(record))]
    apart = {target for rel, target in ahead if rel == LinkRel.NOT_RELATED}
    return {*beside, *(target for _, target in ahead)} - apart, apart


def _says_not_related(document: Document, uid: RecordUid) -> bool:
    return any(one.rel == LinkRel.NOT_RELATED and one.target == uid for one in references(document))


def _standing(reader: Reader, uids: Sequence[RecordUid]) -> dict[RecordUid, Record]:
    """By each of *uids* the public record itself, or the one that stands for it since they were merged."""
    found: dict[RecordUid, Record] = {}
    leading = {uid: uid for uid in uids}
    for _ in range(_MERGES):
        records = reader.records.many(list(dict.fromkeys(leading.values())), visible=PUBLIC_ONLY)
        going: dict[RecordUid, RecordUid] = {}
        for uid, at in leading.items():
            record = records.get(at)
            if record is not None and record.is_public:
                found[uid] = record
            elif record is not None:
                into = redaction.for_actor(record, ANONYMOUS).merged_into
                going |= {} if into is None else {uid: into}
        leading = going
        if not leading:
            break
    return found


def _counted(compared: Iterable[Traits], traits: Traits) -> dict[Trait, int]:
    counts = Counter(trait for other in compared for trait in other.values.keys() & traits.values.keys())
    return {trait: count + 1 for trait, count in counts.items()}


def _is_telling(word: str) -> bool:
    """Whether a word tells something to who reads it by itself: no number, and no single letter."""
    return len(word) > 1 and not word.isdecimal()


def _document(record: Record) -> Document:
    """The public part as strangers read it; empty where there is none."""
    part = redaction.for_actor(record, ANONYMOUS).head.public
    return {} if part is None else part.document


def _text(record: Record) -> str:
    """What people read of it; ids and names that it shares are told by themselves."""
    document = _document(record)
    prose = prose_of(record.kind, document)
    return "\n".join((title_of(record.kind, document), summary_of(record.kind, document), *prose)).lower()
