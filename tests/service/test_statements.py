"""How often the store is asked: at each request, and for a list, however long it is."""

from __future__ import annotations

from dataclasses import replace

import pytest

from registry.domain.actor import LOCAL_OPERATOR, Actor
from registry.domain.conflict import ConflictKind
from registry.domain.errors import Unauthenticated
from registry.ports import Registry
from registry.service import authentication, conflicts, keys, queue, sessions
from tests.factories import content
from tests.service.signing_in import enrolled
from tests.service.traced import TracedStorage
from tests.service.world import People, submitted


def text_of_key(registry: Registry, whose: Actor) -> str:
    """A key of a member that was used a moment ago."""
    assert whose.person is not None
    assert whose.organisation is not None
    made = keys.create_key(
        registry, LOCAL_OPERATOR, person=whose.person, organisation_id=whose.organisation, label="Laptop"
    )
    authentication.authenticate(registry, made.text)
    return made.text


def test_a_stranger_is_recognised_without_asking_the_store(registry: Registry) -> None:
    storage = TracedStorage(registry.storage)
    traced = replace(registry, storage=storage)

    authentication.authenticate(traced, None)
    sessions.authenticate_session(traced, "")
    sessions.authenticate_session(traced, "no session at all")
    with pytest.raises(Unauthenticated):
        authentication.authenticate(traced, "ic_live_mistyped")

    assert [] == storage.statements


def test_a_key_is_recognised_by_five_statements_and_one_more_for_reviewers(registry: Registry, people: People) -> None:
    texts = [text_of_key(registry, one) for one in (people.submitter, people.reviewer)]
    storage = TracedStorage(registry.storage)
    asked = []

    for text in texts:
        storage.statements.clear()
        authentication.authenticate(replace(registry, storage=storage), text)
        asked.append(len(storage.statements))

    assert [5, 6] == asked


def test_a_session_is_recognised_by_seven_statements(registry: Registry, people: People) -> None:
    reviewer = enrolled(registry, people.reviewer.person)
    storage = TracedStorage(registry.storage)

    found = sessions.authenticate_session(replace(registry, storage=storage), reviewer.opened.secret)

    assert found is not None
    assert 7 == len(storage.statements)


def test_the_queue_is_read_by_as_many_statements_however_much_waits(registry: Registry, people: People) -> None:
    storage = TracedStorage(registry.storage)
    asked = []

    for at in range(4):
        submitted(registry, people, content(title=f"Marigold {at}"))
        storage.statements.clear()
        assert at + 1 == len(queue.queue(replace(registry, storage=storage), people.reviewer).waiting)
        asked.append(len(storage.statements))

    assert 1 == len(set(asked))


def test_looking_for_the_next_asks_as_often_however_much_one_may_not_take(registry: Registry, people: People) -> None:
    """Else a long queue that one is bound to would keep everybody else from writing."""
    conflicts.declare(registry, people.reviewer, [(ConflictKind.EMPLOYER, "acme")])
    storage = TracedStorage(registry.storage)
    asked = []

    for at in range(4):
        submitted(registry, people, content(title=f"Marigold {at}"))
        storage.statements.clear()
        assert queue.next_to_review(replace(registry, storage=storage), people.reviewer) is None
        asked.append(len(storage.statements))

    assert 1 == len(set(asked))
