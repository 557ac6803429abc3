"""Other nodes, signed headers, the log that peers read, and what was not taken from them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, Index, Text, text
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class PeerRow(Row, table=True):
    """Other nodes."""

    __tablename__ = "peers"

    dns: str = Field(primary_key=True)
    short_name: str = Field(unique=True)
    title: str
    base_url: str
    state: str
    organisation: str = Field(foreign_key="organisations.id")
    keys: list[dict[str, str | None]] = Field(sa_type=JSON)
    added_at: datetime
    log_id: str | None = None
    cursor: str | None = Field(default=None, sa_type=Text)
    pulls: bool
    serves: bool
    imports: bool
    groups: dict[str, str] = Field(sa_type=JSON)
    last_asked_at: datetime | None = None
    last_success_at: datetime | None = None
    last_error: str | None = None
    failures: int
    remaining: int | None = None
    skew_seconds: int | None = None
    kinds: list[str] = Field(sa_type=JSON)
    tlp_max: str | None = None
    poll_seconds: int | None = None
    successors: list[dict[str, str]] = Field(sa_type=JSON)
    heard_at: datetime | None = None
    hold: str | None = None
    released_until: datetime | None = None
    reconciled_at: datetime | None = None
    differing: int | None = None
    pinged_at: datetime | None = None


class EnvelopeRow(Row, table=True):
    """Signed headers, without the parts: those are in ``revisions``. Of a tombstone the words of its reason."""

    __tablename__ = "envelopes"
    __table_args__ = (Index(None, "uid", "rev"),)

    hash: str = Field(primary_key=True)
    uid: str
    origin: str
    rev: int
    body: bytes
    signature: str = Field(sa_type=Text)
    kept_at: datetime
    came_from: str | None = None
    hops: int
    reason_salt: bytes | None = None
    reason_body: bytes | None = None


class EnvelopeHeadRow(Row, table=True):
    """The newest header of each record, where the record stands in the log that peers read, and its bucket for those
    who compare."""

    __tablename__ = "envelope_heads"
    __table_args__ = (Index("ix_envelope_heads_frozen", "uid", sqlite_where=text("frozen")),)

    uid: str = Field(primary_key=True)
    hash: str = Field(foreign_key="envelopes.hash")
    frozen: bool
    position: int | None = Field(default=None, unique=True)
    bucket: int = Field(default=0, index=True, sa_column_kwargs={"server_default": "0"})


class PeerSentRow(Row, table=True):
    """What each peer was last sent of each record."""

    __tablename__ = "peer_sent"
    __table_args__ = ({"sqlite_with_rowid": False},)

    peer: str = Field(primary_key=True)
    uid: str = Field(primary_key=True)
    position: int
    hash: str
    revoked: bool


class PeerNonceRow(Row, table=True):
    """Words of signed requests that came, until they expire."""

    __tablename__ = "peer_nonces"

    kid: str = Field(primary_key=True)
    nonce: str = Field(primary_key=True)
    expires_at: datetime = Field(index=True)


class PeerRefusalRow(Row, table=True):
    """Items of peers that were not applied."""

    __tablename__ = "peer_refusals"
    __table_args__ = (Index(None, "peer", "at"),)

    id: str = Field(primary_key=True)
    peer: str
    uid: str | None = Field(default=None, index=True)
    hash: str
    reason: str
    item: bytes
    at: datetime
    parked_until: datetime | None = None


PEERS = table_of(PeerRow)
ENVELOPES = table_of(EnvelopeRow)
ENVELOPE_HEADS = table_of(EnvelopeHeadRow)
PEER_SENT = table_of(PeerSentRow)
PEER_NONCES = table_of(PeerNonceRow)
PEER_REFUSALS = table_of(PeerRefusalRow)
