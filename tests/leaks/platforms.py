"""What strangers ask at the doors for platforms."""

from __future__ import annotations

from registry.domain.interop import ids
from registry.domain.interop.channel import Channel
from registry.domain.record import GroupSlug, RecordUid
from registry.domain.vocabulary import Tlp
from tests.leaks.twins import Twin

_TECHNIQUE = f"attack-pattern--{ids.technique_id('mitre-atlas', 'AML.T0051')}"
_CHANNELS = (
    Channel(Tlp.CLEAR),
    Channel(Tlp.CLEAR, imported=True),
    Channel(Tlp.GREEN),
    Channel(Tlp.AMBER, GroupSlug("acme")),
)


def pages(twin: Twin, refs: list[str]) -> dict[str, list[str]]:
    """Addresses by route; *refs* are numbers and uids of records, known, hidden and made up."""
    found = [ids.collection_id(twin.registry.settings.node_name, one.key) for one in _CHANNELS]
    base = "/taxii2/records/collections/"
    lists = [f"{base}{one}/" for one in (*found, "nonsense")]
    hidden = [f"report--{ids.record_id(record.uid)}" for record in twin.samples()[::5]]
    reports = [f"report--{ids.record_id(record.uid)}" for record in twin.public_records.values()]
    reports += [f"report--{ids.record_id(RecordUid('x'))}", *hidden, _TECHNIQUE, "nonsense"]
    asked = ("", "?limit=3", "?match[type]=report", f"?match[id]={_TECHNIQUE}", "?added_after=2026-03-14T18:00:00Z")
    wrong = ("?limit=0", "?added_after=yesterday", "?match[color]=red", "?next=x", "?match[id]=a&match[id]=b")
    uids = [ref for ref in refs if "-" in ref and ref == ref.lower()]
    return {
        "/taxii2/": ["/taxii2/"],
        "/taxii2/records/": ["/taxii2/records/"],
        base: [base],
        f"{base}{{collection}}/": lists,
        f"{base}{{collection}}/manifest/": [f"{one}manifest/" for one in lists],
        f"{base}{{collection}}/objects/": [
            *(f"{one}objects/{more}" for one in lists for more in asked),
            *(f"{lists[0]}objects/{more}" for more in wrong),
        ],
        f"{base}{{collection}}/objects/{{object}}/": [f"{lists[0]}objects/{one}/" for one in reports],
        f"{base}{{collection}}/objects/{{object}}/versions/": [f"{lists[0]}objects/{one}/versions/" for one in reports],
        "/feeds/{feed}/manifest.json": [
            "/feeds/misp/manifest.json", "/feeds/misp-imported/manifest.json", "/feeds/x/manifest.json",
        ],
        "/feeds/{feed}/hashes.csv": ["/feeds/misp/hashes.csv", "/feeds/misp-imported/hashes.csv"],
        "/feeds/{feed}/{uuid}.json": [
            *(f"/feeds/{feed}/{uid}.json" for feed in ("misp", "misp-imported") for uid in uids),
            "/feeds/misp/nonsense.json",
        ],
        "/r/{ref}.stix.json": [f"/r/{ref}.stix.json" for ref in refs],
    }  # fmt: skip
