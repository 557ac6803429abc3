"""One text, read by all the rules that hold for its sort.

The rules are hundreds of expressions and the libraries of others. Most commands read no text, so they are loaded with
the first one; what serves requests loads them before.
"""

from __future__ import annotations

from registry.domain.screening.finding import Code, Match, Sort

ALL = frozenset(Code)


def matches_in(
    text: str, sort: Sort = Sort.TEXT, *, public: bool = True, codes: frozenset[Code] = ALL
) -> tuple[Match, ...]:
    """The passages of *text* that a rule is about, in order; those of one code do not overlap.

    Args:
        public: whether it stands in a public part: only there operational detail is looked for.
        codes: what is looked for.
    """
    from registry.domain.screening.reading import read

    return read(text, sort, public=public, codes=codes)
