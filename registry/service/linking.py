"""Relations that a source states between its own records: as links to the records that were made of them here."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import Document
from registry.domain.content.base import limit_of, to_bytes, to_document
from registry.domain.content.kinds import Content
from registry.domain.content.parts import Link, PublicPart
from registry.domain.errors import InvalidInput
from registry.domain.link import is_seen_with, place, references
from registry.domain.record import Record, RecordUid, Revision, State
from registry.domain.vocabulary import LinkRel
from registry.ports import Registry

_PORTION = 256
_MAX_LINKS = limit_of(PublicPart, "links")


def is_linkable(record: Record) -> bool:
    """Whether an imported record may refer to this one at all; who sees the reference, ``sharing`` decides."""
    return record.state is not State.ERASED and not record.sealed


def with_links(content: Content, links: Sequence[tuple[LinkRel, str]], known: Mapping[str, Record]) -> Content:
    """The content with those of the source's relations whose targets are here, in its public part.

    Putting it out moves those into the restricted part whose target fewer people see. What has no room is left out.

    Args:
        known: records of the same source by upstream id.
    """
    wanted = [(rel, known[id_].uid) for rel, id_ in links if id_ in known and is_linkable(known[id_])]
    present = [(link.rel, link.target) for link in content.public.links]
    more = [one for one in dict.fromkeys(wanted) if one not in present]
    if not more:
        return content
    added = [Link(rel=rel, target=uid) for rel, uid in more]
    public = content.public.model_copy(update={"links": (*content.public.links, *added)[:_MAX_LINKS]})
    try:
        to_bytes(public, path=("content",))
    except InvalidInput:
        return content
    return replace(content, public=public)


def says_the_same_elsewhere(revision: Revision, content: Content) -> bool:
    """Whether *content* would change nothing but in which part a reference stands."""
    if revision.public is None or revision.restricted is None or not references(to_document(content.public)):
        return False
    before = _together(revision.public.document, revision.restricted.document)
    return revision.marking == content.marking and before == _together(
        to_document(content.public), to_document(content.restricted)
    )


def has_hidden_without_need(record: Record, content: Content, known: Mapping[RecordUid, Record]) -> bool:
    """Whether a reference that *content* makes in public stands in the record's restricted part, though everybody who
    sees the record now sees what it refers to."""
    stored = record.newest.restricted
    hidden = {one.target for one in references(stored.document)} if stored is not None else set()
    targets = {one.target for one in references(to_document(content.public))}
    return any(uid in known and is_seen_with(known[uid], record) for uid in hidden & targets)


def _together(public: Document, restricted: Document) -> tuple[Document, Document]:
    """The two parts with every reference in the second, in one order."""
    public, restricted = place(public, restricted, lambda _uid: False)
    links: Any = restricted.get("links", ())
    ordered = sorted(links, key=lambda one: (one["rel"], one["target"], one.get("clause", "")))
    return public, {**restricted, "links": ordered}


def linkable(registry: Registry, actor: Actor, source: str, upstream_ids: Collection[str]) -> set[str]:
    """Those upstream ids whose records are here and may be referred to.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    found: set[str] = set()
    wanted = list(upstream_ids)
    with registry.storage.read() as reader:
        for at in range(0, len(wanted), _PORTION):
            known = reader.records.by_upstreams(source, wanted[at : at + _PORTION])
            found |= {id_ for id_, record in known.items() if is_linkable(record)}
    return found
