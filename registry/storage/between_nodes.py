"""What other nodes took away, whose organisations stand here for theirs, and what nodes told each other."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import delete, func, insert, select
from sqlalchemy.dialects.sqlite import insert as upsert

from registry.domain.federation.telling import LetGo
from registry.domain.policy import Visibility
from registry.domain.proposal import ProposalState
from registry.domain.record import OrganisationId, RecordUid
from registry.ports.between_nodes import Acknowledgement, Finding
from registry.storage.statements import Statements
from registry.storage.tables import (
    ORGANISATIONS,
    PEER_ACKNOWLEDGEMENTS,
    PEER_DEPARTURES,
    PEER_FINDINGS,
    PEER_OWNERS,
    PEER_UIDS,
    PROPOSALS,
    RECORDS,
)
from registry.storage.visibility import admitted, viewer


class DepartureTable:
    """``ports.Departures``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, uid: RecordUid, origin: str, at: datetime) -> None:
        """See the port."""
        new = upsert(PEER_DEPARTURES).on_conflict_do_nothing()
        self._statements.run(new, {"uid": uid, "origin": origin, "at": at})

    def undo(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.run(delete(PEER_DEPARTURES).where(PEER_DEPARTURES.c.uid == uid))

    def count(self, origin: str, *, since: datetime) -> int:
        """See the port."""
        wanted = PEER_DEPARTURES.c.origin == origin, PEER_DEPARTURES.c.at >= since
        counted = select(func.count()).select_from(PEER_DEPARTURES).where(*wanted)
        return int(self._statements.run(counted).scalar_one())

    def still_out(self, origin: str, *, at_most: int) -> int:
        """See the port."""
        wanted = RECORDS.c.received, RECORDS.c.origin == origin, RECORDS.c.is_out
        found = select(RECORDS.c.id).where(*wanted).limit(at_most).subquery()
        return int(self._statements.run(select(func.count()).select_from(found)).scalar_one())

    def forget(self, origin: str, *, before: datetime | None = None) -> None:
        """See the port."""
        mine = delete(PEER_DEPARTURES).where(PEER_DEPARTURES.c.origin == origin)
        self._statements.run(mine if before is None else mine.where(PEER_DEPARTURES.c.at < before))


class PeerOwnerTable:
    """``ports.PeerOwners``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def of(self, origin: str, slug: str) -> OrganisationId | None:
        """See the port."""
        wanted = PEER_OWNERS.c.origin == origin, PEER_OWNERS.c.slug == slug
        row = self._statements.row(select(PEER_OWNERS.c.organisation).where(*wanted))
        return None if row is None else OrganisationId(row["organisation"])

    def add(self, origin: str, slug: str, organisation: OrganisationId) -> None:
        """See the port."""
        values = {"origin": origin, "slug": slug, "organisation": organisation}
        self._statements.run(insert(PEER_OWNERS), values, taken="it stands for another already")

    def origin_of(self, organisation: OrganisationId) -> str | None:
        """See the port."""
        wanted = PEER_OWNERS.c.organisation == organisation, PEER_OWNERS.c.slug != ""
        row = self._statements.row(select(PEER_OWNERS.c.origin).where(*wanted))
        return None if row is None else str(row["origin"])

    def names_here(self) -> tuple[str, ...]:
        """See the port."""
        column = ORGANISATIONS.c
        stand_ins = select(PEER_OWNERS.c.organisation).where(PEER_OWNERS.c.slug != "")
        rows = self._statements.rows(
            select(column.slug, column.name, column.aliases).where(column.id.not_in(stand_ins))
        )
        return tuple(name for row in rows for name in (row["slug"], row["name"], *row["aliases"]))

    def unseen(self, visible: Visibility) -> frozenset[OrganisationId]:
        """See the port."""
        mine = PEER_OWNERS.c.organisation
        owned = select(RECORDS.c.id).where(RECORDS.c.owner == mine, admitted(visible)).exists()
        taken_up = PROPOSALS.c.organisation == mine, PROPOSALS.c.state == ProposalState.ACCEPTED.value
        joined = PROPOSALS.join(RECORDS, RECORDS.c.uid == PROPOSALS.c.uid)
        credited = select(RECORDS.c.id).select_from(joined).where(*taken_up, admitted(visible)).exists()
        found = select(mine).where(PEER_OWNERS.c.slug != "", ~owned, ~credited)
        return frozenset(OrganisationId(row[0]) for row in self._statements.run(found, viewer(visible)))

    def uid_here(self, origin: str, uid: str) -> RecordUid | None:
        """See the port."""
        wanted = PEER_UIDS.c.origin == origin, PEER_UIDS.c.uid == uid
        row = self._statements.row(select(PEER_UIDS.c.uid_here).where(*wanted))
        return None if row is None else RecordUid(row["uid_here"])

    def add_uid(self, origin: str, uid: str, uid_here: RecordUid) -> None:
        """See the port."""
        self._statements.run(insert(PEER_UIDS), {"origin": origin, "uid": uid, "uid_here": uid_here})


class PeerFindingTable:
    """``ports.PeerFindings``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, finding: Finding, *, told_by_us: bool, at_most: int) -> bool:
        """See the port."""
        column = PEER_FINDINGS.c
        values = {name: getattr(finding, name) for name in ("peer", "uid", "hash", "reason", "at")}
        new = upsert(PEER_FINDINGS).on_conflict_do_nothing()
        is_new = self._statements.run(new, values | {"told_by_us": told_by_us}).rowcount == 1
        mine = column.peer == finding.peer, column.told_by_us.is_(told_by_us)
        kept = select(column.at).where(*mine).order_by(column.at.desc()).offset(at_most).limit(1)
        oldest = self._statements.row(kept) if is_new else None
        if oldest is not None:
            self._statements.run(delete(PEER_FINDINGS).where(*mine, column.at <= oldest["at"]))
        return is_new

    def of(self, peer: str | None, *, told_by_us: bool, limit: int) -> tuple[Finding, ...]:
        """See the port."""
        column = PEER_FINDINGS.c
        found = select(PEER_FINDINGS).where(column.told_by_us.is_(told_by_us))
        found = found if peer is None else found.where(column.peer == peer)
        ordered = found.order_by(column.at.desc(), column.peer, column.uid, column.hash).limit(limit)
        return tuple(
            Finding(row["peer"], RecordUid(row["uid"]), row["hash"], row["reason"], row["at"])
            for row in self._statements.rows(ordered)
        )

    def counts(self) -> dict[str, int]:
        """See the port."""
        column = PEER_FINDINGS.c
        counted = select(column.peer, func.count().label("count")).where(column.told_by_us.is_(False))
        return {row["peer"]: row["count"] for row in self._statements.rows(counted.group_by(column.peer))}

    def forget(self, peer: str) -> None:
        """See the port."""
        self._statements.run(delete(PEER_FINDINGS).where(PEER_FINDINGS.c.peer == peer))


class AcknowledgementTable:
    """``ports.Acknowledgements``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, acknowledgement: Acknowledgement) -> None:
        """See the port."""
        one = acknowledgement
        values = {"uid": one.uid, "peer": one.peer, "what": one.what.value, "at": one.at}
        self._statements.run(upsert(PEER_ACKNOWLEDGEMENTS).on_conflict_do_nothing(), values)

    def of(self, uids: Collection[RecordUid]) -> tuple[Acknowledgement, ...]:
        """See the port."""
        column = PEER_ACKNOWLEDGEMENTS.c
        wanted = column.uid.in_(list(uids))
        found = select(PEER_ACKNOWLEDGEMENTS).where(wanted).order_by(column.peer, column.at)
        return tuple(
            Acknowledgement(RecordUid(row["uid"]), row["peer"], LetGo(row["what"]), row["at"])
            for row in self._statements.rows(found)
        )
