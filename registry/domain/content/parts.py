"""What the public and the restricted parts of every kind have."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic_core import PydanticCustomError

from registry.domain import terms
from registry.domain.content.base import (
    Coherent,
    Label,
    Language,
    Line,
    Model,
    Place,
    Sha256,
    TermOf,
    Text,
    Uid,
    Url,
    When,
    disagreement,
)
from registry.domain.errors import did_you_mean
from registry.domain.vocabulary import (
    AbsenceReason,
    AnnotatorKind,
    Confidence,
    LinkRel,
    MappingMethod,
    SourceReliability,
)

Credibility = Annotated[int, Field(ge=1, le=6, strict=True)]


class Source(Model):
    """Where something can be read."""

    url: Url = Field(description="Address of the page.")
    title: Line | None = Field(None, description="Title of the page.")
    publisher: Label | None = Field(None, description="Who published it.")
    published_on: When | None = Field(None, description="When it was published; may be just a year or a month.")
    archive_url: Url | None = Field(None, description="Address of an archived copy.")
    kind: Annotated[Label, TermOf(terms.SOURCE_KIND)] | None = Field(None, description="Term of source_kind.")
    language: Language | None = Field(None, description="Language it is written in.")
    reliability: SourceReliability | None = Field(None, description="How far the source can be relied on.")
    credibility: Credibility | None = Field(
        None, description="Credibility of what it says, Admiralty scale: 1 (confirmed) to 5 (improbable), 6 not judged."
    )


class Link(Coherent):
    """A statement that this record stands in a relation to another one."""

    rel: LinkRel = Field(description="The relation, read from this record to its target.")
    target: Uid = Field(description="uid of the other record.")
    clause: Label | None = Field(None, description="Path of the clause that it violates; for violates only.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """A clause is told of violations only."""
        if self.clause is not None and self.rel is not LinkRel.VIOLATES:
            yield ("clause",), disagreement("only a link with the relation violates names a clause")


class MappedField(Model):
    """A field that the source does not hold as it stands: by which rule, or by which machine, it was made."""

    field: Label = Field(description="Path of the field in this content, such as misuse_categories.")
    method: MappingMethod = Field(description="Whether a rule mapped it or a machine judged.")
    by: Label = Field(description="Name and version of the rule or model, such as atlas-rules@1.")
    basis: Line | None = Field(None, description="What of the source it was made from.")
    confidence: Confidence | None = Field(None, description="Confidence in it.")


class Upstream(Model):
    """Where an imported record came from. Set by importers only."""

    source: Label = Field(description="Id of the source, such as atlas.")
    id: Label = Field(description="Id of the record at the source.")
    url: Url | None = Field(None, description="Its page at the source.")
    release: Label | None = Field(None, description="Release of the source it was read from.")
    sha256: Sha256 = Field(description="Hash of the upstream record as it was read, hexadecimal.")
    attribution: Line | None = Field(None, description="How the publisher is to be named by whoever uses the record.")
    mapped: Annotated[tuple[MappedField, ...], Field(max_length=100)] = Field(
        (), description="Fields that were mapped by rule or judged by a machine; all others are the publisher's."
    )


class Classification(Model):
    """One judgment in the terms of a taxonomy, and whose it is."""

    taxonomy: Label = Field(description="Short name of the taxonomy, such as mit or atlas.")
    version: Label = Field(description="Version of the taxonomy.")
    field: Label | None = Field(None, description="Field of the taxonomy, where it has several.")
    value: Label = Field(description="Code or name within the taxonomy.")
    annotator_kind: AnnotatorKind = Field(description="Whether a person or a machine judged.")
    annotator: Label | None = Field(
        None, description="Role of the person, or model@version of the machine; never a person's name."
    )
    confidence: Confidence | None = Field(None, description="Confidence in the judgment.")
    rationale: Text | None = Field(None, description="Why.")


class Withheld(Model):
    """Why a field of this part is empty."""

    field: Label = Field(description="Name of the field, as in this dictionary.")
    reason: AbsenceReason = Field(description="Why it is empty.")


class PublicPart(Coherent):
    """What every kind's public part has."""

    TITLE: ClassVar[str]
    SUMMARY: ClassVar[str]

    sources: Annotated[tuple[Source, ...], Field(max_length=100)] = Field((), description="Public sources.")
    links: Annotated[tuple[Link, ...], Field(max_length=200)] = Field((), description="Relations to other records.")
    aliases: Annotated[tuple[Label, ...], Field(max_length=50)] = Field(
        (), description="Ids of the same thing elsewhere."
    )
    upstream: Upstream | None = Field(None, description="Where an imported record came from.")
    classifications: Annotated[tuple[Classification, ...], Field(max_length=200)] = Field(
        (), description="Judgments in the terms of taxonomies."
    )
    withheld: Annotated[tuple[Withheld, ...], Field(max_length=50)] = Field(
        (), description="Which fields are empty, and why."
    )

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """A field said to be empty is one of this kind's, and is empty."""
        known = {name: field for name, field in type(self).model_fields.items() if not field.is_required()}
        for at, one in enumerate(self.withheld):
            place = ("withheld", at, "field")
            if one.field not in known:
                hint = did_you_mean(one.field, sorted(known))
                yield place, PydanticCustomError("unknown_field", "there is no field of this name", {"hint": hint})
            elif getattr(self, one.field) != known[one.field].default:
                yield place, disagreement("this field is not empty")


class RestrictedPart(Coherent):
    """What only the owner and the reviewer who holds the claim read."""

    narrative: Text | None = Field(None, description="The raw account, with what must not be public.")
    operational_detail: Text | None = Field(
        None, description="Working prompts, steps or exploit detail that would help to repeat the harm."
    )
    notes: Text | None = Field(None, description="Notes for the reviewers.")
    links: Annotated[tuple[Link, ...], Field(max_length=200)] = Field(
        (), description="Relations to records that fewer people may see."
    )
