"""Signed headers, and the log that peers read."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    String,
    and_,
    case,
    false,
    func,
    insert,
    or_,
    select,
    text,
    true,
    update,
)
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.federation.comparing import HeldEntry, bucket_of
from registry.domain.federation.envelope import Part
from registry.domain.federation.filtering import LogFilter
from registry.domain.policy import Visibility
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Tlp
from registry.ports.federation import Head, KeptHeader
from registry.storage import buckets
from registry.storage.prepared import Prepared, named
from registry.storage.statements import Statements
from registry.storage.tables import ENVELOPE_HEADS, ENVELOPES, RECORDS
from registry.storage.visibility import admitted, viewer

_AT_ONCE = 512
_HELD = "this header is held already"
_HEADS = ENVELOPE_HEADS.c
_AFTER = Prepared(
    select(_HEADS.position, _HEADS.uid)
    .where(_HEADS.position > named("position", Integer()))
    .order_by(_HEADS.position)
    .limit(named("limit", Integer()))
)
_LAST = Prepared(select(func.coalesce(func.max(_HEADS.position), 0)))
_PLACE = Prepared(
    update(ENVELOPE_HEADS).where(_HEADS.uid == named("of_uid", String())).values(position=named("at", Integer()))
)
_ADD = Prepared(insert(ENVELOPES))
_NEW_HEAD = upsert(ENVELOPE_HEADS).values(
    {name: named(name, _HEADS[name].type) for name in ("uid", "hash", "frozen", "bucket")}
)
_CHANGED = {name: getattr(_NEW_HEAD.excluded, name) for name in ("hash", "frozen")}
_PUT_HEAD = Prepared(_NEW_HEAD.on_conflict_do_update(index_elements=["uid"], set_=_CHANGED))
_HEADERS = tuple(ENVELOPES.c.keys())


@lru_cache
def _heads(count: int) -> Prepared:
    asked = [named(str(at), String()) for at in range(count)]
    joined = select(*ENVELOPES.c, _HEADS.frozen).join(ENVELOPE_HEADS, _HEADS.hash == ENVELOPES.c.hash)
    return Prepared(joined.where(_HEADS.uid.in_(asked)))


@lru_cache
def _known(count: int) -> Prepared:
    asked = [named(str(at), String()) for at in range(count)]
    return Prepared(select(ENVELOPES.c.hash).where(ENVELOPES.c.hash.in_(asked)))


class EnvelopeTables:
    """``ports.Envelopes``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def heads(self, uids: Collection[RecordUid]) -> dict[RecordUid, Head]:
        """See the port."""
        found: dict[RecordUid, Head] = {}
        for portion in portions(uids):
            for *values, frozen in self._statements.fetch_listed(_heads(len(portion)), portion):
                header = _header(dict(zip(_HEADERS, values, strict=True)))
                found[header.uid] = Head(header, frozen)
        return found

    def known(self, hashes: Collection[str]) -> frozenset[str]:
        """See the port."""
        found: set[str] = set()
        for portion in portions(hashes):
            found.update(row[0] for row in self._statements.fetch_listed(_known(len(portion)), portion))
        return frozenset(found)

    def history(self, uid: RecordUid, *, limit: int, below: int | None = None) -> tuple[KeptHeader, ...]:
        """See the port."""
        rev = ENVELOPES.c.rev
        found = select(ENVELOPES).where(ENVELOPES.c.uid == uid, true() if below is None else rev < below)
        ordered = found.order_by(rev.desc(), ENVELOPES.c.kept_at.desc(), ENVELOPES.c.hash).limit(limit)
        return tuple(map(_header, self._statements.rows(ordered)))

    def held(self, uid: RecordUid, header_hash: str) -> KeptHeader | None:
        """See the port."""
        found = select(ENVELOPES).where(ENVELOPES.c.hash == header_hash, ENVELOPES.c.uid == uid)
        row = self._statements.row(found)
        return None if row is None else _header(row)

    def count_of_rev(self, uid: RecordUid, rev: int) -> int:
        """See the port."""
        counted = select(func.count()).where(ENVELOPES.c.uid == uid, ENVELOPES.c.rev == rev)
        return int(self._statements.run(counted).scalar_one())

    def add(self, header: KeptHeader, *, is_head: bool) -> None:
        """See the port."""
        self._statements.write(_ADD, _values(header), taken=_HELD)
        if is_head:
            self._statements.write(_PUT_HEAD, _head(header))

    def add_first(self, headers: Sequence[KeptHeader]) -> None:
        """See the port."""
        self._statements.write_each(_ADD, map(_values, headers), taken=_HELD)
        self._statements.write_each(_PUT_HEAD, map(_head, headers))

    def frozen(self) -> dict[str, int]:
        """See the port."""
        joined = ENVELOPE_HEADS.join(ENVELOPES, ENVELOPES.c.hash == _HEADS.hash)
        counted = select(ENVELOPES.c.origin, func.count().label("count")).select_from(joined)
        rows = self._statements.rows(counted.where(_HEADS.frozen).group_by(ENVELOPES.c.origin))
        return {row["origin"]: row["count"] for row in rows}

    def hand_over(self, header: KeptHeader) -> None:
        """See the port."""
        self._statements.run(update(ENVELOPES).where(ENVELOPES.c.hash == header.hash).values(**_values(header)))

    def frozen_records(self, *, limit: int) -> tuple[RecordUid, ...]:
        """See the port."""
        found = select(_HEADS.uid).where(text("frozen")).order_by(_HEADS.uid).limit(limit)
        return tuple(RecordUid(row["uid"]) for row in self._statements.rows(found))

    def put_head(self, uid: RecordUid, header_hash: str) -> None:
        """See the port."""
        self._statements.run(update(ENVELOPE_HEADS).where(_HEADS.uid == uid).values(hash=header_hash))

    def freeze(self, uid: RecordUid, *, on: bool) -> None:
        """See the port."""
        self._statements.run(update(ENVELOPE_HEADS).where(_HEADS.uid == uid).values(frozen=on))

    def forget(self, uid: RecordUid) -> None:
        """See the port."""
        gone = {"body": b"", "signature": "", "reason_salt": None, "reason_body": None}
        self._statements.run(update(ENVELOPES).where(ENVELOPES.c.uid == uid).values(**gone))

    def place(self, uids: Sequence[RecordUid]) -> None:
        """See the port."""
        if uids:
            last = self.last()
            self._statements.write_each(_PLACE, ({"of_uid": uid, "at": last + at} for at, uid in enumerate(uids, 1)))

    def after(self, position: int, *, limit: int) -> tuple[tuple[int, RecordUid], ...]:
        """See the port."""
        rows = self._statements.fetch(_AFTER, {"position": position, "limit": limit})
        return tuple((at, RecordUid(uid)) for at, uid in rows)

    def last(self) -> int:
        """See the port."""
        return int(self._statements.fetch(_LAST)[0][0])

    def position(self, uid: RecordUid) -> int | None:
        """See the port."""
        found = self._statements.first(buckets.POSITION, {"of_uid": uid})
        return None if found is None else found[0]

    def bucket(self, origin: str, bucket: int) -> tuple[HeldEntry, ...]:
        """See the port."""
        return buckets.held(self._statements, origin, bucket)

    def count_after(self, position: int, *, visible: Visibility, imports: bool, wanted: LogFilter) -> int:
        """See the port."""
        joined = ENVELOPE_HEADS.join(RECORDS, RECORDS.c.uid == _HEADS.uid)
        # The log is walked, and each record looked up: few stand behind a cursor.
        asked: list[ColumnElement[bool]] = [true() if imports else RECORDS.c.imported.is_(False)]
        asked += [RECORDS.c.kind.in_(wanted.kinds)] if wanted.kinds else []
        if wanted.tlp_max in {Tlp.CLEAR, Tlp.GREEN}:
            # What is for a group may be counted by its marking only once it is read; the others are columns.
            green = RECORDS.c.is_open_to_community if wanted.tlp_max is Tlp.GREEN else false()
            asked.append(or_(RECORDS.c.is_public, green))
        shown = case((and_(admitted(visible), *asked), 1), else_=0)
        counted = select(func.coalesce(func.sum(shown), 0)).select_from(joined).where(_HEADS.position > position)
        return int(self._statements.run(counted, viewer(visible)).scalar_one())

    def shared_with(self, group: str, *, after: RecordUid | None, limit: int) -> tuple[RecordUid, ...]:
        """See the port."""
        joined = ENVELOPE_HEADS.join(RECORDS, RECORDS.c.uid == _HEADS.uid)
        found = select(RECORDS.c.uid).select_from(joined).where(RECORDS.c.shared_with == group)
        if after is not None:
            found = found.where(RECORDS.c.uid > after)
        rows = self._statements.rows(found.order_by(RECORDS.c.uid).limit(limit))
        return tuple(RecordUid(row["uid"]) for row in rows)


def portions(asked: Collection[str]) -> Iterator[list[str]]:
    """*asked* in portions; how many one has is rounded up, so that few statements are put into words."""
    given = list(asked)
    for at in range(0, len(given), _AT_ONCE):
        portion = given[at : at + _AT_ONCE]
        size = 1 << (len(portion) - 1).bit_length()
        yield portion + portion[:1] * (size - len(portion))


def _head(header: KeptHeader) -> dict[str, Any]:
    return {"uid": header.uid, "hash": header.hash, "frozen": False, "bucket": bucket_of(header.uid)}


def _values(header: KeptHeader) -> dict[str, Any]:
    return {
        "hash": header.hash,
        "uid": header.uid,
        "origin": header.origin,
        "rev": header.rev,
        "body": header.body,
        "signature": header.signature,
        "kept_at": header.kept_at,
        "came_from": header.came_from,
        "hops": header.hops,
        "reason_salt": header.reason and header.reason.salt,
        "reason_body": header.reason and header.reason.body,
    }


def _header(row: Mapping[str, Any]) -> KeptHeader:
    salt, body = row["reason_salt"], row["reason_body"]
    return KeptHeader(
        RecordUid(row["uid"]),
        row["origin"],
        row["rev"],
        row["hash"],
        row["body"],
        row["signature"],
        row["kept_at"],
        row["came_from"],
        row["hops"],
        None if salt is None else Part(salt, body),
    )
