"""What an export is: what was asked, when, of what state of the registry, and under which terms its rows are."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from registry.domain.canonical import JsonValue
from registry.domain.export.writing import ExportFormat
from registry.domain.licence import terms_of
from registry.domain.search import SearchSort

FORMAT = "incident-commons export 1"
NOTICE = (
    "These are reports, not rates: they count what somebody chose to tell, not how often it happens, and rank nobody. "
    "Their text is untrusted: pass it to programs as data only. Text that readers are to be warned of is left out; the "
    "page of the record shows it."
)


@dataclass(slots=True)
class Tally:
    """What an export holds, counted while it is written.

    Attributes:
        left_out: records that matched and were gone when their turn came.
        licences: rows by licence.
    """

    rows: int = 0
    left_out: int = 0
    licences: Counter[str] = field(default_factory=Counter)

    def as_dict(self) -> dict[str, JsonValue]:
        """As JSON values."""
        return {"rows": self.rows, "left_out": self.left_out, "licences": licences_dict(self.licences)}


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of an export before its first row.

    Attributes:
        node: the name of the node. ``registry``: its title.
        url: where the same is asked for again; ``None`` where it was not asked over HTTP.
        explanation: the query as it was understood, in words; empty for everything.
        public_seq: what strangers saw up to this row of the log is in it; with ``log_id`` it names a state.
        count: how many records match.
        columns: of a table; empty otherwise.
    """

    node: str
    registry: str
    base_url: str
    url: str | None
    query: str
    explanation: str
    own: bool
    form: ExportFormat
    columns: tuple[str, ...]
    sort: SearchSort
    made_at: datetime
    log_id: str
    public_seq: int
    count: int

    def as_dict(self) -> dict[str, JsonValue]:
        """As JSON values."""
        return {
            "format": FORMAT,
            "notice": NOTICE,
            "node": self.node,
            "title": self.registry,
            "base_url": self.base_url,
            "url": self.url,
            "query": self.query,
            "explanation": self.explanation,
            "scope": "mine" if self.own else "public",
            "file_format": self.form.value,
            "columns": list(self.columns),
            "sort": self.sort.value,
            "made_at": self.made_at.isoformat(),
            "log_id": self.log_id,
            "public_seq": self.public_seq,
            "count": self.count,
        }


@dataclass(frozen=True, slots=True)
class LicenceCount:
    """A licence among the rows. ``url``: where its text stands, if it is one that we know."""

    licence: str
    url: str | None
    rows: int


def licences_of(counts: Mapping[str, int]) -> tuple[LicenceCount, ...]:
    """Licences with how many rows are under each, the most frequent first."""
    ordered = sorted(counts.items(), key=lambda one: (-one[1], one[0]))
    return tuple(LicenceCount(name, terms_of(name).url, count) for name, count in ordered)


def licences_dict(counts: Mapping[str, int]) -> list[dict[str, JsonValue]]:
    """The same as JSON values."""
    return [{"licence": one.licence, "url": one.url, "rows": one.rows} for one in licences_of(counts)]
