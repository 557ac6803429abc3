"""Sources and their runs, as operators see and steer them: who may be taken in, how far to trust it, how it went."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.errors import AlreadyExists, InvalidInput, NotFound
from registry.domain.event import EventName
from registry.domain.finding import FindingFilter, KeptFinding
from registry.domain.importing import Run, Source, SourceState, Trust
from registry.domain.pages import Page, PageRequest
from registry.domain.source_form import require_hours, source_problems
from registry.ports import Registry
from registry.service.events import note
from registry.service.reports import is_intake
from registry.service.source_access import forget

_ALL_FINDINGS = FindingFilter()


def sources(registry: Registry, actor: Actor) -> tuple[Source, ...]:
    """The sources that operators added, by id, as they were given; those built in come from the catalogue.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        return reader.import_sources.all()


def source(registry: Registry, actor: Actor, source_id: str) -> Source:
    """The added source with this id, as it was given.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
        NotFound: nobody added one of this id.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        found = reader.import_sources.get(source_id)
    if found is None:
        raise NotFound("no such source", path=("source",))
    return found


def put_source(registry: Registry, actor: Actor, given: Source) -> Source:
    """Add a source, or change the added one with its id. Whoever calls has found its format and options known.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        Reauthenticate: *actor* has signed in too long ago.
        InvalidInput: with everything that is wrong with it.
        AlreadyExists: an organisation with members has its id: the records would be theirs; or that of reports here.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    policy.require_confirmed(actor)
    inside = bool(registry.settings.outbound_allow_networks)
    problems = source_problems(given, inside=inside)
    if problems:
        raise InvalidInput(problems)
    with registry.storage.begin() as unit:
        owner = unit.accounts.organisation_by_slug(given.id)
        if owner is not None and unit.accounts.members(owner.id):
            raise AlreadyExists("an organisation with members has this id", path=("id",), hint="take another id")
        if owner is not None and is_intake(unit, owner.id):
            raise AlreadyExists("reports to this node are kept under this id", path=("id",), hint="take another id")
        unit.import_sources.put(given)
        said = {"format": given.format, "trust": given.trust.value}
        note(registry, unit, actor, EventName.SOURCE_PUT, subject=f"source:{given.id}", **said)
    return given


def remove_source(registry: Registry, actor: Actor, source_id: str) -> None:
    """Take an added source out, and what it let us in by; its records, runs and findings stay.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        NotFound: nobody added one of this id.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    with registry.storage.begin() as unit:
        if not unit.import_sources.remove(source_id):
            hint = "one that comes with the software stays, and can be paused"
            raise NotFound("nobody added a source of this id", path=("source",), hint=hint)
        forget(unit, source_id)
        note(registry, unit, actor, EventName.SOURCE_REMOVED, subject=f"source:{source_id}")


def set_trust(registry: Registry, actor: Actor, source_id: str, trust: Trust | None) -> SourceState:
    """Whether a source's records are published at once from the next run on; ``None`` is as the source itself says.

    Whoever calls has found the source to be there.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        Reauthenticate: *actor* has signed in too long ago.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    policy.require_confirmed(actor)
    return _chosen(registry, actor, source_id, "trust", trust, trust.value if trust else "as_given")


def set_schedule(registry: Registry, actor: Actor, source_id: str, every_hours: int | None) -> SourceState:
    """How often a source runs by itself: 0 is never, ``None`` as the source itself says. It is due at once.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        InvalidInput: the pause is not 0 to 8,784 hours.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    require_hours(every_hours)
    said = "as_given" if every_hours is None else every_hours
    return _chosen(registry, actor, source_id, "every_hours", every_hours, said, due_at=None)


def pause(registry: Registry, actor: Actor, source_id: str) -> SourceState:
    """Let a source not run by itself until ``resume``.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    return _chosen(registry, actor, source_id, "paused", True, "yes")


def resume(registry: Registry, actor: Actor, source_id: str) -> SourceState:
    """Let a source run by itself again; it is due at once.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    return _chosen(registry, actor, source_id, "paused", False, "no", due_at=None)


def ask_run(registry: Registry, actor: Actor, source_id: str, *, allow_withdrawals: bool = False) -> SourceState:
    """Have the worker import a source as soon as it can, also one that is paused or has no schedule.

    Whoever calls has found the source to be there. Asked again before that run has begun, only the last counts.

    Args:
        allow_withdrawals: let that run withdraw all that is gone, however much it is.

    Raises:
        Forbidden: *actor* lacks ``source:manage``.
        Reauthenticate: *actor* has signed in too long ago, and allows withdrawals.
    """
    policy.require(actor, Permission.SOURCE_MANAGE)
    if allow_withdrawals:
        policy.require_confirmed(actor)
    with registry.storage.begin() as unit:
        now = registry.clock.now()
        state = unit.import_sources.state(source_id).asked(now, allows_withdrawals=allow_withdrawals)
        unit.import_sources.save_state(state)
        said = {"allow_withdrawals": "yes" if allow_withdrawals else "no"}
        note(registry, unit, actor, EventName.SOURCE_ASKED, subject=f"source:{source_id}", **said)
    return state


def _chosen(
    registry: Registry, actor: Actor, source_id: str, name: str, value: Any, said: str | int, **also: Any
) -> SourceState:
    with registry.storage.begin() as unit:
        state = replace(unit.import_sources.state(source_id), **{name: value, **also})
        unit.import_sources.save_state(state)
        note(registry, unit, actor, EventName.SOURCE_CHOSEN, subject=f"source:{source_id}", **{name: said})
    return state


def states(registry: Registry, actor: Actor) -> dict[str, SourceState]:
    """What is known of every source that was run or chosen for, by id; without validators.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        return reader.import_sources.states()


def state_of(registry: Registry, actor: Actor, source_id: str) -> SourceState:
    """What is known of a source: choices, cursor, validators by address, last good run, when it is due, failures.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        return reader.import_sources.state(source_id)


def runs(registry: Registry, actor: Actor, source_id: str | None, request: PageRequest) -> Page[Run]:
    """A page of runs, newest first; of one source, or of all. One that died shows as failed.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        page = reader.import_runs.page(source_id, request)
    now = registry.clock.now()
    return replace(page, items=tuple(_as_it_stands(run, now) for run in page.items))


def findings(
    registry: Registry, actor: Actor, source_id: str, request: PageRequest, wanted: FindingFilter = _ALL_FINDINGS
) -> Page[KeptFinding]:
    """A page of a source's findings: open ones first, then by record, code and message.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        return reader.findings.page(source_id, wanted, request)


def finding_counts(registry: Registry, actor: Actor, source_id: str) -> dict[str, int]:
    """How many findings of each code are open.

    Raises:
        Forbidden: *actor* lacks ``source:read``.
    """
    policy.require(actor, Permission.SOURCE_READ)
    with registry.storage.read() as reader:
        return reader.findings.counts(source_id)


def _as_it_stands(run: Run, now: datetime) -> Run:
    return run.ended_dead() if run.is_dead(now) else run
