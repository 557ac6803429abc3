"""The webhooks of one's organisation, asked of a node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from registry.client.connection import Connection
from registry.client.failures import refused

_WEBHOOK = "id url changes kinds state reason"
_WEBHOOKS = f"query Webhooks {{ webhooks {{ {_WEBHOOK} }} }}"


class Webhooks:
    """Part of ``Client``. A webhook is given as the node tells of it: id, url, changes, kinds, state, reason."""

    _connection: Connection

    def webhooks(self) -> tuple[Mapping[str, Any], ...]:
        """Those of one's organisation."""
        return tuple(self._connection.ask(_WEBHOOKS, {})["webhooks"] or ())

    def create_webhook(self, url: str, *, changes: Sequence[str] = (), kinds: Sequence[str] = ()) -> Mapping[str, Any]:
        """Make a webhook; with the key ``secret``, which is shown this once.

        Args:
            changes, kinds: names of kinds of change and of record, such as ``upsert`` and ``incident``; none is all.
        """
        said = {"url": url, "changes": [one.upper() for one in changes], "kinds": [one.upper() for one in kinds]}
        return self._webhook("createWebhook", "CreateWebhookInput", said)

    def rotate_webhook_secret(self, webhook: str) -> Mapping[str, Any]:
        """Make a new secret; with the key ``secret``, which is shown this once."""
        return self._webhook("rotateWebhookSecret", "WebhookInput", {"id": webhook})

    def pause_webhook(self, webhook: str, *, paused: bool) -> Mapping[str, Any]:
        """Stop telling a webhook of changes, or go on."""
        return self._webhook("pauseWebhook", "PauseWebhookInput", {"id": webhook, "paused": paused})

    def delete_webhook(self, webhook: str) -> Mapping[str, Any]:
        """Delete a webhook; what it was."""
        return self._webhook("deleteWebhook", "WebhookInput", {"id": webhook})

    def test_webhook(self, webhook: str) -> str:
        """Send a webhook something now; the id of the delivery."""
        answer = self._sent("testWebhook", "WebhookInput", {"id": webhook})
        return str(answer["id"])

    def _webhook(self, name: str, input_type: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        document = (
            f"mutation Keep($input: {input_type}!) {{ {name}(input: $input) {{ webhook {{ {_WEBHOOK} }} secret "
            "userErrors { path code message hint } } }"
        )
        payload = self._connection.ask(document, {"input": said})[name]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        return {**payload["webhook"], **({"secret": payload["secret"]} if payload["secret"] else {})}

    def _sent(self, name: str, input_type: str, said: Mapping[str, Any]) -> Mapping[str, Any]:
        document = (
            f"mutation Send($input: {input_type}!) {{ {name}(input: $input) {{ delivery {{ id }} "
            "userErrors { path code message hint } } }"
        )
        payload = self._connection.ask(document, {"input": said})[name]
        if payload["userErrors"]:
            raise refused(payload["userErrors"])
        found: Mapping[str, Any] = payload["delivery"]
        return found
