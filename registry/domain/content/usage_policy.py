"""Usage policy: one version of what a provider allows and forbids, clause by clause."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field
from pydantic_core import PydanticCustomError

from registry.domain import terms
from registry.domain.content.base import (
    Label,
    Line,
    Model,
    Place,
    Sha256,
    TermOf,
    Text,
    Url,
    When,
    disagreement,
    is_before,
)
from registry.domain.content.parts import PublicPart, RestrictedPart
from registry.domain.vocabulary import ClauseKind


class Clause(Model):
    """One clause, under a path that links of violations name."""

    path: Label = Field(description="Path within the policy, such as 3.2; once in a policy.")
    heading: Line | None = Field(None, description="Its heading.")
    text: Text | None = Field(None, description="Its wording, if it may be repeated.")
    summary: Text | None = Field(None, description="What it says, in other words.")
    kind: ClauseKind | None = Field(None, description="What it does.")
    misuse_categories: Annotated[tuple[Annotated[Label, TermOf(terms.MISUSE)], ...], Field(max_length=20)] = Field(
        (), description="Terms of misuse_category that it is about."
    )
    scrutiny_domains: Annotated[tuple[Annotated[Label, TermOf(terms.SCRUTINY)], ...], Field(max_length=20)] = Field(
        (), description="Terms of scrutiny_domain that it is about."
    )
    severity_tier: Label | None = Field(None, description="Tier of severity, as the provider names it.")


class UsagePolicy(PublicPart):
    """The public part of a usage policy, one record for each version. Only provider, title and summary are required.

    The version before is linked by ``supersedes``.
    """

    TITLE: ClassVar[str] = "title"
    SUMMARY: ClassVar[str] = "summary"

    provider: Label = Field(description="Whose policy it is. Required.")
    title: Line = Field(description="What it is called. Required.")
    summary: Text = Field(description="What it is about, as Markdown. Required.")
    version: Label | None = Field(None, description="Version, as the provider writes it.")
    effective_from: When | None = Field(None, description="Since when it holds.")
    effective_to: When | None = Field(None, description="Until when it held.")
    url: Url | None = Field(None, description="Where it is published.")
    archived_sha256: Sha256 | None = Field(None, description="Hash of an archived copy.")
    product_scope: Annotated[tuple[Label, ...], Field(max_length=50)] = Field(
        (), description="Products for which it holds."
    )
    clauses: Annotated[tuple[Clause, ...], Field(max_length=200)] = Field((), description="Its clauses, in order.")

    def contradictions(self) -> Iterator[tuple[Place, PydanticCustomError]]:
        """It does not end before it begins, and no two clauses have one path."""
        yield from super().contradictions()
        if is_before(self.effective_to, self.effective_from):
            yield ("effective_to",), disagreement("this is before effective_from")
        seen: set[str] = set()
        for at, clause in enumerate(self.clauses):
            if clause.path in seen:
                yield ("clauses", at, "path"), disagreement("an earlier clause of this policy has the same path")
            seen.add(clause.path)


class UsagePolicyRestricted(RestrictedPart):
    """The restricted part of a usage policy."""
