"""Which state of the registry the index is of."""

from __future__ import annotations

from registry.domain.actor import ANONYMOUS
from registry.ports import Registry
from registry.service import follow, life
from registry.service.index_state import state_of_index, version
from tests.service.world import REASON, People, published, submitted


def _public_seqs(registry: Registry) -> list[tuple[int, int]]:
    """Each row of the log, and the last public row up to it, counted one by one."""
    found, last = [(0, 0)], 0
    with registry.storage.read() as reader:
        for row in reader.changes.after(0, limit=1000):
            last = last if row.public_seq is None else row.public_seq
            found.append((row.seq, last))
    return found


def test_the_index_is_of_the_last_public_row_up_to_its_position(registry: Registry, people: People) -> None:
    first = published(registry, people)
    submitted(registry, people)
    published(registry, people)
    life.withdraw(registry, people.submitter, first.uid, reason=REASON)
    submitted(registry, people)
    told = []

    for seq, _ in _public_seqs(registry)[1:]:
        registry.index.rebuild((), position=seq)
        told.append((seq, state_of_index(registry)[1]))

    assert _public_seqs(registry)[1:] == told
    assert len({public_seq for _, public_seq in told}) > 2


def test_what_is_not_public_changes_no_version_and_what_is_changes_it(registry: Registry, people: People) -> None:
    def followed() -> str:
        while follow.catch_up(registry, people.system):
            pass
        return version(registry, ANONYMOUS)

    published(registry, people)
    before = followed()
    submitted(registry, people)
    between = version(registry, ANONYMOUS)

    assert before == between == followed()
    published(registry, people)
    assert before != version(registry, ANONYMOUS) != followed()
