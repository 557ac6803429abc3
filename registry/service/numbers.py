"""Record numbers, given at publication: ``<NODE>-<KIND>-<year>-<n>``; and blocks reserved before.

Public records are counted; all others draw six random digits, so that numbers tell nothing about records one
may not see. An organisation may set numbers of the public count aside and name one of them when it submits. A
number, once given, never changes and is never given again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.canonical import canonical_bytes
from registry.domain.change import ChangeKind, NewChange
from registry.domain.errors import Conflict, Forbidden, IdempotencyMismatch, InvalidInput, Problem
from registry.domain.numbering import (
    MAX_UNUSED,
    ReservedNumber,
    block_problems,
    number_stem,
    number_text,
    written_number,
)
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import Reader, Registry, Unit

_TRIES = 1000


@dataclass(frozen=True, slots=True)
class Block:
    """Numbers that were reserved together; *replayed* tells that the same request had been answered before."""

    numbers: tuple[ReservedNumber, ...]
    replayed: bool = False


def reserve(
    registry: Registry,
    actor: Actor,
    kind: Kind,
    *,
    count: int,
    year: int | None = None,
    idempotency_key: str | None = None,
) -> Block:
    """Set the next *count* numbers of the public count aside for the actor's organisation.

    Args:
        count: 1 to 100; an organisation holds at most 500 that no record has asked for.
        year: the present one, if left out, or the next.

    Raises:
        Forbidden: *actor* lacks ``record:submit`` or belongs to no organisation.
        InvalidInput: *count*, *year* or the key is out of range.
        Conflict: the organisation would hold too many unused numbers.
        IdempotencyMismatch: the key was used for something else.
    """
    policy.require(actor, Permission.RECORD_SUBMIT)
    if actor.organisation is None:
        raise Forbidden("only a member of an organisation may reserve numbers")
    now = registry.clock.now()
    wanted_year = now.year if year is None else year
    problems = [*block_problems(count, wanted_year, present_year=now.year), *_key_problems(idempotency_key)]
    if problems:
        raise InvalidInput(problems)
    asked = canonical_bytes({"operation": "reserve", "kind": kind, "count": count, "year": year})
    print_ = hashlib.sha256(asked).digest()
    with registry.storage.begin() as unit:
        before = _answered(registry, unit, actor.organisation, idempotency_key, print_)
        if before is not None:
            return before
        if len(unit.numbers.unused(actor.organisation)) + count > MAX_UNUSED:
            hint = "use those that you have; the query reservedNumbers lists them"
            raise Conflict(f"an organisation holds at most {MAX_UNUSED} unused numbers", hint=hint)
        stem = number_stem(registry.settings.short_name, kind, wanted_year)
        texts = _counted(unit, kind, wanted_year, stem, count)
        made = tuple(ReservedNumber(text, kind, wanted_year, actor.organisation, now) for text in texts)
        block = registry.ids.uid()
        unit.numbers.reserve(block, made)
        subject = f"organisation:{_slug(unit, actor.organisation)}"
        unit.changes.append(NewChange(ChangeKind.NUMBERS, actor.id, now, public=False, subject=subject))
        if idempotency_key is not None:
            expires_at = now + timedelta(hours=registry.settings.idempotency_hours)
            keep = unit.idempotency.keep
            # A block is remembered like a record: by its id.
            keep(actor.organisation, idempotency_key, fingerprint=print_, uid=RecordUid(block), expires_at=expires_at)
    return Block(made)


def unused(registry: Registry, actor: Actor) -> tuple[ReservedNumber, ...]:
    """The numbers set aside for the actor's organisation that no record has asked for; none for strangers."""
    policy.require(actor, Permission.RECORD_READ)
    if actor.organisation is None:
        return ()
    with registry.storage.read() as reader:
        return reader.numbers.unused(actor.organisation)


def ask_for_number(unit: Unit, record: Record, number: str | None) -> None:
    """Have *record* get this reserved number at its publication, within a unit of the caller.

    Raises:
        InvalidInput: as ``check_number``.
    """
    if number is None:
        return
    reserved = check_number(unit, record.owner, record.kind, number, known=record)
    if reserved is not None and reserved.used_by is None:
        unit.numbers.use(reserved.number, uid=record.uid)


def check_number(
    reader: Reader | Unit, owner: OrganisationId | None, kind: Kind, number: str, *, known: Record | None = None
) -> ReservedNumber | None:
    """The reserved number that a record of *owner* may ask for; ``None`` if the record *known* has it already.

    Raises:
        InvalidInput: it is no unused number for this kind that *owner* reserved, and which of these is not told; or
            *known* has another number, or asked for another one.
    """
    written = written_number(number)
    if known is not None and known.number is not None:
        if written == known.number:
            return None
        raise InvalidInput([Problem(("number",), "NOT_ALLOWED", "this record has a number already; leave it out")])
    found = None if written is None else reader.numbers.get(written)
    asked_before = None if known is None else reader.numbers.wanted_by(known.uid)
    users = {None} if known is None else {None, known.uid}
    is_own = found is not None and found.organisation == owner and found.kind is kind and found.used_by in users
    if found is None or not is_own or asked_before not in {None, found.number}:
        message = f"this is no unused number of the kind {kind.value} from a block of your organisation"
        hint = "the query reservedNumbers lists them; leave it out to get the next number"
        raise InvalidInput([Problem(("number",), "NUMBER_NOT_YOURS", message, hint)])
    return found


def give_number(registry: Registry, unit: Unit, record: Record, *, is_new: bool = False) -> str:
    """The record's number: the one it has, the reserved one it asked for, or a new one that nobody else has.

    Args:
        is_new: whether it is not stored yet, and so has asked for none.

    Raises:
        Conflict: none was found in many tries: nearly all six-digit numbers of the year are used.
    """
    if record.number is not None:
        return record.number
    wanted = None if is_new else unit.numbers.wanted_by(record.uid)
    if wanted is not None:
        return wanted
    return new_numbers(registry, unit, record, 1)[0]


def new_numbers(registry: Registry, unit: Unit, record: Record, count: int) -> list[str]:
    """Numbers for *count* records of the kind of *record*, and as visible as it; nobody else has them.

    Raises:
        Conflict: as for ``give_number``.
    """
    year = registry.clock.now().year
    stem = number_stem(registry.settings.short_name, record.kind, year)
    if record.is_public:
        return _counted(unit, record.kind, year, stem, count)
    return _free(unit, count, lambda wanted: [number_text(stem, registry.ids.six_digits()) for _ in range(wanted)])


def _counted(unit: Unit, kind: Kind, year: int, stem: str, count: int) -> list[str]:
    """The next numbers of the public count that were neither drawn nor set aside."""

    def next_ones(wanted: int) -> list[str]:
        return [number_text(stem, n) for n in unit.records.next_numbers(kind, year, wanted)]

    return _free(unit, count, next_ones)


def _free(unit: Unit, count: int, draw: Callable[[int], list[str]]) -> list[str]:
    """The first *count* different numbers of those drawn that nobody has."""
    found: dict[str, None] = {}
    for _ in range(_TRIES):
        drawn = draw(count - len(found))
        taken = unit.records.taken_numbers(drawn)
        found |= {number: None for number in drawn if number not in taken}
        if len(found) == count:
            return list(found)
    raise Conflict("no free number was found for this year; try again")


def _answered(
    registry: Registry, unit: Unit, organisation: OrganisationId, key: str | None, print_: bytes
) -> Block | None:
    if key is None:
        return None
    before = unit.idempotency.find(organisation, key, now=registry.clock.now())
    if before is None:
        return None
    if before[0] != print_:
        raise IdempotencyMismatch
    return Block(unit.numbers.of_block(before[1]), replayed=True)


def _key_problems(key: str | None) -> tuple[Problem, ...]:
    if key is None or 1 <= len(key) <= 200:
        return ()
    return (
        Problem(("idempotencyKey",), "TOO_LONG" if key else "REQUIRED", "use 1 to 200 characters, or leave it out"),
    )


def _slug(unit: Unit, organisation: OrganisationId) -> str:
    found = unit.accounts.organisation(organisation)
    return organisation if found is None else found.slug
