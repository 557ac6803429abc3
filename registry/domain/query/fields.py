"""The fields of the query language."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import partial

from registry.domain.facets import CHOICES_OF, FACETS, TERMS_OF
from registry.domain.query import values
from registry.domain.query.faults import Fault
from registry.domain.query.tokens import OPERATORS, Token, single_spaced
from registry.domain.search import DateOf, FieldIs, Query
from registry.domain.search_fields import INDEX_ONLY, VALUES_OF
from registry.domain.vocabulary import Kind

_DATES: dict[str, tuple[DateOf, values.Form]] = {
    "occurred": (DateOf.OCCURRED, "during"),
    "after": (DateOf.OCCURRED, "after"),
    "before": (DateOf.OCCURRED, "before"),
    "published": (DateOf.PUBLISHED, "during"),
    "published_after": (DateOf.PUBLISHED, "after"),
    "published_before": (DateOf.PUBLISHED, "before"),
}
_CHOICES = {**CHOICES_OF, **VALUES_OF, "kind": tuple(map(str, Kind))}
# How the values of a field are read; those of the others are free.
_READERS: dict[str, Callable[[values.Asked], Query]] = {
    **{field: partial(values.dates, of=of, form=form) for field, (of, form) in _DATES.items()},
    **{field: partial(values.choice, choices=choices) for field, choices in _CHOICES.items()},
    **dict.fromkeys(TERMS_OF, values.term),
    "severity": values.severity,
    "technique": values.technique,
    "country": values.country,
    "lifecycle": values.stage,
    "year": values.year,
}
# From how many letters the beginning of a field is taken for it.
_BEGUN = 3
_PLAIN_WITHIN = re.compile(r"\w[\w./+&@-]*")
FIELDS: tuple[str, ...] = tuple(sorted({"kind", "number", *FACETS, *INDEX_ONLY, "severity", *_DATES}))
# What else people call them.
_CALLED = {
    "license": "licence",
    "organisation": "owner",
    "organization": "owner",
    "vendor": "provider",
    "developer": "provider",
    "misuse_category": "misuse",
    "harm_type": "harm",
    "company": "provider",
    "type": "kind",
    "category": "misuse",
    "date": "occurred",
    "since": "after",
    "from": "after",
    "alias": "id",
    "lang": "language",
}


def fields() -> tuple[str, ...]:
    """Every field a query may name, sorted."""
    return FIELDS


def field_named(name: str) -> str | None:
    """The field that is called *name*."""
    return name if name in FIELDS else _CALLED.get(name)


def is_free(field: str) -> bool:
    """Whether any text is a value of *field*, so that one which nobody uses may be another spelling of one that is."""
    return field in FIELDS and field not in _READERS


def read_field(token: Token) -> Query:
    """What ``field:value`` means.

    Raises:
        Fault: the field is unknown or the value is not one of its values.
    """
    field = field_named(token.field)
    if field is None:
        raise unknown_field(token)
    value = single_spaced(token.text)
    if not value:
        raise Fault(f"a value is missing after {field}:", token.begin, token.end, instead=" ")
    asked = values.Asked(field, value, token)
    if not token.quoted and ("*" in value or value.endswith("~")):
        bare = value.replace("*", "").rstrip("~")
        raise asked.fault("values of fields are matched whole, without * and ~", near=bare or None)
    return _READERS[field](asked) if field in _READERS else FieldIs(field, value)


def unknown_field(token: Token) -> Fault:
    """Told of a field that does not exist, with the one that is meant, if it is near."""
    names = (*FIELDS, *_CALLED)
    begun = [name for name in names if name.startswith(token.field) and len(token.field) >= _BEGUN]
    near = begun or difflib.get_close_matches(token.field[:40], names, n=1)
    message = "there is no such field"
    whole = "(" if token.opens else f'"{token.text}"' if token.quoted else token.text
    if near and whole:
        return Fault(message, token.begin, token.end, instead=f"{field_named(near[0])}:{whole}")
    return Fault(f"{message}; the fields are {', '.join(FIELDS)}", token.begin, token.end, instead=f" {whole} ")


def written(item: FieldIs) -> str:
    """*item* as it is read back."""
    return f"{item.field}:{_value(item, within=False)}"


def written_within(item: FieldIs) -> str:
    """The value of *item* as it is read back among the values of its field."""
    return _value(item, within=True)


def _value(item: FieldIs, *, within: bool) -> str:
    """Its value, in quotation marks only where it needs them."""
    is_plain = _PLAIN_WITHIN.fullmatch(item.value) and item.value not in OPERATORS if within else True
    token = Token.of_field(item.field, item.value) if is_plain else None
    try:
        is_bare = token is not None and read_field(token) == item
    except Fault:
        is_bare = False
    return item.value if is_bare else f'"{item.value}"'
