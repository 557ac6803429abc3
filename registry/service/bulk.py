"""Many submissions in one request: each line is one submission, stored or refused by itself."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.bulk import Line, Mode, Outcome, Status, idempotency_key, refused
from registry.domain.content.kinds import Submission
from registry.domain.errors import CommonsError, RateLimited, Unauthenticated, Unavailable
from registry.domain.record import OrganisationId, State
from registry.ports import Registry
from registry.service import limits, submit
from registry.service.writing import Written


def admit(actor: Actor) -> OrganisationId:
    """The organisation for which *actor* may send many submissions at once.

    Raises:
        Unauthenticated, Forbidden: *actor* may not submit at all.
    """
    policy.require(actor, Permission.RECORD_DRAFT if actor.staging else Permission.RECORD_SUBMIT)
    owner, _ = policy.require_member(actor)
    return owner


def take(registry: Registry, actor: Actor, line: Line, mode: Mode) -> Outcome:
    """What becomes of one line, durable when this returns. What is wrong with it is told, not raised.

    A line without an idempotency key is given one made of what it says: the same line is stored once.

    Raises:
        Unavailable, RateLimited, Unauthenticated: it is not the line's fault, and the same line may be sent again.
    """
    policy.require(actor, Permission.RECORD_DRAFT if actor.staging else Permission.RECORD_SUBMIT)
    if line.outcome is not None and line.outcome.status is Status.SKIPPED:
        return line.outcome
    limits.charge(registry, actor, lines=1)
    if line.submission is None:
        return line.outcome or Outcome(Status.SKIPPED)
    try:
        return _taken(registry, actor, line.submission, mode)
    except (Unavailable, RateLimited, Unauthenticated):
        raise
    except CommonsError as error:
        return refused(error.problems)


def _taken(registry: Registry, actor: Actor, said: Submission, mode: Mode) -> Outcome:
    if mode is Mode.VALIDATE:
        checked = submit.validate(
            registry,
            actor,
            said.content,
            external_ref=said.external_ref,
            number=said.number,
            answers=said.answers,
        )
        return Outcome(Status.VALID, warnings=checked.warnings)
    written = submit.submit(
        registry,
        actor,
        said.content,
        external_ref=said.external_ref,
        number=said.number,
        answers=said.answers,
        idempotency_key=_kept_key(registry, said),
    )
    return Outcome(_status(written), written.record, warnings=written.warnings)


def _kept_key(registry: Registry, said: Submission) -> str:
    """The line's own key; one made of what it says is kept so that nobody can try out guesses at what was redacted."""
    key = idempotency_key(said)
    return key if said.idempotency_key is not None else f"bulk:{registry.vault.mac('bulk line', key.encode()).hex()}"


def _status(written: Written) -> Status:
    if written.replayed:
        return Status.REPLAYED
    if written.unchanged:
        return Status.UNCHANGED
    return Status.DRAFT if written.record.state is State.DRAFT else Status.STORED
