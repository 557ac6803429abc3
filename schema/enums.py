"""Closed vocabularies as GraphQL enums: names in capitals, the values are the domain's own."""

from __future__ import annotations

from enum import StrEnum

import strawberry

from registry.domain.actor import Permission, Role
from registry.domain.change import ChangeKind
from registry.domain.conflict import ConflictKind
from registry.domain.content.base import Model
from registry.domain.content.kinds import PUBLIC, RESTRICTED
from registry.domain.content.marking import Marking
from registry.domain.likeness import Reason
from registry.domain.pages import RecordOrder
from registry.domain.people import PeopleCheck
from registry.domain.record import State
from registry.domain.search import SearchSort
from registry.domain.vocabulary import Kind, LinkRel, OrganisationKind
from registry.domain.welfare import Topic
from registry.domain.workflow import Step
from schema.shapes import enums_of


class ReviewDecision(StrEnum):
    """What a reviewer decides about a submission."""

    CLAIM = "claim"
    RELEASE = "release"
    REQUEST_CHANGES = "request_changes"
    APPROVE = "approve"
    REJECT = "reject"


class SearchScope(StrEnum):
    """Where to search: in what is public, or in what only you and your organisation or the reviewers see."""

    PUBLIC = "public"
    MINE = "mine"


# Names that differ from the class, because another GraphQL type has the plain one or it says too little.
_NAMES: dict[type[StrEnum], str] = {
    Kind: "RecordKind",
    State: "RecordState",
    Step: "WorkflowStep",
    Reason: "DuplicateReason",
    Topic: "WelfareTopic",
}


def _register() -> None:
    models: list[type[Model]] = [*PUBLIC.values(), *RESTRICTED.values(), Marking]
    used = {enum for model in models for enum in enums_of(model)}
    own = {
        Kind,
        Reason,
        State,
        Step,
        LinkRel,
        OrganisationKind,
        Role,
        Permission,
        ChangeKind,
        RecordOrder,
        SearchSort,
        PeopleCheck,
        ConflictKind,
        Topic,
    }
    for enum in used | own | {ReviewDecision, SearchScope}:
        strawberry.enum(enum, name=_NAMES.get(enum, enum.__name__), description=(enum.__doc__ or "").strip())


_register()
