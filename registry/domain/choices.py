"""What a query chooses of each field: its top-level conditions on it, which a facet of that field is counted without.

A condition chooses where it is ``FieldIs``, or one level of severity, or any of several of these of one field, and is
either the whole query or one of the items that all must match.
"""

from __future__ import annotations

from registry.domain.search import All, AnyOf, Everything, FieldIs, Query, SeverityRange


def chosen(query: Query) -> dict[str, tuple[str, ...]]:
    """By field, the values that *query* chooses, as they are written."""
    found: dict[str, tuple[str, ...]] = {}
    for item in _items(query):
        field = _field_of(item)
        if field is not None:
            found[field] = (*found.get(field, ()), *_values(item))
    return found


def without(query: Query, field: str) -> Query:
    """*query* without what it chooses of *field*."""
    items = _items(query)
    kept = tuple(item for item in items if _field_of(item) != field)
    if len(kept) == len(items):
        return query
    return All(kept) if len(kept) > 1 else kept[0] if kept else Everything()


def _items(query: Query) -> tuple[Query, ...]:
    return query.items if isinstance(query, All) else (query,)


def _field_of(condition: Query) -> str | None:
    """The one field that *condition* is about; ``None`` where it is of another kind."""
    match condition:
        case FieldIs(field, _):
            return field
        case SeverityRange(low, high) if low == high:
            return "severity"
        case AnyOf(items):
            fields = {_field_of(item) if isinstance(item, FieldIs | SeverityRange) else None for item in items}
            return fields.pop() if len(fields) == 1 else None
        case _:
            return None


def _values(condition: Query) -> tuple[str, ...]:
    items = condition.items if isinstance(condition, AnyOf) else (condition,)
    return tuple(
        item.value if isinstance(item, FieldIs) else str(item.low)
        for item in items
        if isinstance(item, FieldIs | SeverityRange)
    )
