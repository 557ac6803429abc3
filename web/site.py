"""What every page needs: the registry, the templates, the build they belong to, and bounded threads for searches
and for hashing passwords."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import CodeType
from typing import cast

import anyio
import jinja2
from jinja2.bccache import Bucket
from starlette.requests import Request

from registry.domain.taxonomy import Taxonomy
from registry.ports import Registry
from registry.release import version
from web.pages import meanings, wording
from web.pages.markdown import to_html

_WEB = Path(__file__).parent
_SEARCH_THREADS = 4


@dataclass(frozen=True, slots=True)
class Site:
    """One node's pages. ``build`` changes whenever code, templates or the node's settings change.

    ``hashing`` are the threads that hash passwords; ``hashing_places`` counts who is in one or waits for one.
    ``taxonomies`` holds releases, by name and version, with the ``public_seq`` they were read at.
    """

    registry: Registry
    templates: jinja2.Environment
    build: str
    searches: anyio.CapacityLimiter
    hashing: anyio.CapacityLimiter
    hashing_places: anyio.CapacityLimiter
    taxonomies: dict[tuple[str, str | None], tuple[int, Taxonomy | None]] = field(default_factory=dict)

    def render(self, template: str, values: Mapping[str, object]) -> str:
        """A page; every value is escaped."""
        return self.templates.get_template(template).render(values)

    def url(self, path: str) -> str:
        """The public address of *path*, from the settings and never from the request."""
        return self.registry.settings.base_url + path


def open_site(registry: Registry) -> Site:
    """The pages of *registry*."""
    settings = registry.settings
    named = f"{_code_hash()} {settings.model_dump_json(exclude={'data_dir', 'erasures'})}"
    build = hashlib.sha256(named.encode()).hexdigest()[:16]
    searches, hashing = anyio.CapacityLimiter(_SEARCH_THREADS), anyio.CapacityLimiter(settings.password_threads)
    places = anyio.CapacityLimiter(settings.password_threads + settings.password_queue)
    site = Site(registry, _templates(), build, searches, hashing, places)
    site.templates.globals |= {
        "title": settings.title,
        "node_name": settings.node_name,
        "base_url": settings.base_url,
        "takes_reports": settings.anonymous_reports,
        "asset_version": build,
        "software_version": version(),
        "meanings": meanings,
        "wording": wording,
    }
    return site


def site_of(request: Request) -> Site:
    """The site that answers *request*."""
    return cast("Site", request.app.state.site)


class _Compiled(jinja2.BytecodeCache):
    """Each template is compiled once a process, however many nodes it serves; a changed one is compiled again."""

    def __init__(self) -> None:
        self._codes: dict[tuple[str, str], CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        bucket.code = self._codes.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        if bucket.code is not None:
            self._codes[bucket.key, bucket.checksum] = bucket.code


_COMPILED = _Compiled()


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_WEB / "templates"),
        bytecode_cache=_COMPILED,
        # Templates come with the code, so nobody need ask for each part of each page whether it has changed.
        auto_reload=False,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "markdown": to_html,
        "words": wording.words,
        "field_label": wording.field_label,
        "day": wording.day,
        "instant": wording.instant,
        "when": wording.when,
        "number": wording.number,
        "capital": wording.capital,
    }
    return environment


@cache
def _code_hash() -> str:
    """One hash over everything that can change how a page looks."""
    found = hashlib.sha256()
    for root in (_WEB, _WEB.parent / "registry"):
        for path in sorted(root.rglob("*")):
            if path.suffix in {".py", ".html", ".css", ".js", ".svg"}:
                found.update(path.read_bytes())
    return found.hexdigest()
