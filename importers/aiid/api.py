"""How the GraphQL API of the AI Incident Database is asked: its lists by pages, each the next until one is short.

Editors, submitters and texts of reports are not asked for. Authors are, to leave out what names them: they themselves
are kept nowhere.
"""

from __future__ import annotations

import json
import re

from importers.contract import Following, RawDocument, Source, Wanted, file_name
from importers.json_document import read_json
from registry.domain.errors import InvalidInput

PAGE = 100
MAX_PAGES = 500

_ENTITY = "{ entity_id name }"
_FIELDS = {
    "incidents": (
        f"incident_id title description date AllegedDeployerOfAISystem {_ENTITY} AllegedDeveloperOfAISystem {_ENTITY} "
        f"AllegedHarmedOrNearlyHarmedParties {_ENTITY} implicated_systems {_ENTITY} editor_similar_incidents "
        "editor_dissimilar_incidents reports { report_number title url source_domain date_published language authors }"
    ),
    "duplicates": "duplicate_incident_number true_incident_number",
    "taxas": (
        "namespace description field_list { short_name short_description long_description permitted_values public }"
    ),
    "classifications": "namespace publish attributes { short_name value_json } incidents { incident_id }",
}
_SORTED_BY = {"incidents": "incident_id", "duplicates": "duplicate_incident_number"}
_NAME = re.compile(r"(incidents|duplicates|taxas|classifications) from ([0-9]{1,7})")


def begin(source: Source, _cursor: str | None) -> tuple[Wanted, ...]:
    """The first page of each list; a snapshot or any other file at an address is fetched as it is."""
    return tuple(
        wanted
        for url in source.urls
        for wanted in ([_page(url, name, 0) for name in _FIELDS] if _is_api(url) else [Wanted(url, file_name(url))])
    )


def follow(document: RawDocument, wanted: Wanted, _source: Source, _cursor: str | None) -> Following:
    """The next page, as long as this one is full."""
    asked = _NAME.fullmatch(wanted.name)
    if asked is None or wanted.body is None:
        return Following()
    name, skip = asked[1], int(asked[2])
    try:
        answer = read_json(document.body)
    except InvalidInput:
        return Following()
    data = answer.get("data") if isinstance(answer, dict) else None
    items = data.get(name) if isinstance(data, dict) else None
    if not isinstance(items, list) or len(items) < PAGE or skip >= PAGE * (MAX_PAGES - 1):
        return Following()
    return Following(wanted=(_page(wanted.url, name, skip + PAGE),))


def _is_api(url: str) -> bool:
    return url.rstrip("/").endswith("/graphql")


def _page(url: str, name: str, skip: int) -> Wanted:
    sort = f", sort: {{ {_SORTED_BY[name]}: ASC }}" if name in _SORTED_BY else ""
    query = f"query Page($limit: Int!, $skip: Int!) {{ {name}(pagination: {{ limit: $limit, skip: $skip }}{sort}) "
    body = {"query": query + f"{{ {_FIELDS[name]} }} }}", "variables": {"limit": PAGE, "skip": skip}}
    return Wanted(url, f"{name} from {skip}", json.dumps(body).encode(), {"content-type": "application/json"})
