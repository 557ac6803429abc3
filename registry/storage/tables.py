"""The tables, as SQLModel classes without rules: rows are never the domain, and nothing is validated here.

Instants are kept in UTC. ``records`` carries, besides the envelope, what lists sort and filter by; those columns
and the rows of ``facets`` and ``links`` follow the record's ``head``.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import JSON, Column, ForeignKeyConstraint, Index, MetaData, Table, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

# What stands for "none" in columns that lists sort by: it sorts last, and a keyset needs no case for nulls.
NO_SEVERITY = -1
NO_DAY = date.min
NO_INSTANT = datetime.min.replace(tzinfo=UTC)


class Row(SQLModel):
    """The base of all tables. Constraints have names, so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class OrganisationRow(Row, table=True):
    """Member organisations."""

    __tablename__ = "organisations"

    id: str = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    kind: str
    created_at: datetime


class MemberRow(Row, table=True):
    """Who belongs to which organisation, with which roles."""

    __tablename__ = "members"

    person: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True, foreign_key="organisations.id", index=True)
    roles: list[str] = Field(sa_type=JSON)
    responsible: str | None = None


class PersonNameRow(Row, table=True):
    """Names of people, and nothing else: this table can be emptied without touching anything."""

    __tablename__ = "person_names"

    person: str = Field(primary_key=True)
    name: str


class ApiKeyRow(Row, table=True):
    """Keys, without their secrets."""

    __tablename__ = "api_keys"

    id: str = Field(primary_key=True)
    person: str = Field(index=True)
    organisation: str = Field(foreign_key="organisations.id")
    secret_hash: bytes
    label: str
    created_at: datetime
    expires_at: datetime
    scopes: list[str] | None = Field(sa_column=Column(JSON(none_as_null=True), nullable=True))
    revoked_at: datetime | None = None
    last_used_at: datetime | None = None


class RecordRow(Row, table=True):
    """Envelopes. The last three columns are derived from ``head``."""

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
    )

    uid: str = Field(primary_key=True)
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


class FacetRow(Row, table=True):
    """Facet values of the head's public part."""

    __tablename__ = "facets"

    facet: str = Field(primary_key=True)
    value: str = Field(primary_key=True)
    uid: str = Field(primary_key=True, foreign_key="records.uid", index=True)


class LinkRow(Row, table=True):
    """Links of the head's public part. The target may be unknown here, so it refers to no table."""

    __tablename__ = "links"
    __table_args__ = (Index(None, "target", "rel", "uid"),)

    uid: str = Field(primary_key=True, foreign_key="records.uid")
    rel: str = Field(primary_key=True)
    target: str = Field(primary_key=True)


class NumberRow(Row, table=True):
    """The last counted number of each kind and year."""

    __tablename__ = "numbers"

    kind: str = Field(primary_key=True)
    year: int = Field(primary_key=True)
    last: int


class ChangeRow(Row, table=True):
    """The change log. Rows are appended, never updated and never deleted."""

    __tablename__ = "changes"
    __table_args__ = (Index(None, "uid", "seq"),)

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    public_seq: int | None = Field(default=None, unique=True)
    kind: str
    actor: str
    at: datetime
    uid: str | None = None
    subject: str | None = None
    step: str | None = None
    revision: int
    draft_revision: int
    public_hash: bytes | None = None
    restricted_hash: bytes | None = None
    chain_hash: bytes = Field(unique=True)


class IdempotencyRow(Row, table=True):
    """Answered writes: a fingerprint of the request and the record it made, no content."""

    __tablename__ = "idempotency"

    scope: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes
    uid: str = Field(index=True)
    expires_at: datetime = Field(index=True)


class JobRow(Row, table=True):
    """Work that is due at a time."""

    __tablename__ = "jobs"

    id: str = Field(primary_key=True)
    name: str
    subject: str
    due_at: datetime = Field(index=True)
    attempts: int
    lease_until: datetime | None = None
    last_error: str | None = Field(default=None, sa_type=Text)


class TaxonomyRow(Row, table=True):
    """The release kept of each taxonomy."""

    __tablename__ = "taxonomies"

    namespace: str = Field(primary_key=True)
    version: str
    title: str
    licence: str
    url: str
    terms: list[dict[str, Any]] = Field(sa_type=JSON)


class FindingRow(Row, table=True):
    """Findings by source, cleared ones included."""

    __tablename__ = "findings"

    source: str = Field(primary_key=True)
    record: str = Field(primary_key=True)
    code: str = Field(primary_key=True)
    message: str = Field(primary_key=True)
    refused: bool
    first_seen_at: datetime
    last_attempt_at: datetime
    cleared_at: datetime | None = None


class MetaRow(Row, table=True):
    """Small facts about the store itself."""

    __tablename__ = "meta"

    name: str = Field(primary_key=True)
    value: str = Field(sa_type=Text)


def _table(row: type[Row]) -> Table:
    return Row.metadata.tables[str(row.__tablename__)]


ORGANISATIONS = _table(OrganisationRow)
MEMBERS = _table(MemberRow)
PERSON_NAMES = _table(PersonNameRow)
API_KEYS = _table(ApiKeyRow)
RECORDS = _table(RecordRow)
REVISIONS = _table(RevisionRow)
FACETS = _table(FacetRow)
LINKS = _table(LinkRow)
NUMBERS = _table(NumberRow)
CHANGES = _table(ChangeRow)
IDEMPOTENCY = _table(IdempotencyRow)
JOBS = _table(JobRow)
TAXONOMIES = _table(TaxonomyRow)
FINDINGS = _table(FindingRow)
META = _table(MetaRow)
