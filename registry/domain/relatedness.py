"""How much two public records have to do with each other, and why: what both name, weighed by how few others name it.

Pure, and the same on every node that holds the same records. What counts how much is data: ``WEIGHTS``. Among shared
values of one reason each further one counts half as much as the one before, so that a long list outweighs nothing else.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from registry.domain.address import normalised
from registry.domain.canonical import Document
from registry.domain.facets import facets_of
from registry.domain.record import Record, RecordUid

MOST = 10
# How many values of one reason are told.
MOST_VALUES = 5
# What is less is chance: two records of one provider, or of one common harm.
LEAST = 0.2
# What so many have is told of nobody: with 10,000 records, what more than 1,800 have.
_LEAST_RARE = 0.2
# Fewer records than these say little about what is rare.
_FEWEST = 100
# From this sum of weights on a score nears 1: it is sum / (sum + _HALF).
_HALF = 4.0


class RelationReason(StrEnum):
    """Why two records are related; those that tell most stand first."""

    EDITOR = "editor"
    ALIAS = "alias"
    SOURCE = "source"
    ACTOR = "actor"
    TECHNIQUE = "technique"
    WEAKNESS_CLASS = "weakness_class"
    PRODUCT = "product"
    TEXT = "text"
    MISUSE = "misuse"
    PLATFORM = "platform"
    HARM = "harm"
    SECTOR = "sector"
    PROVIDER = "provider"


class Verdict(StrEnum):
    """What an editor says of two records."""

    RELATED = "related"
    UNRELATED = "unrelated"


# What one shared value counts that no third record has. A value that all records have counts nothing.
WEIGHTS: Mapping[RelationReason, float] = {
    RelationReason.ALIAS: 6.0,
    RelationReason.SOURCE: 4.0,
    RelationReason.ACTOR: 4.0,
    RelationReason.TECHNIQUE: 2.0,
    RelationReason.WEAKNESS_CLASS: 1.5,
    RelationReason.PRODUCT: 1.5,
    RelationReason.TEXT: 4.0,
    RelationReason.MISUSE: 1.0,
    RelationReason.PLATFORM: 1.0,
    RelationReason.HARM: 0.5,
    RelationReason.SECTOR: 0.5,
    RelationReason.PROVIDER: 0.7,
}
# The facets that are compared, and the reason each gives.
FACETS: Mapping[str, RelationReason] = {
    "technique": RelationReason.TECHNIQUE,
    "weakness_class": RelationReason.WEAKNESS_CLASS,
    "model": RelationReason.PRODUCT,
    "misuse": RelationReason.MISUSE,
    "platform": RelationReason.PLATFORM,
    "harm": RelationReason.HARM,
    "sector": RelationReason.SECTOR,
    "provider": RelationReason.PROVIDER,
}
_FACET_OF = {reason: facet for facet, reason in FACETS.items()}
# Classes by these schemes are techniques, and told as such.
_TECHNIQUES = frozenset({"atlas", "attack", "disarm"})
# What stands where no name is known: "Unknown scammers" of two records are not the same; capitals or digits name one.
_NOBODY = re.compile(r"(?:[Aa]n? )?(?:[Uu]nknown|[Uu]nnamed|[Uu]nidentified)(?: [^A-Z0-9]*)?")
# Likeness of texts that counts half of ``WEIGHTS``: as the index scores it, over the logarithm of the number of
# records, with which such scores grow.
_LIKE_HALF = 8.0
# Fewer words than these are shared by chance.
_FEWEST_WORDS = 3
_ORDER = {reason: at for at, reason in enumerate(RelationReason)}


@dataclass(frozen=True, slots=True)
class Trait:
    """Something that a record names and that others may name as well; ``key`` is its value as it is compared."""

    reason: RelationReason
    key: str


@dataclass(frozen=True, slots=True)
class Traits:
    """What is compared of a public part.

    Attributes:
        values: each trait with its value as it is written.
        products: which models stand beside which provider, both as they are compared.
    """

    values: Mapping[Trait, str]
    products: AbstractSet[tuple[str, str]]

    @property
    def facets(self) -> tuple[tuple[str, str], ...]:
        """Those that the store finds by facet and value."""
        pairs = ((_FACET_OF[trait.reason], value) for trait, value in self.values.items() if trait.reason in _FACET_OF)
        return tuple(sorted(pairs, key=lambda pair: (-WEIGHTS[FACETS[pair[0]]], pair)))


@dataclass(frozen=True, slots=True)
class Shared:
    """One reason, and what is shared: values as they are written, the rarest first.

    Of ``EDITOR`` it is the editor's sentence, of ``TEXT`` words.
    """

    reason: RelationReason
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """What relates one record to another: 0 to 1, and why, the weightiest reason first."""

    uid: RecordUid
    score: float
    reasons: tuple[Shared, ...]


@dataclass(frozen=True, slots=True)
class Related:
    """A related record as whoever asks may see it."""

    record: Record
    relation: Relation


@dataclass(frozen=True, slots=True)
class RelationDecision:
    """What an editor decided of two records; kept once for a pair, the lower uid as *a*.

    Attributes:
        reason: of related ones everybody reads it, of others whoever reviews.
        decided_by: pseudonym.
    """

    a: RecordUid
    b: RecordUid
    verdict: Verdict
    reason: str
    decided_by: str
    decided_at: datetime

    def other(self, uid: RecordUid) -> RecordUid:
        """The one of the two that is not *uid*."""
        return self.b if uid == self.a else self.a


def traits_of(document: Document, *, with_addresses: bool = True) -> Traits:
    """What is compared of a public part, as strangers read it.

    Args:
        with_addresses: whether its sources are compared too; to bring addresses into one form takes the longest.
    """
    values: dict[Trait, str] = {}
    for facet, value in facets_of(document):
        scheme = value.partition(":")[0].casefold() if facet == "weakness_class" else ""
        if facet in FACETS and scheme not in _TECHNIQUES:
            values.setdefault(Trait(FACETS[facet], value.casefold()), value)
    for one in _dicts(document, "actors"):
        if "label" in one and not _NOBODY.fullmatch(str(one["label"])):
            values.setdefault(Trait(RelationReason.ACTOR, str(one["label"]).casefold()), str(one["label"]))
    for one in _dicts(document, "sources") if with_addresses else ():
        for name in ("url", "archive_url"):
            if name in one:
                values.setdefault(Trait(RelationReason.SOURCE, normalised(one[name])), str(one["url"]))
    aliases: Any = document.get("aliases") or ()
    upstream: Any = document.get("upstream") or {}
    for alias in (*aliases, *([upstream["id"]] if "id" in upstream else ())):
        values.setdefault(Trait(RelationReason.ALIAS, str(alias).casefold()), str(alias))
    return Traits(values, frozenset(_products(document)))


def rarity(holding: int, total: int) -> float:
    """1 for what only two of *total* records have, 0 for what all have; by the logarithm of the share between."""
    total = max(total, _FEWEST)
    return max(0.0, min(1.0, math.log(total / max(holding, 2)) / math.log(total / 2)))


def relation(
    uid: RecordUid,
    one: Traits,
    other: Traits,
    *,
    holding: Mapping[Trait, int],
    total: int,
    like: float = 0.0,
    words: Sequence[str] = (),
) -> Relation:
    """How the record *uid*, which has the traits *other*, is related to a record with the traits *one*.

    Args:
        holding: how many public records have each trait; two of those that are not there.
        total: how many public records there are.
        like: how alike the texts are, as the index scores it, and by which *words*.
    """
    found: dict[RelationReason, list[tuple[float, str]]] = defaultdict(list)
    for trait in _told(one, other):
        rare = rarity(holding.get(trait, 2), total)
        if rare >= _LEAST_RARE:
            found[trait.reason].append((rare, one.values[trait]))
    told: list[tuple[float, Shared]] = []
    for reason, shares in found.items():
        shares.sort(key=lambda share: (-share[0], share[1]))
        weight = WEIGHTS[reason] * sum(rare / 2**at for at, (rare, _) in enumerate(shares))
        values = tuple(dict.fromkeys(value for _, value in shares))
        told.append((weight, Shared(reason, values[:MOST_VALUES])))
    if len(words) >= _FEWEST_WORDS:
        likeness = like / math.log(total + 1)
        weight = WEIGHTS[RelationReason.TEXT] * likeness / (likeness + _LIKE_HALF)
        told.append((weight, Shared(RelationReason.TEXT, tuple(words[:MOST_VALUES]))))
    told.sort(key=lambda each: (-each[0], _ORDER[each[1].reason]))
    summed = sum(weight for weight, _ in told)
    return Relation(uid, round(summed / (summed + _HALF), 4), tuple(shared for _, shared in told))


def pinned(found: Relation, reason: str) -> Relation:
    """The relation that an editor vouches for, with the editor's sentence first."""
    return Relation(found.uid, 1.0, (Shared(RelationReason.EDITOR, (reason,)), *found.reasons))


def best_of(found: Iterable[Relation], *, limit: int) -> tuple[Relation, ...]:
    """Those that are more than chance, the most related first; among equals the later uid, which is newer."""
    kept = sorted((one for one in found if one.score >= LEAST), key=lambda one: one.uid, reverse=True)
    return tuple(sorted(kept, key=lambda one: -one.score)[:limit])


def _told(one: Traits, other: Traits) -> Iterable[Trait]:
    """What both name, without what follows from something else that both name."""
    both = one.values.keys() & other.values.keys()
    models = {trait.key for trait in both if trait.reason is RelationReason.PRODUCT}
    told_providers = {provider for provider, model in one.products & other.products if model in models}
    for trait in both:
        if trait.reason is RelationReason.PROVIDER and trait.key in told_providers:
            continue
        if trait.reason is RelationReason.PRODUCT and not _is_one_product(trait.key, one, other):
            continue
        if not any(_is_below(each, trait) for each in both):
            yield trait


def _is_one_product(model: str, one: Traits, other: Traits) -> bool:
    """Whether a model that both name is of one provider, as far as both say whose it is."""
    mine, theirs = ({provider for provider, name in each.products if name == model} for each in (one, other))
    return not mine or not theirs or bool(mine & theirs)


def _is_below(trait: Trait, parent: Trait) -> bool:
    """Whether a term or technique stands below another one, which is then not told as well."""
    return trait.reason is parent.reason and trait.key.startswith((f"{parent.key}/", f"{parent.key}."))


def _products(document: Document) -> Iterable[tuple[str, str]]:
    for field in ("systems", "affected"):
        for one in _dicts(document, field):
            if "provider" in one and "model" in one:
                yield str(one["provider"]).casefold(), str(one["model"]).casefold()


def _dicts(document: Document, field: str) -> list[dict[str, Any]]:
    found: Any = document.get(field) or ()
    return [one for one in found if isinstance(one, dict)]
