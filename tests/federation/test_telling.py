"""Nodes tell each other why records were refused, and that they let go; and two that claim one uid keep nobody out."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from registry.domain.account import Organisation
from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, Actor
from registry.domain.change import ChangeKind
from registry.domain.errors import NotFound
from registry.domain.federation.message import MessageType
from registry.domain.federation.telling import LetGo, Standing
from registry.domain.policy import EVERYTHING
from registry.domain.record import OrganisationId, Record, State
from registry.domain.vocabulary import OrganisationKind
from registry.service import erasure
from registry.service.federation import applying, peering, telling
from registry.service.federation.messaging import queue
from registry.service.writing import log
from tests.factories import content
from tests.federation.forging import held_back, honest, lying, resigned
from tests.federation.world import Sister, Sisterhood


def erase(sister: Sister, record: Record) -> None:
    """Erase a record of a node for good, as two people of it do."""
    with sister.registry.storage.begin() as unit:
        found = sister.record(record.uid)
        assert found is not None
        gone = erasure.erased_record(sister.registry, unit, found, "asked for")
        log(unit, LOCAL_OPERATOR, gone, ChangeKind.ERASE, public=True, reason="asked for")


def title_of(sister: Sister, record: Record) -> str | None:
    """What a node has as the title of a record."""
    found = sister.record(record.uid)
    return None if found is None or found.head.public is None else str(found.head.public.document["title"])


def key_of(sister: Sister, actor: Actor) -> str:
    """A key for somebody of a node, as it is sent."""
    return replace(sister.node, submitter=actor).key_of_submitter()


def asked(key: str | None) -> dict[str, str]:
    """What a request of whoever has this key says."""
    return {} if key is None else {"Authorization": f"Bearer {key}"}


def told(sister: Sister, key: str | None, *records: Record) -> dict[str, Any]:
    """What the API of a node tells about who was given records, by their numbers."""
    one = "{ number acknowledgements { node letGo } }"
    fields = " ".join(f'r{at}: record(uid: "{record.uid}") {one}' for at, record in enumerate(records))
    answer = sister.client.post("/graphql", json={"query": f"{{ {fields} }}"}, headers=asked(key)).json()
    return {each["number"]: each["acknowledgements"] for each in answer["data"].values()}


def page_of(sister: Sister, record: Record, key: str | None) -> str:
    """The page of a record as whoever has this key sees it."""
    return sister.client.get(f"/r/{record.number}", headers=asked(key)).text


def test_a_source_reads_once_why_its_record_was_refused(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    record = one.node.publish(content(title="First"))

    def spoil(page: dict[str, Any]) -> None:
        for item in page["items"]:
            item["public"]["body"] = item["public"]["body"].replace("First", "Other")

    lying(sisters, one, spoil)
    other.pull(one)
    with other.registry.storage.begin() as unit:
        unit.peers.save(replace(other.peer(one), cursor=None))
    other.pull(one)
    honest(sisters, one)
    one.pull(other)

    (found,) = telling.findings(one.registry, LOCAL_OPERATOR)
    assert (other.dns, record.uid, "WRONG_HASH") == (found.peer, found.uid, found.reason)
    assert (found,) == telling.findings(one.registry, LOCAL_OPERATOR, other.dns)
    with pytest.raises(NotFound):
        telling.findings(one.registry, LOCAL_OPERATOR, "nobody.test")


def test_what_was_refused_goes_with_the_node_that_told_it(sisters: Sisterhood) -> None:
    one, other = sisters.friends("a", "b")
    one.node.publish(content(title="First"))

    def spoil(page: dict[str, Any]) -> None:
        for item in page["items"]:
            item["public"]["body"] = item["public"]["body"].replace("First", "Other")

    lying(sisters, one, spoil)
    other.pull(one)
    honest(sisters, one)
    one.pull(other)

    for here, there in ((one, other), (other, one)):
        peering.remove(here.registry, LOCAL_OPERATOR, there.dns)

    with other.registry.storage.read() as reader:
        told = reader.peer_findings.of(one.dns, told_by_us=True, limit=10)
    assert ((), ()) == (told, telling.findings(one.registry, LOCAL_OPERATOR))


def test_whoever_let_go_of_an_erased_record_says_so_and_its_owner_sees_who_has_not(sisters: Sisterhood) -> None:
    one, quick, slow = sisters.friends("a", "b", "c")
    record = one.node.publish(content(title="First"))
    quick.pull(one)
    slow.pull(one)
    quick.pull(one)
    slow.pull(one)
    erase(one, record)
    quick.pull(one)
    one.pull(quick)

    found = telling.acknowledgements(one.registry, one.node.submitter, record.number or "")
    assert (Standing(quick.dns, LetGo.ERASE), Standing(slow.dns, None)) == found
    for nobody in (ANONYMOUS, one.node.institute):
        with pytest.raises(NotFound):
            telling.acknowledgements(one.registry, nobody, record.uid)
        assert {} == telling.standings(one.registry, nobody, [record.uid])


def test_the_api_and_the_page_tell_the_owner_of_a_record_alone_who_was_given_it(sisters: Sisterhood) -> None:
    one, quick, slow = sisters.friends("a", "b", "c")
    gone, kept = (one.node.publish(content(title=title)) for title in ("Gone", "Kept"))
    before = [page_of(one, each, None) for each in (gone, kept)]
    for _ in range(2):
        quick.pull(one)
        slow.pull(one)
    after = [page_of(one, each, None) for each in (gone, kept)]
    erase(one, gone)
    quick.pull(one)
    one.pull(quick)

    assert before == after
    b, c = ({"node": node, "letGo": None} for node in (quick.dns, slow.dns))
    owner, stranger = one.node.key_of_submitter(), key_of(one, one.node.reviewer)
    assert {gone.number: [b | {"letGo": "ERASE"}, c], kept.number: [b, c]} == told(one, owner, gone, kept)
    assert "2 nodes: b.test, c.test" in page_of(one, gone, owner)
    assert "1 said that it let go: b.test" in page_of(one, gone, owner)
    assert "0 said that they let go<" in page_of(one, kept, owner)
    for nobody in (None, stranger):
        assert {gone.number: None, kept.number: None} == told(one, nobody, gone, kept)
        assert [] == [
            node for node in (quick.dns, slow.dns) for each in (gone, kept) if node in page_of(one, each, nobody)
        ]
    assert {gone.number: None, kept.number: None} == told(quick, quick.node.key_of_submitter(), gone, kept)


def test_a_node_acknowledges_nothing_about_records_that_it_never_had(sisters: Sisterhood) -> None:
    one, liar = sisters.friends("a", "b")
    hidden = one.node.submit(content(title="Hidden"))
    with liar.registry.storage.begin() as unit:
        body = {"records": [{"uid": hidden.uid, "what": "erase"}]}
        queue(liar.registry, unit, one.dns, MessageType.ACKNOWLEDGE, None, body)
    one.pull(liar)

    assert () == telling.acknowledgements(one.registry, LOCAL_OPERATOR, hidden.uid)


def test_a_uid_that_another_node_claimed_first_does_not_keep_the_true_record_out(sisters: Sisterhood) -> None:
    one, squatter, other = sisters.friends("a", "b", "c")
    true = one.node.publish(content(title="True"))
    false = squatter.node.publish(content(title="False"))

    def squat(page: dict[str, Any]) -> None:
        key = squatter.registry.key
        page["items"] = [resigned(item, key, uid=true.uid) for item in page["items"]]

    lying(sisters, squatter, squat)
    other.pull(squatter)
    other.pull(one)

    with other.registry.storage.read() as reader:
        found = [reader.records.by_number(number or "", visible=EVERYTHING) for number in (true.number, false.number)]
    titles = [None if one is None or one.head.public is None else one.head.public.document["title"] for one in found]
    assert (["True", "False"], []) == (titles, other.refused(one))

    one.node.withdraw(one.node.revise(true, content(title="True again")))
    other.pull(one)
    with other.registry.storage.read() as reader:
        after = reader.records.by_number(true.number or "", visible=EVERYTHING)
        beside = reader.records.by_number(false.number or "", visible=EVERYTHING)
    assert after is not None
    assert beside is not None
    assert (State.WITHDRAWN, State.PUBLISHED) == (after.state, beside.state)


def test_an_organisation_that_was_here_before_is_taken_for_nobody_of_another_node(sisters: Sisterhood) -> None:
    one, other = sisters.found("a"), sisters.found("b")
    now = sisters.clock.now()
    with other.registry.storage.begin() as unit:
        for at, slug in enumerate(("node-aaa", "acme-at-aaa")):
            made = Organisation(OrganisationId(f"here-{at}"), slug, "Was here", OrganisationKind.OTHER, now)
            unit.accounts.add_organisation(made)
    sisters.befriend(one, other)
    record = one.node.publish(content(title="First"))
    items = held_back(sisters, one)
    other.pull(one)
    honest(sisters, one)
    with other.registry.storage.begin() as unit:
        owner = {"slug": "acme", "name": "Acme there"}
        forged = [resigned(items[0], one.registry.key, owner=owner)]
        applying.apply_page(other.registry, unit, other.peer(one), forged)

    with other.registry.storage.read() as reader:
        found = other.record(record.uid)
        assert found is not None
        names = {slug: reader.accounts.organisation_by_slug(slug) for slug in ("node-aaa", "acme-at-aaa")}
        stands = reader.accounts.organisation(found.owner)
    assert ["Was here", "Was here"] == [one and one.name for one in names.values()]
    assert stands is not None
    assert ("acme-at-aaa-2", "Acme there") == (stands.slug, stands.name)
    assert "here-0" != other.peer(one).organisation
