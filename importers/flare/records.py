"""A flaw report as a weakness or an incident. Everything that is mapped by rule is said to be.

What the form asks for and our public part has no place for stands in the restricted part; who reported stands nowhere.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from importers import advisories, fitting
from importers.contract import Draft, Source, upstream_hash
from importers.entry import Entry
from importers.flare import rules
from importers.flare.reading import parts, several, words
from importers.marking import marking
from registry.domain.canonical import JsonValue
from registry.domain.shortening import shortened
from registry.domain.vocabulary import Kind

_FIELDS = frozenset({
    "@context", "@type", "@id", "name", "description", "aiSystem", "severity", "prevalence", "impacts", "reportType",
    "dateCreated", "identifier", "policyViolation", "author", "sessionId", "flawTimestamp", "impactedStakeholders",
    "specificHarmTypes", "incident", "securityAspect", "vulnerability", "hazard", "disclosure", "raw", "riskSource",
    "contextInfo", "submissionTimestamp", "csamRelated", "status",
})  # fmt: skip
# Who reported, and what is made anew whenever the report is written out.
_UNHASHED = frozenset({"@context", "author", "sessionId", "raw", "dateCreated"})
_SENTENCE = re.compile(r"[.!?](?:\s|$)")
_MAX_SYSTEMS = 50
_MAX_HARMS = 50
_MAX_TITLE = 120


def is_about_child_abuse(entry: Entry) -> bool:
    """Whether the report says so in its form or its words; then nothing of it may be kept."""
    raw = entry.fields.get("raw")
    forms = [entry.fields, raw if isinstance(raw, Mapping) else {}]
    answers = [form.get(name) for form in forms for name in ("csamRelated", "csam_related", "CSAM Related")]
    if any(str(answer).strip().lower() not in rules.NO_WORDS for answer in answers if answer not in (None, False)):
        return True
    places = ("name", "description", "impacts", "specificHarmTypes", "reportType", "Impacts", "Specific Harm Types")
    told = [item for form in forms for name in places for item in several(Entry("", "", form), name)]
    return any(sign in item.lower() for item in told if isinstance(item, str) for sign in rules.CHILD_ABUSE)


def read(entry: Entry, source: Source) -> Draft:
    """One report, already named."""
    entry.expect(_FIELDS)
    kinds = {word.lower() for word in words(entry, "reportType")}
    if kinds - rules.INCIDENTS - rules.WEAKNESSES:
        entry.note("UNKNOWN_TERM", "reportType: none of the form's types of reports")
    public, exploit = advisories.without_exploit(entry, "description", entry.text("description", needed=True) or "")
    description = fitting.text(entry, "description", public)
    held = _is_held(entry)
    is_incident = bool(kinds & rules.INCIDENTS)
    told = {"title": _title(entry, description or ""), "sources": [], "aliases": [entry.record]}
    more, mapped = _incident(entry, kinds, description) if is_incident else _weakness(entry, description)
    content = advisories.said(told | more)
    if exploit is not None:
        mapped.append(("summary" if is_incident else "description", "description"))
    relationship = entry.part("incident").line("submitterRelationship")
    reported_by = "self" if relationship == "system_developer" else "others"
    author = [one.line("name") for one in parts(entry, "author")]
    url = entry.line("@id") or ""
    return Draft(
        entry.record,
        Kind.INCIDENT if is_incident else Kind.WEAKNESS,
        content,
        marking(source, reported_by=reported_by, **({"tlp": "RED"} if held else {})),
        upstream_hash({name: value for name, value in entry.fields.items() if name not in _UNHASHED}),
        url if url.startswith("https://") and fitting.source(entry, "@id", url) else None,
        restricted=_restricted(entry, exploit, is_incident),
        mapped=advisories.by_rule(rules.RULES, [one for one in mapped if one[0].split(".")[0] in content]),
        held=held,
        names=advisories.people(author),
    )


def _is_held(entry: Entry) -> bool:
    """Whether it is not, or not yet, for everybody; a report that does not say is not."""
    plan = entry.part("disclosure")
    intent, timeline = (plan.line("intent") or "").lower(), (plan.line("timeline") or "").lower()
    embargo = plan.fields.get("embargoRequest")
    asked = embargo is not None and str(embargo).strip().lower() not in rules.NO_WORDS
    at_once = intent == rules.OPEN_INTENT and timeline in rules.AT_ONCE
    if not asked and (intent == rules.PUBLIC_INTENT or at_once):
        return False
    message = "disclosure: not, or not yet, meant for everybody; marked RED, and a reviewer looks at it first"
    entry.note("NOT_PUBLIC", message, held=True)
    return True


def _title(entry: Entry, description: str) -> str | None:
    """The report's name where somebody gave it one; else the beginning of its description."""
    name = entry.line("name")
    if name and not name.lower().startswith("ai flaw report"):
        return fitting.line(entry, "name", name)
    text = " ".join(description[:2000].replace("*", "").replace("#", "").split())
    end = _SENTENCE.search(text)
    first = text[: end.start() + 1] if end else text
    return shortened(first, _MAX_TITLE)


def _incident(
    entry: Entry, kinds: set[str], description: str | None
) -> tuple[dict[str, JsonValue], list[tuple[str, str]]]:
    security = entry.part("securityAspect")
    misuse = rules.MISUSE in kinds
    objectives = words(security, "attackerObjectives")
    misused = {rules.MISUSE_BY_OBJECTIVE[one] for one in objectives if one in rules.MISUSE_BY_OBJECTIVE}
    methods = [rules.DETECTION[word] for word in words(security, "detectionMethods") if word in rules.DETECTION]
    systems = [one | ({"role": "abused"} if misuse else {}) for one in _systems(entry)]
    started = fitting.when(entry, "flawTimestamp", entry.fields.get("flawTimestamp"))
    own = entry.part("incident").text("description")
    return {
        "summary": description,
        "narrative": fitting.text(entry, "incident.description", own) if own and own != description else None,
        "intent": "misuse" if misuse else "unknown",
        "severity": _severity(entry),
        "misuse_categories": [*sorted(misused)] if misuse else [],
        "systems": [*systems],
        "timeline": {"started": started} if started else {},
        "detection": {"method": methods[0]} if methods else {},
        "harms": _harms(entry, "realised"),
    }, [
        ("title", "description"),
        ("intent", "reportType"),
        ("severity", "severity"),
        ("misuse_categories", "securityAspect.attackerObjectives"),
        ("systems", "aiSystem"),
        ("timeline.started", "flawTimestamp"),
        ("detection.method", "securityAspect.detectionMethods"),
        ("harms", "impacts, specificHarmTypes, impactedStakeholders"),
    ]  # fmt: skip


def _weakness(entry: Entry, description: str | None) -> tuple[dict[str, JsonValue], list[tuple[str, str]]]:
    prevalence = (entry.line("prevalence") or "").lower()
    if prevalence and prevalence not in rules.PREVALENCE:
        entry.note("UNKNOWN_TERM", "prevalence: none of the form's; left out")
    affected: list[JsonValue] = [
        {"version_range" if name == "version" else name: value for name, value in one.items()}
        for one in _systems(entry)
    ]
    return {
        "description": description,
        "severity": _severity(entry),
        "prevalence": prevalence if prevalence in rules.PREVALENCE else None,
        "status": rules.STATUS.get((entry.line("status") or "").lower()),
        "affected": affected,
        "discovered": fitting.when(entry, "flawTimestamp", entry.fields.get("flawTimestamp")),
    }, [
        ("title", "description"),
        ("severity", "severity"),
        ("status", "status"),
        ("affected", "aiSystem"),
        ("discovered", "flawTimestamp"),
    ]


def _severity(entry: Entry) -> int | None:
    word = (entry.line("severity") or "").lower()
    if word not in rules.SEVERITY and word not in {"", "unknown"}:
        entry.note("UNKNOWN_TERM", "severity: none of the form's; left out")
    return rules.SEVERITY.get(word)


def _systems(entry: Entry) -> list[dict[str, JsonValue]]:
    found: list[dict[str, JsonValue]] = []
    for one in fitting.first(entry, "aiSystem", list(parts(entry, "aiSystem")), _MAX_SYSTEMS):
        name = one.line("name") or ""
        # A publisher's @type says what it is; a person is nobody's provider here.
        makers = [maker for maker in parts(one, "publisher") if maker.line("@type") not in {"Person", "schema:Person"}]
        told = {
            "provider": fitting.label(entry, "aiSystem.publisher", makers[0].line("name")) if makers else None,
            "model": None if name.lower() in rules.UNKNOWN_SYSTEM else fitting.label(entry, "aiSystem.name", name),
            "version": fitting.label(entry, "aiSystem.version", one.line("version")),
        }
        kept = {key: value for key, value in told.items() if value}
        if kept and kept not in found:
            found.append({**kept})
    return found


def _harms(entry: Entry, realisation: str) -> list[JsonValue]:
    types: dict[str, None] = {}
    for word in (*words(entry, "impacts"), *words(entry, "specificHarmTypes")):
        if (term := rules.HARMS.get(word.lower())) is not None:
            types[term] = None
        else:
            entry.note("UNKNOWN_TERM", "impacts, specificHarmTypes: not all are the form's types of harm; left out")
    stakeholders = [rules.STAKEHOLDERS.get(word.lower()) for word in words(entry, "impactedStakeholders")]
    if None in stakeholders:
        entry.note("UNKNOWN_TERM", "impactedStakeholders: not all are known; left out")
    # Whom each of several harms met is not told.
    who = {"stakeholder": stakeholders[0]} if len(stakeholders) == 1 and stakeholders[0] else {}
    return [{"type": term, "realisation": realisation, **who} for term in list(types)[:_MAX_HARMS]]


def _restricted(entry: Entry, exploit: str | None, is_incident: bool) -> dict[str, JsonValue]:
    incident = entry.part("incident")
    details = (
        exploit,
        entry.part("vulnerability").text("proofOfConcept"),
        entry.part("hazard").text("statisticalArgument"),
    )
    security, plan, risk = (entry.part(name) for name in ("securityAspect", "disclosure", "riskSource"))
    notes = (
        ("Policy violated", entry.text("policyViolation")),
        ("Context", entry.text("contextInfo")),
        ("Place", ", ".join(words(incident, "location"))),
        ("Resources of the attacker", ", ".join(words(security, "attackerResources"))),
        ("Objectives of the attacker", ", ".join(words(security, "attackerObjectives"))),
        ("Context of the objective", security.text("objectiveContext")),
        ("Sources of the risk", ", ".join(words(risk, "responsibleFactors"))),
        ("Context of the risk", risk.text("responsibleFactorsContext")),
        ("Disclosure", ", ".join((*words(plan, "intent"), *words(plan, "timeline"), *words(plan, "channels")))),
    )
    told = {
        "operational_detail" if is_incident else "exploit_detail": fitting.text(
            entry, "vulnerability, hazard", "\n\n".join(detail for detail in details if detail)
        ),
        "narrative": fitting.text(entry, "incident.harmNarrative", incident.text("harmNarrative")),
        "notes": fitting.text(entry, "contextInfo", "\n".join(f"{name}: {text}" for name, text in notes if text)),
    }
    return advisories.said(told)
