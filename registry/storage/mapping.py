"""Between rows and the domain. Content passes through as bytes; nothing here judges it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from registry.domain.content.marking import Marking
from registry.domain.record import Cap, GroupSlug, Record, RecordUid, Revision, State, StoredPart
from registry.domain.vocabulary import Kind, Tlp
from registry.domain.welfare import mask_of, topics_of
from registry.storage.tables import NO_INSTANT

Values = dict[str, Any]

# The columns that make a record, in the order in which rows are read.
ENVELOPE = (
    "uid",
    "kind",
    "origin",
    "owner",
    "state",
    "revision",
    "draft_revision",
    "created_at",
    "changed_at",
    "pending",
    "number",
    "embargoed",
    "was_public",
    "imported",
    "external_ref",
    "claimed_by",
    "approved_by",
    "contributors",
    "reason",
    "published_at",
    "withdrawn_at",
    "blocked",
    "blocked_by",
    "blocked_at",
    "legal_hold",
    "sealed",
    "sensitive",
    "sources_cleared",
    "merged_into",
    "cap",
    "terms",
    "staging",
    "claimed_at",
    "opinion_of",
    "received",
)
REVISION = (
    "draft_revision",
    "marking",
    "public_hash",
    "restricted_hash",
    "author",
    "created_at",
    "revision",
    "published_at",
    "public_schema",
    "public_body",
    "public_salt",
    "restricted_schema",
    "restricted_body",
    "restricted_salt",
)
_HEAD_BEGINS = len(ENVELOPE)
_WORK_BEGINS = _HEAD_BEGINS + len(REVISION)
_WORK_ENDS = _WORK_BEGINS + len(REVISION)
_KINDS = {kind.value: kind for kind in Kind}
_STATES = {state.value: state for state in State}


def record_values(record: Record) -> Values:
    """The envelope as a row of ``records``, without what is derived from the head's content."""
    return {
        "uid": record.uid,
        "kind": record.kind.value,
        "number": record.number,
        "origin": record.origin,
        "owner": record.owner,
        "state": record.state.value,
        "pending": record.pending and record.pending.value,
        "revision": record.revision,
        "draft_revision": record.draft_revision,
        "head_draft_revision": record.head.draft_revision,
        "work_draft_revision": record.work and record.work.draft_revision,
        "is_public": record.is_public,
        "was_public": record.was_public,
        "embargoed": record.embargoed,
        "imported": record.imported,
        "external_ref": record.external_ref,
        "claimed_by": record.claimed_by,
        "approved_by": record.approved_by,
        "contributors": sorted(record.contributors),
        "reason": record.reason,
        "created_at": record.created_at,
        "changed_at": record.changed_at,
        "published_at": record.published_at or NO_INSTANT,
        "withdrawn_at": record.withdrawn_at,
        "head_published_at": record.head.published_at or NO_INSTANT,
        "is_out": record.is_out,
        "is_open_to_community": record.is_open_to_community,
        "shared_with": record.shared_with,
        "blocked": record.blocked,
        "blocked_by": record.blocked_by,
        "blocked_at": record.blocked_at,
        "legal_hold": record.legal_hold,
        "sealed": record.sealed,
        "sensitive": record.sensitive,
        "sources_cleared": record.sources_cleared,
        "merged_into": record.merged_into,
        "cap": record.cap and cap_text(record.cap),
        "terms": record.terms,
        "staging": record.staging,
        "claimed_at": record.claimed_at,
        "opinion_of": record.opinion_of,
        "received": record.received,
        "topics": mask_of(topics_of(record)),
    }


def revision_values(uid: RecordUid, revision: Revision) -> Values:
    """A revision as a row of ``revisions``."""
    return {
        "uid": uid,
        "draft_revision": revision.draft_revision,
        "revision": revision.revision,
        "marking": marking_text(revision.marking),
        **_part_values("public", revision.public),
        "public_hash": revision.public_hash,
        **_part_values("restricted", revision.restricted),
        "restricted_hash": revision.restricted_hash,
        "author": revision.author,
        "created_at": revision.created_at,
        "published_at": revision.published_at,
    }


def _part_values(name: str, part: StoredPart | None) -> Values:
    return {
        f"{name}_schema": part and part.schema,
        f"{name}_body": part and part.body,
        f"{name}_salt": part and part.salt,
    }


def record_of(row: Sequence[Any]) -> Record:
    """The record of a row with the columns of ``ENVELOPE``, and those of ``REVISION`` for its head and its work."""
    head = row[_HEAD_BEGINS:_WORK_BEGINS]
    work = None if row[_WORK_BEGINS] is None else revision_of(row[_WORK_BEGINS:_WORK_ENDS])
    uid, kind, origin, owner, state, revision, draft_revision, created_at, changed_at, pending, *rest = row[
        :_HEAD_BEGINS
    ]
    number, embargoed, was_public, imported, external_ref, claimed_by, approved_by, contributors, reason, *last = rest
    published_at, withdrawn_at, blocked, blocked_by, blocked_at, legal_hold, sealed, *last = last
    sensitive, sources_cleared, merged_into, cap, terms, staging, *claim = last
    return Record(
        uid,
        _KINDS[kind],
        origin,
        owner,
        _STATES[state],
        revision,
        draft_revision,
        revision_of(head),
        created_at,
        changed_at,
        None if pending is None else _STATES[pending],
        work,
        number,
        embargoed,
        was_public,
        imported,
        external_ref,
        claimed_by,
        approved_by,
        frozenset(contributors),
        reason,
        None if published_at == NO_INSTANT else published_at,
        withdrawn_at,
        blocked,
        blocked_by,
        blocked_at,
        legal_hold,
        sealed,
        sensitive,
        sources_cleared,
        merged_into,
        None if cap is None else cap_of(cap),
        terms,
        staging,
        *claim,
    )


def revision_of(row: Sequence[Any]) -> Revision:
    """The revision of a row with the columns of ``REVISION``."""
    draft, marking, public_hash, restricted_hash, author, created_at, revision, published_at, *parts = row
    return Revision(
        draft,
        marking_of(marking),
        None if parts[1] is None else StoredPart(parts[0], parts[1], parts[2], public_hash),
        None if parts[4] is None else StoredPart(parts[3], parts[4], parts[5], restricted_hash),
        public_hash,
        restricted_hash,
        author,
        created_at,
        revision,
        published_at,
    )


def cap_text(cap: Cap) -> str:
    """A cap as it is stored: ``<tlp>``, then ``embargo`` and the audience where there are such."""
    return "/".join((cap.tlp, "embargo" if cap.embargoed else "", cap.audience or ""))


@lru_cache(maxsize=256)
def cap_of(text: str) -> Cap:
    """A cap as it was stored."""
    tlp, embargo, audience = text.split("/")
    return Cap(Tlp(tlp), GroupSlug(audience) if audience else None, embargoed=bool(embargo))


def marking_text(marking: Marking) -> str:
    """A marking as it is stored."""
    return marking.model_dump_json()


@lru_cache(maxsize=1024)
def marking_of(text: str) -> Marking:
    """A marking as it was stored; few differ, and they are frozen, so records share them."""
    return Marking.model_validate_json(text)
