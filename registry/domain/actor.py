"""Who acts: a person through a key, a stranger, or the registry itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from registry.domain.record import GroupSlug, OrganisationId, PersonId
from registry.domain.welfare import Topic


class Role(StrEnum):
    """What somebody is to this node. ``submitter`` is held in an organisation, the others at the node."""

    ANYBODY = "anybody"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    LEAD_REVIEWER = "lead_reviewer"
    VETTED_RESEARCHER = "vetted_researcher"
    SEALED_READER = "sealed_reader"
    OPERATOR = "operator"
    LOCAL_OPERATOR = "local_operator"
    PEER = "peer"
    SYSTEM = "system"


class Permission(StrEnum):
    """One thing that may be done; also the scopes of a key. Written ``resource:action``."""

    RECORD_READ = "record:read"
    RECORD_VALIDATE = "record:validate"
    RECORD_DRAFT = "record:draft"
    RECORD_SUBMIT = "record:submit"
    RECORD_REVISE = "record:revise"
    RECORD_REVIEW = "record:review"
    RECORD_PUBLISH = "record:publish"
    RECORD_WITHDRAW = "record:withdraw"
    RECORD_RESTORE = "record:restore"
    RECORD_ERASE = "record:erase"
    RECORD_BLOCK = "record:block"
    RECORD_HOLD = "record:hold"
    RECORD_MERGE = "record:merge"
    RECORD_NARROW = "record:narrow"
    RECORD_SEALED = "record:sealed"
    RECORD_IMPORT = "record:import"
    RECORD_LIFT = "record:lift"
    CASE_OPEN = "case:open"
    CASE_HANDLE = "case:handle"
    REPORT_SUBMIT = "report:submit"
    REPORT_HANDLE = "report:handle"
    CONFLICT_READ = "conflict:read"
    PROPOSAL_MAKE = "proposal:make"
    MEMBERSHIP_APPLY = "membership:apply"
    MEMBERSHIP_AGREE = "membership:agree"
    ACCOUNT_MANAGE = "account:manage"
    AUDIT_READ = "audit:read"
    KEY_OWN = "key:own"
    WEBHOOK_OWN = "webhook:own"
    SEARCH_OWN = "search:own"
    SESSION_OWN = "session:own"
    KEY_REPORT = "key:report"
    SOURCE_READ = "source:read"
    SOURCE_MANAGE = "source:manage"
    SYNC_PULL = "sync:pull"
    SYNC_MANAGE = "sync:manage"
    NODE_MAINTAIN = "node:maintain"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever makes a request.

    Attributes:
        id: the pseudonymous id that the change log keeps.
        person: the person answerable: a key acts for its owner, a service account for its responsible member.
        scopes: what the key may do of what the roles allow; ``None`` is no narrowing.
        groups: the groups that the organisation belongs to now.
        in_government: whether the organisation is a public authority, which is no part of the community.
        staging: whether it acts through a staging key, which tries things out: it writes drafts and nothing else.
        session: id of the session of a person who signed in; not the secret that the browser holds.
        confirmed: whether the session's second factor was asked for a short while ago.
        avoids: what the person, as a reviewer, need not read; told to nobody.
        node: DNS name of the other node that asks; nobody's member asks in its name.
        address: the network address the request came from, and the id it was given; no part of who acts.
    """

    id: str
    roles: frozenset[Role]
    person: PersonId | None = None
    organisation: OrganisationId | None = None
    scopes: frozenset[Permission] | None = None
    key: str | None = None
    groups: frozenset[GroupSlug] = frozenset()
    in_government: bool = False
    staging: bool = False
    session: str | None = None
    confirmed: bool = field(default=False, compare=False)
    avoids: frozenset[Topic] = field(default=frozenset(), repr=False)
    node: str | None = None
    address: str | None = field(default=None, compare=False)
    request_id: str | None = field(default=None, compare=False)


ANONYMOUS = Actor("anonymous", frozenset({Role.ANYBODY}))
SYSTEM = Actor("system", frozenset({Role.SYSTEM}))
LOCAL_OPERATOR = Actor("operator:local", frozenset({Role.ANYBODY, Role.LOCAL_OPERATOR}))


def peer(dns: str, organisation: OrganisationId, groups: frozenset[GroupSlug]) -> Actor:
    """Another node, as the organisation that stands for it here."""
    roles = frozenset({Role.ANYBODY, Role.PEER})
    return Actor(f"node:{dns}", roles, organisation=organisation, groups=groups, node=dns)


def member(
    person: PersonId,
    organisation: OrganisationId,
    roles: frozenset[Role],
    *,
    scopes: frozenset[Permission] | None = None,
    key: str | None = None,
    groups: frozenset[GroupSlug] = frozenset(),
    in_government: bool = False,
    staging: bool = False,
    session: str | None = None,
    confirmed: bool = False,
    avoids: frozenset[Topic] = frozenset(),
) -> Actor:
    """A person of an organisation, acting through a key or a session."""
    return Actor(
        f"person:{person}",
        roles | {Role.ANYBODY},
        person,
        organisation,
        scopes,
        key,
        groups,
        in_government,
        staging,
        session,
        confirmed,
        avoids,
    )
