"""One draft made ready to be stored: validated, its secrets taken out, and what holds it for review found.

Pure: it opens nothing and writes nothing, so that it may run in a process of its own.
"""

from __future__ import annotations

from importers.contract import Draft, Source
from importers.people.guarding import guarded
from registry.domain.content.kinds import parse
from registry.domain.errors import InvalidInput, Problem
from registry.domain.finding import Finding
from registry.domain.screening.finding import Code
from registry.service.ingest import Incoming, incoming

_SCREENED = {
    Code.SECRET_DETECTED: "something that gives access stood in it and was taken out",
    Code.PERSONAL_DATA: "it holds what looks like personal data; a reviewer looks at it before it is shown",
}
_MAX_PROBLEMS = 20


def prepare(source: Source, draft: Draft) -> tuple[Incoming | None, tuple[Finding, ...]]:
    """The draft ready to be stored, or nothing where it does not fit, and what was found either way."""
    draft, named = guarded(draft, source)
    try:
        document = draft.document(source)
        content = parse(draft.kind, content=document, restricted=draft.restricted, marking=draft.marking)
        ready = incoming(source, content, links=draft.links, held=draft.held)
    except InvalidInput as error:
        return None, named + tuple(_refusal(source, draft, problem) for problem in error.problems[:_MAX_PROBLEMS])
    return ready, named + tuple(
        Finding(source.id, draft.upstream_id, code.value, _SCREENED[code], False, code is Code.PERSONAL_DATA)
        for code in sorted(ready.codes)
    )


def _refusal(source: Source, draft: Draft, problem: Problem) -> Finding:
    return Finding(source.id, draft.upstream_id, problem.code, f"{'.'.join(problem.path)}: {problem.message}")
