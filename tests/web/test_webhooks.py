"""The page of webhooks and mail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.service import letters, webhooks
from registry.settings import Settings
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.outbound.hostile import serving
from tests.outbound.receiver import echoes, run
from tests.web.node import Node, open_node
from web.app import create_app

FORM = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node whose webhooks may lead to this machine."""
    directory: Path = tmp_path_factory.mktemp("webhooks") / "data"
    settings = Settings(data_dir=directory, limits=False, outbound_allow_networks=("127.0.0.1/32",))
    with open_node(settings, FixedClock(), CountingIds()) as made:
        yield made


@pytest.fixture(scope="module")
def client(node: Node) -> Iterator[Client]:
    """A browser that sends the submitter's key."""
    FORM["Authorization"] = f"Bearer {node.key_of_submitter()}"
    with Client(create_app(node.registry)) as made:
        yield made


def test_a_member_makes_a_webhook_sees_what_was_sent_and_deletes_it(node: Node, client: Client) -> None:
    with serving(echoes) as server:
        made = client.post(
            "/me/webhooks", data={"step": "create", "url": server.url(), "kind:incident": "on"}, headers=FORM
        )
        run(node.registry)
        (webhook,) = webhooks.webhooks(node.registry, node.submitter)
        tested = client.post("/me/webhooks", data={"step": "test", "webhook": webhook.id}, headers=FORM)
        run(node.registry)
        shown = client.get("/me/webhooks", headers=FORM)
        (newest, _) = webhooks.deliveries(node.registry, node.submitter, webhook.id)
        again = client.post("/me/webhooks", data={"step": "redeliver", "delivery": newest.id}, headers=FORM)
        run(node.registry)
        rotated = client.post("/me/webhooks", data={"step": "rotate", "webhook": webhook.id}, headers=FORM)
        paused = client.post("/me/webhooks", data={"step": "pause", "webhook": webhook.id}, headers=FORM)
        client.post("/me/webhooks", data={"step": "resume", "webhook": webhook.id}, headers=FORM)
        gone = client.post("/me/webhooks", data={"step": "delete", "webhook": webhook.id}, headers=FORM)

    assert ["whsec_" in one.text for one in (made, shown, rotated)] == [True, False, True]
    assert "private, no-store" == made.headers["Cache-Control"]
    assert [200] * 6 == [one.status_code for one in (made, tested, shown, again, rotated, paused)]
    assert "delivered" in shown.text
    assert "Told of every change of incident" in " ".join(shown.text.split())
    assert "Paused" in paused.text
    assert "Your organisation has no webhooks." in gone.text
    assert 3 == len(server.requests)


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"step": "create", "url": "https://169.254.169.254/"}, 400, "leads to no public host"),
        ({"step": "create", "url": '"><script>alert(1)</script>'}, 400, "use an https address"),
        ({"step": "delete", "webhook": "nothing"}, 404, "no such webhook"),
        ({"step": "redeliver", "delivery": "nothing"}, 404, "no such delivery"),
        ({"step": "mail", "address": "no address"}, 400, "write a mail address"),
        ({"step": "dance"}, 400, "choose what to do"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(client: Client, said: dict[str, str], status: int, words: str) -> None:
    answer = client.post("/me/webhooks", data=said, headers=FORM)

    assert status == answer.status_code
    assert words in answer.text.lower()
    assert "<script>alert" not in answer.text


def test_one_chooses_which_mail_one_gets(node: Node, client: Client) -> None:
    said = {"step": "mail", "address": "ada@example.org", "mail:review": "on"}
    answer = client.post("/me/webhooks", data=said, headers=FORM)

    chosen = letters.own_mail(node.registry, node.submitter)
    assert 'value="ada@example.org"' in answer.text
    assert chosen is not None
    assert {"membership", "notice", "webhook", "alert", "search"} == set(chosen.muted)


def test_strangers_are_sent_to_sign_in(node: Node) -> None:
    with Client(create_app(node.registry)) as client:
        answer = client.get("/me/webhooks", follow_redirects=False)

    assert (303, "/sign-in?next=/me/webhooks") == (answer.status_code, answer.headers["Location"])
