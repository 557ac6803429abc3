"""``/export.…``: all matches of a search as a file, sent while it is made; and what it is, as a manifest.

The parameters are those of ``/search``. A portion is read in a thread and sent when nothing of the store is open: who
reads slowly holds neither a thread nor a transaction, and who stops reading is left alone after a while.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial

import anyio
import anyio.to_thread
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import Receive, Scope, Send

from registry.domain.actor import Actor
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput, NotFound, Problem, RateLimited, Unavailable
from registry.domain.export.address import PATH, path_of
from registry.domain.export.bundle import BUNDLE, bundled
from registry.domain.export.columns import Column, chosen
from registry.domain.export.manifest import Manifest, licences_dict
from registry.domain.export.writing import ExportFormat, json_line, written
from registry.domain.network import party_of
from registry.ports import Registry
from registry.service import export as exporting
from registry.service import limits
from registry.service.export import Export
from registry.settings.limits import LARGEST_COST
from web.authentication import actor_of
from web.limits import PAGE_COST
from web.pages.caching import PRIVATE
from web.pages.search_state import SearchState, read_state
from web.site import Site, site_of
from web.streaming import Places, end_with_client

_OWN = ("scope", "mine")
MANIFEST = f"{PATH}/manifest.json"
# A record in an export costs less than one on a page: nothing is put into a template.
ROW_COST = 1
_ROWS_BEFORE = (LARGEST_COST - PAGE_COST) // ROW_COST
_ROWS_AT_ONCE = 1000
_PIECE = 1 << 16
_THREADS = 2


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address of an export says.

    Attributes:
        bundle: the file within a zip, with its manifest.
        tells: a line with the manifest before the records, and one with the counts behind them; JSON lines only.
    """

    state: SearchState
    form: ExportFormat
    columns: tuple[Column, ...]
    named: tuple[str, ...]
    excel: bool
    own: bool
    bundle: bool = False
    tells: bool = False

    @property
    def path(self) -> str:
        """Where the file is."""
        said = [*([("q", self.state.typed)] if self.state.typed else []), *self.state.chosen]
        return path_of(self.form, said, sort=self.state.sort, columns=self.named, excel=self.excel, own=self.own)


class ExportApp:
    """Answers ``/export.…`` for one registry. ``request.state`` must hold ``actor`` and ``request_id``.

    Args:
        piece_seconds: how long the client may take to read a piece.
        rows_before: most rows that are paid for before the first is sent; an idle bucket always holds the usual sum.
    """

    def __init__(self, registry: Registry, *, piece_seconds: float = 30.0, rows_before: int = _ROWS_BEFORE) -> None:
        settings = registry.settings
        self._registry = registry
        self._piece_seconds = piece_seconds
        self._rows_before = rows_before
        self._threads = anyio.CapacityLimiter(_THREADS)
        self._places = Places(
            "exports", each=settings.exports_at_once_each, at_once=settings.exports_at_once, code="TOO_MANY_EXPORTS"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Find what matches, then send it."""
        request = Request(scope, receive)
        actor, asked = actor_of(request), _asked(request, request.path_params["format"])
        with self._places.place(_party(actor)):
            found = await _begun(site_of(request), actor, asked)
            paid = self._charge(request, actor, found.count)
            manifest = _manifest(self._registry, found, asked)
            await send({"type": "http.response.start", "status": 200, "headers": _headers(asked, manifest)})
            if scope["method"] == "HEAD":
                await send({"type": "http.response.body", "body": b""})
                return
            async with anyio.create_task_group() as group:
                group.start_soon(end_with_client, receive, group)
                # What cannot be sent to its end is broken off, so that nobody takes a part for the whole.
                with suppress(TimeoutError, Unavailable), anyio.fail_after(self._registry.settings.export_seconds):
                    await self._send(actor, found, _pieces(asked, found, manifest), paid, send)
                group.cancel_scope.cancel()

    def _charge(self, request: Request, actor: Actor, rows: int) -> int:
        """Charge for rows before any is sent; further ones are paid for on the way."""
        paid = min(rows, self._rows_before)
        if paid:
            request.state.standing = limits.charge(self._registry, actor, cost=paid * ROW_COST)
        return paid

    async def _send(self, actor: Actor, found: Export, pieces: Iterator[bytes], paid: int, send: Send) -> None:
        while piece := await anyio.to_thread.run_sync(_next_piece, pieces, limiter=self._threads):
            while paid < found.tally.rows:
                await self._pay(actor)
                paid += _ROWS_AT_ONCE
            with anyio.fail_after(self._piece_seconds):
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _pay(self, actor: Actor) -> None:
        """Charge for more rows; where the budget is used up, wait until it holds enough again."""
        while True:
            try:
                limits.charge(self._registry, actor, cost=_ROWS_AT_ONCE * ROW_COST)
            except RateLimited as error:
                await anyio.sleep(error.retry_after_seconds)
            else:
                return


async def manifest_json(request: Request) -> Response:
    """What an export would be now, and where it is; ``format`` says in which form."""
    site, actor = site_of(request), actor_of(request)
    asked = _asked(request, request.query_params.get("format", ExportFormat.JSONL))
    found = await _begun(site, actor, asked)
    told = _manifest(site.registry, found, asked).as_dict()
    count = partial(_licences, site.registry, actor, asked, found)
    told["licences"] = licences_dict(await anyio.to_thread.run_sync(count, limiter=site.searches))
    return JSONResponse(told, headers={"Cache-Control": PRIVATE, "X-Robots-Tag": "noindex"})


def _licences(registry: Registry, actor: Actor, asked: Asked, found: Export) -> dict[str, int]:
    if not asked.own:
        return exporting.licences(registry, actor, asked.state.text)
    for _ in found.rows:
        pass
    return dict(found.tally.licences)


def _asked(request: Request, ending: str) -> Asked:
    """Read the address.

    Raises:
        NotFound: there is no such format.
        InvalidInput: a column, or the format within a bundle, is unknown.
    """
    params = request.query_params
    is_bundle = ending == BUNDLE
    named = params.get("format", ExportFormat.JSONL) if is_bundle else ending
    if named not in set(ExportFormat):
        if not is_bundle and request.url.path != MANIFEST:
            raise NotFound("there is no such format")
        raise InvalidInput([Problem(("format",), "UNKNOWN_TERM", f"choose of: {', '.join(ExportFormat)}")])
    # What weaknesses are of is called scope too, and chosen by it; none of its values is called mine.
    own = _OWN in params.multi_items()
    searched = QueryParams([one for one in params.multi_items() if one != _OWN])
    form = ExportFormat(named)
    columns = tuple(filter(None, (one.strip() for said in params.getlist("columns") for one in said.split(","))))
    return Asked(
        state=replace(read_state(searched), after=None),
        form=form,
        columns=chosen(columns) if form is ExportFormat.CSV else (),
        named=columns if form is ExportFormat.CSV else (),
        excel=form is ExportFormat.CSV and _is_said(params.get("excel")),
        own=own,
        bundle=is_bundle,
        tells=form is ExportFormat.JSONL and not is_bundle and _is_said(params.get("manifest")),
    )


def _is_said(value: str | None) -> bool:
    return value in {"1", "true", "yes"}


async def _begun(site: Site, actor: Actor, asked: Asked) -> Export:
    begin = partial(exporting.begin, site.registry, actor, asked.state.text, sort=asked.state.sort, own=asked.own)
    return await anyio.to_thread.run_sync(begin, limiter=site.searches)


def _manifest(registry: Registry, found: Export, asked: Asked) -> Manifest:
    return exporting.manifest(
        registry,
        found,
        text=asked.state.text,
        form=asked.form,
        columns=tuple(column.name for column in asked.columns),
        url=registry.settings.base_url + asked.path,
    )


def _headers(asked: Asked, manifest: Manifest) -> list[tuple[bytes, bytes]]:
    ending = BUNDLE if asked.bundle else asked.form.value
    kind = "application/zip" if asked.bundle else asked.form.media_type
    about = asked.path.replace(f"{PATH}.{asked.form}", MANIFEST, 1)
    about += f"{'&' if '?' in about else '?'}format={asked.form}"
    said = {
        "Content-Type": kind,
        "Content-Disposition": f'attachment; filename="export.{ending}"',
        "Cache-Control": PRIVATE,
        "X-Robots-Tag": "noindex",
        "X-Total-Count": str(manifest.count),
        "Link": f'<{about}>; rel="describedby"; type="application/json"',
    }
    return [(name.lower().encode(), value.encode()) for name, value in said.items()]


def _pieces(asked: Asked, found: Export, manifest: Manifest) -> Iterator[bytes]:
    pieces = written(found.rows, asked.form, columns=asked.columns, excel=asked.excel)
    if asked.bundle:
        return bundled(manifest, pieces, found.tally)
    return _told(found, manifest, pieces) if asked.tells else pieces


def _told(found: Export, manifest: Manifest, pieces: Iterator[bytes]) -> Iterator[bytes]:
    about: JsonValue = {"manifest": manifest.as_dict()}
    yield json_line(about)
    yield from pieces
    yield json_line({"end": found.tally.as_dict()})


def _next_piece(pieces: Iterator[bytes]) -> bytes:
    """The next bytes to send, about so many that they are worth it; none at the end."""
    taken: list[bytes] = []
    size = 0
    for piece in pieces:
        taken.append(piece)
        size += len(piece)
        if size >= _PIECE:
            break
    return b"".join(taken)


def _party(actor: Actor) -> str:
    """Who takes an export: an organisation, a person or an address."""
    return actor.organisation or actor.person or party_of(actor.address) or "unknown"
