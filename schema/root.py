"""The GraphQL schema, built once."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import cache, cached_property

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from schema.alerts import AlertMutations, AlertQueries
from schema.applications import ApplicationMutations, ApplicationQueries
from schema.budgets import BudgetQueries
from schema.candidates import CandidateMutations, CandidateQueries
from schema.cases import CaseMutations, CaseQueries
from schema.deadlines import DeadlineQueries
from schema.duplicates import DuplicateMutations, DuplicateQueries
from schema.execution import make_direct
from schema.export import ExportQueries
from schema.graph import GraphQueries
from schema.groups import GroupMutations, GroupQueries
from schema.imported import ImportedMutations, ImportedQueries
from schema.importing import ImportMutations, ImportQueries
from schema.keys import KeyMutations
from schema.members import MemberMutations, MemberQueries
from schema.merging import MergingMutations
from schema.mutations import RecordMutations
from schema.notices import NoticeMutations, NoticeQueries
from schema.numbers import NumberMutations, NumberQueries
from schema.organisations import OrganisationMutations
from schema.policy_watch import PolicyWatchMutations, PolicyWatchQueries
from schema.proposals import ProposalMutations, ProposalQueries
from schema.queries import RecordQueries
from schema.queue import ReviewQueueMutations, ReviewQueueQueries
from schema.relations import RelationMutations, RelationQueries
from schema.reports import ReportMutations, ReportQueries
from schema.saved_searches import SavedSearchMutations, SavedSearchQueries
from schema.screening import ScreeningMutations, ScreeningQueries
from schema.sessions import SessionMutations, SessionQueries
from schema.shapes import LargeInt
from schema.sources import SourceQueries
from schema.syncing import SyncQueries
from schema.taking_away import TakingAwayMutations, TakingAwayQueries
from schema.taxonomies import TaxonomyQueries
from schema.trends import TrendQueries
from schema.types.shown import TYPES
from schema.webhooks import WebhookMutations, WebhookQueries
from schema.welfare import WelfareMutations, WelfareQueries

_LARGEST = 2**53 - 1


@strawberry.type(description="Everything that can be read.")
class Query(
    RecordQueries,
    BudgetQueries,
    GroupQueries,
    TakingAwayQueries,
    CaseQueries,
    ReportQueries,
    NumberQueries,
    DeadlineQueries,
    SourceQueries,
    ImportQueries,
    SyncQueries,
    TaxonomyQueries,
    ExportQueries,
    TrendQueries,
    DuplicateQueries,
    CandidateQueries,
    RelationQueries,
    ProposalQueries,
    GraphQueries,
    ScreeningQueries,
    NoticeQueries,
    PolicyWatchQueries,
    WebhookQueries,
    SavedSearchQueries,
    AlertQueries,
    ReviewQueueQueries,
    ImportedQueries,
    WelfareQueries,
    ApplicationQueries,
    MemberQueries,
    SessionQueries,
):
    """The root of reads: each area of the schema brings its own fields."""


@strawberry.type(description="Everything that can be changed.")
class Mutation(
    RecordMutations,
    AlertMutations,
    KeyMutations,
    ApplicationMutations,
    MemberMutations,
    OrganisationMutations,
    NoticeMutations,
    PolicyWatchMutations,
    WebhookMutations,
    SavedSearchMutations,
    ImportMutations,
    ReviewQueueMutations,
    ImportedMutations,
    WelfareMutations,
    GroupMutations,
    TakingAwayMutations,
    CaseMutations,
    ReportMutations,
    NumberMutations,
    DuplicateMutations,
    CandidateMutations,
    RelationMutations,
    MergingMutations,
    ProposalMutations,
    ScreeningMutations,
    SessionMutations,
):
    """The root of writes: each area of the schema brings its own fields."""


def _large_int(value: object) -> int:
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) <= _LARGEST:
        return value
    raise ValueError("a whole number up to 2^53-1 is expected")


def _read_instant(value: object) -> datetime:
    if isinstance(value, str):
        return datetime.fromisoformat(value)
    raise ValueError("an instant is expected")


def _say_instant(value: datetime) -> str:
    return value.astimezone(UTC).isoformat().replace("+00:00", "Z")


class Schema(strawberry.Schema):
    """Strawberry's schema, from which the executed one is taken."""

    @property
    def core(self) -> GraphQLSchema:
        """The schema as graphql-core knows it."""
        return self._schema

    @cached_property
    def sdl(self) -> str:
        """The schema in the schema definition language; printing it takes longer than most requests."""
        return self.as_str() + "\n"


@cache
def build_schema() -> Schema:
    """The schema; the same object at each call."""
    large = strawberry.scalar(
        name="LargeInt",
        description="A whole number that may exceed 32 bits, up to 2^53-1.",
        serialize=_large_int,
        parse_value=_large_int,
    )
    instant = strawberry.scalar(
        name="DateTime",
        description="An instant by RFC 3339, such as 2026-03-14T15:00:00Z. Answers are in UTC.",
        serialize=_say_instant,
        parse_value=_read_instant,
    )
    config = StrawberryConfig(scalar_map={LargeInt: large, datetime: instant})
    schema = Schema(Query, Mutation, types=list(TYPES.values()), config=config)
    make_direct(schema.core)
    return schema
