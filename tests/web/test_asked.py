"""What stands beside a record of the parties that it names: asked, answered or silent, and nothing of earlier work."""

from __future__ import annotations

from registry.domain.actor import SYSTEM
from registry.domain.record import Record
from registry.service import jobs, notices
from tests import factories
from tests.client import Client
from tests.clocks import FixedClock
from tests.web.node import Node


def naming(node: Node, provider: str) -> Record:
    """A published incident with a system of this provider."""
    return node.publish(factories.content(systems=[{"provider": provider, "model": "m-1"}]))


def test_a_party_that_was_asked_stands_beside_the_claim(client: Client, node: Node) -> None:
    record = naming(node, "Zeta & <Sons>")

    page = client.get(f"/r/{record.number}").text

    assert '<strong dir="auto">Zeta &amp; &lt;Sons&gt;</strong>: asked on ' in page
    assert "14 March 2026</time>, answer due <time" in page
    assert "28 March 2026</time></li>" in page


def test_silence_is_told_once_the_time_is_over(client: Client, node: Node, clock: FixedClock) -> None:
    record = naming(node, "Zeta")
    clock.advance(days=15)
    while jobs.run_due(node.registry, SYSTEM):
        pass

    page = client.get(f"/r/{record.number}").text

    assert "14 March 2026</time>, no reply</li>" in page


def test_an_answer_is_linked_once_it_is_published(client: Client, node: Node) -> None:
    record = naming(node, "Example Institute")
    (notice,) = notices.to_us(node.registry, node.institute)
    answer = notices.answer(node.registry, node.institute, notice.id, title="We looked", text="We closed them.")

    before = client.get(f"/r/{record.number}").text
    number = node.put_out(answer).number
    after = client.get(f"/r/{record.number}").text

    assert "answered; the answer is not published yet</li>" in before
    assert f'answered by <a href="/r/{number}">{number}</a></li>' in after


def test_a_record_that_names_nobody_else_says_nothing_of_it(client: Client, node: Node) -> None:
    record = naming(node, "Acme")

    assert "was asked to answer" not in client.get(f"/r/{record.number}").text
