"""What requests cost at each door, and what is told of it: headers, status, and the form of the door."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from registry.domain.actor import ANONYMOUS
from registry.service import limits
from registry.settings import Settings
from schema.app import BYTES_PER_COST, REQUEST_COST
from tests import factories
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.web.node import Furnished, Node, open_node
from web.app import create_app
from web.limits import KNOWN_COST, PAGE_COST

QUERY = '{ vocabulary(name: "sector") { name } }'
REPORT = {"Content-Type": "application/x-www-form-urlencoded"}


@pytest.fixture
def limited(settings: Settings, furnished: Furnished, clock: FixedClock, ids: CountingIds) -> Iterator[Node]:
    """A node that counts, and believes a proxy on this machine."""
    changed = {
        "limits": True,
        "anonymous_writes_per_minute": 3,
        "key_writes_per_minute": 2,
        "failed_sign_ins_per_minute": 4,
        "trusted_proxies": ("127.0.0.1/32",),
    }
    with open_node(settings.model_copy(update=changed), clock, ids, furnished) as opened:
        yield opened


@pytest.fixture
def asking(limited: Node) -> Iterator[Client]:
    """A client of that node."""
    with Client(create_app(limited.registry)) as opened:
        yield opened


def from_(address: str) -> dict[str, str]:
    """As the proxy tells who asks."""
    return {"X-Forwarded-For": address}


def ask(client: Client, query: str = QUERY, **headers: str) -> httpx.Response:
    """Post a query."""
    return client.post("/graphql", json={"query": query}, headers=headers)


def left(answer: httpx.Response, policy: str = "address-cost-60") -> int:
    """What an answer says is left."""
    (item,) = (one for one in answer.headers["ratelimit"].split(", ") if one.startswith(f'"{policy}"'))
    return int(item.split(";r=")[1].split(";")[0])


def empty(node: Node, client: Client, address: str) -> httpx.Response:
    """Use up the budget of an address, and ask for a page; the refusal."""
    limits.charge(node.registry, replace(ANONYMOUS, address=address), cost=120_000)
    return client.get("/search?q=x", headers=from_(address) | {"Accept": "text/html"})


def test_an_answer_tells_the_policies_and_what_is_left(asking: Client) -> None:
    first, second = ask(asking), ask(asking)

    policies = '"address-cost-60";q=120000;w=60, "address-cost-3600";q=1500000;w=3600'
    assert policies == first.headers["ratelimit-policy"]
    assert left(first) > left(second) > 119_000
    assert ";t=1" in first.headers["ratelimit"]
    cost = second.json()["extensions"]["cost"]
    assert left(second) == cost["remaining"]
    assert cost["restoresAt"].startswith("2026-03-14T15:00:00")


def test_the_query_tells_the_same(asking: Client) -> None:
    query = (
        "{ rateLimit { cost limit remaining restoresAt budgets { policy resource quota windowSeconds remaining } } }"
    )

    answer = ask(asking, query)

    found = answer.json()["data"]["rateLimit"]
    assert (120_000, left(answer)) == (found["limit"], found["remaining"])
    assert found["cost"] == 120_000 - found["remaining"]
    assert ["address-cost-60", "address-cost-3600"] == [one["policy"] for one in found["budgets"]]
    assert "private, no-store" == answer.headers["cache-control"]


def test_the_query_about_budgets_is_never_shared(asking: Client) -> None:
    answer = asking.get("/graphql", params={"query": "{ rateLimit { remaining } }"})

    assert "private, no-store" == answer.headers["cache-control"]
    assert "etag" not in answer.headers


@pytest.mark.parametrize("path", ["/", "/about", "/incidents", "/search?q=x", "/graphql?query=%7Bviewer%7Broles%7D%7D"])
def test_what_a_shared_cache_may_keep_says_nothing_about_who_asked(asking: Client, limited: Node, path: str) -> None:
    first = asking.get(path, headers=from_("203.0.113.1"))
    second = asking.get(path, headers=from_("203.0.113.2"))
    empty(limited, asking, "203.0.113.3")

    assert "public, no-cache" == first.headers["cache-control"]
    assert "ratelimit-policy" in first.headers
    assert "ratelimit" not in first.headers
    assert first.content == second.content
    assert dict(first.headers) | {"x-request-id": ""} == dict(second.headers) | {"x-request-id": ""}


@pytest.mark.parametrize("path", ["/robots.txt", "/llms.txt", "/favicon.svg", "/.well-known/security.txt"])
def test_what_a_shared_cache_may_keep_does_not_tell_what_a_member_is(asking: Client, limited: Node, path: str) -> None:
    stranger = asking.get(path)
    member = asking.get(path, headers={"Authorization": f"Bearer {limited.key_of_submitter()}"})

    assert member.headers["cache-control"].startswith("public")
    assert "address-cost-60" in stranger.headers["ratelimit-policy"]
    assert "ratelimit-policy" not in member.headers


def test_pages_are_refused_as_pages_when_the_budget_is_used_up(asking: Client, limited: Node) -> None:
    refused = empty(limited, asking, "203.0.113.1")

    assert 429 == refused.status_code
    assert "text/html; charset=utf-8" == refused.headers["content-type"]
    assert 1 <= int(refused.headers["retry-after"]) <= 60
    assert "RATE_LIMITED" in refused.text
    assert "no-store" in refused.headers["cache-control"]
    assert "address-cost-60" in refused.headers["ratelimit"]


def test_the_api_is_refused_in_its_own_form(asking: Client, limited: Node) -> None:
    empty(limited, asking, "203.0.113.1")
    query = "{ " + " ".join(f"a{at}: viewer {{ roles }}" for at in range(30)) + " taxonomies { title } }"

    for accept in ("application/json", "application/graphql-response+json"):
        refused = ask(asking, query, Accept=accept, **from_("203.0.113.1"))

        assert 429 == refused.status_code
        (error,) = refused.json()["errors"]
        assert "RATE_LIMITED" == error["extensions"]["code"]
        assert int(refused.headers["retry-after"]) == error["extensions"]["retryAfterSeconds"]
        assert refused.headers["x-request-id"] == error["extensions"]["requestId"]
        assert "data" not in refused.json()


def test_json_is_refused_as_json(asking: Client, limited: Node) -> None:
    empty(limited, asking, "203.0.113.1")

    refused = [asking.get("/r/none.json", headers=from_("203.0.113.1")) for _ in range(5)][-1]

    assert 429 == refused.status_code
    assert "RATE_LIMITED" == refused.json()["errors"][0]["extensions"]["code"]


def test_others_are_not_kept_out_and_time_opens_the_door(asking: Client, limited: Node, clock: FixedClock) -> None:
    wait = int(empty(limited, asking, "203.0.113.1").headers["retry-after"])

    assert 200 == asking.get("/search?q=x", headers=from_("203.0.113.2")).status_code
    clock.advance(seconds=wait)
    assert 200 == asking.get("/search?q=x", headers=from_("203.0.113.1")).status_code


def test_a_forged_header_gives_nobody_a_new_budget(asking: Client, limited: Node) -> None:
    empty(limited, asking, "203.0.113.1")

    statuses = {
        asking.get("/search?q=x", headers=from_(f"198.51.100.{at}, 203.0.113.1")).status_code for at in range(20)
    }

    assert {429} == statuses


def test_health_and_static_files_are_free(asking: Client, limited: Node) -> None:
    empty(limited, asking, "203.0.113.1")

    for path in ("/health/live", "/health/ready", "/static/site.css"):
        answer = asking.get(path, headers=from_("203.0.113.1"))
        assert 200 == answer.status_code
        assert "ratelimit-policy" not in answer.headers


def test_a_page_that_the_client_knows_costs_next_to_nothing(asking: Client) -> None:
    tag = asking.get("/about").headers["etag"]
    before = left(ask(asking))

    known = [asking.get("/about", headers={"If-None-Match": tag}).status_code for _ in range(10)]
    after = left(ask(asking))
    asking.get("/about")
    last = left(ask(asking))

    assert {304} == set(known)
    assert 10 * KNOWN_COST == before - after - (after - last - PAGE_COST)


def test_a_refused_document_costs_a_little(asking: Client) -> None:
    before = left(ask(asking))
    costs = []
    for query in ("{ nothing }", "{", "{ viewer { " + "roles " * 700 + "} }"):
        answer = ask(asking, query)
        assert answer.json()["errors"]
        after = left(ask(asking))
        costs.append(before - after)
        before = after

    assert all(0 < cost < 200 for cost in costs)
    assert costs[2] > costs[0]


@pytest.mark.parametrize(
    ("body", "type_", "accept"),
    [
        (b"[", "application/json", "*/*"),
        (b"[{}]", "application/json", "*/*"),
        (b'{"query": 1, "variables": {"a": [' + b"1," * 50_000 + b"1]}}", "application/json", "*/*"),
        (b'{"documentId": "sha256:unknown"}', "application/json", "*/*"),
        (b"{}", "text/plain", "*/*"),
        (b"{}", "application/json", "image/png"),
    ],
)
def test_a_request_that_cannot_be_read_costs_what_reading_it_costs(
    asking: Client, limited: Node, body: bytes, type_: str, accept: str
) -> None:
    here = from_("203.0.113.1") | {"Content-Type": type_, "Accept": accept}
    before = left(ask(asking, **from_("203.0.113.1")))

    refused = asking.post("/graphql", content=body, headers=here)

    assert refused.status_code in {400, 406, 415}
    cost = before - left(refused)
    assert REQUEST_COST + len(body) // BYTES_PER_COST == cost
    limits.charge(limited.registry, replace(ANONYMOUS, address="203.0.113.1"), cost=left(refused))
    assert 429 == asking.post("/graphql", content=body, headers=here).status_code


@pytest.mark.parametrize(("method", "path"), [("PUT", "/graphql"), ("GET", "/graphql?documentId=unknown")])
def test_other_methods_and_unknown_documents_are_not_free(asking: Client, method: str, path: str) -> None:
    first = asking.request(method, path)
    second = asking.request(method, path)

    assert REQUEST_COST <= left(first) - left(second) <= REQUEST_COST + 1


def test_forms_are_writes(asking: Client) -> None:
    statuses = [asking.post("/notice", data={"x": "y"}, headers=from_("203.0.113.1")).status_code for _ in range(5)]

    assert 429 not in statuses[:3]
    assert [429, 429] == statuses[3:]


def test_mutations_are_writes_but_for_dry_runs(asking: Client, limited: Node) -> None:
    headers = {"Authorization": f"Bearer {limited.key_of_submitter()}"}
    content = '{content: {title: "T", summary: "S"}}'

    def sent(*names: str) -> int:
        fields = " ".join(f"a{at}: {name}(input: {content}) {{ replayed }}" for at, name in enumerate(names))
        return ask(asking, f"mutation {{ {fields} }}", **headers).status_code

    assert {200} == {sent("validateIncident") for _ in range(5)}
    assert 429 == sent("submitIncident", "submitIncident", "submitIncident")
    assert [200, 200, 429] == [sent("submitIncident") for _ in range(3)]


def test_keys_that_fit_nobody_lock_out_no_key_that_fits(asking: Client, limited: Node) -> None:
    key = {"Authorization": f"Bearer {limited.key_of_submitter()}"}
    wrong = {"Authorization": "Bearer ic_live_abcdefghijkl_" + "s" * 40 + "_00000000"}

    statuses = [asking.get("/", headers=wrong | from_("203.0.113.1")).status_code for _ in range(6)]

    assert [401] * 4 + [429] * 2 == statuses
    assert 200 == asking.get("/", headers=key | from_("203.0.113.1")).status_code
    assert 401 == asking.get("/", headers=wrong | from_("203.0.113.2")).status_code
    assert 200 == asking.get("/", headers=from_("203.0.113.1")).status_code


def test_a_key_pays_from_its_own_bucket_and_its_organisations(asking: Client, limited: Node) -> None:
    answer = ask(asking, Authorization=f"Bearer {limited.key_of_submitter()}")

    policies = ["key-cost-60", "key-cost-3600", "organisation-cost-60", "organisation-cost-3600"]
    assert policies == [one.split(";")[0].strip('"') for one in answer.headers["ratelimit"].split(", ")]


def test_budgets_do_not_depend_on_what_is_hidden(asking: Client, limited: Node) -> None:
    query = "{ incidents { totalCount nodes { uid } } }"
    first = left(ask(asking, query)) - left(ask(asking, query))
    for _ in range(3):
        limited.submit(factories.content())

    assert first == left(ask(asking, query)) - left(ask(asking, query))


def test_without_limits_nothing_is_told_or_refused(client: Client) -> None:
    answer = ask(client, "{ rateLimit { remaining } }")

    assert {"rateLimit": None} == answer.json()["data"]
    assert "ratelimit-policy" not in answer.headers
