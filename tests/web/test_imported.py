"""What waits of a source, in a browser: told with its source and reason, ticked in a list, and accepted together."""

from __future__ import annotations

import re

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import Finding
from registry.domain.record import Record, State
from registry.service import import_runs
from tests.factories import source, take_in
from tests.service.world import stored
from tests.web.test_review import Desk, desk, key_of, said

__all__ = ["desk"]

LIST = "/review/imported/wiki"
WIKI = source("wiki", "A <wiki>")
PLAIN = {"misuse_categories": ["spam"], "marking": {"tlp": "CLEAR"}, "restricted": {}}


def waiting(desk: Desk, *titles: str, **fields: object) -> list[Record]:
    """Records of the source that wait, with these titles."""
    registry = desk.node.registry
    contents = [
        said(**(PLAIN | fields), title=title, upstream={"source": "wiki", "id": title, "sha256": "0" * 64})
        for title in titles
    ]
    take_in(registry, LOCAL_OPERATOR, WIKI, contents)
    with registry.storage.read() as reader:
        found = reader.records.by_upstreams("wiki", titles)
    return [found[title] for title in titles]


def tick(*records: Record, revision: int = 1) -> dict[str, str]:
    return {f"record:{one.uid}": str(revision) for one in records}


def test_the_queue_tells_source_and_reason_and_is_narrowed_by_links(desk: Desk) -> None:
    [record] = waiting(desk, "Planted one")
    run = import_runs.begin(desk.node.registry, LOCAL_OPERATOR, WIKI)
    held = Finding("wiki", "Planted one", "PERSON_NAMED", "summary", refused=False, held=True)
    import_runs.keep_findings(desk.node.registry, LOCAL_OPERATOR, run, [held])
    own = desk.node.submit(said(title="Marigold"))

    every, narrowed, other = (desk.get(f"/review{one}").text for one in ("", "?source=wiki", "?source=%3Cx%3E%26"))

    assert "From A &lt;wiki&gt;: a person may be named" in every
    assert '<a href="/review?source=wiki">A &lt;wiki&gt;</a>' in every
    assert (True, False) == (str(record.uid) in narrowed, str(own.uid) in narrowed)
    assert f'href="{LIST}"' in narrowed
    assert "Planted" not in every + narrowed
    assert "Nothing waits." in other
    assert "<x>" not in other


def test_what_is_ticked_is_published_and_what_is_refused_is_told_by_title(desk: Desk) -> None:
    first, second, third = waiting(desk, "Title <one>", "Title two", "Title three")

    shown = desk.get(LIST)
    done = desk.post(LIST, **tick(first), **tick(second, revision=9))

    assert "private, no-store" == shown.headers["cache-control"]
    assert "Title &lt;one&gt;" in shown.text
    assert 3 == shown.text.count('type="checkbox"')
    assert "checked" not in shown.text
    assert (200, True) == (done.status_code, "These stay as they were" in done.text)
    assert [State.PUBLISHED, State.SUBMITTED, State.SUBMITTED] == [
        stored(desk.node.registry, one.uid).state for one in (first, second, third)
    ]
    assert re.search(rf'href="/review/{second.uid}" dir="auto">Title two</a>', done.text)
    assert 2 == done.text.count('type="checkbox"')


def test_a_form_without_ticks_or_with_nonsense_publishes_nothing(desk: Desk) -> None:
    [record] = waiting(desk, "Title one")

    empty = desk.post(LIST, other="1")
    stale = desk.post(LIST, **tick(record, revision=7))
    nonsense = desk.post(LIST, **{"record:<b>": "x", "record:": "", "other": "1"})
    elsewhere = desk.post("/review/imported/nowhere", **tick(record))

    assert [400, 409, 409, 409] == [one.status_code for one in (empty, stale, nonsense, elsewhere)]
    assert "Say which records" in empty.text
    assert "<b>" not in nonsense.text
    assert State.SUBMITTED is stored(desk.node.registry, record.uid).state


def test_what_has_to_be_opened_has_no_box(desk: Desk) -> None:
    waiting(desk, "Title one", misuse_categories=["ncii"])

    shown = desk.get(LIST).text

    assert "all about people has to be confirmed" in shown
    assert 'type="checkbox"' not in shown


def test_nobody_else_lists_or_accepts(desk: Desk) -> None:
    [record] = waiting(desk, "Title one")
    submitter = Desk(desk.client, desk.node, key_of(desk.node, desk.node.submitter))

    answers = [submitter.get(LIST), submitter.post(LIST, **tick(record))]

    assert [403, 403] == [one.status_code for one in answers]
    assert not any("Title one" in one.text for one in answers)
    assert 303 == desk.client.get(LIST, follow_redirects=False).status_code
    assert State.SUBMITTED is stored(desk.node.registry, record.uid).state


def test_a_source_of_which_nothing_waits_is_no_error(desk: Desk) -> None:
    for path in ("/review/imported/nowhere", LIST + "?skip=50", LIST + "?skip=nonsense"):
        answer = desk.get(path)
        assert (200, True) == (answer.status_code, "Nothing waits of this source." in answer.text)
