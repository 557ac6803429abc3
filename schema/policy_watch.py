"""Watched usage policies: pages of providers, and what stood on them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from registry.domain.policy_watch import SeenVersion, WatchId
from registry.domain.policy_watch import Watch as DomainWatch
from registry.domain.record import RecordUid
from registry.service import policy_watch
from registry.service.policy_watch import Watched
from schema.context import Info
from schema.errors import UserError
from schema.fields import resolved
from schema.payloads import answered


@strawberry.type(description="A text that stood on a watched page; shown to operators and to the provider only.")
class WatchedVersion:
    """One version, by the hash of what it says."""

    watch: strawberry.Private[WatchId]
    sha256: str = strawberry.field(description="Hash of the text without its dates and white space, hexadecimal.")
    seen_at: datetime = strawberry.field(description="When it was seen first.")
    last_seen_at: datetime
    letters: int = strawberry.field(description="How long the text is.")
    draft: str | None = strawberry.field(description="uid of the record that was made of it.")

    @resolved("The text as it is kept, at most 200,000 bytes; empty of all but the newest versions.")
    async def text(self, info: Info) -> str | None:
        registry, actor = info.context.registry, info.context.actor
        found = await info.context.read(lambda: policy_watch.evidence(registry, actor, self.watch, self.sha256))
        return found.text


@strawberry.type(description="A page with a provider's usage policy, which the node looks at.")
class WatchedPolicy:
    """A page, how it was found last, and the versions seen."""

    id: strawberry.ID
    url: str
    title: str
    provider: str = strawberry.field(description="Whose policy it is.")
    organisation: str = strawberry.field(description="Name of the organisation that owns the drafts.")
    created_at: datetime
    checked_at: datetime | None = strawberry.field(description="When the node looked at it last.")
    changed_at: datetime | None = strawberry.field(description="When what it says was found to be another.")
    returns: int = strawberry.field(description="How often it went back to a text seen before.")
    failures: int = strawberry.field(description="How many attempts in a row have failed.")
    failing_since: datetime | None
    error: str | None = strawberry.field(description="Why the last attempt failed, as a stable word.")
    versions: list[WatchedVersion] = strawberry.field(description="What stood there, newest first.")


@strawberry.input(description="A page to look at from now on.")
class WatchPolicyInput:
    """Where, and whose it is."""

    url: str = strawberry.field(description="An https address of a public host.")
    title: str = strawberry.field(description="What the policy is called.")
    organisation: str | None = strawberry.field(
        default=None, description="Slug of the provider's organisation, which will own the drafts; the node's own else."
    )
    provider: str | None = strawberry.field(
        default=None, description="Whose policy it is; the name of the organisation, if left out."
    )
    previous: str | None = strawberry.field(
        default=None, description="uid of the record of the version that holds now; the first draft supersedes it."
    )
    client_mutation_id: str | None = None


@strawberry.input(description="A page to look at no more.")
class UnwatchPolicyInput:
    """Which one."""

    id: strawberry.ID
    client_mutation_id: str | None = None


@strawberry.type(description="The answer to a change of what is watched.")
class WatchedPolicyPayload:
    """Either the page, or why not."""

    policy: WatchedPolicy | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)
    client_mutation_id: str | None = None


@strawberry.type(description="Reading what is watched.")
class PolicyWatchQueries:
    """Reads of watched policies."""

    @resolved("The usage policies whose pages are watched: all for operators, those of their organisation for members.")
    async def watched_policies(self, info: Info) -> list[WatchedPolicy] | None:
        registry, actor = info.context.registry, info.context.actor
        return [_policy(one) for one in await info.context.read(lambda: policy_watch.watched(registry, actor))]


@strawberry.type(description="Changing what is watched.")
class PolicyWatchMutations:
    """Writes of watched policies."""

    @resolved("Look at a page with a usage policy from now on; each change of it becomes a draft for its provider.")
    async def watch_policy(
        self, info: Info, said: Annotated[WatchPolicyInput, strawberry.argument(name="input")]
    ) -> WatchedPolicyPayload | None:
        registry, actor = info.context.registry, info.context.actor

        def work() -> DomainWatch:
            return policy_watch.watch(
                registry,
                actor,
                url=said.url,
                title=said.title,
                organisation_slug=said.organisation,
                provider=said.provider,
                previous=None if said.previous is None else RecordUid(said.previous),
            )

        return await answered(
            info,
            work,
            lambda done: _payload(done, said.client_mutation_id),
            lambda e: _refused(e, said.client_mutation_id),
        )

    @resolved("Look at a page no more, and forget what stood there; drafts stay.")
    async def unwatch_policy(
        self, info: Info, said: Annotated[UnwatchPolicyInput, strawberry.argument(name="input")]
    ) -> WatchedPolicyPayload | None:
        registry, actor = info.context.registry, info.context.actor
        return await answered(
            info,
            lambda: policy_watch.unwatch(registry, actor, WatchId(said.id)),
            lambda done: _payload(done, said.client_mutation_id),
            lambda errors: _refused(errors, said.client_mutation_id),
        )


def _payload(done: DomainWatch, client_mutation_id: str | None) -> WatchedPolicyPayload:
    policy = _policy(Watched(done, done.provider, ()))
    return WatchedPolicyPayload(policy=policy, client_mutation_id=client_mutation_id)


def _refused(errors: list[UserError], client_mutation_id: str | None) -> WatchedPolicyPayload:
    return WatchedPolicyPayload(user_errors=errors, client_mutation_id=client_mutation_id)


def _policy(found: Watched) -> WatchedPolicy:
    one = found.watch
    return WatchedPolicy(
        id=strawberry.ID(one.id),
        url=one.url,
        title=one.title,
        provider=one.provider,
        organisation=found.organisation_name,
        created_at=one.created_at,
        checked_at=one.checked_at,
        changed_at=one.changed_at,
        returns=one.returns,
        failures=one.failures,
        failing_since=one.failing_since,
        error=one.error,
        versions=[_version(version) for version in found.versions],
    )


def _version(seen: SeenVersion) -> WatchedVersion:
    return WatchedVersion(
        watch=seen.watch,
        sha256=seen.sha256,
        seen_at=seen.seen_at,
        last_seen_at=seen.last_seen_at,
        letters=seen.letters,
        draft=seen.draft,
    )
