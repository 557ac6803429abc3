"""The envelope: stage, newest work, tombstones, labels; and parts that fit their hashes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.errors import Corrupt
from registry.domain.record import RecordUid, State, StoredPart
from tests import factories


def test_a_part_that_fits_its_hash_is_accepted() -> None:
    factories.part({"a": 1}).verify()


PART = factories.part({"a": 1})


@pytest.mark.parametrize(
    "altered",
    [replace(PART, body=b'{"a":2}'), replace(PART, salt=bytes(16)), replace(PART, hash=bytes(32))],
    ids=["body", "salt", "hash"],
)
def test_an_altered_part_is_corrupt(altered: StoredPart) -> None:
    with pytest.raises(Corrupt):
        altered.verify()


def test_the_document_is_what_was_stored() -> None:
    assert {"a": [1, "b"]} == factories.part({"a": [1, "b"]}).document


def test_the_stage_is_that_of_the_newest_work() -> None:
    published = factories.published()
    revised = factories.with_work(published, pending=State.IN_REVIEW)

    assert (State.PUBLISHED, State.IN_REVIEW) == (published.stage, revised.stage)
    assert (published.head, revised.work) == (published.newest, revised.newest)


def test_a_draft_is_called_by_the_end_of_its_uid() -> None:
    draft = factories.draft(uid=RecordUid("01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90"))

    assert draft.label == "draft-8e1b90"
    assert replace(draft, number="LOCAL-INC-2026-1").label == "LOCAL-INC-2026-1"
