"""Commands on how people sign in: invitations, resets, and their sessions; as the operator of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.accounts import Person
from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer, table

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue
    from registry.domain.session import Session


commands = typer.Typer()


@commands.command("invite")
def invite(person: Person, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Print, this once, by what a member sets password and one-time code. Give it to nobody else."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service import invitations
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        text = invitations.invite(registry, LOCAL_OPERATOR, PersonId(person))
    answer({"person": person, "invitation": text}, text, as_json=as_json)


@commands.command("reset-password")
def reset_password(person: Person, data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """Take a member's password away, end the sessions, and print an invitation to set everything anew."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service import invitations
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        text = invitations.reset(registry, LOCAL_OPERATOR, PersonId(person))
    answer({"person": person, "invitation": text}, text, as_json=as_json)


@commands.command("sessions")
def list_sessions(
    person: Person,
    end: Annotated[bool, typer.Option("--end", help="End all of them.")] = False,
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Where a member is signed in."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.record import PersonId
    from registry.service import sessions
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        if end:
            sessions.end_sessions_of(registry, LOCAL_OPERATOR, PersonId(person))
        found = sessions.sessions_of(registry, LOCAL_OPERATOR, PersonId(person))
    rows = (
        (one.id, one.agent, one.network, f"{one.created_at:%Y-%m-%d %H:%M}", f"{one.seen_at:%Y-%m-%d %H:%M}")
        for one in found
    )
    text = table(("session", "browser", "network", "signed in", "last seen"), rows)
    answer([_session(one) for one in found], text, as_json=as_json)


def _session(one: Session) -> dict[str, JsonValue]:
    return {
        "id": one.id,
        "agent": one.agent,
        "network": one.network,
        "created_at": one.created_at.isoformat(),
        "seen_at": one.seen_at.isoformat(),
        "expires_at": one.expires_at.isoformat(),
    }
