"""What rules of ours make of an incident of the AI Incident Database, from its title and its parties."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from importers.aiid import rules
from importers.aiid.parties import Judged, Sort
from importers.contract import Mapped
from registry.domain.canonical import JsonValue
from registry.domain.vocabulary import Confidence, MappingMethod

_RULES = "aiid-rules@1"
_MAX_LISTED = 50


@dataclass(frozen=True, slots=True)
class Party:
    """A party as the source calls it, and as it may be said."""

    name: str
    judged: Judged


def by_rule(field: str, basis: str, confidence: Confidence | None = Confidence.LOW) -> Mapped:
    """The note that a rule made *field* from *basis*."""
    return Mapped(field, MappingMethod.RULE, _RULES, basis, confidence)


def summary(title: str, *groups: Sequence[Party]) -> str:
    """What is known, in sentences of ours, where the database has no description."""
    heads = ("Alleged to have deployed the system", "Alleged to have developed it", "Harmed or nearly harmed")
    said = [title if title.endswith((".", "!", "?")) else f"{title}."]
    for head, parties in zip(heads, groups, strict=True):
        labels = [party.judged.label or "unknown" for party in parties]
        if labels:
            said.append(f"{head}: {', '.join(dict.fromkeys(labels))}.")
    return " ".join(said)


def mapped_content(
    title: str,
    deployers: Sequence[Party],
    developers: Sequence[Party],
    harmed: Sequence[Party],
    mapped: list[Mapped],
) -> dict[str, JsonValue]:
    """What the rules make of title and parties; each field that they fill is noted in *mapped*."""
    kinds = [(party, rules.actor_kind_of(party.judged, party.name)) for party in deployers]
    categories = rules.misuse_of(title)
    intent = rules.intent_of(title, categories, actors=any(kind for _, kind in kinds))
    if intent == "misuse":
        kinds = [(party, kind or rules.misuser_kind_of(party.judged)) for party, kind in kinds]
    harms = rules.harms_of(title, categories)
    content: dict[str, JsonValue] = {
        "intent": intent,
        "relation": "intentional_misuse" if intent == "misuse" else None,
        "misuse_categories": categories,
        "systems": _systems(deployers, developers, {id(party) for party, kind in kinds if kind}),
        "actors": _actors(kinds, frozenset(one.name for one in harmed), is_misuse=intent == "misuse"),
        "targets": _targets(harmed),
        "harms": _harms(harms, harmed),
        "affected_groups": _groups(harmed) if "discrimination" in harms else [],
    }
    basis = dict.fromkeys(("intent", "relation", "misuse_categories", "harms", "affected_groups"), "title, parties")
    basis |= {"systems": "deployers, developers", "actors": "deployers", "targets": "harmed parties"}
    mapped += [by_rule(name, basis[name]) for name, value in content.items() if value]
    if rules.event_of(title) != "incident":
        mapped.append(by_rule("event_kind", "title"))
    return content


def _systems(deployers: Sequence[Party], developers: Sequence[Party], misusers: set[int]) -> list[JsonValue]:
    known = (
        party.judged.label
        for party in (*developers, *deployers)
        if party.judged.sort is Sort.ORGANISATION and id(party) not in misusers
    )
    systems: list[JsonValue] = [rules.system_of(label) for label in dict.fromkeys(known) if label]
    return [system for at, system in enumerate(systems) if system not in systems[:at]][:_MAX_LISTED]


def _actors(kinds: Sequence[tuple[Party, str | None]], harmed: frozenset[str], *, is_misuse: bool) -> list[JsonValue]:
    """Who misused it. Of a misuse by others, a deployer who was harmed is no actor, unless by what sort it is."""
    found: list[JsonValue] = []
    for party, kind in kinds:
        sort, label = party.judged.sort, party.judged.label
        actor: dict[str, JsonValue] = {}
        if kind is not None:
            actor = {"label": label, "kind": kind} if label else {"kind": kind}
        elif party.name in harmed:
            continue
        elif is_misuse and sort is Sort.PERSON:
            actor = {"kind": "individual"}
        elif is_misuse and sort is Sort.UNKNOWN:
            actor = {"kind": "unknown"}
        elif is_misuse and sort is Sort.CLASS and label:
            is_one = rules.target_kind_of(party.judged) == "individual"
            actor = {"label": label, "kind": "individual"} if is_one else {"label": label}
        if actor and actor not in found:
            found.append(actor)
    return found


def _targets(harmed: Sequence[Party]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for party in harmed:
        if party.judged.label:
            kind = rules.target_kind_of(party.judged)
            target: dict[str, JsonValue] = {"label": party.judged.label}
            if kind:
                target["kind"] = kind
            if target not in found:
                found.append(target)
    return found


def _harms(types: Sequence[str], harmed: Sequence[Party]) -> list[JsonValue]:
    stakeholders = {rules.stakeholder_of(party.judged.label or "") for party in harmed}
    one = next(iter(stakeholders)) if len(stakeholders) == 1 else None
    return [{"type": type_} | ({"stakeholder": one} if one else {}) for type_ in types]


def _groups(harmed: Sequence[Party]) -> list[JsonValue]:
    found: list[JsonValue] = []
    for party in harmed:
        label = party.judged.label if party.judged.sort is Sort.CLASS else None
        basis = rules.basis_of(label) if label else None
        if label and basis and not party.judged.names:
            found.append({"group": label, "basis": basis})
    return found
