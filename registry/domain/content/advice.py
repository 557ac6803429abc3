"""What deserves a second look in a submission that is acceptable: warnings, never refusals."""

from __future__ import annotations

from registry.domain.content.incident import Incident
from registry.domain.content.kinds import Content
from registry.domain.content.marking import Marking
from registry.domain.content.parts import PublicPart
from registry.domain.content.statement import Statement
from registry.domain.content.usage_policy import UsagePolicy
from registry.domain.errors import Problem
from registry.domain.vocabulary import Intent, Tlp


def advise(content: Content, before: Marking | None = None) -> tuple[Problem, ...]:
    """Warnings about *content*, in the order of its fields; *before* is how the published revision is marked."""
    found: list[Problem] = []
    public = content.public
    if isinstance(public, Incident) and public.intent is Intent.MISUSE and not public.misuse_categories:
        message = "a misuse without a category is hard to find; name one"
        found.append(Problem(("content", "misuse_categories"), "ADVICE_CATEGORY", message))
    if not public.sources and not _is_source(public):
        found.append(Problem(("content", "sources"), "ADVICE_SOURCES", "no public source is named"))
    if before is not None and before.tlp.strictness < content.marking.tlp.strictness:
        message = "once published, this takes the record away from those who see it now"
        found.append(Problem(("marking", "tlp"), "ADVICE_NARROWS", message))
    elif content.marking.tlp is not Tlp.CLEAR:
        message = "it will not be public, also once it is published"
        found.append(Problem(("marking", "tlp"), "ADVICE_TLP", message, "mark it CLEAR to make it public"))
    return tuple(found)


def _is_source(public: PublicPart) -> bool:
    """Whether it speaks for itself: a statement, or a policy that names where it is published."""
    return isinstance(public, Statement) or (isinstance(public, UsagePolicy) and public.url is not None)
