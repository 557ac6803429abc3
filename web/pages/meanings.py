"""What the values of closed vocabularies mean, as pages say it."""

from __future__ import annotations

from registry.domain.vocabulary import (
    AbsenceReason,
    Assistance,
    EvidenceSetting,
    LinkRel,
    NamedPerson,
    Provenance,
    ReportedBy,
    Standing,
    StatementKind,
    Tlp,
)

LINKS: dict[tuple[LinkRel, bool], str] = {
    (LinkRel.MITIGATED_BY, False): "Mitigated by",
    (LinkRel.MITIGATED_BY, True): "Applied to",
    (LinkRel.DERIVED_FROM, False): "Learned from",
    (LinkRel.DERIVED_FROM, True): "Lessons learned from it",
    (LinkRel.VIOLATES, False): "Violates",
    (LinkRel.VIOLATES, True): "Violated in",
    (LinkRel.EXPLOITS, False): "Exploits",
    (LinkRel.EXPLOITS, True): "Exploited in",
    (LinkRel.OBSERVED_IN, False): "Observed in",
    (LinkRel.OBSERVED_IN, True): "Evidence was observed in it",
    (LinkRel.SUPERSEDES, False): "Replaces",
    (LinkRel.SUPERSEDES, True): "Replaced by",
    (LinkRel.DUPLICATE_OF, False): "Duplicate of",
    (LinkRel.DUPLICATE_OF, True): "Duplicates",
    (LinkRel.VARIANT_OF, False): "Variant of",
    (LinkRel.VARIANT_OF, True): "Variants",
    (LinkRel.SAME_CAMPAIGN, False): "Same campaign",
    (LinkRel.SAME_CAMPAIGN, True): "Same campaign, named there",
    (LinkRel.UPSTREAM, False): "Taken from",
    (LinkRel.UPSTREAM, True): "Taken over by",
    (LinkRel.RELATED, False): "Related",
    (LinkRel.RELATED, True): "Named as related by",
    (LinkRel.NOT_RELATED, False): "Looks similar, but is not related",
    (LinkRel.NOT_RELATED, True): "Told apart from it by",
}

TLP: dict[Tlp, str] = {
    Tlp.CLEAR: "Everybody may read and share it.",
    Tlp.GREEN: "For the community, not for the public.",
    Tlp.AMBER: "For the organisation and those it must inform.",
    Tlp.AMBER_STRICT: "For the organisation only.",
    Tlp.RED: "For the people named only.",
}
STANDING: dict[Standing, str] = {
    Standing.ALLEGED: "Somebody says so; nobody responsible has confirmed it.",
    Standing.ACKNOWLEDGED: "Those concerned have confirmed it.",
    Standing.ESTABLISHED: "A court, an authority or several independent sources bear it out.",
}
PROVENANCE: dict[Provenance, str] = {
    Provenance.ORIGINAL: "Written for this registry",
    Provenance.SUMMARY: "A summary of the sources",
    Provenance.VERBATIM: "Taken over word for word",
    Provenance.AI_ASSISTED: "Written with the help of a model",
}
REPORTED_BY: dict[ReportedBy, str] = {
    ReportedBy.SELF: "Self-reported",
    ReportedBy.OTHERS: "Reported by others",
}
REPORTED_BY_LONG: dict[ReportedBy, str] = {
    ReportedBy.SELF: "Those whose system or service it is about recorded it themselves.",
    ReportedBy.OTHERS: "Others recorded it than those whose system or service it is about.",
}
ASSISTANCE: dict[Assistance, str] = {
    Assistance.NONE: "A machine wrote nothing of it",
    Assistance.EDITED: "A machine edited what people wrote",
    Assistance.DRAFTED: "A machine wrote a draft that people worked over",
    Assistance.GENERATED: "A machine wrote it",
}
ABSENCE: dict[AbsenceReason, str] = {
    AbsenceReason.UNKNOWN: "Unknown",
    AbsenceReason.WITHHELD: "Withheld",
    AbsenceReason.NOT_ASKED: "Not asked",
    AbsenceReason.NOT_APPLICABLE: "Does not apply",
}
NAMED_PERSON: dict[NamedPerson, str] = {
    NamedPerson.IMITATED_PUBLIC_FIGURE: "a public figure who was imitated",
    NamedPerson.FINAL_JUDGMENT: "somebody named in a final judgment",
}
SETTINGS: dict[EvidenceSetting, str] = {
    EvidenceSetting.PRODUCTION: "In production",
    EvidenceSetting.RED_TEAM: "In a red-team exercise",
    EvidenceSetting.BENCHMARK: "In a benchmark",
}
# What is said above the statements of other organisations, in the order in which they are read. Neutral: a dispute
# is no verdict, and an endorsement no proof.
STATEMENTS: dict[StatementKind, str] = {
    StatementKind.RESPONSE: "Responses",
    StatementKind.DISPUTE: "Disputes",
    StatementKind.PERSPECTIVE: "Other perspectives",
    StatementKind.ADOPTION: "Adoption",
    StatementKind.EFFECT_EVIDENCE: "Evidence of its effect",
    StatementKind.ENDORSEMENT: "Endorsements",
    StatementKind.CLASSIFICATION: "Classifications by others",
}
FIELDS: dict[str, str] = {
    "misuse_categories": "Misuse",
    "scrutiny_domains": "High-risk domain",
    "event_kind": "Event",
    "safeguard_outcome": "Safeguards",
    "relation": "Part of the system",
    "breakout_scale": "Breakout scale",
    "narrative": "What happened",
    "procedure": "How it was done",
    "actors": "Who did it",
    "targets": "Who was aimed at",
    "detection": "How it was found",
    "enforcement": "What was done about it",
    "harms": "Harm",
    "affected_groups": "For whom it was worse",
    "links": "Relations to other records",
    "aliases": "Also known as",
    "upstream": "Where it was imported from",
    "addresses": "What it acts against",
    "implementations": "Where it is in place",
    "weights_ref": "Weights",
    "url": "Address",
    "archived_sha256": "Hash of an archived copy",
}
# Whether a person has read what a machine wrote; nothing was said where it is none.
REVIEWED: dict[bool | None, str] = {
    True: "a person has read and accepted it",
    False: "no person has read it",
    None: "nothing is said about whether a person has read it",
}
_RELIABILITY = {
    "A": "completely reliable",
    "B": "usually reliable",
    "C": "fairly reliable",
    "D": "not usually reliable",
    "E": "unreliable",
    "F": "reliability cannot be judged",
}
_CREDIBILITY = {
    1: "confirmed by others",
    2: "probably true",
    3: "possibly true",
    4: "doubtful",
    5: "improbable",
    6: "truth cannot be judged",
}


def reliability(source: str | None, information: int | None) -> str:
    """A grade of the Admiralty scale in words: how reliable the source is, and how credible what it says."""
    said = (_RELIABILITY.get(source or ""), _CREDIBILITY.get(information or 0))
    return ", ".join(one for one in said if one)
