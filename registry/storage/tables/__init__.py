"""The tables, as SQLModel classes without rules: rows are never the domain, and nothing is validated here.

Instants are kept in UTC. One module holds the tables of one part of the registry; importing this package knows all.
"""

from registry.storage.tables.accounts import API_KEYS, GROUP_MEMBERS, GROUPS, MEMBERS, ORGANISATIONS, PERSON_NAMES
from registry.storage.tables.base import NO_DAY, NO_INSTANT, NO_SEVERITY, Row
from registry.storage.tables.cases import AUTHORITY_REQUESTS, CASE_DECISIONS, CASE_MESSAGES, CASES, REPLIES
from registry.storage.tables.events import EVENTS
from registry.storage.tables.letters import LETTERS, MAIL_ADDRESSES
from registry.storage.tables.log import CHANGES, IDEMPOTENCY, JOBS, META, REASONS
from registry.storage.tables.notices import NOTICES
from registry.storage.tables.numbers import RESERVED_NUMBERS
from registry.storage.tables.proposals import PROPOSALS
from registry.storage.tables.records import FACETS, LINKS, NUMBERS, RECORDS, REVISIONS
from registry.storage.tables.reference import CROSSWALKS, FINDINGS, TAXONOMIES
from registry.storage.tables.reports import REPORT_CHECKS, REPORT_CONTACTS, REPORT_MESSAGES, REPORTS
from registry.storage.tables.sources import NOT_RELATED, SOURCE_KEYS, SUGGESTED_DUPLICATES
from registry.storage.tables.webhooks import DELIVERIES, WEBHOOKS

__all__ = [
    "API_KEYS",
    "AUTHORITY_REQUESTS",
    "CASES",
    "CASE_DECISIONS",
    "CASE_MESSAGES",
    "CHANGES",
    "CROSSWALKS",
    "DELIVERIES",
    "EVENTS",
    "FACETS",
    "FINDINGS",
    "GROUPS",
    "GROUP_MEMBERS",
    "IDEMPOTENCY",
    "JOBS",
    "LETTERS",
    "LINKS",
    "MAIL_ADDRESSES",
    "MEMBERS",
    "META",
    "NOTICES",
    "NOT_RELATED",
    "NO_DAY",
    "NO_INSTANT",
    "NO_SEVERITY",
    "NUMBERS",
    "ORGANISATIONS",
    "PERSON_NAMES",
    "PROPOSALS",
    "REASONS",
    "RECORDS",
    "REPLIES",
    "REPORTS",
    "REPORT_CHECKS",
    "REPORT_CONTACTS",
    "REPORT_MESSAGES",
    "RESERVED_NUMBERS",
    "REVISIONS",
    "SOURCE_KEYS",
    "SUGGESTED_DUPLICATES",
    "TAXONOMIES",
    "WEBHOOKS",
    "Row",
]
