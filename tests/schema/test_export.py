"""Exports through the API: where the file is, and what it is."""

from __future__ import annotations

from tests.schema.world import Api
from tests.service.world import People, published, text_of

MANIFEST = "query explanation format columns sort madeAt publicSeq count licences { licence url rows } node notice"


def test_an_export_is_told_with_its_address_and_manifest(api: Api, people: People) -> None:
    for title in ("Marmot seen", "Marmot heard", "Vole seen"):
        published(api.registry, people, text_of(title))
    api.index()

    asked = 'export(query: "marmot", format: CSV, columns: ["title"])'
    found = api.ask(f"{{ {asked} {{ url manifest {{ {MANIFEST} }} }} }}")
    told = found["export"]["manifest"]
    total = api.ask('{ search(query: "marmot") { totalCount } }')["search"]["totalCount"]

    base = api.registry.settings.base_url
    assert f"{base}/export.csv?q=marmot&columns=title" == found["export"]["url"]
    assert total == told["count"] == 2
    assert [{"licence": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/", "rows": 2}] == (
        told["licences"]
    )
    assert ("CSV", ["title", "licence", "attribution"], "RELEVANCE") == (told["format"], told["columns"], told["sort"])
    assert "marmot" in told["explanation"]
    assert "reports, not rates" in told["notice"]


def test_what_cannot_be_exported_is_told_with_its_code(api: Api) -> None:
    unknown = api.errors('{ export(format: CSV, columns: ["titel"]) { url } }')
    unreadable = api.errors('{ export(query: "severity:9") { url } }')

    assert ["UNKNOWN_TERM", "BAD_QUERY"] == [
        (one["extensions"].get("problems") or [one["extensions"]])[0]["code"] for (one,) in (unknown, unreadable)
    ]
