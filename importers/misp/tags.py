"""The tags and galaxies of a MISP event, and the judgments that they are."""

from __future__ import annotations

from collections.abc import Mapping

from importers import fitting
from importers.contract import Source
from importers.entry import Entry
from importers.misp.rules import Tag, read_tag
from importers.taxonomy_file import shipped_as, slug
from registry.domain.canonical import Document, JsonValue

_MAX_JUDGMENTS = 200
_NOTHING: Document = {}
_UNSTATED = "unstated"
# Of these the marking is made, or what happened on the way; they judge nothing.
_NO_JUDGMENTS = frozenset({"tlp", "pap", "misp", "misp-galaxy", "workflow", "admiralty"})
# How MISP itself names what it keeps as numbers, in its taxonomies ``misp`` and ``workflow``.
_THREAT_LEVELS = {"1": "high-risk", "2": "medium-risk", "3": "low-risk"}
_STATES = {"0": "draft", "1": "ongoing", "2": "complete"}


def read_tags(event: Entry) -> list[tuple[Tag, Document]]:
    """Each machine tag of the event once, with what its galaxy knows of it."""
    found: dict[Tag, Document] = {}
    for galaxy in event.objects("Galaxy"):
        for cluster in galaxy.objects("GalaxyCluster"):
            meta = cluster.fields.get("meta")
            tag = _of_cluster(galaxy, cluster)
            if tag is not None:
                found[tag] = meta if isinstance(meta, Mapping) else _NOTHING
    free = False
    for one in event.objects("Tag"):
        name = one.line("name")
        tag = read_tag(name) if name else None
        free = free or (name is not None and tag is None)
        if tag is not None:
            found.setdefault(tag, _NOTHING)
    if free:
        event.note("FREE_TAG", "Tag: a tag of no taxonomy; left out")
    return list(found.items())


def _of_cluster(galaxy: Entry, cluster: Entry) -> Tag | None:
    written = cluster.line("tag_name")
    kind, value = cluster.line("type") or galaxy.line("type"), cluster.line("value")
    if written and (tag := read_tag(written)) is not None:
        return tag
    return read_tag(f'misp-galaxy:{kind}="{value}"') if kind and value else None


def classifications(event: Entry, source: Source, tags: list[Tag]) -> list[JsonValue]:
    """The tags as judgments of people, under the name that their taxonomy has here.

    A tag does not say of which release it is: the row may, in the option ``taxonomies`` (version by namespace).
    """
    versions = source.options.get("taxonomies")
    known = versions if isinstance(versions, Mapping) else _NOTHING
    judged = [one for tag in tags if (one := _judgment(event, tag, known)) is not None]
    judged += _of_number(event, "threat_level_id", _THREAT_LEVELS, "misp-misp", "threat-level")
    judged += _of_number(event, "analysis", _STATES, "misp-workflow", "state")
    different: dict[str, JsonValue] = {repr(one): one for one in judged}
    return fitting.first(event, "Tag", list(different.values()), _MAX_JUDGMENTS)


def _judgment(event: Entry, tag: Tag, versions: Document) -> dict[str, JsonValue] | None:
    if tag.namespace in _NO_JUDGMENTS and not tag.is_galaxy:
        return None
    theirs = tag.predicate.lower() if tag.is_galaxy else tag.namespace
    name, version = shipped_as(theirs) or (theirs if tag.is_galaxy else f"misp-{theirs}", _UNSTATED)
    said = versions.get(theirs)
    value = tag.code if tag.is_galaxy and tag.code else slug(tag.value or tag.predicate)
    field = slug(tag.predicate) if tag.value and not tag.is_galaxy else None
    found: dict[str, JsonValue] = {
        "taxonomy": fitting.label(event, "Tag", name),
        "version": fitting.label(event, "taxonomies", said) if isinstance(said, str) else version,
        "field": fitting.label(event, "Tag", field),
        "value": fitting.label(event, "Tag", value),
    }
    if not (found["taxonomy"] and found["value"] and found["version"]):
        return None
    found["annotator_kind"] = "person"
    return {key: item for key, item in found.items() if item}


def _of_number(
    event: Entry, name: str, terms: Mapping[str, str], taxonomy: str, field: str
) -> list[dict[str, JsonValue]]:
    value = terms.get(str(event.fields.get(name)))
    judged = {"taxonomy": taxonomy, "version": _UNSTATED, "field": field, "value": value, "annotator_kind": "person"}
    return [{**judged}] if value else []
