"""Records: envelopes, revisions, and what follows the head.

``records`` carries, besides the envelope, what lists sort and filter by; those columns and the rows of ``facets``
and ``links`` follow the record's ``head``. A facet with a value is a term; a record names its terms by their numbers,
and ``facets`` finds records by them.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKeyConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class RecordRow(Row, table=True):
    """Envelopes. ``id`` is the record in ``facets``, and nowhere else; ``facets`` is the list of its terms' numbers."""

    __tablename__ = "records"
    __table_args__ = (
        UniqueConstraint("owner", "external_ref"),
        Index(None, "is_public", "published_at", "uid"),
        Index(None, "is_public", "head_published_at", "uid"),
        Index(None, "is_public", "occurred_on", "uid"),
        Index(None, "is_public", "severity", "uid"),
        Index(None, "owner", "changed_at", "uid"),
        Index(None, "published_at", "uid"),
        Index(None, "changed_at", "uid"),
        Index(None, "occurred_on", "uid"),
        Index(None, "severity", "uid"),
        Index("ix_records_waiting", "uid", sqlite_where=text("coalesce(pending, state) = 'submitted'")),
        Index("ix_records_claimed_by", "claimed_by", sqlite_where=text("claimed_by IS NOT NULL")),
        Index("ix_records_shared_with", "shared_with", sqlite_where=text("shared_with IS NOT NULL")),
        Index("ix_records_received", "origin", sqlite_where=text("received")),
        Index("ix_records_merged_into", "merged_into", sqlite_where=text("merged_into IS NOT NULL")),
    )

    id: int = Field(primary_key=True)
    uid: str = Field(unique=True)
    kind: str
    number: str | None = Field(default=None, unique=True)
    origin: str
    owner: str = Field(foreign_key="organisations.id")
    state: str
    pending: str | None = None
    revision: int
    draft_revision: int
    head_draft_revision: int
    work_draft_revision: int | None = None
    is_public: bool
    was_public: bool
    embargoed: bool
    imported: bool
    external_ref: str | None = None
    claimed_by: str | None = None
    approved_by: str | None = None
    contributors: list[str] = Field(sa_type=JSON)
    reason: str | None = Field(default=None, sa_type=Text)
    created_at: datetime
    changed_at: datetime
    published_at: datetime
    withdrawn_at: datetime | None = None
    head_published_at: datetime
    severity: int
    occurred_on: date
    upstream_key: bytes | None = Field(default=None, unique=True)
    is_out: bool
    is_open_to_community: bool
    shared_with: str | None = None
    blocked: bool
    blocked_by: str | None = None
    blocked_at: datetime | None = None
    legal_hold: bool
    sealed: bool
    sensitive: bool
    sources_cleared: bool
    merged_into: str | None = None
    cap: str | None = None
    terms: str | None = None
    staging: bool = False
    claimed_at: datetime | None = None
    opinion_of: str | None = None
    topics: int = 0
    facets: list[int] = Field(sa_type=JSON, sa_column_kwargs={"server_default": "[]"})
    received: bool = False


class RevisionRow(Row, table=True):
    """Content of each revision, as canonical bytes; body, salt and schema are gone once erased."""

    __tablename__ = "revisions"
    __table_args__ = (ForeignKeyConstraint(["uid"], ["records.uid"]),)

    uid: str = Field(primary_key=True)
    draft_revision: int = Field(primary_key=True)
    revision: int | None = None
    marking: str = Field(sa_type=Text)
    public_schema: str | None = None
    public_body: bytes | None = None
    public_salt: bytes | None = None
    public_hash: bytes
    restricted_schema: str | None = None
    restricted_body: bytes | None = None
    restricted_salt: bytes | None = None
    restricted_hash: bytes
    author: str | None = None
    created_at: datetime
    published_at: datetime | None = None


class FacetTermRow(Row, table=True):
    """Facets with a value, as many as heads of records have now: the last record that leaves a term takes it along."""

    __tablename__ = "facet_terms"
    __table_args__ = (UniqueConstraint("facet", "value"),)

    id: int = Field(primary_key=True)
    facet: str
    value: str


class FacetRow(Row, table=True):
    """Which records have a term: what ``records.facets`` says, the other way round. The key is the whole row, and so
    the table is its own index.

    Both columns are no foreign keys: there are a dozen rows a record, always written with it and never by themselves,
    and looking the record up for each takes a fifth of the time that they take.
    """

    __tablename__ = "facets"
    __table_args__ = ({"sqlite_with_rowid": False},)

    term: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    record: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})


class LinkRow(Row, table=True):
    """References of the head's public part. The target may be unknown here, so it refers to no table."""

    __tablename__ = "links"
    __table_args__ = (Index(None, "target", "rel", "uid"),)

    uid: str = Field(primary_key=True, foreign_key="records.uid")
    rel: str = Field(primary_key=True)
    target: str = Field(primary_key=True)
    clause: str = Field(primary_key=True)


class NumberRow(Row, table=True):
    """The last counted number of each kind and year."""

    __tablename__ = "numbers"

    kind: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


RECORDS = table_of(RecordRow)
REVISIONS = table_of(RevisionRow)
FACET_TERMS = table_of(FacetTermRow)
FACETS = table_of(FacetRow)
LINKS = table_of(LinkRow)
NUMBERS = table_of(NumberRow)
