"""Organisations, members, names and keys."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Column
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class OrganisationRow(Row, table=True):
    """Member organisations."""

    __tablename__ = "organisations"

    id: str = Field(primary_key=True)
    slug: str = Field(unique=True)
    name: str
    kind: str
    created_at: datetime
    aliases: list[str] = Field(sa_type=JSON)
    parents: list[str] = Field(sa_type=JSON)
    contact: str | None = None


class MemberRow(Row, table=True):
    """Who belongs to which organisation, with which roles."""

    __tablename__ = "members"

    person: str = Field(primary_key=True)
    organisation: str = Field(primary_key=True, foreign_key="organisations.id", index=True)
    roles: list[str] = Field(sa_type=JSON)
    responsible: str | None = None
    staging: bool = False


class PersonNameRow(Row, table=True):
    """Names of people, and nothing else: this table can be emptied without touching anything."""

    __tablename__ = "person_names"

    person: str = Field(primary_key=True)
    name: str


class GroupRow(Row, table=True):
    """Groups of organisations that records are shared with; the version counts changes of who belongs."""

    __tablename__ = "groups"

    slug: str = Field(primary_key=True)
    name: str
    version: int
    created_at: datetime


class GroupMemberRow(Row, table=True):
    """Which organisation belonged to which group, from which of its versions to which."""

    __tablename__ = "group_members"

    group: str = Field(primary_key=True, foreign_key="groups.slug")
    organisation: str = Field(primary_key=True, foreign_key="organisations.id", index=True)
    joined_version: int = Field(primary_key=True)
    left_version: int | None = None


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
    staging: bool = False
    frozen_at: datetime | None = None


ORGANISATIONS = table_of(OrganisationRow)
MEMBERS = table_of(MemberRow)
PERSON_NAMES = table_of(PersonNameRow)
GROUPS = table_of(GroupRow)
GROUP_MEMBERS = table_of(GroupMemberRow)
API_KEYS = table_of(ApiKeyRow)
