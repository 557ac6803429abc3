"""A vulnerability of a CSAF 2.0 document as a weakness. Everything that is mapped by rule is said to be."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from importers import advisories, fitting
from importers.contract import Draft, Source, upstream_hash
from importers.csaf.products import Product
from importers.cvss import severity_of_score, severity_of_word
from importers.entry import Entry
from importers.marking import marking
from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Kind

RULES = "csaf-rules@1"
_FIELDS = frozenset({
    "acknowledgments", "cve", "cwe", "cwes", "discovery_date", "flags", "ids", "involvements", "notes",
    "product_status", "references", "release_date", "remediations", "scores", "metrics", "threats", "title",
})  # fmt: skip
_AFFECTED = ("known_affected", "first_affected", "last_affected")
_FIXED = ("fixed", "first_fixed")
_DESCRIBING = ("description", "summary", "details", "general", "faq", "other")
_STATUS = {"vendor_fix": "fixed", "mitigation": "mitigated", "workaround": "mitigated", "no_fix_planned": "wont_fix"}
_ADVICE = frozenset({"mitigation", "vendor_fix", "workaround", "none_available", "no_fix_planned"})
_MAX_AFFECTED = 100
_MAX_ADVICE = 30
_MAX_IDS = 5000
_SCORES = ("cvss_v4", "cvss_v3", "cvss_v2")


@dataclass(frozen=True, slots=True)
class Told:
    """What a document says for all of its vulnerabilities.

    Attributes:
        title: of the document.
        description: texts of its notes, for vulnerabilities that have none of their own.
        sources: its own page, and the references of the document.
        shared: what of the document belongs to each vulnerability's hash.
        held: whether it is a draft of its publisher still.
    """

    title: str | None
    language: str
    description: str | None
    severity: int | None
    released: str | None
    url: str | None
    sources: tuple[tuple[JsonValue, str | None, str | None], ...]
    products: Mapping[str, Product]
    shared: Mapping[str, JsonValue]
    names: tuple[str, ...]
    held: bool


def read(entry: Entry, told: Told, source: Source) -> Draft:
    """One vulnerability, already named."""
    entry.expect(_FIELDS)
    cve = entry.line("cve")
    title = fitting.line(entry, "title", entry.line("title") or _of_document(told, cve))
    if title is None:
        entry.note("MISSING", "title: neither the vulnerability nor its document has one", refused=True)
    own = notes_of(entry)
    public, exploit = advisories.without_exploit(entry, "notes", own or told.description or "")
    detail = fitting.text(entry, "notes", exploit)
    status, fixed = _status(entry, told), _products(entry, told, _FIXED)
    affected = _systems(_products(entry, told, _AFFECTED))
    seen_on = entry.fields.get("discovery_date") or entry.fields.get("release_date") or told.released
    content = advisories.said(
        {
            "title": title,
            "description": fitting.text(entry, "notes", public) or title,
            "status": status,
            "fixed_in": _fixed_in(entry, fixed),
            "severity": _severity(entry, told),
            "affected": [*fitting.first(entry, "product_status", affected, _MAX_AFFECTED)],
            "classes": _classes(entry),
            "discovered": fitting.when(entry, "discovery_date", seen_on),
            "best_practices": _advice(entry),
            "sources": advisories.sources_of(entry, "references", [*told.sources, *references_of(entry)]),
            "aliases": _aliases(entry, cve),
        }
    )
    mapped = [
        ("status", "remediations[].category, product_status"),
        ("fixed_in", "product_status.fixed"),
        ("severity", "scores, document.aggregate_severity"),
        ("affected", "product_status, product_tree"),
        ("classes", "cwe"),
        ("discovered", "discovery_date, release_date, document.tracking.initial_release_date"),
        ("best_practices", "remediations"),
    ]
    if not entry.line("title"):
        mapped.append(("title", "document.title, cve"))
    if own is None or detail or not public.strip():
        mapped.append(("description", "document.notes" if own is None and told.description else "notes, title"))
    systems: list[JsonValue] = [*affected, *_systems(fixed)]
    whole: dict[str, JsonValue] = {"document": told.shared, "products": systems, "vulnerability": entry.fields}
    return Draft(
        entry.record,
        Kind.WEAKNESS,
        content,
        marking(source, language=told.language, standing="acknowledged", reported_by="self"),
        upstream_hash(whole),
        told.url,
        restricted={"exploit_detail": detail} if detail else {},
        mapped=advisories.by_rule(RULES, [one for one in mapped if one[0] in content]),
        held=told.held,
        names=(*told.names, *names_of(entry), *advisories.finders(public)),
    )


def notes_of(place: Entry) -> str | None:
    """The texts of the notes that describe, one after the other."""
    notes = [(note.line("category") or "", note.line("title"), note.text("text")) for note in place.objects("notes")]
    chosen = next(([one for one in notes if one[0] == kind and one[2]] for kind in _DESCRIBING if any(
        one[0] == kind and one[2] for one in notes
    )), [])  # fmt: skip
    return "\n\n".join(str(text) for _, _, text in chosen[:20]) or None


def references_of(place: Entry) -> list[tuple[JsonValue, str | None, str | None]]:
    return [(one.fields.get("url"), one.line("summary"), None) for one in place.objects("references", text_as="url")]


def names_of(place: Entry) -> tuple[str, ...]:
    """Those who are thanked: none is kept, and their names are sought in the texts."""
    thanked = [name for one in place.objects("acknowledgments") for name in one.items("names")]
    return advisories.people(name if isinstance(name, str) else None for name in thanked)


def _of_document(told: Told, cve: str | None) -> str | None:
    return f"{told.title} ({cve})" if told.title and cve else told.title


def _products(entry: Entry, told: Told, states: tuple[str, ...]) -> list[Product]:
    status = entry.part("product_status")
    ids = [id_ for state in states for id_ in status.items(state)[:_MAX_IDS] if isinstance(id_, str)]
    if any(id_ not in told.products for id_ in ids):
        entry.note("UNKNOWN_PRODUCT", "product_status: the product tree does not have all of these; left out")
    return [told.products[id_] for id_ in dict.fromkeys(ids) if id_ in told.products]


def _systems(products: list[Product]) -> list[dict[str, JsonValue]]:
    return [product.system for product in dict.fromkeys(products) if product.system]


def _fixed_in(entry: Entry, products: list[Product]) -> str | None:
    versions = list(dict.fromkeys(product.version for product in products if product.version))
    return fitting.line(entry, "product_status.fixed", ", ".join(versions[:50]), fitting.MAX_LABEL)


def _status(entry: Entry, told: Told) -> str | None:
    """What was done for most: a fix, if there is one; else what lessens it; else that none is planned."""
    categories = {one.line("category") for one in entry.objects("remediations")}
    by_remedy = next((_STATUS[category] for category in _STATUS if category in categories), None)
    return "fixed" if _products(entry, told, _FIXED) else by_remedy


def _severity(entry: Entry, told: Told) -> int | None:
    vectors: list[tuple[str, float | None]] = []
    words: list[int] = []
    for score in (*entry.objects("scores"), *(one.part("content") for one in entry.objects("metrics"))):
        for name in _SCORES:
            cvss = score.part(name)
            vector, told_score = cvss.line("vectorString"), advisories.number(cvss.fields.get("baseScore"))
            if vector:
                vectors.append((vector, told_score))
            elif told_score is not None and 0 <= told_score <= 10:
                words.append(severity_of_score(told_score))
            elif (word := severity_of_word(cvss.line("baseSeverity") or "")) is not None:
                words.append(word)
    by_vector = advisories.severity_of(entry, "scores", vectors[:50])
    return by_vector if by_vector is not None else max(words, default=told.severity)


def _classes(entry: Entry) -> list[JsonValue]:
    places = [entry.part("cwe")] if entry.fields.get("cwe") is not None else []
    codes = [place.line("id") or "" for place in (*places, *entry.objects("cwes"))]
    good = [code for code in dict.fromkeys(codes) if advisories.CWE.fullmatch(code)]
    if len(good) < len(set(codes)):
        entry.note("BAD_CLASS", "cwe: an id such as CWE-79 is expected; left out")
    return [{"scheme": "cwe", "code": code} for code in good[:_MAX_ADVICE]]


def _advice(entry: Entry) -> list[JsonValue]:
    found = [
        fitting.line(entry, "remediations", one.line("details"))
        for one in entry.objects("remediations")
        if one.line("category") in _ADVICE
    ]
    once = [advice for advice in dict.fromkeys(found) if advice]
    return [*fitting.first(entry, "remediations", once, _MAX_ADVICE)]


def _aliases(entry: Entry, cve: str | None) -> list[JsonValue]:
    if cve is not None and not advisories.CVE.fullmatch(cve):
        entry.note("BAD_LINK", "cve: an id such as CVE-2031-1234 is expected; left out")
        cve = None
    texts = [one.line("text") for one in entry.objects("ids")]
    good = [text for text in texts if text and (advisories.CVE.fullmatch(text) or advisories.GHSA.fullmatch(text))]
    kept = advisories.first_of_each(one for one in (cve, *good) if one)
    return kept[: advisories.MAX_ALIASES]


def language_of(written: str | None) -> str:
    """A language as ours are written; English where none is told."""
    found = re.match(r"[A-Za-z]{2,3}", written or "")
    return found[0].lower() if found else "en"
