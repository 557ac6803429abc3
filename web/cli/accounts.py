"""Commands on organisations and keys; as the operator of this machine, audited in the change log."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from registry.domain.errors import InvalidInput, NotFound, Problem
from registry.domain.vocabulary import OrganisationKind
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.account import ApiKey, Organisation
    from registry.domain.canonical import JsonValue
    from registry.domain.record import OrganisationId
    from registry.ports import Registry

organisations = typer.Typer(help="Organisations.", no_args_is_help=True)
keys = typer.Typer(help="API keys.", no_args_is_help=True)

Term = TypeVar("Term", bound=StrEnum)
Slug = Annotated[str, typer.Argument(help="Slug of the organisation, such as example-lab.")]
Person = Annotated[str, typer.Argument(help="Id of the person, as `commons user list` shows it.")]


@organisations.command("add")
def add_organisation(
    slug: Slug,
    name: Annotated[str, typer.Argument(help="Its name, which is public.")],
    kind: Annotated[OrganisationKind, typer.Option(help="What it is in this field.")] = OrganisationKind.OTHER,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Admit an organisation."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import accounts
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        made = accounts.add_organisation(registry, LOCAL_OPERATOR, slug=slug, name=name, kind=kind)
    answer(_organisation(made), made.slug, as_json=as_json)


@organisations.command("list")
def list_organisations(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Every organisation."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import accounts
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = accounts.organisations(registry, LOCAL_OPERATOR)
    text = table(("slug", "kind", "name"), ((one.slug, one.kind, one.name) for one in found))
    answer([_organisation(one) for one in found], text, as_json=as_json)


@keys.command("create")
def create_key(
    person: Person,
    organisation: Annotated[str | None, typer.Option("--org", help="Slug, if the person is in several.")] = None,
    label: Annotated[str, typer.Option(help="What the key is for.")] = "made on the command line",
    scope: Annotated[list[str] | None, typer.Option(help="Narrow it, as record:submit; may be repeated.")] = None,
    days: Annotated[int, typer.Option(min=1, max=3650, help="Days until it expires.")] = 365,
    staging: Annotated[bool, typer.Option("--staging", help="To try things out: it writes drafts only.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Make an API key for a member and print it, this once."""
    from registry.domain.actor import LOCAL_OPERATOR, Permission
    from registry.domain.record import PersonId
    from registry.service.keys import create_key as create
    from web.cli.directory import opened

    scopes = terms_of(Permission, scope, "scope") if scope else None
    with opened(data_dir) as registry:
        made = create(
            registry,
            LOCAL_OPERATOR,
            person=PersonId(person),
            organisation_id=_organisation_of(registry, person, organisation),
            label=label,
            scopes=scopes,
            expires_at=registry.clock.now() + timedelta(days=days),
            staging=staging,
        )
    answer({**_key(made.key), "key": made.text}, made.text, as_json=as_json)


@keys.command("list")
def list_keys(person: Person, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """The keys of a member, newest first; never their secrets."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service.keys import keys as keys_of
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = keys_of(registry, LOCAL_OPERATOR, PersonId(person))
        if not found and not _memberships(registry, person):
            raise _no_such_member()
        now = registry.clock.now()
    rows = (
        (one.id, _state(one, now), _day(one.expires_at), _day(one.last_used_at), _scopes(one), one.label)
        for one in found
    )
    text = table(("key", "state", "expires", "last used", "scopes", "label"), rows)
    answer([_key(one) for one in found], text, as_json=as_json)


@keys.command("rotate")
def rotate_key(
    key: Annotated[str, typer.Argument(help="Id of the key: its third part; or the whole key.")],
    overlap_hours: Annotated[int, typer.Option(min=0, max=168, help="Hours the old key goes on working.")] = 24,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Make a key in the place of another and print it, this once; both work for a while."""
    from registry.domain.account import KeyId, parse_key
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.keys import rotate_key as rotate
    from web.cli.directory import opened

    whole = parse_key(key)
    with opened(data_dir) as registry:
        made = rotate(registry, LOCAL_OPERATOR, whole[0] if whole else KeyId(key), overlap_hours=overlap_hours)
    answer({**_key(made.key), "key": made.text}, made.text, as_json=as_json)


@keys.command("revoke")
def revoke_key(
    key: Annotated[
        str, typer.Argument(help="Id of the key: its third part, as `commons key list` shows it; or the whole key.")
    ],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """End a key at once."""
    from registry.domain.account import KeyId, parse_key
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service.keys import revoke_key as revoke
    from web.cli.directory import opened

    whole = parse_key(key)
    with opened(data_dir) as registry:
        ended = revoke(registry, LOCAL_OPERATOR, whole[0] if whole else KeyId(key))
    answer(_key(ended), f"{ended.id} is revoked", as_json=as_json)


def _organisation_of(registry: Registry, person: str, slug: str | None) -> OrganisationId:
    """The organisation *person* is a member of: the one named, or the only one."""
    found = [one.id for one in _memberships(registry, person) if slug in (None, one.slug)]
    if not found:
        raise _no_such_member()
    if len(found) > 1:
        raise InvalidInput([Problem(("org",), "REQUIRED", "this person is in several organisations: name one")])
    return found[0]


def _memberships(registry: Registry, person: str) -> list[Organisation]:
    """The organisations that *person* is a member of."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import accounts, members

    return [
        one
        for one in accounts.organisations(registry, LOCAL_OPERATOR)
        if any(member.person == person for member, _ in members.members(registry, LOCAL_OPERATOR, one.slug))
    ]


def _no_such_member() -> NotFound:
    return NotFound("no such member", path=("person",), hint="commons user list ORGANISATION shows the ids of persons")


def terms_of(vocabulary: Iterable[Term], given: list[str], name: str) -> frozenset[Term]:
    known = {term.value: term for term in vocabulary}
    if not set(given) <= set(known):
        raise InvalidInput([Problem((name,), "UNKNOWN_TERM", f"one of these is expected: {', '.join(sorted(known))}")])
    return frozenset(known[one] for one in given)


def _organisation(one: Organisation) -> dict[str, JsonValue]:
    return {"id": one.id, "slug": one.slug, "name": one.name, "kind": one.kind}


def _key(one: ApiKey) -> dict[str, JsonValue]:
    return {
        "id": one.id,
        "person": one.person,
        "label": one.label,
        "scopes": None if one.scopes is None else sorted(one.scopes),
        "created_at": one.created_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
        "revoked_at": _instant(one.revoked_at),
        "last_used_at": _instant(one.last_used_at),
        "staging": one.staging,
    }


def _state(one: ApiKey, now: datetime) -> str:
    if one.revoked_at is not None:
        return "revoked"
    if one.frozen_at is not None:
        return "frozen"
    if one.is_usable(now):
        return "staging" if one.staging else "usable"
    return "expired"


def _scopes(one: ApiKey) -> str:
    return "all" if one.scopes is None else ", ".join(sorted(one.scopes))


def _day(at: datetime | None) -> str:
    return "never" if at is None else at.date().isoformat()


def _instant(at: datetime | None) -> str | None:
    return None if at is None else at.isoformat()
