"""Webhooks: who has them, what they are told, and what becomes of receivers that do not answer."""

from __future__ import annotations

import base64
import hashlib
import hmac
import sqlite3
import threading
import time
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from registry.domain.actor import SYSTEM, Role
from registry.domain.delivery import DeliveryEvent, DeliveryId, DeliveryState, body_of, pause_after
from registry.domain.errors import Conflict, FetchRefused, Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.event import EventName
from registry.domain.letter import MailKind
from registry.domain.vocabulary import OrganisationKind
from registry.domain.webhook import DisabledReason, WebhookId, WebhookState
from registry.ports import Registry
from registry.service import delivering, life, webhooks
from tests.clocks import FixedClock
from tests.outbound.hostile import Hostile, hangs_until, says, serving
from tests.outbound.receiver import confirmed, echoes, header, once_confirmed, run, sent_to, told
from tests.service.circle import admit, circle, now
from tests.service.world import (
    People,
    approved,
    close_registry,
    erase_by_two,
    open_registry,
    published,
    submitted,
    text_of,
)

NAME = "Wilhelmina Zorbelgrint"


def test_a_webhook_is_told_of_a_published_record_by_ids_and_nothing_else(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        confirmed(registry, people.outsider, server)
        record = published(registry, people, text_of(f"Fraud by {NAME}"))
        run(registry)

    (request,) = server.requests
    with registry.storage.read() as reader:
        public_seq = reader.changes.head().public_seq
    data = {"uid": record.uid, "kind": "incident", "change": "upsert", "publicSeq": public_seq}
    assert {"type": "record.changed", "timestamp": "2026-03-14T15:00:00Z", "data": data} == told(request)
    assert NAME.encode() not in request


def test_a_receiver_can_verify_that_the_node_has_sent_it(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.outsider, server)
        published(registry, people)
        run(registry)

    (request,) = server.requests
    secret = base64.b64decode(made.secret.removeprefix("whsec_"))
    sent_id, timestamp = header(request, "webhook-id"), header(request, "webhook-timestamp")
    signed = f"{sent_id}.{timestamp}.".encode() + request.partition(b"\r\n\r\n")[2]
    expected = base64.b64encode(hmac.new(secret, signed, hashlib.sha256).digest()).decode()
    assert f"v1,{expected}" == header(request, "webhook-signature")
    assert str(int(registry.clock.now().timestamp())) == timestamp


def test_two_secrets_sign_for_a_day_after_one_was_made_anew(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    with serving(echoes) as server:
        first = confirmed(registry, people.outsider, server)
        second = webhooks.rotate_secret(registry, people.outsider, first.webhook.id)
        published(registry, people)
        run(registry)
        clock.advance(hours=25)
        published(registry, people, text_of("Another"))
        run(registry)

    assert first.secret != second.secret
    both, one = (header(request, "webhook-signature").split(" ") for request in server.requests)
    assert (2, 1) == (len(both), len(one))
    assert _signature(server.requests[0], second.secret) == both[0]
    assert _signature(server.requests[0], first.secret) == both[1]
    assert _signature(server.requests[1], second.secret) == one[0]


def test_secrets_are_stored_nowhere(registry: Registry, people: People) -> None:
    made = webhooks.create(registry, people.submitter, url="http://127.0.0.1:9/")

    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        assert made.secret.removeprefix("whsec_") not in "\n".join(connection.iterdump())


def test_nothing_but_a_challenge_is_sent_until_it_was_answered(registry: Registry, people: People) -> None:
    with serving(says(b"I take everything")) as server:
        made = webhooks.create(registry, people.submitter, url=server.url())
        published(registry, people)
        run(registry)

    assert [{"webhook.challenge"}] == [{told(one)["type"]} for one in server.requests]
    (delivery,) = sent_to(registry, people.submitter, made.webhook)
    assert (DeliveryState.WAITING, "NO_ECHO", 200) == (delivery.state, delivery.error, delivery.status)


def test_an_address_that_never_answers_the_challenge_is_left_after_a_day(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    with serving(says(b"no")) as server:
        made = webhooks.create(registry, people.submitter, url=server.url())
        for _ in range(60):
            run(registry)
            clock.advance(hours=1)

    (present,) = webhooks.webhooks(registry, people.submitter)
    assert (WebhookState.DISABLED, DisabledReason.NOT_CONFIRMED) == (present.state, present.reason)
    assert len(server.requests) < 20
    assert made.webhook.id == present.id


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://[::ffff:127.0.0.1]/",
    ],
)
def test_an_address_inside_is_refused_after_a_fixed_time(registry: Registry, people: People, url: str) -> None:
    taken: list[float] = []
    # Again where the machine was held up just then.
    while not taken or (taken[-1] >= 5 and len(taken) < 3):
        began = time.monotonic()
        with pytest.raises(FetchRefused) as refused:
            webhooks.create(registry, people.submitter, url=url)
        taken.append(time.monotonic() - began)

    (problem,) = refused.value.problems
    assert ("URL_BLOCKED", ("url",)) == (problem.code, problem.path)
    assert url not in problem.message
    assert 1.0 <= min(taken) < 5
    assert () == webhooks.webhooks(registry, people.submitter)


def test_webhooks_are_of_members_and_of_their_organisation_only(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.submitter, server)
        published(registry, people)
        run(registry)
    delivery = sent_to(registry, people.submitter, made.webhook)[-1].id

    assert (made.webhook,) == webhooks.webhooks(registry, people.colleague)
    assert () == webhooks.webhooks(registry, people.outsider)
    with pytest.raises(Unauthenticated):
        webhooks.webhooks(registry, people.stranger)
    with pytest.raises(Forbidden):
        webhooks.create(registry, people.local_operator, url=server.url())
    for work in (
        lambda: webhooks.deliveries(registry, people.outsider, made.webhook.id),
        lambda: webhooks.update(registry, people.outsider, made.webhook.id, kinds=["incident"]),
        lambda: webhooks.rotate_secret(registry, people.outsider, made.webhook.id),
        lambda: webhooks.pause(registry, people.outsider, made.webhook.id, paused=True),
        lambda: webhooks.test(registry, people.outsider, made.webhook.id),
        lambda: webhooks.delete(registry, people.outsider, made.webhook.id),
        lambda: webhooks.redeliver(registry, people.outsider, delivery),
        lambda: webhooks.redeliver(registry, people.submitter, DeliveryId("none")),
        lambda: webhooks.delete(registry, people.submitter, WebhookId("none")),
    ):
        with pytest.raises(NotFound):
            work()


def test_an_organisation_has_so_many_webhooks_and_no_more(registry: Registry, people: People) -> None:
    for at in range(registry.settings.webhooks_each):
        webhooks.create(registry, people.submitter, url=f"http://127.0.0.1:9/{at}")

    with pytest.raises(Conflict):
        webhooks.create(registry, people.colleague, url="http://127.0.0.1:9/more")


def test_every_wrong_choice_is_named_at_once(registry: Registry, people: People) -> None:
    with pytest.raises(InvalidInput) as refused:
        webhooks.create(
            registry, people.submitter, url="http://127.0.0.1:9/", changes=["upsrt"], kinds=["incidents", "x"]
        )

    assert [("changes", "0"), ("kinds", "0"), ("kinds", "1")] == [one.path for one in refused.value.problems]
    assert "did you mean upsert?" == refused.value.problems[0].hint


def test_a_webhook_hears_only_of_what_was_chosen(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        confirmed(registry, people.outsider, server, changes=["withdraw"], kinds=["incident"])
        record = published(registry, people)
        life.withdraw(registry, people.reviewer, record.uid, reason="Twice.")
        run(registry)

    assert ["withdraw"] == [told(one)["data"]["change"] for one in server.requests]


def test_others_hear_nothing_of_work_and_the_owner_hears_of_every_step(registry: Registry, people: People) -> None:
    with serving(echoes) as ours, serving(echoes) as theirs, serving(echoes) as reviewers:
        confirmed(registry, people.submitter, ours)
        confirmed(registry, people.outsider, theirs)
        confirmed(registry, people.reviewer, reviewers)
        approved(registry, people)
        run(registry)

    assert ["submit", "review", "review"] == [told(one)["data"]["change"] for one in ours.requests]
    assert all("publicSeq" not in told(one)["data"] for one in ours.requests)
    assert ([], []) == (theirs.requests, reviewers.requests)


def test_what_a_group_was_given_is_told_to_its_organisations_only(registry: Registry, people: People) -> None:
    group = circle(registry, of=("acme", "beta"))
    submitter = now(registry, people.submitter)
    with serving(echoes) as inside, serving(echoes) as outside:
        confirmed(registry, people.reviewer, inside)
        confirmed(registry, people.outsider, outside)
        published(registry, people, text_of("Shared", tlp="AMBER", audience=group), by=submitter)
        run(registry)

    assert [("upsert", None)] == [
        (told(one)["data"]["change"], told(one)["data"].get("publicSeq")) for one in inside.requests
    ]
    assert [] == outside.requests


def test_what_the_community_sees_is_not_told_to_an_authority(registry: Registry, people: People) -> None:
    from_state = admit(registry, "state", Role.SUBMITTER, kind=OrganisationKind.GOVERNMENT)
    with serving(echoes) as member, serving(echoes) as authority:
        confirmed(registry, people.outsider, member)
        confirmed(registry, from_state, authority)
        published(registry, people, text_of("Green", tlp="GREEN"))
        run(registry)

    assert ["upsert"] == [told(one)["data"]["change"] for one in member.requests]
    assert [] == authority.requests


def test_the_order_is_kept_and_what_fails_is_sent_again_under_its_id(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    with serving(echoes, says(b"", status=500), echoes) as server:
        made = confirmed(registry, people.outsider, server)
        first, second = (published(registry, people, text_of(title)) for title in ("One", "Two"))
        assert 1 == run(registry)
        assert 0 == run(registry)
        clock.advance(seconds=10)
        assert 2 == run(registry)

    assert [first.uid, first.uid, second.uid] == [told(one)["data"]["uid"] for one in server.requests]
    ids = [header(one, "webhook-id") for one in server.requests]
    assert ids[0] == ids[1] != ids[2]
    assert server.requests[0].partition(b"\r\n\r\n")[2] == server.requests[1].partition(b"\r\n\r\n")[2]
    done = [one for one in sent_to(registry, people.outsider, made.webhook) if one.event is DeliveryEvent.CHANGE]
    assert [(DeliveryState.DELIVERED, 2), (DeliveryState.DELIVERED, 1)] == [(one.state, one.attempts) for one in done]


def test_a_receiver_may_ask_for_time_but_not_for_ever(registry: Registry, people: People, clock: FixedClock) -> None:
    waits = []
    for asked in ("3600", "999999999", "Sat, 14 Mar 2026 17:00:00 GMT", "never", "-5"):
        with serving(once_confirmed(says(b"", status=429, Retry_After=asked))) as server:
            made = confirmed(registry, people.outsider, server)
            published(registry, people, text_of(f"Asked {asked}"))
            run(registry)
            waits.append(sent_to(registry, people.outsider, made.webhook)[-1].due_at - clock.now())
            webhooks.delete(registry, people.outsider, made.webhook.id)

    hour, longest, two, first, also_first = waits
    assert (timedelta(hours=1), timedelta(days=1), timedelta(hours=2)) == (hour, longest, two)
    assert first < timedelta(seconds=8)
    assert also_first < timedelta(seconds=8)


def test_pauses_double_up_to_a_day() -> None:
    pauses = [pause_after(attempt, spread=0.0).total_seconds() for attempt in (1, 2, 3, 10, 16, 17, 1000)]

    assert [5, 10, 20, 2560, 86_400, 86_400, 86_400] == pauses
    assert timedelta(seconds=7.5) == pause_after(1, spread=1.0)


def test_a_receiver_that_is_gone_is_told_nothing_more_and_its_owner_gets_a_letter(
    registry: Registry, people: People
) -> None:
    with serving(once_confirmed(says(b"", status=410))) as server:
        made = confirmed(registry, people.outsider, server)
        published(registry, people)
        published(registry, people, text_of("Two"))
        run(registry)

    assert 1 == len(server.requests)
    (present,) = webhooks.webhooks(registry, people.outsider)
    assert (WebhookState.DISABLED, DisabledReason.GONE) == (present.state, present.reason)
    with registry.storage.begin() as unit:
        until = registry.clock.now() + timedelta(hours=1)
        waiting = iter(lambda: unit.letters.claim_due(registry.clock.now(), lease_until=until), None)
        (letter,) = (one for one in waiting if one.kind is MailKind.WEBHOOK)
        event = unit.events.newest(limit=1)[0]
    assert (made.webhook.person, "A webhook was switched off") == (letter.person, letter.subject)
    assert server.url() not in letter.body
    assert (EventName.WEBHOOK_DISABLED, {"reason": "gone"}) == (event.name, dict(event.detail))


def test_a_receiver_that_fails_for_days_is_switched_off_and_one_that_recovers_is_not(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    with serving(once_confirmed(says(b"", status=503))) as server:
        confirmed(registry, people.outsider, server)
        published(registry, people)
        for _ in range(registry.settings.webhook_give_up_days + 2):
            run(registry)
            clock.advance(days=1, seconds=1)

    (present,) = webhooks.webhooks(registry, people.outsider)
    assert (WebhookState.DISABLED, DisabledReason.FAILING) == (present.state, present.reason)

    with serving(echoes) as server:
        webhooks.update(registry, people.outsider, present.id, url=server.url())
        run(registry)
        published(registry, people, text_of("Again"))
        run(registry)
    assert ["webhook.challenge", "record.changed"] == [told(one)["type"] for one in server.requests]
    (present,) = webhooks.webhooks(registry, people.outsider)
    assert (WebhookState.ACTIVE, None, None) == (present.state, present.failing_since, present.reason)


def test_what_happens_while_a_webhook_is_paused_is_not_told_later(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.outsider, server)
        confirmed(registry, people.reviewer, server)
        webhooks.pause(registry, people.outsider, made.webhook.id, paused=True)
        published(registry, people)
        with pytest.raises(Conflict):
            webhooks.test(registry, people.outsider, made.webhook.id)
        run(registry)
        webhooks.pause(registry, people.outsider, made.webhook.id, paused=False)
        run(registry)

    assert [] == [one for one in sent_to(registry, people.outsider, made.webhook) if one.event is DeliveryEvent.CHANGE]


def test_a_test_is_sent_at_once_and_only_once(registry: Registry, people: People, clock: FixedClock) -> None:
    with serving(once_confirmed(says(b"", status=500))) as server:
        made = confirmed(registry, people.outsider, server)
        webhooks.test(registry, people.outsider, made.webhook.id)
        run(registry)
        clock.advance(days=1)
        run(registry)

    assert ["webhook.test"] == [told(one)["type"] for one in server.requests]
    assert DeliveryState.FAILED is sent_to(registry, people.outsider, made.webhook)[-1].state


def test_what_was_sent_is_sent_again_by_hand_under_its_id(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.outsider, server)
        published(registry, people)
        run(registry)
        delivery = sent_to(registry, people.outsider, made.webhook)[-1]
        webhooks.redeliver(registry, people.outsider, delivery.id)
        with pytest.raises(Conflict):
            webhooks.redeliver(registry, people.outsider, delivery.id)
        run(registry)

    assert [delivery.id, delivery.id] == [header(one, "webhook-id") for one in server.requests]


def test_a_process_that_dies_between_sending_and_noting_it_leaves_it_to_the_next(
    registry: Registry, people: People, clock: FixedClock, tmp_path: Path
) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.outsider, server)
        published(registry, people)
        delivering.fan_out(registry, SYSTEM)
        _die_after_sending(registry)
        assert 0 == delivering.deliver_next(registry, SYSTEM)
        clock.advance(minutes=3)
        again = open_registry(tmp_path / "data", clock, registry.ids, outbound_allow_networks=("127.0.0.1/32",))
        assert 1 == run(again)
        close_registry(again)

    ids = [header(one, "webhook-id") for one in server.requests]
    assert (2, 1) == (len(ids), len(set(ids)))
    assert DeliveryState.DELIVERED is sent_to(registry, people.outsider, made.webhook)[-1].state


def test_many_processes_together_put_each_change_into_the_outbox_once(
    registry: Registry, people: People, clock: FixedClock, tmp_path: Path
) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.submitter, server)
        for at in range(5):
            submitted(registry, people, text_of(f"Number {at}"))
        others = [open_registry(tmp_path / "data", clock, registry.ids) for _ in range(3)]
        threads = [
            threading.Thread(target=delivering.fan_out, args=(one, SYSTEM)) for one in (*others, registry) for _ in "ab"
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        for one in others:
            close_registry(one)
        run(registry)

    assert 5 == len(server.requests)
    uids = [one.uid for one in sent_to(registry, people.submitter, made.webhook) if one.uid]
    assert 5 == len(set(uids))


def test_a_receiver_that_hangs_holds_no_other_back(registry: Registry, people: People) -> None:
    let_go = threading.Event()
    with serving(once_confirmed(hangs_until(let_go))) as slow, serving(echoes) as quick:
        confirmed(registry, people.submitter, slow)
        confirmed(registry, people.outsider, quick)
        published(registry, people)
        delivering.fan_out(registry, SYSTEM)
        stuck = threading.Thread(target=delivering.deliver_next, args=(registry, SYSTEM), daemon=True)
        stuck.start()
        _wait_for(slow)
        delivering.deliver_next(registry, SYSTEM)
        assert 1 == len(quick.requests)
        assert 1 == len(slow.requests)
        let_go.set()
        stuck.join()


def test_slow_receivers_of_one_organisation_hold_no_other_back(registry: Registry, people: People) -> None:
    let_go = threading.Event()
    with serving(once_confirmed(hangs_until(let_go))) as slow, serving(echoes) as quick:
        for _ in range(3):
            confirmed(registry, people.submitter, slow)
        confirmed(registry, people.outsider, quick)
        published(registry, people)
        delivering.fan_out(registry, SYSTEM)
        stuck = threading.Thread(target=delivering.deliver_next, args=(registry, SYSTEM), daemon=True)
        stuck.start()
        _wait_for(slow)
        sent = [delivering.deliver_next(registry, SYSTEM) for _ in range(2)]
        assert [1, 0] == sent
        assert (1, 1) == (len(quick.requests), len(slow.requests))
        let_go.set()
        stuck.join()


def test_a_blocked_address_behind_a_name_is_noticed_when_it_is_called_too(
    registry: Registry, people: People, clock: FixedClock, tmp_path: Path
) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.outsider, server)
        published(registry, people)
        strict = open_registry(tmp_path / "data", clock, registry.ids)
        run(strict)
        close_registry(strict)

    assert [] == server.requests
    assert "URL_BLOCKED" == sent_to(registry, people.outsider, made.webhook)[-1].error


def test_an_erased_record_leaves_nothing_but_its_uid(registry: Registry, people: People) -> None:
    with serving(echoes) as server:
        confirmed(registry, people.outsider, server)
        record = published(registry, people, text_of(f"Fraud by {NAME}"))
        run(registry)
        erase_by_two(registry, people, record.uid)
        run(registry)

    assert ["upsert", "block", "erase"] == [told(one)["data"]["change"] for one in server.requests]
    with closing(sqlite3.connect(registry.settings.database_path)) as connection:
        assert NAME not in "\n".join(connection.iterdump())


def test_the_list_of_what_was_sent_is_forgotten_after_its_time(
    registry: Registry, people: People, clock: FixedClock
) -> None:
    with serving(echoes) as server:
        made = confirmed(registry, people.outsider, server)
        clock.advance(days=registry.settings.delivery_kept_days + 1)
        delivering.tidy(registry, SYSTEM)

    assert () == sent_to(registry, people.outsider, made.webhook)


def test_too_much_that_waits_switches_a_webhook_off(
    registry: Registry, people: People, clock: FixedClock, tmp_path: Path
) -> None:
    with serving(echoes) as server:
        confirmed(registry, people.submitter, server)
        for at in range(3):
            submitted(registry, people, text_of(f"Number {at}"))
        narrow = open_registry(tmp_path / "data", clock, registry.ids, webhook_backlog=2)
        delivering.fan_out(narrow, SYSTEM)
        close_registry(narrow)

    (present,) = webhooks.webhooks(registry, people.submitter)
    assert (WebhookState.DISABLED, DisabledReason.BACKLOG) == (present.state, present.reason)


def _signature(request: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix("whsec_"))
    start = f"{header(request, 'webhook-id')}.{header(request, 'webhook-timestamp')}.".encode()
    made = hmac.new(key, start + request.partition(b"\r\n\r\n")[2], hashlib.sha256).digest()
    return "v1," + base64.b64encode(made).decode()


def _die_after_sending(registry: Registry) -> None:
    """What ``deliver_next`` does until it would note the outcome."""
    now = registry.clock.now()
    with registry.storage.begin() as unit:
        delivery = unit.webhooks.claim_due(now, lease_until=now + delivering.LEASE)
        assert delivery is not None
        webhook = unit.webhooks.get(delivery.webhook)
        assert webhook is not None
    registry.outbound.fetch(delivering.signed_request(registry, webhook, delivery))
    assert body_of(delivery)


def _wait_for(server: Hostile) -> None:
    end = time.monotonic() + 60
    while not server.requests and time.monotonic() < end:
        time.sleep(0.01)
    assert server.requests
