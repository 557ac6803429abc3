"""What stands beside records, as notices, replies and proposals do: blocked with them, bounded, and sound."""

from __future__ import annotations

import pytest

from registry.domain.actor import SYSTEM
from registry.domain.case import CaseOutcome
from registry.domain.correction import Edit
from registry.domain.errors import QueueFull
from registry.domain.proposal import MAX_NOT_TAKEN_UP
from registry.ports import Registry
from registry.service import cases, casework, erasure, notices, proposals, verify
from tests.factories import content
from tests.service.world import People, published


def test_a_block_takes_the_passage_from_named_parties_too_until_it_is_lifted(
    registry: Registry, people: People
) -> None:
    named = [{"provider": "Delta", "role": "abused"}, {"provider": "Nobody here", "role": "abused"}]
    record = published(registry, people, content(title="zorbelgrint", systems=named))
    assert 1 == len(notices.to_send(registry, people.operator))

    erasure.block(registry, people.lead, record.uid, reason="An address stands in it.")

    (told,) = notices.to_us(registry, people.outsider)
    assert ("", record.uid) == (told.passage, told.uid)
    assert () == notices.to_send(registry, people.operator)
    erasure.unblock(registry, people.lead, record.uid, reason="It does not.")
    assert "zorbelgrint" in notices.to_us(registry, people.outsider)[0].passage


def test_a_reply_beside_a_record_leaves_a_store_that_verifies(registry: Registry, people: People) -> None:
    record = published(registry, people)
    assert record.number is not None
    opened = cases.open_case(
        registry, people.stranger, wish="reply", ground="other", about=record.number, words="It was not so.", contact=""
    )

    casework.decide(
        registry, people.operator, opened.case.id, outcome=CaseOutcome.REPLY_SHOWN, reasons="Fair.", reply="Not so."
    )

    assert 1 == len(cases.replies(registry, people.stranger, record.uid))
    assert () == verify.verify(registry, SYSTEM).faults


def test_proposing_and_withdrawing_without_end_is_refused(registry: Registry, people: People) -> None:
    record = published(registry, people)

    def propose(number: int) -> None:
        edit = Edit(("title",), f"Title {number}")
        made = proposals.propose(
            registry, people.outsider, record.uid, [edit], reason="Better.", expected_revision=1
        ).proposal
        proposals.withdraw(registry, people.outsider, made.id)

    for number in range(MAX_NOT_TAKEN_UP):
        propose(number)

    with pytest.raises(QueueFull):
        propose(MAX_NOT_TAKEN_UP)
