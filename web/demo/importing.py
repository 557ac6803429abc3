"""Bringing in the records of an invented source, so that the demo shows what is imported and under which terms."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.content.kinds import Content, parse
from registry.domain.importing import Source, Trust
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import ingest


def load_imported(registry: Registry, body: bytes) -> None:
    """Take in the source's records as any trusted source's; those that are known and unchanged stay as they are."""
    given = json.loads(body)
    source = _source(given["source"])
    records = [ingest.incoming(source, _content(source, one)) for one in given["records"]]
    ingest.upsert(registry, LOCAL_OPERATOR, source, records)


def _source(row: dict[str, Any]) -> Source:
    return Source(
        **row
        | {
            "obligations": tuple(row["obligations"]),
            "hosts": frozenset(row["hosts"]),
            "organisation": OrganisationKind(row["organisation"]),
            "trust": Trust(row["trust"]),
        }
    )


def _content(source: Source, record: dict[str, Any]) -> Content:
    sha256 = hashlib.sha256(json.dumps(record, sort_keys=True).encode()).hexdigest()
    upstream = {"source": source.id, "id": record["id"], "url": record["url"], "sha256": sha256}
    upstream |= {"attribution": source.attribution, "mapped": record["mapped"]}
    marking = {"tlp": "CLEAR", "licence": source.licence, "obligations": list(source.obligations)}
    return parse(Kind(record["kind"]), content={**record["content"], "upstream": upstream}, marking=marking)
