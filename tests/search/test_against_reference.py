"""Random records, changed at random, and random queries: every engine answers what looking at each record gives."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta

import pytest

from registry.domain.choices import chosen, without
from registry.domain.record import RecordUid
from registry.domain.search import (
    All,
    AnyOf,
    DateRange,
    Everything,
    FieldIs,
    Fuzzy,
    Hit,
    IndexEntry,
    Not,
    Phrase,
    Prefix,
    Query,
    SearchRequest,
    SearchSort,
    SeverityRange,
    TableRequest,
    Word,
)
from registry.ports import SearchIndex
from tests.search import corpus
from tests.search.reference import Reference, both

_FIELDS = ("kind", "severity", "provider", "country", "misuse", "year")
_AXES = (*_FIELDS, "month", "quarter")
_BY_COLUMN = (SearchSort.PUBLISHED, SearchSort.OCCURRED, SearchSort.SEVERITY)
_RECORDS = 40


class Chance:
    """Random queries and changes from a seed."""

    def __init__(self, seed: int) -> None:
        self.of = random.Random(seed)
        self._known = corpus.words(120)
        self._pool = corpus.documents(200, seed=seed, length=14, vocabulary=120)

    def changes(self) -> list[IndexEntry]:
        """Records that are new, changed, hidden, withdrawn or erased."""
        return [self._change() for _ in range(self.of.randrange(1, 18))]

    def _change(self) -> IndexEntry:
        uid, document = corpus.uid(self.of.randrange(_RECORDS)), self.of.choice(self._pool)
        document = replace(document, number=f"LOCAL-{uid[-12:]}")
        kind = self.of.choices(("public", "hidden", "erased", "redacted"), (8, 2, 1, 1))[0]
        hidden = document if kind == "hidden" else None
        return IndexEntry(uid, document if kind in {"public", "redacted"} else None, hidden, forget=kind == "redacted")

    def query(self, depth: int = 3) -> Query:
        """A tree; text and filters stand side by side in it."""
        if depth and self.of.random() < 0.4:
            return self._tree(depth - 1)
        make = self.of.choice((self._field, self._word, self._word, self._ends, self._range, self._misuses))
        return make()

    def _tree(self, depth: int) -> Query:
        items = tuple(self.query(depth) for _ in range(self.of.randrange(1, 4)))
        either = AnyOf((self._word(), self._field()))
        return self.of.choice((Not(items[0]), All(items), AnyOf(items), either, All((*items, self._misuses()))))

    def _word(self) -> Query:
        words = self._known[: self.of.choice((6, 40, 120))]
        return self.of.choice((Word(self.of.choice(words)), Phrase(tuple(self.of.choices(self._known[:4], k=2)))))

    def _ends(self) -> Query:
        word = self.of.choice([word for word in self._known if len(word) > 3])
        return self.of.choice((Prefix(word[: self.of.choice((3, 4))]), Fuzzy(word)))

    def _range(self) -> Query:
        low = self.of.randrange(6)
        # Days on which something occurred, so that the ends matter.
        days = sorted(one.occurred_on or date(2024, 6, 1) for one in self.of.sample(self._pool, 2))
        start, end = (day + timedelta(days=self.of.randrange(2)) if self.of.random() < 0.8 else None for day in days)
        return self.of.choice((SeverityRange(low, self.of.randrange(low, 6)), DateRange(start, end)))

    def _misuses(self) -> Query:
        return AnyOf(tuple(FieldIs("misuse", self.of.choice(corpus.MISUSES)) for _ in range(2)))

    def _field(self) -> Query:
        field = self.of.choice(("provider", "country", "misuse", "kind", "number"))
        values = {
            "provider": corpus.PROVIDERS,
            "country": corpus.COUNTRIES,
            "misuse": corpus.MISUSES,
            "kind": ("incident", "LESSON"),
            "number": (f"local-{corpus.uid(self.of.randrange(_RECORDS))[-12:]}",),
        }[field]
        return FieldIs(field, self.of.choice(values))


@pytest.mark.parametrize("seed", range(3))
def test_an_index_answers_what_looking_at_every_record_gives(search_index: SearchIndex, seed: int) -> None:
    chance = Chance(seed)
    public, restricted = Reference(), Reference(is_bounded=False)
    latest: dict[RecordUid, IndexEntry] = {}
    for step in range(5):
        changes = chance.changes()
        both(changes, public, restricted)
        latest |= {entry.uid: replace(entry, forget=False) for entry in changes}
        if step == 3:
            search_index.rebuild(iter(latest.values()), position=step)
        else:
            search_index.apply(changes, position=step)

        for query in (Everything(), *(chance.query() for _ in range(14))):
            _check_matches(search_index, query, public, restricted)
            _check_order(search_index, query, public, chance)
            _check_facets(search_index, query, public)
            _check_table(search_index, query, public, chance)
        _check_words(search_index, public, chance)


def _check_matches(index: SearchIndex, query: Query, public: Reference, restricted: Reference) -> None:
    result = index.search(SearchRequest(query, limit=100, histogram=True, snippets=False))

    assert (public.matches(query), len(public.matches(query))) == ({hit.uid for hit in result.hits}, result.total), (
        query
    )
    assert restricted.matches(query) == set(index.hidden_matches(query, limit=1000)), query
    for hit in result.hits:
        assert abs(public.score(query, hit.uid) - hit.score) < 1e-5, query
    months = public.counted(public.matches(query), "month")
    assert sorted(months.items()) == [(bucket.month, bucket.count) for bucket in result.histogram], query
    assert result.undated == result.total - months.total()


def _check_order(index: SearchIndex, query: Query, public: Reference, chance: Chance) -> None:
    for sort in _BY_COLUMN:
        assert public.uids(query, sort) == list(index.uids(query, sort)), (query, sort)
    sort, limit = chance.of.choice(list(SearchSort)), chance.of.randrange(3, 9)
    walked: list[Hit] = []
    position, more = None, True
    while more:
        page = index.search(SearchRequest(query, sort=sort, limit=limit, position=position, snippets=False))
        walked += page.hits
        more, position = page.has_next, page.hits[-1].position if page.hits else None
    assert list(index.uids(query, sort)) == [hit.uid for hit in walked], (query, sort)
    keys = [(hit.position[0], hit.uid) for hit in walked]
    assert sorted(keys, reverse=True) == keys
    if sort is SearchSort.RELEVANCE:
        assert [hit.score for hit in walked] == [hit.position[0] for hit in walked]


def _check_facets(index: SearchIndex, query: Query, public: Reference) -> None:
    result = index.search(SearchRequest(query, facets=_FIELDS, snippets=False))
    matched = public.matches(query)
    for field in _FIELDS:
        around = public.matches(without(query, field)) if field in chosen(query) else matched
        counts, adds = public.counted(around, field), public.counted(around - matched, field)
        shown = public.spelled(around, field)
        expected = [
            (shown[value], counts[value], adds[value])
            for value in sorted(counts, key=lambda value: (-counts[value], value))
        ]
        assert expected == [(one.value, one.count, one.adds) for one in result.facets[field]], (query, field)


def _check_table(index: SearchIndex, query: Query, public: Reference, chance: Chance) -> None:
    rows, columns = chance.of.sample(_AXES, 2)
    request = TableRequest(query, rows, chance.of.choice((columns, None)), "duration")

    table = index.table(request)

    matched = public.matches(query)
    assert public.cells(matched, rows, request.columns, "duration") == {
        (_folded(rows, row), _folded(request.columns, column)): (cell.count, cell.median, cell.measured)
        for (row, column), cell in table.cells.items()
    }, request
    assert len(matched) == table.total


def _folded(axis: str | None, value: str) -> str:
    return value if axis == "quarter" else value.casefold()


def _check_words(index: SearchIndex, public: Reference, chance: Chance) -> None:
    for word in chance.of.sample(corpus.words(120), 3):
        assert public.near(word) == set(index.near(word, limit=1000))
    uids = sorted(public.known)
    for uid in chance.of.sample(uids, min(2, len(uids))):
        alike = index.like(uid, limit=100)
        assert uid not in {one.uid for one in alike}
        for one in alike:
            assert set(one.words) <= public.known[one.uid].words | public.known[uid].words
            assert one.words
