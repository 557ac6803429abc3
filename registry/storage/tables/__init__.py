"""The tables, as SQLModel classes without rules: rows are never the domain, and nothing is validated here.

Instants are kept in UTC. One module holds the tables of one part of the registry; importing this package knows all.
"""

from registry.storage.tables.accounts import API_KEYS, MEMBERS, ORGANISATIONS, PERSON_NAMES
from registry.storage.tables.base import NO_DAY, NO_INSTANT, NO_SEVERITY, Row
from registry.storage.tables.log import CHANGES, IDEMPOTENCY, JOBS, META
from registry.storage.tables.numbers import RESERVED_NUMBERS
from registry.storage.tables.records import FACETS, LINKS, NUMBERS, RECORDS, REVISIONS
from registry.storage.tables.reference import FINDINGS, TAXONOMIES

__all__ = [
    "API_KEYS",
    "CHANGES",
    "FACETS",
    "FINDINGS",
    "IDEMPOTENCY",
    "JOBS",
    "LINKS",
    "MEMBERS",
    "META",
    "NO_DAY",
    "NO_INSTANT",
    "NO_SEVERITY",
    "NUMBERS",
    "ORGANISATIONS",
    "PERSON_NAMES",
    "RECORDS",
    "RESERVED_NUMBERS",
    "REVISIONS",
    "TAXONOMIES",
    "Row",
]
