"""Products, figures of books and other things whose names look like those of persons."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from importers.people.lists import NOT_PERSONS


def is_thing(words: Sequence[str]) -> bool:
    """Whether *words*, folded, begin with the name of a product, a figure of a book or the like."""
    whole = " ".join(words)
    return bool(words) and any(
        whole == one or whole.startswith(one + " ") for one in _by_first_word().get(words[0], ())
    )


@cache
def _by_first_word() -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for one in sorted(entry.strip() for entry in NOT_PERSONS):
        first = one.partition(" ")[0]
        found[first] = (*found.get(first, ()), one)
    return found
