"""A global advisory of GitHub, as its REST API answers, as a weakness. Everything mapped by rule is said to be."""

from __future__ import annotations

from importers import advisories, fitting
from importers.contract import Draft, Source, TakenBack, upstream_hash
from importers.cvss import severity_of_score, severity_of_word
from importers.entry import Entry
from importers.marking import marking
from importers.packages import is_wanted, wanted_packages
from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Kind

RULES = "ghsa-rules@1"
_FIELDS = frozenset({
    "id", "ghsa_id", "cve_id", "url", "html_url", "repository_advisory_url", "summary", "description", "type",
    "severity", "source_code_location", "identifiers", "references", "published_at", "updated_at", "github_reviewed_at",
    "nvd_published_at", "withdrawn_at", "vulnerabilities", "cvss", "cvss_severities", "cwes", "credits",
    "credits_detailed", "epss",
})  # fmt: skip
# What changes by itself, while the advisory stays as it is.
_UNHASHED = frozenset({"epss", "updated_at", "nvd_published_at", "github_reviewed_at"})
_MAX_AFFECTED = 100


def read(entry: Entry, source: Source) -> Draft | TakenBack | None:
    """One advisory, already named by its id; nothing where it is about packages that the row does not want."""
    entry.expect(_FIELDS)
    packages = [(one, one.part("package")) for one in entry.objects("vulnerabilities")]
    names = [(package.line("ecosystem") or "", package.line("name") or "") for _, package in packages]
    if not is_wanted(wanted_packages(source), names):
        return None
    if entry.line("withdrawn_at"):
        return TakenBack(entry.record)
    title = fitting.line(entry, "summary", entry.line("summary", needed=True))
    public, exploit = advisories.without_exploit(entry, "description", entry.text("description") or "")
    detail = fitting.text(entry, "description", exploit)
    affected, fixed, all_fixed = _affected(entry, packages)
    content = advisories.said({
        "title": title,
        "description": fitting.text(entry, "description", public) or title,
        "status": "fixed" if all_fixed else None,
        "fixed_in": fitting.line(entry, "first_patched_version", ", ".join(fixed), fitting.MAX_LABEL),
        "severity": _severity(entry),
        "affected": affected,
        "classes": _classes(entry),
        "discovered": fitting.when(entry, "published_at", entry.fields.get("published_at")),
        "sources": _sources(entry),
        "aliases": _aliases(entry),
    })  # fmt: skip
    mapped = [
        ("status", "vulnerabilities[].first_patched_version"),
        ("fixed_in", "vulnerabilities[].first_patched_version"),
        ("severity", "cvss_severities, cvss, severity"),
        ("affected", "vulnerabilities"),
        ("classes", "cwes, type"),
        ("discovered", "published_at"),
    ]
    if detail or not public.strip():
        mapped.append(("description", "description" if detail else "summary"))
    return Draft(
        entry.record,
        Kind.WEAKNESS,
        content,
        marking(source),
        upstream_hash({name: value for name, value in entry.fields.items() if name not in _UNHASHED}),
        f"https://github.com/advisories/{entry.record}",
        restricted={"exploit_detail": detail} if detail else {},
        mapped=advisories.by_rule(RULES, [one for one in mapped if one[0] in content]),
        names=(*_names(entry), *advisories.finders(public)),
    )


def _affected(entry: Entry, packages: list[tuple[Entry, Entry]]) -> tuple[list[JsonValue], list[str], bool]:
    found: dict[tuple[str, str], dict[str, JsonValue]] = {}
    fixed: list[str] = []
    for one, package in fitting.first(entry, "vulnerabilities", packages, _MAX_AFFECTED):
        name, ecosystem = package.line("name"), package.line("ecosystem")
        model = fitting.label(entry, "vulnerabilities.package", f"{name} ({ecosystem})" if name and ecosystem else name)
        versions = fitting.label(entry, "vulnerable_version_range", one.line("vulnerable_version_range"))
        patched = one.fields.get("first_patched_version")
        # Older answers hold an object here.
        identifier = patched.get("identifier") if isinstance(patched, dict) else patched
        if isinstance(identifier, str) and identifier.strip():
            fixed.append(" ".join(identifier.split()))
        if told := {key: value for key, value in (("model", model), ("version_range", versions)) if value}:
            found.setdefault((model or "", versions or ""), {**told})
    return [*found.values()], list(dict.fromkeys(fixed)), bool(packages) and len(fixed) == len(packages)


def _severity(entry: Entry) -> int | None:
    severities = entry.part("cvss_severities")
    places = [severities.part("cvss_v4"), severities.part("cvss_v3")]
    places.append(entry.part("cvss"))
    told = [(place.line("vector_string"), advisories.number(place.fields.get("score"))) for place in places]
    if vectors := [(vector, score or None) for vector, score in told if vector]:
        return advisories.severity_of(entry, "cvss", vectors)
    scores = [score for _, score in told if score]
    return severity_of_score(scores[0]) if scores else severity_of_word(entry.line("severity") or "")


def _classes(entry: Entry) -> list[JsonValue]:
    found: list[JsonValue] = []
    for one in entry.objects("cwes", text_as="cwe_id"):
        code = one.line("cwe_id") or ""
        if advisories.CWE.fullmatch(code):
            found.append({"scheme": "cwe", "code": code})
        else:
            entry.note("BAD_CLASS", "cwes: an id such as CWE-79 is expected; left out")
    if entry.line("type") == "malware":
        found.append({"scheme": "github", "code": "malware"})
    return fitting.first(entry, "cwes", found, 30)


def _sources(entry: Entry) -> list[JsonValue]:
    page: tuple[JsonValue, str | None, str | None] = (f"https://github.com/advisories/{entry.record}", None, "advisory")
    return advisories.sources_of(
        entry,
        "references",
        [page, *((one.fields.get("url"), None, None) for one in entry.objects("references", text_as="url"))],
    )


def _aliases(entry: Entry) -> list[JsonValue]:
    ids = [entry.line("cve_id"), *(one.line("value") for one in entry.objects("identifiers", text_as="value"))]
    good = [id_ for id_ in ids if id_ and (advisories.CVE.fullmatch(id_) or advisories.GHSA.fullmatch(id_))]
    if len(good) < len([id_ for id_ in ids if id_]):
        entry.note("BAD_LINK", "identifiers: ids are expected; left out")
    once = advisories.first_of_each([entry.record, *good])
    return fitting.first(entry, "identifiers", once, advisories.MAX_ALIASES)


def _names(entry: Entry) -> tuple[str, ...]:
    thanked = [one.part("user").line("login") for one in entry.objects("credits")]
    return advisories.people(thanked)
