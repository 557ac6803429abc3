"""Builders of domain objects with sensible defaults, for everybody's tests.

Each call makes a new thing; a keyword says what matters to the test. Ids come from one counter, so that they
ascend and never clash within a run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from registry.domain.account import ApiKey, KeyId, Member, Organisation, hash_secret
from registry.domain.actor import Actor, Permission, Role
from registry.domain.canonical import Document, JsonValue, canonical_bytes, normalise, part_hash
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.base import SCHEMA_VERSION, to_document
from registry.domain.content.kinds import Content, parse
from registry.domain.content.marking import Marking
from registry.domain.importing import Source, Trust
from registry.domain.record import OrganisationId, PersonId, Record, RecordUid, Revision, State, StoredPart
from registry.domain.vocabulary import Kind, OrganisationKind, Tlp
from registry.ports import Registry
from registry.service import ingest
from tests.clocks import START, CountingIds

# Far from those that registries of tests count from the beginning: a record made here is put beside theirs.
ids = CountingIds(begin=300_000)
ACME = OrganisationId("acme")
AUTHOR = PersonId("person-1")
SECRET = "s" * 40


def incident_document(**fields: JsonValue) -> dict[str, JsonValue]:
    """The public part of an incident; a keyword replaces or adds a field."""
    document: dict[str, JsonValue] = {
        "title": "Spam wave on a chat platform",
        "summary": "Accounts sent generated spam.",
        "severity": 2,
        "misuse_categories": ["spam"],
        "timeline": {"started": "2026-02"},
    }
    return document | fields


def mitigation_document(**fields: JsonValue) -> dict[str, JsonValue]:
    """The public part of a mitigation."""
    document: dict[str, JsonValue] = {
        "name": "Rate limit for new accounts",
        "description": "New accounts send few messages at first.",
        "type": "rate_limit",
    }
    return document | fields


def lesson_document(**fields: JsonValue) -> dict[str, JsonValue]:
    """The public part of a lesson."""
    document: dict[str, JsonValue] = {
        "statement": "Limit new accounts before a launch.",
        "context": "Spam rose within a day of each launch.",
    }
    return document | fields


def weakness_document(**fields: JsonValue) -> dict[str, JsonValue]:
    """The public part of a known weakness."""
    document: dict[str, JsonValue] = {
        "title": "Refusals weaken in long conversations",
        "description": "After many turns the model answers what it refused at first.",
    }
    return document | fields


def usage_policy_document(**fields: JsonValue) -> dict[str, JsonValue]:
    """The public part of a usage policy."""
    document: dict[str, JsonValue] = {
        "provider": "Acme",
        "title": "Usage policy of Acme",
        "summary": "What Acme's customers may not do.",
    }
    return document | fields


def statement_document(**fields: JsonValue) -> dict[str, JsonValue]:
    """The public part of a statement, about a record that is nowhere unless *fields* name one."""
    document: dict[str, JsonValue] = {
        "about": "01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90",
        "statement_kind": "response",
        "title": "We closed the accounts",
        "summary": "The accounts were closed on the same day.",
    }
    return document | fields


DOCUMENTS = {
    Kind.INCIDENT: incident_document,
    Kind.MITIGATION: mitigation_document,
    Kind.LESSON: lesson_document,
    Kind.WEAKNESS: weakness_document,
    Kind.USAGE_POLICY: usage_policy_document,
    Kind.STATEMENT: statement_document,
}


def content(
    kind: Kind = Kind.INCIDENT,
    *,
    restricted: Document | None = None,
    marking: Document | None = None,
    **fields: JsonValue,
) -> Content:
    """Validated content, marked CLEAR unless *marking* says otherwise."""
    return parse(
        kind, content=DOCUMENTS[kind](**fields), restricted=restricted, marking={"tlp": "CLEAR"} | dict(marking or {})
    )


def part(document: Document) -> StoredPart:
    """A stored part of a document that was validated, or that need not be."""
    body, salt = canonical_bytes(normalise(document)), ids.salt()
    return StoredPart(SCHEMA_VERSION, body, salt, part_hash(salt, body))


def revision(of: Content | None = None, **fields: Any) -> Revision:
    """A draft revision of *of*; a keyword replaces a field of ``Revision``."""
    of = of or content()
    public, restricted = part(to_document(of.public)), part(to_document(of.restricted))
    made = Revision(
        draft_revision=1,
        marking=of.marking,
        public=public,
        restricted=restricted,
        public_hash=public.hash,
        restricted_hash=restricted.hash,
        author=AUTHOR,
        created_at=START,
    )
    return replace(made, **fields)


def draft(of: Content | None = None, **fields: Any) -> Record:
    """A record nobody has published; a keyword replaces a field of ``Record``."""
    of = of or content()
    made = Record(
        uid=RecordUid(ids.uid()),
        kind=of.kind,
        origin="localhost",
        owner=ACME,
        state=State.SUBMITTED,
        revision=0,
        draft_revision=1,
        head=fields.pop("head", None) or revision(of),
        created_at=START,
        changed_at=START,
        contributors=frozenset({AUTHOR}),
    )
    return replace(made, **fields)


def published(of: Content | None = None, *, at: datetime = START, **fields: Any) -> Record:
    """A published record with a number; public if its content is CLEAR."""
    of = of or content()
    clear = of.marking.tlp is Tlp.CLEAR and not fields.get("embargoed", False)
    defaults: dict[str, Any] = {
        "state": State.PUBLISHED,
        "revision": 1,
        "number": f"LOCAL-{of.kind.number_code}-2026-{ids.six_digits()}",
        "head": revision(of, revision=1, published_at=at),
        "published_at": at,
        "changed_at": at,
        "was_public": clear,
        "contributors": frozenset(),
    }
    return draft(of, **(defaults | fields))


def with_work(record: Record, of: Content | None = None, **fields: Any) -> Record:
    """*record* with newer work under review beside its published head."""
    number = record.draft_revision + 1
    work = revision(of or content(record.kind), draft_revision=number)
    defaults: dict[str, Any] = {"work": work, "draft_revision": number, "pending": State.SUBMITTED}
    return replace(record, **(defaults | fields))


def erased(record: Record, *, at: datetime = START) -> Record:
    """*record* as it is saved by an erasure."""
    marking = Marking(tlp=record.head.marking.tlp, audience=record.head.marking.audience)
    head = replace(record.head, public=None, restricted=None, marking=marking)
    return replace(
        record,
        state=State.ERASED,
        pending=None,
        work=None,
        head=head,
        external_ref=None,
        contributors=frozenset(),
        withdrawn_at=at,
        changed_at=at,
    )


def organisation(slug: str = "acme", **fields: Any) -> Organisation:
    """A member organisation whose id is its slug."""
    made = Organisation(OrganisationId(slug), slug, slug.title(), OrganisationKind.PROVIDER, START)
    return replace(made, **fields)


def member(
    person: str = "person-1", *, organisation: str = "acme", roles: tuple[Role, ...] = (Role.SUBMITTER,), **fields: Any
) -> Member:
    """A person in an organisation."""
    return replace(Member(PersonId(person), OrganisationId(organisation), frozenset(roles)), **fields)


def api_key(
    person: str = "person-1",
    *,
    organisation: str = "acme",
    secret: str = SECRET,
    scopes: frozenset[Permission] | None = None,
    **fields: Any,
) -> ApiKey:
    """A key that is usable for a year after ``START``."""
    made = ApiKey(
        id=KeyId(ids.token(12)),
        person=PersonId(person),
        organisation=OrganisationId(organisation),
        secret_hash=hash_secret(secret),
        label="Laptop",
        created_at=START,
        expires_at=START + timedelta(days=365),
        scopes=scopes,
    )
    return replace(made, **fields)


def change(record: Record | None = None, *, kind: ChangeKind = ChangeKind.SUBMIT, **fields: Any) -> NewChange:
    """A row about to be written, about *record* if one is given; not public."""
    made = NewChange(kind, f"person:{AUTHOR}", START, public=False)
    if record is not None:
        made = replace(
            made,
            uid=record.uid,
            revision=record.revision,
            draft_revision=record.draft_revision,
            public_hash=record.newest.public_hash,
            restricted_hash=record.newest.restricted_hash,
        )
    return replace(made, **fields)


def source(
    id_: str = "wiki",
    title: str = "A wiki",
    *,
    organisation: OrganisationKind = OrganisationKind.OTHER,
    trusted: bool = False,
    **fields: Any,
) -> Source:
    """A source whose records are taken in; a keyword replaces or adds a field."""
    row: dict[str, Any] = {
        "format": id_,
        "home": f"https://{id_}.example/",
        "licence": "CC-BY-4.0",
        "attribution": title,
        "obligations": ("attribution",),
        "hosts": frozenset({f"{id_}.example"}),
    }
    trust = Trust.TRUSTED if trusted else Trust.REVIEW
    return Source(id=id_, title=title, organisation=organisation, trust=trust, **(row | fields))


def take_in(
    registry: Registry, actor: Actor, source: Source, contents: Sequence[Content], *, dry_run: bool = False
) -> tuple[ingest.Outcome, ...]:
    """Take *contents* in as a source's records, screened."""
    ready = [ingest.incoming(source, content) for content in contents]
    return ingest.upsert(registry, actor, source, ready, dry_run=dry_run)
