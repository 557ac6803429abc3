"""Nodes with the same public history, of which one also keeps records that strangers may not see.

Hidden records are made between public ones, with times and ids of their own, so that the public ones are the
same in every node. Whatever strangers must never read holds the word ``SECRET_WORD``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM, Actor, Role
from registry.domain.content.kinds import PUBLIC, Content
from registry.domain.correction import Edit
from registry.domain.finding import Finding
from registry.domain.importing import Run, RunState
from registry.domain.job import Job
from registry.domain.record import Record
from registry.domain.relatedness import Verdict
from registry.domain.taxonomy import Taxonomy, TaxonomyTerm
from registry.domain.vocabulary import Kind, OrganisationKind
from registry.ports import Registry
from registry.service import (
    accounts,
    follow,
    import_runs,
    ingest,
    jobs,
    life,
    proposals,
    relations,
    review,
    saved_searches,
    search_alerts,
    submit,
)
from registry.service.interop import placing
from registry.service.keys import create_key
from registry.service.members import add_member
from tests import factories
from tests.clocks import START, CountingIds, FixedClock
from tests.factories import content
from tests.service.world import (
    REASON,
    People,
    approved,
    claimed,
    close_registry,
    erase_by_two,
    move_in,
    newest,
    open_registry,
    published,
    republished,
    revised,
    stored,
    submitted,
)
from web.dumps import making

SECRET_WORD = "Zorbelgrint"
# A source of public and hidden records, and one of hidden records only.
ARTICLE = "https://news.example/spam"
SECRET_ADDRESS = f"https://{SECRET_WORD.lower()}.example/"
BASIS = "GDPR, article 17"
FAR = (START + timedelta(days=4000)).isoformat()
SOON = START + timedelta(hours=40)
ATLAS = factories.source("atlas", "MITRE ATLAS", organisation=OrganisationKind.RESEARCH, trusted=True)
WIKI = factories.source("wiki", "A wiki", organisation=OrganisationKind.OTHER, trusted=False)
TITLES = {kind: PUBLIC[kind].TITLE for kind in Kind}


class HiddenIds(CountingIds):
    """Ids of hidden things: none is among those of *public*, and they sort after those given there before."""

    def __init__(self, public: CountingIds) -> None:
        super().__init__()
        self._public = public

    def uid(self) -> str:
        """Text in the form of a UUIDv7 of the same time as the newest public one."""
        milliseconds = f"{0x0195_0000_0000 + self._public._count:012x}"
        return f"{milliseconds[:8]}-{milliseconds[8:]}-7000-9000-{self._next():012x}"

    def token(self, length: int) -> str:
        """*length* digits with the letter h before them."""
        return f"h{self._next():0{length - 1}d}"

    def six_digits(self) -> int:
        """From 700000 on."""
        return 700_000 + self._next()


@dataclass
class Twin:
    """A node. ``hidden`` acts on the same store with the ids and the clock of hidden things; ``saved`` is the link of a
    search that was saved before anything was published, ``dump`` the name of one that was made at the end."""

    registry: Registry
    people: People
    clock: FixedClock
    hidden: Registry
    public_records: dict[str, Record] = field(default_factory=dict)
    hidden_records: list[Record] = field(default_factory=list)
    keys: dict[str, str] = field(default_factory=dict)
    hidden_proposals: list[str] = field(default_factory=list)
    saved: str = ""
    dump: str = ""

    def samples(self) -> list[Record]:
        """Hidden records of every sort, from the middle of the history."""
        third = len(self.hidden_records) // 3
        return self.hidden_records[third : 2 * third]

    def put(self, name: str, of: Content, *, by: Actor | None = None) -> Record:
        """Publish a record that everybody sees, an hour after whatever was before."""
        self.tick()
        record = published(self.registry, self.people, of, by=by)
        self.public_records[name] = record
        return record

    def tick(self) -> None:
        """An hour goes by; in the middle of it hidden things happen."""
        self.clock.advance(hours=1)
        hidden_clock = self.hidden.clock
        assert isinstance(hidden_clock, FixedClock)
        hidden_clock.at = self.clock.at + timedelta(minutes=30)

    def catch_up(self) -> None:
        """Take everything into the index, and tell saved searches of it."""
        while follow.catch_up(self.registry, SYSTEM):
            pass
        while search_alerts.find_matches(self.registry, SYSTEM):
            pass
        while placing.place_changes(self.registry, SYSTEM):
            pass


Hide = Callable[[Twin, str], None]


def secret(kind: Kind = Kind.INCIDENT, *, about: str | None = None, **marking: Any) -> Content:
    """Content that strangers never read; its words and facets are those of public records too. A statement is *about* a
    record."""
    fields: dict[str, Any] = {TITLES[kind]: f"Spam wave of {SECRET_WORD}", "aliases": [SECRET_WORD]}
    fields["sources"] = [{"url": ARTICLE}, {"url": SECRET_ADDRESS}]
    if kind is Kind.INCIDENT:
        fields |= {"severity": 5, "misuse_categories": ["spam"], "systems": [{"provider": SECRET_WORD}]}
    if about is not None:
        fields["about"] = about
    return content(kind, marking={"tlp": "CLEAR"} | marking, restricted={"notes": SECRET_WORD}, **fields)


def hide_nothing(_twin: Twin, _place: str) -> None:
    """Only the public history happens."""


def hide_of_others(twin: Twin, place: str) -> None:
    """Everything that the outsiders' organisation may keep hidden, at each place of the public history."""
    people = replace(twin.people, submitter=twin.people.outsider)
    _hide_records(twin, people, place)


def hide_everything(twin: Twin, place: str) -> None:
    """Hidden records of all organisations, and hidden work on public ones."""
    hide_of_others(twin, place)
    _hide_records(twin, twin.people, place)
    _hide_from_strangers(twin)
    _hide_work(twin, place)
    _hide_accounts(twin, place)


def _hide_records(twin: Twin, people: People, place: str) -> None:
    registry = twin.hidden
    keep = twin.hidden_records.append
    target = next(iter(twin.public_records.values()), None)
    links = [{"rel": "related", "target": target.uid}] if target else []
    subject = submitted(registry, people, secret())
    for kind in Kind:
        keep(submitted(registry, people, secret(kind, about=subject.uid if kind is Kind.STATEMENT else None)))
    linked = content(title=SECRET_WORD, links=links)
    made = submit.submit(registry, people.submitter, linked, external_ref=place, idempotency_key=place)
    keep(made.record)
    keep(claimed(registry, people, secret()))
    keep(approved(registry, people, secret(Kind.LESSON)))
    for decide in (review.request_changes, review.reject):
        record = claimed(registry, people, secret())
        keep(decide(registry, people.reviewer, record.uid, expected_revision=1, reason=SECRET_WORD))
    keep(submit.retract(registry, people.submitter, claimed(registry, people, secret()).uid, reason=SECRET_WORD))
    for tlp in ("AMBER", "AMBER+STRICT", "RED"):
        keep(published(registry, people, secret(Kind.MITIGATION, tlp=tlp)))
    keep(republished(registry, people, published(registry, people, secret(tlp="AMBER")), secret(tlp="RED")))
    keep(published(registry, people, secret(embargo_until=FAR)))
    withdrawn = published(registry, people, secret(tlp="RED"))
    keep(life.withdraw(registry, people.submitter, withdrawn.uid, reason=SECRET_WORD))
    embargoed = published(registry, people, secret(embargo_until=FAR))
    keep(life.withdraw(registry, people.submitter, embargoed.uid, reason=SECRET_WORD))
    for of in (submitted(registry, people, secret()), published(registry, people, secret(tlp="RED"))):
        keep(erase_by_two(registry, people, of.uid, reason=SECRET_WORD))


def _hide_from_strangers(twin: Twin) -> None:
    """What members of the community read, or could read once, and strangers never."""
    registry, people, keep = twin.hidden, twin.people, twin.hidden_records.append
    keep(published(registry, people, secret(Kind.MITIGATION, tlp="GREEN")))
    keep(republished(registry, people, published(registry, people, secret(tlp="GREEN")), secret(tlp="RED")))
    withdrawn = published(registry, people, secret(tlp="GREEN"))
    keep(life.withdraw(registry, people.submitter, withdrawn.uid, reason=SECRET_WORD))


def _hide_work(twin: Twin, place: str) -> None:
    """Work on public records that is pending, rejected, or goes on after they were closed to strangers."""
    registry, people = twin.hidden, twin.people
    records = twin.public_records
    if place == "middle":
        revised(registry, people, records["first"], secret())
        revised(registry, people, records["measure"], secret(Kind.MITIGATION))
        rejected = revised(registry, people, records["revised"], secret())
        at = rejected.draft_revision
        review.claim(registry, people.reviewer, rejected.uid, expected_revision=at)
        review.reject(registry, people.reviewer, rejected.uid, expected_revision=at, reason=SECRET_WORD)
    if place == "end":
        _hide_proposals(twin)
        republished(registry, people, records["narrowed"], secret(tlp="RED"))
        life.withdraw(registry, people.submitter, records["narrowed"].uid, reason=SECRET_WORD)
        revised(registry, people, records["revised"], secret())
        revised(registry, people, records["withdrawn_then_restored"], secret())
        held = [content(title=SECRET_WORD, upstream={"source": "wiki", "id": SECRET_WORD, "sha256": "0" * 64})]
        factories.take_in(registry, LOCAL_OPERATOR, WIKI, held)


def _hide_proposals(twin: Twin) -> None:
    """Corrections of public records that wait, were declined, or were accepted and wait for review."""
    registry, people = twin.hidden, twin.people
    made = []
    for name in ("first", "measure", "withdrawn_then_restored"):
        record = twin.public_records[name]
        at = stored(registry, record.uid).revision
        edit = Edit(("aliases", "0"), SECRET_WORD)
        made.append(
            proposals.propose(registry, people.lead, record.uid, [edit], reason=SECRET_WORD, expected_revision=at)
        )
    twin.hidden_proposals += [one.proposal.id for one in made]
    proposals.decline(registry, people.submitter, made[0].proposal.id, reason=SECRET_WORD)
    proposals.accept(registry, people.submitter, made[2].proposal.id, reason=SECRET_WORD)


def _hide_accounts(twin: Twin, place: str) -> None:
    """Members, keys, findings and jobs."""
    registry = twin.hidden
    made = add_member(
        registry, LOCAL_OPERATOR, organisation_slug="acme", name=SECRET_WORD, roles=frozenset({Role.SUBMITTER})
    )
    create_key(registry, LOCAL_OPERATOR, person=made.person, organisation_id=made.organisation, label=SECRET_WORD)
    doubt = Finding("atlas", SECRET_WORD, "REQUIRED", SECRET_WORD)
    import_runs.keep_findings(registry, LOCAL_OPERATOR, Run("run", "atlas", RunState.RUNNING, START, START), [doubt])
    with registry.storage.begin() as unit:
        unit.jobs.add(Job(f"{place}-{SECRET_WORD}", SECRET_WORD, SECRET_WORD, registry.clock.now()))


def build(data_dir: Path, hide: Hide) -> Twin:
    """A node after the whole public history, with what *hide* puts between."""
    clock, ids = FixedClock(), CountingIds()
    registry = open_registry(data_dir, clock, ids, title="Twins")
    people = move_in(registry)
    twin = Twin(registry, people, clock, replace(registry, ids=HiddenIds(ids), clock=FixedClock()))
    _make_keys(twin)
    hide(twin, "begin")
    _first_half(twin)
    hide(twin, "middle")
    _second_half(twin)
    twin.tick()
    hide(twin, "end")
    jobs.run_due(registry, SYSTEM)
    twin.catch_up()
    made = making.make_public(registry)
    assert made is not None
    twin.dump = made.name
    return twin


def close(twin: Twin) -> None:
    """Let go of every file."""
    close_registry(twin.registry)


def _make_keys(twin: Twin) -> None:
    for name in ("submitter", "outsider", "operator"):
        actor: Actor = getattr(twin.people, name)
        assert actor.person is not None
        assert actor.organisation is not None
        made = create_key(
            twin.registry, LOCAL_OPERATOR, person=actor.person, organisation_id=actor.organisation, label="Laptop"
        )
        twin.keys[name] = made.text


def _first_half(twin: Twin) -> None:
    twin.catch_up()
    saved = saved_searches.save(
        twin.registry, twin.people.submitter, name="Waves of spam", text="spam", address="q=spam"
    )
    twin.saved = saved.token
    measure = twin.put("measure", content(Kind.MITIGATION, name="Rate limits against spam"))
    first = twin.put(
        "first",
        content(
            title="Spam wave on a chat platform",
            links=[{"rel": "mitigated_by", "target": measure.uid}],
            systems=[{"provider": "Acme", "model": "Chatty"}],
            sources=[{"url": ARTICLE}],
            procedure=[{"technique": "AML.T0051", "text": "Prompted."}],
        ),
    )
    twin.put("lesson", content(Kind.LESSON, links=[{"rel": "derived_from", "target": first.uid}]), by=twin.people.bot)
    twin.put("revised", content(title="Spam wave, first told", severity=1))
    twin.put("erased", secret(content_warnings=[SECRET_WORD]))
    twin.put("narrowed", secret())
    twin.put("withdrawn", secret(content_warnings=[SECRET_WORD]))
    twin.put("withdrawn_then_restored", content(title="Spam, taken down and put out again"))
    twin.put("theirs", content(title="Spam seen elsewhere"), by=twin.people.outsider)
    for name, reason in (("theirs", REASON), ("narrowed", SECRET_WORD), ("erased", SECRET_WORD)):
        other = twin.public_records[name].uid
        relations.decide(twin.registry, twin.people.reviewer, first.uid, other, verdict=Verdict.RELATED, reason=reason)
    accounts.add_organisation(twin.registry, LOCAL_OPERATOR, slug="wiki", name="A wiki", kind=OrganisationKind.OTHER)
    twin.catch_up()


def _second_half(twin: Twin) -> None:
    registry, people, records = twin.registry, twin.people, twin.public_records
    twin.tick()
    republished(registry, people, records["revised"], content(title="Spam wave, told better", severity=4))
    twin.tick()
    erase_by_two(registry, people, records["erased"].uid)
    republished(registry, people, records["narrowed"], secret(tlp="AMBER"))
    gone = records["withdrawn"]
    life.withdraw(registry, people.lead, gone.uid, reason=REASON, expected_revision=newest(registry, gone))
    twin.tick()
    again = records["withdrawn_then_restored"]
    life.withdraw(registry, people.submitter, again.uid, reason=REASON)
    twin.tick()
    life.restore(registry, people.lead, again.uid, reason=REASON)
    twin.put("embargo_over", content(title="Spam, told late", marking={"embargo_until": SOON.isoformat()}))
    twin.clock.at = SOON
    jobs.run_due(registry, SYSTEM)
    upstream = {"source": "atlas", "id": "AML.CS0001", "sha256": "0" * 64}
    factories.take_in(registry, LOCAL_OPERATOR, ATLAS, [content(title="Spam in a catalogue", upstream=upstream)])
    terms = (TaxonomyTerm("AML.T0051", "Prompt injection"), TaxonomyTerm("AML.T0052", "Phishing"))
    ingest.put_taxonomy(
        registry, LOCAL_OPERATOR, Taxonomy("atlas", "5", "ATLAS", "Apache-2.0", "https://x.example", terms)
    )
