"""The taxonomies of the AI Incident Database, and its judgments in their terms.

Two of its taxonomies and one more that it uses are shipped with us under names of our own; their terms keep our codes.
A judgment that is not published is left out, and so is what a field says in sentences or numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache

from importers import fitting
from importers.aiid.documents import Row
from importers.aiid.mapping import by_rule
from importers.aiid.records import SITE, items_in, number_in
from importers.contract import Fragment, Source, TaxonomyDraft, upstream_hash
from importers.entry import Entry
from importers.json_document import read_json
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.vocabulary import AnnotatorKind, Confidence
from registry.taxonomies import releases

CLASSIFICATIONS = "classifications"
VERSION = "1"

_NAMESPACE = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}")
_NAMESPACES = {"gmf": "gmf", "csetv1": "cset", "mit": "mit"}
_TITLES = {"csetv0": "CSET AI Harm Taxonomy v0"}
# Two people's readings of the taxonomy, beside the label that was agreed on.
_ANNOTATOR = re.compile(r"(csetv1)_annotator-([0-9]{1,2})")
_FIELDS = {
    "known ai goal": "task",
    "potential ai goal": "task",
    "known ai technology": "technology",
    "potential ai technology": "technology",
    "known ai technical failure": "failure",
    "potential ai technical failure": "failure",
    "sector of deployment": "sector_isic",
    "infrastructure sectors": "infrastructure_sector_cisa16",
    "autonomy level": "autonomy",
}
_NO_FIELDS = {"namespace", "incident id", "published", "publish", "incident number"}
_SAID = re.compile(r".*(?: snippets| discussion|notes.*)", re.IGNORECASE)
# Bounded, so that a text of nothing but digits takes no longer than another.
_OUTLINE = re.compile(r"\d{1,4}(?:\.\d{1,4}){0,9}\.? ")
# What fields ask that are answered so, whoever lists their values.
_ANSWERS = ("yes", "no", "maybe")
_MACHINE_MADE = frozenset({"mit"})
_MAX_VALUES = 100
_MAX_LIST = 10_000
_MAX_COMMAS = 6
_MAX_FIELDS = 300


@dataclass(slots=True)
class Terms:
    """The terms of one taxonomy while a document is read: those that are shipped, and those that it adds.

    Attributes:
        unlisted: how many judgments were left out, because their field has no list of values.
    """

    namespace: str
    title: str
    licence: str
    url: str
    added: dict[str, TaxonomyTerm] = field(default_factory=dict)
    unlisted: int = 0

    def code_of(self, place: str, name: str) -> str:
        """The code of a value of the field *place*; a new one is added, with its field, where there is none."""
        shipped = _shipped(self.namespace).get((place, _slug(_OUTLINE.sub("", name))))
        if shipped is not None:
            return shipped
        code = f"{place}/{_slug(name)}"[:120]
        if place not in self.added and not _has_heading(self.namespace, place):
            self.added[place] = TaxonomyTerm(place, place.replace("_", " ").capitalize())
        self.added.setdefault(code, TaxonomyTerm(code, name, place, field=place))
        return code

    def knows(self, place: str, name: str) -> bool:
        """Whether the field *place* has this value, as shipped or by what was read of the document."""
        slug = _slug(_OUTLINE.sub("", name))
        return (place, slug) in _shipped(self.namespace) or f"{place}/{_slug(name)}" in self.added

    def draft(self) -> TaxonomyDraft:
        return TaxonomyDraft(self.namespace, VERSION, self.title, self.licence, self.url, tuple(self.added.values()))


def terms_of(namespace: str, source: Source) -> Terms:
    """Where the terms of *namespace* are gathered; a taxonomy that is shipped keeps its title and licence."""
    low = namespace.casefold()
    annotated = _ANNOTATOR.fullmatch(low)
    known = _NAMESPACES.get(annotated[1] if annotated else low)
    release = _release(known) if known else None
    if release is not None:
        return Terms(release.namespace, release.title, release.licence, release.url)
    title = _TITLES.get(low, f"AI Incident Database, taxonomy {namespace}")
    return Terms(f"aiid-{low}"[:60], title, source.licence, f"{SITE}/taxonomies/{low}/")


def namespace_in(entry: Entry, name: str) -> str | None:
    """The short name of a taxonomy; notes what is none."""
    found = entry.line(name) or ""
    if _NAMESPACE.fullmatch(found):
        return found
    entry.note("MISSING", f"{name}: the short name of a taxonomy is needed", refused=True)
    return None


def read_taxonomy(row: Row, terms: Terms) -> None:
    """Add the terms of a taxonomy's definition: fields whose values are listed, but those for the annotators alone."""
    entry = row.entry
    for at, one in enumerate(entry.objects("field_list")):
        name = one.line("short_name")
        if at >= _MAX_FIELDS or not name:
            entry.note("MISSING", "field_list: a field without a short name, or too many; left out")
            continue
        values = [value for value in one.items("permitted_values") if isinstance(value, str) and value.strip()]
        if not values or one.fields.get("public") is False:
            continue
        code = field_of(name)
        said = one.text("long_description") or one.text("short_description")
        text = fitting.text(entry, "field_list.long_description", said)
        terms.added[code] = TaxonomyTerm(code, name[:120], description=text)
        for value in fitting.first(entry, "permitted_values", values, _MAX_VALUES):
            shown = fitting.label(entry, "permitted_values", value)
            if shown:
                found = terms.code_of(code, shown)
                terms.added.setdefault(found, TaxonomyTerm(found, shown, code, field=code))


def read_classification(row: Row, namespace: str, terms: Terms) -> Iterator[Fragment]:
    """The judgments on one incident or, as the API gives them, on several."""
    entry = row.entry
    attributes = _attributes(row)
    incidents = _incidents(row)
    listed: list[JsonValue] = []
    is_guess = False
    discussion = {name.casefold(): value for name, value in attributes if isinstance(value, str)}
    for name, value in attributes:
        if name.casefold() in _NO_FIELDS or _SAID.fullmatch(name):
            continue
        if not (_is_listed(terms, field_of(name)) or value in _ANSWERS):
            terms.unlisted += 1
            continue
        potential = name.casefold().startswith("potential ")
        said = _by_value(discussion.get(f"{name.casefold()} classification discussion", ""))
        for one in fitting.first(entry, "attributes", _values(value, field_of(name), terms), _MAX_VALUES):
            shown = fitting.label(entry, "attributes", one)
            if shown is None:
                continue
            is_guess |= potential
            listed.append(_judgment(namespace, terms, field_of(name), shown, potential, said.get(shown.casefold())))
    if not listed:
        return
    mapped = (by_rule("classifications", "classifications[]", None),)
    content: dict[str, JsonValue] = {"classifications": listed}
    for id_ in incidents:
        yield Fragment(id_, CLASSIFICATIONS, content, upstream_hash(content), mapped if is_guess else ())


def is_published(row: Row) -> bool:
    """Whether the source shows the judgment to everybody."""
    value = row.entry.fields.get("Published", row.entry.fields.get("publish"))
    return value is True or (isinstance(value, str) and value.strip().casefold() == "true")


def field_of(name: str) -> str:
    """The code of a field, from what the source calls it."""
    low = " ".join(name.split()).casefold()
    return _FIELDS.get(low) or re.sub(r"[^a-z0-9]+", "_", low).strip("_")[:60] or "field"


def _judgment(
    namespace: str, terms: Terms, place: str, value: str, potential: bool, rationale: str | None
) -> dict[str, JsonValue]:
    annotated = _ANNOTATOR.fullmatch(namespace.casefold())
    is_machine = terms.namespace in _MACHINE_MADE
    judgment: dict[str, JsonValue] = {"taxonomy": terms.namespace, "version": VERSION, "field": place}
    judgment["value"] = terms.code_of(place, value)
    judgment["annotator_kind"] = (AnnotatorKind.MACHINE if is_machine else AnnotatorKind.PERSON).value
    if not is_machine:
        judgment["annotator"] = f"annotator {annotated[2]}" if annotated else "taxonomy editor"
    if potential:
        judgment["confidence"] = Confidence.LOW.value
    if rationale:
        judgment["rationale"] = rationale
    return judgment


def _attributes(row: Row) -> list[tuple[str, JsonValue]]:
    """Names and values, which the API writes as JSON in a text, and a table as columns."""
    if row.is_table:
        return [(name, value) for name, value in row.entry.fields.items() if value]
    found: list[tuple[str, JsonValue]] = []
    for attribute in row.entry.objects("attributes"):
        name, written = attribute.line("short_name"), attribute.text("value_json")
        if not name or written is None:
            continue
        try:
            found.append((name, read_json(written.encode(errors="replace"))))
        except InvalidInput:
            row.entry.note("WRONG_TYPE", "attributes: a value that is no JSON; left out")
    return found[:_MAX_FIELDS]


def _incidents(row: Row) -> list[str]:
    if row.is_table:
        id_ = number_in(row.entry, "Incident ID")
        return [id_] if id_ else []
    found = []
    for item in items_in(row, "incidents"):
        inner = Entry(row.entry.source, row.entry.record, item if isinstance(item, Mapping) else {"incident_id": item})
        inner.findings = row.entry.findings
        id_ = number_in(inner, "incident_id")
        if id_:
            found.append(id_)
    return found


def _values(value: JsonValue, place: str, terms: Terms) -> list[str]:
    if isinstance(value, bool):
        return ["yes" if value else "no"]
    items = value if isinstance(value, list) else _taken_apart(value, place, terms) if isinstance(value, str) else []
    return [" ".join(item.split()) for item in items if isinstance(item, str) and item.strip()]


def _taken_apart(written: str, place: str, terms: Terms) -> list[str]:
    """The values of a list that a table writes with commas, which some values have themselves."""
    parts = re.split(r"[,;] ?", written[:_MAX_LIST])[:_MAX_VALUES]
    found: list[str] = []
    at = 0
    while at < len(parts):
        longest = range(min(len(parts), at + _MAX_COMMAS), at, -1)
        end = next((end for end in longest if terms.knows(place, ", ".join(parts[at:end]))), at + 1)
        found.append(", ".join(parts[at:end]))
        at = end
    return found


def _by_value(discussion: str) -> dict[str, str]:
    """Why each value was chosen, where the discussion has paragraphs that begin with its name."""
    found: dict[str, str] = {}
    for paragraph in re.split(r"\n\s*\n", discussion[:20_000]):
        name, colon, text = paragraph.strip().partition(":")
        if colon and text.strip() and len(name) <= fitting.MAX_LABEL:
            found.setdefault(" ".join(name.split()).casefold(), text.strip())
    return found


def _is_listed(terms: Terms, place: str) -> bool:
    """Whether the field has terms: those that are shipped, or that the source lists for it."""
    return (
        _has_heading(terms.namespace, place)
        or any(place == one for one, _ in _shipped(terms.namespace))
        or (place in terms.added)
    )


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.casefold()).strip("-") or "value"


@cache
def _release(namespace: str) -> Taxonomy | None:
    return next((one for one in releases() if (one.namespace, one.version) == (namespace, VERSION)), None)


@cache
def _shipped(namespace: str) -> dict[tuple[str, str], str]:
    release = _release(namespace)
    terms = release.terms if release else ()
    return {(term.field, _slug(term.name)): term.code for term in terms if term.field}


@cache
def _has_heading(namespace: str, place: str) -> bool:
    release = _release(namespace)
    return release is not None and release.find(place) is not None
