"""STIX 2.1: bundles of whoever publishes such.

Reports, groupings, campaigns and incidents become incidents (all but incidents as threat reports); a report that tells
of the one incident in it under the same name is read with it. Courses of action become mitigations, vulnerabilities
weaknesses. Techniques (by their ids in ATLAS, ATT&CK, CAPEC or DISARM), tools, malware, actors and those aimed at are
parts of the records that refer to them; indicators and notes go into the restricted part. Of persons nothing is kept.

Of several versions of an object the newest counts; what is revoked is taken back. Only what is marked TLP:CLEAR, by
TLP 1 or 2.0, is published; all else keeps its marking and is held; a property that is marked on its own is left out of
the public part. The option ``tlp`` of a row says what unmarked objects are, such as ``CLEAR``.

Findings that leave a record out: BROKEN_DOCUMENT, BROKEN_OBJECT, MISSING. Findings that hold it: TLP_NOT_CLEAR,
NOT_MARKED. Findings about what was left out: NO_KIND (objects of a type, counted), MARKED_PART, ACTOR_NOT_KEPT,
PERSONAL_DATA, NOT_KEPT, MISSING_PART (a reference that leads nowhere), WRONG_TYPE, UNKNOWN_TERM, BAD_URL, BAD_DATE,
TOO_LONG, TOO_MANY, INVALID_TEXT.
"""

from __future__ import annotations

from collections.abc import Iterator

from importers.contract import Importer, Parsed, RawDocument, Source, TakenBack, Trust
from importers.entry import refusals
from importers.stix.objects import MAIN, PARTS, is_revoked, read_objects, type_of
from importers.stix.parts import fragments, persons_in
from importers.stix.records import Document, read_record
from importers.stix.relations import relations
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import OrganisationKind


def parse(document: RawDocument, source: Source) -> Iterator[Parsed]:
    """Read a bundle, an envelope of TAXII, a list of objects or one object."""
    try:
        objects = read_objects(document, source.id)
    except InvalidInput as error:
        yield from refusals(source.id, document.name, error)
        return
    persons = persons_in(objects)
    parts = fragments(objects, persons)
    yield from parts.values()
    found = relations(objects)
    reading = Document(objects, found, parts, source, persons)
    for id_, entry in objects.by_id.items():
        if type_of(id_) in MAIN and id_ not in found.told_by:
            draft = None if is_revoked(entry) else read_record(reading, entry)
            yield from entry.findings
            if is_revoked(entry):
                yield TakenBack(id_)
            elif draft is not None and not entry.refused:
                yield draft
        elif type_of(id_) in PARTS:
            yield from entry.findings
    yield from objects.told()


IMPORTER = Importer(
    source=Source(
        id="stix",
        format="stix",
        title="STIX bundle",
        home="https://oasis-open.github.io/cti-documentation/stix/intro",
        licence="NOASSERTION",
        attribution="STIX bundle",
        obligations=(),
        hosts=frozenset({"oasis-open.github.io"}),
        organisation=OrganisationKind.OTHER,
        trust=Trust.REVIEW,
    ),
    parse=parse,
    is_format=True,
)
