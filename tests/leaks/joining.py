"""What strangers ask about joining, members and keys: nothing of it depends on records."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

_UNKNOWN = "01950000-0001-7000-9000-00000000ffff"
_ERRORS = "userErrors { code message path }"


def documents() -> Iterator[dict[str, Any]]:
    """GraphQL requests for every field of joining."""
    yield {"query": "{ usageGuidelines { uid number revision } }"}
    yield {"query": "{ applications(first: 2) { nodes { id } } }"}
    yield {"query": f'{{ application(id: "{_UNKNOWN}") {{ id }} }}'}
    yield {"query": '{ members(organisation: "acme") { person name } }'}
    status = f"{{ status {{ state }} receiptCode {_ERRORS} }}"
    wish = 'organisation: "Acme", kind: OTHER, contact: "c", email: "a@b.example", why: "w", intended: MEMBER'
    code = f'receiptCode: "{_UNKNOWN}"'
    asked = {
        "applyForMembership": f"{wish}, agreedRevision: 1",
        "readApplication": code,
        "answerApplication": f'{code}, text: "t"',
    }
    for name, said in asked.items():
        yield {"query": f"mutation {{ {name}(input: {{{said}}}) {status} }}"}
    yield {"query": f"mutation {{ obtainApiKey(input: {{{code}}}) {{ text {_ERRORS} }} }}"}
    decision = f'id: "{_UNKNOWN}", decision: APPROVE, reason: "r"'
    yield {"query": f"mutation {{ decideApplication(input: {{{decision}}}) {{ application {{ id }} {_ERRORS} }} }}"}
    somebody = f'organisation: "acme", person: "{_UNKNOWN}"'
    changes = {
        "grantProduction": 'organisation: "acme", reason: "r"',
        "addMember": 'organisation: "acme", name: "N", roles: [SUBMITTER]',
        "setMemberRoles": f"{somebody}, roles: [SUBMITTER]",
        "removeMember": somebody,
    }
    for name, said in changes.items():
        yield {"query": f"mutation {{ {name}(input: {{{said}}}) {{ members {{ person }} {_ERRORS} }} }}"}
    yield {"query": f"mutation {{ agreeToGuidelines(input: {{revision: 1}}) {{ guidelines {{ uid }} {_ERRORS} }} }}"}
    keys = {"createApiKey": 'label: ""', "rotateApiKey": 'id: "unknown12345"', "revokeApiKey": 'id: "unknown12345"'}
    for name, said in keys.items():
        yield {"query": f"mutation {{ {name}(input: {{{said}}}) {{ text {_ERRORS} }} }}"}
