"""Between rows and the domain. Content passes through as bytes; nothing here judges it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from functools import lru_cache
from typing import Any

from registry.domain.content.kinds import Marking
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid, Revision, State, StoredPart
from registry.domain.vocabulary import Kind
from registry.storage.tables import NO_INSTANT

Values = dict[str, Any]


def upstream_key(source: str, upstream_id: str) -> bytes:
    """What recognises a record of a source: SHA-256 over both ids, 32 bytes; neither can be read from it."""
    return hashlib.sha256(f"{source}\0{upstream_id}".encode()).digest()


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


def record_of(row: Mapping[str, Any], *, head: Revision, work: Revision | None) -> Record:
    """The record of a row of ``records``."""
    return Record(
        uid=RecordUid(row["uid"]),
        kind=Kind(row["kind"]),
        origin=row["origin"],
        owner=OrganisationId(row["owner"]),
        state=State(row["state"]),
        revision=row["revision"],
        draft_revision=row["draft_revision"],
        head=head,
        created_at=row["created_at"],
        changed_at=row["changed_at"],
        pending=None if row["pending"] is None else State(row["pending"]),
        work=work,
        number=row["number"],
        embargoed=row["embargoed"],
        was_public=row["was_public"],
        imported=row["imported"],
        external_ref=row["external_ref"],
        claimed_by=row["claimed_by"],
        approved_by=row["approved_by"],
        contributors=frozenset(PersonId(person) for person in row["contributors"]),
        reason=row["reason"],
        published_at=_known(row["published_at"]),
        withdrawn_at=row["withdrawn_at"],
    )


def revision_of(row: Mapping[str, Any]) -> Revision:
    """The revision of a row of ``revisions``."""
    return Revision(
        draft_revision=row["draft_revision"],
        marking=marking_of(row["marking"]),
        public=_part_of("public", row),
        restricted=_part_of("restricted", row),
        public_hash=row["public_hash"],
        restricted_hash=row["restricted_hash"],
        author=row["author"],
        created_at=row["created_at"],
        revision=row["revision"],
        published_at=row["published_at"],
    )


def _part_of(name: str, row: Mapping[str, Any]) -> StoredPart | None:
    body = row[f"{name}_body"]
    if body is None:
        return None
    return StoredPart(row[f"{name}_schema"], body, row[f"{name}_salt"], row[f"{name}_hash"])


def _known(instant: datetime) -> datetime | None:
    return None if instant == NO_INSTANT else instant


def marking_text(marking: Marking) -> str:
    """A marking as it is stored."""
    return marking.model_dump_json()


@lru_cache(maxsize=1024)
def marking_of(text: str) -> Marking:
    """A marking as it was stored; few differ, and they are frozen, so records share them."""
    return Marking.model_validate_json(text)
