"""Pages of saved searches: kept, named, shared by a link, followed by a feed, and ended by the link in a letter."""

from __future__ import annotations

import re
from xml.dom import minidom

import pytest

from registry.domain.actor import ANONYMOUS, SYSTEM
from registry.domain.digest import Digest
from registry.domain.saved_search import SavedSearch
from registry.service import saved_searches, search_alerts
from tests import factories
from tests.client import Client
from tests.service.world import alter
from tests.web.node import Node


@pytest.fixture
def member(node: Node) -> dict[str, str]:
    """The headers of the submitter's browser."""
    return {"Sec-Fetch-Site": "same-origin", "Authorization": f"Bearer {node.key_of_submitter()}"}


def keep(node: Node, text: str = "spam", name: str = "Spam waves") -> SavedSearch:
    """A saved search of the submitter."""
    return saved_searches.save(node.registry, node.submitter, name=name, text=text, address=f"q={text}")


def look(node: Node) -> None:
    """Tell the searches of what newly matches."""
    node.catch_up()
    while search_alerts.find_matches(node.registry, SYSTEM):
        pass


def test_a_member_saves_renames_follows_and_deletes_a_search(
    client: Client, node: Node, member: dict[str, str]
) -> None:
    offered = client.get("/me/searches?q=spam&misuse=spam&sort=published", headers=member).text
    address = re.search(r'name="address" value="([^"]*)"', offered)
    assert address is not None
    said = {"step": "save", "name": "Spam waves", "address": address[1].replace("&amp;", "&")}
    saved = client.post("/me/searches", data=said, headers=member)
    (search,) = saved_searches.saved_searches(node.registry, node.submitter)
    which = {"search": search.id}
    renamed = client.post("/me/searches", data={"step": "rename", "name": "Waves"} | which, headers=member)
    told = client.post("/me/searches", data={"step": "alerts", "digest": "weekly"} | which, headers=member)
    (changed,) = saved_searches.saved_searches(node.registry, node.submitter)
    gone = client.post("/me/searches", data={"step": "delete"} | which, headers=member)

    assert 'value="The text has “spam” and misuse is “Spam and bulk content”"' in offered
    assert ('spam misuse:"spam"', "q=spam&misuse=spam&sort=published") == (search.text, search.address)
    assert [200] * 4 == [one.status_code for one in (saved, renamed, told, gone)]
    assert ("Waves", Digest.WEEKLY) == (changed.name, changed.digest)
    assert "private, no-store" == saved.headers["Cache-Control"]
    assert "You have saved no search." in gone.text


@pytest.mark.parametrize(
    ("said", "status", "words"),
    [
        ({"step": "save", "name": "", "address": "q=spam"}, 400, "give the search a name"),
        ({"step": "save", "name": "<script>alert(1)</script>", "address": "q=("}, 400, "column"),
        ({"step": "rename", "search": "nothing", "name": "x"}, 404, "no such saved search"),
        ({"step": "alerts", "search": "nothing", "digest": "always"}, 400, "one of these is expected"),
        ({"step": "dance"}, 400, "choose what to do"),
    ],
)
def test_what_is_wrong_is_said_on_the_page(
    client: Client, member: dict[str, str], said: dict[str, str], status: int, words: str
) -> None:
    answer = client.post("/me/searches", data=said, headers=member)

    assert status == answer.status_code
    assert words in answer.text.lower()
    assert "<script>alert" not in answer.text


def test_strangers_are_sent_to_sign_in_and_back_with_their_search(client: Client) -> None:
    answer = client.get("/me/searches?q=%22a+wave%22&misuse=spam&misuse=fraud", follow_redirects=False)

    form = client.get(answer.headers["Location"])

    assert 303 == answer.status_code
    assert 'name="next" value="/me/searches?q=%22a+wave%22&amp;misuse=spam&amp;misuse=fraud"' in form.text


def test_anybody_with_the_link_sees_the_search_and_never_whose_it_is(client: Client, node: Node) -> None:
    search = keep(node)
    record = node.publish(factories.content(title="A wave of spam"))
    node.submit(factories.content(title="A hidden wave of spam"))
    node.catch_up()

    answer = client.get(f"/s/{search.token}")

    assert 200 == answer.status_code
    assert "Spam waves" in answer.text
    assert "<strong>1 record</strong> where the text has “spam”." in answer.text
    assert f"/r/{record.number}" in answer.text
    assert "hidden wave" not in answer.text
    assert "noindex" in answer.text
    assert search.person not in answer.text
    assert search.id not in answer.text
    assert f'href="/s/{search.token}.atom"' in answer.text


def test_the_feed_of_a_saved_search_tells_each_match_once_and_later_revisions_are_no_news(
    client: Client, node: Node
) -> None:
    node.publish(factories.content(title="Spam before"))
    look(node)
    search = keep(node)
    record = node.publish(factories.content(title="Spam after"))
    look(node)
    first = client.get(f"/s/{search.token}.json")
    node.revise(record, factories.content(title="Spam after, revised"))
    look(node)
    second = client.get(f"/s/{search.token}.json")
    by_atom = client.get(f"/s/{search.token}.atom")
    known = client.get(f"/s/{search.token}.atom", headers={"If-None-Match": by_atom.headers["ETag"]})

    shown = [[(one["id"], one["date_modified"]) for one in answer.json()["items"]] for answer in (first, second)]
    assert [(f"urn:uuid:{record.uid}", "2026-03-14T15:00:00.000000Z")] == shown[0] == shown[1]
    assert "Spam after, revised" == second.json()["items"][0]["title"]
    assert 1 == len(minidom.parseString(by_atom.content).getElementsByTagName("entry"))
    assert 304 == known.status_code
    assert "Spam waves · Incident Commons" == first.json()["title"]


def test_a_search_that_cannot_be_read_any_more_says_so_and_is_kept(
    client: Client, node: Node, member: dict[str, str]
) -> None:
    search = keep(node)
    alter(node.registry, "UPDATE saved_searches SET text = 'misuse:spamm'")

    own = client.get("/me/searches", headers=member).text
    shared = client.get(f"/s/{search.token}")
    feed = client.get(f"/s/{search.token}.atom")

    assert "cannot be read any more" in own
    assert "misuse:spamm" in own
    assert (200, 200) == (shared.status_code, feed.status_code)
    assert "cannot be read any more" in shared.text


@pytest.mark.parametrize("ending", ["", ".atom", ".json", "/letters/x"])
def test_a_link_that_leads_nowhere_is_not_found(client: Client, ending: str) -> None:
    for token in ("nothing", "é"):
        assert 404 == client.get(f"/s/{token}{ending}").status_code


def test_the_link_in_a_letter_asks_first_and_then_ends_the_letters(client: Client, node: Node) -> None:
    search = keep(node)
    saved_searches.change(node.registry, node.submitter, search.id, digest="daily")
    path = f"/s/{search.token}/letters/{saved_searches.quiet_secret(node.registry, search.id)}"

    asked = client.get(path)
    before = saved_searches.shared(node.registry, ANONYMOUS, search.token).digest
    ended = client.post(path, headers={"Sec-Fetch-Site": "same-origin"})
    after = saved_searches.shared(node.registry, ANONYMOUS, search.token).digest

    assert (200, 200) == (asked.status_code, ended.status_code)
    assert "private, no-store" == asked.headers["Cache-Control"]
    assert (Digest.DAILY, Digest.NEVER) == (before, after)
    assert 404 == client.post(f"/s/{search.token}/letters/wrong").status_code


def test_what_one_member_sees_of_matches_does_not_depend_on_what_others_hide(
    client: Client, node: Node, member: dict[str, str]
) -> None:
    search = keep(node)
    look(node)
    paths = [f"/s/{search.token}{ending}" for ending in ("", ".atom", ".json")]
    before = [client.get(path).content for path in paths] + [client.get("/me/searches", headers=member).content]

    node.submit(factories.content(title="Hidden spam"))
    node.publish(factories.content(title="Closed spam", marking={"tlp": "RED"}))
    look(node)

    after = [client.get(path).content for path in paths] + [client.get("/me/searches", headers=member).content]
    assert before == after
