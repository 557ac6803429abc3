"""Pages of usage policies that are watched, and the texts that stood on them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class PolicyWatchRow(Row, table=True):
    """A page, and how it was found last."""

    __tablename__ = "policy_watches"

    id: str = Field(primary_key=True)
    url: str = Field(unique=True)
    organisation: str = Field(foreign_key="organisations.id", index=True)
    title: str
    provider: str
    created_at: datetime
    previous: str | None = None
    sha256: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    checked_at: datetime | None = None
    changed_at: datetime | None = None
    returns: int
    failures: int
    failing_since: datetime | None = None
    error: str | None = None


class PolicyVersionRow(Row, table=True):
    """A text by the hash of what it says."""

    __tablename__ = "policy_versions"

    watch: str = Field(primary_key=True, foreign_key="policy_watches.id")
    sha256: str = Field(primary_key=True)
    seen_at: datetime
    last_seen_at: datetime
    letters: int
    text: str = Field(sa_type=Text)
    draft: str | None = Field(default=None, index=True)


POLICY_WATCHES = table_of(PolicyWatchRow)
POLICY_VERSIONS = table_of(PolicyVersionRow)
