"""Webhooks through the API."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.actor import SYSTEM
from registry.service import delivering
from tests.outbound import conftest
from tests.outbound.hostile import serving
from tests.outbound.receiver import echoes, run, told
from tests.schema.world import Api
from tests.service.world import People, published

people = conftest.people
registry = conftest.registry
template = conftest.template

_WEBHOOK = "id url changes kinds state reason deliveries { id event change uid publicSeq state attempts status error }"


def _change(api: Api, name: str, type_: str, said: dict[str, Any], *, by: str = "submitter") -> dict[str, Any]:
    document = (
        f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ webhook {{ {_WEBHOOK} }} secret "
        "userErrors { path code } } }"
    )
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[name]
    return payload


def test_a_member_makes_a_webhook_follows_what_it_is_sent_and_deletes_it(api: Api, people: People) -> None:
    with serving(echoes) as server:
        said = {"url": server.url(), "changes": ["UPSERT"], "kinds": ["INCIDENT"]}
        made = _change(api, "createWebhook", "CreateWebhookInput", said)
        run(api.registry)
        record = published(api.registry, people)
        run(api.registry)
        (found,) = api.ask(f"{{ webhooks {{ {_WEBHOOK} }} }}", by="submitter")["webhooks"]
        sent = api.ask(
            "mutation ($id: ID!) { redeliver(input: {deliveryId: $id}) { delivery { id } userErrors { code } } }",
            by="submitter",
            id=found["deliveries"][0]["id"],
        )["redeliver"]
        tested = api.ask(
            "mutation ($id: ID!) { testWebhook(input: {id: $id}) { delivery { event } userErrors { code } } }",
            by="submitter",
            id=found["id"],
        )["testWebhook"]
        run(api.registry)
        rotated = _change(api, "rotateWebhookSecret", "WebhookInput", {"id": found["id"]})
        paused = _change(api, "pauseWebhook", "PauseWebhookInput", {"id": found["id"]})
        gone = _change(api, "deleteWebhook", "WebhookInput", {"id": found["id"]})

    assert made["secret"].startswith("whsec_")
    assert rotated["secret"] not in {None, made["secret"]}
    assert ("PENDING", "PAUSED", None) == (made["webhook"]["state"], paused["webhook"]["state"], gone["secret"])
    assert (["UPSERT"], ["INCIDENT"], "ACTIVE") == (found["changes"], found["kinds"], found["state"])
    assert ("CHANGE", "UPSERT", record.uid, "DELIVERED", 200) == tuple(
        found["deliveries"][0][name] for name in ("event", "change", "uid", "state", "status")
    )
    assert (found["deliveries"][0]["id"], "TEST") == (sent["delivery"]["id"], tested["delivery"]["event"])
    kinds = [told(one)["type"] for one in server.requests]
    assert ["webhook.challenge", "record.changed", "record.changed", "webhook.test"] == kinds
    assert [] == api.ask("{ webhooks { id } }", by="submitter")["webhooks"]


def test_a_webhook_of_others_is_as_one_that_is_not_there(api: Api) -> None:
    made = _change(api, "createWebhook", "CreateWebhookInput", {"url": "http://127.0.0.1:9/"})["webhook"]["id"]

    for name, type_ in (
        ("updateWebhook", "UpdateWebhookInput"),
        ("pauseWebhook", "PauseWebhookInput"),
        ("rotateWebhookSecret", "WebhookInput"),
        ("deleteWebhook", "WebhookInput"),
    ):
        of_others, unknown = (_change(api, name, type_, {"id": one}, by="outsider") for one in (made, "nothing"))
        assert of_others == unknown
        assert [{"path": ["input", "id"], "code": "NOT_FOUND"}] == unknown["userErrors"]


@pytest.mark.parametrize("url", ["http://169.254.169.254/", "https://user@example.org/", "nonsense"])
def test_an_address_that_is_never_reached_is_named_as_that(api: Api, url: str) -> None:
    refused = _change(api, "createWebhook", "CreateWebhookInput", {"url": url})

    assert [{"path": ["input", "url"], "code": "URL_BLOCKED"}] == refused["userErrors"]
    assert refused["webhook"] is None


def test_a_kind_of_change_that_no_record_has_is_refused(api: Api) -> None:
    refused = _change(
        api, "createWebhook", "CreateWebhookInput", {"url": "http://127.0.0.1:9/", "changes": ["ACCOUNT"]}
    )

    assert [{"path": ["input", "changes", "0"], "code": "UNKNOWN_TERM"}] == refused["userErrors"]


def test_strangers_are_told_that_this_needs_somebody(api: Api) -> None:
    assert "UNAUTHENTICATED" == api.send("{ webhooks { id } }").json()["errors"][0]["extensions"]["code"]
    assert 0 == delivering.fan_out(api.registry, SYSTEM)
