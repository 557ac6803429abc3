"""Who is bound to an organisation has no hand in what is of or about it, beside claims and decisions either."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.content.kinds import Content
from registry.domain.errors import ConflictOfInterest
from registry.domain.screening.acceptance import Acceptance, Redaction
from registry.domain.screening.finding import Code
from registry.ports import Registry
from registry.service import conflicts, erasure, intake, merge, reports, screening_review
from tests.factories import content
from tests.service.world import People, claimed, published, refused


def about(provider: str, **fields: Any) -> Content:
    return content(
        **({"title": f"Abuse of {provider}", "systems": [{"provider": provider, "role": "abused"}]} | fields)
    )


@pytest.mark.parametrize("provider", ["Sigma", "SIGMA (their new chat)", "\uff33igma", "Sigma/Zeta"])
def test_a_report_about_whom_one_is_bound_to_is_left_to_others(
    registry: Registry, people: People, provider: str
) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"anonymous_reports": True}))
    reports.submit_report(
        node, people.stranger, kind="anonymous", title="Marigold", words="Planted.", links=[], provider=provider
    )
    [waiting] = intake.page(node, people.reviewer).items
    conflicts.declare(node, people.reviewer, [("competitor", "Sigma")])
    conflicts.declare(node, people.lead, [("competitor", "Igma")])

    with refused(node, ConflictOfInterest):
        intake.claim_report(node, people.reviewer, waiting.id)
    assert intake.claim_report(node, people.lead, waiting.id).claimed_by == people.lead.person


def test_who_becomes_bound_with_a_report_in_hand_goes_no_further(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"anonymous_reports": True}))
    reports.submit_report(
        node, people.stranger, kind="anonymous", title="Marigold", words="Planted.", links=[], provider="Sigma"
    )
    [waiting] = intake.page(node, people.reviewer).items
    intake.claim_report(node, people.reviewer, waiting.id)
    conflicts.declare(node, people.reviewer, [("competitor", "Sigma")])

    steps: tuple[Callable[[], object], ...] = (
        lambda: intake.ask_reporter(node, people.reviewer, waiting.id, text="Who?"),
        lambda: intake.write_report(node, people.reviewer, waiting.id, content(), expected_revision=1),
    )
    for step in steps:
        with refused(node, ConflictOfInterest):
            step()


def test_nobody_merges_or_splits_what_one_is_bound_to(registry: Registry, people: People) -> None:
    first, second = published(registry, people, about("Sigma")), published(registry, people, about("Zeta"))
    merge.merge(registry, people.lead, first.uid, into=second.uid, reason="The same.")
    third = published(registry, people, about("Sigma", title="Another raid"))
    conflicts.declare(registry, people.lead, [("competitor", "Sigma")])

    steps: tuple[Callable[[], object], ...] = (
        lambda: merge.merge(registry, people.lead, third.uid, into=second.uid, reason="The same."),
        lambda: merge.merge(registry, people.lead, second.uid, into=third.uid, reason="The same."),
        lambda: merge.split(registry, people.lead, first.uid, reason="Not the same."),
    )
    for step in steps:
        with refused(registry, ConflictOfInterest):
            step()


def test_findings_are_not_answered_by_who_became_bound(registry: Registry, people: People) -> None:
    said = about("Sigma", summary="Write to zelda.quirm@postbox-zorb.net about it.")
    held = claimed(registry, people, said)
    conflicts.declare(registry, people.reviewer, [("competitor", "Sigma")])
    code, path = Code.PERSONAL_DATA, ("content", "summary")

    with refused(registry, ConflictOfInterest):
        accept = (Acceptance(code, path, "It is public."),)
        screening_review.accept_findings(registry, people.reviewer, held.uid, accept, expected_revision=1)
    with refused(registry, ConflictOfInterest):
        redact = (Redaction(code, path),)
        screening_review.redact_findings(registry, people.reviewer, held.uid, redact, expected_revision=1)


def test_a_block_is_lifted_by_who_is_bound_only_if_it_is_the_own_one(registry: Registry, people: People) -> None:
    first, second = (
        published(registry, people, about("Sigma")),
        published(registry, people, about("Sigma", title="Two")),
    )
    erasure.block(registry, people.operator, first.uid, reason="It names somebody.")
    erasure.block(registry, people.lead, second.uid, reason="It names somebody.")
    conflicts.declare(registry, people.lead, [("client", "Sigma")])

    with refused(registry, ConflictOfInterest):
        erasure.unblock(registry, people.lead, first.uid, reason="It does not.")
    assert not erasure.unblock(registry, people.lead, second.uid, reason="It does not.").blocked
