"""What galaxies of MISP say of their terms' neighbours in other taxonomies, as crosswalks.

A galaxy names the other term by its UUID, so the galaxies that belong together are read together; what leads to a
galaxy that is not among them, or to the same one, is left out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from importers.contract import RawDocument
from importers.json_document import read_json
from registry.domain.canonical import Document, JsonValue
from registry.domain.crosswalk import OF_GALAXIES, Relation, TermMapping
from registry.domain.errors import InvalidInput
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm

_RELATIONS = {"same-as": Relation.EXACT, "similar": Relation.RELATED, "subtechnique-of": Relation.BROADER}
_MOST = 20_000


def galaxy_relations(read: Sequence[tuple[RawDocument, Taxonomy]]) -> dict[str, tuple[TermMapping, ...]]:
    """The mappings between the galaxies that were *read*, by the name of who states them; each pair of terms once."""
    galaxies = [(release, tuple(_values(document, release))) for document, release in read]
    by_uuid: dict[str, tuple[str, str]] = {}
    for release, values in galaxies:
        for fields, term in values:
            uuid = fields.get("uuid")
            if isinstance(uuid, str):
                by_uuid[uuid.lower()] = (release.namespace, term.code)
    found: dict[str, tuple[TermMapping, ...]] = {}
    seen: set[frozenset[tuple[str, str]]] = set()
    for release, values in galaxies:
        source = f"{OF_GALAXIES}{release.namespace}"
        mappings = []
        for fields, term in values:
            for to, relation in _neighbours(fields, by_uuid):
                pair = frozenset({(release.namespace, term.code), to})
                if to[0] != release.namespace and pair not in seen and len(seen) < _MOST:
                    seen.add(pair)
                    mappings.append(TermMapping(release.namespace, term.code, *to, relation, source))
        if values:
            found[source] = tuple(mappings)
    return found


def _values(document: RawDocument, release: Taxonomy) -> Iterator[tuple[Document, TaxonomyTerm]]:
    """Each value of a galaxy with the term that was read from it, which stand in the same order."""
    try:
        root = read_json(document.body)
    except InvalidInput:
        return
    values = root.get("values") if isinstance(root, Mapping) and "predicates" not in root else None
    if isinstance(values, list) and len(values) == len(release.terms):
        yield from ((one, term) for one, term in zip(values, release.terms, strict=True) if isinstance(one, Mapping))


def _neighbours(fields: Document, by_uuid: Mapping[str, tuple[str, str]]) -> Iterator[tuple[tuple[str, str], Relation]]:
    related: JsonValue = fields.get("related")
    for one in related if isinstance(related, list) else ():
        uuid = one.get("dest-uuid") if isinstance(one, Mapping) else None
        to = by_uuid.get(uuid.lower()) if isinstance(uuid, str) else None
        if isinstance(one, Mapping) and to is not None:
            yield to, _RELATIONS.get(str(one.get("type")), Relation.RELATED)
