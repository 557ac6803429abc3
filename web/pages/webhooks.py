"""One's organisation's webhooks: the list with what was sent, the forms to make and change them, and one's own mail.

A secret is in the answer to a form only, never in an address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import Response

from registry.domain.actor import Actor
from registry.domain.change import ChangeKind
from registry.domain.delivery import DeliveryId
from registry.domain.errors import CommonsError, Conflict, Forbidden, InvalidInput, NotFound, Problem
from registry.domain.letter import ALWAYS_SENT, MailKind
from registry.domain.vocabulary import Kind
from registry.domain.webhook import TOLD, DisabledReason, WebhookId, WebhookState
from registry.service import letters, webhooks
from registry.service.webhooks import KeyedWebhook
from web.authentication import actor_of
from web.forms import read_form
from web.pages.caching import page
from web.pages.me import for_members
from web.site import site_of

HOME = "/me/webhooks"
STATES: dict[WebhookState, str] = {
    WebhookState.PENDING: "waits for the address to answer the challenge",
    WebhookState.ACTIVE: "active",
    WebhookState.PAUSED: "paused",
    WebhookState.DISABLED: "switched off",
}
REASONS: dict[DisabledReason, str] = {
    DisabledReason.NOT_CONFIRMED: "it has not answered the challenge",
    DisabledReason.GONE: "it answered that it is gone",
    DisabledReason.FAILING: "for days nothing has arrived",
    DisabledReason.BACKLOG: "too much waited",
}
MAIL: dict[MailKind, str] = {
    MailKind.MEMBERSHIP: "Membership and guidelines",
    MailKind.REVIEW: "Decisions on what I handed in",
    MailKind.NOTICE: "Records that speak of my organisation",
    MailKind.WEBHOOK: "Webhooks that were switched off",
    MailKind.ALERT: "Alerts, for operators",
    MailKind.SEARCH: "New matches of my saved searches",
}
CHANGES: dict[ChangeKind, str] = {
    ChangeKind.SUBMIT: "Handed in (submit)",
    ChangeKind.REVIEW: "A decision of the review, publishing included (review)",
    ChangeKind.REVISE: "A new revision (revise)",
    ChangeKind.UPSERT: "Taken in or renewed by an import (upsert)",
    ChangeKind.WITHDRAW: "Taken down (withdraw)",
    ChangeKind.RESTORE: "Put out again (restore)",
    ChangeKind.MERGE: "Merged into another (merge)",
    ChangeKind.SPLIT: "Separated again (split)",
    ChangeKind.BLOCK: "Hidden at once, or shown again (block)",
    ChangeKind.VISIBILITY: "Shown to fewer or to more (visibility)",
    ChangeKind.ERASE: "Erased (erase)",
}
_SHOWN = 10
_NOTHING: Mapping[str, str] = {}
Done: TypeAlias = "KeyedWebhook | object"


@for_members(HOME)
async def own_webhooks(request: Request) -> Response:
    """The webhooks, and the forms."""
    return await _page(request)


@for_members(HOME)
async def change_webhooks(request: Request) -> Response:
    """Make or change a webhook, send something again, or choose one's mail, as ``step`` says."""
    said = await read_form(request)
    work = _steps(request, actor_of(request), said).get(said.get("step", ""))
    if work is None:
        problem = Problem(("step",), "UNKNOWN_TERM", "choose what to do")
        return await _page(request, said=said, problems=(problem,), status=400)
    try:
        done = await anyio.to_thread.run_sync(work)
    except (InvalidInput, Conflict, NotFound, Forbidden) as error:
        return await _page(request, said=said, problems=error.problems, status=_status_of(error))
    return await _page(request, made=done if isinstance(done, KeyedWebhook) else None, done=said["step"])


def _status_of(error: CommonsError) -> int:
    return next((code for type_, code in _STATUSES.items() if isinstance(error, type_)), 400)


_STATUSES: dict[type[CommonsError], int] = {Conflict: 409, NotFound: 404, Forbidden: 403}


def _steps(request: Request, actor: Actor, said: Mapping[str, str]) -> dict[str, Callable[[], Done]]:
    registry, which = site_of(request).registry, WebhookId(said.get("webhook", ""))
    chosen = [one.removeprefix("change:") for one in said if one.startswith("change:")]
    kinds = [one.removeprefix("kind:") for one in said if one.startswith("kind:")]
    muted = frozenset(one for one in MAIL if f"mail:{one}" not in said)
    url, address = said.get("url", "").strip(), said.get("address", "").strip()
    return {
        "create": lambda: webhooks.create(registry, actor, url=url, changes=chosen, kinds=kinds),
        "test": lambda: webhooks.test(registry, actor, which),
        "rotate": lambda: webhooks.rotate_secret(registry, actor, which),
        "pause": lambda: webhooks.pause(registry, actor, which, paused=True),
        "resume": lambda: webhooks.pause(registry, actor, which, paused=False),
        "delete": lambda: webhooks.delete(registry, actor, which),
        "redeliver": lambda: webhooks.redeliver(registry, actor, DeliveryId(said.get("delivery", ""))),
        "mail": lambda: letters.choose_mail(registry, actor, address=address, muted=muted),
    }


async def _page(
    request: Request,
    *,
    made: KeyedWebhook | None = None,
    done: str = "",
    said: Mapping[str, str] = _NOTHING,
    problems: tuple[Problem, ...] = (),
    status: int = 200,
) -> Response:
    registry, actor = site_of(request).registry, actor_of(request)

    def read() -> dict[str, object]:
        found = webhooks.webhooks(registry, actor)
        sent = {one.id: webhooks.deliveries(registry, actor, one.id, limit=_SHOWN) for one in found}
        return {"webhooks": found, "sent": sent, "mail": letters.own_mail(registry, actor)}

    values: dict[str, object] = {
        **await anyio.to_thread.run_sync(read),
        "made": made,
        "done": done,
        "said": said,
        "problems": problems,
        "changes": {one: CHANGES[one] for one in CHANGES if one in TOLD},
        "kinds": list(Kind),
        "states": STATES,
        "reasons": REASONS,
        "mail_kinds": {one: text for one, text in MAIL.items() if one not in ALWAYS_SENT},
        "most": registry.settings.webhooks_each,
    }
    return page(request, "webhooks.html", status, **values)
