"""What changed between two revisions is told field by field, as people know the fields."""

from __future__ import annotations

from registry.domain.canonical import Document
from registry.domain.difference import difference
from registry.domain.history import Part, PartChange
from registry.domain.vocabulary import Kind
from tests import factories
from tests.client import Client
from tests.web.node import Node
from web.pages.difference import Mark, linked_uids, worded


def told(before: Document, after: Document) -> list[str]:
    """The changes as lines, what was taken out in brackets and what was put in in braces."""
    signs = {Mark.KEPT: "{}", Mark.REMOVED: "[{}]", Mark.ADDED: "<{}>"}
    changes = [PartChange(Part.CONTENT, one) for one in difference(before, after)]
    found = worded(changes, lambda code: f"name of {code}")
    return [f"{one.label}: {''.join(signs[mark].format(text) for mark, text in one.pieces)}" for one in found]


def test_a_step_put_in_changes_no_other_step() -> None:
    first, second, third = ({"text": text} for text in ("One.", "Two.", "Three."))

    assert ["How it was done, step 2 · Text: <Two.>"] == told(
        {"procedure": [first, third]}, {"procedure": [first, second, third]}
    )
    assert ["How it was done, step 1 · Text: [One.]"] == told({"procedure": [first, third]}, {"procedure": [third]})


def test_a_technique_is_told_by_its_name() -> None:
    assert ["How it was done, step 1 · Technique: name of [T1001]<T1002>"] == told(
        {"procedure": [{"technique": "T1001"}]}, {"procedure": [{"technique": "T1002"}]}
    )


def test_a_link_is_told_by_what_the_record_is_called() -> None:
    links: Document = {"links": [{"rel": "mitigated_by", "target": "0195"}]}
    changes = [PartChange(Part.CONTENT, one) for one in difference({}, links)]

    assert {"0195"} == linked_uids(changes)
    assert ["Links 1 · Rel: <Mitigated by>", "Links 1 · Target: <name of 0195>"] == told({}, links)


def test_words_in_a_list_are_compared_as_one_text() -> None:
    assert ["Misuse: spam<\nfraud>"] == told({"misuse_categories": ["spam"]}, {"misuse_categories": ["spam", "fraud"]})


def test_the_hash_of_the_sources_file_is_not_told() -> None:
    before, after = ({"upstream": {"id": "X", "sha256": digit * 64}} for digit in "01")

    assert [] == told(before, after)


def test_a_field_that_is_gone_or_new_is_told_whole() -> None:
    assert ["What happened: [All of it.]", "Severity: <3>"] == told({"narrative": "All of it."}, {"severity": 3})
    assert ["How it was found · By: <Us.>"] == told({}, {"detection": {"by": "Us."}})


def test_a_step_that_changed_its_place_is_told_as_moved() -> None:
    first, second, third = ({"text": text} for text in ("One.", "Two.", "Three."))

    assert ["How it was done, step 1: moved here from place 3"] == told(
        {"procedure": [first, second, third]}, {"procedure": [third, first, second]}
    )


def test_other_parts_are_told_after_the_content_and_by_name() -> None:
    marking = PartChange(Part.MARKING, *difference({"tlp": "GREEN"}, {"tlp": "CLEAR"}))
    title = PartChange(Part.CONTENT, *difference({"title": "A"}, {"title": "B"}))

    assert ["Title", "Marking · Tlp"] == [one.label for one in worded([marking, title])]


def test_the_page_names_linked_records_by_their_numbers_as_far_as_the_reader_sees_them(
    client: Client, node: Node
) -> None:
    measure = node.publish(factories.content(Kind.MITIGATION))
    record = node.publish(factories.content())
    links = [{"rel": "mitigated_by", "target": measure.uid}]
    node.revise(record, factories.content(links=links))

    page = client.get(f"/r/{record.number}/diff/1..2").text

    assert str(measure.number) in page
    assert measure.uid not in page
