"""What people do at the nodes: each edit is a call of the real services, and is noted in the model once it is done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from random import Random
from typing import Any

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.content.kinds import Content
from registry.domain.errors import CommonsError, NotFound
from registry.domain.people import PeopleCheck
from registry.domain.policy import EVERYTHING
from registry.domain.record import Record, RecordUid, State
from registry.domain.vocabulary import Kind, Tlp
from registry.service import erasure, groups, jobs, life, merge, review, submit
from tests.factories import content
from tests.federation.simulation.model import GROUPED, TLPS, Book, Marked, Tracked
from tests.federation.simulation.nodes import GROUPS, Simulated
from tests.federation.simulation.plan import Broken
from tests.service.world import accepting, hand_in

REASON = "Seen again, and decided anew."
_TITLES = {Kind.INCIDENT: ("title", "summary"), Kind.MITIGATION: ("name", "description")}
_CONSONANTS, _VOWELS = "bdfgklmnprstvz", "aeiou"


@dataclass(slots=True)
class Editor:
    """Does one thing after another at the nodes, as a seed says."""

    random: Random
    book: Book
    drawn: int = 0

    def edit(self, node: Simulated) -> str:
        """Do something at *node*; what it was, for the trace."""
        kinds = list(_EDITS)
        chosen = self.random.choices(kinds, [_EDITS[one] for one in kinds])[0]
        try:
            said = chosen(self, node)
        except CommonsError as error:
            said = error.code
        return f"{chosen.__name__} {node.name} {said}"

    def publish(self, node: Simulated) -> str:
        """A new record."""
        kind = self.random.choice(list(_TITLES))
        marked, word = self._marking(node), self._word()
        made = self._content(kind, marked, word)
        record = _put_out(node, hand_in(node.registry, node.owner, made))
        if record.number in self.book.numbers:
            raise Broken(f"{node.name} gives the number {record.number} twice")
        self.book.numbers.add(record.number or "")
        tracked = Tracked(record.uid, node.name, kind.value, _published(node, marked), word, [word])
        self.book.records[record.uid] = tracked
        return f"{record.number} {tracked.now.tlp}"

    def revise(self, node: Simulated) -> str:
        """Other words, and mostly another marking."""
        one = self._one(node, state="published")
        record = stored(node, one.uid)
        marked = self._marking(node) if self.random.random() < 0.5 else one.now
        word = self._word()
        made = self._content(Kind(one.kind), marked, word)
        return self._revised(node, one, record, made, marked, word)

    def remark(self, node: Simulated) -> str:
        """The same words under another marking, wider or narrower."""
        one = self._one(node, state="published")
        record = stored(node, one.uid)
        marked = self._marking(node)
        made = self._content(Kind(one.kind), marked, one.word)
        return self._revised(node, one, record, made, marked, None)

    def touch(self, node: Simulated) -> str:
        """White space, which is no edit."""
        one = self._one(node, state="published")
        record = stored(node, one.uid)
        assert record.head.public is not None
        made = self._content(Kind(one.kind), one.now, one.word, space="  ")
        marking = made.marking.model_copy(update={"embargo_until": record.head.marking.embargo_until})
        answers = accepting(made)
        again = replace(made, marking=marking)
        written = submit.revise(
            node.registry, node.owner, record.uid, again, expected_revision=record.draft_revision, answers=answers
        )
        if written.record.work is not None:
            raise Broken("white space made a revision")
        return one.uid[-6:]

    def narrow(self, node: Simulated) -> str:
        """To fewer people, at once."""
        one = self._one(node, state="published")
        tlp = self.random.choice(TLPS[TLPS.index(one.now.tlp) :])
        audience = self.random.choice((*GROUPS, None)) if tlp in GROUPED else None
        restricted = self.random.choice(TLPS[max(TLPS.index(one.now.restricted), TLPS.index(tlp)) :])
        life.narrow(
            node.registry,
            node.owner,
            RecordUid(one.uid),
            tlp=Tlp(tlp),
            audience=audience,
            restricted_tlp=Tlp(restricted),
            reason=REASON,
        )
        one.now = replace(one.now, tlp=tlp, audience=audience, restricted=restricted)
        return f"{one.uid[-6:]} {tlp}"

    def withdraw(self, node: Simulated) -> str:
        """Take a record down."""
        one = self._one(node, state="published")
        life.withdraw(node.registry, node.node.reviewer, RecordUid(one.uid), reason=REASON)
        one.now = replace(one.now, state="withdrawn")
        return one.uid[-6:]

    def restore(self, node: Simulated) -> str:
        """Put a withdrawn record out again."""
        one = self._one(node, state="withdrawn")
        life.restore(node.registry, node.operators[0], RecordUid(one.uid), reason=REASON)
        embargoed = one.now.embargoed and one.now.until is not None and one.now.until > node.registry.clock.now()
        one.now = replace(one.now, state="published", embargoed=embargoed).seen()
        return one.uid[-6:]

    def merge(self, node: Simulated) -> str:
        """Let another record stand for one."""
        one, other = self._one(node, state="published"), self._one(node, state="published")
        merge.merge(node.registry, node.operators[0], RecordUid(one.uid), into=RecordUid(other.uid), reason=REASON)
        one.now = replace(one.now, state="merged")
        return f"{one.uid[-6:]} {other.uid[-6:]}"

    def block(self, node: Simulated) -> str:
        """Hide a record at once."""
        one = self._one(node)
        erasure.block(node.registry, node.operators[0], RecordUid(one.uid), reason=REASON)
        one.now = replace(one.now, blocked=True)
        return one.uid[-6:]

    def decide(self, node: Simulated) -> str:
        """Erase what is blocked, or show it again."""
        one = self._one(node, blocked=True)
        first, second = node.operators
        if self.random.random() < 0.3:
            erasure.unblock(node.registry, first, RecordUid(one.uid), reason=REASON)
            one.now = replace(one.now, blocked=False).seen()
            return f"{one.uid[-6:]} shown"
        erasure.erase(node.registry, second, RecordUid(one.uid), reason=REASON, legal_basis="GDPR Art. 17")
        one.now = replace(one.now, state="erased", blocked=False)
        return f"{one.uid[-6:]} erased"

    def join(self, node: Simulated) -> str:
        """Let another node belong to a group."""
        return self._change_member(node, groups.join)

    def leave(self, node: Simulated) -> str:
        """End the membership of another node."""
        return self._change_member(node, groups.leave)

    def lift(self, node: Simulated) -> str:
        """Run what is due: embargoes end."""
        while jobs.run_due(node.registry, SYSTEM):
            pass
        now = node.registry.clock.now()
        for one in self.book.of(node.name):
            is_due = one.now.embargoed and one.now.until is not None and one.now.until <= now
            if is_due and one.now.state == "published":
                one.now = replace(one.now, embargoed=False).seen()
        return ""

    def _change_member(self, node: Simulated, change: Callable[..., Any]) -> str:
        group = self.random.choice(GROUPS)
        name = self.random.choice(sorted(self.book.trusts[node.name]))
        change(node.registry, LOCAL_OPERATOR, slug=group, organisation_slug=f"node-{name}")
        members = self.book.members.setdefault((node.name, group), set())
        members.symmetric_difference_update({name})
        return f"{group} {name}"

    def _revised(
        self, node: Simulated, one: Tracked, record: Record, made: Content, marked: Marked, word: str | None
    ) -> str:
        seen, answers = record.draft_revision, accepting(made)
        written = submit.revise(node.registry, node.owner, record.uid, made, expected_revision=seen, answers=answers)
        if written.record.stage is State.PUBLISHED:
            return f"{one.uid[-6:]} unchanged"
        _put_out(node, written.record)
        after = replace(marked, was_public=one.now.was_public, blocked=one.now.blocked)
        one.now = _published(node, after)
        if word is not None:
            one.word = word
            one.words.append(word)
        return f"{one.uid[-6:]} {one.now.tlp}"

    def _one(self, node: Simulated, *, state: str | None = None, blocked: bool | None = None) -> Tracked:
        found = [
            one
            for one in self.book.of(node.name)
            if (state is None or one.now.state == state)
            and one.now.state != "erased"
            and (blocked is None or one.now.blocked is blocked)
        ]
        if not found:
            raise NotFound("there is no record to do this with")
        return self.random.choice(found)

    def _marking(self, node: Simulated) -> Marked:
        draw = self.random
        tlp = draw.choices(TLPS, (45, 25, 15, 5, 10))[0]
        is_kept = draw.random() < 0.15
        until = node.registry.clock.now() + timedelta(hours=draw.randint(1, 60)) if is_kept else None
        has_group = tlp in GROUPED or (tlp != "RED" and draw.random() < 0.2)
        audience = draw.choice((*GROUPS, None)) if has_group else None
        return Marked(tlp, audience, draw.choice(TLPS[TLPS.index(tlp) :]), until)

    def _content(self, kind: Kind, marked: Marked, word: str, *, space: str = "") -> Content:
        title, text = _TITLES[kind]
        marking = {
            "tlp": marked.tlp,
            "audience": marked.audience,
            "restricted_tlp": marked.restricted,
            "embargo_until": None if marked.until is None else marked.until.isoformat(),
            "content_warnings": [f"warned {word}w"],
        }
        restricted: dict[str, Any] = {"narrative": f"Closely held {word}r"}
        fields: dict[str, Any] = {title: f"{space}Told of {word}t", text: f"What {word}s did there.{space}"}
        return content(kind, restricted=restricted, marking=marking, **fields)

    def _word(self) -> str:
        """A word that stands nowhere else."""
        self.drawn += 1
        syllables = [self.random.choice(_CONSONANTS) + self.random.choice(_VOWELS) for _ in range(6)]
        return f"{''.join(syllables)}{self.drawn}x"


_EDITS: dict[Callable[[Editor, Simulated], str], int] = {
    Editor.publish: 30,
    Editor.revise: 12,
    Editor.remark: 8,
    Editor.touch: 4,
    Editor.narrow: 10,
    Editor.withdraw: 7,
    Editor.restore: 5,
    Editor.merge: 4,
    Editor.block: 5,
    Editor.decide: 6,
    Editor.join: 8,
    Editor.leave: 6,
    Editor.lift: 5,
}


def stored(node: Simulated, uid: str) -> Record:
    """The record as a node has it."""
    with node.storage.read() as reader:
        found = reader.records.get(RecordUid(uid), visible=EVERYTHING)
    assert found is not None
    return found


def _published(node: Simulated, marked: Marked) -> Marked:
    is_kept = marked.until is not None and marked.until > node.registry.clock.now() and not marked.was_public
    return replace(marked, embargoed=is_kept, state="published").seen()


def _put_out(node: Simulated, record: Record) -> Record:
    uid, seen, reviewer = record.uid, record.draft_revision, node.node.reviewer
    review.claim(node.registry, reviewer, uid, expected_revision=seen)
    checked = frozenset(PeopleCheck)
    review.approve(node.registry, reviewer, uid, expected_revision=seen, checked=checked)
    return review.publish(node.registry, reviewer, uid, expected_revision=seen)
