"""Other nodes and how syncing with each goes; all of it for operators."""

from __future__ import annotations

from datetime import datetime

import strawberry

from registry.domain.federation.health import Health
from registry.domain.federation.peer import PeerState
from registry.domain.vocabulary import Kind, Tlp
from registry.service.federation import health
from schema.context import Info
from schema.fields import resolved

strawberry.enum(PeerState, name="SyncPeerState", description="How an operator stands to another node.")


@strawberry.type(description="How many items of another node were refused for one reason.")
class SyncRefusal:
    """A reason with its count."""

    reason: str = strawberry.field(description="A stable word in capitals.")
    count: int


@strawberry.type(description="Another node, and how syncing with it goes.")
class SyncPeer:
    """A node."""

    node: str = strawberry.field(description="Its DNS name.")
    short_name: str
    title: str
    base_url: str
    state: PeerState
    fingerprint: str = strawberry.field(description="The thumbprint of its key.")
    pulls: bool = strawberry.field(description="Whether it is asked.")
    serves: bool = strawberry.field(description="Whether it is answered.")
    imports: bool = strawberry.field(description="Whether it also gets what was imported here.")
    groups: list[str] = strawberry.field(description="Slugs of groups here that it belongs to, and gets what they get.")
    kinds: list[Kind] = strawberry.field(description="Kinds of records it is asked for; all where there is none.")
    tlp_max: Tlp | None = strawberry.field(description="Up to which marking it is asked.")
    every_seconds: int | None = strawberry.field(description="Own pause between two questions to it.")
    remaining: int | None = strawberry.field(description="How many changes it still had when it was asked last.")
    lag_seconds: int | None = strawberry.field(description="Since it was last asked with success; null is never.")
    last_asked_at: datetime | None
    last_success_at: datetime | None
    last_error: str | None = strawberry.field(description="Code of what failed last.")
    error: str | None = strawberry.field(description="The same in words.")
    failures: int = strawberry.field(description="Failures since the last success.")
    skew_seconds: int | None = strawberry.field(description="How far its clock is ahead of this one.")
    refused: list[SyncRefusal] = strawberry.field(description="What of it was refused, by reason.")
    parked: int = strawberry.field(description="What of it waits for something, such as a key.")
    frozen: int = strawberry.field(description="Records about which it contradicts itself.")
    hold: str | None = strawberry.field(description="Why nothing is taken from it before an operator has looked.")
    reconciled_at: datetime | None = strawberry.field(description="When the two last compared what they hold.")
    differing: int | None = strawberry.field(description="How many records differed then.")
    troubles: list[str] = strawberry.field(description="What somebody should look at; as the doctor has it.")


@strawberry.type(description="Reading how syncing goes.")
class SyncQueries:
    """Reads of other nodes."""

    @resolved("Every other node that is known, by DNS name; for operators.")
    async def sync_peers(self, info: Info) -> list[SyncPeer] | None:
        registry, actor = info.context.registry, info.context.actor
        return [_peer(one) for one in await info.context.read(lambda: health.every(registry, actor))]


def _peer(one: Health) -> SyncPeer:
    peer = one.peer
    return SyncPeer(
        node=peer.dns,
        short_name=peer.short_name,
        title=peer.title,
        base_url=peer.base_url,
        state=peer.state,
        fingerprint=peer.fingerprint,
        pulls=peer.pulls,
        serves=peer.serves,
        imports=peer.imports,
        groups=list(one.groups),
        kinds=list(peer.kinds),
        tlp_max=peer.tlp_max,
        every_seconds=peer.poll_seconds,
        remaining=peer.remaining,
        lag_seconds=one.lag_seconds,
        last_asked_at=peer.last_asked_at,
        last_success_at=peer.last_success_at,
        last_error=peer.last_error,
        error=one.error,
        failures=peer.failures,
        skew_seconds=peer.skew_seconds,
        refused=[SyncRefusal(reason=reason, count=count) for reason, count in one.refused.items()],
        parked=one.parked,
        frozen=one.frozen,
        hold=peer.hold,
        reconciled_at=peer.reconciled_at,
        differing=peer.differing,
        troubles=[trouble.value for trouble in one.troubles],
    )
