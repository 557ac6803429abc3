"""Who may see which rows of ``records``, as SQL: the one place where a ``Visibility`` becomes a condition."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Case,
    ColumnElement,
    FromClause,
    Integer,
    String,
    and_,
    case,
    false,
    func,
    literal,
    not_,
    or_,
    true,
)
from sqlalchemy.sql.elements import KeyedColumnElement

from registry.domain.policy import Visibility
from registry.domain.record import NOT_HANDED_IN, GroupSlug, OrganisationId
from registry.domain.welfare import Topic, mask_of
from registry.storage.prepared import named
from registry.storage.tables import RECORDS

_VIEWER = "viewer"
_GROUPS = "viewer_groups"
_SOMEBODY = OrganisationId("viewer")
_SOME_GROUP = frozenset({GroupSlug("group")})
_SOME_TOPIC = frozenset({Topic.CSAE})
_AVOIDED = "viewer_avoids"


def form_of(visible: Visibility) -> Visibility:
    """What of *visible* is in the words of a statement: there are few, whoever the viewer is."""
    if visible.everything and visible.sealed and visible.organisation is None and not visible.avoids:
        return Visibility(everything=True, sealed=True)
    return Visibility(
        everything=visible.everything,
        organisation=None if visible.organisation is None else _SOMEBODY,
        community=visible.community,
        groups=_SOME_GROUP if visible.groups else frozenset(),
        sealed=visible.sealed,
        staging=visible.staging,
        avoids=_SOME_TOPIC if visible.avoids else frozenset(),
    )


def viewer(visible: Visibility) -> dict[str, Any]:
    """The parameters that statements with conditions from here need."""
    groups = f",{','.join(sorted(visible.groups))},"
    return {_VIEWER: visible.organisation, _GROUPS: groups, _AVOIDED: mask_of(visible.avoids)}


def admitted(visible: Visibility) -> ColumnElement[bool]:
    """Records the viewer may know of, tombstones included; the same as ``Visibility.admits``."""
    return _any_of(visible, RECORDS, RECORDS.c.is_public, RECORDS.c.was_public, *_given(visible, RECORDS))


def listed(visible: Visibility, records: FromClause = RECORDS) -> ColumnElement[bool]:
    """Records the viewer finds in lists, the same as ``Visibility.lists``: tombstones only if they are the own."""
    given = (and_(records.c.is_out, way) for way in _given(visible, records))
    return _any_of(visible, records, records.c.is_public, *given)


def readable(visible: Visibility, records: FromClause = RECORDS) -> ColumnElement[bool]:
    """Of the records in lists, those whose content the viewer reads too: not what others have not handed in, or have
    taken back, nor what is sealed."""
    opened: list[ColumnElement[bool]] = []
    # What is given out is neither: only the owner and reviewers find such records at all.
    if not visible.sealed and (visible.everything or visible.organisation is not None):
        opened.append(not_(records.c.sealed))
    if visible.everything and visible.organisation is not None:
        is_handed_in = (records.c.state != one.value for one in sorted(NOT_HANDED_IN))
        opened.append(or_(and_(*is_handed_in), _own(visible, records)))
    return and_(true(), *opened)


def unpublished_work(visible: Visibility) -> ColumnElement[bool]:
    """Records whose work under review the viewer may know of, the same as ``Visibility.sees_all_of``."""
    return _any_of(visible, RECORDS)


def changed_at(visible: Visibility) -> KeyedColumnElement[Any] | Case[Any]:
    """When a record changed, as far as the viewer may know: strangers know of publications only."""
    if visible.everything and visible.avoids:
        return case((unpublished_work(visible), RECORDS.c.changed_at), else_=RECORDS.c.head_published_at)
    if visible.everything:
        return RECORDS.c.changed_at
    if visible.organisation is None:
        return RECORDS.c.head_published_at
    return case((_own(visible, RECORDS), RECORDS.c.changed_at), else_=RECORDS.c.head_published_at)


def _own(visible: Visibility, records: FromClause) -> ColumnElement[bool]:
    own: ColumnElement[bool] = records.c.owner == named(_VIEWER, records.c.owner.type)
    return and_(own, records.c.staging) if visible.staging else own


def _given(visible: Visibility, records: FromClause) -> list[ColumnElement[bool]]:
    """How records are given out to this viewer beyond strangers, as ``Visibility.was_given``."""
    ways: list[ColumnElement[bool]] = []
    if visible.community:
        ways.append(records.c.is_open_to_community)
    if visible.groups:
        of_viewer = named(_GROUPS, String())
        ways.append(func.instr(of_viewer, literal(",") + records.c.shared_with + literal(",")) > 0)
    return ways


def _open_to_reviewers(visible: Visibility, records: FromClause) -> ColumnElement[bool]:
    """What is neither sealed nor about what the viewer avoids."""
    kept: list[ColumnElement[bool]] = [] if visible.sealed else [not_(records.c.sealed)]
    if visible.avoids:
        kept.append(records.c.topics.bitwise_and(named(_AVOIDED, Integer())) == 0)
    return and_(true(), *kept)


def _any_of(visible: Visibility, records: FromClause, *ways: ColumnElement[bool]) -> ColumnElement[bool]:
    """Rows that one of *ways* opens, the viewer's own, and all, where the viewer sees everything.

    They are joined by CASE and not by OR: for an OR of two indexed columns SQLite reads all visible rows and sorts
    them, instead of going along the order until the page is full.
    """
    if visible.everything and visible.sealed and not visible.avoids:
        return true()
    found = list(ways)
    if visible.organisation is not None:
        found.append(_own(visible, records))
    if visible.everything:
        found.append(_open_to_reviewers(visible, records))
    if visible.organisation is None and not visible.everything:
        return or_(false(), *found)
    return case(*((way, true()) for way in found), else_=false())
