"""Records whose texts are alike: those that hold the words that tell most of another."""

from __future__ import annotations

from heapq import nlargest

from registry.domain.record import RecordUid
from registry.domain.search import Alike
from registry.search import analysis
from registry.search.scoring import DIGITS, any_of, rarity_of
from registry.search.segment import Postings
from registry.search.snapshot import Snapshot

# Of a record's terms, how many are asked for. A term that no other record has leads nowhere, and one in more than a
# twentieth of all records, if these are more than ten, tells nothing.
TELLING = 25
SHARE = 20
FEW = 10


def like(snapshot: Snapshot, uid: RecordUid, limit: int) -> tuple[Alike, ...]:
    """See ``ports.SearchIndex``: BM25 of any of the record's most telling terms, over all other records."""
    itself = snapshot.find(uid)
    if itself is None:
        return ()
    at, document = itself
    text = snapshot.segments[at].body(document)
    spelled = {term: text[begin:end].lower() for begin, end, term in reversed(list(analysis.spans(text)))}
    telling = _telling(snapshot, at, document, list(spelled))
    others = list(snapshot.live)
    others[at] &= ~(1 << document)
    found = any_of(snapshot, list(telling.values()), others)
    places = (
        (round(score, DIGITS), snapshot.segments[where].columns.uids[one], where, one)
        for where, (documents, scores) in enumerate(found.found)
        for one, score in zip(documents, scores, strict=True)
    )
    return tuple(
        Alike(
            RecordUid(other),
            score,
            tuple(spelled[term] for term, postings in telling.items() if postings[where].bits >> one & 1),
        )
        for score, other, where, one in nlargest(limit, places)
    )


def _telling(snapshot: Snapshot, at: int, document: int, terms: list[str]) -> dict[str, list[Postings]]:
    """The terms of a document that tell most of it, by their number in it and their rarity; the rarest first."""
    most = max(FEW, snapshot.count // SHARE)
    weights: dict[str, tuple[float, int]] = {}
    for term in terms:
        # Without deleted documents it may be held by fewer: then it may be rare enough.
        if snapshot.has_deleted or 1 < sum(segment.frequency(term) for segment in snapshot.segments) <= most:
            postings = [segment.postings(term) for segment in snapshot.segments]
            holding = _live(snapshot, postings)
            if 1 < holding <= most:
                weights[term] = postings[at].count(document) * rarity_of(holding, snapshot), holding
    best = sorted(weights, key=lambda term: (-weights[term][0], term))[:TELLING]
    rarest = sorted(best, key=lambda term: (weights[term][1], term))
    return {term: [segment.postings(term) for segment in snapshot.segments] for term in rarest}


def _live(snapshot: Snapshot, postings: list[Postings]) -> int:
    return sum((one.bits & live).bit_count() for one, live in zip(postings, snapshot.live, strict=True))
