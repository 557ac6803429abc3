"""Records as they stand in lists: one card each."""

from __future__ import annotations

import html
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import nh3

from registry.domain.account import Organisation
from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.facets import occurred_of, severity_of, summary_of, title_of
from registry.domain.record import OrganisationId, Record
from registry.domain.search import Snippet
from registry.domain.shortening import shortened
from registry.domain.vocabulary import Kind
from registry.service import accounts
from web.pages.markdown import to_html
from web.pages.origin import licence_note
from web.pages.wording import words
from web.site import Site

_LONGEST_SUMMARY = 260
GONE = "This record was withdrawn"


@dataclass(frozen=True, slots=True)
class Card:
    """What a list tells of a record. ``document`` is empty where its content is gone."""

    record: Record
    document: Document
    title: str
    summary: str
    owner: Organisation | None
    severity: int | None
    occurred: str | None
    snippet: Snippet | None = None

    @property
    def href(self) -> str:
        """Its page."""
        return address_of(self.record)

    @property
    def warnings(self) -> tuple[str, ...]:
        """What readers are warned of; then no text of it is shown in lists."""
        return self.record.head.marking.content_warnings

    @property
    def licence_note(self) -> str | None:
        """Its licence, where a list has to say it."""
        return licence_note(self.record) if self.document else None

    @property
    def is_unreviewed_import(self) -> bool:
        """Whether it is told as a source has told it, and nobody here has looked."""
        return self.record.imported and "upstream" in self.document

    @property
    def misuse(self) -> tuple[str, ...]:
        """The codes of its misuse categories, those it acts against included; each once."""
        document: dict[str, list[str]] = dict(self.document)  # type: ignore[arg-type]
        found = list(document.get("misuse_categories", []))
        if self.record.kind is Kind.MITIGATION:
            addressed: list[dict[str, str]] = document.get("addresses", [])  # type: ignore[assignment]
            found += [one["misuse_category"] for one in addressed if "misuse_category" in one]
        return tuple(dict.fromkeys(found))

    @property
    def says(self) -> tuple[str, ...]:
        """What tells a record of its kind from others at a glance, in words."""
        document: dict[str, Any] = dict(self.document)
        match self.record.kind:
            case Kind.WEAKNESS:
                return (words(document["status"]),)
            case Kind.USAGE_POLICY:
                version = (f"Version {document['version']}",) if "version" in document else ()
                return (document["provider"], *version)
            case Kind.STATEMENT:
                adoption = (words(document["adoption"]["status"]),) if "adoption" in document else ()
                return (words(document["statement_kind"]), *adoption)
            case _:
                return ()


def address_of(record: Record) -> str:
    """The path of a record's page."""
    return f"/r/{record.number or record.uid}"


def card(record: Record, owner: Organisation | None, snippet: Snippet | None = None) -> Card:
    """One record as a card."""
    if record.head.public is None:
        return Card(record, {}, GONE, "", owner, None, None)
    document = record.head.public.document
    return Card(
        record=record,
        document=document,
        title=title_of(record.kind, document),
        summary=plain(summary_of(record.kind, document)),
        owner=owner,
        severity=severity_of(document),
        occurred=occurred_of(document),
        snippet=snippet,
    )


def cards(site: Site, actor: Actor, records: Iterable[Record]) -> tuple[Card, ...]:
    """Several records as cards, their owners read at once."""
    found = tuple(records)
    owners = owners_of(site, actor, found)
    return tuple(card(record, owners.get(record.owner)) for record in found)


def owners_of(site: Site, actor: Actor, records: Sequence[Record]) -> dict[OrganisationId, Organisation]:
    """Whose records these are."""
    if not records:
        return {}
    return accounts.organisations_by_id(site.registry, actor, {record.owner for record in records})


def plain(markdown: str) -> str:
    """The beginning of a Markdown text, without its marks."""
    text = " ".join(html.unescape(nh3.clean(to_html(markdown), tags=set())).split())
    return shortened(text, _LONGEST_SUMMARY)
