"""Commands on the members of organisations; as the operator of this machine, audited in the change log."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.accounts import Person, Slug, terms_of
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.account import Member
    from registry.domain.canonical import JsonValue

commands = typer.Typer(help="Members of organisations.", no_args_is_help=True)

_ROLES = "submitter, reviewer, lead_reviewer, vetted_researcher, sealed_reader or operator; may be repeated."


@commands.command("add")
def add_user(
    organisation: Slug,
    name: Annotated[str, typer.Argument(help="Name of the person or service account.")],
    role: Annotated[list[str], typer.Option(help=_ROLES)],
    responsible: Annotated[
        str | None, typer.Option(help="For a service account: id of the member it acts for.")
    ] = None,
    person: Annotated[
        str | None, typer.Option(help="Id of somebody who is a member of another organisation already.")
    ] = None,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Make somebody a member of an organisation."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service import members
    from registry.service.members import NODE_ROLES
    from web.cli.directory import opened

    roles = terms_of(NODE_ROLES, role, "role")
    with opened(data_dir) as registry:
        made = members.add_member(
            registry,
            LOCAL_OPERATOR,
            organisation_slug=organisation,
            name=name,
            roles=roles,
            responsible=PersonId(responsible) if responsible else None,
            person=PersonId(person) if person else None,
        )
    answer(_member(made, name), made.person, as_json=as_json)


@commands.command("list")
def list_users(organisation: Slug, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """The members of an organisation."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import members
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = members.members(registry, LOCAL_OPERATOR, organisation)
    rows = ((one.person, ", ".join(sorted(one.roles)), one.responsible or "", name) for one, name in found)
    text = table(("person", "roles", "acts for", "name"), rows)
    answer([_member(member, name) for member, name in found], text, as_json=as_json)


@commands.command("roles")
def set_roles(
    organisation: Slug,
    person: Person,
    role: Annotated[list[str], typer.Option(help=_ROLES)],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Give a member these roles in place of the present ones, from the next request on."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service import members
    from registry.service.members import NODE_ROLES
    from web.cli.directory import opened

    roles = terms_of(NODE_ROLES, role, "role")
    with opened(data_dir) as registry:
        done = members.set_roles(
            registry, LOCAL_OPERATOR, person=PersonId(person), organisation_slug=organisation, roles=roles
        )
    answer(_member(done, ""), f"{done.person}: {', '.join(sorted(done.roles))}", as_json=as_json)


@commands.command("remove")
def remove_user(
    organisation: Slug, person: Person, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False
) -> None:
    """End a membership at once, with its keys, sessions and service accounts."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service import members
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        done = members.remove_member(registry, LOCAL_OPERATOR, person=PersonId(person), organisation_slug=organisation)
    answer(_member(done, ""), f"{done.person} is no member any more", as_json=as_json)


def _member(one: Member, name: str) -> dict[str, JsonValue]:
    return {
        "person": one.person,
        "name": name,
        "roles": sorted(one.roles),
        "responsible": one.responsible,
        "staging": one.staging,
    }
