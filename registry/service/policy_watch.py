"""Which pages of providers' usage policies are watched, and what was seen there; ``policy_checking`` looks at them."""

from __future__ import annotations

from dataclasses import dataclass

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import InvalidInput, NotFound, Problem
from registry.domain.event import EventName
from registry.domain.policy import EVERYTHING
from registry.domain.policy_watch import SeenVersion, Watch, WatchId
from registry.domain.record import OrganisationId, RecordUid
from registry.domain.screening.plainly import label_problems
from registry.domain.vocabulary import Kind
from registry.ports import Registry, Unit
from registry.service.events import note
from registry.service.guidelines import owner_of
from registry.service.policy_checking import GONE, load_watch, request_to, schedule, subject_of

_MAX_TITLE = 300
_MAX_URL = 2000


@dataclass(frozen=True, slots=True)
class Watched:
    """A watch, whose it is, and the versions seen, the newest first and without their texts."""

    watch: Watch
    organisation_name: str
    versions: tuple[SeenVersion, ...]


def watch(
    registry: Registry,
    actor: Actor,
    *,
    url: str,
    title: str,
    organisation_slug: str | None = None,
    provider: str | None = None,
    previous: RecordUid | None = None,
) -> Watch:
    """Look at a page from now on; the text found first is what later ones are compared with.

    Args:
        organisation_slug: the provider's organisation, which will own the drafts; the node's own, if left out.
        provider: whose policy it is; the name of the organisation, if left out.
        previous: the record of the version that holds now, which the first draft will supersede.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        InvalidInput: title or provider do not fit, *previous* is no usage policy, or neither public nor of that owner.
        FetchRefused: nothing is sent to this address.
        NotFound: no such organisation.
        AlreadyExists: the address is watched.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    title, provider = title.strip(), None if provider is None else provider.strip()
    _require_fitting(url, title, provider)
    registry.outbound.check(request_to(url))
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        owner = owner_of(unit, organisation_slug)
        _require_previous(unit, previous, owner.id)
        made = Watch(WatchId(registry.ids.uid()), url, owner.id, title, provider or owner.name, now, previous)
        unit.policy_watches.add(made)
        schedule(unit, made, now)
        note(registry, unit, actor, EventName.POLICY_WATCHED, subject=subject_of(made))
    return made


def unwatch(registry: Registry, actor: Actor, watch_id: WatchId) -> Watch:
    """Look at a page no more, and forget every text that was seen there; drafts stay.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        NotFound: no such watch.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    with registry.storage.begin() as unit:
        found = load_watch(unit, watch_id)
        unit.policy_watches.delete(watch_id)
        note(registry, unit, actor, EventName.POLICY_UNWATCHED, subject=subject_of(found))
    return found


def watched(registry: Registry, actor: Actor) -> tuple[Watched, ...]:
    """All watches for operators; for a member those of their organisation.

    Raises:
        Unauthenticated, Forbidden: *actor* is neither.
    """
    policy.require(actor, Permission.RECORD_READ)
    if actor.organisation is None:
        policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        found = reader.policy_watches.all(None if _sees_all(actor) else actor.organisation)
        owners = {one.organisation: reader.accounts.organisation(one.organisation) for one in found}
        names = {key: one.name if one is not None else "" for key, one in owners.items()}
        return tuple(Watched(one, names[one.organisation], reader.policy_watches.versions(one.id)) for one in found)


def evidence(registry: Registry, actor: Actor, watch_id: WatchId, sha256: str) -> SeenVersion:
    """A text that was seen, for operators and members of the organisation.

    Raises:
        NotFound: no such text, or none for *actor*.
    """
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.policy_watches.get(watch_id)
        is_own = found is not None and actor.organisation == found.organisation
        version = reader.policy_watches.version(watch_id, sha256) if is_own or _sees_all(actor) else None
    if version is None:
        raise NotFound("no such text")
    return version


def _require_fitting(url: str, title: str, provider: str | None) -> None:
    problems = []
    if len(url) > _MAX_URL:
        problems.append(Problem(("url",), "TOO_LONG", f"at most {_MAX_URL} characters are allowed"))
    if not 1 <= len(title) <= _MAX_TITLE or not title.isprintable():
        problems.append(Problem(("title",), "OUT_OF_RANGE", f"one line of 1 to {_MAX_TITLE} characters is expected"))
    if provider is not None:
        problems += label_problems(provider, field="provider")
    if problems:
        raise InvalidInput(problems)


def _require_previous(unit: Unit, previous: RecordUid | None, owner: OrganisationId) -> None:
    if previous is None:
        return
    record = unit.records.get(previous, visible=EVERYTHING)
    fits = record is not None and record.kind is Kind.USAGE_POLICY and record.state not in GONE
    if record is None or not fits or not (record.is_public or record.owner == owner):
        message = "a usage policy of this organisation, or a public one, is expected"
        raise InvalidInput([Problem(("previous",), "NOT_FOUND", message)])


def _sees_all(actor: Actor) -> bool:
    return Permission.SOURCE_READ in policy.permissions_of(actor)
