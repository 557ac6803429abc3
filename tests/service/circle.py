"""Groups, authorities and sealed readers for the tests of who is shown what."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from registry.domain import actor as actors
from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.content.kinds import Content, parse
from registry.domain.errors import NotFound
from registry.domain.policy import visible_to
from registry.domain.record import GroupSlug, Record, RecordUid
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import accounts, find, groups, members
from tests.service.world import stored

CERT = "cert"


def circle(registry: Registry, slug: str = CERT, *, of: tuple[str, ...] = ()) -> GroupSlug:
    """A group of the organisations with these slugs."""
    groups.add_group(registry, LOCAL_OPERATOR, slug=slug, name=slug.title())
    for one in of:
        groups.join(registry, LOCAL_OPERATOR, slug=slug, organisation_slug=one)
    return GroupSlug(slug)


def now(registry: Registry, actor: Actor) -> Actor:
    """*actor* as authentication makes it now: with the groups that the organisation belongs to."""
    assert actor.organisation is not None
    with registry.storage.read() as reader:
        return replace(actor, groups=reader.groups.of(actor.organisation))


def admit(
    registry: Registry, slug: str, *roles: Role, kind: OrganisationKind = OrganisationKind.RESEARCH, name: str = "Pat"
) -> Actor:
    """A new member of an organisation, which is made if there is none with this slug."""
    if slug not in {one.slug for one in accounts.organisations(registry, LOCAL_OPERATOR)}:
        accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=slug.title(), kind=kind)
    made = members.add_member(registry, LOCAL_OPERATOR, organisation_slug=slug, name=name, roles=frozenset(roles))
    known = accounts.organisation(registry, LOCAL_OPERATOR, slug)
    is_authority = known.kind is OrganisationKind.GOVERNMENT
    return now(
        registry, actors.member(made.answerable, made.organisation, made.roles, key="first", in_government=is_authority)
    )


def sees(registry: Registry, actor: Actor, uid: RecordUid) -> str:
    """What *actor* is shown of a record: ``content``, ``tombstone`` or ``nothing``; with ``+`` its restricted part."""
    try:
        shown = find.record(registry, actor, uid)
    except NotFound:
        return "nothing"
    if shown.head.public is None:
        return "envelope" if visible_to(actor).lists(stored(registry, uid)) else "tombstone"
    return "content" + ("+" if shown.head.restricted is not None else "")


def sealed_content(**fields: Any) -> Content:
    """What a record about the sexual abuse of children may say."""
    said = {
        "title": "Material reported",
        "summary": "Reported to the authority.",
        "misuse_categories": ["csae"],
        "authority_report": "NCMEC 7001",
    }
    return parse(Kind.INCIDENT, content=said | fields, restricted=None, marking={"tlp": "RED"})


def changed_words(registry: Registry, record: Record) -> list[tuple[str, str | None, str | None]]:
    """Kind, visibility and reason of each row of the record's log."""
    with registry.storage.read() as reader:
        rows = [change.row for change in reader.changes.of_record(record.uid)]
    return [(row.kind.value, row.visibility, row.reason) for row in rows]
