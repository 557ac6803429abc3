"""References from one record to others: where they stand in content, and in which part they may stand.

A body holds bare uids only; numbers and titles are resolved for each viewer. A public part names no record that
fewer people may see than itself: such a reference stands in the restricted part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from registry.domain.canonical import Document
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import LinkRel


class FieldRel(StrEnum):
    """Relations that follow from other fields than links."""

    ABOUT = "about"
    ADDRESSES = "addresses"


Rel = LinkRel | FieldRel


@dataclass(frozen=True, slots=True)
class Reference:
    """One uid in a part's document, and the place it stands at: list field, position, name of the value."""

    rel: str
    target: RecordUid
    path: tuple[str, ...]
    clause: str = ""

    @property
    def is_link(self) -> bool:
        """Whether it is an entry of ``links``, and not a value within another object."""
        return self.path[0] == "links"


# Fields of list entries that name a record: list field, name of the value, relation.
_NAMED: tuple[tuple[str, str, Rel], ...] = (
    ("evidence", "incident", LinkRel.OBSERVED_IN),
    ("addresses", "weakness", FieldRel.ADDRESSES),
)


def references(document: Document) -> tuple[Reference, ...]:
    """Every reference of a part, in the order of its fields."""
    return tuple(_references(document))


def _references(document: Document) -> Iterator[Reference]:
    part: Any = document
    if "about" in part:
        yield Reference(FieldRel.ABOUT, RecordUid(part["about"]), ("about",))
    for at, link in enumerate(part.get("links", ())):
        path = ("links", str(at), "target")
        yield Reference(link["rel"], RecordUid(link["target"]), path, link.get("clause", ""))
    for field, name, rel in _NAMED:
        for at, item in enumerate(part.get(field, ())):
            if name in item:
                yield Reference(rel, RecordUid(item[name]), (field, str(at), name))


def is_seen_with(target: Record, record: Record) -> bool:
    """Whether everybody to whom *record* is, or will be, given out may see *target* now.

    A record under embargo, or one that is about a closed record, may be seen by more people than now, so its own
    marking counts, not what keeps it from them. Of a sealed target not even reviewers know.
    """
    marking = record.head.marking
    if target.sealed and not record.sealed:
        return False
    if marking.tlp.strictness == 0:
        return target.is_public
    if target.is_public or (target.is_out and target.is_open_to_community):
        return True
    if marking.tlp.strictness == 1:
        return False
    if marking.audience is None:
        return True
    return target.is_out and target.shared_with == marking.audience


def place(public: Document, restricted: Document, may_stay: Callable[[RecordUid], bool]) -> tuple[Document, Document]:
    """The two parts with every reference that may not stay in the public part moved into the restricted one.

    What a statement is about stays: a statement is never more visible than that.
    """
    going = [one for one in references(public) if one.rel != FieldRel.ABOUT and not may_stay(one.target)]
    if not going:
        return public, restricted
    gone = {one.path for one in going}
    kept: dict[str, Any] = dict(public)
    links: Any = public.get("links", ())
    kept["links"] = [one for at, one in enumerate(links) if ("links", str(at), "target") not in gone]
    for field, name, _ in _NAMED:
        items: Any = public.get(field, ())
        left = (
            {key: value for key, value in item.items() if key != name or (field, str(at), name) not in gone}
            for at, item in enumerate(items)
        )
        # An entry that named the record and nothing else says nothing any more.
        kept[field] = [item for item in left if item]
    there: Any = restricted.get("links", ())
    moved = [_as_link(one) for one in going]
    more = [one for at, one in enumerate(moved) if one not in there and one not in moved[:at]]
    return _without_empty(kept), {**restricted, "links": [*there, *more]}


def _as_link(reference: Reference) -> dict[str, Any]:
    rel = LinkRel.RELATED if reference.rel == FieldRel.ADDRESSES else reference.rel
    return {"rel": str(rel), "target": reference.target} | ({"clause": reference.clause} if reference.clause else {})


def _without_empty(document: dict[str, Any]) -> Document:
    return {name: value for name, value in document.items() if value != []}
