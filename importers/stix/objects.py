"""The objects of a STIX 2.1 document: in any order, in several versions, with references that lead nowhere.

Of each id the version that was modified last counts. A bundle, an envelope of TAXII, a list and one object are read.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from importers.contract import RawDocument
from importers.entry import Entry
from importers.json_document import read_json
from registry.domain.canonical import Document, JsonValue
from registry.domain.finding import Finding

MAIN = frozenset({"campaign", "course-of-action", "grouping", "incident", "report", "vulnerability"})
INCIDENTS = frozenset({"campaign", "grouping", "incident", "report"})
# Types whose objects become parts of records, or tell how records stand to each other.
PARTS = frozenset(
    {
        "attack-pattern", "identity", "indicator", "intrusion-set", "location", "malware", "marking-definition", "note",
        "relationship", "sighting", "threat-actor", "tool",
    }
)  # fmt: skip
# Other types of the standard, whose names a finding may say.
_OTHERS = frozenset(
    {
        "artifact", "autonomous-system", "bundle", "directory", "domain-name", "email-addr", "email-message",
        "extension-definition", "file", "infrastructure", "ipv4-addr", "ipv6-addr", "language-content", "mac-addr",
        "malware-analysis", "mutex", "network-traffic", "observed-data", "opinion", "process", "software", "url",
        "user-account", "windows-registry-key", "x509-certificate", "x-mitre-tactic", "x-mitre-data-source",
    }
)  # fmt: skip
_ID = re.compile(r"([a-z0-9][a-z0-9-]{1,49})--[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TIME = re.compile(r"(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?Z")
_MAX_REFS = 1_000


@dataclass(slots=True)
class Objects:
    """The objects of one document by id; those that were not read are counted by type."""

    source: str
    document: str
    by_id: dict[str, Entry] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def of(self, types: Iterable[str]) -> Iterator[Entry]:
        """The objects of these types that are not revoked."""
        wanted = frozenset(types)
        return (one for id_, one in self.by_id.items() if type_of(id_) in wanted and not is_revoked(one))

    def get(self, id_: str) -> Entry | None:
        """The object of this id, unless it is revoked or elsewhere."""
        found = self.by_id.get(id_)
        return None if found is None or is_revoked(found) else found

    def told(self) -> Iterator[Finding]:
        """What was found about the document, and about what has no kind of ours: one finding a type."""
        yield from self.findings
        for type_, count in sorted(self.unread.items()):
            message = f"{count} objects of {type_}: there is no kind of ours for these; left out"
            yield Finding(self.source, self.document, "NO_KIND", message, False)


def type_of(id_: str) -> str:
    return id_.partition("--")[0]


def is_revoked(entry: Entry) -> bool:
    return entry.fields.get("revoked") is True


def refs(entry: Entry, name: str) -> tuple[str, ...]:
    """The ids that a list of references holds, each once."""
    items = entry.items(name)[:_MAX_REFS]
    return tuple(dict.fromkeys(item for item in items if isinstance(item, str) and _ID.fullmatch(item)))


def ref(entry: Entry, name: str) -> str | None:
    """The id that one reference holds."""
    value = entry.fields.get(name)
    return value if isinstance(value, str) and _ID.fullmatch(value) else None


def read_objects(document: RawDocument, source: str) -> Objects:
    """Read a document.

    Raises:
        InvalidInput: it is no JSON.
    """
    found = Objects(source, document.name)
    root = read_json(document.body)
    items = _items(root)
    if items is None:
        message = "a bundle, or objects of STIX 2.1 are expected"
        found.findings.append(Finding(source, document.name, "BROKEN_DOCUMENT", message))
        return found
    for position, item in enumerate(items):
        _take(found, position, item)
    return found


def _items(root: JsonValue) -> list[JsonValue] | None:
    if isinstance(root, list):
        return root
    if not isinstance(root, Mapping):
        return None
    objects = root.get("objects")
    if isinstance(objects, list):
        return objects
    if root.get("type") == "bundle" or "more" in root or not root:
        # An empty bundle, or the empty envelope of a collection that holds nothing new.
        return [] if objects is None else None
    return [root] if isinstance(root.get("id"), str) else None


def _take(found: Objects, position: int, item: JsonValue) -> None:
    label = f"{found.document}[{position}]"
    id_ = item.get("id") if isinstance(item, Mapping) else None
    if not isinstance(item, Mapping) or not isinstance(id_, str) or not _ID.fullmatch(id_):
        message = "an object with an id such as report--<UUID> is expected"
        found.findings.append(Finding(found.source, label, "BROKEN_OBJECT", message))
        return
    type_ = type_of(id_)
    if type_ not in MAIN and type_ not in PARTS:
        found.unread[type_ if type_ in _OTHERS else "another type"] += 1
    before = found.by_id.get(id_)
    if before is None or _time(before.fields) <= _time(item):
        found.by_id[id_] = Entry(found.source, id_, item)


def _time(fields: Document) -> tuple[str, str]:
    for name in ("modified", "created"):
        value = fields.get(name)
        if isinstance(value, str) and (found := _TIME.fullmatch(value)):
            return found[1], (found[2] or "").ljust(9, "0")
    return "", ""
