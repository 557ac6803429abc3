"""Watched usage policies through the API."""

from __future__ import annotations

from typing import Any

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.policy_watch import WatchId
from registry.service import policy_checking
from tests.outbound import conftest
from tests.outbound.hostile import serving
from tests.outbound.test_policy_watch import RULES, changed, page
from tests.schema.world import Api

people = conftest.people
registry = conftest.registry
template = conftest.template

_POLICY = "id url title provider organisation failures error returns versions { sha256 letters draft text }"
_LISTED = f"{{ watchedPolicies {{ {_POLICY} }} }}"


def _change(api: Api, name: str, type_: str, said: dict[str, Any], *, by: str = "operator") -> dict[str, Any]:
    answer = f"{{ policy {{ {_POLICY} }} userErrors {{ path code }} clientMutationId }}"
    document = f"mutation ($input: {type_}!) {{ {name}(input: $input) {answer} }}"
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[name]
    return payload


def test_an_operator_watches_a_page_and_its_provider_sees_what_changed(api: Api) -> None:
    with serving(page(), changed(1)) as server:
        said = {"url": server.url("/p"), "title": "Policy", "organisation": "acme", "clientMutationId": "1"}
        made = _change(api, "watchPolicy", "WatchPolicyInput", said)
        for _ in range(2):
            policy_checking.check(api.registry, LOCAL_OPERATOR, WatchId(made["policy"]["id"]))

    (found,) = api.ask(_LISTED, by="submitter")["watchedPolicies"]
    assert "1" == made["clientMutationId"]
    assert ("Acme", "Policy", 2) == (found["organisation"], found["title"], len(found["versions"]))
    assert any(RULES[0] in one["text"] for one in found["versions"])
    (uid,) = (one["draft"] for one in found["versions"] if one["draft"])
    assert "DRAFT" == api.ask(f'{{ record(uid: "{uid}") {{ state }} }}', by="submitter")["record"]["state"]
    assert [] == api.ask(_LISTED, by="outsider")["watchedPolicies"]
    gone = _change(api, "unwatchPolicy", "UnwatchPolicyInput", {"id": found["id"]})
    assert found["id"] == gone["policy"]["id"]
    assert [] == api.ask(_LISTED, by="operator")["watchedPolicies"]


def test_what_does_not_fit_is_told_with_its_place(api: Api) -> None:
    wrong = {"url": "https://10.0.0.1/", "title": ""}

    told = _change(api, "watchPolicy", "WatchPolicyInput", wrong)
    gone = _change(api, "unwatchPolicy", "UnwatchPolicyInput", {"id": "nothing"})

    assert [{"path": ["input", "title"], "code": "OUT_OF_RANGE"}] == told["userErrors"]
    assert ["NOT_FOUND"] == [one["code"] for one in gone["userErrors"]]
