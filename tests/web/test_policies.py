"""Usage policies: clauses with addresses of their own, versions both ways, and what changed between two of them."""

from __future__ import annotations

from typing import Any

import pytest

from registry.domain.canonical import JsonValue
from registry.domain.record import Record
from registry.domain.vocabulary import Kind
from tests import factories
from tests.client import Client
from tests.web.node import Node
from web.pages.policies import ClauseFate, clause_changes

OLD: JsonValue = [
    {"path": "1", "heading": "Spam", "text": "No spam at all.", "misuse_categories": ["spam"]},
    {"path": "2", "heading": "Fraud", "kind": "prohibited_use"},
    {"path": "3", "heading": "As it was"},
]
NEW: JsonValue = [
    {"path": "1", "heading": "Spam", "text": "No spam to strangers.", "misuse_categories": ["spam", "fraud/scam"]},
    {"path": "3", "heading": "As it was"},
    {"path": "4.1 b", "heading": "Elections", "scrutiny_domains": ["elections"]},
]


def versions(node: Node, *clauses: JsonValue) -> list[Record]:
    """Published versions of one policy, each replacing the one before."""
    made: list[Record] = []
    for at, one in enumerate(clauses, 1):
        links: JsonValue = [{"rel": "supersedes", "target": made[-1].uid}] if made else []
        fields: dict[str, Any] = {"title": f"Policy {at}", "version": f"v{at}", "clauses": one, "links": links}
        made.append(node.publish(factories.content(Kind.USAGE_POLICY, **fields)))
    return made


def test_a_clause_has_an_address_of_its_own(client: Client, node: Node) -> None:
    [record] = versions(node, NEW)

    page = client.get(f"/r/{record.number}").text

    assert '<tr id="clause-1"><th scope="row"><a href="#clause-1">1</a></th>' in page
    assert '<tr id="clause-4.1-b"><th scope="row"><a href="#clause-4.1-b">4.1 b</a></th>' in page


def test_every_version_leads_to_the_others(client: Client, node: Node) -> None:
    made = versions(node, OLD, NEW, OLD)

    for shown in made:
        listed = client.get(f"/r/{shown.number}").text.partition('id="versions"')[2].partition("</section>")[0]

        others = [one for one in made if one is not shown]
        assert [f'<a href="/r/{one.number}" dir="auto">v' in listed for one in others] == [True, True]
        assert f'href="/r/{others[0].number}/compare/{shown.number}"' in listed
        assert listed.index("v3") < listed.index("v2") < listed.index("v1")


def test_what_changed_is_told_clause_by_clause(client: Client, node: Node) -> None:
    old, new = versions(node, OLD, NEW)

    page = client.get(f"/r/{old.number}/compare/{new.number}").text

    assert f'<a href="/r/{new.number}#clause-1">Clause 1</a> <span class="badge badge-changed">Changed</span>' in page
    assert 'Clause 2 <span class="badge badge-removed">Removed</span>' in page
    assert '">Clause 4.1 b</a> <span class="badge badge-added">Added</span>' in page
    assert "As it was" not in page
    assert "3 clauses differ" in page
    assert '<ins><span class="hidden">added: </span>strangers.<span' in page


def test_a_policy_compared_with_itself_is_the_same(client: Client, node: Node) -> None:
    [record] = versions(node, OLD)

    page = client.get(f"/r/{record.number}/compare/{record.number}").text

    assert "What people read is the same in both versions." in page


def test_only_policies_that_one_may_read_are_compared(client: Client, node: Node) -> None:
    [policy] = versions(node, OLD)
    incident = node.publish(factories.content())
    hidden = node.publish(factories.content(Kind.USAGE_POLICY, marking={"tlp": "AMBER"}))
    gone = node.publish(factories.content(Kind.USAGE_POLICY))
    node.withdraw(gone)

    refs = [str(one.number) for one in (incident, hidden, gone)] + ["LOCAL-POL-2026-9999", "nonsense"]
    answers = [client.get(path) for one in refs for path in _both_ways(str(policy.number), one)]

    assert {404} == {answer.status_code for answer in answers}


@pytest.mark.parametrize(("before", "after"), [([], []), (OLD, OLD), ([], NEW), (NEW, [])])
def test_a_clause_is_added_or_removed_or_the_same(before: list[JsonValue], after: list[JsonValue]) -> None:
    changes = list(clause_changes({"clauses": before}, {"clauses": after}))

    wanted = [] if before == after else [ClauseFate.ADDED] * len(after) + [ClauseFate.REMOVED] * len(before)
    assert wanted == [one.fate for one in changes]


def test_versions_that_replace_each_other_in_a_circle_are_told_once(client: Client, node: Node) -> None:
    first, second = versions(node, OLD, NEW)
    links: JsonValue = [{"rel": "supersedes", "target": second.uid}]
    content = factories.content(Kind.USAGE_POLICY, title="Policy 1", version="v1", clauses=OLD, links=links)
    node.revise(first, content)

    page = client.get(f"/r/{first.number}")

    listed = page.text.partition('id="versions"')[2].partition("</section>")[0]
    assert (200, 1) == (page.status_code, listed.count("(this one)"))


def _both_ways(one: str, other: str) -> tuple[str, str]:
    return f"/r/{one}/compare/{other}", f"/r/{other}/compare/{one}"
