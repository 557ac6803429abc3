"""The tables, as SQLModel classes without rules: rows are never the domain, and nothing is validated here.

Instants are kept in UTC. One module holds the tables of one part of the registry; importing this package knows all.
"""

from registry.storage.tables.accounts import API_KEYS, GROUP_MEMBERS, GROUPS, MEMBERS, ORGANISATIONS, PERSON_NAMES
from registry.storage.tables.alerts import ACTIVITY_HOURS, ACTIVITY_PLACES, ALERTS, FREEZES
from registry.storage.tables.base import NO_DAY, NO_INSTANT, NO_SEVERITY, Row
from registry.storage.tables.between_nodes import (
    PEER_ACKNOWLEDGEMENTS,
    PEER_DEPARTURES,
    PEER_DROPS,
    PEER_FINDINGS,
    PEER_OWNERS,
    PEER_UIDS,
)
from registry.storage.tables.candidates import CANDIDATE_KEYS, MERGE_CANDIDATES
from registry.storage.tables.cases import AUTHORITY_REQUESTS, CASE_DECISIONS, CASE_MESSAGES, CASES, REPLIES
from registry.storage.tables.credentials import (
    CREDENTIALS,
    IDENTITIES,
    INVITATIONS,
    RECOVERY_CODES,
    REFUSED_SIGN_INS,
    SESSIONS,
)
from registry.storage.tables.dumps import DUMPS
from registry.storage.tables.events import EVENTS
from registry.storage.tables.federation import (
    ENVELOPE_HEADS,
    ENVELOPES,
    PEER_NONCES,
    PEER_REFUSALS,
    PEER_SENT,
    PEERS,
)
from registry.storage.tables.importing import (
    IMPORT_ABSENCES,
    IMPORT_DOCUMENTS,
    IMPORT_RUNS,
    IMPORT_SOURCES,
    IMPORT_STATES,
)
from registry.storage.tables.interop import CHANNEL_PLACES
from registry.storage.tables.letters import LETTERS, MAIL_ADDRESSES
from registry.storage.tables.log import CHANGES, IDEMPOTENCY, JOBS, META, REASONS
from registry.storage.tables.membership import AGREEMENTS, APPLICATIONS
from registry.storage.tables.messages import PEER_MESSAGES
from registry.storage.tables.notices import NOTICES
from registry.storage.tables.numbers import RESERVED_NUMBERS
from registry.storage.tables.policy_watch import POLICY_VERSIONS, POLICY_WATCHES
from registry.storage.tables.proposals import PROPOSALS
from registry.storage.tables.records import FACET_TERMS, FACETS, LINKS, NUMBERS, RECORDS, REVISIONS
from registry.storage.tables.reference import CROSSWALKS, FINDINGS, TAXONOMIES
from registry.storage.tables.relations import RELATION_DECISIONS
from registry.storage.tables.reports import REPORT_CHECKS, REPORT_CONTACTS, REPORT_MESSAGES, REPORTS
from registry.storage.tables.saved_searches import SAVED_MATCHES, SAVED_SEARCHES
from registry.storage.tables.screening import SCREENING_ACCEPTANCES
from registry.storage.tables.sources import NOT_RELATED, SOURCE_KEYS, SUGGESTED_DUPLICATES
from registry.storage.tables.trusted_documents import TRUSTED_DOCUMENTS
from registry.storage.tables.webhooks import DELIVERIES, WEBHOOKS
from registry.storage.tables.welfare import CONFLICT_DECLARATIONS, EXPOSURE_MARKS, EXPOSURES, REVIEWER_PREFERENCES

__all__ = [
    "ACTIVITY_HOURS",
    "ACTIVITY_PLACES",
    "AGREEMENTS",
    "ALERTS",
    "API_KEYS",
    "APPLICATIONS",
    "AUTHORITY_REQUESTS",
    "CANDIDATE_KEYS",
    "CASES",
    "CASE_DECISIONS",
    "CASE_MESSAGES",
    "CHANGES",
    "CHANNEL_PLACES",
    "CONFLICT_DECLARATIONS",
    "CREDENTIALS",
    "CROSSWALKS",
    "DELIVERIES",
    "DUMPS",
    "ENVELOPES",
    "ENVELOPE_HEADS",
    "EVENTS",
    "EXPOSURES",
    "EXPOSURE_MARKS",
    "FACETS",
    "FACET_TERMS",
    "FINDINGS",
    "FREEZES",
    "GROUPS",
    "GROUP_MEMBERS",
    "IDEMPOTENCY",
    "IDENTITIES",
    "IMPORT_ABSENCES",
    "IMPORT_DOCUMENTS",
    "IMPORT_RUNS",
    "IMPORT_SOURCES",
    "IMPORT_STATES",
    "INVITATIONS",
    "JOBS",
    "LETTERS",
    "LINKS",
    "MAIL_ADDRESSES",
    "MEMBERS",
    "MERGE_CANDIDATES",
    "META",
    "NOTICES",
    "NOT_RELATED",
    "NO_DAY",
    "NO_INSTANT",
    "NO_SEVERITY",
    "NUMBERS",
    "ORGANISATIONS",
    "PEERS",
    "PEER_ACKNOWLEDGEMENTS",
    "PEER_DEPARTURES",
    "PEER_DROPS",
    "PEER_FINDINGS",
    "PEER_MESSAGES",
    "PEER_NONCES",
    "PEER_OWNERS",
    "PEER_REFUSALS",
    "PEER_SENT",
    "PEER_UIDS",
    "PERSON_NAMES",
    "POLICY_VERSIONS",
    "POLICY_WATCHES",
    "PROPOSALS",
    "REASONS",
    "RECORDS",
    "RECOVERY_CODES",
    "REFUSED_SIGN_INS",
    "RELATION_DECISIONS",
    "REPLIES",
    "REPORTS",
    "REPORT_CHECKS",
    "REPORT_CONTACTS",
    "REPORT_MESSAGES",
    "RESERVED_NUMBERS",
    "REVIEWER_PREFERENCES",
    "REVISIONS",
    "SAVED_MATCHES",
    "SAVED_SEARCHES",
    "SCREENING_ACCEPTANCES",
    "SESSIONS",
    "SOURCE_KEYS",
    "SUGGESTED_DUPLICATES",
    "TAXONOMIES",
    "TRUSTED_DOCUMENTS",
    "WEBHOOKS",
    "Row",
]
