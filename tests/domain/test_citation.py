"""References as bibliographies read them, whatever stands in a title."""

from __future__ import annotations

import re
from datetime import date

import pytest

from registry.domain.citation import Reference, bibtex, csl, ris
from tests.bibliography import read_bibtex, read_ris

HOSTILE = (
    'Said "so" 100% & more_or_less #1 {sic} $5 ~ ^ \\end',
    "line\u2028break\u0085and\ttab",
    "\u05e9\u05dc\u05d5\u05dd \u0639\u0631\u0628\u064a",
    "Emoji \U0001f9ea\U0001f468\u200d\U0001f469",
    "}, author = {Somebody else",
    "ER  - x",
    "@misc{other,",
)


def reference(title: str = "A wave of spam", **more: object) -> Reference:
    given = {
        "key": "LOCAL-INC-2026-0001",
        "author": "Acme & Sons",
        "title": title,
        "registry": "Incident Commons",
        "version": 2,
        "published_on": date(2026, 3, 4),
        "url": "https://registry.test/r/LOCAL-INC-2026-0001",
        "licence": "CC-BY-4.0",
        "notes": ("Imported from https://x.example/a_b.", "Content warning: violence"),
    }
    return Reference(**{**given, **more})  # type: ignore[arg-type]


@pytest.mark.parametrize("title", HOSTILE)
def test_a_title_comes_back_out_of_each_format(title: str) -> None:
    one, line = reference(title), " ".join(title.split())

    (entry,) = read_bibtex(bibtex(one))
    (item,) = read_ris(ris(one) + "\r\n")

    assert (line, "Acme & Sons") == (entry["title"], entry["author"])
    assert [line] == item["TI"]
    assert line == csl(one)["title"]


def test_a_reference_tells_version_day_licence_and_what_to_mind() -> None:
    (entry,) = read_bibtex(bibtex(reference()))
    (item,) = read_ris(ris(reference()))
    told = csl(reference())

    note = "Imported from https://x.example/a_b. Content warning: violence"
    assert ("2", "2026", "CC-BY-4.0", note) == tuple(entry[name] for name in ("version", "year", "copyright", "note"))
    assert [["2"], ["2026/03/04/"]] == [item["ET"], item["DA"]]
    assert ["Licence CC-BY-4.0", "Imported from https://x.example/a_b.", "Content warning: violence"] == item["N1"]
    assert {"date-parts": [[2026, 3, 4]]} == told["issued"]
    assert ("CC-BY-4.0", note) == (told["license"], told["note"])


def test_what_was_never_published_has_no_day() -> None:
    one = reference(published_on=None, licence="", notes=())

    assert not re.search("year|copyright|note", bibtex(one))
    assert not {"PY", "DA", "N1"} & set(read_ris(ris(one))[0])
    assert not {"issued", "license", "note"} & set(csl(one))
