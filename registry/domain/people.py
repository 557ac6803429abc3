"""The rule on people: who may be named in a public part, what a reviewer checks, and when source links are shown.

No natural person is named in a public part as victim, reporter or suspect. The two exceptions have a reason and two
approvals: whoever approves the record and whoever publishes it are different persons then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from enum import StrEnum
from typing import Any

from registry.domain.canonical import Document
from registry.domain.content.base import to_document
from registry.domain.content.kinds import Content
from registry.domain.content.marking import Marking
from registry.domain.errors import FourEyes, InvalidInput, Problem
from registry.domain.record import PersonId, Record, Revision

# Sexual harm: misuse categories, by their first step.
_SEXUAL = frozenset({"csae", "ncii"})
_MINORS = "children"


class PeopleCheck(StrEnum):
    """What a reviewer confirms about the people in a record before it is approved. Source: this project."""

    NOBODY_NAMED = "nobody_named"
    NO_MINOR = "no_minor"
    PSEUDONYMS = "pseudonyms"
    NOT_RECOGNISABLE = "not_recognisable"
    SOURCES = "sources"


CHECKLIST: dict[PeopleCheck, str] = {
    PeopleCheck.NOBODY_NAMED: "No natural person is named as victim, reporter or suspect, but for a stated exception.",
    PeopleCheck.NO_MINOR: "No minor is named, or described so that others know who is meant.",
    PeopleCheck.PSEUDONYMS: "Labels of actors are pseudonyms or tracking names.",
    PeopleCheck.NOT_RECOGNISABLE: "Places, dates and quotes together do not single a private person out.",
    PeopleCheck.SOURCES: "Titles of sources name nobody either, or their links stay hidden.",
}


def is_sensitive(public: Document, marking: Marking) -> bool:
    """Whether the record is about sexual harm, about minors, or names a person: then its sources need clearing."""
    part: Any = public
    stakeholders = {harm.get("stakeholder") for harm in part.get("harms", ())}
    return _is_sexual(part) or _MINORS in stakeholders or marking.names_person is not None


def people_problems(content: Content) -> Iterator[Problem]:
    """What is wrong with the exception that a submission claims, if it claims one."""
    marking = content.marking
    if marking.names_person is None:
        return
    if marking.names_person_reason is None:
        message = "say why the case cannot be told without the name"
        yield Problem(("marking", "names_person_reason"), "REQUIRED", message)
    if _is_sexual(to_document(content.public)):
        message = "nobody is named where intimate content is concerned"
        yield Problem(("marking", "names_person"), "NOT_ALLOWED", message)


def _is_sexual(part: Any) -> bool:
    return any(one.partition("/")[0] in _SEXUAL for one in part.get("misuse_categories", ()))


def require_checked(revision: Revision, checked: Collection[PeopleCheck]) -> None:
    """Let a record be approved whose people the reviewer has thought of, item by item.

    Only a sensitive record needs the whole list; of others the reviewer may confirm what applies.

    Raises:
        InvalidInput: items are missing, each with its text.
    """
    if revision.public is None or not is_sensitive(revision.public.document, revision.marking):
        return
    missing = [one for one in PeopleCheck if one not in checked]
    if missing:
        raise InvalidInput([Problem(("checked",), "CHECKLIST", f"{one}: {CHECKLIST[one]}") for one in missing])


def require_second_approval(record: Record, publisher: PersonId | None) -> None:
    """Let a record that names a person be published by another person than the one who approved it.

    Raises:
        FourEyes: both are the same.
    """
    if record.newest.marking.names_person is not None and record.approved_by == publisher:
        raise FourEyes("a record that names a person needs two approvals: another person must publish it")
