"""Words of the texts themselves: those near to a misspelt one, and the texts that share the most telling ones."""

from __future__ import annotations

from collections import Counter
from heapq import nlargest

from rapidfuzz.distance import OSA

from registry.domain import words
from registry.domain.record import RecordUid
from registry.domain.search import Alike
from registry.search import analysis
from registry.search.matching import Matching
from registry.search.snapshot import Snapshot

# Of a record's terms, how many are asked for; a term in more than a fifth of all records, if these are more than ten,
# tells nothing.
TELLING = 25
SHARE = 5
FEW = 10


def near(snapshot: Snapshot, word: str, limit: int) -> tuple[str, ...]:
    """See ``ports.SearchIndex``."""
    asked = words.folded(word)
    holding: Counter[str] = Counter()
    for segment, live in zip(snapshot.segments, snapshot.live, strict=True):
        for document in live:
            holding.update(set(words.words_in(segment.body(document))))
    found = [one for one in holding if one != asked and words.is_near(asked, one)]
    return tuple(sorted(found, key=lambda one: (OSA.distance(asked, one), -holding[one], one))[:limit])


def like(snapshot: Snapshot, uid: RecordUid, limit: int) -> tuple[Alike, ...]:
    """See ``ports.SearchIndex``: BM25 of any of the record's most telling terms, over all other records."""
    matching = Matching(snapshot)
    itself = _find(snapshot, uid)
    if itself is None:
        return ()
    at, document = itself
    text = snapshot.segments[at].body(document)
    spelled = {term: text[begin:end].lower() for begin, end, term in reversed(list(analysis.spans(text)))}
    holding: dict[str, int] = {}
    weights: dict[str, float] = {}
    for term in spelled:
        counts = matching.term_counts(term)
        holding[term] = sum(len(one) for one in counts)
        if 2 <= holding[term] <= max(FEW, snapshot.count // SHARE):
            weights[term] = counts[at].get(document, 0.0) * matching.rarity(holding[term])
    telling = sorted(weights, key=lambda term: (-weights[term], term))[:TELLING]
    scores = [dict.fromkeys(live, 0.0) for live in snapshot.live]
    shared: dict[tuple[int, int], list[str]] = {}
    for term in sorted(telling, key=lambda term: (holding[term], term)):
        counts = matching.term_counts(term)
        matching.add(scores, counts, matching.rarity(holding[term]))
        for where, of_segment in enumerate(counts):
            for other in of_segment:
                shared.setdefault((where, other), []).append(spelled[term])
    shared.pop(itself, None)
    ranked = nlargest(
        limit, ((round(scores[at][one], 6), snapshot.segments[at].columns.uids[one], at, one) for at, one in shared)
    )
    return tuple(Alike(RecordUid(other), score, tuple(shared[at, one])) for score, other, at, one in ranked)


def _find(snapshot: Snapshot, uid: RecordUid) -> tuple[int, int] | None:
    for at, (segment, live) in enumerate(zip(snapshot.segments, snapshot.live, strict=True)):
        for document in live:
            if segment.columns.uids[document] == uid:
                return at, document
    return None
