"""What one transaction gives access to: the same for a unit and for a view, which cannot write."""

from __future__ import annotations

from functools import cached_property

from registry.storage.accounts import AccountTables
from registry.storage.alerts import ActivityTables, AlertTable, FreezeTable
from registry.storage.between_nodes import (
    AcknowledgementTable,
    DepartureTable,
    PeerFindingTable,
    PeerOwnerTable,
)
from registry.storage.candidates import MergeCandidateTables
from registry.storage.cases import CaseTables
from registry.storage.changes import ChangeTable
from registry.storage.counts import PublicCounts
from registry.storage.credentials import CredentialTables
from registry.storage.dumps import DumpTable
from registry.storage.envelopes import EnvelopeTables
from registry.storage.events import EventTable
from registry.storage.findings import FindingTable
from registry.storage.graph import GraphReadings
from registry.storage.groups import GroupTables
from registry.storage.idempotency import IdempotencyTable
from registry.storage.importing import AbsenceTable, ImportRunTable, ImportSourceTables
from registry.storage.interop import PlaceTable
from registry.storage.jobs import JobTable
from registry.storage.letters import LetterTables
from registry.storage.membership import MembershipTables
from registry.storage.messages import MessageTable
from registry.storage.meta import MetaTable
from registry.storage.notices import NoticeTable
from registry.storage.numbers import NumberTable
from registry.storage.peers import PeerTables
from registry.storage.policy_watch import PolicyWatchTables
from registry.storage.proposals import ProposalTable
from registry.storage.refusals import RefusalTable
from registry.storage.relations import RelationTables
from registry.storage.reports import ReportTables
from registry.storage.saved_searches import SavedSearchTables
from registry.storage.screening import ScreeningTable
from registry.storage.sessions import SessionTable
from registry.storage.sources import SourceTables
from registry.storage.statements import Statements
from registry.storage.taxonomies import TaxonomyTable
from registry.storage.trusted_documents import TrustedDocumentTable
from registry.storage.webhooks import WebhookTables
from registry.storage.welfare import ReviewQueueReadings, WelfareTables
from registry.storage.writing import RecordTables


class Repositories:
    """``ports.Unit`` and ``ports.Reader`` over the statements of one transaction."""

    def __init__(self, statements: Statements, counts: PublicCounts | None = None) -> None:
        self._statements = statements
        self._counts = counts

    @cached_property
    def records(self) -> RecordTables:
        """Records and their revisions."""
        return RecordTables(self._statements, self._counts)

    @property
    def graph(self) -> GraphReadings:
        """How records hang together."""
        return GraphReadings(self._statements)

    @property
    def cases(self) -> CaseTables:
        """Cases and replies."""
        return CaseTables(self._statements)

    @property
    def reports(self) -> ReportTables:
        """Reports without an account."""
        return ReportTables(self._statements)

    @cached_property
    def changes(self) -> ChangeTable:
        """The change log."""
        return ChangeTable(self._statements)

    @property
    def accounts(self) -> AccountTables:
        """Organisations, members and keys."""
        return AccountTables(self._statements)

    @property
    def membership(self) -> MembershipTables:
        """Applications for membership, and agreements."""
        return MembershipTables(self._statements)

    @property
    def credentials(self) -> CredentialTables:
        """What people sign in with."""
        return CredentialTables(self._statements)

    @property
    def sessions(self) -> SessionTable:
        """Sessions of people who signed in."""
        return SessionTable(self._statements)

    @property
    def events(self) -> EventTable:
        """What happened beside the records."""
        return EventTable(self._statements)

    @property
    def alerts(self) -> AlertTable:
        """What stood out."""
        return AlertTable(self._statements)

    @property
    def activity(self) -> ActivityTables:
        """What keys and people usually do."""
        return ActivityTables(self._statements)

    @property
    def freezes(self) -> FreezeTable:
        """Who is kept out."""
        return FreezeTable(self._statements)

    @property
    def groups(self) -> GroupTables:
        """Groups of organisations."""
        return GroupTables(self._statements)

    @property
    def peers(self) -> PeerTables:
        """Other nodes."""
        return PeerTables(self._statements)

    @property
    def envelopes(self) -> EnvelopeTables:
        """Signed headers, and the log that peers read."""
        return EnvelopeTables(self._statements)

    @property
    def messages(self) -> MessageTable:
        """Messages between this node and others."""
        return MessageTable(self._statements)

    @property
    def refusals(self) -> RefusalTable:
        """Items of peers that were not applied."""
        return RefusalTable(self._statements)

    @property
    def departures(self) -> DepartureTable:
        """What other nodes took away."""
        return DepartureTable(self._statements)

    @property
    def peer_owners(self) -> PeerOwnerTable:
        """Whom organisations stand for here."""
        return PeerOwnerTable(self._statements)

    @property
    def peer_findings(self) -> PeerFindingTable:
        """Why nodes refused records."""
        return PeerFindingTable(self._statements)

    @property
    def acknowledgements(self) -> AcknowledgementTable:
        """Which nodes let go."""
        return AcknowledgementTable(self._statements)

    @property
    def places(self) -> PlaceTable:
        """Where records stand in the channels that platforms read."""
        return PlaceTable(self._statements)

    @property
    def dumps(self) -> DumpTable:
        """Dumps for everybody."""
        return DumpTable(self._statements)

    @property
    def letters(self) -> LetterTables:
        """Letters, and addresses of people."""
        return LetterTables(self._statements)

    @property
    def webhooks(self) -> WebhookTables:
        """Webhooks and their deliveries."""
        return WebhookTables(self._statements)

    @property
    def welfare(self) -> WelfareTables:
        """What reviewers chose and read, and whom they are bound to."""
        return WelfareTables(self._statements)

    @property
    def review_queue(self) -> ReviewQueueReadings:
        """What waits for reviewers."""
        return ReviewQueueReadings(self._statements)

    @property
    def notices(self) -> NoticeTable:
        """Notices to named parties."""
        return NoticeTable(self._statements)

    @property
    def idempotency(self) -> IdempotencyTable:
        """Answered writes."""
        return IdempotencyTable(self._statements)

    @property
    def jobs(self) -> JobTable:
        """Work that is due."""
        return JobTable(self._statements)

    @property
    def taxonomies(self) -> TaxonomyTable:
        """Taxonomies."""
        return TaxonomyTable(self._statements)

    @property
    def policy_watches(self) -> PolicyWatchTables:
        """See the port."""
        return PolicyWatchTables(self._statements)

    @property
    def trusted_documents(self) -> TrustedDocumentTable:
        """Registered GraphQL documents."""
        return TrustedDocumentTable(self._statements)

    @property
    def saved_searches(self) -> SavedSearchTables:
        """Searches that people keep."""
        return SavedSearchTables(self._statements)

    @property
    def screening(self) -> ScreeningTable:
        """Findings of screening that were accepted."""
        return ScreeningTable(self._statements)

    @property
    def findings(self) -> FindingTable:
        """Findings."""
        return FindingTable(self._statements)

    @property
    def import_sources(self) -> ImportSourceTables:
        """Sources of imports."""
        return ImportSourceTables(self._statements)

    @property
    def import_runs(self) -> ImportRunTable:
        """Runs of imports."""
        return ImportRunTable(self._statements)

    @property
    def absences(self) -> AbsenceTable:
        """Records that their source no longer has."""
        return AbsenceTable(self._statements)

    @property
    def numbers(self) -> NumberTable:
        """Reserved numbers."""
        return NumberTable(self._statements)

    @property
    def proposals(self) -> ProposalTable:
        """Proposals of corrections."""
        return ProposalTable(self._statements)

    @property
    def merge_candidates(self) -> MergeCandidateTables:
        """Pairs of records that may tell of the same."""
        return MergeCandidateTables(self._statements)

    @property
    def relations(self) -> RelationTables:
        """What relates records, and what editors decided of it."""
        return RelationTables(self._statements)

    @property
    def sources(self) -> SourceTables:
        """Sources, candidates for duplicates and pairs that are none."""
        return SourceTables(self._statements)

    @property
    def meta(self) -> MetaTable:
        """Facts about the store."""
        return MetaTable(self._statements)
