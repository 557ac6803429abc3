"""Taxonomies: those shipped, releases beside each other, neighbours elsewhere, and judgments in their terms."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime

from registry import taxonomies as shipped
from registry.domain import policy
from registry.domain.actor import Actor, Permission
from registry.domain.change import ChangeKind, NewChange
from registry.domain.content.kinds import Content
from registry.domain.crosswalk import TermMapping
from registry.domain.errors import Problem
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm, check_classifications, merged
from registry.ports import Reader, Registry, Unit

# The name under which the store keeps which shipped files it has taken in.
SHIPPED = "taxonomies_shipped"


def load_shipped(registry: Registry, actor: Actor) -> bool:
    """Take in the taxonomies and crosswalks that are shipped, unless these very ones were; tells whether it did.

    Raises:
        Forbidden: *actor* lacks ``node:maintain``.
    """
    policy.require(actor, Permission.NODE_MAINTAIN)
    digest = shipped.digest()
    with registry.storage.read() as reader:
        if reader.meta.get(SHIPPED) == digest:
            return False
    found, mappings = shipped.releases(), shipped.mappings()
    with registry.storage.begin() as unit:
        now = registry.clock.now()
        for release_ in found:
            put(unit, release_, by=actor, at=now)
        if unit.taxonomies.replace_mappings(mappings):
            _log(unit, "crosswalks", by=actor, at=now)
        unit.meta.put(SHIPPED, digest)
    return True


def put_crosswalk(registry: Registry, actor: Actor, source: str, mappings: Sequence[TermMapping]) -> bool:
    """Keep what an imported galaxy, which *source* names, says of its terms' neighbours; tells whether it was new.

    Raises:
        Forbidden: *actor* lacks ``record:import``.
    """
    policy.require(actor, Permission.RECORD_IMPORT)
    with registry.storage.begin() as unit:
        is_new = unit.taxonomies.put_mappings_of(source, mappings)
        if is_new:
            _log(unit, "crosswalks", by=actor, at=registry.clock.now())
    return is_new


def put(unit: Unit, release_: Taxonomy, *, by: Actor, at: datetime) -> None:
    """Keep a release, with what is known of it already; a change is a public row of the log."""
    kept = unit.taxonomies.get(release_.namespace, release_.version)
    if unit.taxonomies.put(merged(kept, release_) if kept else release_):
        _log(unit, release_.namespace, by=by, at=at)


def release(registry: Registry, actor: Actor, namespace: str, version: str | None = None) -> Taxonomy | None:
    """A release of a taxonomy, the newest where no version is named; None if there is none."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.taxonomies.get(namespace, version)


def versions(registry: Registry, actor: Actor, namespace: str) -> tuple[str, ...]:
    """Every version of a taxonomy that is kept, newest first."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.taxonomies.versions(namespace)


def namespaces(registry: Registry, actor: Actor) -> tuple[str, ...]:
    """The namespaces of all taxonomies that are kept, sorted."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        return reader.taxonomies.namespaces()


def term(
    registry: Registry, actor: Actor, namespace: str, code: str, version: str | None = None
) -> TaxonomyTerm | None:
    """A term as the release says it; a definition or text that it lacks comes from the newest release that has one."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        wanted = reader.taxonomies.get(namespace, version)
        found = wanted.find(code) if wanted else None
        if found is None or (found.definition and found.description):
            return found
        for other in reader.taxonomies.versions(namespace):
            same = _term_of(reader, namespace, other, code)
            if same is not None:
                found = replace(
                    found,
                    definition=found.definition or same.definition,
                    description=found.description or same.description,
                )
        return found


def crosswalk(
    registry: Registry, actor: Actor, namespace: str, code: str | None = None, to: str | None = None
) -> tuple[TermMapping, ...]:
    """The neighbours of a taxonomy's terms, or of one term, in all other taxonomies or in *to* alone."""
    policy.require(actor, Permission.RECORD_READ)
    with registry.storage.read() as reader:
        found = reader.taxonomies.mappings(namespace, code)
    return tuple(one for one in found if to is None or one.to_taxonomy == to)


def classification_problems(reader: Reader | Unit, content: Content) -> list[Problem]:
    """What is wrong with the judgments of *content*: taxonomies, versions, fields or terms that are not known here."""
    judged = content.public.classifications
    if not judged:
        return []
    releases = _releases(reader, {(one.taxonomy, one.version) for one in judged})
    named = {one.taxonomy for one in judged}
    names = reader.taxonomies.namespaces()
    known = {name: reader.taxonomies.versions(name) if name in named else () for name in names}
    return check_classifications(judged, versions=known, releases=releases)


def _releases(reader: Reader | Unit, named: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Taxonomy]:
    found = {key: reader.taxonomies.get(*key) for key in named}
    return {key: one for key, one in found.items() if one is not None}


def _term_of(reader: Reader, namespace: str, version: str, code: str) -> TaxonomyTerm | None:
    found = reader.taxonomies.get(namespace, version)
    return found.find(code) if found else None


def _log(unit: Unit, name: str, *, by: Actor, at: datetime) -> None:
    unit.changes.append(NewChange(ChangeKind.TAXONOMY, by.id, at, public=True, subject=f"taxonomy:{name}"))
