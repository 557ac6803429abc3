"""Names of techniques and tactics by their ids, from the taxonomies that are known here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from registry.domain.actor import ANONYMOUS
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.service import find, taxonomies
from web.site import Site

# Which namespace an id belongs to, by its form.
_FORMS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"AML\."), "atlas"),
    (re.compile(r"T\d{4}\.\d{3}|TA\d{4}|T1\d{3}"), "attack"),
    (re.compile(r"TA\d{2}|T0\d{3}"), "disarm"),
)


@dataclass(frozen=True, slots=True)
class Technique:
    """A technique or tactic that a record names; ``href`` is its page here, where its taxonomy is known."""

    code: str
    name: str | None
    href: str | None

    @property
    def label(self) -> str:
        """What it is called in a list: its name, else its id."""
        return self.name or self.code


def namespace_of(code: str) -> str | None:
    """The taxonomy that an id is written in, such as ``atlas`` for ``AML.T0051``."""
    return next((namespace for form, namespace in _FORMS if form.match(code)), None)


def known_taxonomy(site: Site, namespace: str, version: str | None = None) -> Taxonomy | None:
    """A release of a taxonomy, the newest where no version is named; kept in memory until something public changes."""
    public_seq = find.public_seq(site.registry, ANONYMOUS)
    kept = site.taxonomies.get((namespace, version))
    if kept is None or kept[0] != public_seq:
        kept = (public_seq, taxonomies.release(site.registry, ANONYMOUS, namespace, version))
        # Only names that exist are kept, so that asking for made-up ones fills no memory.
        if kept[1] is not None:
            site.taxonomies[namespace, version] = kept
    return kept[1]


def techniques(site: Site, codes: Iterable[str]) -> dict[str, Technique]:
    """What is known of these ids."""
    return {code: technique(site, code) for code in codes}


def technique(site: Site, code: str) -> Technique:
    """What is known of this id."""
    namespace = namespace_of(code)
    taxonomy = known_taxonomy(site, namespace) if namespace else None
    term = taxonomy.find(code) if taxonomy else None
    if taxonomy is None or term is None:
        return Technique(code, None, None)
    return Technique(code, full_name(taxonomy, term), f"/taxonomies/{namespace}/{code}")


def full_name(taxonomy: Taxonomy, term: TaxonomyTerm) -> str:
    """The name of a term; that of a sub-technique says its technique first, without which it tells little."""
    if term.parent is None or not term.code.startswith(f"{term.parent}."):
        return term.name
    above = taxonomy.find(term.parent)
    return f"{above.name}: {term.name}" if above else term.name


def full_names(taxonomy: Taxonomy) -> Iterator[tuple[str, str]]:
    """The full name and the code of every term."""
    names = {term.code: term.name for term in taxonomy.terms}
    for term in taxonomy.terms:
        above = names.get(term.parent) if term.parent and term.code.startswith(f"{term.parent}.") else None
        yield f"{above}: {term.name}" if above else term.name, term.code
