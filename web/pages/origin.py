"""Where a record comes from and under which terms it may be used, as pages and citations say it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from registry.domain.content.marking import DEFAULT_LICENCE
from registry.domain.licence import Duty, terms_of
from registry.domain.record import Record
from registry.domain.vocabulary import MappingMethod
from web.pages.findings import place_of

DUTIES: dict[Duty, str] = {
    Duty.ATTRIBUTION: "name the publisher",
    Duty.SHARE_ALIKE: "share what you make of it under the same licence",
    Duty.NON_COMMERCIAL: "no commercial use",
    Duty.NO_DERIVATIVES: "no changed versions",
}
METHODS: dict[MappingMethod, str] = {
    MappingMethod.RULE: "mapped by our rule",
    MappingMethod.MACHINE: "judged by a machine",
}


@dataclass(frozen=True, slots=True)
class MappedLine:
    """One field that the publisher does not hold as it stands here; ``how`` is a whole line of words."""

    place: str
    how: str
    is_machine: bool


@dataclass(frozen=True, slots=True)
class Origin:
    """What holds of one record.

    Attributes:
        licence_url: where the licence stands; ``None`` where it is not one that we know.
        asks: what the licence and the publisher ask for, in words.
        attribution: how the publisher is to be named.
    """

    licence: str
    licence_url: str | None
    asks: tuple[str, ...]
    attribution: str | None
    mapped: tuple[MappedLine, ...]


def origin_of(record: Record, document: Mapping[str, Any]) -> Origin:
    """The origin of *record* with this public part."""
    marking, upstream = record.head.marking, document.get("upstream") or {}
    terms = terms_of(marking.licence, marking.obligations)
    duties = [DUTIES[duty] for duty in Duty if duty in terms.duties]
    besides = [one for one in marking.obligations if one.strip().lower() not in set(Duty)]
    return Origin(
        licence=marking.licence,
        licence_url=terms.url,
        asks=(*duties, *besides),
        attribution=upstream.get("attribution"),
        mapped=_mapped(upstream.get("mapped", ())),
    )


def licence_note(record: Record) -> str | None:
    """The licence, where lists have to say it: it is another than that of what members of this registry write."""
    licence = record.head.marking.licence
    return None if licence == DEFAULT_LICENCE else licence


def _mapped(fields: Sequence[Mapping[str, str]]) -> tuple[MappedLine, ...]:
    return tuple(_line(one) for one in fields)


def _line(one: Mapping[str, str]) -> MappedLine:
    method = MappingMethod(one["method"])
    said = f"{METHODS[method]} ({one['by']})"
    if "basis" in one:
        said += f", from {one['basis']}"
    if "confidence" in one:
        said += f"; {one['confidence']} confidence"
    return MappedLine(place_of(one["field"].split(".")), said, method is MappingMethod.MACHINE)
