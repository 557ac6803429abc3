"""What people sign in with, and their sessions."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class CredentialRow(Row, table=True):
    """Sign-in names, hashes of passwords, sealed second factors."""

    __tablename__ = "credentials"

    person: str = Field(primary_key=True)
    name: str = Field(unique=True)
    password_hash: str
    factor: str
    changed_at: datetime
    last_step: int
    generation: int


class RecoveryCodeRow(Row, table=True):
    """Hashes of recovery codes that were not used yet."""

    __tablename__ = "recovery_codes"

    person: str = Field(primary_key=True)
    code_hash: bytes = Field(primary_key=True)


class InvitationRow(Row, table=True):
    """Invitations that were not used yet."""

    __tablename__ = "invitations"

    person: str = Field(primary_key=True)
    code_hash: bytes = Field(unique=True)
    factor: str
    expires_at: datetime


class RefusedRow(Row, table=True):
    """How many attempts to sign in were refused, by hashes of names and hours."""

    __tablename__ = "refused_sign_ins"

    bucket: int = Field(primary_key=True)
    hour: int
    count: int


class IdentityRow(Row, table=True):
    """Whom organisations' own providers know people as."""

    __tablename__ = "identities"

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    person: str = Field(index=True)
    linked_at: datetime


class SessionRow(Row, table=True):
    """Sessions, without their secrets."""

    __tablename__ = "sessions"

    id: str = Field(primary_key=True)
    secret_hash: bytes = Field(unique=True)
    person: str = Field(index=True)
    organisation: str = Field(foreign_key="organisations.id")
    created_at: datetime
    confirmed_at: datetime
    seen_at: datetime
    expires_at: datetime
    network: str
    agent: str
    is_bound: bool


CREDENTIALS = table_of(CredentialRow)
RECOVERY_CODES = table_of(RecoveryCodeRow)
INVITATIONS = table_of(InvitationRow)
REFUSED_SIGN_INS = table_of(RefusedRow)
IDENTITIES = table_of(IdentityRow)
SESSIONS = table_of(SessionRow)
