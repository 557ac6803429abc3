"""Which records of a list: the filter input, made from the facets."""

from __future__ import annotations

from datetime import date
from typing import Any

from registry.domain.errors import InvalidInput, Problem
from registry.domain.facets import FACETS
from registry.domain.pages import RecordFilter
from registry.domain.record import OrganisationId, State
from registry.domain.vocabulary import Kind
from registry.service import accounts
from schema.context import Context
from schema.inputs import given, make_input

MAX_VALUES = 20
MAX_LENGTH = 120

_FIELDS: dict[str, tuple[Any, str]] = {
    "states": (list[State], "Where it is in its life; strangers see published records only."),
    "mine": (bool, "Only those of your organisation, in whatever state."),
    "owner": (str, "Slug of the organisation it belongs to."),
    "severity_at_least": (int, "Smallest overall severity, 0 to 5."),
    "occurred_from": (date, "Occurred on or after this day."),
    "occurred_before": (date, "Occurred before this day."),
} | {facet: (list[str], f"Any of these values of the facet {facet}.") for facet in FACETS}

RecordFilterInput: Any = make_input("RecordFilterInput", "Which records; all that is said must hold.", _FIELDS)


def read_filter(context: Context, said: Any, kinds: tuple[Kind, ...]) -> RecordFilter:
    """The filter that an input says, for records of *kinds*, or of every kind if there are none.

    Raises:
        InvalidInput: a list is too long, or a value; or the viewer's own records are asked for, and there is no
            organisation whose they would be.
        NotFound: no such organisation.
    """
    if not given(said):
        return RecordFilter(kinds=kinds)
    facets = [(facet, value) for facet in FACETS for value in given(getattr(said, facet)) or ()]
    _bound(said)
    return RecordFilter(
        kinds=kinds,
        states=tuple(given(said.states) or ()),
        owner=_owner(context, said),
        facets=tuple(facets),
        severity_at_least=given(said.severity_at_least),
        occurred_from=given(said.occurred_from),
        occurred_before=given(said.occurred_before),
    )


def _owner(context: Context, said: Any) -> OrganisationId | None:
    slug = given(said.owner)
    if not given(said.mine):
        return None if slug is None else accounts.organisation(context.registry, context.actor, slug).id
    if slug is not None:
        raise InvalidInput([Problem(("filter", "mine"), "NOT_ALLOWED", "say either mine or owner")])
    if context.actor.organisation is None:
        raise InvalidInput([Problem(("filter", "mine"), "NOT_ALLOWED", "you act for no organisation: send a key")])
    return context.actor.organisation


def _bound(said: Any) -> None:
    problems = []
    for name in ("states", *FACETS):
        values = given(getattr(said, name)) or ()
        if len(values) > MAX_VALUES:
            problems.append(Problem(("filter", name), "TOO_MANY", f"at most {MAX_VALUES} values are allowed"))
        if any(len(value) > MAX_LENGTH for value in values):
            problems.append(Problem(("filter", name), "TOO_LONG", f"at most {MAX_LENGTH} characters are allowed"))
    if problems:
        raise InvalidInput(problems)
