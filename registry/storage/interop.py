"""Where records stand in the channels that platforms read."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Integer, String, delete, func, select
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.interop.channel import Place
from registry.domain.record import RecordUid
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import CHANNEL_PLACES

_AT_ONCE = 500
_COLUMN = CHANNEL_PLACES.c
_NAMES = tuple(column.name for column in CHANNEL_PLACES.columns)
_NEW = upsert(CHANNEL_PLACES)
_PUT = Prepared(
    _NEW.on_conflict_do_update(
        index_elements=["uid", "channel"],
        set_={name: _NEW.excluded[name] for name in _NAMES if name not in {"uid", "channel", "name"}},
    )
)
_AFTER = Prepared(
    select(CHANNEL_PLACES)
    .where(_COLUMN.channel == named("in_channel", String()), _COLUMN.placed_at > named("from_at", Integer()))
    .order_by(_COLUMN.placed_at)
    .limit(named("most", Integer()))
)
_NEXT = Prepared(select(func.min(_COLUMN.channel)).where(_COLUMN.channel > named("after_channel", String())))
_LAST = Prepared(select(func.max(_COLUMN.placed_at)).where(_COLUMN.channel == named("in_channel", String())))


class PlaceTable:
    """``ports.Places``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def of(self, uids: Collection[RecordUid]) -> tuple[Place, ...]:
        """See the port."""
        asked, found = list(uids), list[Place]()
        for at in range(0, len(asked), _AT_ONCE):
            these = select(CHANNEL_PLACES).where(_COLUMN.uid.in_(asked[at : at + _AT_ONCE]))
            found += map(_place, self._statements.rows(these))
        return tuple(found)

    def put(self, places: Sequence[Place]) -> None:
        """See the port."""
        self._statements.write_each(_PUT, ({name: getattr(one, name) for name in _NAMES} for one in places))

    def last(self, channels: Collection[str]) -> dict[str, int]:
        """See the port."""
        found = ((one, self._statements.first(_LAST, {"in_channel": one})) for one in channels)
        return {one: row[0] for one, row in found if row is not None and row[0] is not None}

    def after(self, channel: str, placed_at: int, *, limit: int) -> tuple[Place, ...]:
        """See the port."""
        rows = self._statements.fetch(_AFTER, {"in_channel": channel, "from_at": placed_at, "most": limit})
        return tuple(_place(dict(zip(_NAMES, row, strict=True))) for row in rows)

    def named(self, channel: str, name: str) -> Place | None:
        """See the port."""
        row = self._statements.row(select(CHANNEL_PLACES).where(_COLUMN.channel == channel, _COLUMN.name == name))
        return None if row is None else _place(row)

    def records(self, channels: Collection[str], *, after: RecordUid | None, limit: int) -> tuple[Place, ...]:
        """See the port."""
        wanted = [_COLUMN.channel.in_(sorted(channels))]
        further = [*wanted, _COLUMN.uid > after] if after is not None else wanted
        uids = select(_COLUMN.uid).where(*further).distinct().order_by(_COLUMN.uid).limit(limit)
        found = select(CHANNEL_PLACES).where(*wanted, _COLUMN.uid.in_(uids)).order_by(_COLUMN.uid, _COLUMN.channel)
        return tuple(map(_place, self._statements.rows(found)))

    def begin_with(self, prefix: str) -> tuple[str, ...]:
        """See the port."""
        # Key by key: one look into the index for each, however much stands in them.
        found, last = list[str](), prefix
        while row := self._statements.first(_NEXT, {"after_channel": last}):
            if row[0] is None or not row[0].startswith(prefix):
                break
            last = row[0]
            found.append(last)
        return tuple(found)

    def remove(self, channel: str) -> None:
        """See the port."""
        self._statements.run(delete(CHANNEL_PLACES).where(_COLUMN.channel == channel))

    def count(self, channels: Collection[str]) -> int:
        """See the port."""
        counted = select(func.count()).select_from(CHANNEL_PLACES).where(_COLUMN.channel.in_(sorted(channels)))
        return int(self._statements.run(counted).scalar_one())


def _place(row: Mapping[str, Any]) -> Place:
    return Place(**dict(row))
