"""What submissions must fulfil beyond their form: references, clauses, statements, seals; all problems at once."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.content.kinds import Content
from registry.domain.errors import CommonsError, Forbidden, InvalidInput
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import life, submit
from tests.factories import content
from tests.service.world import REASON, People, erase_by_two, published, refused, submitted

UNKNOWN = "01950000-0001-7000-9000-00000000ffff"
CLAUSES = [{"path": "1", "summary": "No spam."}, {"path": "1.2", "summary": "No bulk."}]


def statement(about: str, **fields: Any) -> Content:
    """A response about a record."""
    said = {"about": about, "statement_kind": "response", "title": "We saw it", "summary": "In short."}
    return content(Kind.STATEMENT, **(said | fields))


def violating(policy: Record, **link: Any) -> Content:
    """An incident that breaks a clause of *policy*."""
    return content(links=[{"rel": "violates", "target": policy.uid, **link}])


def policy_of(registry: Registry, people: People, clauses: Any) -> Record:
    """A published policy with these clauses."""
    return published(registry, people, content(Kind.USAGE_POLICY, clauses=clauses))


def refusals(registry: Registry, who: Any, of: Content) -> list[tuple[str, str]]:
    """Path and code of everything wrong with a submission."""
    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, who, of)
    return [(".".join(one.path), one.code) for one in caught.value.problems]


def test_a_clause_of_the_version_it_names_is_taken(registry: Registry, people: People) -> None:
    policy = policy_of(registry, people, CLAUSES)

    record = submitted(registry, people, violating(policy, clause="1.2"))

    assert "1.2" in str(record.head.public)


def test_a_clause_of_another_version_is_refused(registry: Registry, people: People) -> None:
    policy_of(registry, people, [{"path": "9", "summary": "Later."}])
    policy = policy_of(registry, people, CLAUSES)

    found = refusals(registry, people.submitter, violating(policy, clause="9"))

    assert [("content.links.0.clause", "UNKNOWN_CLAUSE")] == found


def test_only_policies_are_violated(registry: Registry, people: People) -> None:
    found = refusals(registry, people.submitter, violating(published(registry, people)))

    assert [("content.links.0.target", "NO_POLICY")] == found


def test_a_clause_belongs_to_a_violation(registry: Registry, people: People) -> None:
    record = published(registry, people)

    with pytest.raises(InvalidInput) as caught:
        content(links=[{"rel": "related", "target": record.uid, "clause": "1"}])

    assert ["INCONSISTENT"] == [one.code for one in caught.value.problems]


def test_a_statement_about_nothing_and_about_something_hidden_are_refused_alike(
    registry: Registry, people: People
) -> None:
    hidden = submitted(registry, people)

    for about in (UNKNOWN, hidden.uid):
        assert [("content.about", "NOT_FOUND")] == refusals(registry, people.outsider, statement(about))


def test_nobody_makes_statements_about_statements(registry: Registry, people: People) -> None:
    first = published(registry, people, statement(published(registry, people).uid))

    found = refusals(registry, people.outsider, statement(first.uid))

    assert [("content.about", "STATEMENT_ON_STATEMENT")] == found


def test_nothing_new_is_said_about_what_is_gone(registry: Registry, people: People) -> None:
    withdrawn, erased = published(registry, people), published(registry, people)
    life.withdraw(registry, people.submitter, withdrawn.uid, reason=REASON)
    erase_by_two(registry, people, erased.uid)

    codes = [refusals(registry, people.outsider, statement(one.uid)) for one in (withdrawn, erased)]

    assert [[("content.about", "TARGET_WITHDRAWN")], [("content.about", "TARGET_ERASED")]] == codes


def test_a_statement_outlives_what_it_is_about_and_is_still_revised(registry: Registry, people: People) -> None:
    subject = published(registry, people)
    said = published(registry, people, statement(subject.uid), by=people.outsider)
    life.withdraw(registry, people.submitter, subject.uid, reason=REASON)

    later = statement(subject.uid, title="We saw it, and more")
    revised = submit.revise(registry, people.outsider, said.uid, later, expected_revision=said.draft_revision)

    assert 2 == revised.record.draft_revision


def test_a_record_does_not_refer_to_itself(registry: Registry, people: People) -> None:
    record = submitted(registry, people)
    linking = content(links=[{"rel": "related", "target": record.uid}])

    with refused(registry, InvalidInput) as caught:
        submit.revise(registry, people.submitter, record.uid, linking, expected_revision=1)

    assert ["LINK_TO_ITSELF"] == [one.code for one in caught.value.problems]


def test_an_audience_one_does_not_belong_to_is_as_good_as_none(registry: Registry, people: People) -> None:
    found = refusals(registry, people.submitter, content(marking={"tlp": "AMBER", "audience": "somebody"}))

    assert [("marking.audience", "NOT_FOUND")] == found


def test_every_problem_is_told_at_once(registry: Registry, people: People) -> None:
    said = content(
        upstream={"source": "atlas", "id": "X", "sha256": "0" * 64}, marking={"tlp": "AMBER", "audience": "nobodys"}
    )

    found = refusals(registry, people.submitter, said)

    assert {("content.upstream", "NOT_ALLOWED"), ("marking.audience", "NOT_FOUND")} == set(found)


def test_a_sealed_record_needs_a_permission_of_its_own(registry: Registry, people: People) -> None:
    sealed = content(misuse_categories=["csae"], authority_report="EX-1", marking={"tlp": "RED"})

    with refused(registry, Forbidden):
        submit.submit(registry, people.submitter, sealed)


@pytest.mark.parametrize("who", ["stranger", "outsider"])
def test_checking_without_storing_finds_the_same(registry: Registry, people: People, who: str) -> None:
    hidden = submitted(registry, people)

    with pytest.raises(InvalidInput) as caught:
        submit.validate(registry, getattr(people, who), statement(hidden.uid))

    assert [("content", "about")] == [one.path for one in caught.value.problems]


def test_ten_thousand_links_are_one_problem() -> None:
    with pytest.raises(CommonsError) as caught:
        content(links=[{"rel": "related", "target": UNKNOWN}] * 10_000)

    assert ["TOO_MANY"] == [one.code for one in caught.value.problems]
