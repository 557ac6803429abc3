"""The records of AVID: how a report or a vulnerability is read as a weakness, or as an incident.

Everything that is mapped by rule, and not by the publisher, is mapped by ``importers.avid.rules``.
"""

from __future__ import annotations

import re

from importers import advisories, fitting
from importers.avid import rules
from importers.avid.metrics import read_metrics
from importers.avid.parties import read_affected, read_credited
from importers.contract import Draft, Source, upstream_hash
from importers.entry import Entry
from importers.marking import marking
from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Kind, LinkRel

ID = re.compile(r"AVID-\d{4}-([RV])\d{3,6}")
_AIID = re.compile(r"https?://incidentdatabase\.ai/cite/(\d{1,6})/?(?:[?#].*)?")
_STUDY = re.compile(r"https?://atlas\.mitre\.org/studies/(AML\.CS\d{4})/?")
_FIELDS = frozenset({
    "data_type", "data_version", "metadata", "affects", "problemtype", "metrics", "references", "description",
    "reports", "impact", "credit", "reported_date", "published_date", "last_modified_date",
})  # fmt: skip
_IMPACT = frozenset({"avid", "atlas", "cvss", "cwe", "odin", "owasp"})
_INCIDENTS = frozenset({"AIID Incident", "ATLAS Case Study"})
_MAX_CLASSES = 30
_MAX_URL = 2000


def read(entry: Entry, source: Source) -> Draft:
    """One record; *entry* is refused where it has no title and no description."""
    entry.expect(_FIELDS)
    problem, impact = entry.part("problemtype"), entry.part("impact")
    impact.expect(_IMPACT)
    classof = problem.line("classof")
    if classof not in rules.CLASSES:
        entry.note("UNKNOWN_TERM", "problemtype.classof: none of AVID's classes")
    if (of := problem.line("type")) is not None and of not in rules.TYPES:
        entry.note("UNKNOWN_TERM", "problemtype.type: none of AVID's types")
    name = problem.part("description")
    title = fitting.line(entry, "problemtype.description", name.text("value"))
    description, language = _description(entry)
    named = title
    if (bare := rules.BARE_TITLE.fullmatch(title or "")) and description:
        title = f"{advisories.beginning(rules.without_reason(description))} ({bare[1]})"
    if title is None and description is None:
        entry.note("MISSING", "problemtype.description: this field is needed", refused=True)
    content: dict[str, JsonValue] = {
        "title": title or fitting.line(entry, "description", description, 120),
        "sources": _sources(entry),
        "aliases": _aliases(entry, title or "", classof),
    }
    if classof in _INCIDENTS:
        kind, more, mapped = (
            Kind.INCIDENT,
            *_incident(entry, impact, classof == "ATLAS Case Study", title or "", description),
        )
    else:
        kind, more, mapped = Kind.WEAKNESS, *_weakness(entry, impact, title or "", description)
    if title != named:
        mapped.append(("title", "description"))
    found = advisories.said(content | more)
    return Draft(
        entry.record,
        kind,
        found,
        marking(source, language=language),
        upstream_hash(entry.fields),
        f"https://avidml.org/database/{entry.record.lower()}/",
        links=_links(entry, impact),
        mapped=advisories.by_rule(rules.RULES, [one for one in mapped if one[0].split(".")[0] in found]),
        names=(*read_credited(entry)[1], *advisories.finders(description)),
        held=entry.held,
    )


def _description(entry: Entry) -> tuple[str | None, str]:
    written = entry.part("description")
    text = fitting.text(entry, "description", written.text("value"))
    if text and rules.DUMMY.fullmatch(text):
        entry.note("PLACEHOLDER", "description: words that stand for a text; left out")
        text = None
    language = (written.line("lang") or "eng").lower()
    return text, "en" if language == "eng" or not fitting.is_language(language) else language


def _weakness(
    entry: Entry, impact: Entry, title: str, description: str | None
) -> tuple[dict[str, JsonValue], list[tuple[str, str]]]:
    fixed = rules.FIXED_IN.search(rules.without_reason(description or ""))
    evaluation = next((said.format(found[1]) for form, said in rules.EVALUATION if (found := form.search(title))), None)
    evidence, reproducibility = read_metrics(entry, evaluation)
    affected, scope = read_affected(entry)
    reported = entry.fields.get("reported_date") or entry.fields.get("published_date")
    content: dict[str, JsonValue] = {
        "description": description or title,
        "scope": scope,
        "status": "fixed" if fixed else None,
        "fixed_in": fixed[1] if fixed else None,
        "severity": _severity(impact),
        "affected": affected,
        "classes": _classes(entry, impact),
        "discovered": fitting.when(entry, "reported_date", reported),
        "discovered_by": fitting.line(entry, "credit", ", ".join(read_credited(entry)[0])),
        "reproducibility": reproducibility,
        "evidence": evidence,
    }
    mapped = [
        ("scope", "affects.artifacts[].type"),
        ("status", "description"),
        ("fixed_in", "description"),
        ("severity", "impact.cvss or impact.odin"),
        ("affected", "affects"),
        ("classes", "impact"),
        ("discovered", "reported_date"),
        ("discovered_by", "credit"),
        ("reproducibility", "metrics"),
        ("evidence", "metrics"),
    ]
    if description is None:
        mapped.append(("description", "problemtype.description"))
    return content, mapped


def _incident(
    entry: Entry, impact: Entry, study: bool, title: str, description: str | None
) -> tuple[dict[str, JsonValue], list[tuple[str, str]]]:
    codes = [str(one["code"]) for one in _classes(entry, impact) if isinstance(one, dict) and one["scheme"] == "avid"]
    misuse = {rules.MISUSE_BY_SEP[code] for code in codes if code in rules.MISUSE_BY_SEP}
    misuse |= {category for form, category in rules.MISUSE_BY_TITLE if form.search(title)}
    harms = sorted({rules.HARM_BY_SEP[code] for code in codes if code in rules.HARM_BY_SEP})
    exercise = study and rules.EXERCISE.search(f"{title} {description or ''}")
    affected, _scope = read_affected(entry)
    systems: list[JsonValue] = [
        {key: value for key, value in one.items() if key != "use_case"} for one in affected if isinstance(one, dict)
    ]
    content: dict[str, JsonValue] = {
        "summary": description or title,
        "event_kind": "exercise" if exercise else "incident",
        "intent": "misuse" if study or misuse else "unknown",
        "misuse_categories": [*sorted(misuse)],
        "systems": [one for one in systems if one],
        "harms": [{"type": harm} for harm in harms],
    }
    mapped = [
        ("event_kind", "problemtype.classof, description"),
        ("intent", "problemtype.classof, impact.avid.sep_view"),
        ("misuse_categories", "impact.avid.sep_view, problemtype.description"),
        ("systems", "affects"),
        ("harms", "impact.avid.sep_view"),
    ]
    if description is None:
        mapped.append(("summary", "problemtype.description"))
    return content, mapped


def _severity(impact: Entry) -> int | None:
    cvss, odin = impact.part("cvss"), impact.part("odin")
    vector = cvss.line("vectorString")
    if vector:
        told = advisories.number(cvss.fields.get("baseScore"))
        return advisories.severity_of(impact, "impact.cvss", [(vector, told)])
    level = odin.line("SocialImpactScore")
    if level and level.lower() not in rules.ODIN_LEVELS:
        impact.note("UNKNOWN_TERM", "impact.odin: none of the levels of 0DIN; left out")
    return rules.ODIN_LEVELS.get((level or "").lower())


def _classes(entry: Entry, impact: Entry) -> list[JsonValue]:
    found: list[tuple[str, str]] = []
    avid = impact.part("avid")
    if avid.fields and avid.line("taxonomy_version") not in rules.TAXONOMY_VERSIONS:
        entry.note("MISSING_VERSION", "impact.avid.taxonomy_version: empty, or none of AVID's; the terms were kept")
    for name, scheme, known in (
        ("sep_view", "avid", rules.SEP),
        ("lifecycle_view", "avid_lifecycle", rules.LIFECYCLE),
        ("risk_domain", "avid_risk_domain", rules.RISK_DOMAINS),
    ):
        for term in avid.items(name):
            written = term.strip() if isinstance(term, str) else ""
            coded = rules.TERM.fullmatch(written)
            if written not in known:
                entry.note("UNKNOWN_TERM", f"impact.avid.{name}: a term outside AVID's own; its code was kept, if any")
            if coded or written in known:
                found.append((scheme, coded[1] if coded else written))
    for one in impact.objects("cwe", text_as="cweId"):
        code = one.line("cweId") or ""
        if advisories.CWE.fullmatch(code):
            found.append(("cwe", code))
        else:
            entry.note("BAD_CLASS", "impact.cwe: an id such as CWE-79 is expected; left out")
    for one in impact.objects("atlas", text_as="technique"):
        codes = [one.line(name) for name in ("subtechnique", "technique", "tactic")]
        found += [("atlas", code) for code in codes if code and fitting.is_technique(code)][:1]
    found += [("owasp", code.strip()) for code in impact.items("owasp") if isinstance(code, str) and 0 < len(code) < 40]
    for one in impact.part("odin").objects("JailbreakTaxonomy"):
        steps = [one.line(name) for name in ("Category", "Strategy", "Technique")]
        way = fitting.label(entry, "impact.odin", " / ".join(step for step in steps if step))
        found += [("odin", way)] if way else []
    once = [{"scheme": scheme, "code": code} for scheme, code in dict.fromkeys(found)]
    return [*fitting.first(entry, "impact", once, _MAX_CLASSES)]


def _sources(entry: Entry) -> list[JsonValue]:
    return advisories.sources_of(
        entry,
        "references",
        ((one.fields.get("url"), one.line("label"), None) for one in entry.objects("references", text_as="url")),
    )


def _aliases(entry: Entry, title: str, classof: str | None) -> list[JsonValue]:
    """Its own id and those of what it was made from; a CVE's one GitHub advisory is the same weakness."""
    urls = [one.fields.get("url") for one in entry.objects("references", text_as="url")]
    addresses = [url.strip() for url in urls if isinstance(url, str) and len(url) <= _MAX_URL]
    found = [entry.record]
    if classof == "CVE Entry":
        found += advisories.CVE.findall(title)
        advisory = {code for url in addresses for code in advisories.GHSA.findall(url)}
        found += advisory if len(advisory) == 1 else ()
    if classof == "AIID Incident":
        found += [f"AIID-{number[1]}" for url in addresses if (number := _AIID.fullmatch(url))][:1]
    if classof == "ATLAS Case Study":
        found += [study[1] for url in addresses if (study := _STUDY.fullmatch(url))][:1]
    return advisories.first_of_each(found)[: advisories.MAX_ALIASES]


def _links(entry: Entry, impact: Entry) -> tuple[tuple[LinkRel, str], ...]:
    reports = [one.line("report_id") for one in entry.objects("reports", text_as="report_id")]
    found = [(LinkRel.DERIVED_FROM, id_) for id_ in reports if id_]
    vulnerability = impact.part("avid").line("vuln_id")
    found += [(LinkRel.RELATED, vulnerability)] if vulnerability else []
    if any(not ID.fullmatch(id_) for _rel, id_ in found):
        entry.note("BAD_LINK", "reports, impact.avid.vuln_id: an id of AVID is expected; left out")
    good = [one for one in found if ID.fullmatch(one[1]) and one[1] != entry.record]
    return tuple(dict.fromkeys(good))[:100]
