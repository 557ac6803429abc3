"""Where imported records that wait for review come from, and why they wait: by codes, and no word of the records."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from registry.domain.finding import NOTHING_OPEN, SOURCE_NOT_TRUSTED, Finding, FindingFilter
from registry.domain.importing import Source
from registry.domain.pages import PageRequest
from registry.domain.policy import Visibility
from registry.domain.record import Record, RecordUid, Revision
from registry.ports import Reader, Registry, Unit

_FOUND = 50


@dataclass(frozen=True, slots=True)
class Origin:
    """The source that a record was imported from.

    Attributes:
        source: id of the source.
        because: codes of open findings that hold the record; where there is none, ``SOURCE_NOT_TRUSTED`` or, of a
            source that is trusted by now, ``NOTHING_OPEN``.
    """

    source: str
    title: str
    because: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SourceWaiting:
    """A source of which records wait, and how many."""

    source: str
    title: str
    count: int


def source_of(revision: Revision) -> str | None:
    """Id of the source that a record was imported from, if it was."""
    upstream = _upstream(revision)
    return None if upstream is None else upstream[0]


def origins_of(registry: Registry, view: Reader | Unit, records: Iterable[Record]) -> dict[RecordUid, Origin]:
    """The origins of those of *records* that were imported, as their newest revisions say."""
    by_source: dict[str, dict[RecordUid, str]] = {}
    for record in records:
        upstream = _upstream(record.newest)
        if upstream is not None:
            by_source.setdefault(upstream[0], {})[record.uid] = upstream[1]
    found: dict[RecordUid, Origin] = {}
    for source, ids in by_source.items():
        title, otherwise = _title(registry, view, source), (_default(registry, view, source),)
        holding = view.findings.holding(source, set(ids.values()))
        found |= {uid: Origin(source, title, holding.get(id_, otherwise)) for uid, id_ in ids.items()}
    return found


def sources_waiting(registry: Registry, view: Reader | Unit, visible: Visibility) -> tuple[SourceWaiting, ...]:
    """The sources of which records wait, by title, as far as a viewer sees work under review."""
    counts = view.review_queue.imported(visible=visible)
    owners = view.accounts.organisations_by_id(sorted(counts))
    told = [SourceWaiting(one.slug, _title(registry, view, one.slug), counts[id_]) for id_, one in owners.items()]
    return tuple(sorted(told, key=lambda one: (one.title.casefold(), one.source)))


def waiting_of(
    view: Reader | Unit, source: str | None, visible: Visibility, *, limit: int, skip: int
) -> tuple[RecordUid, ...]:
    """What waits, the longest first; of one source, if *source* is its id."""
    if source is None:
        return view.review_queue.waiting(visible=visible, limit=limit, skip=skip)
    owner = view.accounts.organisation_by_slug(source)
    if owner is None:
        return ()
    return view.review_queue.waiting(visible=visible, limit=limit, skip=skip, imported_of=owner.id)


def found_of(view: Reader | Unit, shown: Revision) -> tuple[str | None, tuple[Finding, ...]]:
    """Where a record was imported from, and what its import found and is not mended, what holds it first."""
    upstream = _upstream(shown)
    if upstream is None:
        return None, ()
    wanted = FindingFilter(record=upstream[1], is_open=True)
    kept = view.findings.page(upstream[0], wanted, PageRequest(_FOUND)).items
    return upstream[0], tuple(sorted((one.finding for one in kept), key=lambda one: not one.held))


def _upstream(revision: Revision) -> tuple[str, str] | None:
    said: Any = None if revision.public is None else revision.public.document.get("upstream")
    return (said["source"], said["id"]) if said else None


def _default(registry: Registry, view: Reader | Unit, id_: str) -> str:
    source = _source(registry, view, id_)
    is_trusted = source is not None and view.import_sources.state(id_).of(source).is_trusted
    return NOTHING_OPEN if is_trusted else SOURCE_NOT_TRUSTED


def _title(registry: Registry, view: Reader | Unit, id_: str) -> str:
    """What the source calls itself; of one that was taken out, what its publisher is called here."""
    source = _source(registry, view, id_)
    if source is not None:
        return source.title
    publisher = view.accounts.organisation_by_slug(id_)
    return id_ if publisher is None else publisher.name


def _source(registry: Registry, view: Reader | Unit, id_: str) -> Source | None:
    return view.import_sources.get(id_) or registry.built_in().get(id_)
