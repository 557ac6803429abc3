"""Watching: writing down what was counted, and raising alerts about what stands out.

Each process writes down its own counts once a minute and when it stops, all in one unit, and looks at the subjects
they are about. The counts of requests live in memory until then: whoever kills a process takes at most a minute of them
away. Edits are read from the change log, of which nothing is lost.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from registry.domain import policy
from registry.domain.account import KeyId
from registry.domain.actor import SYSTEM, Actor, Permission
from registry.domain.alert import Alert, AlertId, AlertKind, AlertState, Anomaly
from registry.domain.anomaly import PROBED, Place, new_network, probing, two_places, unusual_hour
from registry.domain.change import Change, ChangeKind
from registry.domain.errors import AlreadyExists, CommonsError, Forbidden, FourEyes, NotFound, RateLimited
from registry.domain.event import Event, EventName
from registry.domain.letter import MailKind
from registry.domain.record import OrganisationId
from registry.domain.tally import Counted, Refused, Span, Use, hour_of
from registry.ports import Registry, Unit
from registry.service.events import note
from registry.service.freezing import operators, put_freeze
from registry.service.letters import tell

ACTIVITY_DAYS = 28
_ROWS = 2000
_FAILURES = 20_000
_POSITION, _CLEANED = "monitored_seq", "events_cleaned_on"
_EDITS = frozenset(
    {
        ChangeKind.REVISE,
        ChangeKind.WITHDRAW,
        ChangeKind.VISIBILITY,
        ChangeKind.BLOCK,
        ChangeKind.ERASE,
        ChangeKind.MERGE,
        ChangeKind.SPLIT,
    }
)
_FREEZABLE = ("key:", "person:")
_WORDS = {
    AlertKind.VOLUME: "does much more than usual",
    AlertKind.NEW_NETWORK: "comes from a network it never came from",
    AlertKind.FAILED_SIGN_INS: "is tried, or tries, with credentials that fit nobody",
    AlertKind.SPRAY: "tries one account after the other",
    AlertKind.MASS_READS: "reads unusually many restricted parts",
    AlertKind.MASS_EDITS: "changes unusually many records",
    AlertKind.TWO_PLACES: "is used from two places at once",
    AlertKind.IMPORTS_OVERDUE: "does not import what is due; see that commons worker runs",
    AlertKind.IMPORT_FAILING: "could not be imported several times behind one another",
    AlertKind.SYNC_FAILING: "is asked in vain for a day; commons sync list tells why",
    AlertKind.SYNC_HELD: "would take away unusually many records; nothing is taken from it before you release it",
    AlertKind.SYNC_FORK: "contradicts itself about a record, which goes on once you have said which is right",
}


def note_refused(registry: Registry, who: Actor, error: CommonsError) -> None:
    """Count that *error* was all that somebody known got; strangers are told to sign in, which is nothing to notice."""
    if isinstance(error, RateLimited):
        registry.tally.refuse(EventName.RATE_REFUSED, who)
    elif isinstance(error, Forbidden) and who.person is not None:
        four_eyes = isinstance(error, FourEyes)
        registry.tally.refuse(EventName.SECOND_PERSON_REFUSED if four_eyes else EventName.PERMISSION_REFUSED, who)


def watch(registry: Registry, actor: Actor) -> int:
    """Write down what was counted and raise what stands out; how many anomalies were found.

    Nothing is written where nothing was counted. What cannot be written now is counted again.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    taken, is_kept = registry.tally.take(), False
    try:
        if taken.is_empty() and not _is_due(registry):
            return 0
        with registry.storage.begin() as unit:
            found = _watched(registry, unit, taken)
            _clean(registry, unit)
        is_kept = True
    finally:
        if not is_kept:
            registry.tally.give_back(taken)
    return found


def _is_due(registry: Registry) -> bool:
    """Whether the log has rows that were not looked at, or what is old is to go."""
    with registry.storage.read() as reader:
        behind = int(reader.meta.get(_POSITION) or 0) < reader.changes.head().seq
        return behind or reader.meta.get(_CLEANED) != registry.clock.now().date().isoformat()


def _watched(registry: Registry, unit: Unit, taken: Counted) -> int:
    thresholds = registry.settings.thresholds
    found: list[Anomaly] = []
    uses = dict(taken.uses)
    for (subject, hour), use in _edits(registry, unit).items():
        uses[subject, hour] = uses.get((subject, hour), Use()).plus(use)
    for (subject, hour), use in uses.items():
        past = unit.activity.past(subject, before=hour)
        so_far = unit.activity.add(subject, hour, use)
        found += unusual_hour(subject, hour, so_far, past, thresholds)
    for subject in sorted({subject for subject, _ in taken.networks}):
        found += _moved(registry, unit, subject, taken.networks)
    if taken.refusals:
        _write_refusals(registry, unit, taken.refusals)
        since = registry.clock.now() - timedelta(hours=1)
        names = [one.value for one in PROBED]
        found += probing(unit.events.named(names, since=since, limit=_FAILURES), thresholds)
    for one in found:
        raise_alert(registry, unit, one)
    return len(found)


def _edits(registry: Registry, unit: Unit) -> dict[tuple[str, datetime], Use]:
    """What people changed since the last look, by hour. The position moves in the same unit: no row counts twice."""
    position, head = int(unit.meta.get(_POSITION) or 0), unit.changes.head().seq
    found: dict[tuple[str, datetime], Use] = {}
    for _ in range(100):
        if position >= head:
            break
        rows = unit.changes.after(position, limit=_ROWS)
        for one in filter(_is_edit, rows):
            place = (one.row.actor, hour_of(one.row.at))
            found[place] = found.get(place, Use()).plus(Use(edits=1))
        position = rows[-1].seq
        unit.meta.put(_POSITION, str(position))
    recent = hour_of(registry.clock.now()) - timedelta(days=1)
    return {place: use for place, use in found.items() if place[1] >= recent}


def _is_edit(change: Change) -> bool:
    return change.row.kind in _EDITS and change.row.actor.startswith("person:")


def _moved(registry: Registry, unit: Unit, subject: str, networks: dict[tuple[str, str], Span]) -> Iterable[Anomaly]:
    """Keep where a subject came from, and tell what is odd about it."""
    thresholds = registry.settings.thresholds
    known = {one.network: one for one in unit.activity.places(subject)}
    before = tuple(known.values())
    hours = max((one.hours for one in unit.activity.past(subject, before=registry.clock.now()).values()), default=0)
    for (whose, network), span in networks.items():
        if whose != subject:
            continue
        is_new = network not in known
        place = known[network].seen(span) if not is_new else Place(network, span.first_at, span.first_at, span.last_at)
        known[network] = place
        unit.activity.put_place(subject, place)
        odd = new_network(subject, place, before, hours=hours, thresholds=thresholds) if is_new else None
        yield from () if odd is None else (odd,)
    both = two_places(subject, known.values(), thresholds)
    yield from () if both is None else (both,)


def _write_refusals(registry: Registry, unit: Unit, refusals: dict[Refused, int]) -> None:
    """One event for each party and kind of refusal, however many there were."""
    for one, count in refusals.items():
        unit.events.append(
            Event(
                id=registry.ids.uid(),
                name=one.name,
                at=registry.clock.now(),
                actor=one.actor,
                organisation=None if one.organisation is None else OrganisationId(one.organisation),
                key=one.key,
                address=one.address,
                subject=one.subject,
                detail={"count": count},
            )
        )


def raise_alert(registry: Registry, unit: Unit, found: Anomaly) -> None:
    """Open an alert, let the one there is grow, or stay quiet about what was judged."""
    last = unit.alerts.last(found.kind, found.subject)
    if last is not None and last.state is not AlertState.DISMISSED:
        unit.alerts.save(last.grown(found))
        return
    if last is not None and last.is_quiet_about(found, registry.clock.now()):
        return
    made = Alert(
        id=AlertId(registry.ids.uid()),
        kind=found.kind,
        subject=found.subject,
        state=AlertState.OPEN,
        value=found.value,
        times=1,
        evidence=dict(found.evidence),
        first_at=found.first_at,
        last_at=found.last_at,
    )
    unit.alerts.add(made)
    note(registry, unit, SYSTEM, EventName.ALERT_RAISED, subject=f"alert:{made.id}", kind=made.kind.value)
    _tell_operators(registry, unit, made)
    if made.kind in registry.settings.auto_freeze and made.subject.startswith(_FREEZABLE):
        _freeze(registry, unit, made)


def _freeze(registry: Registry, unit: Unit, alert: Alert) -> None:
    """Freeze what a clear alert is about; of operators only a key, so that nobody locks all of them out."""
    kind, _, name = alert.subject.partition(":")
    key = unit.accounts.key(KeyId(name)) if kind == "key" else None
    if kind == "person" and any(one.person == name for one in operators(unit)):
        return
    if kind == "person" or key is not None:
        try:
            put_freeze(registry, unit, SYSTEM, alert.subject, f"{alert.subject} {_WORDS[alert.kind]}")
        except (AlreadyExists, NotFound):
            return


def _tell_operators(registry: Registry, unit: Unit, alert: Alert) -> None:
    address = f"{registry.settings.base_url}/admin/alerts"
    body = f"{alert.subject} {_WORDS[alert.kind]}.\n\nThe evidence: {address}\n"
    for person in sorted({one.person for one in operators(unit)}):
        tell(registry, unit, MailKind.ALERT, f"Alert: {alert.kind}", body, person=person)


def _clean(registry: Registry, unit: Unit) -> None:
    """Once a day, take away what is kept for a time only."""
    now = registry.clock.now()
    today = now.date().isoformat()
    if unit.meta.get(_CLEANED) != today:
        unit.meta.put(_CLEANED, today)
        unit.events.forget_addresses(now - timedelta(days=registry.settings.event_address_days))
        unit.activity.forget(now - timedelta(days=ACTIVITY_DAYS))
