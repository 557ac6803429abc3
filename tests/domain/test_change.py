"""The change log is a chain in which a missing, moved or altered row is found."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from registry.domain.alike import Alike
from registry.domain.canonical import part_hash
from registry.domain.change import (
    CHAIN_START,
    Change,
    ChangeKind,
    NewChange,
    link,
    link_alike,
    redact_internal,
    verify_chain,
    visibility_of,
)
from registry.domain.derived import Derived
from registry.domain.errors import Corrupt
from registry.domain.record import Cap, RecordUid, StoredPart
from registry.domain.vocabulary import Kind, Tlp
from registry.domain.workflow import Step
from tests import factories
from tests.clocks import START

FULL = NewChange(
    ChangeKind.REVIEW,
    "person:1",
    START,
    public=True,
    uid=RecordUid("01930f3e-7c1a-7b52-9a64-2f0c5d8e1b90"),
    subject="organisation:acme",
    step=Step.PUBLISH,
    revision=2,
    draft_revision=5,
    public_hash=bytes(32),
    restricted_hash=bytes([1]) * 32,
)


def chain(length: int) -> list[Change]:
    """A sound log of this many rows; every second one is public."""
    rows: list[Change] = []
    before = CHAIN_START
    for seq in range(1, length + 1):
        row = replace(FULL, revision=seq)
        rows.append(link(row, seq=seq, public_seq=seq // 2 if seq % 2 == 0 else None, before=before))
        before = rows[-1].chain_hash
    return rows


def altered_fields() -> dict[str, Callable[[Change], Change]]:
    """A way to alter each thing that a row says."""

    def field(**fields: object) -> Callable[[Change], Change]:
        return lambda change: replace(change, row=replace(change.row, **fields))  # type: ignore[arg-type]

    return {
        "public_seq": lambda change: replace(change, public_seq=99),
        "chain_hash": lambda change: replace(change, chain_hash=bytes(32)),
        "kind": field(kind=ChangeKind.ERASE),
        "actor": field(actor="person:2"),
        "at": field(at=START + timedelta(microseconds=1)),
        "uid": field(uid=RecordUid("01930f3e-7c1a-7b52-9a64-2f0c5d8e1b91")),
        "subject": field(subject=None),
        "step": field(step=Step.APPROVE),
        "revision": field(revision=77),
        "draft_revision": field(draft_revision=6),
        "public_hash": field(public_hash=None),
        "restricted_hash": field(restricted_hash=bytes(32)),
    }


@pytest.mark.parametrize("length", [0, 1, 7])
def test_a_sound_chain_is_walked_to_its_end(length: int) -> None:
    assert length == verify_chain(chain(length))


def test_a_chain_can_be_walked_from_the_middle() -> None:
    rows = chain(6)

    assert verify_chain(rows[3:], before=rows[2].chain_hash, seq=3) == 3


@given(st.integers(1, 6), st.data())
def test_a_missing_row_is_found(length: int, data: st.DataObject) -> None:
    rows = chain(length + 1)
    missing = data.draw(st.integers(0, length - 1))

    with pytest.raises(Corrupt, match=f"change {missing + 1} "):
        verify_chain(rows[:missing] + rows[missing + 1 :])


@given(st.data())
def test_swapped_rows_are_found(data: st.DataObject) -> None:
    rows = chain(6)
    one, other = sorted(data.draw(st.sets(st.integers(0, 5), min_size=2, max_size=2)))
    rows[one], rows[other] = rows[other], rows[one]

    with pytest.raises(Corrupt, match=f"change {one + 1} "):
        verify_chain(rows)


def test_rows_that_are_renumbered_after_a_swap_are_found() -> None:
    rows = chain(3)
    rows[0], rows[1] = replace(rows[1], seq=1), replace(rows[0], seq=2)

    with pytest.raises(Corrupt, match="change 1 "):
        verify_chain(rows)


@pytest.mark.parametrize("name", list(altered_fields()))
@pytest.mark.parametrize("position", [0, 2, 4])
def test_an_altered_row_is_found(name: str, position: int) -> None:
    rows = chain(5)
    rows[position] = altered_fields()[name](rows[position])

    with pytest.raises(Corrupt, match=f"change {position + 1} "):
        verify_chain(rows)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=12)
HASHES = st.binary(min_size=32, max_size=32)


@given(
    row=st.builds(
        NewChange,
        st.sampled_from(ChangeKind),
        TEXTS,
        st.datetimes(timezones=st.just(UTC)),
        public=st.booleans(),
        subject=st.none() | TEXTS,
        step=st.none() | st.sampled_from(Step),
        revision=st.integers(0, 2**40),
        draft_revision=st.integers(0, 2**40),
        visibility=st.none() | TEXTS,
    ),
    others=st.lists(st.tuples(TEXTS, HASHES, HASHES), max_size=4),
    seq=st.integers(0, 2**40),
    public_seq=st.integers(0, 2**40),
)
def test_rows_that_are_alike_have_the_hashes_that_they_have_one_by_one(
    row: NewChange, others: list[tuple[str, bytes, bytes]], seq: int, public_seq: int
) -> None:
    def part(hash_: bytes) -> StoredPart:
        return StoredPart("", b"", b"", hash_)

    alike = [
        Alike(RecordUid(uid), "", part(public), None, restricted, Derived(), 0) for uid, public, restricted in others
    ]

    found = list(link_alike(row, alike, seq=seq, public_seq=public_seq, before=CHAIN_START))

    expected, before = [], CHAIN_START
    for at, (uid, public, restricted) in enumerate(others, 1):
        one = replace(row, uid=RecordUid(uid), public_hash=public, restricted_hash=restricted)
        before = link(one, seq=seq + at, public_seq=public_seq + at if row.public else None, before=before).chain_hash
        expected.append(before)
    assert expected == found


def test_another_beginning_is_found() -> None:
    with pytest.raises(Corrupt):
        verify_chain(chain(2), before=bytes([1]) * 32)


def test_a_row_about_no_record_can_be_chained() -> None:
    change = link(factories.change(subject="taxonomy:atlas"), seq=1, public_seq=None, before=CHAIN_START)

    assert verify_chain([change]) == 1


def test_strangers_learn_neither_the_actor_nor_what_counts_drafts() -> None:
    [change] = chain(1)

    seen = redact_internal(change).row

    assert ("", 0, None, None) == (seen.actor, seen.draft_revision, seen.restricted_hash, seen.step)
    assert (FULL.kind, FULL.uid, 1, FULL.public_hash) == (seen.kind, seen.uid, seen.revision, seen.public_hash)


def reasoned(**fields: object) -> Change:
    """A row with a reason, first in its chain."""
    row = replace(FULL, reason="Why.", reason_salt=b"salt", reason_hash=part_hash(b"salt", b"Why."))
    return link(replace(row, **fields), seq=1, public_seq=1, before=CHAIN_START)  # type: ignore[arg-type]


def test_a_reason_can_be_forgotten_and_the_chain_holds() -> None:
    change = reasoned()
    forgotten = replace(change, row=replace(change.row, reason=None, reason_salt=None))

    assert 1 == verify_chain([change]) == verify_chain([forgotten])


@pytest.mark.parametrize(
    "fields", [{"reason": "Other."}, {"reason_salt": b"other"}, {"reason_hash": None}, {"reason_salt": None}]
)
def test_a_reason_that_does_not_fit_its_hash_is_found(fields: dict[str, object]) -> None:
    with pytest.raises(Corrupt, match="reason of change 1"):
        verify_chain([reasoned(**fields)])


def test_rows_of_the_first_release_have_the_hash_that_they_had() -> None:
    """What they had not is left out, where it is empty, and told, where it is not."""
    plain = link(FULL, seq=1, public_seq=1, before=CHAIN_START)
    said = [replace(FULL, visibility="CLEAR/RED"), replace(FULL, reason_hash=b"hash")]

    assert plain.chain_hash == link(replace(FULL, reason="Why."), seq=1, public_seq=1, before=CHAIN_START).chain_hash
    assert 3 == len(
        {plain.chain_hash, *(link(one, seq=1, public_seq=1, before=CHAIN_START).chain_hash for one in said)}
    )


@pytest.mark.parametrize("kind", ChangeKind)
def test_strangers_are_told_why_only_of_what_is_gone_or_back(kind: ChangeKind) -> None:
    told = redact_internal(reasoned(kind=kind, visibility="GREEN/RED audience=cert")).row

    gone_or_back = {"withdraw", "restore", "erase", "merge", "split", "block"}
    assert (kind.value in gone_or_back) == (told.reason is not None)
    assert (None, None, None) == (told.visibility, told.reason_hash, told.reason_salt)


def test_the_words_of_visibility_say_all_that_decides_it() -> None:
    marking = {"tlp": "AMBER", "audience": "cert", "restricted_tlp": "RED", "embargo_until": "2027-01-01T00:00:00Z"}
    record = factories.published(factories.content(marking=marking), embargoed=True, blocked=True, legal_hold=True)

    assert "AMBER/RED audience=cert embargo=2027-01-01T00:00:00+00:00 blocked legal_hold" == visibility_of(record)
    assert "AMBER/RED audience=cert" == visibility_of(replace(record, embargoed=False, blocked=False, legal_hold=False))
    assert "AMBER/RED sealed" == visibility_of(
        replace(record, embargoed=False, blocked=False, legal_hold=False, sealed=True)
    )
    assert "CLEAR/RED" == visibility_of(factories.published())
    capped = factories.published(factories.content(Kind.STATEMENT), cap=Cap(Tlp.GREEN, embargoed=True))
    assert "GREEN/RED embargo=of its subject" == visibility_of(capped)
