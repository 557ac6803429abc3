"""Markings of the Traffic Light Protocol as others write them. Only what is CLEAR is for everybody.

A feed is no agreement to share: what is marked otherwise keeps that marking and waits for somebody who knows the terms.
"""

from __future__ import annotations

from collections.abc import Iterable

from importers.entry import Entry
from registry.domain.vocabulary import Tlp

_BY_NAME = {
    "white": Tlp.CLEAR,
    "clear": Tlp.CLEAR,
    "green": Tlp.GREEN,
    "amber": Tlp.AMBER,
    "amber+strict": Tlp.AMBER_STRICT,
    "red": Tlp.RED,
}
# Ids that STIX 2.1 and the OASIS extension for TLP 2.0 give to these markings.
_BY_STIX_ID = {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487": Tlp.CLEAR,
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb": Tlp.GREEN,
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421": Tlp.AMBER,
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003": Tlp.AMBER_STRICT,
    "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1": Tlp.RED,
}


def tlp_named(name: str) -> Tlp:
    """The level of this name; one that is not known is RED."""
    return _BY_NAME.get(name.strip().lower().removeprefix("tlp:"), Tlp.RED)


def tlp_of_stix(marking: str) -> Tlp | None:
    """The level that a marking of STIX stands for by its id."""
    return _BY_STIX_ID.get(marking)


def strictest(levels: Iterable[Tlp]) -> Tlp | None:
    """The narrowest of *levels*; ``None`` where there is none."""
    return max(levels, key=lambda level: level.strictness, default=None)


def marked(entry: Entry, level: Tlp | None, *, unmarked: Tlp | None) -> Tlp:
    """Under which level the record is taken; notes why it is held unless that is CLEAR.

    Args:
        unmarked: what the source's row says of records without a marking.
    """
    if level is None and unmarked is None:
        entry.note("NOT_MARKED", "it does not say whom it is meant for; held until somebody knows", held=True)
        return Tlp.RED
    found = level or unmarked or Tlp.RED
    if found is not Tlp.CLEAR:
        entry.note("TLP_NOT_CLEAR", f"marked {found.value}; held, since a feed is no agreement to share it", held=True)
    return found
