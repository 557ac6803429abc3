"""Golden files: what an importer makes of a fixture, as JSON that people read and review.

``UPDATE_GOLDEN=1 pytest tests/importers`` writes them anew; look at the difference before you commit it.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, replace
from pathlib import Path

from importers.contract import Draft, Fragment, Importer, Parsed, RawDocument, Source, TakenBack
from registry.domain.finding import Finding

FIXTURES = Path(__file__).parent
UPDATE = "UPDATE_GOLDEN"


def read(path: Path) -> RawDocument:
    """The file as a raw document."""
    return RawDocument(path.name, path.read_bytes())


def fixtures(importer: Importer) -> list[Path]:
    """The files in the publisher's format, without what stands beside them for us."""
    folder = FIXTURES / importer.id
    return sorted(path for path in folder.glob("*") if not path.name.endswith((".golden.json", ".options.json")))


def source_of(importer: Importer, fixture: Path) -> Source:
    """The importer's source; with the options in ``<fixture>.options.json`` where the format needs some."""
    options = fixture.with_name(fixture.name + ".options.json")
    if not options.is_file():
        return importer.source
    return replace(importer.source, options=json.loads(options.read_text(encoding="utf-8")))


def assert_golden(importer: Importer, fixture: Path) -> None:
    """What *importer* makes of *fixture* is what the JSON file beside it says."""
    golden = fixture.with_suffix(".golden.json")
    source = source_of(importer, fixture)
    actual = [_shown(parsed, source) for parsed in importer.parse(read(fixture), source)]
    if os.environ.get(UPDATE):
        golden.write_text(json.dumps(actual, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")

    expected = json.loads(golden.read_text(encoding="utf-8"))

    assert expected == json.loads(json.dumps(actual)), f"{golden.name} differs; {UPDATE}=1 writes it anew"


def _shown(parsed: Parsed, source: Source) -> dict[str, object]:
    if isinstance(parsed, Finding):
        return {"finding": asdict(parsed)}
    if isinstance(parsed, Draft):
        return {
            "kind": parsed.kind,
            "content": parsed.document(source),
            "marking": parsed.marking,
            "links": [list(link) for link in parsed.links],
            **({"restricted": parsed.restricted} if parsed.restricted else {}),
            **({"names": list(parsed.names)} if parsed.names else {}),
            **({"joins": list(parsed.joins)} if parsed.joins else {}),
            **({"held": True} if parsed.held else {}),
        }
    if isinstance(parsed, Fragment):
        return {"fragment": {name: value for name, value in asdict(parsed).items() if value not in ((), None)}}
    if isinstance(parsed, TakenBack):
        return {"taken_back": asdict(parsed)}
    return {"taxonomy": asdict(parsed)}
