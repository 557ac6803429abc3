"""To whom objects of STIX are open: markings of whole objects and of single properties, TLP 1 and TLP 2.0.

A marking that is not known, or not in the document, is taken for the strictest.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from importers.entry import Entry
from importers.stix.objects import Objects, ref, refs
from importers.tlp import strictest, tlp_named, tlp_of_stix
from registry.domain.vocabulary import Tlp

_TLP_2 = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"


def level_of(objects: Objects, entry: Entry) -> Tlp | None:
    """The strictest level of its markings; ``None`` where it has none that limits anything."""
    return strictest(_levels(objects, refs(entry, "object_marking_refs")))


def is_open(objects: Objects, entry: Entry) -> bool:
    """Whether a part may stand in a record that is open itself."""
    return level_of(objects, entry) in {None, Tlp.CLEAR}


def closed_properties(objects: Objects, entry: Entry) -> dict[str, Tlp]:
    """The properties, such as ``description``, that are not for everybody though the object may be."""
    found: dict[str, Tlp] = {}
    for granular in entry.objects("granular_markings"):
        marking = ref(granular, "marking_ref")
        level = strictest(_levels(objects, (marking,) if marking else ()))
        if level in {None, Tlp.CLEAR} and ("lang" in granular.fields or marking is not None):
            continue
        for selector in granular.items("selectors"):
            if isinstance(selector, str):
                name = selector.partition(".")[0]
                found[name] = strictest([level or Tlp.RED, found.get(name, Tlp.CLEAR)]) or Tlp.RED
    return found


def _levels(objects: Objects, markings: tuple[str, ...]) -> Iterator[Tlp]:
    for marking in markings:
        level = tlp_of_stix(marking)
        if level is not None:
            yield level
            continue
        entry = objects.get(marking)
        if entry is None:
            yield Tlp.RED
        elif (said := _defined(entry)) is not None:
            yield said


def _defined(entry: Entry) -> Tlp | None:
    """The level that a definition of the document stands for; a mere statement limits nothing."""
    extensions = entry.fields.get("extensions")
    extension = extensions.get(_TLP_2) if isinstance(extensions, Mapping) else None
    said = extension.get("tlp_2_0") if isinstance(extension, Mapping) else None
    if isinstance(said, str):
        return tlp_named(said)
    definition = entry.fields.get("definition")
    if entry.fields.get("definition_type") == "tlp":
        said = definition.get("tlp") if isinstance(definition, Mapping) else None
        return tlp_named(said) if isinstance(said, str) else Tlp.RED
    return None if entry.fields.get("definition_type") == "statement" else Tlp.RED
