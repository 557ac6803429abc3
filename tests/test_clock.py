"""Ids are UUIDs of version 7, each later than the one before."""

from __future__ import annotations

from uuid import RFC_4122, UUID

from registry.clock import RandomIds


def test_uids_are_uuids_of_version_7_that_ascend_and_differ() -> None:
    ids = RandomIds()

    uids = [ids.uid() for _ in range(5000)]

    assert sorted(set(uids)) == uids
    assert uids == [str(UUID(uid)) for uid in uids]
    assert {(7, RFC_4122)} == {(UUID(uid).version, UUID(uid).variant) for uid in uids}
