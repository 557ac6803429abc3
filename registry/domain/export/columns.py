"""The columns of an export as a table. Those of facets bear the names by which a search asks for them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from registry.domain.content.kinds import PUBLIC
from registry.domain.errors import InvalidInput, Problem, did_you_mean
from registry.domain.export.row import Row
from registry.domain.facets import FACETS, occurred_of, severity_of, summary_of
from registry.domain.spreadsheet import joined

Value: TypeAlias = "str | tuple[str, ...]"


@dataclass(frozen=True, slots=True)
class Column:
    """A column. ``is_list``: its cells hold any number of values, put together by ``spreadsheet.joined``."""

    name: str
    description: str
    value: Callable[[Row], Value]
    is_list: bool = False


def _said(name: str) -> Callable[[Row], Value]:
    return lambda row: _text(row.document.get(name))


def _marked(name: str) -> Callable[[Row], Value]:
    return lambda row: _text(row.marking.get(name))


def _each(field: str, key: str) -> Callable[[Row], Value]:
    def values(row: Row) -> tuple[str, ...]:
        items: Any = row.content.get(field, [])
        return tuple(str(one[key]) for one in items if key in one)

    return values


def _text(value: Any) -> Value:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return tuple(map(str, value))
        case _:
            return str(value)


def _summary(row: Row) -> str:
    return summary_of(row.kind, row.content) if PUBLIC[row.kind].SUMMARY in row.content else ""


def _upstream(name: str) -> Callable[[Row], Value]:
    def value(row: Row) -> Value:
        upstream: Any = row.content.get("upstream") or {}
        return _text(upstream.get(name))

    return value


def _links(row: Row) -> tuple[str, ...]:
    links: Any = row.content.get("links", [])
    return tuple(f"{one['rel']}:{one['target']}" for one in links)


def _facet(name: str) -> Callable[[Row], Value]:
    return lambda row: tuple(value for facet, value in row.facets if facet == name)


_OWN = (
    Column("number", "Number of the record; empty before it has one.", _said("number")),
    Column("uid", "Id that never changes, whatever becomes of the number.", _said("uid")),
    Column("kind", "Kind of record.", _said("kind")),
    Column("title", "The line that stands for the record.", lambda row: row.title),
    Column("summary", "A paragraph, as Markdown; empty where there is a content warning.", _summary),
    Column("content_warnings", "What readers of the text are to be warned of.", _marked("content_warnings"), True),
    Column("owner", "Slug of the organisation that the record is of.", _said("owner")),
    Column("state", "Where the record is in its life.", _said("state")),
    Column("revision", "Published revisions so far.", _said("revision")),
    Column("published_at", "When this revision was published, an instant in UTC.", _said("published_at")),
    Column("occurred", "When it happened, as exactly as it is known.", lambda row: occurred_of(row.content) or ""),
    Column("severity", "0 (none) to 5 (catastrophic).", lambda row: _text(severity_of(row.content))),
    Column("imported", "Whether it was published from a source without review here.", _said("imported")),
    Column("source", "Id of the source that it was imported from.", _upstream("source")),
    Column("source_id", "Its id at that source.", _upstream("id")),
    Column("source_url", "Its page at that source.", _upstream("url")),
    Column("reported_by", "Whether those speak whose system it is about, or others.", _marked("reported_by")),
    Column("standing", "How far the account is accepted.", _marked("standing")),
    Column("written_in", "Language of the text.", _marked("language")),
    Column("aliases", "Ids of the same thing elsewhere.", lambda row: _text(row.content.get("aliases", [])), True),
    Column("sources", "Addresses of public sources.", _each("sources", "url"), True),
    Column("links", "Relations to other records: the relation, a colon, the uid.", _links, True),
    Column("licence", "SPDX id of the licence; always there.", _marked("licence")),
    Column("attribution", "Whom to name when the record is used; always there.", _said("attribution")),
    Column("obligations", "What the publisher asks for besides.", _marked("obligations"), True),
    Column("public_hash", "Hash of the public part, hexadecimal.", _said("public_hash")),
    Column("url", "Its page.", _said("url")),
)
_FACETS = tuple(
    Column(name, f"What `{name}:` finds; a term's parent too.", _facet(name), is_list=True) for name in FACETS
)
COLUMNS: Mapping[str, Column] = {one.name: one for one in (*_OWN, *_FACETS)}
DEFAULT = (
    "number", "kind", "title", "summary", "content_warnings", "owner", "published_at", "occurred", "severity", "misuse",
    "harm", "provider", "model", "technique", "sector", "country", "enforcement", "mitigation", "sources",
    "reported_by", "licence", "attribution", "url",
)  # fmt: skip
# Whoever passes rows on must tell these.
ALWAYS = ("licence", "attribution")


def chosen(names: Iterable[str]) -> tuple[Column, ...]:
    """The columns of these names, in their order, each once; the usual ones where none is named.

    Licence and attribution stand at the end where they are not named.

    Raises:
        InvalidInput: there is no such column; with every name that is none.
    """
    wanted = tuple(dict.fromkeys(filter(None, (name.strip() for name in names)))) or DEFAULT
    unknown = [name for name in wanted if name not in COLUMNS]
    if unknown:
        message = "there is no such column"
        problems = [Problem(("columns",), "UNKNOWN_TERM", message, did_you_mean(one, COLUMNS)) for one in unknown[:20]]
        raise InvalidInput(problems)
    return tuple(COLUMNS[name] for name in dict.fromkeys((*wanted, *ALWAYS)))


def cell(row: Row, column: Column) -> str:
    """What stands in a cell, before it is made safe for spreadsheets."""
    value = column.value(row)
    return joined(value) if column.is_list else str(value)
