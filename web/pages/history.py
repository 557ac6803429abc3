"""What happened to a record, and what changed between two of its revisions."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import anyio.to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from registry.domain.account import Organisation
from registry.domain.actor import Actor
from registry.domain.change import Change, ChangeKind
from registry.domain.history import History
from registry.domain.record import RecordUid
from registry.service import accounts, find
from registry.service.history import difference as differences_of
from registry.service.history import history_of
from web.authentication import actor_of
from web.pages.caching import page
from web.pages.cards import address_of, card, owners_of
from web.pages.difference import linked_uids, worded
from web.pages.record import find_record
from web.pages.techniques import technique
from web.site import Site, site_of

SAID: dict[ChangeKind, str] = {
    ChangeKind.SUBMIT: "Submitted",
    ChangeKind.REVISE: "Revised, for review",
    ChangeKind.REVIEW: "Reviewed",
    ChangeKind.UPSERT: "Published",
    ChangeKind.WITHDRAW: "Withdrawn",
    ChangeKind.RESTORE: "Restored",
    ChangeKind.MERGE: "Merged with another record",
    ChangeKind.SPLIT: "Separated from another record",
    ChangeKind.NOT_RELATED: "Found to be another thing than a record like it",
    ChangeKind.RELATION: "An editor decided whether another record is related, or took that back",
    ChangeKind.BLOCK: "Hidden for a decision, or shown again",
    ChangeKind.HOLD: "Legal hold",
    ChangeKind.PROPOSAL: "Correction proposed, or taken back",
    ChangeKind.DECISION: "Decided about a correction",
    ChangeKind.VISIBILITY: "Became visible",
    ChangeKind.ERASE: "Erased",
    ChangeKind.REDACT: "Words that screening found were taken out, and drafts that held them purged",
}


async def history(request: Request) -> Response:
    """Every change that the asker may know of, oldest first.

    Raises:
        NotFound: no such record, or none that the asker may see.
    """
    site, actor = site_of(request), actor_of(request)
    ref = request.path_params["ref"]
    found = find_record(site, actor, ref)
    if found.number is not None and ref != found.number:
        return RedirectResponse(f"{address_of(found)}/history", 308)
    told = history_of(site.registry, actor, found.uid)
    shown = [one.revision for one in told.revisions if one.revision is not None and one.public is not None]
    return page(
        request,
        "history.html",
        card=card(found, owners_of(site, actor, [found]).get(found.owner)),
        changes=[(_said(one, imported=found.imported), one) for one in told.changes],
        before={second: first for first, second in pairwise(shown)},
        credits=_credits(site, actor, told),
        address=address_of(found),
    )


def _credits(site: Site, actor: Actor, told: History) -> dict[int | None, list[Organisation]]:
    """The organisations whose corrections each published revision was the first to hold."""
    wanted = {one for organisations in told.credits for one in organisations}
    known = accounts.organisations_by_id(site.registry, actor, wanted)
    pairs = zip(told.revisions, told.credits, strict=True)
    return {one.revision: [known[organisation] for organisation in credited] for one, credited in pairs}


def _said(change: Change, *, imported: bool) -> str:
    row = change.row
    if row.kind is not ChangeKind.UPSERT or not row.revision:
        return SAID.get(row.kind, "Changed")
    if imported:
        return f"Imported as version {row.revision}"
    return f"Published as version {row.revision}"


async def difference(request: Request) -> Response:
    """What changed between two published revisions.

    Raises:
        NotFound: no such record or revision, or none that the asker may see.
    """
    site, actor = site_of(request), actor_of(request)
    found = find_record(site, actor, request.path_params["ref"])
    first, second = request.path_params["first"], request.path_params["second"]
    changes = differences_of(site.registry, actor, found.uid, first, second)
    records = find.many(site.registry, actor, [RecordUid(uid) for uid in sorted(linked_uids(changes))])
    labels = {str(uid): one.label for uid, one in records.items()}
    compare = partial(worded, changes, lambda code: labels.get(code) or _named(site, code))
    told = await anyio.to_thread.run_sync(compare, limiter=site.searches)
    return page(
        request,
        "difference.html",
        card=card(found, None),
        changes=told,
        first=first,
        second=second,
        address=address_of(found),
    )


def _named(site: Site, code: str) -> str:
    known = technique(site, code)
    return f"{known.name} ({code})" if known.name else code
