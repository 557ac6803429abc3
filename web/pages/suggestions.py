"""Ways on from a search: terms that its words name, and where nothing was found, what would find something."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator

from registry.domain import terms
from registry.domain.actor import ANONYMOUS
from registry.domain.facets import FACET_OF, title_of
from registry.domain.pages import MAX_PAGE, PageRequest, RecordFilter
from registry.domain.words import words_in
from registry.service import find, taxonomies
from registry.service import search as searching
from web.pages.search_facets import Choice, Say, chips
from web.pages.search_state import SearchState
from web.pages.techniques import full_name, known_taxonomy
from web.site import Site

_MOST_SUGGESTIONS = 5
_MOST_TERMS = 4
_MOST_WORDS = 5
_YEAR = re.compile(r"(?:19|20)\d\d")
_PLAIN_WORD = re.compile(r'[^\s"()*:~-][^\s"()*:~]*')
_OPERATORS = frozenset({"OR", "AND", "NOT"})
_LIKENESS = 0.72


def named_terms(site: Site, state: SearchState) -> tuple[Choice, ...]:
    """Terms whose names have all the words typed (or whose code was typed), those with most records first."""
    typed = state.typed.strip()
    wanted = _plain_words(typed)
    if not wanted or state.chosen or state.after:
        return ()
    if _YEAR.fullmatch(typed):
        count = find.count(site.registry, ANONYMOUS, RecordFilter(facets=(("year", typed),)))
        return (Choice(f"Events of {typed}", SearchState(chosen=(("year", typed),)).url, count),) if count else ()
    stems = {_singular(word) for one in wanted for word in words_in(one)}
    matching = [
        (name, href, facet, code)
        for name, href, facet, code in _terms(site)
        if code.casefold() == typed.casefold() or stems <= {_singular(word) for word in words_in(name)}
    ]
    counted = [
        Choice(name, href, find.count(site.registry, ANONYMOUS, RecordFilter(facets=((facet, code),))))
        for name, href, facet, code in matching[: 3 * _MOST_TERMS]
    ]
    used = sorted((one for one in counted if one.count), key=lambda one: -(one.count or 0))
    return tuple(used[:_MOST_TERMS])


def corrected(site: Site, state: SearchState) -> Choice | None:
    """The same words as the registry spells them, if that finds something."""
    typed = _plain_words(state.typed)
    if not typed:
        return None
    known = _spellings(site)
    mended = [_nearest(word, known) for word in typed]
    if mended == typed:
        return None
    state = state.typing(" ".join(mended))
    return Choice(state.typed, state.url, total) if (total := _total(site, state)) else None


def with_less(site: Site, state: SearchState, say: Say) -> tuple[Choice, ...]:
    """What would be found with one thing less."""
    found = []
    for label, fewer in list(_fewer(state, say))[: 2 * _MOST_SUGGESTIONS]:
        total = _total(site, fewer)
        if total:
            found.append(Choice(label, fewer.url, total))
    return tuple(found[:_MOST_SUGGESTIONS])


def _fewer(state: SearchState, say: Say) -> Iterator[tuple[str, SearchState]]:
    for one, chip in zip(state.chosen, chips(state, say), strict=True):
        yield f"Without {chip.label}", state.dropping(*one)
    if state.typed and state.chosen:
        yield f"Without the words “{state.typed}”", state.typing("")
    typed = _plain_words(state.typed)
    if len(typed) > 1:
        yield "Any of the words", state.typing(" OR ".join(typed))
        for at, word in enumerate(typed):
            yield f"Without “{word}”", state.typing(" ".join([*typed[:at], *typed[at + 1 :]]))


def _total(site: Site, state: SearchState) -> int:
    return searching.search(site.registry, ANONYMOUS, state.text, first=1, facets=()).total


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
            for one in taxonomy.terms:
                yield full_name(taxonomy, one), f"/taxonomies/{namespace}/{one.code}", "technique", one.code


def _spellings(site: Site) -> set[str]:
    """Words of titles and of terms. The index is not asked: what it knows is not told word by word."""
    found = {word for name, *_ in _terms(site) for word in words_in(name)}
    newest = find.page(site.registry, ANONYMOUS, RecordFilter(), request=PageRequest(MAX_PAGE))
    for record in newest.items:
        if record.head.public is not None:
            found.update(words_in(title_of(record.kind, record.head.public.document)))
    return found


def _nearest(word: str, known: set[str]) -> str:
    plain = word.lower()
    if plain in known:
        return word
    nearest = difflib.get_close_matches(plain[:64], sorted(known), n=1, cutoff=_LIKENESS)
    return nearest[0] if nearest else word


def _singular(word: str) -> str:
    return word.removesuffix("s")
