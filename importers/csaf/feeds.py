"""Where a CSAF provider lists its documents: provider-metadata, ROLIE feeds, ``changes.csv`` and ``index.txt``.

Every listed document is asked for in every run. Dates of a list do not tell what changed: providers publish again under
old dates.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import urljoin, urlsplit

from importers.contract import Following, RawDocument, Source, Wanted, file_name
from importers.json_document import read_json
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput

_LISTS = ("changes.csv", "index.txt")
_MAX_DOCUMENTS = 20_000
_MAX_PATH = 500


def is_public(label: JsonValue) -> bool:
    """Whether a TLP label, of version 1 or 2, lets everybody have it."""
    return label in ("WHITE", "CLEAR")


def is_list(document: RawDocument) -> bool:
    """Whether the document lists others by its name alone."""
    return document.name.endswith(_LISTS)


def is_listing(root: JsonValue) -> bool:
    """Whether it is provider-metadata or a feed, and so holds no record."""
    return isinstance(root, Mapping) and "document" not in root and bool({"distributions", "feed"} & root.keys())


def follow(document: RawDocument, wanted: Wanted, _source: Source, _cursor: str | None) -> Following:
    """What a list leads to; a document of its own leads nowhere."""
    if is_list(document):
        found = list(_of_lines(document.body))
    else:
        try:
            root = read_json(document.body)
        except InvalidInput:
            return Following()
        found = list(_of_root(root)) if is_listing(root) and isinstance(root, Mapping) else []
    urls = dict.fromkeys(url for path in found if (url := _joined(wanted.url, path)) is not None)
    return Following(tuple(Wanted(url, file_name(url)) for url in list(urls)[:_MAX_DOCUMENTS] if url != wanted.url))


def _of_lines(body: bytes) -> Iterator[str]:
    for line in body.decode(errors="replace").splitlines():
        quoted = line.strip().startswith('"')
        path = line.strip().removeprefix('"').partition('"' if quoted else ",")[0].strip()
        if path.endswith(".json"):
            yield path


def _of_root(root: Mapping[str, JsonValue]) -> Iterator[str]:
    feed = root.get("feed")
    if isinstance(feed, Mapping):
        for entry in _objects(feed.get("entry")):
            yield from _of_entry(entry)
        return
    for distribution in _objects(root.get("distributions")):
        rolie = distribution.get("rolie")
        feeds = list(_objects(rolie.get("feeds"))) if isinstance(rolie, Mapping) else []
        if feeds:
            # Feeds for others are left alone: what is in them is not meant for everybody.
            yield from (
                url for one in feeds if is_public(one.get("tlp_label")) and isinstance(url := one.get("url"), str)
            )
        elif isinstance(directory := distribution.get("directory_url"), str):
            yield directory.rstrip("/") + "/changes.csv"


def _of_entry(entry: Mapping[str, JsonValue]) -> Iterator[str]:
    content = entry.get("content")
    src = content.get("src") if isinstance(content, Mapping) else None
    links = [one.get("href") for one in _objects(entry.get("link")) if one.get("rel") == "self"]
    yield from [one for one in (src, *links) if isinstance(one, str)][:1]


def _objects(value: JsonValue) -> Iterator[Mapping[str, JsonValue]]:
    """The objects of a list; one that stands alone as well."""
    items = value if isinstance(value, list) else [value]
    return (item for item in items if isinstance(item, Mapping))


def _joined(base: str, path: str) -> str | None:
    """The address of *path* as seen from *base*, if it is no less safe than that and leads nowhere upward."""
    if len(path) > _MAX_PATH or any(part == ".." for part in path.split("/")):
        return None
    try:
        url = urljoin(base, path)
        parts = urlsplit(url)
        schemes = {"https", urlsplit(base).scheme} & {"https", "http"}
    except ValueError:
        return None
    return url if parts.scheme in schemes and parts.hostname and url.isprintable() and " " not in url else None
