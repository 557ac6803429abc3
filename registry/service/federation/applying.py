"""Taking in what another node gave: each item by itself, in the order form, signature, what is held, and only then
what it says.

Everything is judged before anything is written; what cannot be taken goes into quarantine with its reason, what only
waits for something is parked, and the rest of the page goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from registry.domain.actor import SYSTEM, Actor
from registry.domain.canonical import JsonValue, parse_json
from registry.domain.errors import InvalidInput
from registry.domain.federation.envelope import Envelope, Revocation, read_item
from registry.domain.federation.guarding import Gone, forked
from registry.domain.federation.header import RELAYED
from registry.domain.federation.judging import Held, Verdict, judge
from registry.domain.federation.peer import Peer
from registry.domain.federation.telling import LetGo
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Tlp
from registry.ports import Registry, Unit
from registry.ports.federation import Head, KeptHeader, Refused
from registry.service.federation.authenticity import origin_of, require_signed
from registry.service.federation.guarding import settle
from registry.service.federation.newcomers import Newcomers
from registry.service.federation.owning import uid_here
from registry.service.federation.parts import is_gone, keep_beside, revoke, take_again
from registry.service.federation.quarantine import FORK, FROZEN, bound, keep, supersede
from registry.service.federation.receiving import receive
from registry.service.federation.targets import require_target
from registry.service.federation.telling import tell
from registry.service.federation.unfit import NotYet, Unfit
from registry.service.monitoring import raise_alert


@dataclass(slots=True)
class Applied:
    """What became of the items of a page."""

    applied: int = 0
    known: int = 0
    history: int = 0
    revoked: int = 0
    quarantined: int = 0
    parked: int = 0
    forks: int = 0

    def add(self, other: Applied) -> None:
        """Count those of another page too."""
        for name in self.__slots__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


def apply_page(registry: Registry, unit: Unit, peer: Peer, items: Sequence[JsonValue]) -> Applied:
    """Take in a page of *peer* within a unit of the caller, who keeps the cursor in the same unit.

    Raises:
        MassWithdrawal: too much would go; the caller's unit must not be kept.
    """
    done, gone = Applied(), Gone()
    read = [_read(item) for item in items]
    given = [one for one in read if isinstance(one, Envelope)]
    newcomers = Newcomers.among(registry, unit, _as(peer), given)
    for item, one in zip(items, read, strict=True):
        _take_in(registry, unit, peer, item, one, newcomers, done, gone)
    newcomers.store()
    _end(registry, unit, peer, done, gone)
    return done


def apply_parked(registry: Registry, unit: Unit, peer: Peer, parked: Sequence[Refused]) -> Applied:
    """Take in what of *peer* was put aside, as ``apply_page`` does; what waits waits no longer than before."""
    done, gone = Applied(), Gone()
    nobody = Newcomers.among(registry, unit, _as(peer), ())
    for one in parked:
        item = parse_json(one.item)
        _take_in(registry, unit, peer, item, _read(item), nobody, done, gone, parked_until=one.parked_until)
    _end(registry, unit, peer, done, gone)
    return done


def _end(registry: Registry, unit: Unit, peer: Peer, done: Applied, gone: Gone) -> None:
    """Judge all of it together, and put out what others are to know of it."""
    settle(registry, unit, peer, gone)
    if done.quarantined or done.parked:
        bound(registry, unit, peer)
    tell(registry, unit, peer, gone)


def _read(item: JsonValue) -> Envelope | Revocation | InvalidInput:
    try:
        return read_item(item)
    except InvalidInput as error:
        return error


def _take_in(
    registry: Registry,
    unit: Unit,
    peer: Peer,
    item: JsonValue,
    read: Envelope | Revocation | InvalidInput,
    newcomers: Newcomers,
    done: Applied,
    gone: Gone,
    *,
    parked_until: datetime | None = None,
) -> None:
    """Take in one item that was read, once all that waits and may have to do with it is stored."""
    is_expected = isinstance(read, Envelope) and newcomers.expects(read)
    if not is_expected:
        newcomers.store()
    try:
        match read:
            case InvalidInput():
                raise read
            case Revocation():
                waited = supersede(unit, peer, RecordUid(read.uid))
                revoked = revoke(registry, unit, _as(peer), peer, read, gone)
                if waited and not revoked:
                    gone.lets_go(RecordUid(read.uid), LetGo.REVOKE, for_=peer.dns)
                done.revoked += revoked
            case Envelope():
                _apply(registry, unit, peer, read, newcomers if is_expected else None, done, gone)
    except InvalidInput as error:
        told = keep(registry, unit, peer, item, read, error.problems[0].code)
        gone.refused += [told] if told else []
        done.quarantined += 1
    except Unfit as error:
        until = _waits_until(registry, error, parked_until) if isinstance(error, NotYet) else None
        told = keep(registry, unit, peer, item, read, error.reason, until=until)
        gone.refused += [told] if told else []
        if until is not None:
            done.parked += 1
        else:
            done.quarantined += 1


def _waits_until(registry: Registry, error: NotYet, before: datetime | None) -> datetime:
    """Until when an item waits; one that was parked *before* waits no longer than it was to then."""
    days = registry.settings.federation_parked_days if error.days is None else error.days
    return before or registry.clock.now() + timedelta(days=days)


def _apply(
    registry: Registry,
    unit: Unit,
    peer: Peer,
    envelope: Envelope,
    newcomers: Newcomers | None,
    done: Applied,
    gone: Gone,
) -> None:
    """Judge an envelope and do what follows from that.

    Args:
        newcomers: where it waits to be stored, if nothing is held of its record and its number.
    """
    is_new = newcomers is not None
    origin = origin_of(registry, unit, peer, envelope)
    is_known = not is_new and bool(unit.envelopes.known([envelope.hash]))
    require_signed(registry, unit, envelope, origin, is_known=is_known)
    envelope, head, record = (envelope, None, None) if is_new else _looked_up(registry, unit, origin, envelope)
    held = None if head is None else _held(head)
    match judge(envelope.header, held, own=registry.settings.node_name, is_known=is_known):
        case Verdict.OWN:
            done.known += 1
        case Verdict.KNOWN:
            _require_entitled(peer, envelope)
            done.known += 1
            if head is not None and head.header.hash == envelope.hash and record is not None and record.received:
                assert origin is not None  # noqa: S101  # a record that began here is not received
                again = _kept(registry, peer, envelope)
                take_again(registry, unit, _as(peer), origin, record, head.header, again, envelope, gone)
        case Verdict.HISTORY:
            keep_beside(unit, _kept(registry, peer, envelope), is_gone=is_gone(head, record))
            done.history += 1
        case Verdict.FORK:
            _fork(registry, unit, peer, envelope, head, record)
            done.forks += 1
            raise Unfit(FORK)
        case Verdict.FROZEN:
            raise Unfit(FROZEN)
        case Verdict.APPLY:
            _require_entitled(peer, envelope)
            assert origin is not None  # noqa: S101  # what began here is judged to be our own
            _require_own_number(unit, origin, envelope, record, is_new=is_new)
            if newcomers is not None:
                newcomers.add(origin, envelope, _kept(registry, peer, envelope))
            else:
                if record is None:
                    require_target(unit, envelope)
                receive(registry, unit, _as(peer), origin, record, envelope, gone)
                unit.envelopes.add(_kept(registry, peer, envelope), is_head=True)
            done.applied += 1


def _looked_up(
    registry: Registry, unit: Unit, origin: Peer | None, envelope: Envelope
) -> tuple[Envelope, Head | None, Record | None]:
    """What is held of the record of an envelope that was signed; with the uid under which the record stands here.

    Raises:
        Unfit: it claims another node's record by the uid, under a number that is not its origin's.
    """
    header, uid = envelope.header, RecordUid(envelope.header.uid)
    record = unit.records.get(uid, visible=EVERYTHING)
    is_own = header.origin == registry.settings.node_name
    if record is not None and (record.origin != header.origin or not record.received) and not is_own:
        # Neither of two nodes that give records the same uid keeps the other's out; nor does it show that this node
        # has a record of that uid, which may be hidden.
        if origin is None or not header.number.startswith(f"{origin.short_name}-"):
            raise Unfit("FOREIGN_NUMBER")
        uid = uid_here(registry, unit, header.origin, header.uid)
        envelope = replace(envelope, header=header.model_copy(update={"uid": uid}))
        record = unit.records.get(uid, visible=EVERYTHING)
    return envelope, unit.envelopes.heads([uid]).get(uid), record


def _require_entitled(peer: Peer, envelope: Envelope) -> None:
    """Refuse what no honest node hands on: more hops than its origin allows, or a closed record or part of another."""
    header = envelope.header
    if envelope.hops > header.max_hops:
        raise Unfit("TOO_MANY_HOPS")
    is_closed = header.embargoed or header.marking.tlp not in RELAYED
    is_closed |= "restricted" in envelope.parts and header.marking.restricted_tlp not in RELAYED
    if header.marking.tlp is Tlp.RED or (header.origin != peer.dns and is_closed):
        # That a record was narrowed is told by a revocation; its header goes to nobody who may not see it.
        raise Unfit("NOT_FOR_US")


def _require_own_number(unit: Unit, origin: Peer, envelope: Envelope, record: Record | None, *, is_new: bool) -> None:
    """Refuse a number that is another node's, or another record's."""
    header = envelope.header
    if not header.number.startswith(f"{origin.short_name}-"):
        raise Unfit("FOREIGN_NUMBER")
    if record is not None:
        if not record.received or record.origin != header.origin:
            raise Unfit("FOREIGN_RECORD")
        if record.number != header.number or record.kind is not header.kind:
            raise Unfit("CHANGED_IDENTITY")
    elif not header.number.startswith(f"{origin.short_name}-{header.kind.number_code}-"):
        raise Unfit("FOREIGN_NUMBER")
    elif not is_new and unit.records.taken_numbers([header.number]):
        raise Unfit("NUMBER_TAKEN")


def _fork(
    registry: Registry, unit: Unit, peer: Peer, envelope: Envelope, head: Head | None, record: Record | None
) -> None:
    """Keep both headers as evidence and let neither go on: the origin contradicts itself.

    What was erased stays so and is told on, and no words of it come back as evidence.
    """
    if head is None or head.header.origin != envelope.header.origin or record is None:
        raise Unfit("FOREIGN_RECORD")
    keep_beside(unit, _kept(registry, peer, envelope), is_gone=is_gone(head, record))
    if record.state is State.ERASED:
        return
    unit.envelopes.freeze(record.uid, on=True)
    now, number = registry.clock.now(), record.number or ""
    raise_alert(registry, unit, forked(record.origin, record.uid, number, head.header.hash, envelope.hash, now))


def _held(head: Head) -> Held:
    return Held(head.header.origin, head.header.rev, head.header.hash, head.frozen)


def _kept(registry: Registry, peer: Peer, envelope: Envelope) -> KeptHeader:
    return KeptHeader(
        uid=RecordUid(envelope.header.uid),
        origin=envelope.header.origin,
        rev=envelope.header.rev,
        hash=envelope.hash,
        body=envelope.body,
        signature=envelope.signature,
        kept_at=registry.clock.now(),
        came_from=peer.dns,
        hops=envelope.hops,
        reason=envelope.parts.get("reason"),
    )


def _as(peer: Peer) -> Actor:
    """What the change log says of who did it."""
    return replace(SYSTEM, id=f"node:{peer.dns}")
