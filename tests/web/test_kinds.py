"""Pages of the six kinds: every public field is shown, the restricted part never, and what others say stands apart."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from registry.client.naming import leaves_of
from registry.domain import terms
from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.canonical import JsonValue
from registry.domain.content.base import precision_of
from registry.domain.content.kinds import PUBLIC, parse, parse_file
from registry.domain.record import Record
from registry.domain.vocabulary import AbsenceReason, Kind, OrganisationKind
from registry.service import accounts
from tests import factories
from tests.client import Client
from tests.web.node import Node
from tests.web.test_records import ATTACKS, assert_inert
from web.pages import meanings, wording

EXAMPLES = [Path(f"docs/examples/{kind}.json") for kind in Kind]
# Told in the head of the page or by where something stands, and not as a word of its own.
# Never empty: they have a value where nothing is said, or are this very list.
DEFAULTED = {"event_kind", "intent", "status", "withheld"}
SAID_OTHERWISE = {"about", "statement_kind", "rate_permille", "reliability", "credibility", "rel", "target", "withheld"}


def publish_example(node: Node, path: Path) -> tuple[Record, dict[str, Any]]:
    """The example as a public record; what it names is made first."""
    document = json.loads(path.read_text(encoding="utf-8"))
    document.pop("external_ref", None)
    content = document["content"]
    for part in (content, document.get("restricted", {})):
        for one in part.get("evidence", ()):
            one["incident"] = node.publish(factories.content()).uid
    for one in content.get("addresses", ()):
        one["weakness"] = node.publish(factories.content(Kind.WEAKNESS)).uid
    if "about" in content:
        content["about"] = node.publish(factories.content()).uid
    document["marking"] |= {"tlp": "CLEAR", "embargo_until": None, "content_warnings": []}
    return node.publish(parse_file(document).content), document


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_every_public_field_is_shown(client: Client, node: Node, path: Path) -> None:
    record, document = publish_example(node, path)

    page = client.get(f"/r/{record.number}")

    seen = _seen(page.text)
    missing = [one for one in _leaves(document["content"]) if not any(way in seen for way in _ways(*one))]
    assert 200 == page.status_code
    assert [] == missing


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_a_stranger_sees_nothing_of_the_restricted_part(client: Client, node: Node, path: Path) -> None:
    record, document = publish_example(node, path)

    pages = [client.get(f"/r/{record.number}{end}").text for end in ("", ".json", "/history")]

    public = json.dumps(document["content"])
    secrets = {str(value) for _, value in _leaves(document["restricted"]) if isinstance(value, str) and len(value) > 12}
    hidden = {one for one in secrets if one not in public}
    assert hidden
    assert [] == [one for one in hidden for page in pages if html.escape(one) in page or one in page]


@pytest.mark.parametrize(("kind", "path"), [(kind, wording.LISTS[kind]) for kind in Kind])
def test_each_kind_has_a_list(client: Client, node: Node, kind: Kind, path: str) -> None:
    fields: dict[str, Any] = {}
    if kind is Kind.STATEMENT:
        fields["about"] = node.publish(factories.content()).uid
    record = node.publish(factories.content(kind, **fields))

    page = client.get(path).text

    assert f"<h1>{wording.PLURALS[kind]}</h1>" in page
    assert f'href="/r/{record.number}"' in page
    assert f'href="{path}"' in client.get("/").text
    assert f'<a href="{path}">{wording.PLURALS[kind]}</a>' in client.get(f"/r/{record.number}").text


@pytest.mark.parametrize("reason", list(AbsenceReason))
def test_an_empty_field_says_why(client: Client, node: Node, reason: AbsenceReason) -> None:
    withheld: JsonValue = [{"field": "actors", "reason": reason}, {"field": "confidence", "reason": reason}]
    record = node.publish(factories.content(withheld=withheld))

    page = client.get(f"/r/{record.number}").text

    said = meanings.ABSENCE[reason]
    assert f'<h2 id="actors">Who did it</h2><p class="absent">{said}</p>' in page
    assert f'<dt>Confidence</dt><dd class="absent">{said}</dd>' in page


@pytest.mark.parametrize("kind", list(Kind))
def test_whatever_is_left_out_says_why_somewhere(client: Client, node: Node, kind: Kind) -> None:
    about: dict[str, Any] = {"about": node.publish(factories.content()).uid} if kind is Kind.STATEMENT else {}
    known = factories.DOCUMENTS[kind](**about)
    optional = [name for name, field in PUBLIC[kind].model_fields.items() if not field.is_required()]
    empty = [one for one in optional if one not in {*known, *DEFAULTED}]
    withheld: JsonValue = [{"field": name, "reason": "not_asked"} for name in empty]
    record = node.publish(factories.content(kind, **about, withheld=withheld))

    page = client.get(f"/r/{record.number}").text

    assert len(empty) == page.count("Not asked")


def test_what_a_machine_judged_says_so(client: Client, node: Node) -> None:
    judged: JsonValue = [
        {"taxonomy": "mit", "version": "1", "value": "4.3", "annotator_kind": "machine", "annotator": "classifier@2"},
        {"taxonomy": "mit", "version": "1", "value": "4.1", "annotator_kind": "person"},
    ]
    record = node.publish(factories.content(classifications=judged))

    page = client.get(f"/r/{record.number}").text

    assert '<span class="badge badge-machine">Machine</span> <span class="muted" dir="auto">classifier@2</span>' in page
    assert '<span class="badge badge-person">Person</span>' in page


@pytest.mark.parametrize(
    ("reviewed", "said"),
    [(True, "a person has read and accepted it"), (False, "no person has read it"), (None, "nothing is said")],
)
def test_a_text_by_a_machine_says_whether_a_person_read_it(
    client: Client, node: Node, reviewed: bool | None, said: str
) -> None:
    marking: dict[str, JsonValue] = {"provenance": "ai_assisted", "assistance": "generated"}
    if reviewed is not None:
        marking["reviewed_by_person"] = reviewed
    record = node.publish(factories.content(marking=marking))

    page = client.get(f"/r/{record.number}").text

    assert f'<p class="notice">A machine wrote it; {said}' in page


def test_who_reports_is_told_on_the_page_and_in_lists(client: Client, node: Node) -> None:
    record = node.publish(factories.content(marking={"reported_by": "self"}))

    assert "Self-reported" in client.get(f"/r/{record.number}").text
    assert "Self-reported" in client.get("/incidents").text


def test_an_organisations_page_keeps_its_own_reports_and_those_of_others_apart(client: Client, node: Node) -> None:
    accounts.add_organisation(node.registry, LOCAL_OPERATOR, slug="delta", name="Delta", kind=OrganisationKind.PROVIDER)
    own = node.publish(factories.content(title="We tell it ourselves", systems=[{"provider": "Delta"}]))
    node.publish(factories.content(Kind.STATEMENT, about=own.uid, title="What we say of it"))

    ours, theirs = (client.get(f"/organisations/{slug}").text for slug in ("acme", "delta"))

    assert "We tell it ourselves" in ours.partition("Recorded by it")[2].partition("Its statements on records")[0]
    assert "What we say of it" in ours.partition("Its statements on records")[2]
    assert "It has no public records." in theirs
    assert "We tell it ourselves" in theirs.partition("Recorded by others about its systems")[2]


def test_search_engines_keep_nothing_of_what_could_expose_somebody(client: Client, node: Node) -> None:
    source: JsonValue = [{"url": "https://example.org/who-it-was", "title": "Who it was"}]
    children: JsonValue = [{"type": "psychological", "stakeholder": "children"}]
    minors = node.put_out(node.submit(factories.content(harms=children, sources=source)))
    plain = node.publish(factories.content(sources=source))

    kept, open_ = client.get(f"/r/{minors.number}"), client.get(f"/r/{plain.number}")

    assert "noindex" == kept.headers["x-robots-tag"] == client.get(f"/r/{minors.number}.json").headers["x-robots-tag"]
    assert '<meta name="robots" content="noindex">' in kept.text
    assert "example.org/who-it-was" not in kept.text
    assert "until somebody has checked that they expose no private person" in kept.text
    assert "x-robots-tag" not in open_.headers
    assert "example.org/who-it-was" in open_.text


def test_a_mitigation_leads_to_the_weakness_it_acts_against_and_back(client: Client, node: Node) -> None:
    weakness = node.publish(factories.content(Kind.WEAKNESS))
    measure = node.publish(factories.content(Kind.MITIGATION, addresses=[{"weakness": weakness.uid}]))

    assert f'href="/r/{weakness.number}"' in client.get(f"/r/{measure.number}").text
    there = client.get(f"/r/{weakness.number}").text
    assert f'href="/r/{measure.number}"' in there.partition("Mitigations that act against it")[2]


def test_a_hidden_incident_of_evidence_is_not_named(client: Client, node: Node) -> None:
    hidden = node.publish(factories.content(marking={"tlp": "AMBER"}))
    evidence: JsonValue = [{"setting": "production", "outcome": "effective", "incident": hidden.uid}]
    measure = node.publish(factories.content(Kind.MITIGATION, evidence=evidence))

    page = client.get(f"/r/{measure.number}").text

    assert "Effective" in page
    assert str(hidden.number) not in page
    assert hidden.uid not in page


@pytest.mark.parametrize("attack", ATTACKS[1:8:3])
@pytest.mark.parametrize("kind", list(Kind))
def test_markup_in_any_field_stays_text(client: Client, node: Node, kind: Kind, attack: str) -> None:
    document = json.loads(Path(f"docs/examples/{kind}.json").read_text(encoding="utf-8"))["content"]
    content = _attacked(document, PUBLIC[kind], attack)
    for name in ("links", "evidence", "addresses", "classifications", "upstream"):
        content.pop(name, None)
    if kind is Kind.USAGE_POLICY:
        content["clauses"] = content["clauses"][:1]  # two clauses have no path in common
    if kind is Kind.STATEMENT:
        content["about"] = node.publish(factories.content()).uid
    assert 4 < str(content).count(str(attack)[:9])
    record = node.publish(parse(kind, content=content, marking={"tlp": "CLEAR", "reported_by": "self"}))

    paths = [f"/r/{record.number}", wording.LISTS[kind], "/search", f"/r/{record.number}/compare/{record.number}"]
    for path in paths:
        assert_inert(client.get(path).text)


def _attacked(value: Any, model: Any, attack: str) -> Any:
    """The document with the attack in place of every free text; what is no free text stays."""
    if isinstance(value, dict):
        return {name: _attacked(item, leaves_of(model)[name], attack) for name, item in value.items()}
    if isinstance(value, list):
        return [_attacked(item, model, attack) for item in value]
    is_free = isinstance(value, str) and model is str and (" " in value or value[:1].isupper() or value[:1].isdigit())
    fixed = re.fullmatch(r"[0-9a-f-]{36,64}|https://.*|\d{4}(-.*)?|A[A-Z0-9.]+|[A-Z]{2}", value) if is_free else None
    return attack if is_free and not fixed else value


def _leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    if name in SAID_OTHERWISE:
        return
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _leaves(item, key)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(item, name)
    else:
        yield name, value


def _ways(name: str, value: Any) -> set[str]:
    """How a value may be written on a page."""
    if isinstance(value, bool):
        return {"Others came to the same result", "What it was used for", "The system itself"}
    if isinstance(value, int):
        return {f"{value:,}", wording.severity(value)}
    if len(value) == 36 and value.count("-") == 4:
        return {"LOCAL-"}
    labels = {term.label for vocabulary in terms.ALL if (term := vocabulary.find(value))}
    dated = {wording.when(value)} if re.fullmatch(r"\d{4}(-\d\d.*)?", value) and precision_of(value) else set()
    plain = value.replace("**", "")
    return {
        value,
        *plain.split("\n\n")[:1],
        wording.words(value),
        wording.surface(value),
        *labels,
        *dated,
        *_set(value),
    }


def _set(value: str) -> set[str]:
    return {said for setting, said in meanings.SETTINGS.items() if setting == value}


def _seen(page: str) -> str:
    """The words of a page and the addresses it links to."""
    links = " ".join(re.findall(r'href="([^"]+)"', page))
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", "", page))
    return html.unescape(f"{text} {links}")
