"""Ways from a query to others that may match more: any of its words, one condition less, its words spelt otherwise."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from registry.domain.search import All, AnyOf, Everything, Fuzzy, Phrase, Prefix, Query, Word
from registry.domain.words import is_near, words_in

_Words = Word | Phrase | Prefix | Fuzzy
_DIGITS = re.compile(r"[0-9]+")
# Shorter names are codes: other letters are another one.
_SHORTEST_NAME, _SHORTEST_BEGINNING = 4, 3


def any_word(query: Query) -> Query | None:
    """*query* with any of the words that it wants all of, its other conditions as they were.

    ``None`` where it does not want several words.
    """
    items = items_of(query)
    words = tuple(dict.fromkeys(item for item in items if isinstance(item, _Words)))
    if len(words) < 2:
        return None
    others = tuple(item for item in items if not isinstance(item, _Words))
    return All((AnyOf(words), *others)) if others else AnyOf(words)


def with_one_less(query: Query) -> Iterator[tuple[Query, Query]]:
    """Each of the conditions that must all hold, with the query that is without it."""
    items = items_of(query)
    for at, item in enumerate(items):
        kept = items[:at] + items[at + 1 :]
        yield item, All(kept) if len(kept) > 1 else kept[0] if kept else Everything()


def single_words(query: Query) -> tuple[str, ...]:
    """The words that a match may have to have, each once, as they were typed; not those of phrases."""
    match query:
        case Word(text) if len(words_in(text)) == 1:
            return (text,)
        case All(items) | AnyOf(items):
            return tuple(dict.fromkeys(word for item in items for word in single_words(item)))
        case _:
            return ()


def respelt(query: Query, spellings: Mapping[str, str]) -> Query:
    """*query* with each of ``single_words`` as *spellings* has it."""
    match query:
        case Word(text):
            return Word(spellings.get(text, text))
        case All(items):
            return All(tuple(respelt(item, spellings) for item in items))
        case AnyOf(items):
            return AnyOf(tuple(respelt(item, spellings) for item in items))
        case _:
            return query


def names_like(name: str, names: Iterable[str]) -> tuple[str, ...]:
    """Those of *names* that *name* may mean: of the same letters and digits, then nearly so, then those that begin so.

    Each sort in the order given; *name* itself, whatever its case, is none of them.
    """
    wanted = _bare(name)
    told = {one: _bare(one) for one in names if one.casefold() != name.casefold()}
    same = [one for one, bare in told.items() if wanted and bare == wanted]
    near = [one for one, bare in told.items() if bare != wanted and _is_misspelt(wanted, bare)]
    begun = [
        one
        for one, bare in told.items()
        if bare != wanted and len(wanted) >= _SHORTEST_BEGINNING and bare.startswith(wanted)
    ]
    return tuple(dict.fromkeys((*same, *near, *begun)))


def _is_misspelt(name: str, other: str) -> bool:
    return len(name) >= _SHORTEST_NAME and _DIGITS.findall(name) == _DIGITS.findall(other) and is_near(name, other)


def _bare(name: str) -> str:
    return "".join(words_in(name))


def replaced(query: Query, condition: Query, other: Query) -> Query:
    """*query* with *other* for *condition*, one of those that must all hold."""
    items = tuple(other if one == condition else one for one in items_of(query))
    return All(items) if len(items) > 1 else items[0]


def items_of(query: Query) -> tuple[Query, ...]:
    """The conditions that must all hold; none of everything."""
    if isinstance(query, Everything):
        return ()
    return query.items if isinstance(query, All) else (query,)
