"""What is told of an organisation beside its name: other names, what it belongs to, where affected people turn to."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from registry.domain import policy
from registry.domain.account import Organisation
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import InvalidInput, Problem
from registry.domain.event import EventName
from registry.domain.screening.plainly import secret_problems
from registry.ports import Registry
from registry.service.accounts import organisation_named
from registry.service.events import note

_MOST_NAMES = 50
_CONTACT = re.compile(r"(mailto:|https://)[!-~]{1,190}")


def describe_organisation(
    registry: Registry,
    actor: Actor,
    slug: str,
    *,
    aliases: tuple[str, ...] = (),
    parents: tuple[str, ...] = (),
    contact: str | None = None,
) -> Organisation:
    """Say what else an organisation is called, what it belongs to, and where affected people turn to. All is public.

    Raises:
        NotFound: no such organisation.
        InvalidInput: a name is empty or too long, there are more than 50, or *contact* is no mailto: or https: address.
    """
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    problems = [*_name_problems("aliases", aliases), *_name_problems("parents", parents)]
    if contact is not None and not _CONTACT.fullmatch(contact):
        problems.append(
            Problem(("contact",), "INVALID_FORMAT", "write an address that begins with mailto: or https://")
        )
    if problems:
        raise InvalidInput(problems)
    with registry.storage.begin() as unit:
        found = replace(organisation_named(unit, slug), aliases=aliases, parents=parents, contact=contact)
        unit.accounts.save_organisation(found)
        subject = f"organisation:{found.slug}"
        unit.changes.append(
            NewChange(ChangeKind.ORGANISATION, actor.id, registry.clock.now(), public=True, subject=subject)
        )
        note(registry, unit, actor, EventName.ORGANISATION_DESCRIBED, subject=subject)
    return found


def to_manage(registry: Registry, actor: Actor) -> tuple[Organisation, ...]:
    """Every organisation, by slug; for who manages accounts."""
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        return reader.accounts.organisations()


def on_trial(registry: Registry, actor: Actor) -> tuple[Organisation, ...]:
    """The organisations with members who only try things out so far, by slug; for who manages accounts."""
    policy.require(actor, Permission.ACCOUNT_MANAGE)
    with registry.storage.read() as reader:
        waiting = reader.accounts.on_trial()
        known = reader.accounts.organisations_by_id(sorted(waiting))
    return tuple(sorted(known.values(), key=lambda one: one.slug))


def _name_problems(field: str, names: tuple[str, ...]) -> Iterator[Problem]:
    if len(names) > _MOST_NAMES:
        yield Problem((field,), "TOO_MANY", f"at most {_MOST_NAMES} entries are allowed")
    for at, name in enumerate(names[:_MOST_NAMES]):
        if not 1 <= len(name.strip()) <= 120 or not name.isprintable():
            yield Problem((field, str(at)), "INVALID_TEXT", "use 1 to 120 printable characters")
        else:
            yield from secret_problems(name, (field, str(at)))
