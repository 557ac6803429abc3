"""The versions of a usage policy, as they replace one another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.domain.actor import Actor
from registry.domain.pages import PageRequest
from registry.domain.record import Record
from registry.domain.vocabulary import Kind, LinkRel
from registry.service import find
from web.pages.cards import Card, address_of, cards
from web.site import Site

_MOST_VERSIONS = 30


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a policy; ``comparison`` leads to what changed from it to the one shown."""

    card: Card
    is_shown: bool
    comparison: str | None

    @property
    def name(self) -> str:
        """What it is called among the versions."""
        return str(self.card.document.get("version") or self.card.title)

    @property
    def since(self) -> str | None:
        """Since when it holds."""
        found = self.card.document.get("effective_from")
        return found if isinstance(found, str) else None


def versions(site: Site, actor: Actor, record: Record) -> tuple[Version, ...]:
    """Every version of a policy that *actor* may see, as they replace one another, the newest first."""
    if record.kind is not Kind.USAGE_POLICY:
        return ()
    newer, older = (list(_chain(site, actor, record, ahead=ahead)) for ahead in (False, True))
    chain = [*reversed(newer), record, *older]
    return tuple(
        Version(one, one.record.uid == record.uid, _comparison(one.record, record))
        for one in cards(site, actor, chain)
        if one.document
    )


def _chain(site: Site, actor: Actor, record: Record, *, ahead: bool) -> Iterator[Record]:
    """Versions one after another: those replaced (*ahead*), or those that replace. Told once each, however linked."""
    seen, now = {record.uid}, record
    while len(seen) < _MOST_VERSIONS:
        request = PageRequest(_MOST_VERSIONS)
        page = find.linked(
            site.registry, actor, now.uid, LinkRel.SUPERSEDES, request=request, reverse=not ahead, kind=record.kind
        )
        following = next((one for one in page.items if one.uid not in seen), None)
        if following is None:
            return
        seen.add(following.uid)
        yield following
        now = following


def _comparison(one: Record, shown: Record) -> str | None:
    return None if one.uid == shown.uid else f"{address_of(one)}/compare/{shown.number or shown.uid}"
