"""What changed between two versions of a usage policy, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import Actor
from registry.domain.canonical import Document
from registry.domain.errors import NotFound
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from web.authentication import actor_of
from web.pages import wording
from web.pages.caching import page
from web.pages.cards import address_of, card
from web.pages.difference import WordChange, worded_texts
from web.pages.record import find_record
from web.site import Site, site_of

# What is compared of a clause beside its path, in the order in which it is read.
_COMPARED = ("heading", "text", "summary", "kind", "misuse_categories", "scrutiny_domains", "severity_tier")
_FACTS = ("title", "version", "effective_from", "effective_to", "product_scope", "url")


class ClauseFate(StrEnum):
    """What became of a clause."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class ClauseChange:
    """A clause that differs between two versions, and what of it, word by word."""

    path: str
    fate: ClauseFate
    changes: tuple[WordChange, ...]


async def compare(request: Request) -> Response:
    """What changed from one version of a policy to another.

    Raises:
        NotFound: there is no such record, none that the asker may see, or one of them is no policy that can be read.
    """
    site, actor = site_of(request), actor_of(request)
    before, after = (_policy(site, actor, request.path_params[name]) for name in ("ref", "other"))
    first, second = _document(before), _document(after)
    clauses = await anyio.to_thread.run_sync(lambda: tuple(clause_changes(first, second)), limiter=site.searches)
    return page(
        request,
        "compare.html",
        before=card(before, None),
        after=card(after, None),
        facts=worded_texts([(wording.field_label(name), *_texts(name, first, second)) for name in _FACTS]),
        clauses=clauses,
        address=address_of(after),
    )


def clause_changes(before: Document, after: Document) -> Iterator[ClauseChange]:
    """The clauses that differ, found by their paths: in the order of *after*, then those that are gone."""
    old, new = _clauses(before), _clauses(after)
    for path, clause in new.items():
        was = old.get(path)
        changes = worded_texts([(wording.field_label(name), *_texts(name, was or {}, clause)) for name in _COMPARED])
        if was is None:
            yield ClauseChange(path, ClauseFate.ADDED, changes)
        elif changes:
            yield ClauseChange(path, ClauseFate.CHANGED, changes)
    for path, clause in old.items():
        if path not in new:
            changes = worded_texts([(wording.field_label(name), *_texts(name, clause, {})) for name in _COMPARED])
            yield ClauseChange(path, ClauseFate.REMOVED, changes)


def _policy(site: Site, actor: Actor, ref: str) -> Record:
    found = find_record(site, actor, ref)
    if found.kind is not Kind.USAGE_POLICY or found.head.public is None:
        raise NotFound("no such record")
    return found


def _document(record: Record) -> Document:
    return record.head.public.document if record.head.public else {}


def _clauses(document: Document) -> dict[str, Document]:
    found: Any = document.get("clauses", ())
    return {one["path"]: one for one in found}


def _texts(name: str, before: Document, after: Document) -> tuple[str, str]:
    return _text(name, before.get(name)), _text(name, after.get(name))


def _text(name: str, value: object) -> str:
    if value is None:
        return ""
    if name == "misuse_categories" and isinstance(value, list):
        return ", ".join(wording.term("misuse_category", str(one)) for one in value)
    if name == "scrutiny_domains" and isinstance(value, list):
        return ", ".join(wording.term("scrutiny_domain", str(one)) for one in value)
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if name in {"effective_from", "effective_to"}:
        return wording.when(str(value))
    return wording.words(value) if name == "kind" else str(value)
