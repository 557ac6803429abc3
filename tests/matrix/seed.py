"""One node with a record of every kind in every state with every marking, and somebody of every role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor, Role
from registry.domain.content.kinds import PUBLIC, Content, parse
from registry.domain.people import PeopleCheck
from registry.domain.record import Record, State
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import (
    duplicates,
    erasure,
    follow,
    life,
    merge,
    review,
    saved_searches,
    search_alerts,
    submit,
    welfare,
)
from registry.service.keys import create_key
from tests.clocks import START, CountingIds, FixedClock
from tests.factories import DOCUMENTS
from tests.matrix.expected import IN_LISTS, RESTRICTED, STATES
from tests.service.circle import CERT, admit, circle, now
from tests.service.world import BASIS, REASON, People, move_in, open_registry

FAR = (START + timedelta(days=4000)).isoformat()
WORD = "marigold"
# What every record warns of, and what one of the reviewers does not read.
WARNING, AVOIDED = "CBRN", "mass_weapons"
SOURCE = "https://example.org/news/marigold"
_CHECKED = frozenset(PeopleCheck)


@dataclass(frozen=True, slots=True)
class Cell:
    """One record of the matrix."""

    kind: Kind
    state: str
    marking: str
    uid: str
    number: str | None
    title: str

    def __str__(self) -> str:
        """What it is, for messages of failed tests."""
        return f"{self.kind} {self.state} {self.marking}"


@dataclass(frozen=True, slots=True)
class Matrix:
    """The node. ``hubs`` are public records, by kind, that the others refer to or are merged into; ``shared`` is the
    token of a search for all of them that was saved before they came."""

    registry: Registry
    viewers: dict[str, Actor]
    keys: dict[str, str]
    hubs: dict[str, Record]
    cells: tuple[Cell, ...]
    shared: str


def build(data_dir: Path) -> Matrix:
    """Seed it."""
    registry = open_registry(data_dir, FixedClock(), CountingIds(), exposure_per_day=100_000, exposure_per_week=500_000)
    viewers = _viewers(registry, move_in(registry))
    hubs = _hubs(registry, viewers)
    saved = saved_searches.save(registry, viewers["owner"], name="All", text=WORD, address=f"q={WORD}")
    cells = tuple(_cells(registry, viewers, hubs))
    while follow.catch_up(registry, SYSTEM):
        pass
    while search_alerts.find_matches(registry, SYSTEM):
        pass
    keys = {name: _key(registry, one) for name, one in viewers.items()}
    return Matrix(registry, viewers, keys, hubs, cells, saved.token)


def _viewers(registry: Registry, people: People) -> dict[str, Actor]:
    authority = OrganisationKind.GOVERNMENT
    made = {
        "stranger": people.stranger,
        "member": people.outsider,
        "insider": admit(registry, "partner", Role.SUBMITTER),
        "authority": admit(registry, "police", Role.SUBMITTER, kind=authority),
        "authority_inside": admit(registry, "ministry", Role.SUBMITTER, kind=authority),
        "researcher": admit(registry, "college", Role.VETTED_RESEARCHER),
        "owner": people.submitter,
        "owner_sealed": admit(registry, "acme", Role.SUBMITTER, Role.SEALED_READER),
        "reviewer": admit(registry, "gamma", Role.REVIEWER),
        "avoider": admit(registry, "gamma", Role.REVIEWER),
        "holder": people.reviewer,
        "lead": people.lead,
        "operator": people.operator,
        "sealed_reader": admit(registry, "college", Role.SUBMITTER, Role.SEALED_READER),
        "sealed_reviewer": admit(registry, "gamma", Role.REVIEWER, Role.SEALED_READER),
    }
    welfare.set_opt_outs(registry, made["avoider"], [AVOIDED])
    circle(registry, CERT, of=("acme", "partner", "ministry"))
    return {name: now(registry, one) if one.organisation else one for name, one in made.items()}


def _key(registry: Registry, actor: Actor) -> str:
    if actor.person is None or actor.organisation is None:
        return ""
    made = create_key(registry, LOCAL_OPERATOR, person=actor.person, organisation_id=actor.organisation, label="Laptop")
    return made.text


def _hubs(registry: Registry, viewers: dict[str, Actor]) -> dict[str, Record]:
    """A public record of each kind; the statement is about the incident."""
    hubs: dict[str, Record] = {}
    for kind in Kind:
        fields: dict[str, Any] = {PUBLIC[kind].TITLE: f"Hub of every {kind.value.replace('_', ' ')}"}
        if kind is Kind.USAGE_POLICY:
            fields["clauses"] = [{"path": "1", "text": "No spam.", "kind": "prohibited_use"}]
        if kind is Kind.STATEMENT:
            fields["about"] = hubs[Kind.INCIDENT].uid
        said = parse(kind, content=DOCUMENTS[kind](**fields), restricted=None, marking={"tlp": "CLEAR"})
        hubs[kind] = _Life(registry, viewers, said).published()
    return hubs


def _cells(registry: Registry, viewers: dict[str, Actor], hubs: dict[str, Record]) -> Iterator[Cell]:
    for kind in Kind:
        for state in STATES:
            for marking in IN_LISTS:
                if marking == "sealed" and (kind is not Kind.INCIDENT or state == "merged"):
                    continue
                title = f"{WORD} {kind.value} {state} {marking}".replace("_", " ").replace("+", " ")
                said = _said(kind, title, state, marking, hubs)
                record = _Life(registry, viewers, said, hubs[kind]).reach(state)
                yield Cell(kind, state, marking, record.uid, record.number, title)


def _said(kind: Kind, title: str, state: str, marking: str, hubs: dict[str, Record]) -> Content:
    if marking == "sealed":
        content: dict[str, Any] = {
            "title": title,
            "summary": "Reported to the authority.",
            "misuse_categories": ["csae"],
            "authority_report": "NCMEC 7001",
        }
        how: dict[str, Any] = {"tlp": "RED"}
        kept = None
    else:
        tlp, _, audience = marking.partition(" ")
        warned = {"content_warnings": [WARNING]}
        how = (
            warned
            | {"tlp": tlp, "restricted_tlp": RESTRICTED[marking][0]}
            | ({"audience": audience} if audience else {})
        )
        content = DOCUMENTS[kind](**{PUBLIC[kind].TITLE: title}, **_references(kind, state, hubs))
        kept = {"notes": f"kept {title}"}
    if state == "embargoed":
        how["embargo_until"] = FAR
    return parse(kind, content=content, restricted=kept, marking=how)


def _references(kind: Kind, state: str, hubs: dict[str, Record]) -> dict[str, Any]:
    uid = {name: hub.uid for name, hub in hubs.items()}
    if kind is Kind.INCIDENT:
        links = [
            {"rel": "mitigated_by", "target": uid[Kind.MITIGATION]},
            {"rel": "exploits", "target": uid[Kind.WEAKNESS]},
            {"rel": "violates", "target": uid[Kind.USAGE_POLICY], "clause": "1"},
        ]
        named = [{"url": SOURCE, "title": "News"}] if state in {"submitted", "published", "blocked"} else []
        return {"links": links, "sources": named, "systems": [{"provider": "Acme", "role": "abused"}]}
    if kind is Kind.MITIGATION:
        evidence = [{"incident": uid[Kind.INCIDENT], "setting": "production", "outcome": "effective"}]
        return {"addresses": [{"weakness": uid[Kind.WEAKNESS]}, {"misuse_category": "spam"}], "evidence": evidence}
    if kind is Kind.LESSON:
        held = [{"use_case": "chat"}]
        return {"links": [{"rel": "derived_from", "target": uid[Kind.INCIDENT]}], "applies_to": held}
    return {"about": uid[Kind.INCIDENT], "statement_kind": "adoption"} if kind is Kind.STATEMENT else {}


class _Life:
    """One record's way to a state, by the services."""

    def __init__(self, registry: Registry, viewers: dict[str, Actor], said: Content, hub: Record | None = None) -> None:
        self._registry = registry
        self._said = said
        self._hub = hub
        is_sealed = "csae" in getattr(said.public, "misuse_categories", ())
        self._owner = viewers["owner_sealed" if is_sealed else "owner"]
        self._holder = viewers["sealed_reviewer" if is_sealed else "holder"]
        self._lead, self._operator = viewers["lead"], viewers["operator"]

    def reach(self, state: str) -> Record:
        """The record in this state."""
        made: Record = getattr(self, state)()
        return made

    def submitted(self) -> Record:
        """Handed in, whatever it looks like."""
        record = submit.submit(self._registry, self._owner, self._said).record
        if record.state is State.DRAFT:
            record = duplicates.confirm(self._registry, self._owner, record.uid).record
        return record

    def draft(self) -> Record:
        """Kept back, as what looks like another record is until its owner confirms it."""
        record = self.submitted()
        with self._registry.storage.begin() as unit:
            unit.records.save(replace(record, state=State.DRAFT))
        return record

    def in_review(self) -> Record:
        """Claimed."""
        return review.claim(self._registry, self._holder, self.submitted().uid, expected_revision=1)

    def changes_requested(self) -> Record:
        """Sent back."""
        uid = self.in_review().uid
        return review.request_changes(self._registry, self._holder, uid, expected_revision=1, reason=REASON)

    def approved(self) -> Record:
        """Found fit."""
        uid = self.in_review().uid
        return review.approve(self._registry, self._holder, uid, expected_revision=1, checked=_CHECKED)

    def rejected(self) -> Record:
        """Found unfit."""
        return review.reject(self._registry, self._holder, self.in_review().uid, expected_revision=1, reason=REASON)

    def retracted(self) -> Record:
        """Taken back by its owner."""
        return submit.retract(self._registry, self._owner, self.in_review().uid, reason=REASON)

    def published(self) -> Record:
        """Put out."""
        return review.publish(self._registry, self._holder, self.approved().uid, expected_revision=1)

    embargoed = published

    def published_with_work(self) -> Record:
        """Put out, with a newer revision handed in that says something else under the same title."""
        uid = self.published().uid
        kind = self._said.kind
        field = "fewer" if kind is Kind.INCIDENT else "more"
        document = {**self._said.public.model_dump(mode="json", exclude_defaults=True)}
        title = PUBLIC[kind].TITLE
        newer = parse(
            kind,
            content={**document, title: f"{document[title]} newer"},
            restricted=None if "csae" in str(document) else {"notes": f"{field} kept"},
            marking=self._said.marking.model_dump(mode="json", exclude_defaults=True),
        )
        return submit.revise(self._registry, self._owner, uid, newer, expected_revision=1).record

    def withdrawn(self) -> Record:
        """Taken down by its owner."""
        return life.withdraw(self._registry, self._owner, self.published().uid, reason=REASON)

    def merged(self) -> Record:
        """Found to be the same as the hub of its kind."""
        assert self._hub is not None
        return merge.merge(self._registry, self._lead, self.published().uid, into=self._hub.uid, reason=REASON)

    def blocked(self) -> Record:
        """Hidden until somebody has judged."""
        record = self.published()
        erasure.block(self._registry, self._lead, record.uid, reason=REASON)
        return record

    def erased(self) -> Record:
        """Forgotten."""
        record = self.blocked()
        erasure.erase(self._registry, self._operator, record.uid, reason=REASON, legal_basis=BASIS)
        return record
