"""A format invented for tests of runs: JSON Lines, one thing a line.

``{"id": "A", "title": "…", "links": [["related", "B"]]}`` is a record, with ``"held"`` or ``"csae"`` if it is to be;
``{"id": "A", "gone": true}`` one that the source takes back, ``{"bad": "A"}`` one that is refused.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from importers.contract import Draft, Importer, Parsed, RawDocument, Source, TakenBack, Trust, upstream_hash
from registry.domain.finding import Finding
from registry.domain.vocabulary import Kind, LinkRel
from tests import factories

MARKING = {"tlp": "CLEAR", "licence": "CC-BY-4.0"}


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read one document; what is no JSON is refused as a whole."""
    try:
        lines = [json.loads(line) for line in document.body.splitlines()]
    except ValueError:
        yield Finding(source.id, document.name, "BROKEN_DOCUMENT", "this is no JSON")
        return
    for line in lines:
        yield from _of_line(line, source)


def _of_line(line: dict[str, Any], source: Source) -> Iterator[Parsed]:
    if "bad" in line:
        yield Finding(source.id, line["bad"], "MISSING", "title: is missing")
    elif "gone" in line:
        yield TakenBack(line["id"])
    else:
        content = {"title": line.get("title", f"Case {line['id']}"), "summary": "It happened."}
        if line.get("csae"):
            content["misuse_categories"] = ["csae"]
        links = tuple((LinkRel(rel), target) for rel, target in line.get("links", ()))
        held = bool(line.get("held"))
        if held:
            yield Finding(source.id, line["id"], "PERSON_NAMED", "a person may be named", refused=False, held=True)
        yield Draft(
            line["id"],
            Kind.INCIDENT,
            content,
            MARKING,
            upstream_hash({"line": json.dumps(line)}),
            links=links,
            held=held,
        )


SOURCE = factories.source("invented", "Invented cases", trusted=True)
WHOLE = Importer(source=SOURCE, parse=parse)
REVIEWED = WHOLE.of(factories.source("invented", "Invented cases"))
assert REVIEWED.source.trust is Trust.REVIEW


def document(*things: str | dict[str, Any], name: str = "cases.jsonl") -> RawDocument:
    """One document; a bare id is a record of this id."""
    lines = [json.dumps({"id": one} if isinstance(one, str) else one) for one in things]
    return RawDocument(name, "\n".join(lines).encode())


def numbered(count: int, *, begin: int = 0, prefix: str = "R") -> list[str]:
    """So many ids."""
    return [f"{prefix}{at:05d}" for at in range(begin, begin + count)]
