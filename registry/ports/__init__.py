"""What the services need of the world, as protocols. Adapters implement them; nothing here imports an adapter.

All instants are aware and in UTC. Every method that reads records takes ``visible``: which of them the viewer
may see. A record that is not visible is the same as one that does not exist.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from registry.domain.deadline import Clocks
from registry.domain.importing import Source
from registry.domain.pages import CursorSeal
from registry.domain.tally import Tally
from registry.ports.alerts import Activity, Alerts, Freezes
from registry.ports.candidates import MergeCandidates
from registry.ports.cases import Cases
from registry.ports.credentials import Credentials
from registry.ports.dumps import DumpFiles, Dumps
from registry.ports.events import Events
from registry.ports.federation import Envelopes, Peers, Refusals
from registry.ports.graph import Graph
from registry.ports.groups import Groups
from registry.ports.importing import Absences, Findings, ImportRuns, ImportSources
from registry.ports.index import SearchIndex
from registry.ports.interop import Places
from registry.ports.letters import Letters
from registry.ports.limits import Limits
from registry.ports.membership import Membership
from registry.ports.messages import Messages
from registry.ports.notices import Notices
from registry.ports.numbers import Numbers
from registry.ports.outbound import Outbound
from registry.ports.proposals import Proposals
from registry.ports.records import ChangeReader, ChangeWriter, LogHead, RecordReader, RecordWriter
from registry.ports.relations import Relations
from registry.ports.reports import Reports
from registry.ports.saved_searches import SavedSearches
from registry.ports.screening import ScreeningAcceptances
from registry.ports.sessions import Sessions
from registry.ports.sources import Sources
from registry.ports.store import Reader, Storage, Unit
from registry.ports.tables import Accounts, Idempotency, Jobs, Meta, Taxonomies
from registry.ports.webhooks import Webhooks
from registry.ports.world import Clock, ErasureLog, IdSource
from registry.settings import Settings
from registry.signing import NodeKey, Vault

__all__ = [
    "Absences",
    "Accounts",
    "Activity",
    "Alerts",
    "Cases",
    "ChangeReader",
    "ChangeWriter",
    "Clock",
    "Credentials",
    "DumpFiles",
    "Dumps",
    "Envelopes",
    "ErasureLog",
    "Events",
    "Findings",
    "Freezes",
    "Graph",
    "Groups",
    "IdSource",
    "Idempotency",
    "ImportRuns",
    "ImportSources",
    "Jobs",
    "Letters",
    "Limits",
    "LogHead",
    "Membership",
    "MergeCandidates",
    "Messages",
    "Meta",
    "Notices",
    "Numbers",
    "Outbound",
    "Peers",
    "Places",
    "Proposals",
    "Reader",
    "RecordReader",
    "RecordWriter",
    "Refusals",
    "Registry",
    "Relations",
    "Reports",
    "SavedSearches",
    "ScreeningAcceptances",
    "SearchIndex",
    "Sessions",
    "Sources",
    "Storage",
    "Taxonomies",
    "Unit",
    "Webhooks",
]


@dataclass(frozen=True, slots=True)
class Registry:
    """Everything a service function needs, handed to it first."""

    settings: Settings
    storage: Storage
    index: SearchIndex
    erasures: ErasureLog
    clock: Clock
    clocks: Clocks
    ids: IdSource
    cursors: CursorSeal
    outbound: Outbound
    limits: Limits
    vault: Vault
    key: NodeKey
    dump_files: DumpFiles
    tally: Tally = field(default_factory=Tally)
    # The sources that come with the software, by id; whoever opens the registry knows where they are found.
    built_in: Callable[[], Mapping[str, Source]] = dict
