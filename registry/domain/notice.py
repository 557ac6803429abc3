"""Notices: an organisation named in a record that is about to be shown widely is told of the passage about it.

Neither notice, silence nor objection delays publication. What became of it stands beside the claim: asked on a day,
answer due on another, then the answer, or that none came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any, NewType

from registry.domain.account import Organisation
from registry.domain.canonical import Document
from registry.domain.record import OrganisationId, Record, RecordUid
from registry.domain.vocabulary import Kind, StatementKind, Tlp

NoticeId = NewType("NoticeId", str)

ANSWER_WITHIN = timedelta(days=14)
ANSWER_WITHIN_IN_DANGER = timedelta(days=2)
# Where a record names parties, and under which name of the entry; those in actors are never told.
_PLACES = (("systems", "provider"), ("targets", "label"), ("affected", "provider"))

# Kinds of targets that are organisations; others are classes of people or things, which nobody can write to.
_ORGANISATIONS = frozenset({"company", "non_profit", "government"})


class NoticeState(StrEnum):
    """What became of a notice. Source: this project."""

    ASKED = "asked"
    ANSWERED = "answered"
    NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True)
class Notice:
    """One party asked about one record.

    Attributes:
        draft_revision: the work that was about to be published.
        party: the name as the record writes it.
        organisation: the member organisation it means; ``None`` for one that the operator has to write to.
        passage: what the record says about it: title, and the entries that name it, as lines.
        answer: uid of the statement it answered with, which is reviewed as any other.
    """

    id: NoticeId
    uid: RecordUid
    draft_revision: int
    party: str
    organisation: OrganisationId | None
    passage: str
    asked_at: datetime
    due_at: datetime
    state: NoticeState = NoticeState.ASKED
    answer: RecordUid | None = None


@dataclass(frozen=True, slots=True)
class Party:
    """A name in a record, with the passage about it.

    ``is_organisation`` tells whether it is one for sure; others are told only if they are members.
    """

    name: str
    passage: str
    is_organisation: bool


def wants_notice(record: Record) -> bool:
    """Whether parties named in the record's newest work are told: it is about to be CLEAR or GREEN, was submitted
    here, and is under no embargo."""
    marking = record.newest.marking
    wide = marking.tlp in {Tlp.CLEAR, Tlp.GREEN}
    return wide and marking.embargo_until is None and not record.imported and not record.sealed


def parties_of(kind: Kind, document: Document, title: str) -> tuple[Party, ...]:
    """The parties that a public part names, each once, in the order of the content."""
    if kind not in {Kind.INCIDENT, Kind.WEAKNESS}:
        return ()
    found: dict[str, list[str]] = {}
    organisations: set[str] = set()
    part: Any = document
    for field, name in _PLACES:
        for entry in part.get(field, ()):
            named = entry.get(name)
            if named:
                line = ", ".join(f"{key}: {value}" for key, value in entry.items() if isinstance(value, str))
                found.setdefault(named, []).append(f"{field}: {line}")
                if name == "provider" or entry.get("kind") in _ORGANISATIONS:
                    organisations.add(named)
    return tuple(
        Party(name, "\n".join((title, *lines)), is_organisation=name in organisations) for name, lines in found.items()
    )


def is_shown(notice: Notice, record: Record) -> bool:
    """Whether the notice stands beside what strangers read of *record*, as stored: it was given about that work, or
    about earlier work, and the party is still named there."""
    public = record.head.public
    if public is None or not record.is_out or notice.draft_revision > record.head.draft_revision:
        return False
    return any(notice.party == one.name for one in parties_of(record.kind, public.document, ""))


def is_answered_by(notice: Notice, statement: Record) -> bool:
    """Whether *statement*, just handed in, is the party's response to the record that the notice is about."""
    public: Any = statement.head.public.document if statement.head.public else {}
    is_response = public.get("statement_kind") == StatementKind.RESPONSE and public.get("about") == notice.uid
    return is_response and notice.answer is None and notice.organisation == statement.owner


def organisation_named(name: str, organisations: Iterable[Organisation]) -> Organisation | None:
    """The member organisation that a record means by *name*: by its name, its slug or another name it goes by."""
    wanted = name.casefold()
    return next((one for one in organisations if wanted in one.known_as), None)


def due_at(asked_at: datetime, *, in_danger: bool) -> datetime:
    """When an answer is due; sooner where danger is imminent."""
    return asked_at + (ANSWER_WITHIN_IN_DANGER if in_danger else ANSWER_WITHIN)


def text_to_send(notice: Notice, *, node: str, address: str, number: str | None) -> str:
    """The notice as a text for a party that is no member, ready to be sent by the operator.

    Args:
        number: of the record, once what the notice is about is public.
    """
    about = "is about to publish a record that names you, handed in by another organisation"
    if number is not None:
        about = f"published the record {number}, which names you and was handed in by another organisation"
    where = "" if number is None else f"The record: {address}/r/{number}\n"
    return (
        f"To {notice.party}\n\n"
        f"{node} {about}. This is the passage:\n"
        f"\n{notice.passage}\n\n{where}"
        f"You may answer until {notice.due_at.date().isoformat()}. Your answer will stand beside the record. Neither "
        f"your answer nor your silence delays publication, and neither says that the account is right.\n"
        f"To answer, to correct or to object: {address}/notice\n"
    )
