"""What several documents of a run say of one record is put together, whatever their order."""

from __future__ import annotations

from dataclasses import replace

from importers.catalog import find
from importers.contract import Draft, Fragment, Mapped
from importers.joining import joined
from registry.domain.canonical import JsonValue
from registry.domain.finding import Finding
from registry.domain.vocabulary import Kind, MappingMethod

IMPORTER = replace(find("atlas"), parts=("classifications",))
RULE = Mapped("aliases", MappingMethod.RULE, "test-rules@1")


def draft(id_: str = "1", **content: JsonValue) -> Draft:
    return Draft(id_, Kind.INCIDENT, {"title": "Case", **content}, {}, "0" * 64)


def fragment(key: str = "1", part: str = "classifications", mark: str = "a", **content: JsonValue) -> Fragment:
    return Fragment(key, part, content, mark * 64, mapped=(RULE,), names=("Ada Example",))


def codes(findings: tuple[Finding, ...]) -> list[tuple[str, str]]:
    return [(one.record, one.code) for one in findings]


def test_lists_are_added_and_empty_fields_filled() -> None:
    ours = draft(aliases=["AIID-1"])
    theirs = fragment(aliases=["AIID-1", "OECD-9"], title="Another", summary="More of it.")

    complete, findings = joined(IMPORTER, {"1": ours}, [theirs])

    assert {"title": "Case", "summary": "More of it.", "aliases": ["AIID-1", "OECD-9"]} == complete["1"].content
    assert ((RULE,), ("Ada Example",)) == (complete["1"].mapped, complete["1"].names)
    assert () == findings


def test_the_order_of_documents_makes_no_difference() -> None:
    several = [fragment(mark="b", aliases=["B"]), fragment(mark="a", aliases=["A"])]

    one, _ = joined(IMPORTER, {"1": draft()}, several)
    other, _ = joined(IMPORTER, {"1": draft()}, several[::-1])

    assert one == other
    assert ["A", "B"] == one["1"].content["aliases"]


def test_a_record_with_fragments_has_another_hash_than_without() -> None:
    complete, _ = joined(IMPORTER, {"1": draft()}, [fragment(aliases=["A"])])
    changed, _ = joined(IMPORTER, {"1": draft()}, [fragment(mark="c", aliases=["A"])])

    assert 3 == len({draft().sha256, complete["1"].sha256, changed["1"].sha256})


def test_fragments_are_found_by_the_keys_that_a_draft_lists_in_that_order() -> None:
    ours = replace(draft(), joins=("report/2", "report/1"))
    reports = [fragment(f"report/{n}", "report", str(n), aliases=[f"R{n}"]) for n in (1, 2)]

    complete, _ = joined(replace(IMPORTER, parts=()), {"1": ours}, reports)

    assert ["R2", "R1"] == complete["1"].content["aliases"]


def test_what_is_missing_or_left_over_is_told() -> None:
    ours = replace(draft(), joins=("report/1",))
    spare = replace(fragment("report/8", "report"), is_needed=False)

    _, findings = joined(IMPORTER, {"1": ours}, [fragment("7", "OECD links"), spare])

    expected = [("1", "MISSING_PART"), ("7", "NO_RECORD"), ("atlas", "MISSING_PART")]
    assert expected == codes(findings)
    assert not any(one.refused for one in findings)


def test_a_run_without_records_misses_nothing() -> None:
    assert ({}, ()) == joined(IMPORTER, {}, [])


def test_what_is_beyond_the_limit_of_a_list_is_left_out_with_a_finding() -> None:
    complete, findings = joined(IMPORTER, {"1": draft()}, [fragment(aliases=[f"A{n}" for n in range(60)])])

    assert [("1", "TOO_MANY")] == codes(findings)
    assert [f"A{n}" for n in range(50)] == complete["1"].content["aliases"]
