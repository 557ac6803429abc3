"""Small files that programs look for: robots, security contact, a guide for language models, the search,
icons, static files."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from functools import cache
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from registry.domain.actor import ANONYMOUS
from registry.service import guidelines
from web.site import site_of

_STATIC = Path(__file__).parent.parent / "static"
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".png": "image/png"}
_FOREVER = "public, max-age=31536000, immutable"
_DAY = "public, max-age=86400"
_CONTACT_LIFE = timedelta(days=180)


async def robots(request: Request) -> Response:
    """Search engines may read records; result pages and raw formats would only be repetitions."""
    site = site_of(request)
    text = "User-agent: *\nDisallow: /search\nDisallow: /lookup\nDisallow: /export\nDisallow: /graphql\nAllow: /\n"
    return PlainTextResponse(f"{text}\n# {site.url('/llms.txt')}\n", headers={"Cache-Control": _DAY})


async def security(request: Request) -> Response:
    """RFC 9116: where to report a weakness of this node."""
    site = site_of(request)
    expires = (site.registry.clock.now() + _CONTACT_LIFE).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = (
        f"Contact: {site.registry.settings.contact or site.url('/about') + '#contact'}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {site.url('/.well-known/security.txt')}",
    )
    return PlainTextResponse("\n".join(lines) + "\n", headers={"Cache-Control": _DAY})


async def llms(request: Request) -> Response:
    """A guide for programs that read with a language model."""
    site = site_of(request)
    text = site.render("llms.txt", {"guidelines": guidelines.current(site.registry, ANONYMOUS)})
    return PlainTextResponse(text, headers={"Cache-Control": _DAY})


async def opensearch(request: Request) -> Response:
    """OpenSearch 1.1: browsers take the search of this node from it."""
    text = site_of(request).render("opensearch.xml", {})
    return Response(text, headers={"Cache-Control": _DAY}, media_type="application/opensearchdescription+xml")


async def favicon(request: Request) -> Response:
    """The icon, at the places where browsers look for it."""
    return _file("icon.svg", request, _DAY)


async def static(request: Request) -> Response:
    """One of our own files, for ever under the version its link carries."""
    is_current = request.query_params.get("v") == site_of(request).build
    return _file(request.path_params["name"], request, _FOREVER if is_current else "public, no-cache")


def _file(name: str, request: Request, caching: str) -> Response:
    found = _files().get(name)
    if found is None:
        raise HTTPException(404)
    body, tag = found
    headers = {"ETag": tag, "Cache-Control": caching}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=_TYPES[Path(name).suffix])


@cache
def _files() -> dict[str, tuple[bytes, str]]:
    """Every static file by name, with its tag; read once, so no request names a path on the disk."""
    found = {path.name: path.read_bytes() for path in _STATIC.iterdir() if path.suffix in _TYPES}
    return {name: (body, f'"{hashlib.sha256(body).hexdigest()[:32]}"') for name, body in found.items()}
