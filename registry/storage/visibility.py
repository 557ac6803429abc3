"""Who may see which rows of ``records``, as SQL: the one place where a ``Visibility`` becomes a condition."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Case, ColumnElement, FromClause, case, false, or_, true
from sqlalchemy.sql.elements import KeyedColumnElement

from registry.domain.policy import Visibility
from registry.domain.record import OrganisationId
from registry.storage.prepared import named
from registry.storage.tables import RECORDS

_VIEWER = "viewer"
_SOMEBODY = OrganisationId("viewer")


def form_of(visible: Visibility) -> Visibility:
    """What of *visible* is in the words of a statement: there are three, whoever the viewer is."""
    if visible.everything:
        return Visibility(everything=True)
    return visible if visible.organisation is None else Visibility(organisation=_SOMEBODY)


def viewer(visible: Visibility) -> dict[str, Any]:
    """The parameter that statements with conditions from here need."""
    return {_VIEWER: visible.organisation}


def admitted(visible: Visibility) -> ColumnElement[bool]:
    """Records the viewer may know of, tombstones included; the same as ``Visibility.admits``."""
    return _among(visible, RECORDS, "is_public", "was_public")


def listed(visible: Visibility, records: FromClause = RECORDS) -> ColumnElement[bool]:
    """Records the viewer finds in lists: tombstones only if they are the viewer's own."""
    return _among(visible, records, "is_public")


def unpublished_work(visible: Visibility) -> ColumnElement[bool]:
    """Records whose work under review the viewer may know of."""
    return _among(visible, RECORDS)


def changed_at(visible: Visibility) -> KeyedColumnElement[Any] | Case[Any]:
    """When a record changed, as far as the viewer may know: strangers know of publications only."""
    if visible.everything:
        return RECORDS.c.changed_at
    if visible.organisation is None:
        return RECORDS.c.head_published_at
    own = RECORDS.c.owner == named(_VIEWER, RECORDS.c.owner.type)
    return case((own, RECORDS.c.changed_at), else_=RECORDS.c.head_published_at)


def _among(visible: Visibility, records: FromClause, *open_to_all: str) -> ColumnElement[bool]:
    """Rows with one of these columns set, and the viewer's own.

    The viewer's own are joined in by CASE and not by OR: for an OR of two indexed columns SQLite reads all
    visible rows and sorts them, instead of going along the order until the page is full.
    """
    if visible.everything:
        return true()
    ways: list[ColumnElement[bool]] = [records.c[column] for column in open_to_all]
    if visible.organisation is None:
        return or_(false(), *ways)
    own = records.c.owner == named(_VIEWER, records.c.owner.type)
    return case(*((way, true()) for way in ways), (own, true()), else_=false())
