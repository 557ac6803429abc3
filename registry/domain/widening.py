"""From a query to the records that come behind its matches: any of its words, and those written together or apart."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import islice, pairwise

from registry.domain.loosening import any_word, items_of
from registry.domain.search import All, AnyOf, Fuzzy, Not, Phrase, Prefix, Query, Word
from registry.domain.words import words_in

# Fewer matches than these are followed by those of the wider query.
FEW = 10
# So many words, of such lengths, are looked up in two parts, none of which is shorter than the last number.
_MOST_WORDS = 6
_LENGTHS = range(6, 21)
_SHORTEST_PART = 3

Count = Callable[[Query], int]


def widened(query: Query, count: Count) -> Query | None:
    """What has any of the words of *query*, its other conditions as they were; its own matches are left out.

    A word counts too where it is written in two (``jail break``), and two where they are written as one, if *count*,
    which tells how many records match, finds it so. ``None`` where *query* does not want several words.
    """
    loose = any_word(query)
    if loose is None:
        return None
    items = items_of(query)
    words = tuple(item for item in items if isinstance(item, (Word, Phrase, Prefix, Fuzzy)))
    others = tuple(item for item in items if item not in words)
    either = AnyOf(tuple(dict.fromkeys((*words, *_compounds(items, count)))))
    # The text of a query stays short where there is nothing to be left out.
    matched = (Not(All(words)),) if count(query) else ()
    return All((either, *others, *matched)) if others or matched else either


def _compounds(items: tuple[Query, ...], count: Count) -> Iterator[Query]:
    singles = [_single(item) for item in items]
    for one, other in islice(pairwise(singles), _MOST_WORDS):
        if one and other and count(together := Word(one + other)):
            yield together
    for word in islice(filter(None, singles), _MOST_WORDS):
        if len(word) in _LENGTHS:
            held = {apart: count(apart) for apart in _in_two(word)}
            apart = max(held, key=lambda one: held[one])
            if held[apart]:
                yield apart


def _single(item: Query) -> str | None:
    """The word, folded, of a condition that is a single one."""
    found = words_in(item.text) if isinstance(item, Word) else []
    return found[0] if len(found) == 1 else None


def _in_two(word: str) -> Iterator[Phrase]:
    for at in range(_SHORTEST_PART, len(word) - _SHORTEST_PART + 1):
        yield Phrase((word[:at], word[at:]))
