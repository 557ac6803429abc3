"""Which records stand beside others: both ends of their references, in one statement for many.

What was said of a record that was merged stands beside the one that stands for it now.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import CTE, ColumnElement, FromClause, Select, String, and_, case, select, union

from registry.domain.link import FieldRel
from registry.domain.policy import Visibility
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import LINKS, RECORDS
from registry.storage.visibility import form_of, listed, readable, viewer

_NEAR, _FAR = RECORDS.alias("near_record"), RECORDS.alias("far_record")
_TARGET = RECORDS.alias("target_record")
_ABOUT = LINKS.c.rel == FieldRel.ABOUT.value


def beside(
    statements: Statements, uids: Sequence[RecordUid], visible: Visibility
) -> dict[RecordUid, dict[RecordUid, Kind]]:
    """See ``ports.Graph``."""
    found: dict[RecordUid, dict[RecordUid, Kind]] = {}
    if not uids:
        return found
    # Few statements are kept prepared: the number of records is rounded up, the last one named again.
    count = 1 << (len(uids) - 1).bit_length()
    values = {f"near_{at}": uids[min(at, len(uids) - 1)] for at in range(count)} | viewer(visible)
    for near, far, kind in statements.fetch(_statement(count, form_of(visible)), values):
        if near != far:
            found.setdefault(RecordUid(near), {})[RecordUid(far)] = Kind(kind)
    return found


@lru_cache
def _statement(count: int, visible: Visibility) -> Prepared:
    wanted = [named(f"near_{at}", String()) for at in range(count)]
    directions = []
    for near, far in ((LINKS.c.uid, LINKS.c.target), (LINKS.c.target, LINKS.c.uid)):
        joined = LINKS.join(_NEAR, and_(_NEAR.c.uid == near, shown(visible, _NEAR)))
        joined = joined.join(_FAR, and_(_FAR.c.uid == far, shown(visible, _FAR)))
        columns = near.label("near"), far.label("far"), _FAR.c.kind
        conditions = near.in_(wanted), LINKS.c.rel != LinkRel.NOT_RELATED.value
        directions.append(select(*columns).select_from(joined).where(*conditions))
    merged, standing = _merged(wanted), _standing(wanted)
    said = select(merged.c.near, LINKS.c.uid.label("far")).join(LINKS, and_(LINKS.c.target == merged.c.uid, _ABOUT))
    directions += (_both_shown(said, visible), _both_shown(select(standing.c.near, standing.c.far), visible))
    return Prepared(union(*directions))


def _both_shown(pairs: Select[Any], visible: Visibility) -> Select[Any]:
    found = pairs.subquery()
    joined = found.join(_NEAR, and_(_NEAR.c.uid == found.c.near, shown(visible, _NEAR)))
    joined = joined.join(_FAR, and_(_FAR.c.uid == found.c.far, shown(visible, _FAR)))
    return select(found.c.near, found.c.far, _FAR.c.kind).select_from(joined)


def _merged(uids: Sequence[ColumnElement[Any]]) -> CTE:
    """What was merged into each of *uids*, as ``uid``, step by step; *uids* as ``near``."""
    at_first = select(RECORDS.c.merged_into.label("near"), RECORDS.c.uid.label("uid"))
    found = at_first.where(RECORDS.c.merged_into.in_(uids)).cte("merged", recursive=True)
    return found.union(select(found.c.near, _TARGET.c.uid).join(_TARGET, _TARGET.c.merged_into == found.c.uid))


def _standing(uids: Sequence[ColumnElement[Any]]) -> CTE:
    """The other way round: each of *uids* that says something of a merged record, as ``near``, with ``far``, what
    stands for that, step by step."""
    at_first = select(LINKS.c.uid.label("near"), _TARGET.c.merged_into.label("far")).join(
        _TARGET, _TARGET.c.uid == LINKS.c.target
    )
    found = at_first.where(LINKS.c.uid.in_(uids), _ABOUT, _TARGET.c.merged_into.is_not(None)).cte(
        "standing", recursive=True
    )
    further = select(found.c.near, _TARGET.c.merged_into).join(_TARGET, _TARGET.c.uid == found.c.far)
    return found.union(further.where(_TARGET.c.merged_into.is_not(None)))


def shown(visible: Visibility, records: FromClause = RECORDS) -> ColumnElement[bool]:
    """What is in lists and can be read, in words that keep SQLite from walking all records that are public: few are
    linked, so they are looked up by uid."""
    return case((and_(listed(visible, records), readable(visible, records)), 1), else_=0) == 1
