"""What every record is marked and linked with."""

from __future__ import annotations

from enum import StrEnum


class Kind(StrEnum):
    """What a record is about. Source: this project."""

    INCIDENT = "incident"
    MITIGATION = "mitigation"
    LESSON = "lesson"
    WEAKNESS = "weakness"
    USAGE_POLICY = "usage_policy"
    STATEMENT = "statement"

    @property
    def number_code(self) -> str:
        """The three letters that stand for the kind in a record number."""
        return _NUMBER_CODES[self]

    @property
    def type_name(self) -> str:
        """The name of its class and of its GraphQL type, such as ``UsagePolicy``."""
        return "".join(part.title() for part in self.value.split("_"))

    @property
    def noun(self) -> str:
        """What it is called in a sentence, such as ``usage policy``."""
        return self.value.replace("_", " ")

    @property
    def with_article(self) -> str:
        """The noun with its article, such as ``an incident``."""
        return f"{'an' if self is Kind.INCIDENT else 'a'} {self.noun}"

    @property
    def plural(self) -> str:
        """Several of them, as a name in code, such as ``usage_policies``."""
        return _PLURALS.get(self, f"{self.value}s")


_NUMBER_CODES = {
    Kind.INCIDENT: "INC",
    Kind.MITIGATION: "MIT",
    Kind.LESSON: "LES",
    Kind.WEAKNESS: "WKN",
    Kind.USAGE_POLICY: "POL",
    Kind.STATEMENT: "STA",
}
_PLURALS = {Kind.WEAKNESS: "weaknesses", Kind.USAGE_POLICY: "usage_policies"}


class Tlp(StrEnum):
    """Who may see it, from the widest to the narrowest. Source: FIRST, Traffic Light Protocol 2.0."""

    CLEAR = "CLEAR"
    GREEN = "GREEN"
    AMBER = "AMBER"
    AMBER_STRICT = "AMBER+STRICT"
    RED = "RED"

    @property
    def strictness(self) -> int:
        """0 for CLEAR, one more for each narrower level."""
        return _STRICTNESS[self]


_STRICTNESS = {level: at for at, level in enumerate(Tlp)}


class Standing(StrEnum):
    """How far the account is accepted. Source: this project."""

    ALLEGED = "alleged"
    ACKNOWLEDGED = "acknowledged"
    ESTABLISHED = "established"


class Provenance(StrEnum):
    """Where the wording comes from. Source: genai_incidents description provenance, with AI-assisted added."""

    ORIGINAL = "original"
    SUMMARY = "summary"
    VERBATIM = "verbatim"
    AI_ASSISTED = "ai_assisted"


class MappingMethod(StrEnum):
    """How a field of an imported record came about that its source does not hold. Source: this project."""

    RULE = "rule"
    MACHINE = "machine"


class Assistance(StrEnum):
    """How much of a text a machine wrote. Source: MISP ai-computer-assisted, levels of assistance, shortened."""

    NONE = "none"
    EDITED = "edited"
    DRAFTED = "drafted"
    GENERATED = "generated"


class NamedPerson(StrEnum):
    """Why a public part may name a natural person. Source: this project's rule on people."""

    IMITATED_PUBLIC_FIGURE = "imitated_public_figure"
    FINAL_JUDGMENT = "final_judgment"


class ReportedBy(StrEnum):
    """Who speaks: those whose system or service it is about, or others. Source: this project."""

    SELF = "self"
    OTHERS = "others"


class LinkRel(StrEnum):
    """How one record stands to another. Source: OSV (aliases, upstream, related) and this project.

    ``not_related`` overrules a machine that takes two records for similar.
    """

    MITIGATED_BY = "mitigated_by"
    DERIVED_FROM = "derived_from"
    VIOLATES = "violates"
    EXPLOITS = "exploits"
    OBSERVED_IN = "observed_in"
    SUPERSEDES = "supersedes"
    DUPLICATE_OF = "duplicate_of"
    VARIANT_OF = "variant_of"
    SAME_CAMPAIGN = "same_campaign"
    UPSTREAM = "upstream"
    RELATED = "related"
    NOT_RELATED = "not_related"


class OrganisationKind(StrEnum):
    """What an organisation is in this field. Source: this project."""

    PROVIDER = "provider"
    RESEARCH = "research"
    CIVIL_SOCIETY = "civil_society"
    GOVERNMENT = "government"
    PRESS = "press"
    ISAC = "isac"
    OTHER = "other"


class AbsenceReason(StrEnum):
    """Why a field is empty. Source: this project, after NASA ASRS's distinction of withheld and blank."""

    UNKNOWN = "unknown"
    WITHHELD = "withheld"
    NOT_ASKED = "not_asked"
    NOT_APPLICABLE = "not_applicable"


class AnnotatorKind(StrEnum):
    """Who classified. Source: this project, after the annotator records of AIID and the MIT incident tracker."""

    PERSON = "person"
    MACHINE = "machine"
