"""What another node wrote steers nothing here: no page, no table, no feed, no platform, no terminal, no header."""

from __future__ import annotations

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import pytest

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.change import ChangeKind
from registry.domain.dump.shape import CSV
from registry.domain.errors import InvalidInput
from registry.domain.policy import EVERYTHING
from registry.domain.record import State
from registry.service.federation import peering
from registry.service.interop import placing
from registry.service.writing import log
from tests.clocks import CountingIds, FixedClock
from tests.factories import content
from tests.federation.forging import lying_of_itself
from tests.federation.test_health import operator_of
from tests.federation.world import Sister, Sisterhood, marked, sisterhood
from tests.web.node import Furnished
from web.dumps.making import make_public

FORMULA = "=cmd|' /C calc'!A0"
SCRIPT = "<script>alert(1)</script>"
NAME = f"@SUM(1) {SCRIPT} \"onmouseover=alert(1) x=' ]]> {{7*7}}"
TITLE = f"{FORMULA} {SCRIPT} ]]> --> \"onmouseover=alert(1) x='"
PROSE = f"[x](javascript:alert(1)) <img src=x onerror=alert(1)>\n\n<javascript:alert(1)>\n\n{SCRIPT}\n\n=1+1;@x;\t-2"
ADDRESS = "https://spam.example/\"onmouseover=alert(1)'><script>"
TRACE = "a.example' OR file:name = 'x"
QUOTE, ESCAPED = "'", "\\'"


class Steering(HTMLParser):
    """Collects what a browser would run: scripts with their text, handlers, and addresses of scripts."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._in_script = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Look at a tag and its attributes."""
        self._in_script = tag == "script"
        for name, value in attrs:
            bare = "".join((value or "").split()).lower()
            if name.startswith("on") or bare.startswith(("javascript:", "data:text")) or name == "srcdoc":
                self.found.append(f"{tag} {name}={value}")

    def handle_data(self, data: str) -> None:
        """Look at what stands in a script."""
        if self._in_script and "alert(1)" in data and not data.lstrip().startswith("{"):
            self.found.append(data)

    def handle_endtag(self, tag: str) -> None:
        """Leave a script."""
        self._in_script = self._in_script and tag != "script"


def steering(page: str) -> list[str]:
    """What of a page a browser would run."""
    reader = Steering()
    reader.feed(page)
    return reader.found


@pytest.fixture(scope="module")
def taken(tmp_path_factory: pytest.TempPathFactory, furnished: Furnished) -> Iterator[tuple[Sister, Sister, str]]:
    """What ``hostile`` makes; no test alters it."""
    with sisterhood(tmp_path_factory.mktemp("foreign"), furnished, FixedClock(), CountingIds()) as sisters:
        yield hostile(sisters)


def hostile(sisters: Sisterhood) -> tuple[Sister, Sister, str]:
    """A node that took a record whose every text was written to do harm, the node that wrote it, and its number."""
    one, other = sisters.found("a", title=NAME), sisters.found("b")
    sisters.befriend(one, other)
    with one.registry.storage.begin() as unit:
        owner = unit.accounts.organisation_by_slug("acme")
        assert owner is not None
        unit.accounts.save_organisation(replace(owner, name=NAME))
    sources = [{"url": ADDRESS, "title": FORMULA, "publisher": NAME}]
    restricted = {"indicators": [{"type": "domain", "value": TRACE}, {"type": "filename", "value": FORMULA}]}
    marking = marked("CLEAR", restricted_tlp="GREEN")
    written = content(
        title=TITLE, summary=PROSE, sources=sources, aliases=[FORMULA], restricted=restricted, marking=marking
    )
    record = one.node.publish(written)
    other.pull(one)
    assert [] == other.refused(one)
    other.node.catch_up()
    while placing.place_changes(other.registry, SYSTEM):
        pass
    assert record.number is not None
    return other, one, record.number


def member_of(sister: Sister) -> dict[str, str]:
    """What a member of the community sends with each request."""
    return {"Authorization": f"Bearer {sister.node.key_of_submitter()}"}


def formulas(table: str) -> list[str]:
    """Cells of a table that a spreadsheet would run."""
    rows = csv.reader(io.StringIO(table, newline=""))
    return [cell for row in rows for cell in row if cell.lstrip(' "').startswith(("=", "+", "-", "@", "\t", "\r"))]


def test_no_page_of_a_foreign_record_runs_what_stands_in_it(taken: tuple[Sister, Sister, str]) -> None:
    other, one, number = taken
    operator = operator_of(other)

    paths = (f"/r/{number}", f"/r/{number}/history", "/search?q=cmd", "/organisations", "/sync")
    pages = {path: other.client.get(path, headers=operator if path == "/sync" else {}) for path in paths}

    assert dict.fromkeys(paths, (200, True)) == {
        path: (page.status_code, "&lt;script&gt;alert(1)" in page.text) for path, page in pages.items()
    }
    assert {path: list[str]() for path in paths} == {path: steering(page.text) for path, page in pages.items()}
    assert all("unsafe-inline" not in page.headers["content-security-policy"] for page in pages.values())
    assert one.dns in pages["/sync"].text


def test_no_table_of_foreign_records_holds_a_formula(taken: tuple[Sister, Sister, str]) -> None:
    other, _, _ = taken
    made = make_public(other.registry)
    assert made is not None

    export = other.client.get("/export.csv")
    dump = other.client.get(f"/dumps/{made.name}/{CSV}")

    assert TITLE in export.text.replace('""', '"')
    assert [[], []] == [formulas(export.text), formulas(gzip.decompress(dump.content).decode())]
    told = export.headers["content-disposition"], dump.headers["content-disposition"]
    assert ('attachment; filename="export.csv"', f'attachment; filename="{CSV}"') == told


def test_feeds_and_platforms_get_the_words_of_a_foreign_record_as_words(taken: tuple[Sister, Sister, str]) -> None:
    other, _, number = taken

    atom = ET.fromstring(other.client.get("/search.atom").content)
    feed = other.client.get("/search.json").json()
    bundle = other.client.get(f"/r/{number}.stix.json").json()["objects"]
    events = other.client.get("/feeds/misp/manifest.json").json()

    titles = [one.text for one in atom.iter("{http://www.w3.org/2005/Atom}title")][1:]
    titles += [one["title"] for one in feed["items"]]
    titles += [one["name"] for one in bundle if one["type"] == "report"]
    titles += [one["info"] for one in events.values()]
    assert [TITLE] * 4 == titles
    assert set() == {one.tag.rpartition("}")[2] for one in atom.iter()} & {"script", "img"}
    assert not any("content_html" in one for one in feed["items"])
    assert all("x_" not in name[:2] for one in bundle for name in one)


def test_an_indicator_of_a_foreign_record_ends_no_pattern_early(taken: tuple[Sister, Sister, str]) -> None:
    other, _, number = taken

    bundle = other.client.get(f"/r/{number}.stix.json", headers=member_of(other)).json()["objects"]

    assert [
        f"[domain-name:value = '{TRACE.replace(QUOTE, ESCAPED)}']",
        f"[file:name = '{FORMULA.replace(QUOTE, ESCAPED)}']",
    ] == [one["pattern"] for one in bundle if one["type"] == "indicator"]


@pytest.mark.parametrize("title", ["\x1b]0;owned\x07", "two\nlines", "\u202egnp.exe", "carriage\rreturn"])
def test_a_node_whose_name_would_steer_a_terminal_or_a_log_is_not_taken_in(sisters: Sisterhood, title: str) -> None:
    here, liar = sisters.found("a"), sisters.found("b")
    lying_of_itself(sisters, liar, lambda document: document.update(title=title))

    with pytest.raises(InvalidInput):
        peering.add(here.registry, LOCAL_OPERATOR, liar.registry.settings.base_url)


@pytest.mark.parametrize("words", ["\x1b[2Jgone", "\u202edesrever", "bell\x07"])
def test_no_word_of_a_foreign_tombstone_steers_a_terminal(sisters: Sisterhood, words: str) -> None:
    other, liar = sisters.friends("a", "b")
    record = liar.node.publish(content(title="Soon gone"))
    liar.sign()
    with liar.registry.storage.begin() as unit:
        found = unit.records.get(record.uid, visible=EVERYTHING)
        assert found is not None
        gone = replace(found, state=State.WITHDRAWN, reason=words, withdrawn_at=liar.registry.clock.now())
        unit.records.put_back(gone)
        log(unit, SYSTEM, gone, ChangeKind.WITHDRAW, public=True, reason=words)

    other.pull(liar)

    assert ["INVALID_TEXT"] == other.refused(liar)
    assert words not in str(other.record(record.uid))
