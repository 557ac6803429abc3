"""What the documents of a run hold, read one document at a time: all of a document, or nothing of it.

Ids are kept as records keep them: in NFC, without white space around them. What differs only there is one record.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from importers.contract import Draft, Fragment, Importer, Parsed, TakenBack, TaxonomyDraft
from importers.joining import Joining
from importers.ordering import targets_first
from importers.spool import Place, Spool
from registry.domain.absence import MAX_REASON
from registry.domain.content.base import limit_of
from registry.domain.content.parts import PublicPart
from registry.domain.finding import Finding
from registry.domain.importing import Validator, upstream_key
from registry.domain.taxonomy import merged

_MAX_NAME = 300
# How a record is told whose id cannot be read: by its place in a list, or its line.
_PLACE = re.compile(r"(?:\[[0-9]{1,9}\]|(?:line|row) [0-9]{1,9})$")
_MAX_MESSAGE = 1000
_MAX_LINKS = limit_of(PublicPart, "links") or 0
# Not the source itself: what else is told of that is not mended by a run that reads a record.
_ALL_DOCUMENTS = "all documents"
_NOTHING_READ = "documents came, and no record was in them; nothing is withdrawn because of it"
_DUPLICATE = "the source has several different records of this id; the last one counts"
_NO_VALIDATORS: Mapping[str, Validator] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Ending:
    """What whoever supplies the documents of a run knows once all were taken.

    Attributes:
        present: upstream ids that the source still has, whose documents were not read again.
        complete: whether the documents, with those, hold all that the source has.
        cursor: where the next fetch goes on; ``None`` leaves it where it is.
        validators: by address, what documents can be asked for again by.
        findings: what was wrong with documents that did not come.
        may_be_empty: whether it is as it should be if no record was read: what the source has need not be among these.
    """

    present: Iterable[str] = ()
    complete: bool = True
    cursor: str | None = None
    validators: Mapping[str, Validator] = field(default_factory=lambda: _NO_VALIDATORS)
    findings: Iterable[Finding] = ()
    may_be_empty: bool = False


@dataclass(slots=True)
class _Document:
    """What one document holds, until it is read to its end."""

    places: dict[str, Place] = field(default_factory=dict)
    taken_back: dict[str, str] = field(default_factory=dict)
    fragments: list[Fragment] = field(default_factory=list)
    taxonomies: list[TaxonomyDraft] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


class Reading:
    """What a run has read so far. Of several records with one id the last one counts, in its first place.

    Args:
        found: is told every finding, as it is to be kept.
    """

    def __init__(self, importer: Importer, spool: Spool, found: Callable[[Finding], None]) -> None:
        self.importer = importer
        self.places: dict[str, Place] = {}
        self.taken_back: dict[str, str] = {}
        self.taxonomies: dict[str, TaxonomyDraft] = {}
        self.looked_at: set[str] = set()
        self.refused: set[str] = set()
        self.is_complete = True
        self._spool = spool
        self._found = found
        self._fragments: list[Fragment] = []

    @property
    def total(self) -> int:
        """Records and taxonomies that wait to be stored."""
        return len(self.places) + len(self.taxonomies)

    def take(self, name: str, parsed: Iterable[Parsed]) -> None:
        """Take in one document; an error in reading it leaves everything as it was."""
        document = _Document()
        for one in parsed:
            self._sort(document, one)
        self._look_at([name])
        for finding in document.findings:
            self.note(finding, document=name)
        for id_, place in document.places.items():
            before = self.places.get(id_)
            if before is not None and before.sha256 != place.sha256:
                self.note(Finding(self.importer.source.id, id_, "DUPLICATE_ID", _DUPLICATE, refused=False))
            self.places[id_] = place
            self.taken_back.pop(id_, None)
        for id_, reason in document.taken_back.items():
            self.taken_back[id_] = reason
            self.places.pop(id_, None)
        self._look_at([*document.places, *document.taken_back])
        self._fragments += document.fragments
        for taxonomy in document.taxonomies:
            known = self.taxonomies.get(taxonomy.namespace)
            is_same = known is not None and known.version == taxonomy.version
            self.taxonomies[taxonomy.namespace] = merged(known, taxonomy) if known and is_same else taxonomy

    def note(self, finding: Finding, *, document: str | None = None) -> None:
        """Keep a finding, cut to what can be kept. A *document* that was refused as a whole may have held anything; a
        record that is told by its place alone may be any of those that are missed."""
        if finding.refused:
            self.refused.add(kept_id(finding.record))
            may_be_any = finding.record == document or _PLACE.search(finding.record) is not None
            self.is_complete = self.is_complete and not may_be_any
        id_ = kept_id(finding.record)
        self._look_at([id_])
        record, message = _kept(id_, _MAX_NAME), _kept(finding.message, _MAX_MESSAGE)
        source = self.importer.source.id
        self._found(Finding(source, record, finding.code, message, finding.refused, finding.held))

    def lose(self, name: str) -> None:
        """Note that a document could not be read at all."""
        message = "the importer failed on this document; nothing of it was taken"
        self.note(Finding(self.importer.source.id, name, "IMPORTER_FAILED", message), document=name)

    def judge_emptiness(self, *, still: Collection[str], may_be_empty: bool) -> None:
        """Note that nothing was read, once every document was taken; a run that read something mends that.

        Args:
            still: upstream ids that the source said it has, without their documents.
        """
        if self.total or self.taken_back or still:
            self._look_at([_ALL_DOCUMENTS])
        elif not (self.refused or may_be_empty):
            self.note(Finding(self.importer.source.id, _ALL_DOCUMENTS, "NOTHING_READ", _NOTHING_READ, refused=False))

    def drafts(self) -> Iterator[Draft]:
        """Each draft with its fragments; those that others refer to first."""
        joining = Joining(self.importer, self._fragments)
        for id_ in self.order():
            draft, findings = joining.complete(self._spool.draft(self.places[id_]))
            for finding in findings:
                self.note(finding)
            yield draft
        for finding in joining.left():
            self.note(finding)

    def again(self, ids: Iterable[str]) -> Iterator[Draft]:
        """These drafts once more; what was found about them has been told."""
        joining = Joining(self.importer, self._fragments)
        for id_ in ids:
            yield joining.complete(self._spool.draft(self.places[id_]))[0]

    def order(self) -> tuple[str, ...]:
        """Upstream ids in the order in which they are stored."""
        return targets_first({id_: [target for _, target in one.links] for id_, one in self.places.items()})

    def links(self) -> dict[str, tuple[str, ...]]:
        """What those that refer to others refer to, without what refers to itself."""
        referring = ((id_, tuple(target for _, target in one.links)) for id_, one in self.places.items())
        return {id_: targets for id_, targets in referring if targets}

    def keys(self, ids: Iterable[str]) -> set[bytes]:
        """What recognises upstream records."""
        return {upstream_key(self.importer.source.id, id_) for id_ in ids}

    def _look_at(self, names: Collection[str]) -> None:
        """Their findings are cleared if they are not found again, by the names under which those are kept."""
        self.looked_at.update(names)
        self.looked_at.update(_kept(one, _MAX_NAME) for one in names)

    def _sort(self, document: _Document, parsed: Parsed) -> None:
        if isinstance(parsed, Finding):
            document.findings.append(parsed)
        elif isinstance(parsed, Draft):
            parsed = _as_kept(parsed)
            if len(parsed.links) > _MAX_LINKS:
                message = f"links: more than {_MAX_LINKS} of them; those beyond were left out"
                found = Finding(self.importer.source.id, parsed.upstream_id, "TOO_MANY", message, refused=False)
                document.findings.append(found)
                parsed = replace(parsed, links=parsed.links[:_MAX_LINKS])
            place, before = self._spool.add(parsed), document.places.get(parsed.upstream_id)
            if before is not None and before.sha256 != place.sha256:
                found = Finding(self.importer.source.id, parsed.upstream_id, "DUPLICATE_ID", _DUPLICATE, refused=False)
                document.findings.append(found)
            document.places[parsed.upstream_id] = place
            document.taken_back.pop(parsed.upstream_id, None)
        elif isinstance(parsed, Fragment):
            document.fragments.append(replace(parsed, key=kept_id(parsed.key)))
        elif isinstance(parsed, TakenBack):
            id_ = kept_id(parsed.upstream_id)
            document.taken_back[id_] = _kept(parsed.reason, MAX_REASON)
            document.places.pop(id_, None)
        else:
            document.taxonomies.append(parsed)


def _as_kept(draft: Draft) -> Draft:
    links = tuple((rel, kept_id(target)) for rel, target in draft.links)
    return replace(draft, upstream_id=kept_id(draft.upstream_id), links=links, joins=tuple(map(kept_id, draft.joins)))


def kept_id(text: str) -> str:
    """An upstream id as records keep it."""
    return unicodedata.normalize("NFC", text).strip()


def _kept(text: str, longest: int) -> str:
    """What the store can hold of a text, and everybody can read on one line."""
    text = text[:longest]
    if text.isprintable():
        return text
    text = text.encode(errors="replace").decode()
    return "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in text)
