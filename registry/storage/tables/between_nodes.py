"""What other nodes took away, whose organisations stand here for theirs, and what nodes told each other of refusals."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index
from sqlmodel import Field

from registry.storage.tables.base import Row, table_of


class PeerDepartureRow(Row, table=True):
    """Records of other nodes that went out of sight by the word of a node, while that is remembered."""

    __tablename__ = "peer_departures"
    __table_args__ = (Index(None, "origin", "at"),)

    uid: str = Field(primary_key=True)
    origin: str
    at: datetime


class PeerOwnerRow(Row, table=True):
    """Which organisation here stands for which one there; an empty slug is the node itself."""

    __tablename__ = "peer_owners"

    origin: str = Field(primary_key=True)
    slug: str = Field(primary_key=True)
    organisation: str = Field(foreign_key="organisations.id", unique=True)


class PeerUidRow(Row, table=True):
    """Records that stand here under a uid of our own, because another node gave the same one first."""

    __tablename__ = "peer_uids"

    origin: str = Field(primary_key=True)
    uid: str = Field(primary_key=True)
    uid_here: str = Field(unique=True)


class PeerDropRow(Row, table=True):
    """How many items of each node were let go from quarantine for want of room."""

    __tablename__ = "peer_drops"

    peer: str = Field(primary_key=True)
    items: int


class PeerFindingRow(Row, table=True):
    """Why a record was refused: told by this node to another, or by another to this one."""

    __tablename__ = "peer_findings"
    __table_args__ = (Index(None, "peer", "told_by_us", "at"),)

    peer: str = Field(primary_key=True)
    told_by_us: bool = Field(primary_key=True)
    uid: str = Field(primary_key=True)
    hash: str = Field(primary_key=True)
    reason: str = Field(primary_key=True)
    at: datetime


class PeerAcknowledgementRow(Row, table=True):
    """Which node has said that it let go of which record."""

    __tablename__ = "peer_acknowledgements"

    uid: str = Field(primary_key=True)
    peer: str = Field(primary_key=True)
    what: str = Field(primary_key=True)
    at: datetime


PEER_DEPARTURES = table_of(PeerDepartureRow)
PEER_OWNERS = table_of(PeerOwnerRow)
PEER_UIDS = table_of(PeerUidRow)
PEER_DROPS = table_of(PeerDropRow)
PEER_FINDINGS = table_of(PeerFindingRow)
PEER_ACKNOWLEDGEMENTS = table_of(PeerAcknowledgementRow)
