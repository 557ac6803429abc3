"""What OpenCTI and MISP send and do when they pull, as their public code has it: requests, and what decides the next.

OpenCTI: ``ingestionManager``, which asks for the objects of one collection. MISP: ``Feed``, which asks for a manifest,
and for the events that are new or newer than its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import quote

from tests.interop.world import World

Object = dict[str, Any]


@dataclass(slots=True)
class OpenCti:
    """A TAXII feed of OpenCTI.

    Attributes:
        uri, collection: as they are typed in. ``key``: of the bearer token, if any.
        limit: objects a page, which it does not say unless its operator sets it.
        kept: the newest of each object that arrived. ``arrived``: how many did, one after another.
    """

    world: World
    uri: str
    collection: str
    of: str | None = None
    limit: int | None = None
    cursor: str | None = None
    added_after: str | None = None
    kept: dict[str, Object] = field(default_factory=dict)
    arrived: list[int] = field(default_factory=list)

    def run_once(self) -> int:
        """One of its regular looks; how many objects came."""
        base = self.uri if self.uri.endswith("/") else f"{self.uri}/"
        said = {"next": self.cursor, "added_after": self.added_after, "limit": self.limit}
        asked = "&".join(f"{name}={quote(str(value), safe='')}" for name, value in said.items() if value is not None)
        path = f"{base.removeprefix('https://a.test')}collections/{self.collection}/objects/?{asked}"
        answer = self.world.get(path, of=self.of, Accept="application/taxii+json;version=2.1")
        assert 200 == answer.status_code, answer.text
        told = answer.json()
        objects = told.get("objects", [])
        if not objects:
            # It keeps its state as it is, and asks the same again.
            return 0
        self.kept |= {one["id"]: one for one in objects}
        self.arrived.append(len(objects))
        if told.get("more") and told.get("next"):
            self.cursor = told["next"]
        else:
            self.cursor = None
            last = datetime.fromisoformat(answer.headers["x-taxii-date-added-last"])
            self.added_after = last.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return len(objects)

    def run(self) -> int:
        """Look until nothing comes; how many objects came."""
        before = sum(self.arrived)
        while self.run_once():
            pass
        return sum(self.arrived) - before


@dataclass(slots=True)
class Misp:
    """A network feed of MISP, source format "MISP Feed".

    Attributes:
        url: as it is typed in; paths are put behind it as they are.
        headers: what is typed into the field for headers, a line each.
        events: by uuid, as they arrived. ``fetched``: the uuids that were asked for, in order.
    """

    world: World
    url: str
    headers: str = ""
    etag: str | None = None
    manifest: dict[str, Object] = field(default_factory=dict)
    events: dict[str, Object] = field(default_factory=dict)
    fetched: list[str] = field(default_factory=list)

    def pull(self) -> list[str]:
        """Fetch all feed data; the uuids of the events that were added or edited."""
        answer = self._get("/manifest.json", etag=self.etag)
        if answer.status_code == 200:
            self.manifest, self.etag = answer.json(), answer.headers.get("etag")
        else:
            assert 304 == answer.status_code
        newer = [uuid for uuid, entry in self.manifest.items() if self._is_newer(uuid, entry)]
        for uuid in newer:
            self.events[uuid] = self._get(f"/{uuid}.json").json()["Event"]
        self.fetched += newer
        return newer

    def cache(self) -> list[list[str]]:
        """Cache the feed: hashes of values, each with the uuid of its event."""
        return [line.split(",") for line in self._get("/hashes.csv").text.split()]

    def _is_newer(self, uuid: str, entry: Object) -> bool:
        known = self.events.get(uuid)
        return known is None or int(known["timestamp"]) < int(entry["timestamp"])

    def _get(self, path: str, *, etag: str | None = None) -> Any:
        given = {"Accept": "application/json, text/plain, text/*", "MISP-version": "2.4.190", "MISP-uuid": "x"}
        for line in filter(None, self.headers.split("\n")):
            # Parted at every colon, of which two parts are taken.
            name, value, *_rest = line.split(":")
            given[name.strip()] = value.strip()
        if etag is not None:
            given["If-None-Match"] = etag
        return self.world.get(f"{self.url}{path}".removeprefix("https://a.test"), **given)
