"""Where the viewer is signed in, and ending that; invitations by operators."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.record import PersonId
from registry.domain.session import Session as DomainSession
from registry.domain.session import SessionId
from registry.service import invitations, sessions
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered


@strawberry.type(description="A place where you are signed in.")
class Session:
    """A session as its owner sees it."""

    id: strawberry.ID
    agent: str = strawberry.field(description="Family of the browser and of its system.")
    network: str = strawberry.field(description="The network it was opened from, coarse.")
    created_at: datetime
    seen_at: datetime = strawberry.field(description="When it was last used, coarse.")
    expires_at: datetime
    is_this: bool = strawberry.field(description="Whether this very request bears it.")


@strawberry.type(description="The answer to ending sessions.")
class EndSessionsPayload:
    """How many ended, or why none."""

    ended: int = strawberry.field(default=0, description="How many ended.")
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to inviting a member.")
class InviteMemberPayload:
    """The invitation, or why there is none."""

    invitation: str | None = strawberry.field(
        default=None, description="Where to enter which code; shown this once. Give it to the member alone."
    )
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.input(description="A session of your own.")
class EndSessionInput:
    """Which one."""

    id: strawberry.ID | None = strawberry.field(default=None, description="Its id; left out: all but this one.")
    client_mutation_id: str | None = None


@strawberry.input(description="A member who is to sign in.")
class InviteMemberInput:
    """Who."""

    person: str = strawberry.field(description="Id of the member.")
    reset: bool = strawberry.field(default=False, description="Take the present password away and end the sessions.")
    client_mutation_id: str | None = None


@strawberry.type(description="Reading sessions.")
class SessionQueries:
    """Reads of sessions."""

    @resolved("Where you are signed in, the session seen last first.")
    async def sessions(self, info: Info) -> list[Session] | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: sessions.own_sessions(registry, actor))
        return [_shown(one, actor.session) for one in found]


@strawberry.type(description="Ending sessions, and inviting people.")
class SessionMutations:
    """Writes of sessions and invitations."""

    @resolved("End one of your sessions, or all but this one.")
    async def end_session(
        self, info: Info, said: Annotated[EndSessionInput, strawberry.argument(name="input")]
    ) -> EndSessionsPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> int:
            if said.id is None:
                return sessions.end_own_sessions(registry, actor)
            sessions.end_session(registry, actor, SessionId(said.id))
            return 1

        return await answered(
            info,
            work,
            lambda ended: EndSessionsPayload(ended=ended, client_mutation_id=said.client_mutation_id),
            lambda errors: EndSessionsPayload(user_errors=errors, client_mutation_id=said.client_mutation_id),
        )

    @resolved("Invite a member to set password and one-time code; for operators.")
    async def invite_member(
        self, info: Info, said: Annotated[InviteMemberInput, strawberry.argument(name="input")]
    ) -> InviteMemberPayload | None:
        registry, actor, person = info.context.registry, info.context.actor, PersonId(said.person)
        make = invitations.reset if said.reset else invitations.invite
        return await answered(
            info,
            lambda: make(registry, actor, person),
            lambda text: InviteMemberPayload(invitation=text, client_mutation_id=said.client_mutation_id),
            lambda errors: InviteMemberPayload(user_errors=errors, client_mutation_id=said.client_mutation_id),
        )


def _shown(one: DomainSession, present: str | None) -> Session:
    return Session(
        id=strawberry.ID(one.id),
        agent=one.agent,
        network=one.network,
        created_at=one.created_at,
        seen_at=one.seen_at,
        expires_at=one.expires_at,
        is_this=one.id == present,
    )
