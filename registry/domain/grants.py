"""Which role may do what: one table. Who asks it is ``policy``, and nothing else."""

from __future__ import annotations

from registry.domain.actor import Permission, Role

_P = Permission

GRANTS: dict[Role, frozenset[Permission]] = {
    Role.ANYBODY: frozenset(
        {
            _P.RECORD_READ,
            _P.RECORD_VALIDATE,
            _P.CASE_OPEN,
            _P.REPORT_SUBMIT,
            _P.MEMBERSHIP_APPLY,
            _P.KEY_REPORT,
        }
    ),
    Role.SUBMITTER: frozenset(
        {
            _P.RECORD_DRAFT,
            _P.RECORD_SUBMIT,
            _P.RECORD_REVISE,
            _P.RECORD_WITHDRAW,
            _P.RECORD_NARROW,
            _P.PROPOSAL_MAKE,
            _P.KEY_OWN,
            _P.WEBHOOK_OWN,
            _P.SEARCH_OWN,
            _P.SESSION_OWN,
            _P.MEMBERSHIP_AGREE,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            _P.RECORD_REVIEW,
            _P.RECORD_PUBLISH,
            _P.RECORD_WITHDRAW,
            _P.RECORD_MERGE,
            _P.REPORT_HANDLE,
            _P.PROPOSAL_MAKE,
            _P.KEY_OWN,
            _P.WEBHOOK_OWN,
            _P.SEARCH_OWN,
            _P.SESSION_OWN,
            _P.MEMBERSHIP_AGREE,
        }
    ),
    Role.LEAD_REVIEWER: frozenset(
        {
            _P.RECORD_REVIEW,
            _P.RECORD_PUBLISH,
            _P.RECORD_WITHDRAW,
            _P.RECORD_RESTORE,
            _P.RECORD_MERGE,
            _P.RECORD_BLOCK,
            _P.CASE_HANDLE,
            _P.CONFLICT_READ,
            _P.REPORT_HANDLE,
            _P.PROPOSAL_MAKE,
            _P.KEY_OWN,
            _P.WEBHOOK_OWN,
            _P.SEARCH_OWN,
            _P.SESSION_OWN,
            _P.MEMBERSHIP_AGREE,
        }
    ),
    Role.VETTED_RESEARCHER: frozenset(
        {_P.PROPOSAL_MAKE, _P.KEY_OWN, _P.WEBHOOK_OWN, _P.SEARCH_OWN, _P.SESSION_OWN, _P.MEMBERSHIP_AGREE}
    ),
    Role.SEALED_READER: frozenset({_P.RECORD_SEALED, _P.SESSION_OWN}),
    Role.OPERATOR: frozenset(
        {
            _P.ACCOUNT_MANAGE,
            _P.AUDIT_READ,
            _P.RECORD_ERASE,
            _P.RECORD_BLOCK,
            _P.RECORD_HOLD,
            _P.CASE_HANDLE,
            _P.RECORD_WITHDRAW,
            _P.SOURCE_READ,
            _P.SOURCE_MANAGE,
            _P.SYNC_MANAGE,
            _P.KEY_OWN,
            _P.WEBHOOK_OWN,
            _P.SEARCH_OWN,
            _P.SESSION_OWN,
            _P.MEMBERSHIP_AGREE,
        }
    ),
    Role.LOCAL_OPERATOR: frozenset(
        {
            _P.ACCOUNT_MANAGE,
            _P.AUDIT_READ,
            _P.RECORD_IMPORT,
            _P.RECORD_BLOCK,
            _P.CASE_HANDLE,
            _P.SOURCE_READ,
            _P.SOURCE_MANAGE,
            _P.SYNC_MANAGE,
            _P.NODE_MAINTAIN,
        }
    ),
    Role.PEER: frozenset({_P.SYNC_PULL}),
    Role.SYSTEM: frozenset({_P.RECORD_READ, _P.RECORD_LIFT, _P.RECORD_IMPORT, _P.SOURCE_READ, _P.NODE_MAINTAIN}),
}

# What a staging key may do of what the roles allow.
STAGING = frozenset({_P.RECORD_READ, _P.RECORD_VALIDATE, _P.RECORD_DRAFT, _P.MEMBERSHIP_AGREE})

REVIEWERS = frozenset({Role.REVIEWER, Role.LEAD_REVIEWER})
# Who must be somebody else than whoever acts beside them.
OWN_NAME = REVIEWERS | {Role.OPERATOR}
SEES_ALL = REVIEWERS | {Role.SYSTEM}
TAKES_DOWN_ANY = REVIEWERS | {Role.OPERATOR}
# Of the community whatever their organisation is.
COMMUNITY = frozenset({Role.VETTED_RESEARCHER, Role.PEER})
MEMBERS = frozenset({Role.SUBMITTER, Role.REVIEWER, Role.LEAD_REVIEWER, Role.OPERATOR})
