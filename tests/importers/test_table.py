"""Tables of any shape: how files are read, what a mapping makes of a row, and what is found in broken ones."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from importers.contract import Draft, Parsed, RawDocument
from importers.preparing import prepare
from importers.sources.table import IMPORTER
from importers.table.mapping_file import read_mapping
from registry.domain.canonical import JsonValue
from registry.domain.errors import InvalidInput
from registry.domain.finding import Finding

FIELDS: dict[str, JsonValue] = {"title": "Title", "summary": "Text"}


def read(body: bytes | str, name: str = "cases.csv", **mapping: JsonValue) -> list[Parsed]:
    """What a mapping of *Title* and *Text* makes of a file; keywords replace or add entries of the mapping."""
    options: Mapping[str, JsonValue] = {"mapping": {"id": "Id", "fields": FIELDS, **mapping}}
    raw = RawDocument(name, body.encode() if isinstance(body, str) else body)
    return list(IMPORTER.parse(raw, replace(IMPORTER.source, options=options)))


def drafts(parsed: list[Parsed]) -> list[Draft]:
    return [one for one in parsed if isinstance(one, Draft)]


def codes(parsed: list[Parsed], *, refused: bool | None = None) -> list[str]:
    return [one.code for one in parsed if isinstance(one, Finding) and refused in {None, one.refused}]


def content(column: str, cell: str, path: str, **mapping: Any) -> tuple[Any, list[str]]:
    """What stands at *path* once *cell* fills it, and what was found."""
    fields = {**FIELDS, path: mapping.pop("rule", column)}
    parsed = read(
        json.dumps([{"Id": "1", "Title": "t", "Text": "s", column: cell}]), "a.json", fields=fields, **mapping
    )
    value: Any = drafts(parsed)[0].content
    for step in path.split("."):
        value = value[0].get(step) if isinstance(value, list) and value else value.get(step) if value else None
    return value, codes(parsed)


@pytest.mark.parametrize(
    "body",
    [
        "Id,Title,Text\n1,Größe,s\n".encode(),
        "\ufeffId,Title,Text\r\n1,Größe,s\r\n".encode(),
        "Id;Title;Text\n1;Größe;s\n".encode("utf-16"),
        "Id\tTitle\tText\n1\tGröße\ts\n".encode("utf-16-le"),
        b"sep=|\nId|Title|Text\n1|Gr\xc3\xb6\xc3\x9fe|s\n",
        "\n,,\nRegister of cases,,\nId,Title,Text\n1,Größe,s\n".encode(),
        "Id,Title,Text,,\n1,Größe,s,,\n,,,,\n".encode(),
    ],
)
def test_whatever_the_dialect_the_same_row_is_read(body: bytes) -> None:
    parsed = read(body)

    assert [] == codes(parsed)
    assert [("1", "Größe")] == [(one.upstream_id, one.content["title"]) for one in drafts(parsed)]


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.json", '[{"Id": 1, "Title": "t", "Text": "s"}]'),
        ("a.json", '{"page": 1, "data": {"items": [{"Id": 1, "Title": "t", "Text": "s"}]}}'),
        ("a.json", '{"Id": 1, "Title": "t", "Text": "s", "links": [{"href": "https://a.example"}]}'),
        ("a.json", '{"Id": 1, "Title": "t", "Text": "s"}\n{"Id": 2, "Title": "t", "Text": "s"}'),
        ("a.jsonl", '{"Id": 1, "Title": "t", "Text": "s"}\n\n'),
        ("a.txt", '{"one": {"Id": 1, "Title": "t", "Text": "s"}, "two": {"Id": 2, "Title": "t", "Text": "s"}}'),
    ],
)
def test_records_are_found_wherever_json_has_them(name: str, body: str) -> None:
    assert "1" == drafts(read(body, name))[0].upstream_id


def test_an_encoding_that_is_not_said_is_asked_for_and_one_that_is_said_is_used() -> None:
    body = "Id,Title,Text\n1,Größe,s\n".encode("cp1252")

    assert ["BROKEN_DOCUMENT"] == codes(read(body), refused=True)
    assert "Größe" == drafts(read(body, encoding="cp1252"))[0].content["title"]


def test_what_is_odd_in_rows_is_told_and_the_others_are_taken() -> None:
    body = 'Id,Title,Text\n1,t,s\n2,t,s,more\n,t,s\n1,t,s\n3,t\n4,"=SUM(A1)",s\n'

    parsed = read(body)

    assert ["RAGGED_ROW", "MISSING", "DUPLICATE_ID", "MISSING"] == codes(parsed, refused=True)
    assert ["1", "4"] == [one.upstream_id for one in drafts(parsed)]
    assert "=SUM(A1)" == drafts(parsed)[-1].content["title"]


def test_a_quotation_mark_that_is_never_closed_takes_the_last_row_only() -> None:
    parsed = read('Id,Title,Text\n1,t,s\n2,"t,s\n3,t,s\n4,t,s\n')

    assert ["UNCLOSED_QUOTE"] == codes(parsed)
    assert ["1"] == [one.upstream_id for one in drafts(parsed)]


def test_columns_of_one_name_and_without_a_name_are_told_apart() -> None:
    fields: dict[str, JsonValue] = {**FIELDS, "sources.url": ["Link", "Link (2)", "column 6"]}

    parsed = read("Id,Title,Text,Link,Link,\n1,t,s,https://a.example/,,https://b.example/\n", fields=fields)

    assert [{"url": "https://a.example/"}, {"url": "https://b.example/"}] == drafts(parsed)[0].content["sources"]


@pytest.mark.parametrize(
    ("cell", "expected"),
    [
        ("2026-03-14", "2026-03-14"),
        ("14.03.2026", "2026-03-14"),
        ("3/14/2026", "2026-03-14"),
        ("14 March 2026", "2026-03-14"),
        ("März 2026", "2026-03"),
        ("2026", "2026"),
        ("2026-03-14T10:00:00+02:00", "2026-03-14T08:00:00Z"),
        ("2026-03-14 10:00", "2026-03-14"),
        ("1773446400", "2026-03-14T00:00:00Z"),
    ],
)
def test_a_date_is_as_exact_as_it_was_written(cell: str, expected: str) -> None:
    assert (expected, []) == content("When", cell, "timeline.started")


def test_a_date_that_may_mean_two_days_is_refused_until_the_mapping_says_which() -> None:
    assert (None, ["AMBIGUOUS_DATE"]) == content("When", "03/04/2026", "timeline.started")
    assert ("2026-04-03", []) == content("When", "03/04/2026", "timeline.started", dayfirst=True)
    assert ("2026-03-04", []) == content("When", "03/04/2026", "timeline.started", dates=["%m/%d/%Y"])


@pytest.mark.parametrize(
    ("path", "cell", "expected"),
    [
        ("severity", "4", 4),
        ("scale.accounts", "1,234", 1234),
        ("misuse_categories", "Phishing and social engineering", ["cyber/phishing"]),
        ("targets.country", "Germany", "DE"),
        ("sources.url", "see www.example.org/a and more", "https://www.example.org/a"),
        ("sources.url", "www.example.org/a", "https://www.example.org/a"),
    ],
)
def test_cells_become_what_the_field_takes(path: str, cell: str, expected: JsonValue) -> None:
    assert expected == content("Column", cell, path)[0]


@pytest.mark.parametrize(
    ("path", "cell", "code"),
    [
        ("severity", "high", "BAD_NUMBER"),
        ("severity", "9", "OUT_OF_RANGE"),
        ("timeline.started", "last winter", "BAD_DATE"),
        ("misuse_categories", "cold calls", "UNKNOWN_TERM"),
        ("targets.country", "Atlantis", "UNKNOWN_COUNTRY"),
        ("sources.url", "javascript:alert(1)", "BAD_URL"),
        ("objective", "x" * 400, "TOO_LONG"),
        ("platforms", "x" * 1_000_000, "TOO_LONG"),
    ],
)
def test_what_does_not_fit_is_left_out_with_a_finding_that_does_not_repeat_it(path: str, cell: str, code: str) -> None:
    parsed = read(
        json.dumps([{"Id": "1", "Title": "t", "Text": "s", "Column": cell}]),
        "a.json",
        fields={**FIELDS, path: "Column"},
    )

    assert [code] == codes(parsed, refused=False)
    assert path.partition(".")[0] not in drafts(parsed)[0].content
    assert all(cell not in one.message for one in parsed if isinstance(one, Finding))


def test_words_that_the_mapping_knows_become_its_terms_and_the_record_says_so() -> None:
    words: JsonValue = {"misuse_categories": {"Cold Calls": "fraud/scam", "misc": ""}}
    rule = {"column": "Type", "separator": ";"}

    parsed = read(
        "Id,Title,Text,Type\n1,t,s,cold  calls;misc;spam\n", fields={**FIELDS, "misuse_categories": rule}, values=words
    )

    (draft,) = drafts(parsed)
    assert ["fraud/scam", "spam"] == draft.content["misuse_categories"]
    assert [("misuse_categories", "table-mapping@1", "Type")] == [
        (one.field, one.by, one.basis) for one in draft.mapped
    ]
    assert [] == codes(parsed)


def test_lists_beside_each_other_make_objects_and_a_single_value_stands_for_all() -> None:
    fields: dict[str, JsonValue] = {
        **FIELDS,
        "systems.provider": "Vendor",
        "systems.model": {"column": "Models", "separator": ";"},
        "systems.role": {"constant": "abused"},
    }

    parsed = read("Id,Title,Text,Vendor,Models\n1,t,s,Examplia,Exa-3; Exa-4\n2,t,s,,\n", fields=fields)

    first, second = drafts(parsed)
    assert [
        {"provider": "Examplia", "model": "Exa-3", "role": "abused"},
        {"provider": "Examplia", "model": "Exa-4", "role": "abused"},
    ] == first.content["systems"]
    assert "systems" not in second.content


def test_rows_are_skipped_filled_down_and_people_are_only_sought() -> None:
    body = "Group,Id,Title,Text,State,Victim\nA,1,t,s,ok,Ada Example\n,2,t,s,draft,\n,3,t,s,ok,\n"

    parsed = read(
        body,
        fields={"title": "{Group}: {Title}", "summary": "Text"},
        fill_down="Group",
        skip=[{"column": "State", "is": ["draft"]}],
        people="Victim",
    )

    assert [("1", "A: t"), ("3", "A: t")] == [(one.upstream_id, one.content["title"]) for one in drafts(parsed)]
    assert [("Ada Example",), ()] == [one.names for one in drafts(parsed)]
    assert "Ada" not in repr([one.content for one in drafts(parsed)])
    assert ["SKIPPED"] == codes(parsed)


def test_a_row_without_an_id_column_is_known_by_a_hash_of_what_it_says() -> None:
    first, again = (drafts(read("Title,Text\nt,s\n", id=["Title", "Text"]))[0] for _ in range(2))
    other = drafts(read("Title,Text\nt,other\n", id=["Title", "Text"]))[0]

    assert first.upstream_id == again.upstream_id
    assert first.upstream_id != other.upstream_id


def test_a_file_with_our_own_paths_for_columns_needs_no_mapping_and_another_is_asked_for_one() -> None:
    ours = RawDocument("a.csv", b"id,title,summary,targets.country\nA-1,t,s,DE\n")
    theirs = RawDocument("a.csv", b"number,headline\n1,x\n")

    assert [{"country": "DE"}] == drafts(list(IMPORTER.parse(ours, IMPORTER.source)))[0].content["targets"]
    assert ["MAPPING_NEEDED"] == codes(list(IMPORTER.parse(theirs, IMPORTER.source)), refused=True)


def test_every_problem_of_a_mapping_is_told_at_once_with_what_was_meant() -> None:
    mapping: JsonValue = {
        "kind": "incidant",
        "dayfirst": "yes",
        "dates": ["%Q"],
        "encoding": "klingon",
        "colour": "green",
        "fields": {
            "titel": "A",
            "severity": {"constant": "high"},
            "event_kind": {"columns": ["A"], "constant": "hazard"},
        },
        "values": {"misuse_categories": {"x": "fraud/scan"}},
        "marking": {"tlp": "PINK"},
        "skip": [{"column": "A"}],
    }

    with pytest.raises(InvalidInput) as raised:
        read_mapping(mapping)

    found = {".".join(one.path): one.hint for one in raised.value.problems}
    assert {
        "colour", "kind", "fields.titel", "fields.severity", "fields.event_kind", "values.misuse_categories.x",
        "marking.tlp", "skip.0", "encoding", "dates", "dayfirst", "fields.title", "fields.summary",
    } == found.keys()  # fmt: skip
    assert "did you mean title?" == found["fields.titel"]
    assert "did you mean fraud/scam?" == found["values.misuse_categories.x"]


def test_a_bad_mapping_is_findings_of_the_file_and_a_missing_column_is_named() -> None:
    assert ["REQUIRED"] == codes(read("Id\n1\n", fields={}), refused=True)
    assert ["UNKNOWN_COLUMN"] == codes(read("Id,Title,Text\n1,t,s\n", fields={**FIELDS, "severity": "Score"}))


def workbook(rows: list[list[object]], **cells: object) -> bytes:
    book = openpyxl.Workbook()
    sheet: Any = book.active
    for row in rows:
        sheet.append(row)
    for place, value in cells.items():
        sheet[place] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_workbook_whose_last_row_is_the_last_that_excel_has_is_read_at_once() -> None:
    body = workbook([["Id", "Title", "Text"], [1, "t", "s"]], A1048576="x")

    parsed = read(body, "a.xlsx")

    assert ["EMPTY_ROWS"] == codes(parsed)
    assert ["1"] == [one.upstream_id for one in drafts(parsed)]


def repacked(body: bytes, part: str, text: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return out.getvalue()


GOOD = workbook([["Id", "Title", "Text"], [1, "t", "s"]])
SHEET = "xl/worksheets/sheet1.xml"
LAUGHS = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "' + b"x" * 1000 + b'">]><a>&b;</a>'


@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04",
        GOOD[:-200],
        b"\xd0\xcf\x11\xe0" + b"\0" * 100,
        repacked(GOOD, SHEET, LAUGHS),
        repacked(GOOD, SHEET, LAUGHS.decode().encode("utf-16")),
        repacked(GOOD, SHEET, b"<worksheet>" + b" " * 60_000_000 + b"</worksheet>"),
        repacked(GOOD, SHEET, b"<worksheet><sheetData><row>"),
        repacked(GOOD, "xl/workbook.xml", b"<workbook/>"),
        workbook([["Id", "Title", "Text"], [1, "=A1", "s"]]),
        workbook([]),
    ],
    ids=["empty", "cut", "old", "entities", "utf16", "bomb", "open", "bookless", "formulas", "nothing"],
)
def test_a_workbook_that_is_broken_or_hostile_is_one_finding(body: bytes) -> None:
    assert ["BROKEN_DOCUMENT"] == codes(read(body, "a.xlsx"))


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("a.csv", b""),
        ("a.csv", b"\0\0\0"),
        ("a.csv", b'"' * 100_001),
        ("a.csv", b"Id,Title,Text\n" + b"," * 100_000),
        ("a.csv", b"Id,Title,Text\n1,t,\0s\n"),
        ("a.json", b"[" * 100_000),
        ("a.json", b'[{"Id": ' + b"9" * 5_000 + b', "Title": NaN, "Text": "\\ud800"}]'),
        ("a.json", b'[1, null, "x", []]'),
        ("a.jsonl", b"{}\nx\n[]\n"),
        ("a.json", b'{"a": {"b": {"c": {}}}}'),
    ],
)
def test_no_file_makes_it_fail(name: str, body: bytes) -> None:
    mappings: tuple[dict[str, JsonValue], ...] = ({}, {"id": []}, {"header": 1}, {"records": "a.b"})
    for mapping in mappings:
        for one in read(body, name, **mapping):
            if isinstance(one, Draft):
                prepare(IMPORTER.source, one)


def test_a_row_that_says_the_same_in_another_order_is_the_same() -> None:
    first, turned = ({"Id": "1", "Title": "t", "Text": "s"}, {"Text": "s", "Title": "t", "Id": "1"})

    assert drafts(read(json.dumps([first]), "a.json")) == drafts(read(json.dumps([turned]), "a.json"))
