"""A record of OSV as a weakness. Everything that is mapped by rule is said to be."""

from __future__ import annotations

import re

from importers import advisories, fitting
from importers.contract import Draft, Source, TakenBack, upstream_hash
from importers.cvss import severity_of_word
from importers.entry import Entry
from importers.marking import marking
from importers.osv.versions import affected_versions
from importers.packages import is_wanted, wanted_packages
from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Kind, LinkRel

RULES = "osv-rules@1"
ID = re.compile(r"[A-Za-z][A-Za-z0-9_]*(?:[-:.+][A-Za-z0-9_]+){1,8}")
MAX_ID = 120
_FIELDS = frozenset({
    "schema_version", "id", "modified", "published", "withdrawn", "aliases", "related", "upstream", "summary",
    "details", "severity", "affected", "references", "credits", "database_specific", "ecosystem_specific",
})  # fmt: skip
_KINDS = {
    "ADVISORY": "advisory",
    "ARTICLE": "article",
    "DISCUSSION": "blog",
    "FIX": "artefact",
    "GIT": "artefact",
    "INTRODUCED": "artefact",
    "PACKAGE": "artefact",
    "EVIDENCE": "artefact",
}
_VECTORS = frozenset({"CVSS_V2", "CVSS_V3", "CVSS_V4"})
# A new time stamp alone says nothing new, and is what some databases renew for all of their records.
_UNHASHED = frozenset({"modified", "schema_version"})
_MAX_AFFECTED = 100
_MAX_LINKS = 100
_MAX_PACKAGES = 5000


def is_id(value: JsonValue) -> bool:
    return isinstance(value, str) and len(value) <= MAX_ID and ID.fullmatch(value) is not None


def read(entry: Entry, source: Source) -> Draft | TakenBack | None:
    """One record, already named by its id; nothing where it is about packages that the source's row does not want."""
    entry.expect(_FIELDS)
    packages = [one.part("package") for one in entry.objects("affected")][:_MAX_PACKAGES]
    names = [(one.line("ecosystem") or "", one.line("name") or "") for one in packages]
    if not is_wanted(wanted_packages(source), names):
        return None
    if entry.line("withdrawn"):
        return TakenBack(entry.record)
    details = entry.text("details")
    summary = fitting.line(entry, "summary", entry.line("summary"))
    if not details and not summary:
        entry.note("MISSING", "summary, details: one of them is needed", refused=True)
    public, exploit = advisories.without_exploit(entry, "details", details or "")
    description = fitting.text(entry, "details", public) or summary
    affected, fixed, is_fixed = _affected(entry)
    content = advisories.said({
        "title": summary or fitting.line(entry, "details", _first_line(public) or entry.record, 120),
        "description": description,
        "status": "fixed" if is_fixed else None,
        "fixed_in": _fixed_in(entry, fixed),
        "severity": _severity(entry),
        "affected": affected,
        "classes": _classes(entry),
        "discovered": fitting.when(entry, "published", entry.fields.get("published")),
        "sources": _sources(entry),
        "aliases": _aliases(entry),
    })  # fmt: skip
    mapped = [
        ("title", "summary" if summary else "details"),
        ("status", "affected[].ranges"),
        ("fixed_in", "affected[].ranges"),
        ("severity", "severity, affected[].severity, database_specific.severity"),
        ("affected", "affected"),
        ("classes", "database_specific.cwe_ids"),
        ("discovered", "published"),
    ]
    mapped = mapped[bool(summary) :] + ([("description", "summary")] if not public.strip() else [])
    detail = fitting.text(entry, "details", exploit)
    if detail:
        mapped.append(("description", "details"))
    return Draft(
        entry.record,
        Kind.WEAKNESS,
        content,
        marking(source),
        upstream_hash({name: value for name, value in entry.fields.items() if name not in _UNHASHED}),
        f"https://osv.dev/vulnerability/{entry.record}" if "//osv.dev/" in source.home else None,
        links=_links(entry),
        restricted={"exploit_detail": detail} if detail else {},
        mapped=advisories.by_rule(RULES, [one for one in mapped if one[0] in content]),
        names=(*_names(entry), *advisories.finders(public)),
    )


def _first_line(text: str) -> str:
    lines = (line.strip("# *\t") for line in text[:2000].splitlines())
    return next((line for line in lines if line), "")


def _affected(entry: Entry) -> tuple[list[JsonValue], list[str], bool]:
    found: dict[tuple[str, str | None], dict[str, JsonValue]] = {}
    fixed: list[str] = []
    repaired: list[bool] = []
    for one in fitting.first(entry, "affected", list(entry.objects("affected")), _MAX_AFFECTED):
        package = one.part("package")
        name, ecosystem = package.line("name"), package.line("ecosystem")
        model = fitting.label(entry, "affected.package", f"{name} ({ecosystem})" if name and ecosystem else name)
        versions, repairs, is_fixed = affected_versions(one)
        fixed.extend(repairs)
        repaired.append(is_fixed)
        if model or versions:
            told = {"model": model, "version_range": versions}
            found.setdefault((model or "", versions), {key: value for key, value in told.items() if value})
    return [*found.values()], list(dict.fromkeys(fixed)), bool(repaired) and all(repaired)


def _fixed_in(entry: Entry, versions: list[str]) -> str | None:
    kept = versions[:]
    while kept and len(", ".join(kept)) > fitting.MAX_LABEL:
        kept.pop(0)
    if len(kept) < len(versions):
        entry.note("TOO_LONG", "affected.ranges: not all versions that repair it fit; the last ones were kept")
    return ", ".join(kept) or None


def _severity(entry: Entry) -> int | None:
    vectors: list[tuple[str, float | None]] = []
    for place in (entry, *entry.objects("affected")):
        for one in place.objects("severity"):
            kind, score = one.line("type"), one.line("score")
            if kind in _VECTORS and score:
                vectors.append((score, None))
            elif score and (kind or "") not in {"Ubuntu", "Debian"}:
                entry.note("UNKNOWN_TERM", "severity.type: none that is read; left out")
    if vectors:
        return advisories.severity_of(entry, "severity", vectors[:20])
    return severity_of_word(entry.part("database_specific").line("severity") or "")


def _classes(entry: Entry) -> list[JsonValue]:
    specific = entry.part("database_specific")
    written = specific.fields.get("cwe_ids")
    codes = [code for code in written if isinstance(code, str)] if isinstance(written, list) else []
    good = [code for code in dict.fromkeys(codes) if advisories.CWE.fullmatch(code)]
    if len(good) < len(set(codes)):
        entry.note("BAD_CLASS", "database_specific.cwe_ids: an id such as CWE-79 is expected; left out")
    return [{"scheme": "cwe", "code": code} for code in fitting.first(entry, "cwe_ids", good, 30)]


def _sources(entry: Entry) -> list[JsonValue]:
    references = entry.objects("references", text_as="url")
    return advisories.sources_of(
        entry, "references", ((one.fields.get("url"), None, _KINDS.get(one.line("type") or "")) for one in references)
    )


def _ids(entry: Entry, name: str) -> list[str]:
    items = entry.items(name)
    found = [item.strip() for item in items if isinstance(item, str) and is_id(item.strip())]
    if len(found) < len(items):
        entry.note("BAD_LINK", f"{name}: ids are expected; left out")
    return [one for one in dict.fromkeys(found) if one != entry.record]


def _aliases(entry: Entry) -> list[JsonValue]:
    return [*fitting.first(entry, "aliases", [entry.record, *_ids(entry, "aliases")], advisories.MAX_ALIASES)]


def _links(entry: Entry) -> tuple[tuple[LinkRel, str], ...]:
    found = [(LinkRel.UPSTREAM, id_) for id_ in _ids(entry, "upstream")]
    found += [(LinkRel.RELATED, id_) for id_ in _ids(entry, "related")]
    return tuple(fitting.first(entry, "related", found, _MAX_LINKS))


def _names(entry: Entry) -> tuple[str, ...]:
    """Those who are thanked: none is kept, and their names are sought in the texts."""
    return advisories.people(one.line("name") for one in entry.objects("credits", text_as="name"))
