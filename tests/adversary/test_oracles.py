"""What cannot be read cannot be asked out of filters, guesses or moved references either; nor is a hold outrun."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from threading import Thread

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor, Role
from registry.domain.correction import Edit
from registry.domain.errors import Conflict, Forbidden
from registry.domain.pages import RecordFilter
from registry.domain.people import PeopleCheck
from registry.domain.record import Record, RecordUid
from registry.domain.vocabulary import Kind
from registry.ports import ErasureLog, Registry
from registry.service import erasure, find, node, proposals, proposed, review, submit
from tests.factories import content
from tests.service.circle import admit, sealed_content
from tests.service.world import People, claimed, hand_in, published, refused, stored, submitted

SPAM = RecordFilter(facets=(("misuse", "spam"),))
GRAVE = RecordFilter(severity_at_least=1)


@pytest.mark.parametrize("wanted", [SPAM, GRAVE])
def test_filters_do_not_ask_reviewers_through_work_that_was_taken_back(
    registry: Registry, people: People, wanted: RecordFilter
) -> None:
    record = submitted(registry, people)
    assert 1 == find.count(registry, people.reviewer, wanted)

    submit.retract(registry, people.submitter, record.uid, reason="Not for you.")

    assert 0 == find.count(registry, people.reviewer, wanted)
    assert 1 == find.count(registry, people.submitter, wanted)
    assert 1 == find.count(registry, people.reviewer, RecordFilter())


def test_filters_do_not_ask_colleagues_through_what_is_sealed(registry: Registry, people: People) -> None:
    reader = admit(registry, "acme", Role.SUBMITTER, Role.SEALED_READER)
    hand_in(registry, reader, sealed_content(enforcement=[{"action": "account_ban"}]))
    banned = RecordFilter(facets=(("enforcement", "account_ban"),))

    counts = [find.count(registry, who, banned) for who in (reader, people.submitter, people.reviewer)]

    assert [1, 0, 0] == counts
    assert 1 == find.count(registry, people.submitter, RecordFilter())


def test_nobody_rewrites_a_sealed_record_without_being_allowed_to_read_it(registry: Registry, people: People) -> None:
    reader = admit(registry, "acme", Role.SUBMITTER, Role.SEALED_READER)
    sealed = submit.submit(registry, reader, sealed_content(), external_ref="ours").record
    said = content(sources=[{"url": "https://leads.example/there"}])

    with refused(registry, Forbidden):
        submit.revise(registry, people.submitter, sealed.uid, said, expected_revision=1)
    with refused(registry, Forbidden):
        submit.submit(registry, people.submitter, said, external_ref="ours")

    assert submit.retract(registry, people.submitter, sealed.uid, reason="Wrong.").sealed


def sealed_and_named(registry: Registry, reader: Actor, people: People) -> tuple[Record, Record]:
    """A sealed record, and a published mitigation of the same organisation that was observed in it."""
    sealed = hand_in(registry, reader, sealed_content())
    evidence = [{"setting": "production", "outcome": "effective", "incident": sealed.uid}]
    said = content(Kind.MITIGATION, evidence=evidence, marking={"tlp": "AMBER"})
    return sealed, published(registry, people, said, by=reader)


def test_a_published_record_does_not_tell_reviewers_of_a_sealed_one(registry: Registry, people: People) -> None:
    sealed, other = sealed_and_named(registry, admit(registry, "acme", Role.SUBMITTER, Role.SEALED_READER), people)

    assert sealed.uid not in repr(find.record(registry, people.lead, other.uid))


def test_guessing_a_source_that_waits_to_be_cleared_confirms_nothing(registry: Registry, people: People) -> None:
    said = content(misuse_categories=["ncii"], sources=[{"url": "https://hidden.example/a"}])
    record = claimed(registry, people, said)
    review.approve(registry, people.reviewer, record.uid, expected_revision=1, checked=frozenset(PeopleCheck))
    review.publish(registry, people.reviewer, record.uid, expected_revision=1)

    told = []
    for guess in ("https://hidden.example/a", "https://other.example/a"):
        edit = Edit(("sources", "0"), {"url": guess})
        made = proposals.propose(registry, people.outsider, record.uid, [edit], reason=guess, expected_revision=1)
        changes = proposed.changes_of(registry, people.outsider, made.proposal.id)
        told.append([(one.kind, one.path) for one in changes])

    assert told[0] == told[1]


@dataclass(frozen=True, slots=True)
class Held:
    """An erasure file in whose way somebody asks for a legal hold."""

    kept: ErasureLog
    hold: Thread

    def append(self, uid: RecordUid, at: datetime) -> None:
        """Write the line while somebody else asks for the hold."""
        self.hold.start()
        self.hold.join(0.2)
        self.kept.append(uid, at)

    def uids(self) -> tuple[RecordUid, ...]:
        """What the file says."""
        return self.kept.uids()


def test_a_hold_is_never_given_to_what_the_file_of_erasures_names(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erasure.block(registry, people.lead, record.uid, reason="Look.")
    refusals: list[str] = []

    def hold() -> None:
        try:
            erasure.hold(registry, people.operator, record.uid, on=True, reason="A court asks.")
        except Conflict as error:
            refusals.append(error.code)

    asking = Thread(target=hold)
    racing = replace(registry, erasures=Held(registry.erasures, asking))
    erasure.erase(racing, people.operator, record.uid, reason="Twice.", legal_basis="GDPR Art. 17")
    asking.join()

    assert ["CONFLICT"] == refusals
    assert (record.uid,) == registry.erasures.uids()
    assert 0 == node.after_restore(registry, LOCAL_OPERATOR)
    assert stored(registry, record.uid).head.public is None


def test_a_hold_leaves_no_line_in_the_file_of_erasures(registry: Registry, people: People) -> None:
    record = published(registry, people)
    erasure.block(registry, people.lead, record.uid, reason="Look.")
    erasure.hold(registry, people.operator, record.uid, on=True, reason="A court asks.")

    with pytest.raises(Conflict):
        erasure.erase(registry, people.operator, record.uid, reason="Twice.", legal_basis="GDPR Art. 17")

    assert () == registry.erasures.uids()
