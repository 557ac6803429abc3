"""Where records stand in channels: kept, moved, and read in order, channel by channel."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.errors import AlreadyExists
from registry.domain.interop.channel import Place
from registry.domain.record import RecordUid
from registry.ports import Storage

A, B, C = (RecordUid(f"01950000-0000-7000-8000-00000000000{one}") for one in "abc")


def place(uid: RecordUid, at: int, *, channel: str = "CLEAR//") -> Place:
    """A place that tells something."""
    return Place(channel, uid, f"name of {uid}", at, at, "said", sources=2, indicators=3, patterns=1)


def test_places_are_read_in_order_behind_a_time(storage: Storage) -> None:
    places = [place(A, 10), place(B, 20), place(C, 30), place(A, 15, channel="GREEN//")]
    with storage.begin() as unit:
        unit.places.put(places)

    with storage.read() as reader:
        assert tuple(places[1:3]) == reader.places.after("CLEAR//", 10, limit=9)
        assert (places[0],) == reader.places.after("CLEAR//", -1, limit=1)
        assert {"CLEAR//": 30, "GREEN//": 15} == reader.places.last(["CLEAR//", "GREEN//", "AMBER/x/"])
        assert {places[0], places[3]} == set(reader.places.of([A]))
        assert places[1] == reader.places.named("CLEAR//", f"name of {B}")
        assert None is reader.places.named("GREEN//", f"name of {B}")


def test_a_record_moves_and_stands_once_in_a_channel(storage: Storage) -> None:
    with storage.begin() as unit:
        unit.places.put([place(A, 10), place(B, 20)])
        moved = replace(place(A, 30), said="", told=True, sources=4)
        unit.places.put([moved])

    with storage.read() as reader:
        assert (place(B, 20), moved) == reader.places.after("CLEAR//", 0, limit=9)
        assert moved.is_gone


def test_no_two_stand_at_one_time_in_a_channel(storage: Storage) -> None:
    with pytest.raises(AlreadyExists), storage.begin() as unit:
        unit.places.put([place(A, 10), place(B, 10)])


def test_records_of_several_channels_come_by_uid_each_with_all_its_places(storage: Storage) -> None:
    places = [place(B, 10), place(A, 20), place(A, 15, channel="GREEN//"), place(C, 5, channel="AMBER/x/")]
    with storage.begin() as unit:
        unit.places.put(places)

    with storage.read() as reader:
        mine = ["CLEAR//", "GREEN//"]
        assert (places[1], places[2]) == reader.places.records(mine, after=None, limit=1)
        assert (places[0],) == reader.places.records(mine, after=A, limit=9)
        assert () == reader.places.records(mine, after=B, limit=9)
        assert 3 == reader.places.count(mine)
