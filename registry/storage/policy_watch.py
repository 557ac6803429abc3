"""Pages of usage policies that are watched, and the texts that stood on them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from sqlalchemy import Select, delete, literal, select, update
from sqlalchemy.dialects.sqlite import insert

from registry.domain.policy_watch import SeenVersion, Watch, WatchId
from registry.domain.record import OrganisationId, RecordUid
from registry.storage.statements import Statements
from registry.storage.tables import POLICY_VERSIONS, POLICY_WATCHES


class PolicyWatchTables:
    """``ports.PolicyWatches``."""

    def __init__(self, statements: Statements) -> None:
        self._statements = statements

    def add(self, watch: Watch) -> None:
        """See the port."""
        self._statements.run(insert(POLICY_WATCHES), asdict(watch), taken="this address is watched already")

    def get(self, watch_id: WatchId) -> Watch | None:
        """See the port."""
        row = self._statements.row(select(POLICY_WATCHES).where(POLICY_WATCHES.c.id == watch_id))
        return None if row is None else Watch(**row)

    def save(self, watch: Watch) -> None:
        """See the port."""
        self._statements.run(update(POLICY_WATCHES).where(POLICY_WATCHES.c.id == watch.id).values(**asdict(watch)))

    def delete(self, watch_id: WatchId) -> None:
        """See the port."""
        self._statements.run(delete(POLICY_VERSIONS).where(POLICY_VERSIONS.c.watch == watch_id))
        self._statements.run(delete(POLICY_WATCHES).where(POLICY_WATCHES.c.id == watch_id))

    def all(self, organisation: OrganisationId | None = None) -> tuple[Watch, ...]:
        """See the port."""
        found: Select[Any] = select(POLICY_WATCHES).order_by(POLICY_WATCHES.c.title, POLICY_WATCHES.c.url)
        if organisation is not None:
            found = found.where(POLICY_WATCHES.c.organisation == organisation)
        return tuple(Watch(**row) for row in self._statements.rows(found))

    def versions(self, watch_id: WatchId) -> tuple[SeenVersion, ...]:
        """See the port."""
        columns = [one for one in POLICY_VERSIONS.c if one.name != "text"]
        found = select(*columns, literal("").label("text")).where(POLICY_VERSIONS.c.watch == watch_id)
        newest = found.order_by(POLICY_VERSIONS.c.seen_at.desc(), POLICY_VERSIONS.c.sha256)
        return tuple(SeenVersion(**row) for row in self._statements.rows(newest))

    def version(self, watch_id: WatchId, sha256: str) -> SeenVersion | None:
        """See the port."""
        mine = select(POLICY_VERSIONS).where(POLICY_VERSIONS.c.watch == watch_id, POLICY_VERSIONS.c.sha256 == sha256)
        row = self._statements.row(mine)
        return None if row is None else SeenVersion(**row)

    def keep(self, version: SeenVersion) -> None:
        """See the port."""
        statement = insert(POLICY_VERSIONS).values(asdict(version))
        changed = {"last_seen_at": version.last_seen_at, "draft": version.draft}
        self._statements.run(statement.on_conflict_do_update(index_elements=["watch", "sha256"], set_=changed))

    def thin(self, watch_id: WatchId, *, texts: int) -> None:
        """See the port."""
        mine = POLICY_VERSIONS.c.watch == watch_id
        newest = select(POLICY_VERSIONS.c.sha256).where(mine).order_by(POLICY_VERSIONS.c.last_seen_at.desc())
        old = POLICY_VERSIONS.c.sha256.not_in(newest.limit(texts))
        self._statements.run(update(POLICY_VERSIONS).where(mine, old, POLICY_VERSIONS.c.text != "").values(text=""))

    def forget_draft(self, uid: RecordUid) -> None:
        """See the port."""
        self._statements.run(update(POLICY_VERSIONS).where(POLICY_VERSIONS.c.draft == uid).values(draft=None))
        self._statements.run(update(POLICY_WATCHES).where(POLICY_WATCHES.c.previous == uid).values(previous=None))
