"""Operators see how syncing with each node goes, are told when it does not, and others see nothing of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from registry import signing
from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.alert import AlertKind, AlertState
from registry.domain.errors import Conflict, FetchFailed, Forbidden, InvalidInput
from registry.domain.federation.health import ERRORS
from registry.domain.pages import PageRequest
from registry.ports.between_nodes import Finding
from registry.service import alerts, groups, keys, members
from registry.service.federation import health, peering, pulling
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.forging import held_back, honest, lying
from tests.federation.test_rotation import rotated
from tests.federation.test_successors import once
from tests.federation.world import Sister, Sisterhood

TOKEN = "a-token-of-twenty-letters"


def troubled(sister: Sister) -> tuple[str, ...]:
    """What a node tells of the only other one."""
    (found,) = health.every(sister.registry, LOCAL_OPERATOR)
    return tuple(one.value for one in found.troubles)


def raised(sister: Sister) -> list[tuple[str, AlertState]]:
    """The alerts about nodes that do not answer."""
    found = alerts.page(sister.registry, LOCAL_OPERATOR, None, PageRequest(100)).items
    return [(one.subject, one.state) for one in found if one.kind is AlertKind.SYNC_FAILING]


def operator_of(sister: Sister) -> dict[str, str]:
    """What an operator of a node sends with each request."""
    registry = sister.registry
    made = members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug="watch", name="Otto", roles=frozenset({Role.OPERATOR})
    )
    key = keys.create_key(registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="x")
    return {"Authorization": f"Bearer {key.text}"}


def test_all_is_well_with_a_node_that_answers(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    groups.add_group(other.registry, LOCAL_OPERATOR, slug="circle", name="Circle")
    groups.join(other.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-aaa")
    other.pull(one)
    clock.advance(minutes=2)

    (found,) = health.every(other.registry, LOCAL_OPERATOR)

    assert ((), 120, ("circle",), {}, 0) == (found.troubles, found.lag_seconds, found.groups, found.refused, 0)
    assert () == health.findings(other.registry, SYSTEM)


def test_a_node_that_is_asked_in_vain_for_a_day_raises_an_alert_that_ends_when_it_answers(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    sisters.net.cut.add(one.dns)
    for hours in (1, 24):
        clock.advance(hours=hours)
        with pytest.raises(FetchFailed):
            pulling.pull(other.registry, SYSTEM, one.dns)
        health.watch(other.registry, SYSTEM)
        seen = raised(other)
        assert [] == seen or hours == 24

    assert [("node:a.test", AlertState.OPEN)] == raised(other)
    assert ("PEER_FAILING",) == troubled(other)
    assert ERRORS["NO_ANSWER"] in health.findings(other.registry, SYSTEM)[0].what

    health.watch(other.registry, SYSTEM)
    sisters.net.cut.clear()
    other.pull(one)
    health.watch(other.registry, SYSTEM)
    assert [("node:a.test", AlertState.DISMISSED)] == raised(other)
    assert () == troubled(other)


def test_a_clock_that_is_off_items_that_were_refused_and_frozen_records_are_told(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content())
    other.pull(one)
    one.node.publish(content())
    items = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    lying(sisters, one, once([items[0] | {"signature": "x..y"}, {"type": "wave"}]))
    other.pull(one)
    with other.registry.storage.begin() as unit:
        unit.peers.save(replace(other.peer(one), skew_seconds=-400, hold="MASS_WITHDRAWAL"))
        unit.envelopes.freeze(record.uid, on=True)

    with other.registry.storage.begin() as unit:
        unit.peer_findings.add(
            Finding(one.dns, record.uid, "0" * 64, "WRONG_HASH", clock.now()), told_by_us=False, at_most=9
        )

    (found,) = health.every(other.registry, LOCAL_OPERATOR)
    shown = other.client.get("/sync", headers=operator_of(other)).text

    assert all(f"commons sync {look}" in shown for look in ("held a.test", "findings a.test", "forks"))
    assert 1 == found.findings
    assert ("PEER_SKEWED", "PEER_REFUSED", "PEER_HELD", "PEER_FROZEN") == troubled(other)
    assert ({"UNKNOWN_VERSION": 1}, 1, 1) == (found.refused, found.parked, found.frozen)
    assert 4 == len(health.findings(other.registry, SYSTEM))
    clock.advance(days=2)
    assert "PEER_REFUSED" not in troubled(other)


def test_the_doctor_knows_a_key_that_was_given_up(sisters: Sisterhood) -> None:
    one = sisters.found("a")
    old = one.registry.key

    rotated(sisters, one)

    assert ["KEY_RETIRED"] == [found.code for found in health.findings(one.registry, SYSTEM)]
    started = replace(one.registry, key=signing.load(one.registry.settings.node_key_path))
    assert () == health.findings(started, SYSTEM)
    assert old.fingerprint != started.key.fingerprint


def test_nodes_are_shown_to_operators_and_steered_by_them_alone(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    operator = operator_of(other)
    member = {"Authorization": f"Bearer {other.node.key_of_submitter()}"}

    shown = other.client.get("/sync", headers=operator).text
    assert (303, 403) == (other.client.get("/sync").status_code, other.client.get("/sync", headers=member).status_code)
    for who, status in ((member, 403), ({}, 303)):
        answer = other.client.post("/sync", data={"step": "pause", "node": one.dns}, headers=who)
        assert status == answer.status_code

    def steered(step: str, node: str = one.dns) -> int:
        return other.client.post("/sync", data={"step": step, "node": node}, headers=operator).status_code

    assert all(word in shown for word in (one.dns, one.registry.key.fingerprint, "trusted", "Ask now", "Pause"))
    assert [200, 409, 200] == [steered(step) for step in ("pause", "pull", "resume")]
    assert [400, 404, 400] == [steered("destroy"), steered("pause", "nobody.test"), steered("release")]
    clock.advance(seconds=1)
    assert 0 == pulling.pull_due(other.registry, SYSTEM)
    assert 200 == steered("pull")
    assert 1 == pulling.pull_due(other.registry, SYSTEM)


def test_what_is_held_is_released_by_an_operator_who_says_that_they_have_asked(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    with other.registry.storage.begin() as unit:
        unit.peers.save(replace(other.peer(one), hold="MASS_WITHDRAWAL"))
    operator = operator_of(other)
    said = {"step": "release", "node": one.dns}

    assert "I have asked its operator" in other.client.get("/sync", headers=operator).text
    assert 400 == other.client.post("/sync", data=said, headers=operator).status_code
    assert other.peer(one).hold is not None
    assert 200 == other.client.post("/sync", data=said | {"sure": "1"}, headers=operator).status_code

    assert (None, True) == (other.peer(one).hold, other.peer(one).released_until is not None)
    shown = other.client.get("/sync", headers=operator).text
    assert (True, False) == ("Released until" in shown, "I have asked its operator" in shown)


def test_the_api_tells_operators_how_it_goes(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    query = {"query": "{ syncPeers { node state fingerprint remaining lagSeconds error refused { reason } troubles } }"}

    said = other.client.post("/graphql", json=query, headers=operator_of(other)).json()
    refused = other.client.post("/graphql", json=query).json()

    assert {
        "node": "a.test",
        "state": "ACTIVE",
        "fingerprint": one.registry.key.fingerprint,
        "remaining": 0,
        "lagSeconds": 0,
        "error": None,
        "refused": [],
        "troubles": [],
    } == said["data"]["syncPeers"][0]
    assert "UNAUTHENTICATED" == refused["errors"][0]["extensions"]["code"]


def test_figures_are_for_whoever_has_the_token_and_for_nobody_where_there_is_none(sisters: Sisterhood) -> None:
    one, other = sisters.found("a"), sisters.found("b", metrics_token=TOKEN)
    sisters.befriend(one, other)
    other.pull(one)
    wrong: list[dict[str, str]] = [{}, {"Authorization": "Bearer x"}, operator_of(other), {"Authorization": TOKEN}]

    answer = other.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"})

    assert (200, "text/plain; version=0.0.4; charset=utf-8") == (answer.status_code, answer.headers["content-type"])
    lines = answer.text.splitlines()
    assert 'incident_commons_peer_state{peer="a.test",state="active"} 1' in lines
    assert 'incident_commons_peer_lag_seconds{peer="a.test"} 0' in lines
    assert 'incident_commons_alerts{kind="sync_failing"} 0' in lines
    assert len({line for line in lines if line.startswith("# TYPE")}) == sum(
        line.startswith("# HELP") for line in lines
    )
    assert [401] * 4 == [other.client.get("/metrics", headers=who).status_code for who in wrong]
    assert 404 == one.client.get("/metrics", headers={"Authorization": f"Bearer {TOKEN}"}).status_code


def test_who_asks_a_node_that_does_not_know_it_reads_what_to_do(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    peering.remove(one.registry, LOCAL_OPERATOR, other.dns)

    with pytest.raises(FetchFailed, match="its operator has to confirm it"):
        other.pull(one)


def test_a_group_that_is_named_for_one_node_only_is_answered_with_how_to_name_it(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")

    with pytest.raises(InvalidInput) as refused:
        peering.change(other.registry, LOCAL_OPERATOR, one.dns, groups={"banks": ""})

    assert ["INVALID_FORMAT"] == [problem.code for problem in refused.value.problems]


def test_only_nodes_that_are_asked_are_asked_soon(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, pulls=False)

    with pytest.raises(Conflict):
        peering.ask_soon(other.registry, LOCAL_OPERATOR, one.dns)
    with pytest.raises(Forbidden):
        health.every(other.registry, replace(other.node.submitter))


def test_the_lag_of_a_node_that_was_never_reached_counts_from_when_it_was_added(
    sisters: Sisterhood, clock: FixedClock
) -> None:
    one, other = sisters.friends("a", "b")
    sisters.net.cut.add(one.dns)
    clock.advance(hours=25)
    with pytest.raises(FetchFailed):
        pulling.pull(other.registry, SYSTEM, one.dns)

    (found,) = health.every(other.registry, LOCAL_OPERATOR)

    assert (None, True) == (found.lag_seconds, found.is_failing)
    assert timedelta(hours=25) == found.at - found.peer.added_at
