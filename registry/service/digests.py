"""Letters about new matches of a saved search: put together when they are sent, from what is public then."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from registry.domain.facets import title_of
from registry.domain.letter import Letter, one_line
from registry.domain.record import Record
from registry.domain.saved_search import SavedSearch, SavedSearchId
from registry.ports import Reader, Registry, Unit
from registry.service.feeds import shown
from registry.service.saved_searches import quiet_secret

SUBJECT = "New matches of a saved search"
_MOST = 100
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class Written:
    """A letter's words, and the link that ends such letters."""

    subject: str
    body: str
    unsubscribe: str


def written(registry: Registry, reader: Reader | Unit, letter: Letter) -> Written | None:
    """The words of *letter*; ``None`` where there is nothing to tell any more."""
    search = reader.saved_searches.get(SavedSearchId(str(letter.about)))
    if search is None:
        return None
    matches = reader.saved_searches.in_letter(letter.id)
    records = [one.record for one in shown(reader, [match.uid for match in matches[:_MOST]])]
    if not records:
        return None
    link = f"{registry.settings.base_url}/s/{search.token}"
    count = f"{len(matches)} new {'match' if len(matches) == 1 else 'matches'}"
    lines = [f"{count} of your saved search “{search.name}”:", "", *_lines(registry, records)]
    if len(matches) > _MOST:
        lines += [f"And more than these {_MOST}: see the page of the search.", ""]
    lines += [f"The search, with everything that it was told of: {link}"]
    unsubscribe = _unsubscribe(registry, search)
    lines += [f"No more letters about this search: {unsubscribe}"]
    return Written(f"{count} of “{one_line(search.name)}”", "\n".join(lines) + "\n", unsubscribe)


def _unsubscribe(registry: Registry, search: SavedSearch) -> str:
    return f"{registry.settings.base_url}/s/{search.token}/letters/{quiet_secret(registry, search.id)}"


def _lines(registry: Registry, records: list[Record]) -> Iterator[str]:
    for record in records:
        title = title_of(record.kind, record.head.public.document) if record.head.public is not None else ""
        yield one_line(title)[:_LONGEST_TITLE]
        yield f"{record.label}: {registry.settings.base_url}/r/{record.number or record.uid}"
        yield ""
