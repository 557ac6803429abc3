"""Clocks, deadlines and report drafts through GraphQL, for each kind of viewer."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.record import Record
from registry.ports import Registry
from tests.factories import content
from tests.schema.world import Api
from tests.service.world import People, published, submitted

CLOCKS = "{ clocks { notice businessDays regimes { id nature clocks { id amount unit article url checkedOn } } } }"
DUE = """query ($first: Int! = 20) { deadlines(first: $first) {
  notice items { regime start dueAt filedAt isOpen isOverdue isSuggested record { uid } clock { title wording } }
} }"""
DRAFT = "query ($uid: String!) { reportDraft(uid: $uid, form: EU_AI_ACT_73) }"


def made(registry: Registry, people: People, *, tlp: str = "RED") -> Record:
    """An incident of acme that states a deadline."""
    stated = [{"regime": "eu-ai-act-73/general", "start": "2026-02-20"}]
    of = content(restricted={"narrative": "Ours alone.", "deadlines": stated}, marking={"tlp": tlp})
    return submitted(registry, people, of) if tlp == "RED" else published(registry, people, of)


def test_everybody_reads_the_clocks_with_their_sources_and_the_notice(api: Api) -> None:
    found = api.ask(CLOCKS)["clocks"]

    clocks = {clock["id"]: clock for regime in found["regimes"] for clock in regime["clocks"]}
    assert "discharges no duty" in found["notice"]
    assert (15, "DAYS", "2026-11-21") == tuple(
        clocks["eu-ai-act-73/general"][name] for name in ("amount", "unit", "checkedOn")
    )
    assert (None, "NONE") == tuple(clocks["eu-ai-act-55/systemic-risk"][name] for name in ("amount", "unit"))
    assert all(clock["url"].startswith("https://") and clock["article"] for clock in clocks.values())


def test_a_member_sees_what_is_due_for_the_own_organisation(api: Api, registry: Registry, people: People) -> None:
    record = made(registry, people)

    found = api.ask(DUE, by="colleague")["deadlines"]

    assert "discharges no duty" in found["notice"]
    assert [
        {
            "regime": "eu-ai-act-73/general",
            "start": "2026-02-20",
            "dueAt": "2026-03-07T00:00:00Z",
            "filedAt": None,
            "isOpen": True,
            "isOverdue": True,
            "isSuggested": False,
            "record": {"uid": record.uid},
            "clock": {
                "title": "Report a serious incident",
                "wording": "At once when a causal link, or its reasonable likelihood, is established; 15 days after "
                "awareness at the latest.",
            },
        }
    ] == found["items"]


@pytest.mark.parametrize("name", ["outsider", "reviewer"])
@pytest.mark.parametrize("tlp", ["RED", "CLEAR"])
def test_other_members_and_reviewers_see_none_of_it(
    api: Api, registry: Registry, people: People, name: str, tlp: str
) -> None:
    made(registry, people, tlp=tlp)

    assert [] == api.ask(DUE, by=name)["deadlines"]["items"]


def test_a_stranger_is_asked_for_a_key(api: Api, registry: Registry, people: People) -> None:
    made(registry, people, tlp="CLEAR")

    assert ["UNAUTHENTICATED"] == [one["extensions"]["code"] for one in api.errors(DUE)]


@pytest.mark.parametrize("first", [0, 101])
def test_a_number_that_is_no_page_is_refused(api: Api, first: int) -> None:
    assert ["INVALID_INPUT"] == [one["extensions"]["code"] for one in api.errors(DUE, by="submitter", first=first)]


def test_the_owner_gets_a_draft_and_others_are_told_no_more_than_of_any_record(
    api: Api, registry: Registry, people: People
) -> None:
    hidden, public = made(registry, people), made(registry, people, tlp="CLEAR")

    text: Any = api.ask(DRAFT, by="colleague", uid=hidden.uid)["reportDraft"]

    assert "Ours alone." in text
    for name in ("", "outsider"):
        assert [None, None] == [api.ask(DRAFT, by=name, uid=uid)["reportDraft"] for uid in (hidden.uid, "nonsense")]
        assert ["FORBIDDEN"] == [one["extensions"]["code"] for one in api.errors(DRAFT, by=name, uid=public.uid)]


def test_asking_often_for_what_is_slow_is_refused(api: Api) -> None:
    many = " ".join(f'd{at}: reportDraft(uid: "x", form: CA_SB_53)' for at in range(25))

    assert ["QUERY_TOO_COMPLEX"] == [one["extensions"]["code"] for one in api.errors(f"{{ {many} }}")]
