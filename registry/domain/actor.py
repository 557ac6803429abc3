"""Who acts: a person through a key, a stranger, or the registry itself."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from registry.domain.record import OrganisationId, PersonId


class Role(StrEnum):
    """What somebody is to this node. ``submitter`` is held in an organisation, the others at the node."""

    ANYBODY = "anybody"
    SUBMITTER = "submitter"
    REVIEWER = "reviewer"
    LEAD_REVIEWER = "lead_reviewer"
    OPERATOR = "operator"
    LOCAL_OPERATOR = "local_operator"
    SYSTEM = "system"


class Permission(StrEnum):
    """One thing that may be done; also the scopes of a key. Written ``resource:action``."""

    RECORD_READ = "record:read"
    RECORD_VALIDATE = "record:validate"
    RECORD_SUBMIT = "record:submit"
    RECORD_REVISE = "record:revise"
    RECORD_REVIEW = "record:review"
    RECORD_PUBLISH = "record:publish"
    RECORD_WITHDRAW = "record:withdraw"
    RECORD_RESTORE = "record:restore"
    RECORD_ERASE = "record:erase"
    RECORD_IMPORT = "record:import"
    RECORD_LIFT = "record:lift"
    ACCOUNT_MANAGE = "account:manage"
    KEY_OWN = "key:own"
    NODE_MAINTAIN = "node:maintain"


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever makes a request.

    Attributes:
        id: the pseudonymous id that the change log keeps.
        person: the person answerable: a key acts for its owner, a service account for its responsible member.
        scopes: what the key may do of what the roles allow; ``None`` is no narrowing.
    """

    id: str
    roles: frozenset[Role]
    person: PersonId | None = None
    organisation: OrganisationId | None = None
    scopes: frozenset[Permission] | None = None
    key: str | None = None


ANONYMOUS = Actor("anonymous", frozenset({Role.ANYBODY}))
SYSTEM = Actor("system", frozenset({Role.SYSTEM}))
LOCAL_OPERATOR = Actor("operator:local", frozenset({Role.ANYBODY, Role.LOCAL_OPERATOR}))


def member(
    person: PersonId,
    organisation: OrganisationId,
    roles: frozenset[Role],
    *,
    scopes: frozenset[Permission] | None = None,
    key: str | None = None,
) -> Actor:
    """A person of an organisation, acting through a key or a session."""
    return Actor(f"person:{person}", roles | {Role.ANYBODY}, person, organisation, scopes, key)
