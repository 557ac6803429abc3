"""In which order matches stand where a search says nothing that would make one better than another."""

from __future__ import annotations

from registry.domain.search import All, AnyOf, Fuzzy, Not, Phrase, Prefix, Query, SearchSort, Word


def order_of(query: Query, sort: SearchSort) -> SearchSort:
    """The order that *sort* comes to: without words no match is better than another, and the newest stand first."""
    return SearchSort.PUBLISHED if sort is SearchSort.RELEVANCE and not has_words(query) else sort


def has_words(query: Query) -> bool:
    """Whether *query* asks for anything that stands in the text."""
    match query:
        case Word() | Phrase() | Prefix() | Fuzzy():
            return True
        case All(items) | AnyOf(items):
            return any(has_words(item) for item in items)
        case Not(item):
            return has_words(item)
        case _:
            return False
