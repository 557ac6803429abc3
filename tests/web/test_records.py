"""Pages of records: what they tell, what they never tell, and what stays when a record is gone."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from registry.domain.actor import Actor, Role
from registry.domain.canonical import JsonValue
from registry.domain.record import PersonId
from registry.domain.vocabulary import Kind
from registry.service import erasure, submit
from tests import factories
from tests.client import Client
from tests.clocks import FixedClock
from tests.web.node import Node, unknown_number

ATTACKS = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "[click](javascript:alert(1))",
    "![](https://evil.example/pixel.png)",
    "<svg/onload=alert(1)>",
    "[a](<data:text/html,<script>alert(1)</script>>)",
    "{{ 7 * 7 }}{% include 'base.html' %}",
    "<style>*{display:none}</style><iframe src=//evil.example></iframe>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
]


def test_a_record_page_says_what_happened_and_how_to_cite_it(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="A wave of spam", summary="It was **large**."))

    answer = client.get(f"/r/{record.number}")

    assert 200 == answer.status_code
    assert ">A wave of spam</h1>" in answer.text
    assert "<strong>large</strong>" in answer.text
    assert f"Acme (2026). A wave of spam. Incident Commons, {record.number}, version 1, 14 March 2026." in answer.text
    assert f"@misc{{{record.number}," in answer.text
    assert "February 2026" in answer.text


def test_a_uid_and_a_number_in_small_letters_lead_to_the_number(client: Client, node: Node) -> None:
    record = node.publish(factories.content())

    answers = [client.get(f"/r/{ref}") for ref in (record.uid, str(record.number).lower())]

    assert [308, 308] == [answer.status_code for answer in answers]
    assert {f"/r/{record.number}"} == {answer.headers["location"] for answer in answers}


def test_a_hidden_record_is_answered_like_one_that_never_was(client: Client, node: Node) -> None:
    draft = node.submit(factories.content(title="Nobody knows this yet"))
    closed = node.publish(factories.content(title="For few", marking={"tlp": "AMBER"}))

    hidden = [
        client.get(f"/r/{ref}{end}") for ref in (draft.uid, closed.uid, closed.number) for end in ("", "/history")
    ]
    unknown = client.get(f"/r/{unknown_number(closed)}")

    assert {404} == {answer.status_code for answer in [*hidden, unknown]}
    assert 1 == len({re.sub("[0-9a-f]{16}", "", answer.text) for answer in [*hidden, unknown]})
    assert 1 == len({tuple(sorted(set(answer.headers) - {"x-request-id"})) for answer in [*hidden, unknown]})


def test_public_pages_are_the_same_with_and_without_hidden_records(client: Client, node: Node) -> None:
    paths = ["/", "/incidents", "/search", "/search?q=spam", "/organisations", "/organisations/acme", "/health/ready"]
    record = node.publish(factories.content())
    before = [client.get(path) for path in [*paths, f"/r/{record.number}"]]

    node.submit(factories.content(title="Spam nobody knows of"))
    node.publish(factories.content(title="Spam for few", marking={"tlp": "RED"}))

    after = [client.get(path) for path in [*paths, f"/r/{record.number}"]]
    assert [one.content for one in before] == [one.content for one in after]
    assert [one.headers.get("etag") for one in before] == [one.headers.get("etag") for one in after]


def test_its_owner_reads_a_draft_and_nobody_may_keep_it(client: Client, node: Node) -> None:
    draft = node.submit(factories.content(title="Nobody knows this yet"))

    answer = client.get(f"/r/{draft.uid}", headers={"Authorization": f"Bearer {node.key_of_submitter()}"})

    assert 200 == answer.status_code
    assert "Nobody knows this yet" in answer.text
    assert "Not public" in answer.text
    assert "private, no-store" == answer.headers["cache-control"]
    assert "etag" not in answer.headers


def test_a_withdrawn_record_leaves_a_page_that_says_why(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="A wave of spam"))
    node.withdraw(record, "Reported twice <b>by mistake</b>.")

    answer = client.get(f"/r/{record.number}")

    assert 410 == answer.status_code
    assert "Reported twice &lt;b&gt;by mistake&lt;/b&gt;." in answer.text
    assert "14 March 2026" in answer.text
    assert str(record.number) in answer.text
    assert "A wave of spam" not in answer.text
    assert "A wave of spam" not in client.get(f"/r/{record.number}/history").text


def test_the_json_of_a_withdrawn_record_holds_no_content(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    node.withdraw(record)

    answer = client.get(f"/r/{record.number}.json")

    assert 410 == answer.status_code
    assert "content" not in answer.json()
    assert "Published twice by mistake." == answer.json()["reason"]


def test_the_json_of_a_record_is_its_public_part(client: Client, node: Node) -> None:
    record = node.publish(factories.content(restricted={"narrative": "Only for few."}))

    answer = client.get(f"/r/{record.number}.json")

    assert "application/json" == answer.headers["content-type"]
    assert {"tlp": "CLEAR"}.items() <= answer.json()["marking"].items()
    assert "Spam wave on a chat platform" == answer.json()["content"]["title"]
    assert ("acme", 1, record.uid) == tuple(answer.json()[key] for key in ("owner", "revision", "uid"))
    assert "Only for few." not in answer.text


def test_the_json_of_an_unknown_record_is_an_error_in_json(client: Client) -> None:
    answer = client.get("/r/LOCAL-INC-2026-0001.json")

    assert 404 == answer.status_code
    assert "NOT_FOUND" == answer.json()["errors"][0]["extensions"]["code"]


def test_a_page_that_did_not_change_is_not_sent_again(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    first = client.get(f"/r/{record.number}")

    same = client.get(f"/r/{record.number}", headers={"If-None-Match": first.headers["etag"]})
    node.publish(factories.content())
    changed = client.get(f"/r/{record.number}", headers={"If-None-Match": first.headers["etag"]})

    assert "public, no-cache" == first.headers["cache-control"]
    assert (304, b"") == (same.status_code, same.content)
    assert 200 == changed.status_code


def test_a_search_that_did_not_change_is_not_sent_again(client: Client, node: Node) -> None:
    node.publish(factories.content())
    first = client.get("/search?q=spam")

    same = client.get("/search?q=spam", headers={"If-None-Match": first.headers["etag"]})

    assert (304, b"") == (same.status_code, same.content)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_any_field_of_an_incident_stays_text(client: Client, node: Node, attack: str) -> None:
    fields: dict[str, JsonValue] = {
        "title": attack,
        "summary": attack,
        "narrative": f"# {attack}\n\n- {attack}\n\n> {attack}\n\n`{attack}`",
        "aliases": [attack],
        "platforms": [attack],
        "systems": [{"provider": attack, "model": attack, "version": attack}],
        "actors": [{"label": attack}],
        "targets": [{"label": attack}],
        "procedure": [{"technique": "AML.T0051", "text": attack}],
        "detection": {"method": "press", "by": attack},
        "enforcement": [{"action": "account_ban", "text": attack}],
        "harms": [{"type": "financial", "quantity": 3, "unit": attack}],
        "sources": [{"url": "https://example.org/?a=%22onclick=b", "title": attack, "publisher": attack}],
    }
    marking: dict[str, JsonValue] = {"licence": attack, "obligations": [attack]}
    record = node.publish(factories.content(Kind.INCIDENT, restricted=None, marking=marking, **fields))

    for path in (f"/r/{record.number}", "/", "/incidents", "/search", "/search?view=table", "/search?q=alert"):
        assert_inert(client.get(path).text)


@pytest.mark.parametrize("attack", ATTACKS)
def test_markup_in_mitigations_and_lessons_stays_text(client: Client, node: Node, attack: str) -> None:
    mitigation = node.publish(
        factories.content(
            Kind.MITIGATION,
            name=attack,
            description=attack,
            lifecycle=[attack],
            cost=attack,
            side_effects=attack,
            addresses=[{"misuse_category": "spam", "use": attack}],
            evidence=[
                {"setting": "benchmark", "outcome": "partial", "metric": attack, "before": attack, "text": attack}
            ],
        )
    )
    lesson = node.publish(
        factories.content(
            Kind.LESSON,
            statement=attack,
            context=attack,
            contributing_factors=[attack],
            what_worked=attack,
            what_failed=attack,
            recommendation=attack,
            applies_to=[{"role": attack, "use_case": attack, "model": attack}],
            marking={"content_warnings": [attack]},
        )
    )

    for path in (f"/r/{mitigation.number}", f"/r/{lesson.number}", "/", "/lessons", "/mitigations"):
        assert_inert(client.get(path).text)


def test_links_in_texts_vouch_for_nothing(client: Client, node: Node) -> None:
    record = node.publish(factories.content(summary="See [this](https://example.org/a)."))

    answer = client.get(f"/r/{record.number}")

    assert '<a href="https://example.org/a" rel="nofollow noopener noreferrer ugc">this</a>' in answer.text


def test_headings_in_a_text_stand_below_those_of_the_page(client: Client, node: Node) -> None:
    record = node.publish(factories.content(narrative="# First\n\n###### Last"))

    answer = client.get(f"/r/{record.number}")

    assert "<h3>First</h3>" in answer.text
    assert "<h6>Last</h6>" in answer.text


def test_lists_carry_the_warning_and_not_the_text(client: Client, node: Node) -> None:
    node.publish(factories.content(summary="Very sensitive.", marking={"content_warnings": ["Self-harm"]}))

    for path in ("/", "/incidents", "/search?q=sensitive"):
        answer = client.get(path)
        assert "Content warning: Self-harm." in answer.text
        assert "Very sensitive." not in answer.text


def test_an_incident_shows_its_mitigations_with_their_evidence(client: Client, node: Node) -> None:
    measure = node.publish(
        factories.content(Kind.MITIGATION, evidence=[{"setting": "production", "outcome": "effective", "n": 1200}])
    )
    incident = node.publish(factories.content(links=[{"rel": "mitigated_by", "target": measure.uid}]))

    incident_page, measure_page = (client.get(f"/r/{one.number}").text for one in (incident, measure))

    assert "<strong>Effective</strong> in production, n = 1,200" in incident_page
    assert "Applied to" in measure_page
    assert str(incident.number) in measure_page


def test_a_linked_record_that_was_withdrawn_is_named_without_its_text(client: Client, node: Node) -> None:
    other = node.publish(factories.content(title="A wave of spam"))
    record = node.publish(factories.content(title="Another wave", links=[{"rel": "related", "target": other.uid}]))
    node.withdraw(other)

    answer = client.get(f"/r/{record.number}")

    assert 200 == answer.status_code
    assert "This record was withdrawn" in answer.text
    assert "A wave of spam" not in answer.text


def test_history_and_difference_tell_what_changed(client: Client, node: Node, clock: FixedClock) -> None:
    record = node.publish(factories.content(summary="Ten accounts sent spam."))
    clock.advance(days=1)
    node.revise(record, factories.content(summary="Twelve accounts sent spam.", severity=3))

    told = client.get(f"/r/{record.number}/history").text
    changed = client.get(f"/r/{record.number}/diff/1..2").text

    assert "Published as version 1" in told
    assert "15 March 2026, 15:00 UTC" in told
    assert f"/r/{record.number}/diff/1..2" in told
    assert '<del><span class="hidden">removed: </span>Ten' in changed
    assert '<ins><span class="hidden">added: </span>Twelve' in changed


@pytest.mark.parametrize("pair", ["1..9", "0..1", "9..9"])
def test_a_difference_of_revisions_that_are_not_there_is_not_found(client: Client, node: Node, pair: str) -> None:
    record = node.publish(factories.content())

    assert 404 == client.get(f"/r/{record.number}/diff/{pair}").status_code


def test_history_does_not_tell_strangers_of_drafts_and_people(client: Client, node: Node) -> None:
    record = node.publish(factories.content())
    before = client.get(f"/r/{record.number}/history").text

    draft = factories.content(summary="A revision that nobody has reviewed.")
    submit.revise(node.registry, node.submitter, record.uid, draft, expected_revision=record.draft_revision)

    assert before == client.get(f"/r/{record.number}/history").text
    assert str(node.submitter.person) not in before


def test_an_erased_record_is_nowhere_and_its_number_says_so(client: Client, node: Node) -> None:
    record = node.publish(factories.content(title="Jane Doe did it"))

    erasure.block(node.registry, _operator("first"), record.uid, reason="A name.")
    erasure.erase(node.registry, _operator("second"), record.uid, reason="A name.", legal_basis="GDPR 17")
    node.catch_up()

    answer = client.get(f"/r/{record.number}")
    assert 410 == answer.status_code
    assert "This record was erased" in answer.text
    for path in ("/", "/search?q=jane", "/incidents", f"/r/{record.number}/history", f"/r/{record.number}.json"):
        assert "Jane Doe" not in client.get(path).text


def _operator(name: str) -> Actor:
    return Actor(f"person:{name}", frozenset({Role.ANYBODY, Role.OPERATOR}), PersonId(name))


class _Seen(HTMLParser):
    """What a browser would make of a page: its tags, and their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


def assert_inert(page: str) -> None:
    """Nothing that was written by people is markup, a script or a foreign address on the page."""
    seen = _Seen(page)
    links = [value.strip().lower() for name, value in seen.attributes if name in {"href", "src", "action"}]

    assert 1 == seen.tags.count("script") == seen.tags.count("body")
    assert not {"img", "iframe", "style", "object", "embed", "base"} & set(seen.tags)
    assert [] == [name for name, _ in seen.attributes if name.startswith("on") or name in {"style", "srcdoc"}]
    assert [] == [link for link in links if not link.startswith(("/", "#", "http://", "https://"))]
    assert "49{" not in page
