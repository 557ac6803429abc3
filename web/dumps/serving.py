"""``/dumps/``: everything public as dated files. Only what is for everybody: a key gets nothing more here."""

from __future__ import annotations

import base64
from contextlib import suppress
from email.utils import format_datetime
from functools import partial
from pathlib import Path

import anyio
import anyio.to_thread
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.types import Message, Receive, Scope, Send

from registry.domain.actor import ANONYMOUS, Actor
from registry.domain.dump.made import NAME, DumpFile, Made
from registry.domain.errors import NotFound
from registry.domain.export.manifest import NOTICE
from registry.domain.network import party_of
from registry.ports import Registry
from registry.service import dumps
from web.authentication import actor_of
from web.errors import HttpFailure
from web.limits import mark_known
from web.pages.caching import by_version, page
from web.site import site_of
from web.streaming import Places

# A dump never changes, but it may have to go: a copy between is to forget it soon after.
CACHING = "public, max-age=3600, immutable"
_EACH, _AT_ONCE = 4, 40


async def index_page(request: Request) -> Response:
    """Which dumps there are, for people."""
    return await by_version(_index_page, _version)(request)


async def index_json(request: Request) -> Response:
    """The same for programs, with the addresses, sizes and hashes of all files."""
    return await by_version(_index_json, _version)(request)


class DumpApp:
    """Answers ``/dumps/{name}/{file}`` for one registry. ``request.state`` must hold ``actor``.

    Args:
        piece_seconds: how long the client may take to read a piece.
    """

    def __init__(self, registry: Registry, *, piece_seconds: float = 30.0) -> None:
        self._registry = registry
        self._piece_seconds = piece_seconds
        self._places = Places("downloads of dumps", each=_EACH, at_once=_AT_ONCE)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        answer, path = await self._answered(request)
        if path is None:
            await answer(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            # Whoever reads while the dump has to go does not get the rest of it.
            if message["type"] == "http.response.body" and not path.exists():
                raise NotFound("the dump is gone")
            with anyio.fail_after(self._piece_seconds):
                await send(message)

        # What cannot be sent to its end is broken off, so that nobody takes a part for the whole.
        with self._places.place(_party(actor_of(request))), suppress(TimeoutError, NotFound, FileNotFoundError):
            await answer(scope, receive, watched)

    async def _answered(self, request: Request) -> tuple[Response, Path | None]:
        """What is answered, and the file that is sent, if one is.

        Raises:
            NotFound: there never was such a dump, or such a file in it.
            HttpFailure: the dump is gone; status 410.
        """
        name, asked = request.path_params["name"], request.path_params["file"]
        made = await self._found(name)
        file = next((one for one in made.files if one.name == asked), None)
        if file is None:
            raise NotFound("there is no such file in the dump")
        if made.because is not None:
            raise HttpFailure(410, "DUMP_GONE", f"this dump is {made.because.sentence}")
        headers = _headers(made, file)
        # A proxy that packs what it passes on makes a tag a weak one.
        known = (one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(","))
        if headers["ETag"] in known:
            mark_known(request.scope)
            return Response(status_code=304, headers={"ETag": headers["ETag"], "Cache-Control": CACHING}), None
        path = self._registry.settings.dumps_dir / made.name / file.name
        try:
            found = await anyio.to_thread.run_sync(path.stat)
        except FileNotFoundError:
            raise NotFound("the dump is gone") from None
        answer = FileResponse(path, headers=headers, media_type=file.media_type, stat_result=found)
        return answer, None if request.method == "HEAD" else path

    async def _found(self, name: str) -> Made:
        if NAME.fullmatch(name) is None:
            raise NotFound("there is no such dump")
        return await anyio.to_thread.run_sync(partial(dumps.named, self._registry, ANONYMOUS, name))


async def _index_page(request: Request) -> Response:
    site = site_of(request)
    known = await anyio.to_thread.run_sync(dumps.listed, site.registry, ANONYMOUS)
    settings = site.registry.settings
    return page(
        request,
        "dumps.html",
        standing=[one for one in known if one.stands],
        gone=[one for one in known if not one.stands],
        fingerprint=site.registry.key.fingerprint,
        every=settings.dumps_every_hours,
        kept=settings.dumps_kept,
        without=settings.dumps_without,
    )


async def _index_json(request: Request) -> Response:
    site = site_of(request)
    known = await anyio.to_thread.run_sync(dumps.listed, site.registry, ANONYMOUS)
    base_url = site.registry.settings.base_url
    told = {
        "node": site.registry.settings.node_name,
        "fingerprint": site.registry.key.fingerprint,
        "notice": NOTICE,
        "dumps": [one.as_dict(base_url=base_url) for one in known if one.stands],
        "gone": [one.as_dict(base_url=base_url) for one in known if not one.stands],
    }
    return JSONResponse(told, headers={"X-Robots-Tag": "noindex"})


def _version(registry: Registry) -> str:
    known = dumps.listed(registry, ANONYMOUS)
    return " ".join(f"{one.name} {one.because or ''}" for one in known)


def _headers(made: Made, file: DumpFile) -> dict[str, str]:
    digest = base64.b64encode(bytes.fromhex(file.sha256)).decode()
    return {
        "ETag": f'"{file.sha256[:32]}"',
        "Last-Modified": format_datetime(made.made_at, usegmt=True),
        "Repr-Digest": f"sha-256=:{digest}:",
        "Cache-Control": CACHING,
        "X-Robots-Tag": "noindex",
        "Content-Disposition": f'attachment; filename="{file.name}"',
    }


def _party(actor: Actor) -> str:
    return actor.organisation or actor.person or party_of(actor.address) or "unknown"
