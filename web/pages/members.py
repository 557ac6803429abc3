"""The members of an organisation, for operators: added, given other roles, invited, removed."""

from __future__ import annotations

from collections.abc import Mapping

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import Role
from registry.domain.errors import CommonsError, Conflict, Forbidden, InvalidInput, NotFound, Problem, Reauthenticate
from registry.domain.record import PersonId
from registry.service import invitations, members
from registry.service import organisations as managed
from registry.service.members import NODE_ROLES
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

ROLES: dict[Role, str] = {
    Role.SUBMITTER: "Submits for the organisation",
    Role.VETTED_RESEARCHER: "Vetted researcher",
    Role.REVIEWER: "Reviews",
    Role.LEAD_REVIEWER: "Leads reviews",
    Role.SEALED_READER: "Reads sealed records",
    Role.OPERATOR: "Operates the node",
}
_NOTHING: Mapping[str, str] = {}


@for_members("/admin/members")
async def organisations(request: Request) -> Response:
    """Every organisation, with a way to its members."""
    registry, actor = site_of(request).registry, actor_of(request)
    found = await anyio.to_thread.run_sync(lambda: managed.to_manage(registry, actor))
    return page(request, "members_of.html", 200, organisations=found)


@for_members("/admin/members")
async def organisation_members(request: Request) -> Response:
    """Who belongs to an organisation.

    Raises:
        NotFound: there is none of that name.
    """
    return await _shown(request, _NOTHING)


@for_members("/admin/members")
async def change_members(request: Request) -> Response:
    """Add somebody, give other roles, invite or remove somebody.

    Raises:
        NotFound: there is no organisation of that name.
    """
    said = await read_form(request)
    registry, actor, slug = site_of(request).registry, actor_of(request), request.path_params["slug"]
    roles = frozenset(role for role in NODE_ROLES if f"role:{role.value}" in said)
    person = said.get("person", "").strip()

    def work() -> str:
        match said.get("step"):
            case "add":
                known = PersonId(person) if person else None
                name = said.get("name", "")
                members.add_member(registry, actor, organisation_slug=slug, name=name, roles=roles, person=known)
            case "roles":
                whose = PersonId(person)
                members.set_roles(registry, actor, person=whose, organisation_slug=slug, roles=roles)
            case "invite":
                return invitations.invite(registry, actor, PersonId(person))
            case "remove":
                members.remove_member(registry, actor, person=PersonId(person), organisation_slug=slug)
            case _:
                raise InvalidInput([Problem(("step",), "REQUIRED", "choose what to do")])
        return ""

    try:
        invitation = await anyio.to_thread.run_sync(work)
    except Reauthenticate:
        raise
    except (InvalidInput, Conflict, NotFound, Forbidden) as error:
        return await _shown(request, said, error)
    return await _shown(request, _NOTHING, done=True, invitation=invitation)


async def _shown(
    request: Request,
    said: Mapping[str, str],
    error: CommonsError | None = None,
    *,
    done: bool = False,
    invitation: str = "",
) -> Response:
    registry, actor, slug = site_of(request).registry, actor_of(request), request.path_params["slug"]
    found = await anyio.to_thread.run_sync(lambda: members.members(registry, actor, slug))
    status = 200
    if error is not None:
        classes = ((Forbidden, 403), (NotFound, 404), (Conflict, 409), (InvalidInput, 400))
        status = next(code for kind, code in classes if isinstance(error, kind))
    problems = () if error is None else error.problems
    values = {"slug": slug, "members": found, "said": said, "problems": problems, "done": done, "roles": ROLES}
    return page(request, "members.html", status, **values, invitation=invitation)
