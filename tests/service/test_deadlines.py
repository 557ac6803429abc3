"""What is due when: told to the owner's members, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from registry.domain.actor import Permission
from registry.domain.content.kinds import Content
from registry.domain.errors import Forbidden, InvalidInput, NotFound, Unauthenticated
from registry.domain.record import RecordUid
from registry.domain.report_form import Form
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import deadlines, submit
from tests.factories import content
from tests.service.world import People, claimed, published, refused, submitted

GENERAL = {"regime": "eu-ai-act-73/general", "start": "2026-03-01"}
NOBODY = RecordUid("01950000-0001-7000-9000-00000000ffff")


def incident(*stated: dict[str, Any], tlp: str = "RED", **fields: Any) -> Content:
    """An incident with these deadlines in its restricted part."""
    return content(restricted={"deadlines": list(stated)}, marking={"tlp": tlp}, **fields)


def choosing(registry: Registry, *regimes: str) -> Registry:
    """The registry of a node that names these regimes as its own."""
    return replace(registry, settings=registry.settings.model_copy(update={"regimes": regimes}))


def test_the_owner_sees_what_is_due_first_first(registry: Registry, people: People) -> None:
    late = submitted(registry, people, incident({**GENERAL, "start": "2026-03-10"}))
    early = submitted(registry, people, incident(GENERAL, {"regime": "eu-ai-act-55"}))

    found = deadlines.due(registry, people.colleague)

    assert [
        (early.uid, "eu-ai-act-73/general", datetime(2026, 3, 16, tzinfo=UTC)),
        (late.uid, "eu-ai-act-73/general", datetime(2026, 3, 25, tzinfo=UTC)),
        (early.uid, "eu-ai-act-55", None),
    ] == [(one.record.uid, one.deadline.regime, one.deadline.due_at) for one in found]


def test_what_is_past_is_overdue_until_it_was_filed(registry: Registry, people: People) -> None:
    filed = {"regime": "eu-ai-act-73/death", "start": "2026-03-01", "filed_at": "2026-03-12"}
    submitted(registry, people, incident({"regime": "eu-ai-act-73/widespread", "start": "2026-03-01"}, filed))

    found = deadlines.due(registry, people.submitter)

    assert [("eu-ai-act-73/widespread", True), ("eu-ai-act-73/death", False)] == [
        (one.deadline.regime, one.is_overdue) for one in found
    ]


@pytest.mark.parametrize("name", ["outsider", "reviewer", "lead", "operator"])
def test_members_of_other_organisations_see_nothing_whatever_they_may_read(
    registry: Registry, people: People, name: str
) -> None:
    claimed(registry, people, incident(GENERAL))
    published(registry, people, incident(GENERAL, tlp="CLEAR"))

    assert () == deadlines.due(choosing(registry, "eu-ai-act-73"), getattr(people, name))


@pytest.mark.parametrize("name", ["stranger", "local_operator", "system"])
def test_whoever_acts_for_no_organisation_is_refused(registry: Registry, people: People, name: str) -> None:
    submitted(registry, people, incident(GENERAL))

    with refused(registry, Unauthenticated):
        deadlines.due(registry, getattr(people, name))


def test_a_key_that_may_not_read_is_refused(registry: Registry, people: People) -> None:
    writing_only = replace(people.submitter, scopes=frozenset({Permission.RECORD_SUBMIT}))

    with refused(registry, Forbidden):
        deadlines.due(registry, writing_only)


def test_regimes_of_the_node_are_suggested_from_when_it_was_detected(registry: Registry, people: People) -> None:
    submitted(registry, people, incident(severity=4, timeline={"detected": "2026-03-05"}))

    found = deadlines.due(choosing(registry, "ca-sb-53"), people.submitter)

    assert [
        ("ca-sb-53/imminent", datetime(2026, 3, 6, tzinfo=UTC), True),
        ("ca-sb-53/report", datetime(2026, 3, 20, tzinfo=UTC), False),
    ] == [(one.deadline.regime, one.deadline.due_at, one.is_overdue) for one in found]
    assert all(one.deadline.suggested for one in found)


def test_nothing_is_suggested_for_what_was_taken_back(registry: Registry, people: People) -> None:
    record = submitted(registry, people, incident(GENERAL, severity=4, timeline={"detected": "2026-03-05"}))
    submit.retract(registry, people.submitter, record.uid, reason="Handed in by mistake.")

    found = deadlines.due(choosing(registry, "ca-sb-53"), people.submitter)

    assert ["eu-ai-act-73/general"] == [one.deadline.regime for one in found]


def test_the_newest_work_counts(registry: Registry, people: People) -> None:
    record = published(registry, people, incident(GENERAL))
    submit.revise(
        registry, people.submitter, record.uid, incident({**GENERAL, "filed_at": "2026-03-10"}), expected_revision=1
    )

    (found,) = deadlines.due(registry, people.submitter)

    assert "2026-03-10" == found.deadline.filed


def test_at_most_as_many_are_told_as_were_asked_for(registry: Registry, people: People) -> None:
    submitted(registry, people, incident(*[GENERAL] * 30))

    assert 5 == len(deadlines.due(registry, people.submitter, first=5))
    with refused(registry, InvalidInput):
        deadlines.due(registry, people.submitter, first=101)


def test_other_kinds_have_no_deadlines(registry: Registry, people: People) -> None:
    submitted(registry, people, content(Kind.LESSON))

    assert () == deadlines.due(choosing(registry, "eu-ai-act-73"), people.submitter)


def test_every_clock_is_shown_to_everybody(registry: Registry, people: People) -> None:
    assert registry.clocks.regimes == deadlines.clocks(registry, people.stranger)


@pytest.mark.parametrize("form", Form)
def test_the_owner_drafts_a_report_with_what_is_restricted(registry: Registry, people: People, form: Form) -> None:
    of = content(restricted={"narrative": "Only we know this."}, marking={"tlp": "RED"})
    record = submitted(registry, people, of)

    text = deadlines.report_draft(registry, people.colleague, record.uid, form)

    assert "- Acme\n" in text
    assert "Only we know this." in text


def test_a_report_is_drafted_for_the_owner_only(registry: Registry, people: People) -> None:
    of = content(restricted={"narrative": "Only we know this."})
    record, hidden = published(registry, people, of), submitted(registry, people, of)

    for actor in (people.outsider, people.stranger):
        with refused(registry, Forbidden):
            deadlines.report_draft(registry, actor, record.uid, Form.CA_SB_53)
        for uid in (hidden.uid, NOBODY):
            with refused(registry, NotFound):
                deadlines.report_draft(registry, actor, uid, Form.CA_SB_53)
    with refused(registry, Forbidden):
        deadlines.report_draft(registry, people.reviewer, hidden.uid, Form.CA_SB_53)


def test_a_report_is_drafted_from_incidents_only(registry: Registry, people: People) -> None:
    record = submitted(registry, people, content(Kind.LESSON))

    with refused(registry, InvalidInput):
        deadlines.report_draft(registry, people.submitter, record.uid, Form.CA_SB_53)


def test_a_regime_that_is_not_known_here_is_refused_with_the_nearest_one(registry: Registry, people: People) -> None:
    of = incident({"regime": "eu-ai-act-37/general"}, {"regime": "eu-ai-act-73"})

    with refused(registry, InvalidInput) as caught:
        submit.submit(registry, people.submitter, of)

    assert [(("restricted", "deadlines", "0", "regime"), "UNKNOWN_TERM", "did you mean eu-ai-act-73/general?")] == [
        (one.path, one.code, one.hint) for one in caught.value.problems
    ]
