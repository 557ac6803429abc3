"""What is judged: of each query the best records of systems that differ, mixed, so that none shows where it is from."""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, zip_longest
from pathlib import Path

from registry.ports import SearchIndex
from tests.benchmarks.relevance.queries import Judged
from tests.benchmarks.relevance.records import Known
from tests.benchmarks.relevance.systems import System, any_word, asked, sqlite_fts, title_overlap

MOST = 45
_DEPTH = 20
# Of the need in other words; what the text itself finds goes first.
_DEPTH_ALSO = 10
_SHOWN = 300


def write_pools(
    queries: Iterable[Judged], known: Sequence[Known], indexes: Mapping[str, SearchIndex], out: Path
) -> int:
    """Write ``pool-<query id>.json`` for each query into *out*; returns how many candidates there are in all."""
    out.mkdir(parents=True, exist_ok=True)
    documents = {one.name: one for one in known}
    total = 0
    with sqlite_fts(known) as full_text:
        typed = {name: asked(index, known) for name, index in indexes.items()}
        worded = {**full_text, "title": title_overlap(known)}
        worded |= {f"{name} any word": any_word(index, known) for name, index in indexes.items()}
        for query in queries:
            found = pooled(query, typed, worded)
            rows = [candidate(documents[name]) for name in found]
            head = {"id": query.id, "query": query.text, "need": query.need}
            lines = ",\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
            opening = json.dumps(head, ensure_ascii=False)[:-1]
            text = f'{opening}, "candidates": [\n{lines}\n]}}\n'
            (out / f"pool-{query.id}.json").write_text(text, encoding="utf-8")
            total += len(rows)
    return total


def pooled(query: Judged, typed: Mapping[str, System], worded: Mapping[str, System]) -> list[str]:
    """The names of at most ``MOST`` records, in an order that tells nothing and is always the same.

    Args:
        typed: systems that know the language of queries.
        worded: those that know only words, which are rightly spelled.
    """
    own = [rank(query.text, _DEPTH) for rank in typed.values()]
    own += [rank(query.plain, _DEPTH) for rank in worded.values()]
    others = [worded["fts5 any word"](text, _DEPTH_ALSO) for text in query.also]
    names = list(dict.fromkeys(in_turns([*own, *others])))[:MOST]
    random.Random(query.id).shuffle(names)
    return names


def in_turns(lists: Sequence[Sequence[str]]) -> list[str]:
    """The first of each list, then the second of each, and so on."""
    return [name for name in chain.from_iterable(zip_longest(*lists)) if name is not None]


def candidate(known: Known) -> dict[str, str]:
    """What a judge sees of a record: its name, its title and how its text begins."""
    document = known.document
    passages = [passage.removeprefix(document.title).lstrip(". ") for passage in document.text.split("\n\n")]
    text = " ".join(" ".join(filter(None, passages)).split())
    shown = text if len(text) <= _SHOWN else text[:_SHOWN].rsplit(" ", 1)[0] + " …"
    return {"record": known.name, "title": document.title, "text": shown}
