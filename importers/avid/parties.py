"""Who and what an AVID record names: products, their makers, those who offer them, and those who are thanked."""

from __future__ import annotations

import re

from importers import fitting
from importers.avid import rules
from importers.entry import Entry
from importers.organisations import ORGANISATIONS
from importers.party import read_party
from registry.domain.canonical import JsonValue

_MAX_AFFECTED = 100
_WITHIN = re.compile(r"\s*\(@?([^()]*)\)")


def read_affected(entry: Entry) -> tuple[list[JsonValue], str | None]:
    """The affected systems, and the scope where all of them are models."""
    affects = entry.part("affects")
    makers, deployers = _organisations(affects, "developer"), _organisations(affects, "deployer")
    artifacts = list(affects.objects("artifacts", text_as="name"))
    # Of several products it is not told who made or offers which.
    clear = len(artifacts) == 1 or set(deployers) <= set(makers)
    served = deployers[0] if len(artifacts) == len(deployers) == 1 and deployers != makers else None
    found: list[JsonValue] = []
    for artifact in artifacts:
        if (of := artifact.line("type")) is not None and of not in rules.ARTIFACTS:
            entry.note("UNKNOWN_TERM", "affects.artifacts: none of AVID's types of artifacts")
        written = artifact.line("name") or ""
        name = None if written.lower() in rules.NOBODY else fitting.label(entry, "affects.artifacts", written)
        by_name = next(((maker, cut) for form, maker, cut in rules.MAKERS if _begins(name, form)), None)
        maker = by_name[0] if by_name else makers[0] if len(makers) == 1 and clear else None
        one: dict[str, JsonValue] = {"provider": maker, "model": name[by_name[1] :] if by_name and name else name}
        if served and name and name not in {served, maker} and served != maker:
            one["use_case"] = f"as deployed by {served}"
        if kept := {key: value for key, value in one.items() if value}:
            found.append(kept)
    found = found or [{"provider": maker} for maker in makers]
    models = bool(artifacts) and all(artifact.fields.get("type") == "Model" for artifact in artifacts)
    return [*fitting.first(entry, "affects", found, _MAX_AFFECTED)], "model" if models else None


def _begins(name: str | None, form: str) -> bool:
    """Whether the name of one product begins with *form*."""
    return name is not None and "," not in name and name.startswith(form)


def _organisations(affects: Entry, name: str) -> list[str]:
    """The parties of a field that are clearly organisations, each once; the others are noted."""
    kept: dict[str, None] = {}
    products = {artifact.line("name") for artifact in affects.objects("artifacts", text_as="name")}
    for item in affects.items(name):
        written = " ".join(item.split()) if isinstance(item, str) else ""
        if written.lower() in rules.NOBODY:
            continue
        if written.lower() in ORGANISATIONS and len(written) <= fitting.MAX_LABEL:
            kept[written] = None
        elif (party := read_party(written, organisations=ORGANISATIONS)).label and not party.left_out:
            kept[party.label] = None
        elif written not in products:
            # Some records repeat the product where they mean its maker.
            affects.note("PARTY_NOT_KEPT", f"affects.{name}: left out what is not clearly an organisation")
    return list(kept)


def read_credited(entry: Entry) -> tuple[list[str], list[str]]:
    """Organisations that are thanked, and names that may be people's."""
    organisations: dict[str, None] = {}
    people: dict[str, None] = {}
    for credit in entry.objects("credit", text_as="value"):
        written = (credit.line("value") or "")[:500]
        account = _WITHIN.search(written)
        parts = (*_WITHIN.sub("", written).split(","), account[1] if account else "")
        for name in (part.strip() for part in parts):
            if name.lower() in rules.NOBODY:
                continue
            if name.lower() in ORGANISATIONS:
                organisations[name] = None
            else:
                people[name] = None
    return list(organisations)[:20], list(people)[:50]
