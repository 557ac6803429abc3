"""How a record of a source is marked, unless its importer knows otherwise."""

from __future__ import annotations

from importers.contract import Source
from registry.domain.canonical import JsonValue


def marking(source: Source, **more: JsonValue) -> dict[str, JsonValue]:
    """Public, in the source's own words, alleged and told by others, under its terms; *more* stands in their place."""
    told: dict[str, JsonValue] = {"tlp": "CLEAR", "licence": source.licence, "obligations": list(source.obligations)}
    return told | {"language": "en", "provenance": "verbatim", "standing": "alleged", "reported_by": "others"} | more
