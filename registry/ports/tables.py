"""The smaller repositories: accounts, idempotency keys, jobs, taxonomies and facts about the store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from registry.domain.account import ApiKey, KeyId, Member, Organisation
from registry.domain.crosswalk import TermMapping
from registry.domain.job import Job
from registry.domain.record import OrganisationId, PersonId, RecordUid
from registry.domain.taxonomy import Taxonomy


class Accounts(Protocol):
    """Organisations, members and keys. Names of people are kept in a table of their own that can be emptied."""

    def add_organisation(self, organisation: Organisation) -> None:
        """Raises ``AlreadyExists`` if the slug is taken."""
        ...

    def save_organisation(self, organisation: Organisation) -> None:
        """Store the organisation's new names, parents and contact."""
        ...

    def organisation(self, organisation_id: OrganisationId) -> Organisation | None:
        """The organisation with this id."""
        ...

    def organisations_by_id(self, ids: Sequence[OrganisationId]) -> dict[OrganisationId, Organisation]:
        """Those organisations, in one statement."""
        ...

    def organisation_by_slug(self, slug: str) -> Organisation | None:
        """The organisation with this slug."""
        ...

    def organisations(self) -> tuple[Organisation, ...]:
        """All of them, by slug."""
        ...

    def add_member(self, member: Member, name: str) -> None:
        """Raises ``AlreadyExists`` if the person is a member there already."""
        ...

    def member(self, person: PersonId, organisation: OrganisationId) -> Member | None:
        """The membership, if there is one."""
        ...

    def save_member(self, member: Member) -> None:
        """Store the member's new ``roles`` and ``staging``."""
        ...

    def remove_member(self, person: PersonId, organisation: OrganisationId) -> None:
        """End a membership; the name stays until it is forgotten."""
        ...

    def memberships(self, person: PersonId) -> tuple[Member, ...]:
        """Every membership of a person."""
        ...

    def members(self, organisation: OrganisationId) -> tuple[tuple[Member, str], ...]:
        """Every member with the name kept for it, or an empty text once it was forgotten."""
        ...

    def on_trial(self) -> frozenset[OrganisationId]:
        """Organisations with members who only try things out so far."""
        ...

    def add_key(self, key: ApiKey) -> None:
        """Keep a new key."""
        ...

    def key(self, key_id: KeyId) -> ApiKey | None:
        """The key with this id, usable or not."""
        ...

    def keys(self, person: PersonId) -> tuple[ApiKey, ...]:
        """Every key of a person, newest first."""
        ...

    def save_key(self, key: ApiKey) -> None:
        """Store the key's new ``expires_at``, ``revoked_at``, ``frozen_at`` or ``last_used_at``."""
        ...


class Idempotency(Protocol):
    """Which writes were answered before."""

    def find(self, scope: str, key: str, *, now: datetime) -> tuple[bytes, RecordUid] | None:
        """Fingerprint and answered record of an earlier write that is still remembered."""
        ...

    def forget(self, uid: RecordUid) -> None:
        """Forget every write that was answered with this record."""
        ...

    def keep(self, scope: str, key: str, *, fingerprint: bytes, uid: RecordUid, expires_at: datetime) -> None:
        """Remember a write in the transaction that makes it. Raises ``AlreadyExists`` if the key is remembered."""
        ...


class Jobs(Protocol):
    """Work that is due at a time."""

    def add(self, job: Job) -> None:
        """Keep a job."""
        ...

    def ensure(self, job: Job) -> bool:
        """Keep a job unless there is one with its id; tells whether it was kept."""
        ...

    def claim_due(
        self, now: datetime, *, lease_until: datetime, limit: int, names: Collection[str] | None = None
    ) -> tuple[Job, ...]:
        """Due jobs that nobody holds, now held until *lease_until*, with ``attempts`` raised by one.

        Args:
            names: of these names only; without it, of any.
        """
        ...

    def extend(self, job: Job, *, lease_until: datetime) -> bool:
        """Hold a claimed job for longer; tells whether it is still held by whoever claimed it so."""
        ...

    def finish(self, job_id: str) -> None:
        """Forget a job that is done."""
        ...

    def overdue(self, now: datetime) -> tuple[int, int]:
        """How many jobs are due and held by nobody, and how many have failed at their last attempt."""
        ...

    def postpone(self, job_id: str, *, due_at: datetime, error: str) -> None:
        """Give a failed job back, to be tried again at *due_at*."""
        ...


class Taxonomies(Protocol):
    """Releases of taxonomies by namespace and version, and the mappings between their terms."""

    def put(self, taxonomy: Taxonomy) -> bool:
        """Keep a release beside the others, in place of the one with its version; tells whether anything changed."""
        ...

    def get(self, namespace: str, version: str | None = None) -> Taxonomy | None:
        """That release; without a version the newest, by the numbers in its version."""
        ...

    def versions(self, namespace: str) -> tuple[str, ...]:
        """Every version kept, newest first."""
        ...

    def namespaces(self) -> tuple[str, ...]:
        """Every namespace kept, sorted."""
        ...

    def replace_mappings(self, mappings: Sequence[TermMapping]) -> bool:
        """Keep these mappings and no others but those of imported galaxies; tells whether anything changed."""
        ...

    def put_mappings_of(self, source: str, mappings: Sequence[TermMapping]) -> bool:
        """Keep these as the mappings of an imported galaxy, which *source* names; tells whether anything changed.

        Terms that have a mapping already keep that one.
        """
        ...

    def mappings(self, namespace: str, code: str | None = None) -> tuple[TermMapping, ...]:
        """The neighbours of a taxonomy's terms, or of one term, seen from there whichever way they are kept."""
        ...


class Meta(Protocol):
    """Small facts about the store itself, such as its ``log_id``."""

    def get(self, name: str) -> str | None:
        """The value, if it was set."""
        ...

    def put(self, name: str, value: str) -> None:
        """Set a value."""
        ...

    def forget(self, name: str) -> None:
        """Let it be as if it had never been set."""
        ...
