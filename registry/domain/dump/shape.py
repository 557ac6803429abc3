"""What stands in the files of a dump: written down once, for who writes them and for the data dictionary."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from registry.domain.export.columns import COLUMNS

JSONL, CSV, SQLITE = "records.jsonl.gz", "records.csv.gz", "records.sqlite"
DICTIONARY, DICTIONARY_TEXT = "dictionary.json", "dictionary.md"
MANIFEST, SIGNATURE = "manifest.json", "manifest.json.jws"
FORMAT = "incident-commons dump directory 1"

# Files by name, with what they are called in HTTP.
MEDIA_TYPES: Mapping[str, str] = {
    JSONL: "application/gzip",
    CSV: "application/gzip",
    SQLITE: "application/vnd.sqlite3",
    DICTIONARY: "application/json",
    DICTIONARY_TEXT: "text/markdown; charset=utf-8",
    MANIFEST: "application/json",
    SIGNATURE: "application/jose",
}

_FLAG = "1 or 0."
_INSTANT = "instant, UTC"


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a line of JSON. ``of``: ``record``, ``tombstone`` or ``both``."""

    name: str
    type: str
    of: str
    description: str


@dataclass(frozen=True, slots=True)
class Cell:
    """A column of a table of SQLite.

    Attributes:
        form: what the text or number is beyond its type, such as a unit; empty for plain text.
        required: never null.
        references: the table whose key it holds.
    """

    name: str
    type: str
    description: str
    form: str = ""
    required: bool = False
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table of SQLite; ``key`` is made of the columns named."""

    name: str
    description: str
    key: tuple[str, ...]
    cells: tuple[Cell, ...]


LINE: tuple[Field, ...] = (
    Field("uid", "uid of a record (lower-case UUID)", "both", "Id that never changes."),
    Field("number", "text", "both", "Number of the record."),
    Field("kind", "text", "both", "Kind of record; says which fields `content` has."),
    Field("url", "web address", "both", "Its page."),
    Field("origin", "DNS name", "both", "Node at which it began."),
    Field("state", "text", "both", "`published`, also of a tombstone that is blocked or narrowed; `withdrawn`, "
          "`merged` or `erased`."),
    Field("revision", "whole number", "both", "Published revisions so far, counted from 1."),
    Field("owner", "text", "record", "Slug of the organisation that it is of."),
    Field("published_at", _INSTANT, "record", "When this revision was published."),
    Field("imported", "`true` or `false`", "record", "Whether it was published from a source without review here."),
    Field("public_hash", "SHA-256, 64 hexadecimal digits", "record", "Hash of the salted public part."),
    Field("attribution", "text", "record", "Whom to name when the record is used."),
    Field("marking", "object Marking", "record", "TLP, licence (SPDX id), obligations and the other terms."),
    Field("content", "object", "record", "The public part, by the kind; untrusted text."),
    Field("withdrawn_at", _INSTANT, "tombstone", "Since when it is gone."),
    Field("reason", "text", "tombstone", "Why, in plain words; null where nobody may know."),
    Field("merged_into", "uid of a record", "tombstone", "The record that stands for it."),
)  # fmt: skip

# Columns of the CSV: those of an export, and what a tombstone tells.
GONE_COLUMNS: Mapping[str, str] = {
    "withdrawn_at": "Of a tombstone: since when it is gone, an instant in UTC.",
    "reason": "Of a tombstone: why, in plain words.",
    "merged_into": "Of a tombstone: uid of the record that stands for it.",
}
CSV_COLUMNS: tuple[str, ...] = (*COLUMNS, *GONE_COLUMNS)

_RECORD = Cell("record", "TEXT", "The record.", "uid", required=True, references="records")

TABLES: tuple[Table, ...] = (
    Table("about", "What the dump is, as names and values.", ("name",), (
        Cell("name", "TEXT", "`node`, `as_of` and others, as in the manifest.", required=True),
        Cell("value", "TEXT", "What holds.", required=True),
    )),
    Table("licences", "The licences of the records, and what each asks for.", ("licence",), (
        Cell("licence", "TEXT", "SPDX id, or as the publisher wrote it.", required=True),
        Cell("url", "TEXT", "Where its text stands, if it is one that we know."),
        Cell("is_known", "INTEGER", f"Whether we know it; else fear every duty. {_FLAG}", required=True),
        Cell("attribution", "INTEGER", f"Whether it may ask to be named. {_FLAG}", required=True),
        Cell("share_alike", "INTEGER", f"Whether it may ask to pass on under the same licence. {_FLAG}", required=True),
        Cell("non_commercial", "INTEGER", f"Whether it may forbid commercial use. {_FLAG}", required=True),
        Cell("no_derivatives", "INTEGER", f"Whether it may forbid changes. {_FLAG}", required=True),
    )),
    Table("owners", "The organisations that records are of.", ("slug",), (
        Cell("slug", "TEXT", "Short name in addresses.", required=True),
        Cell("name", "TEXT", "Its name.", required=True),
    )),
    Table("records", "One row a record; of a tombstone only what it tells.", ("uid",), (
        Cell("uid", "TEXT", "Id that never changes.", "uid", required=True),
        Cell("number", "TEXT", "Number of the record."),
        Cell("kind", "TEXT", "Kind of record.", required=True),
        Cell("state", "TEXT", "Where it is in its life.", required=True),
        Cell("is_tombstone", "INTEGER", f"Whether only that something was here is told. {_FLAG}", required=True),
        Cell("revision", "INTEGER", "Published revisions so far.", "count", required=True),
        Cell("origin", "TEXT", "Node at which it began.", "DNS name", required=True),
        Cell("url", "TEXT", "Its page.", "web address", required=True),
        Cell("owner", "TEXT", "Organisation that it is of.", references="owners"),
        Cell("title", "TEXT", "The line that stands for the record."),
        Cell("summary", "TEXT", "A paragraph, as Markdown; empty where there is a content warning."),
        Cell("content_warnings", "TEXT", "What readers are to be warned of.", "JSON list"),
        Cell("tlp", "TEXT", "Marking."),
        Cell("licence", "TEXT", "Under which licence it is.", references="licences"),
        Cell("attribution", "TEXT", "Whom to name when it is used."),
        Cell("obligations", "TEXT", "What the publisher asks for besides.", "JSON list"),
        Cell("language", "TEXT", "Language of the text."),
        Cell("standing", "TEXT", "How far the account is accepted."),
        Cell("published_at", "TEXT", "When this revision was published.", _INSTANT),
        Cell("occurred", "TEXT", "When it happened, as exactly as it is known.", "date"),
        Cell("severity", "INTEGER", "0 (none) to 5 (catastrophic)."),
        Cell("imported", "INTEGER", f"Whether it came from a source without review here. {_FLAG}"),
        Cell("public_hash", "TEXT", "Hash of the salted public part.", "SHA-256, hexadecimal"),
        Cell("content", "TEXT", "The whole public part.", "JSON object"),
        Cell("withdrawn_at", "TEXT", "Of a tombstone: since when it is gone.", _INSTANT),
        Cell("reason", "TEXT", "Of a tombstone: why, in plain words."),
        Cell("merged_into", "TEXT", "Of a tombstone: the record that stands for it.", "uid"),
    )),
    Table("terms", "What records are counted by; a term's parent too.", ("record", "facet", "term"), (
        _RECORD,
        Cell("facet", "TEXT", "Name, as in a search: `misuse`, `provider`, `technique`.", required=True),
        Cell("term", "TEXT", "The value.", required=True),
    )),
    Table("sources", "Public sources of records.", ("record", "position"), (
        _RECORD,
        Cell("position", "INTEGER", "Place in the list.", "from 0", required=True),
        Cell("url", "TEXT", "Address of the page.", "web address", required=True),
        Cell("title", "TEXT", "Its title."),
        Cell("publisher", "TEXT", "Who published it."),
        Cell("published_on", "TEXT", "When.", "date, a year or a month alone too"),
        Cell("archive_url", "TEXT", "Address of an archived copy.", "web address"),
    )),
    Table("aliases", "Ids of the same thing elsewhere.", ("record", "alias"), (
        _RECORD,
        Cell("alias", "TEXT", "The id.", required=True),
    )),
    Table("links", "Relations between records.", ("record", "position"), (
        _RECORD,
        Cell("position", "INTEGER", "Place in the list.", "from 0", required=True),
        Cell("relation", "TEXT", "Read from the record to the target.", required=True),
        Cell("target", "TEXT", "The other record; it need not be in the dump.", "uid", required=True),
        Cell("clause", "TEXT", "Path of the clause that it violates."),
    )),
)  # fmt: skip
# Columns that are looked up often, by table.
INDEXED: tuple[tuple[str, str], ...] = (
    ("records", "number"),
    ("records", "kind"),
    ("terms", "facet, term"),
    ("links", "target"),
    ("sources", "url"),
)
