"""Comparing what two nodes hold: what was lost comes back, what is gone stays gone, what is hidden does not show."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.errors import FetchFailed
from registry.domain.federation.comparing import bucket_of
from registry.domain.federation.errors import MassWithdrawal
from registry.domain.federation.filtering import LogFilter
from registry.domain.federation.guarding import LEAST
from registry.domain.record import Record, State
from registry.domain.vocabulary import Kind
from registry.service import erasure, groups, node
from registry.service.erasure import erased_record
from registry.service.federation import applying, peering, reconciling
from registry.service.federation.applying import Applied
from registry.service.federation.identity import BUCKETS_PATH
from registry.service.federation.parts import MOST_OF_ONE_REV
from registry.service.federation.reconciling import Reconciled
from registry.signing_requests import sign_request
from tests.clocks import FixedClock
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, resigned
from tests.federation.test_syncing import REASON, grouped, held, published_to
from tests.federation.world import Sister, Sisterhood


def compare(sister: Sister, other: Sister, **more: Any) -> Reconciled:
    """Let *other* sign, and compare with it to the end of a run."""
    other.sign()
    sister.sign()
    done = reconciling.reconcile(sister.registry, SYSTEM, other.dns, **more)
    sister.sign()
    return done


def ask(sister: Sister, other: Sister, path: str, **query: str) -> tuple[int, Any]:
    """What *other* answers to *sister*, and its status."""
    url = other.registry.settings.base_url + path + (f"?{urlencode(query)}" if query else "")
    registry = sister.registry
    nonce, now = registry.ids.token(32), registry.clock.now()
    headers = sign_request(registry.key, method="GET", url=url, body=b"", now=now, nonce=nonce)
    answer = other.client.get(url, headers=headers)
    return answer.status_code, answer.json()


def lose(sisters: Sisterhood, one: Sister, other: Sister) -> None:
    """Let a page of *one* go lost although *other* goes on behind it, as no honest node would."""
    held_back(sisters, one)
    other.pull(one)
    other.pull(one)
    honest(sisters, one)
    assert 0 == other.pull(one).applied.applied


def erase(sister: Sister, record: Record) -> None:
    """Block and erase a record at its origin."""
    operator = replace(sister.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))
    second = replace(sister.node.institute, roles=frozenset({Role.OPERATOR}))
    erasure.block(sister.registry, operator, record.uid, reason=REASON)
    erasure.erase(sister.registry, second, record.uid, reason=REASON, legal_basis="GDPR Art. 17")


def test_delta_plus_baseline_is_the_full_state(sisters: Sisterhood) -> None:
    one, other, late = sisters.friends("a", "b", "c")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(3)]
    lose(sisters, one, other)
    one.node.revise(records[1], content(title="Number 1 again"))
    one.node.withdraw(records[2])
    other.pull(one)
    late.pull(one)

    first, again = compare(other, one), compare(other, one)

    assert [(1, 1, True), (0, 0, True)] == [(done.differing, done.asked, done.is_done) for done in (first, again)]
    assert [held(late, record) for record in records] == [held(other, record) for record in records]
    assert (0, sisters.clock.now()) == (other.peer(one).differing, other.peer(one).reconciled_at)


def test_a_log_read_from_its_start_is_a_snapshot_and_leaves_nothing_to_compare(sisters: Sisterhood) -> None:
    one, late = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    record = one.node.publish(content(title="First"))
    one.node.revise(record, content(title="Second"))
    one.node.withdraw(one.node.publish(content(title="Gone")))
    erase(one, one.node.publish(content(title="Erased")))
    published_to(one, owner, tlp="AMBER", audience="circle")
    one.node.publish(content(marking={"tlp": "RED"}))
    late.pull(one)

    assert (0, 0, True) == ((done := compare(late, one)).differing, done.asked, done.is_done)


def test_a_source_that_vanishes_and_returns_is_compared_again(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    other.pull(one)
    sisters.net.cut.add(one.dns)
    clock.advance(days=2)
    assert (1, 0) == tuple(reconciling.reconcile_due(other.registry, SYSTEM) for _ in range(2))
    assert (State.PUBLISHED, "First") == held(other, record)

    sisters.net.cut.clear()
    one.node.revise(record, content(title="Second"))
    one.sign()
    clock.advance(days=1)

    assert 1 == reconciling.reconcile_due(other.registry, SYSTEM)
    assert (State.PUBLISHED, "Second") == held(other, record)
    assert clock.now() == other.peer(one).reconciled_at


@pytest.mark.parametrize("is_asked_by", ["log", "comparison"])
def test_a_restored_backup_of_the_asking_node_holds_less_than_the_sender_remembers(
    sisters: Sisterhood, is_asked_by: str
) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    lost = published_to(one, owner, tlp="AMBER", audience="circle")
    gone = one.node.publish(content(title="First"))
    backup = other.registry.settings.data_dir / "backup"
    other.registry.storage.backup(backup)
    other.pull(one)
    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    one.node.withdraw(gone)
    other.pull(one)
    kept = one.node.publish(content(title="Second"))
    other.pull(one)

    back = sisters.restored(other, backup)
    node.after_restore(back.registry, LOCAL_OPERATOR)
    if is_asked_by == "log":
        back.pull(one)
    done = compare(back, one)

    assert (0 if is_asked_by == "log" else 2) == done.asked
    assert [None, (State.WITHDRAWN, None), (State.PUBLISHED, "Second")] == [
        held(back, record) for record in (lost, gone, kept)
    ]


def test_a_restored_backup_of_the_sender_takes_nothing_away(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    backup = one.registry.settings.data_dir / "backup"
    one.registry.storage.backup(backup)
    record = one.node.publish(content(title="First"))
    other.pull(one)

    back = sisters.restored(one, backup)
    node.after_restore(back.registry, LOCAL_OPERATOR)
    done = compare(other, back)

    assert (1, 1, (State.PUBLISHED, "First")) == (done.differing, done.asked, held(other, record))


def test_an_erased_record_is_erased_everywhere_and_never_refilled(sisters: Sisterhood) -> None:
    one, relay, other = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="A name that must go"))
    here = one.node.publish(content(title="Asked to be forgotten here"))
    for sister in (relay, other):
        sister.pull(one)
    with other.registry.storage.begin() as unit:
        found = other.record(here.uid)
        assert found is not None
        erased_record(other.registry, unit, found, "asked for")
    erase(one, record)
    one.node.revise(here, content(title="Asked to be forgotten again"))
    one.sign()

    done = compare(other, one)
    compare(relay, one)
    sisters.net.cut.add(one.dns)
    compare(other, relay)

    assert (1, 1) == (done.differing, done.asked)
    assert [(State.ERASED, None)] * 2 == [held(other, one) for one in (record, here)]
    assert (State.ERASED, None) == held(relay, record)
    status, said = ask(other, relay, f"/fed/v1/records/{record.uid}/revisions")
    assert 404 == status or "must go" not in json.dumps(said)


def test_what_was_blocked_here_stays_blocked_and_what_is_frozen_stays_frozen(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    blocked, frozen = (one.node.publish(content(title=title)) for title in ("Blocked", "Frozen"))
    other.pull(one)
    operator = replace(other.node.reviewer, roles=frozenset({Role.OPERATOR, Role.LEAD_REVIEWER}))
    erasure.block(other.registry, operator, blocked.uid, reason=REASON)
    with other.registry.storage.begin() as unit:
        unit.envelopes.freeze(frozen.uid, on=True)
    for record in (blocked, frozen):
        one.node.revise(record, content(title="Another"))

    assert (1, 1) == ((done := compare(other, one)).differing, done.asked)

    found = other.record(blocked.uid)
    assert found is not None
    assert (True, False) == (found.blocked, found.is_public)
    assert (State.PUBLISHED, "Frozen") == held(other, frozen)


def test_who_lost_access_and_missed_that_lets_go(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    other.pull(one)
    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    lose(sisters, one, other)
    assert (State.PUBLISHED, "Spam wave on a chat platform") == held(other, record)

    done, again = compare(other, one), compare(other, one)

    assert (1, 1, 0) == (done.applied.revoked, done.asked, again.asked)
    assert (State.WITHDRAWN, None) == held(other, record)


def test_a_relay_gives_what_its_origin_cannot_and_only_what_may_be_handed_on(sisters: Sisterhood) -> None:
    one, relay, far = sisters.friends("a", "b", "c")
    owner = grouped(one, "circle", "node-bbb", "node-ccc")
    open_, closed = one.node.publish(content(title="Open")), published_to(one, owner, tlp="AMBER", audience="circle")
    relay.pull(one)
    lose(sisters, relay, far)
    sisters.net.cut.add(one.dns)
    assert 1 == compare(far, relay).asked
    assert [(State.PUBLISHED, "Open"), None] == [held(far, record) for record in (open_, closed)]
    assert 404 == ask(far, relay, f"/fed/v1/records/{closed.uid}/revisions")[0]


def test_a_run_is_bounded_and_the_next_one_goes_on(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    records = [one.node.publish(content(title=f"Number {at}")) for at in range(5)]
    lose(sisters, one, other)

    runs = [compare(other, one, max_records=2) for _ in range(3)]

    assert [(2, False), (2, False), (1, True)] == [(done.asked, done.is_done) for done in runs]
    assert [True] * 5 == [held(other, record) is not None for record in records]
    differing = other.peer(one).differing
    # Of a bucket in which a run broke off, the next counts what is left; how records fall into buckets is their uids'.
    assert differing is not None
    assert 1 <= differing <= 5


def test_what_was_refused_is_not_asked_for_each_day(sisters: Sisterhood, clock: FixedClock) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))
    items = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    broken = [{**items[0], "signature": items[0]["signature"][:-4] + "AAAA"}]
    with other.registry.storage.begin() as unit:
        applying.apply_page(other.registry, unit, other.peer(one), broken)

    asked = [compare(other, one).asked]
    clock.advance(days=8)
    asked.append(compare(other, one).asked)

    assert ([0, 1], (State.PUBLISHED, "First")) == (asked, held(other, record))


def test_what_is_hidden_does_not_show_where_one_compares(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    other.pull(one)
    empty = [ask(other, one, "/fed/v1/buckets", origin=one.dns, first=str(at))[1]["buckets"] for at in (0, 240)]
    hidden = one.node.publish(content(marking={"tlp": "RED"}))
    amber = published_to(one, grouped(one, "circle"), tlp="AMBER", audience="circle")
    one.sign()

    told = [ask(other, one, "/fed/v1/buckets", origin=one.dns, first=str(at))[1]["buckets"] for at in (0, 240)]
    unknown = ask(other, one, "/fed/v1/records/0190b3a0-0000-7000-8000-00000000ffff/revisions")

    assert empty == told
    for record in (hidden, amber):
        bucket = ask(other, one, f"/fed/v1/buckets/{bucket_of(record.uid)}", origin=one.dns)
        assert (200, []) == (bucket[0], bucket[1]["entries"])
        assert without_id(unknown) == without_id(ask(other, one, f"/fed/v1/records/{record.uid}/revisions"))


def without_id(answer: tuple[int, Any]) -> tuple[int, str]:
    """An answer without what names the request."""
    said = json.loads(json.dumps(answer[1]))
    said.get("errors", [{}])[0].get("extensions", {}).pop("requestId", None)
    return answer[0], json.dumps(said)


def test_one_record_comes_with_the_headers_that_were_for_who_asks(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle")
    record = published_to(one, owner, tlp="AMBER", audience="circle")
    one.sign()
    opened = replace(one.node, submitter=owner).revise(record, content(title="For all"))
    one.sign()
    one.node.revise(opened, content(title="For all, again"))
    one.sign()

    status, said = ask(other, one, f"/fed/v1/records/{record.uid}/revisions")

    assert (200, [3], [2]) == (
        status,
        [json.loads(item["header"])["rev"] for item in said["items"]],
        [header["rev"] for header in said["headers"]],
    )
    assert "circle" not in json.dumps(said)


def test_the_headers_of_a_record_come_page_by_page_however_many_its_origin_signed(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="Over and over"))
    one.sign()
    with one.registry.storage.begin() as unit:
        first = unit.envelopes.heads([record.uid])[record.uid].header
        # As after 256 revisions, in much less time.
        later = [replace(first, rev=rev, hash=f"{rev:064}") for rev in range(2, 258)]
        for header in later:
            unit.envelopes.add(header, is_head=header is later[-1])

    pages: list[list[int]] = []
    below: dict[str, str] = {}
    while True:
        status, said = ask(other, one, f"/fed/v1/records/{record.uid}/revisions", **below)
        pages.append([header["rev"] for header in said["headers"]])
        if said["next"] is None:
            break
        below = {"below": str(said["next"])}

    assert 200 == status
    assert list(range(256, 0, -1)) == [rev for page in pages for rev in page]
    assert all(len(page) <= 100 for page in pages)
    for wrong in ("", "-1", "x", "9" * 17, "\u0663"):
        assert 400 == ask(other, one, f"/fed/v1/records/{record.uid}/revisions", below=wrong)[0]


def test_an_origin_that_contradicts_its_past_without_end_fills_no_disk(sisters: Sisterhood) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="First"))
    old = held_back(sisters, liar)
    other.pull(liar)
    honest(sisters, liar)
    liar.node.revise(record, content(title="Second"))
    other.pull(liar)
    past = [resigned(old[0], liar.registry.key, signed_at=f"2026-01-01T00:00:{second:02}Z") for second in range(30)]

    done = Applied()
    with other.registry.storage.begin() as unit:
        for item in past:
            done.add(applying.apply_page(other.registry, unit, other.peer(liar), [item]))

    with other.registry.storage.read() as reader:
        assert MOST_OF_ONE_REV == reader.envelopes.count_of_rev(record.uid, 1)
    assert (30, 0) == (done.history, done.quarantined)
    assert (State.PUBLISHED, "Second") == held(other, record)


def test_strangers_do_not_compare(sisters: Sisterhood) -> None:
    one = sisters.found("a")

    asked = [one.client.get(f"/fed/v1/{path}").status_code for path in ("buckets", "buckets/1", "records/x/revisions")]

    assert [401] * 3 == asked


def test_what_was_not_asked_for_does_not_differ(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    peering.change(other.registry, LOCAL_OPERATOR, one.dns, wanted=LogFilter((Kind.LESSON,)))
    record = one.node.publish(content(title="An incident"))
    other.pull(one)

    assert (0, 0, None) == ((done := compare(other, one)).differing, done.asked, held(other, record))


def test_a_comparison_that_would_take_away_too_much_holds_the_node(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    owner = grouped(one, "circle", "node-bbb")
    for _ in range(LEAST):
        published_to(one, owner, tlp="AMBER", audience="circle")
    other.pull(one)
    groups.leave(one.registry, LOCAL_OPERATOR, slug="circle", organisation_slug="node-bbb")
    lose(sisters, one, other)

    with pytest.raises(MassWithdrawal):
        compare(other, one)

    assert other.peer(one).hold is not None
    assert 0 == reconciling.reconcile_due(other.registry, SYSTEM)


def test_an_entry_that_is_no_text_ends_the_comparison(sisters: Sisterhood) -> None:
    one, liar = sisters.friends("a", "b")

    def lie(said: dict[str, Any]) -> None:
        if "entries" in said:
            said["entries"] = [["\ud800", 1, "0" * 64]]
        else:
            said["buckets"] = dict.fromkeys(said["buckets"], "0" * 64)

    lying(sisters, liar, lie, path=BUCKETS_PATH)

    with pytest.raises(FetchFailed) as refused:
        compare(one, liar)

    assert "BAD_BODY" == refused.value.reason
