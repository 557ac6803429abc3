"""The texts that share the most telling words with another."""

from __future__ import annotations

import tantivy
from tantivy import Occur

from registry.domain.record import RecordUid
from registry.domain.search import Alike
from registry.search import analysis
from registry.search.tantivy.engine import SCHEMA
from registry.search.tantivy.fields import body, unpacked
from registry.search.tantivy.matching import Matching, any_of
from registry.search.tantivy.pages import best
from registry.search.tantivy.scoring import Judge
from registry.search.tantivy.snapshot import Snapshot
from registry.search.wording import FEW, SHARE, TELLING


def like(snapshot: Snapshot, uid: RecordUid, limit: int) -> tuple[Alike, ...]:
    """See ``ports.SearchIndex``: BM25 of any of the record's most telling terms, over all other records."""
    itself = tantivy.Query.term_query(SCHEMA, "uid", uid, "basic")
    hits, _ = snapshot.found(itself, 1)
    if not hits:
        return ()
    source = snapshot.source(hits[0][1])
    document, text = unpacked(source)[1], body(source)
    spans = list(analysis.spans(text))
    spelled = {term: text[begin:end].lower() for begin, end, term in reversed(spans)}
    counts = analysis.of_document(document).counts
    holding = {term: snapshot.holding(term) for term in spelled}
    matching = Matching(snapshot)
    most = max(FEW, snapshot.count // SHARE)
    weights = {term: counts[term] * matching.rarity(held) for term, held in holding.items() if 2 <= held <= most}
    telling = sorted(weights, key=lambda term: (-weights[term], term))[:TELLING]
    if not telling:
        return ()
    rarest = sorted(telling, key=lambda term: (holding[term], term))
    judge = Judge(snapshot, [matching.term(term) for term in rarest])
    others = tantivy.Query.boolean_query(
        [(Occur.Must, any_of(leaf.weighed for leaf in judge.leaves)), (Occur.MustNot, itself)]
    )
    places, _ = best(snapshot, others, judge, limit)
    lengths = snapshot.column("length", [place.address for place in places])
    found = []
    for place, length in zip(places, lengths, strict=True):
        shares = judge.shares(place.address, length)
        shared = tuple(spelled[term] for term, share in zip(rarest, shares, strict=True) if share)
        found.append(Alike(place.uid, place.score, shared))
    return tuple(found)
