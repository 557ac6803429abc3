"""How syncing goes with each node: for operators, for what watches over it, and for the doctor."""

from __future__ import annotations

from registry.domain import policy
from registry.domain.actor import SYSTEM, Actor, Permission
from registry.domain.alert import Alert, AlertKind
from registry.domain.event import EventName
from registry.domain.federation.health import Health, Trouble, failing, health_of, recent_since
from registry.ports import Reader, Registry, Unit
from registry.service.doctor import Finding
from registry.service.events import note
from registry.service.federation.identity import is_retired
from registry.service.monitoring import raise_alert


def every(registry: Registry, actor: Actor) -> tuple[Health, ...]:
    """How it goes with each node that is known, by DNS name."""
    policy.require(actor, Permission.SYNC_MANAGE)
    with registry.storage.read() as reader:
        return healths(registry, reader)


def watch(registry: Registry, actor: Actor) -> None:
    """Raise an alert about each node that was asked in vain for a day, and end those that are over. Mostly nothing is
    written."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        if not any(_news(registry, reader)):
            return
    with registry.storage.begin() as unit:
        # Another process may have been quicker.
        raised, over = _news(registry, unit)
        for one in raised:
            raise_alert(registry, unit, failing(one))
        for alert in over:
            unit.alerts.save(alert.cleared(registry.clock.now()))
            note(registry, unit, SYSTEM, EventName.ALERT_CLEARED, subject=f"alert:{alert.id}", kind=alert.kind.value)


def findings(registry: Registry, actor: Actor) -> tuple[Finding, ...]:
    """What is wrong with syncing, and what to do about it."""
    policy.require(actor, Permission.NODE_MAINTAIN)
    with registry.storage.read() as reader:
        found = [_finding(one, trouble) for one in healths(registry, reader) for trouble in one.troubles]
        if is_retired(registry, reader):
            what = "node.key holds a key that was given up"
            advice = "put the file back that the node had after the last: commons sync rotate-key"
            found.append(Finding("KEY_RETIRED", what, advice))
    return tuple(found)


def healths(registry: Registry, view: Reader | Unit) -> tuple[Health, ...]:
    """How it goes with each node, within a view of the caller, who has asked for permission."""
    now = registry.clock.now()
    tallies, frozen = view.refusals.tallies(since=recent_since(now)), view.envelopes.frozen()
    told = view.peer_findings.counts()
    return tuple(
        health_of(
            one,
            tallies,
            frozen=frozen.get(one.dns, 0),
            groups=view.groups.of(one.organisation),
            findings=told.get(one.dns, 0),
            at=now,
        )
        for one in view.peers.all()
    )


def _news(registry: Registry, view: Reader | Unit) -> tuple[list[Health], list[Alert]]:
    """Nodes that nobody was told of yet, and alerts about those that answer again or are not asked any more."""
    bad = {f"node:{one.peer.dns}": one for one in healths(registry, view) if one.is_failing}
    live = {one.subject: one for one in view.alerts.live(AlertKind.SYNC_FAILING)}
    raised = [one for subject, one in bad.items() if subject not in live and _is_news(registry, view, one)]
    return raised, [one for subject, one in live.items() if subject not in bad]


def _is_news(registry: Registry, view: Reader | Unit, health: Health) -> bool:
    found = failing(health)
    judged = view.alerts.last(found.kind, found.subject)
    return judged is None or not judged.is_quiet_about(found, registry.clock.now())


def _finding(health: Health, trouble: Trouble) -> Finding:
    peer = health.peer
    match trouble:
        case Trouble.FAILING:
            last = "never" if peer.last_success_at is None else peer.last_success_at.isoformat(timespec="minutes")
            what = f"{peer.dns} is asked in vain, last with success: {last}; {health.error}"
            advice = f"see that it runs and is reached from here, then: commons sync pull {peer.dns}"
        case Trouble.SKEWED:
            what = f"the clock of {peer.dns} is {peer.skew_seconds} seconds ahead of this one"
            advice = "see that both machines keep the time"
        case Trouble.REFUSED:
            reasons = ", ".join(health.refused)
            what = f"{health.recent} item(s) of {peer.dns} were refused within a day: {reasons}"
            advice = f"tell its operator; commons sync held {peer.dns} lists them with their reasons"
        case Trouble.HELD:
            what = f"nothing is taken from {peer.dns}: {peer.hold}"
            advice = f"ask its operator whether that is meant, then: commons sync release {peer.dns}"
        case Trouble.FROZEN:
            what = f"{peer.dns} contradicts itself about {health.frozen} record(s), which are frozen"
            advice = "ask its operator by another way which of its words holds: commons sync forks shows both"
    return Finding(trouble.value, what, advice)
