"""What a submission must fulfil beyond its form: sizes, references, audience, seal. All problems at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from registry.domain import policy, redaction
from registry.domain.actor import Actor, Permission
from registry.domain.content.base import to_bytes, to_document
from registry.domain.content.kinds import Content
from registry.domain.deadline import Clocks, unknown_regimes
from registry.domain.errors import Forbidden, InvalidInput, Problem
from registry.domain.link import FieldRel, Reference, references
from registry.domain.people import people_problems
from registry.domain.record import Record, RecordUid, State
from registry.domain.sealed import is_sealed, sealed_problems
from registry.domain.vocabulary import Kind, LinkRel
from registry.ports import Reader, Unit
from registry.service.groups import audience_problems
from registry.service.taxonomies import classification_problems

MAX_REFERENCE = 120

_Place = tuple[tuple[str, ...], Reference]
# What may not be said about a record any more, by its state.
_CLOSED = {
    State.MERGED: Problem((), "TARGET_MERGED", "this record was merged into another one: speak about that one"),
    State.WITHDRAWN: Problem((), "TARGET_WITHDRAWN", "this record was withdrawn: nothing new is said about it"),
    State.ERASED: Problem((), "TARGET_ERASED", "this record was erased: nothing new is said about it"),
}


def require_acceptable(actor: Actor, content: Content, clocks: Clocks, external_ref: str | None = None) -> None:
    """Refuse what needs no look into the store to be refused.

    Raises:
        Forbidden: the record would be sealed, and *actor* may not write sealed records.
        InvalidInput: a part is too large, an upstream is claimed, the audience is not the actor's, a sealed record
            says too much, a deadline names an unknown regime, or *external_ref* is not one line of 1 to 120 characters.
    """
    if is_sealed(content) and Permission.RECORD_SEALED not in policy.permissions_of(actor):
        raise Forbidden("records of this category are sealed: they need the permission record:sealed")
    problems = [*_size_problems(content), *audience_problems(actor, content.marking.audience)]
    problems += [*sealed_problems(content), *people_problems(content)]
    problems += unknown_regimes(content, clocks)
    if content.public.upstream is not None:
        message = "only importers say where a record was imported from; use aliases and sources"
        problems.append(Problem(("content", "upstream"), "NOT_ALLOWED", message))
    reference = reference_problem(external_ref)
    if reference is not None:
        problems.append(reference)
    if problems:
        raise InvalidInput(problems)


def require_references(reader: Reader | Unit, actor: Actor, content: Content, known: Record | None = None) -> None:
    """Every reference leads to a record that the actor may see and that still stands, or stood there before.

    Every classification names a term of a release of a taxonomy that this node keeps.

    Args:
        known: the record of which this is a revision; what it refers to already may have gone meanwhile.

    Raises:
        InvalidInput: with every reference and classification that does not.
    """
    places = list(_references(content))
    present = () if known is None else tuple(_references_of(known))
    kept, kept_clauses = {one.target for one in present}, {(one.target, one.clause) for one in present}
    wanted = list({reference.target for _, reference in places})
    stored = reader.records.many(wanted, visible=policy.visible_to(actor)) if wanted else {}
    # Nobody learns by a refusal what is in work that is not published, or in what is gone.
    found = {uid: redaction.for_actor(one, actor) for uid, one in stored.items()}
    problems = [*_missing(places, found), *_unfit(places, found, kept)]
    problems += _clause_problems(places, found, kept_clauses)
    if known is not None and any(one.target == known.uid for _, one in places):
        problems.append(Problem(("content", "links"), "LINK_TO_ITSELF", "a record does not refer to itself"))
    problems += classification_problems(reader, content)
    if problems:
        raise InvalidInput(problems)


def reference_problem(external_ref: str | None) -> Problem | None:
    """What is wrong with an owner's own key, if anything."""
    if external_ref is None or (1 <= len(external_ref) <= MAX_REFERENCE and external_ref.isprintable()):
        return None
    code = "REQUIRED" if not external_ref else "INVALID_TEXT" if len(external_ref) <= MAX_REFERENCE else "TOO_LONG"
    message = f"use 1 to {MAX_REFERENCE} printable characters, or leave it out"
    return Problem(("externalRef",), code, message)


def _size_problems(content: Content) -> Iterator[Problem]:
    for name, part in (("content", content.public), ("restricted", content.restricted)):
        try:
            to_bytes(part, path=(name,))
        except InvalidInput as error:
            yield from error.problems


def _references(content: Content) -> Iterator[_Place]:
    for name, part in (("content", content.public), ("restricted", content.restricted)):
        for reference in references(to_document(part)):
            yield (name, *reference.path), reference


def _references_of(known: Record) -> Iterator[Reference]:
    for part in (known.newest.public, known.newest.restricted):
        if part is not None:
            yield from references(part.document)


def _missing(places: list[_Place], found: dict[RecordUid, Record]) -> Iterator[Problem]:
    for path, reference in places:
        # Evidence may come from an incident of another node, of which nothing is known here.
        if reference.target not in found and (reference.is_link or reference.rel == FieldRel.ABOUT):
            yield Problem(path, "NOT_FOUND", "no such record")


def _unfit(places: list[_Place], found: dict[RecordUid, Record], kept: set[RecordUid]) -> Iterator[Problem]:
    for path, reference in places:
        target = found.get(reference.target)
        if target is None or target.uid in kept:
            continue
        if reference.rel == FieldRel.ABOUT and target.kind is Kind.STATEMENT:
            yield Problem(path, "STATEMENT_ON_STATEMENT", "a statement is about a record that is no statement")
        elif reference.rel == FieldRel.ABOUT and target.state in _CLOSED:
            yield replace(_CLOSED[target.state], path=path)


def _clause_problems(
    places: list[_Place], found: dict[RecordUid, Record], kept: set[tuple[RecordUid, str]]
) -> Iterator[Problem]:
    for path, reference in places:
        policy_record = found.get(reference.target)
        if reference.rel != LinkRel.VIOLATES or policy_record is None or (reference.target, reference.clause) in kept:
            continue
        if policy_record.kind is not Kind.USAGE_POLICY:
            yield Problem(path, "NO_POLICY", "what is violated is a usage policy")
        elif reference.clause and reference.clause not in _clauses(policy_record):
            message = "this version of the policy has no such clause"
            hint = "name the version in which it stands, as a record of its own"
            yield Problem((*path[:-1], "clause"), "UNKNOWN_CLAUSE", message, hint)


def _clauses(record: Record) -> set[str]:
    found: set[str] = set()
    for revision in (record.head, record.newest):
        document = revision.public.document if revision.public else {}
        clauses = document.get("clauses", ())
        found |= {str(one["path"]) for one in clauses} if isinstance(clauses, list) else set()
    return found
