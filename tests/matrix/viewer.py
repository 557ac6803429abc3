"""Somebody who asks the node of the matrix."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from tests.client import Client
from tests.matrix.seed import Matrix


@dataclass(frozen=True, slots=True)
class Viewer:
    """Somebody who asks the node."""

    name: str
    client: Client
    key: str
    matrix: Matrix
    pages: dict[str, tuple[int, str]] = field(default_factory=dict)

    def ask(self, query: str, **variables: Any) -> Any:
        """The data of a GraphQL answer without errors."""
        answer = self.client.request(
            "POST", "/graphql", json={"query": query, "variables": variables}, headers=self._headers()
        )
        body = answer.json()
        assert "errors" not in body, (self.name, query, body["errors"])
        return body["data"]

    def refusal(self, query: str) -> str:
        """The code of the one error of an answer."""
        (error,) = self.client.request("POST", "/graphql", json={"query": query}, headers=self._headers()).json()[
            "errors"
        ]
        return str(error["extensions"]["code"])

    def get(self, path: str) -> tuple[int, str]:
        """Status and text of a page."""
        if path not in self.pages:
            answer = self.client.request("GET", path, headers=self._headers(), follow_redirects=True)
            self.pages[path] = answer.status_code, answer.text
        return self.pages[path]

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.key}"} if self.key else {}
