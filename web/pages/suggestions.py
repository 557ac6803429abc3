"""Ways on from a search: terms that its words name, and where nothing was found, what would find something.

What is told of words comes from the public index alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice, product

from registry.domain import loosening, terms
from registry.domain.actor import ANONYMOUS
from registry.domain.facets import FACET_OF
from registry.domain.pages import RecordFilter
from registry.domain.query import parse, render
from registry.domain.query.fields import is_free
from registry.domain.search import FacetCount, FieldIs, Phrase, Query, SearchSort, Word
from registry.domain.words import words_in
from registry.service import find, taxonomies, widening
from registry.service import search as searching
from registry.service.search import SearchPage
from web.pages.search_facets import Choice, Say, chips, is_readable
from web.pages.search_state import SearchState
from web.pages.techniques import full_names, known_taxonomy
from web.site import Site

_MOST_SUGGESTIONS = 5
_MOST_TERMS = 4
_MOST_WORDS = 5
# How many words are looked up in the index, spellings of each are tried, ways to put them together, and told.
_MOST_RESPELT, _MOST_SPELLINGS, _MOST_TRIED, _MOST_TOLD = 6, 3, 6, 2
_SOME_SHOWN = 10
# Among so many names of a field, the most frequent, another spelling is looked for.
_MOST_NAMES = 2000
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEARS = re.compile(r"((?:19|20)[0-9]{2})(?:[-\u2013]|\.\.)((?:19|20)[0-9]{2})")
_PLAIN_WORD = re.compile(r'[^\s"()*:~-][^\s"()*:~]*')
_OPERATORS = frozenset({"OR", "AND", "NOT"})


@dataclass(frozen=True, slots=True)
class Some:
    """The best records that have some of the words, where few have all of them; ``href`` leads to all of these."""

    href: str
    found: SearchPage


def named_terms(site: Site, state: SearchState) -> tuple[Choice, ...]:
    """Terms whose names have all the words typed (or whose code was typed), those with most records first."""
    typed = state.typed.strip()
    wanted = _plain_words(typed)
    if not wanted or state.chosen or state.after:
        return ()
    if _YEAR.fullmatch(typed):
        count = find.count(site.registry, ANONYMOUS, RecordFilter(facets=(("year", typed),)))
        return (Choice(f"Events of {typed}", SearchState(chosen=(("year", typed),)).url, count),) if count else ()
    stems = _stems(" ".join(wanted))
    matching = [
        (name, href, facet, code)
        for name, href, facet, code in _terms(site)
        if code.casefold() == typed.casefold() or stems <= _stems(name)
    ]
    counted = [
        Choice(name, href, find.count(site.registry, ANONYMOUS, RecordFilter(facets=((facet, code),))))
        for name, href, facet, code in matching[: 3 * _MOST_TERMS]
    ]
    used = sorted((one for one in counted if one.count), key=lambda one: -(one.count or 0))
    return tuple(used[:_MOST_TERMS])


def corrected(site: Site, state: SearchState, counted: Mapping[str, tuple[FacetCount, ...]]) -> tuple[Choice, ...]:
    """The same search with a name, a time or words that no record has written otherwise, where that finds something.

    *counted* has the values of each facet beside what was asked of it.
    """
    query = parse(state.typed)
    named = (*_other_names(query, counted), *_times(query))
    return _told(site, state, named) or _other_words(site, state, query)


def _other_names(query: Query, counted: Mapping[str, tuple[FacetCount, ...]]) -> Iterator[Query]:
    for one in loosening.items_of(query):
        if isinstance(one, FieldIs) and is_free(one.field):
            used = (value.value for value in counted.get(one.field, ())[:_MOST_NAMES])
            for name in loosening.names_like(one.value, used)[:_MOST_TOLD]:
                yield loosening.replaced(query, one, FieldIs(one.field, name))


def _times(query: Query) -> Iterator[Query]:
    """Years from one to another, written as a word, as a time in which it happened."""
    for one in loosening.items_of(query):
        years = _YEARS.fullmatch(one.text) if isinstance(one, Word) else None
        if years and years[1] <= years[2]:
            yield loosening.replaced(query, one, parse(f"occurred:{years[1]}..{years[2]}"))


def _other_words(site: Site, state: SearchState, query: Query) -> tuple[Choice, ...]:
    spelt = {
        word: near
        for word in loosening.single_words(query)[:_MOST_RESPELT]
        if (near := searching.spellings(site.registry, ANONYMOUS, word, limit=_MOST_SPELLINGS))
    }
    if not spelt:
        return ()
    ways = islice(product(*spelt.values()), _MOST_TRIED)
    tried = [loosening.respelt(query, dict(zip(spelt, way, strict=True))) for way in ways]
    # Where no record has all of them, spelt as they may be, it is worth to look for some of them so spelt.
    loose = [one for one in map(loosening.any_word, tried[:1]) if one is not None]
    return _told(site, state, tried) or _told(site, state, loose)


def with_less(site: Site, state: SearchState, say: Say) -> tuple[Choice, ...]:
    """What would be found with one thing less."""
    return tuple(islice(_finding(site, islice(_fewer(state, say), 2 * _MOST_SUGGESTIONS)), _MOST_SUGGESTIONS))


def some_words(site: Site, state: SearchState) -> Some | None:
    """Records that have some of the words, the best first, all other conditions as they are; not what is found itself.

    ``None`` where several words are not wanted together, or no other record has any of them.
    """
    loose = widening.widened(site.registry, ANONYMOUS, state.typed)
    wider = _typing(state, loose) if loose else None
    if wider is None:
        return None
    wider = replace(wider, sort=SearchSort.RELEVANCE, view="list", all="")
    found = searching.search(site.registry, ANONYMOUS, wider.text, first=_SOME_SHOWN, facets=())
    return Some(wider.url, found) if found.total else None


def _told(site: Site, state: SearchState, queries: Iterable[Query]) -> tuple[Choice, ...]:
    typed = (one for one in (_typing(state, query) for query in queries) if one is not None)
    return tuple(islice(_finding(site, ((one.typed, one) for one in typed)), _MOST_TOLD))


def _fewer(state: SearchState, say: Say) -> Iterator[tuple[str, SearchState]]:
    for one, chip in zip(state.chosen, chips(state, say), strict=True):
        yield f"Without {chip.label}", state.dropping(*one)
    if state.typed and state.chosen:
        yield f"Without the words “{state.typed}”", state.typing("")
    less = list(loosening.with_one_less(parse(state.typed)))
    for condition, rest in less if len(less) > 1 else ():
        wider = _typing(state, rest)
        if wider is not None:
            yield f"Without {_quoted(condition)}", wider


def _finding(site: Site, searches: Iterator[tuple[str, SearchState]]) -> Iterator[Choice]:
    """Those of *searches* that find something."""
    for label, state in searches:
        total = searching.count(site.registry, ANONYMOUS, parse(state.text))
        if total:
            yield Choice(label, state.url, total)


def _typing(state: SearchState, query: Query) -> SearchState | None:
    """The search with *query* typed instead; ``None`` where that is too long."""
    typed = state.typing(render(query))
    return typed if is_readable(typed) else None


def _quoted(condition: Query) -> str:
    match condition:
        case Word(text):
            return f"“{text}”"
        case Phrase(words):
            return f"“{' '.join(words)}”"
        case _:
            return f"“{render(condition)}”"


def _plain_words(typed: str) -> list[str]:
    """The words of a query that is nothing but a few words; else none."""
    words = typed.split()
    is_plain = all(_PLAIN_WORD.fullmatch(word) and word not in _OPERATORS for word in words)
    return words if is_plain and len(words) <= _MOST_WORDS else []


def _terms(site: Site) -> Iterator[tuple[str, str, str, str]]:
    """Every term that records are counted by: its name, its page, its facet and its code."""
    for own in terms.ALL:
        facet = FACET_OF.get(own.name)
        if facet:
            yield from ((one.label, f"/taxonomies/{own.name}/{one.code}", facet, one.code) for one in own.terms)
    for namespace in taxonomies.namespaces(site.registry, ANONYMOUS):
        taxonomy = known_taxonomy(site, namespace)
        if taxonomy:
            for name, code in full_names(taxonomy):
                yield name, f"/taxonomies/{namespace}/{code}", "technique", code


@lru_cache(maxsize=8192)
def _stems(name: str) -> frozenset[str]:
    return frozenset(word.removesuffix("s") for word in words_in(name))
