"""The application under test: GraphQL behind an authentication that knows the people of the tests by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from registry.domain.actor import ANONYMOUS, SYSTEM
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import follow
from schema.app import GraphQLApp
from tests.client import Client
from tests.service.world import People, state_of

REQUEST_ID = "request-1"
JSON = "application/json"


class KnownByName:
    """Takes the name of one of the people as the credential."""

    def __init__(self, app: ASGIApp, people: People) -> None:
        self._app = app
        self._people = people

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            name = dict(scope["headers"]).get(b"authorization", b"").decode()
            scope["state"]["actor"] = getattr(self._people, name) if name else ANONYMOUS
            scope["state"]["request_id"] = REQUEST_ID
        await self._app(scope, receive, send)


def make_app(registry: Registry, people: People) -> Starlette:
    """GraphQL at ``/graphql``."""
    app = Starlette(routes=[Route("/graphql", GraphQLApp(registry))])
    app.add_middleware(KnownByName, people=people)
    return app


@dataclass(frozen=True, slots=True)
class Api:
    """What tests say to the API."""

    client: Client
    registry: Registry

    def send(self, query: str, *, by: str = "", accept: str = JSON, **variables: Any) -> httpx.Response:
        """POST a document with variables, as the person with this name."""
        headers = {"Accept": accept} | ({"Authorization": by} if by else {})
        return self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    def ask(self, query: str, *, by: str = "", **variables: Any) -> dict[str, Any]:
        """The data of an answer without errors."""
        body = self.send(query, by=by, **variables).json()
        assert "errors" not in body, body["errors"]
        data: dict[str, Any] = body["data"]
        return data

    def errors(self, query: str, *, by: str = "", **variables: Any) -> list[dict[str, Any]]:
        """The errors of an answer that has some; nothing that is stored has changed."""
        before = state_of(self.registry)
        found: list[dict[str, Any]] = self.send(query, by=by, **variables).json()["errors"]
        assert before == state_of(self.registry)
        return found

    def write(self, name: str, said: Mapping[str, Any], *, by: str) -> dict[str, Any]:
        """The payload of a mutation."""
        document = MUTATION % (name, name[0].upper() + name[1:], name)
        if name in _SHARED:
            document = document.replace(f"{name[0].upper()}{name[1:]}Input", _SHARED[name])
        payload: dict[str, Any] = self.ask(document, by=by, input=said)[name]
        return payload

    def refused(self, name: str, said: Mapping[str, Any], *, by: str) -> list[tuple[str, str]]:
        """Path and code of each thing wrong with a mutation's input; nothing that is stored has changed."""
        before = state_of(self.registry)
        payload = self.write(name, said, by=by)
        assert payload["record"] is None
        assert before == state_of(self.registry)
        return [(".".join(one["path"]), one["code"]) for one in payload["userErrors"]]

    def index(self) -> None:
        """Bring the search index up to date."""
        while follow.catch_up(self.registry, SYSTEM):
            pass


MUTATION = """mutation %s($input: %sInput!) { %s(input: $input) {
  record { id uid number kind state revision draftRevision tlp title }
  userErrors { path code message hint } warnings { path code } replayed clientMutationId
} }"""
_SHARED = {
    **{f"validate{kind.type_name}": f"Submit{kind.type_name}Input" for kind in Kind},
    "withdraw": "ReasonedInput",
    "restore": "ReasonedInput",
}


def node_id(api: Api, record: Record, *, by: str) -> str:
    """The id of a record that this person may see."""
    data = api.ask("query ($uid: String) { record(uid: $uid) { id } }", by=by, uid=record.uid)
    found: str = data["record"]["id"]
    return found
