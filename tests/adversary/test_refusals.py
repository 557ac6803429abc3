"""Refusals and references tell nothing of hidden work, and no organisation puts its own record out again alone."""

from __future__ import annotations

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.content.kinds import Content
from registry.domain.errors import FourEyes, InvalidInput
from registry.domain.pages import PageRequest
from registry.domain.record import Record
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports import Registry
from registry.ports.graph import Ends
from registry.service import erasure, find, graph, life, submit
from tests.factories import content
from tests.service.circle import admit, sees
from tests.service.world import People, newest, published, refused, revised, submitted


def policy_with(*paths: str) -> Content:
    """A usage policy with clauses at these paths."""
    clauses = [{"path": path, "kind": "prohibited_use", "summary": "No."} for path in paths]
    return content(Kind.USAGE_POLICY, clauses=clauses)


def breaking(policy: Record, clause: str) -> Content:
    """An incident that broke this clause."""
    return content(links=[{"rel": "violates", "target": policy.uid, "clause": clause}])


def answer_to(registry: Registry, people: People, said: Content) -> list[str]:
    """What a stranger is told who only has it checked."""
    try:
        submit.validate(registry, people.stranger, said)
    except InvalidInput as error:
        return [one.code for one in error.problems]
    return []


@pytest.mark.parametrize("gone", [False, True])
def test_checking_a_submission_tells_no_stranger_which_clauses_hidden_work_has(
    registry: Registry, people: People, gone: bool
) -> None:
    record = published(registry, people, policy_with("1"))
    if gone:
        life.withdraw(registry, people.submitter, record.uid, reason="Wrong.")
    else:
        revised(registry, people, record, policy_with("1", "9.secret"))

    answers = [answer_to(registry, people, breaking(record, clause)) for clause in ("9.secret", "1", "no such")]

    assert [["UNKNOWN_CLAUSE"], ["UNKNOWN_CLAUSE"] if gone else [], ["UNKNOWN_CLAUSE"]] == answers


def test_what_names_a_clause_already_may_go_on_naming_it_when_the_policy_is_gone(
    registry: Registry, people: People
) -> None:
    policy = published(registry, people, policy_with("1"), by=people.outsider)
    record = published(registry, people, breaking(policy, "1"))
    life.withdraw(registry, people.outsider, policy.uid, reason="Wrong.")
    said = content(title="Better", links=[{"rel": "violates", "target": policy.uid, "clause": "1"}])

    assert 2 == revised(registry, people, record, said).draft_revision

    other = content(links=[{"rel": "violates", "target": policy.uid, "clause": "2"}])
    with refused(registry, InvalidInput):
        submit.revise(registry, people.submitter, record.uid, other, expected_revision=newest(registry, record))


def test_what_was_taken_back_is_at_the_end_of_no_reference(registry: Registry, people: People) -> None:
    target = published(registry, people)
    link = {"rel": "related", "target": target.uid}
    back = submitted(registry, people, content(title="Quite another thing", links=[link]))
    request, wanted = PageRequest(), Ends(LinkRel.RELATED, reverse=True)

    submit.retract(registry, people.submitter, back.uid, reason="Not for you.")

    for who, count in ((people.submitter, 1), (people.reviewer, 0), (people.stranger, 0)):
        found = find.linked(registry, who, target.uid, LinkRel.RELATED, request=request, reverse=True)
        assert count == len(found.items)
        assert count == len(graph.ends(registry, who, [target.uid], wanted, request=request)[target.uid].items)


def test_an_operator_of_the_owner_does_not_lift_what_others_have_blocked(registry: Registry, people: People) -> None:
    record = published(registry, people)
    own = admit(registry, "acme", Role.OPERATOR)
    erasure.block(registry, people.lead, record.uid, reason="A minor is named.")

    with refused(registry, FourEyes):
        erasure.unblock(registry, own, record.uid, reason="We like it.")

    assert "tombstone" == sees(registry, people.stranger, record.uid)
    erasure.unblock(registry, LOCAL_OPERATOR, record.uid, reason="It was somebody else.")
    erasure.block(registry, own, record.uid, reason="By mistake.")
    erasure.unblock(registry, own, record.uid, reason="It was a mistake.")
    assert "content" == sees(registry, people.stranger, record.uid)
