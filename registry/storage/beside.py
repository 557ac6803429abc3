"""Which records stand beside others: both ends of their references, in one statement for many."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from sqlalchemy import ColumnElement, FromClause, String, and_, case, select, union

from registry.domain.policy import Visibility
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind, LinkRel
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import LINKS, RECORDS
from registry.storage.visibility import form_of, listed, readable, viewer

_NEAR, _FAR = RECORDS.alias("near_record"), RECORDS.alias("far_record")


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
    return Prepared(union(*directions))


def shown(visible: Visibility, records: FromClause = RECORDS) -> ColumnElement[bool]:
    """What is in lists and can be read, in words that keep SQLite from walking all records that are public: few are
    linked, so they are looked up by uid."""
    return case((and_(listed(visible, records), readable(visible, records)), 1), else_=0) == 1
