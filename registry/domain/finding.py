"""Findings: what was wrong with a source's record, kept until the source has mended it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

# Codes of findings that depend on what is stored here, and not on the source's documents alone.
ABOUT_THE_STORE = frozenset({"LINK_UNRESOLVED"})
# Why an imported record waits that no open finding holds: its source is not trusted, or is by now.
SOURCE_NOT_TRUSTED = "SOURCE_NOT_TRUSTED"
NOTHING_OPEN = "NOTHING_OPEN"
# What a source has mended is kept for so long; the names of its records may name people.
MENDED_KEPT = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem of one upstream record.

    Attributes:
        refused: whether the record was left out because of it.
        held: whether the record waits for review because of it.
    """

    source: str
    record: str
    code: str
    message: str
    refused: bool = True
    held: bool = False


@dataclass(frozen=True, slots=True)
class KeptFinding:
    """A finding with its history; ``cleared_at`` is set when a later run no longer has it."""

    finding: Finding
    first_seen_at: datetime
    last_attempt_at: datetime
    cleared_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """Which findings of a source; empty fields do not narrow.

    Attributes:
        record: those of the record with this upstream id.
        is_open: those that are not cleared, or only those that are.
        without: none of these codes.
    """

    code: str | None = None
    record: str | None = None
    refused: bool | None = None
    held: bool | None = None
    is_open: bool | None = None
    without: frozenset[str] = frozenset()
