"""No door of the registry keeps a key that somebody pasted, whatever the field is for."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Role
from registry.domain.case import CaseOutcome
from registry.domain.errors import InvalidInput
from registry.domain.notice import Notice
from registry.domain.vocabulary import OrganisationKind
from registry.ports import Registry
from registry.service import (
    accounts,
    cases,
    casework,
    conflicts,
    groups,
    intake,
    keys,
    members,
    membership,
    notices,
    organisations,
    reports,
    transparency,
)
from tests.factories import content
from tests.service.newcomers import apply, publish_rules
from tests.service.planted import places_of
from tests.service.world import People, approved

BODY = "Zq7PkW0vR3xT9mB5nC1Lh8Ys2Df6Gj4Kt0Ew9Qa3"
KEY = "sk-" + "ant-api03-" + BODY
SAID = f"It was {KEY} all along."


def _opened(registry: Registry, people: People) -> Any:
    return cases.open_case(
        registry, people.stranger, wish="removal", ground="privacy", about=SAID, words=SAID, contact=SAID
    )


def _reported(registry: Registry, people: People) -> Any:
    given = {"kind": "confidential", "title": SAID, "words": SAID, "provider": SAID, "model": SAID, "contact": SAID}
    return reports.submit_report(registry, people.stranger, **given, links=[])


def test_strangers_leave_no_key_behind(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"anonymous_reports": True}))
    publish_rules(node)
    case, applied = _opened(node, people), apply(node, people, why=SAID, contact=SAID, organisation="Nova")
    told = _reported(node, people)
    cases.add_to_case(node, people.stranger, case.code, text=SAID)
    membership.answer_application(node, people.stranger, applied.code, text=SAID)
    reports.answer_report(node, people.stranger, told.code, text=SAID)

    assert [] == list(places_of(BODY.lower().encode(), node.settings.data_dir))
    assert "It was [redacted: secret] all along." == casework.case(node, people.operator, case.case.id).words


def test_those_who_handle_them_leave_none_behind_either(registry: Registry, people: People) -> None:
    node = replace(registry, settings=registry.settings.model_copy(update={"anonymous_reports": True}))
    case = _opened(node, people)
    _reported(node, people)
    [waiting] = intake.page(node, people.reviewer).items
    intake.claim_report(node, people.reviewer, waiting.id)
    intake.ask_reporter(node, people.reviewer, waiting.id, text=SAID)
    casework.answer_case(node, people.operator, case.case.id, text=SAID)
    casework.decide(node, people.operator, case.case.id, outcome=CaseOutcome.REFUSED, reasons=SAID)
    transparency.log_request(
        node, people.operator, authority="police", country="DE", demand="removal", compliance="refused", note=SAID
    )

    assert [] == list(places_of(BODY.lower().encode(), node.settings.data_dir))


NAMES: dict[str, Callable[[Registry, People], object]] = {
    "an organisation": lambda registry, _: accounts.add_organisation(
        registry, LOCAL_OPERATOR, slug="nova", name=SAID, kind=OrganisationKind.PROVIDER
    ),
    "another name of one": lambda registry, _: organisations.describe_organisation(
        registry, LOCAL_OPERATOR, "acme", aliases=(SAID,)
    ),
    "a group": lambda registry, _: groups.add_group(registry, LOCAL_OPERATOR, slug="nova", name=SAID),
    "a member": lambda registry, _: members.add_member(
        registry, LOCAL_OPERATOR, organisation_slug="acme", name=SAID, roles=frozenset({Role.SUBMITTER})
    ),
    "a key": lambda registry, people: keys.create_key(
        registry,
        LOCAL_OPERATOR,
        person=str(people.submitter.person),  # type: ignore[arg-type]
        organisation_id=people.submitter.organisation,  # type: ignore[arg-type]
        label=SAID,
    ),
    "a conflict": lambda registry, people: conflicts.declare(registry, people.reviewer, [("client", SAID)]),
}


@pytest.mark.parametrize("put", NAMES.values(), ids=NAMES.keys())
def test_no_name_holds_a_key(registry: Registry, people: People, put: Callable[[Registry, People], object]) -> None:
    with pytest.raises(InvalidInput) as refused:
        put(registry, people)

    assert ["SECRET_DETECTED"] == [one.code for one in refused.value.problems]
    assert BODY not in str(refused.value.problems)
    assert [] == list(places_of(BODY.lower().encode(), registry.settings.data_dir))


@pytest.mark.parametrize("words", [SAID, "Write to zelda.quirm@postbox-zorb.net."], ids=["a key", "an address"])
def test_an_answer_to_a_notice_is_screened_as_a_statement(registry: Registry, people: People, words: str) -> None:
    approved(registry, people, content(systems=[{"provider": "delta", "role": "abused"}]))
    notice: Notice
    (notice,) = notices.to_us(registry, people.outsider)

    for title, text in ((words, "We saw it."), ("We saw it", words)):
        with pytest.raises(InvalidInput):
            notices.answer(registry, people.outsider, notice.id, title=title, text=text)
    assert [] == list(places_of(BODY.lower().encode(), registry.settings.data_dir))
    assert [] == list(places_of(b"postbox-zorb", registry.settings.data_dir))
