"""Relations that a source states: links to what is here, whatever the order, and never to what readers may not see."""

from __future__ import annotations

from typing import Any

import pytest

from importers.contract import Importer
from importers.ordering import targets_first
from importers.report import Report
from importers.run import run
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import FindingFilter
from registry.domain.link import references
from registry.domain.pages import PageRequest
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, State
from registry.ports import Registry
from registry.service import importing
from registry.service.erasure import erased_record
from registry.service.verify import verify
from tests.clocks import FixedClock
from tests.importers.invented import REVIEWED, WHOLE, document, numbered


def ran(registry: Registry, *things: str | dict[str, Any], importer: Importer = WHOLE, **given: Any) -> Report:
    assert isinstance(registry.clock, FixedClock)
    registry.clock.advance(hours=1)
    return run(registry, LOCAL_OPERATOR, importer, [document(*things)], **given)


def record(registry: Registry, id_: str) -> Record:
    with registry.storage.read() as reader:
        found = reader.records.by_upstream("invented", id_)
    assert found is not None
    return found


def links(registry: Registry, id_: str, part: str = "public") -> list[str]:
    """Upstream ids that a part of the newest revision refers to."""
    stored = getattr(record(registry, id_).newest, part)
    targets = [one.target for one in references(stored.document)]
    with registry.storage.read() as reader:
        found = reader.records.many(targets, visible=EVERYTHING)
    upstreams: list[Any] = [found[uid].head.public.document["upstream"] for uid in targets]  # type: ignore[union-attr]
    return [one["id"] for one in upstreams]


def unresolved(registry: Registry) -> list[str]:
    wanted = FindingFilter(code="LINK_UNRESOLVED", is_open=True)
    page = importing.findings(registry, LOCAL_OPERATOR, "invented", PageRequest(limit=100), wanted)
    return [one.finding.record for one in page.items]


def to(id_: str, *targets: str, **fields: Any) -> dict[str, Any]:
    return {"id": id_, "links": [["related", one] for one in targets], **fields}


def test_targets_are_stored_first_so_that_each_record_is_written_once(registry: Registry) -> None:
    report = ran(registry, to("A", "B", "C"), to("B", "C"), "C")
    again = ran(registry, to("A", "B", "C"), to("B", "C"), "C")

    assert (3, 3) == (report.new, again.unchanged)
    assert [["B", "C"], ["C"], []] == [links(registry, one) for one in "ABC"]
    assert [1, 1, 1] == [record(registry, one).revision for one in "ABC"]


@pytest.mark.parametrize("importer", [WHOLE, REVIEWED], ids=["trusted", "reviewed"])
def test_records_that_refer_to_one_another_in_a_circle_are_all_linked(registry: Registry, importer: Importer) -> None:
    circle = (to("A", "B"), to("B", "C"), to("C", "A"))

    first = ran(registry, *circle, importer=importer)
    with registry.storage.read() as reader:
        before = reader.changes.head().seq
    ran(registry, *circle, importer=importer)

    assert 3 == first.read
    assert [["B"], ["C"], ["A"]] == [links(registry, one) for one in "ABC"]
    with registry.storage.read() as reader:
        assert before == reader.changes.head().seq


def test_a_known_record_that_is_linked_with_a_new_one_has_changed_and_is_counted_once(registry: Registry) -> None:
    ran(registry, "A")

    report = ran(registry, to("A", "B"), to("B", "A"))

    assert (2, 1, 1, 0) == (report.read, report.new, report.changed, report.unchanged)
    assert [["B"], ["A"]] == [links(registry, one) for one in "AB"]


def test_what_cannot_be_resolved_is_a_finding_until_it_is_there(registry: Registry) -> None:
    first = ran(registry, to("A", "B"))
    before = (links(registry, "A"), unresolved(registry))

    second = ran(registry, to("A", "B"), "B")

    assert ([], ["A"]) == before
    assert ["LINK_UNRESOLVED"] == [one.code for one in first.findings]
    assert () == second.findings
    assert (["B"], []) == (links(registry, "A"), unresolved(registry))


def test_what_refers_to_itself_or_to_what_is_refused_or_erased_is_taken_without_that(registry: Registry) -> None:
    ran(registry, "E")
    with registry.storage.begin() as unit:
        erased_record(registry, unit, record(registry, "E"), "Asked for.")

    report = ran(registry, to("A", "A"), to("B", "X"), {"bad": "X"}, to("C", "E"))

    found = {(one.record, one.code) for one in report.findings if not one.refused}
    assert {("A", "LINK_TO_ITSELF"), ("B", "LINK_UNRESOLVED"), ("C", "LINK_UNRESOLVED")} == found
    assert [[], [], []] == [links(registry, one) for one in "ABC"]


def test_a_public_part_does_not_refer_to_what_waits_for_review_and_does_once_that_is_out(registry: Registry) -> None:
    hidden = (to("A", "B"), {"id": "B", "held": True})
    ran(registry, *hidden)
    first = (links(registry, "A"), links(registry, "A", "restricted"), record(registry, "A").revision)
    same = ran(registry, *hidden)
    revision = record(registry, "A").revision

    ran(registry, to("A", "B"), "B")
    ran(registry, to("A", "B"), {"id": "B", "title": "Out"})
    ran(registry, to("A", "B"), {"id": "B", "title": "Out"})
    out = (links(registry, "A"), links(registry, "A", "restricted"))
    last = ran(registry, to("A", "B"), {"id": "B", "title": "Out"})

    assert ([], ["B"], 1) == first
    assert (2, 1) == (same.unchanged, revision)
    assert State.PUBLISHED is record(registry, "B").state
    assert (["B"], []) == out
    assert 2 == last.unchanged


def test_a_link_to_what_was_withdrawn_stays_where_it_stands(registry: Registry) -> None:
    ran(registry, to("A", "B"), "B")
    ran(registry, to("A", "B"), {"id": "B", "gone": True})

    report = ran(registry, to("A", "B"), {"id": "B", "gone": True})

    assert (1, ["B"], 1) == (report.unchanged, links(registry, "A"), record(registry, "A").revision)


def test_more_links_than_a_record_may_have_are_cut_and_a_second_run_changes_nothing(registry: Registry) -> None:
    ids = numbered(250)
    ran(registry, *ids)

    ran(registry, *ids, to("A", *ids))
    report = ran(registry, *ids, to("A", *ids))

    assert [("A", "TOO_MANY")] == [(one.record, one.code) for one in report.findings]
    assert 251 == report.unchanged
    assert 200 == len(links(registry, "A"))


def test_a_dry_run_resolves_links_to_what_it_would_take_in(registry: Registry) -> None:
    report = ran(registry, to("A", "B"), "B", to("C", "X"), dry_run=True)

    assert [("C", "LINK_UNRESOLVED")] == [(one.record, one.code) for one in report.findings]


def test_an_order_is_found_for_any_graph_without_going_deep() -> None:
    chain = {str(at): [str(at + 1)] for at in range(50_000)}
    ring = {**chain, "50000": ["0"]}

    assert [str(at) for at in range(49_999, -1, -1)] == list(targets_first(chain))
    assert ring.keys() == set(targets_first(ring))
    assert ("b", "a") == targets_first({"a": ["b", "b", "a", "nowhere"], "b": ["a"]})


def test_a_changed_record_whose_reference_may_not_be_public_has_no_gap_in_its_revisions(registry: Registry) -> None:
    ran(registry, "A", {"id": "B", "held": True})

    ran(registry, to("A", "B"), {"id": "B", "held": True})

    assert ([], ["B"]) == (links(registry, "A"), links(registry, "A", "restricted"))
    assert () == verify(registry, LOCAL_OPERATOR).faults
