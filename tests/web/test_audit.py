"""Events and alerts as operators see them, and nobody else."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
from dataclasses import replace
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR, SYSTEM, Role
from registry.domain.event import EventFilter, EventName
from registry.domain.event_lines import json_lines, table_lines
from registry.domain.pages import PageRequest
from registry.service import alerts, events, import_runs, import_watch, importing, keys, members, monitoring
from tests import factories
from tests.client import Client
from tests.secrecy import planted
from tests.web.node import Node

JSON = {"Accept": "application/json"}


@pytest.fixture
def operator(node: Node) -> dict[str, str]:
    """The headers of an operator's request."""
    made = members.add_member(
        node.registry, LOCAL_OPERATOR, organisation_slug="node", name="Otto Opener", roles=frozenset({Role.OPERATOR})
    )
    key = keys.create_key(
        node.registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label="Desk"
    )
    return {"Authorization": f"Bearer {key.text}"}


def note(node: Node, count: int = 1, **detail: Any) -> None:
    """Events of a stranger."""
    with node.registry.storage.begin() as unit:
        for _ in range(count):
            actor = replace(ANONYMOUS, address="192.0.2.7")
            events.note(node.registry, unit, actor, EventName.RATE_REFUSED, subject="=cmd|' /C calc'!A0", **detail)


def stored(node: Node, name: str) -> int:
    """How many events have a name that begins so, each as often as it tells of."""
    with node.registry.storage.read() as reader:
        return sum(one.count for one in reader.events.after(EventFilter(name=name), "", limit=1000))


def test_strangers_and_members_are_shown_nothing(client: Client, node: Node) -> None:
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}
    paths = ("/admin/events", "/admin/events.ndjson", "/admin/events.csv", "/admin/alerts")

    strange = [client.get(path, follow_redirects=False) for path in paths]
    own = [client.get(path, headers=member) for path in paths]

    assert {303, 401} == {one.status_code for one in strange}
    assert {403} == {one.status_code for one in own}
    assert "web:rate" not in "".join(one.text for one in (*strange, *own))


def test_events_are_searched_and_paged(client: Client, node: Node, operator: dict[str, str]) -> None:
    note(node, 60)

    first = client.get("/admin/events?name=web%3Arate", headers=operator)
    older = first.text.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = client.get(older, headers=operator)
    none = client.get("/admin/events?name=nothing", headers=operator)
    forged = client.get(older[:-3], headers=operator)
    bad = client.get("/admin/events?since=yesterday", headers=operator)

    assert (50, 10) == tuple(one.text.count("<code>web:rate:refuse</code>") for one in (first, second))
    assert "private, no-store" == first.headers["cache-control"]
    assert "There is no such event" in none.text
    assert (400, 400) == (forged.status_code, bad.status_code)
    assert "yesterday" in bad.text


def test_an_export_is_json_lines_or_a_table_without_formulas(
    client: Client, node: Node, operator: dict[str, str]
) -> None:
    note(node, 3)

    lines = client.get("/admin/events.ndjson?name=web%3Arate", headers=operator)
    sheet = client.get("/admin/events.csv?name=web%3Arate", headers=operator)

    told = [json.loads(line) for line in lines.text.splitlines()]
    rows = list(csv.DictReader(io.StringIO(sheet.text)))
    assert ["=cmd|' /C calc'!A0"] * 3 == [one["subject"] for one in told]
    assert ["'=cmd|' /C calc'!A0"] * 3 == [one["subject"] for one in rows]
    assert ["192.0.2.7"] * 3 == [one["address"] for one in rows]
    assert 2 == stored(node, "audit:event:export")


def test_a_long_export_takes_little_memory(node: Node) -> None:
    peaks: dict[str, list[tuple[int, int]]] = {"json_lines": [], "table_lines": []}

    for more in (1000, 4000):
        note(node, more)
        for lines in (json_lines, table_lines):
            walk = events.export(node.registry, LOCAL_OPERATOR, EventFilter())
            tracemalloc.start()
            size = sum(len(line) for line in lines(walk))
            peaks[lines.__name__].append((size, tracemalloc.get_traced_memory()[1]))
            tracemalloc.stop()

    for (small, little), (large, much) in peaks.values():
        assert large > 4 * small
        assert much < 1.5 * little, peaks


def test_bad_keys_are_counted_by_key_and_address_and_never_kept(client: Client, node: Node) -> None:
    text = node.key_of_submitter()
    head, secret = text[: text.rindex("_") - 40], planted("key")
    wrong = [f"Bearer {secret}", f"Bearer {head}{'A' * 40}_00000000", "Basic nonsense"]

    for one in wrong * 2:
        assert 401 == client.get("/incidents", headers={"Authorization": one}).status_code
    monitoring.watch(node.registry, SYSTEM)

    assert 6 == stored(node, EventName.CREDENTIAL_REFUSED)
    assert secret.encode() not in node.registry.settings.database_path.read_bytes()


def test_a_refused_permission_is_counted_on_pages_and_in_the_api(client: Client, node: Node) -> None:
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    client.get("/admin/alerts", headers=member)
    client.post("/graphql", json={"query": "{ alerts { nodes { id } } }"}, headers=member)
    client.post("/graphql", json={"query": "{ alerts { nodes { id } } }"})
    monitoring.watch(node.registry, SYSTEM)

    assert 2 == stored(node, EventName.PERMISSION_REFUSED)


def test_requests_and_costs_of_known_keys_are_counted_and_strangers_not(client: Client, node: Node) -> None:
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    for headers in (member, member, {}):
        client.post("/graphql", json={"query": "{ viewer { permissions } }"}, headers=headers)
    counted = node.registry.tally.take()

    ((subject, _),) = counted.uses
    assert subject.startswith("key:")
    (use,) = counted.uses.values()
    assert 2 == use.requests
    assert use.cost > 0


def test_an_alert_is_shown_judged_and_its_key_frozen(client: Client, node: Node, operator: dict[str, str]) -> None:
    text = node.key_of_submitter()
    subject = f"key:{text.split('_')[2]}"
    thief = replace(node.submitter, key=text.split("_")[2])
    for _ in range(3000):
        node.registry.tally.request(thief, node.registry.clock.now())
    monitoring.watch(node.registry, SYSTEM)
    (one,) = alerts.page(node.registry, LOCAL_OPERATOR, None, PageRequest()).items

    shown = client.get("/admin/alerts", headers=operator).text
    silent = client.post("/admin/alerts", data={"id": one.id, "step": "dismiss", "reason": ""}, headers=operator)
    said = {"id": one.id, "subject": subject, "reason": "Stolen from a laptop."}
    frozen = client.post("/admin/alerts", data=said | {"step": "freeze"}, headers=operator)
    refused = client.get("/incidents", headers={"Authorization": f"Bearer {text}"})
    again = client.post("/admin/alerts", data=said | {"step": "freeze"}, headers=operator)
    client.post("/admin/alerts", data=said | {"step": "dismiss"}, headers=operator)
    left = client.get("/admin/alerts", headers=operator).text

    assert "Much more than usual" in shown
    assert "3000" in shown
    assert 400 == silent.status_code
    assert (200, 401, 400) == (frozen.status_code, refused.status_code, again.status_code)
    assert "Nothing stands out" in left


def test_an_alert_about_a_source_leads_to_imports_and_freezes_nobody(
    client: Client, node: Node, operator: dict[str, str]
) -> None:
    feed = factories.source("feed", format="misp", urls=("https://feed.example/1",), every_hours=6)
    importing.put_source(node.registry, LOCAL_OPERATOR, feed)
    for _ in range(3):
        begun = import_runs.begin(node.registry, SYSTEM, feed)
        import_runs.fail(node.registry, SYSTEM, feed, begun, error="FETCH_FAILED:TIMEOUT")
    import_watch.look(node.registry, SYSTEM)

    shown = client.get("/admin/alerts", headers=operator).text

    assert "A source keeps failing" in shown
    assert "FETCH_FAILED:TIMEOUT" in shown
    assert '<a href="/imports">' in shown
    assert ("Dismiss" in shown, "Freeze" in shown) == (True, False)


def test_the_api_tells_the_same(client: Client, node: Node, operator: dict[str, str]) -> None:
    note(node)
    for _ in range(3000):
        node.registry.tally.request(replace(node.submitter, session="s"), node.registry.clock.now())
    monitoring.watch(node.registry, SYSTEM)
    subject = f"person:{node.submitter.person}"

    def ask(query: str, **variables: object) -> Any:
        asked = {"query": query, "variables": variables}
        answer = client.post("/graphql", json=asked, headers=operator | JSON).json()
        assert "errors" not in answer, answer
        return answer["data"]

    found = ask('{ events(filter: {name: "web:rate"}) { nodes { name address subject detail { name value } } } }')
    alert = ask("{ alerts(state: OPEN) { nodes { id kind subject evidence { name value } } } }")["alerts"]["nodes"][0]
    judged = ask(
        "mutation ($i: JudgeAlertInput!) { acknowledgeAlert(input: $i) { alert { state reason } } }",
        i={"id": alert["id"], "reason": "I ask them."},
    )["acknowledgeAlert"]
    frozen, thawed, never = (
        ask(
            f"mutation ($i: FreezeInput!) {{ {name}(input: $i) {{ freeze {{ subject }} userErrors {{ path }} }} }}",
            i={"subject": subject, "reason": "They asked for it."},
        )[name]
        for name in ("freeze", "thaw", "thaw")
    )

    assert "192.0.2.7" == found["events"]["nodes"][0]["address"]
    assert ("VOLUME", subject) == (alert["kind"], alert["subject"])
    assert {"state": "ACKNOWLEDGED", "reason": "I ask them."} == judged["alert"]
    assert subject == frozen["freeze"]["subject"] == thawed["freeze"]["subject"]
    assert [{"path": ["input", "subject"]}] == never["userErrors"]
