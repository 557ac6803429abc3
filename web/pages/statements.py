"""What organisations say about a record: their statements, kind by kind."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from registry.domain.actor import Actor
from registry.domain.link import FieldRel
from registry.domain.pages import MAX_PAGE, PageRequest
from registry.domain.record import RecordUid
from registry.domain.vocabulary import Kind, StatementKind
from registry.service import find
from web.pages.cards import Card, cards
from web.pages.meanings import STATEMENTS
from web.site import Site


@dataclass(frozen=True, slots=True)
class StatementGroup:
    """The statements of one kind about one record, the newest first; ``more`` tells that some are left out."""

    kind: StatementKind
    cards: tuple[Card, ...]
    more: bool = False

    @property
    def heading(self) -> str:
        """What is said above them."""
        return STATEMENTS[self.kind]

    @property
    def is_dispute(self) -> bool:
        """Whether they dispute the record."""
        return self.kind is StatementKind.DISPUTE


def statements_about(site: Site, actor: Actor, *uids: RecordUid) -> tuple[StatementGroup, ...]:
    """What *actor* may see of the statements about records that are one; none is more visible than its record."""
    pages = [
        find.linked(
            site.registry,
            actor,
            uid,
            FieldRel.ABOUT,
            request=PageRequest(MAX_PAGE),
            reverse=True,
            kind=Kind.STATEMENT,
        )
        for uid in uids
    ]
    found = [one for page in pages for one in page.items]
    shown = [one for one in cards(site, actor, found) if one.document]
    return tuple(_grouped(shown, more=any(page.has_next for page in pages)))


def _grouped(shown: list[Card], *, more: bool) -> Iterable[StatementGroup]:
    for kind in STATEMENTS:
        found = tuple(one for one in shown if one.document["statement_kind"] == kind)
        if found:
            yield StatementGroup(kind, found, more)
