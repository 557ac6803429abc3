"""Saved searches through the API."""

from __future__ import annotations

from typing import Any

from tests.outbound import conftest
from tests.outbound.hostile import serving
from tests.outbound.receiver import confirmed, echoes
from tests.schema.world import Api
from tests.service.world import People, alter

people = conftest.people
registry = conftest.registry
template = conftest.template

_SEARCH = "id name query inWords fault suggestion url atomUrl jsonFeedUrl webhookId digest createdAt"
_UNKNOWN = "01950000-0001-7000-9000-00000000ffff"


def _change(api: Api, name: str, type_: str, said: dict[str, Any], *, by: str = "submitter") -> dict[str, Any]:
    document = (
        f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ savedSearch {{ {_SEARCH} }} "
        "userErrors { path code } } }"
    )
    payload: dict[str, Any] = api.ask(document, by=by, input=said)[name]
    return payload


def _save(api: Api, name: str = "Floods", query: str = "flood kind:incident") -> dict[str, Any]:
    found: dict[str, Any] = _change(api, "saveSearch", "SaveSearchInput", {"name": name, "query": query})
    return found


def test_a_member_saves_a_search_chooses_how_it_tells_and_deletes_it(api: Api, people: People) -> None:
    with serving(echoes) as server:
        webhook = confirmed(api.registry, people.submitter, server).webhook
    made = _save(api)["savedSearch"]
    said = {"id": made["id"], "name": "Waters", "webhookId": webhook.id, "digest": "DAILY"}
    changed = _change(api, "changeSavedSearch", "ChangeSavedSearchInput", said)["savedSearch"]
    without = _change(api, "changeSavedSearch", "ChangeSavedSearchInput", {"id": made["id"], "webhookId": ""})
    listed = api.ask(f"{{ savedSearches {{ {_SEARCH} }} }}", by="submitter")["savedSearches"]
    gone = _change(api, "deleteSavedSearch", "SavedSearchInput", {"id": made["id"]})

    assert "the text has “flood” and kind is “Incident”" == made["inWords"]
    assert (f"{made['url']}.atom", f"{made['url']}.json") == (made["atomUrl"], made["jsonFeedUrl"])
    assert ("Waters", webhook.id, "DAILY") == (changed["name"], changed["webhookId"], changed["digest"])
    assert [(made["id"], None, "DAILY")] == [(one["id"], one["webhookId"], one["digest"]) for one in listed]
    assert without["savedSearch"] == listed[0] == gone["savedSearch"]
    assert [] == api.ask("{ savedSearches { id } }", by="submitter")["savedSearches"]


def test_what_cannot_be_kept_is_told_with_its_path(api: Api) -> None:
    refused = [_save(api, name=""), _save(api, query="misuse:jousting")]
    unknown = _change(api, "deleteSavedSearch", "SavedSearchInput", {"id": _UNKNOWN})
    foreign = _change(
        api, "changeSavedSearch", "ChangeSavedSearchInput", {"id": _save(api)["savedSearch"]["id"], "webhookId": "x"}
    )

    codes = [(one["savedSearch"], one["userErrors"][0]["code"]) for one in (*refused, unknown, foreign)]
    assert [(None, "REQUIRED"), (None, "BAD_QUERY"), (None, "NOT_FOUND"), (None, "NOT_FOUND")] == codes
    assert [["input", "query"], ["input", "webhookId"]] == [
        refused[1]["userErrors"][0]["path"],
        foreign["userErrors"][0]["path"],
    ]


def test_a_search_that_cannot_be_read_any_more_says_why_and_what_could_be_meant(api: Api) -> None:
    _save(api, query="misuse:spam")
    alter(api.registry, "UPDATE saved_searches SET text = 'misuse:spamm'")

    (found,) = api.ask(f"{{ savedSearches {{ {_SEARCH} }} }}", by="submitter")["savedSearches"]

    assert (None, "misuse:spam") == (found["inWords"], found["suggestion"])
    assert found["fault"].startswith("column ")
