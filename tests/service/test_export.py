"""Taking along all matches of a search."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from typing import Any

import pytest

from registry.domain.actor import ANONYMOUS, LOCAL_OPERATOR
from registry.domain.errors import BadQuery, InvalidInput, Unauthenticated
from registry.domain.export.bundle import bundled
from registry.domain.export.columns import COLUMNS, chosen
from registry.domain.export.writing import ExportFormat, written
from registry.domain.search import SearchSort
from registry.domain.spreadsheet import parted, plain
from registry.domain.vocabulary import Kind
from registry.ports import Registry
from registry.service import export, follow, life, search
from registry.service.export import Export
from tests import factories
from tests.bibliography import read_bibtex, read_ris
from tests.factories import content
from tests.service.world import People, claimed, published, republished, submitted, text_of

HOSTILE = (
    '=cmd|" /C calc"!A0 "quoted", with commas; and =1',
    "\u05e9\u05dc\u05d5\u05dd \u0639\u0631\u0628\u064a right to left",
    "Emoji \U0001f9ea \u2028 and {braces} \\ 100% & more_or_less",
)


def catch_up(registry: Registry, people: People) -> None:
    while follow.catch_up(registry, people.system):
        pass


def table(found: Export, *names: str, excel: bool = False) -> list[dict[str, str]]:
    """The rows of an export as a table, as text."""
    body = b"".join(written(found.rows, ExportFormat.CSV, columns=chosen(names), excel=excel)).decode()
    rows = csv.DictReader(io.StringIO(body.removeprefix("\ufeff"), newline=""))
    return [{name: plain(cell) for name, cell in row.items()} for row in rows]


def lines(found: Export) -> list[dict[str, Any]]:
    return [json.loads(one) for one in written(found.rows, ExportFormat.JSONL)]


def take_in(registry: Registry, count: int) -> None:
    """*count* public records that a search for ``marmot`` finds; of these, 500 by ``early`` too."""
    source = factories.source("bench", trusted=True)
    upstream = ({"source": "bench", "id": f"B{at}", "sha256": "0" * 64} for at in range(count))
    batch = [
        content(title=f"Marmot {at}{' early' * (at < 500)}", summary=f"Number {at} came. " * 50, upstream=one)
        for at, one in enumerate(upstream)
    ]
    factories.take_in(registry, LOCAL_OPERATOR, source, batch)


def test_all_matches_are_there_in_the_order_of_the_search(registry: Registry, people: People) -> None:
    for at in range(5):
        published(registry, people, text_of(f"Marmot {at}"))
    catch_up(registry, people)

    for text, sort in (("marmot", SearchSort.RELEVANCE), ("", SearchSort.RELEVANCE), ("", SearchSort.SEVERITY)):
        found = export.begin(registry, people.stranger, text, sort=sort)
        shown = search.search(registry, people.stranger, text, sort=found.sort, first=100)

        assert shown.total == found.count == 5
        assert [one.record.uid for one in shown.matches] == [one["uid"] for one in lines(found)]
        assert (5, 0, {"CC-BY-4.0": 5}) == (found.tally.rows, found.tally.left_out, dict(found.tally.licences))


def test_what_a_member_takes_along_in_public_is_what_a_stranger_does(registry: Registry, people: People) -> None:
    published(registry, people, text_of("Marmot seen"))
    published(registry, people, text_of("Marmot closed", tlp="RED"))
    submitted(registry, people, text_of("Marmot draft"))
    catch_up(registry, people)

    told = [lines(export.begin(registry, who, "marmot")) for who in (people.stranger, people.submitter, people.lead)]

    assert told[0] == told[1] == told[2]
    assert ["Marmot seen"] == [one["content"]["title"] for one in told[0]]


def test_ones_own_hidden_records_are_an_export_of_their_own(registry: Registry, people: People) -> None:
    published(registry, people, text_of("Marmot seen"))
    closed = published(registry, people, text_of("Marmot closed", tlp="RED"))
    draft = submitted(registry, people, text_of("Marmot draft"))
    theirs = published(registry, people, text_of("Marmot theirs", tlp="AMBER"), by=people.outsider)
    catch_up(registry, people)

    def own(who: Any) -> set[str]:
        found = export.begin(registry, who, "marmot", own=True)
        uids = {one["uid"] for one in lines(found)}
        assert found.count == found.tally.rows == len(uids)
        return uids

    assert {closed.uid, draft.uid} == own(people.submitter)
    assert {theirs.uid} == own(people.outsider)
    assert set() == own(people.operator)
    with pytest.raises(Unauthenticated):
        export.begin(registry, people.stranger, "marmot", own=True)


def test_work_that_waits_for_review_is_not_taken_along_by_reviewers(registry: Registry, people: People) -> None:
    claimed(registry, people, text_of("Marmot draft"))
    catch_up(registry, people)

    assert 1 == len(search.search_mine(registry, people.reviewer, "marmot"))
    assert 0 == export.begin(registry, people.reviewer, "marmot", own=True).count


def test_a_record_that_goes_meanwhile_is_left_out_and_counted(registry: Registry, people: People) -> None:
    records = [published(registry, people, text_of(f"Marmot {at}")) for at in range(3)]
    catch_up(registry, people)
    found = export.begin(registry, people.stranger, "marmot", sort=SearchSort.PUBLISHED)

    life.withdraw(registry, people.submitter, records[1].uid, reason="Told twice.")
    republished(registry, people, records[2], text_of("Marmot 2", tlp="RED"))
    left = [one["uid"] for one in lines(found)]

    assert (3, 1, 2) == (found.count, found.tally.rows, found.tally.left_out)
    assert [records[0].uid] == left


def test_what_changes_between_two_portions_is_told_as_it_is_then(registry: Registry, people: People) -> None:
    take_in(registry, 250)
    catch_up(registry, people)
    found = export.begin(registry, people.stranger, "marmot", sort=SearchSort.PUBLISHED)

    first = next(found.rows)
    with registry.storage.begin() as unit:
        record = unit.records.by_upstream("bench", "B1")
        assert record is not None
        life.withdrawn_record(registry, unit, LOCAL_OPERATOR, record, "Gone.")
    rest = [row.document["uid"] for row in found.rows]

    assert record.uid not in {first.document["uid"], *rest}
    assert (250, 249, 1) == (found.count, found.tally.rows, found.tally.left_out)


def test_text_that_readers_are_warned_of_stays_on_its_page(registry: Registry, people: People) -> None:
    warned = content(
        title="Marmot harmed",
        summary="Gruesome, told at length.",
        narrative="More gruesome.",
        procedure=[{"technique": "AML.T0051", "text": "Gruesome step."}],
        sources=[{"url": "https://news.example/1", "title": "Gruesome in town"}],
        marking={"content_warnings": ["violence"]},
    )
    published(registry, people, warned)
    catch_up(registry, people)

    (line,) = lines(export.begin(registry, people.stranger, "marmot"))
    (cells,) = table(export.begin(registry, people.stranger, "marmot"))
    (entry,) = read_bibtex(
        b"".join(written(export.begin(registry, ANONYMOUS, "marmot").rows, ExportFormat.BIBTEX)).decode()
    )

    assert "gruesome" not in json.dumps([line, cells, entry]).lower()
    assert (True, "Marmot harmed", ["violence"]) == (
        line["text_withheld"], line["content"]["title"], line["marking"]["content_warnings"],
    )  # fmt: skip
    assert [{"technique": "AML.T0051"}] == line["content"]["procedure"]
    assert ("", "violence", "AML.T0051") == tuple(cells[one] for one in ("summary", "content_warnings", "technique"))
    assert "Content warning: violence" == entry["note"]


def test_each_row_bears_its_licence_and_whom_to_name(registry: Registry, people: People) -> None:
    upstream = {"source": "wiki", "id": "W1", "sha256": "0" * 64, "attribution": "The wiki, by its editors"}
    marking = {"licence": "CC-BY-SA-4.0"}
    factories.take_in(
        registry,
        LOCAL_OPERATOR,
        factories.source("wiki", trusted=True),
        [content(title="Marmot", upstream=upstream, marking=marking)],
    )
    catch_up(registry, people)

    (line,) = lines(export.begin(registry, people.stranger, "marmot"))
    (cells,) = table(export.begin(registry, people.stranger, "marmot"), "title")
    (item,) = read_ris(b"".join(written(export.begin(registry, ANONYMOUS, "marmot").rows, ExportFormat.RIS)).decode())

    assert ("CC-BY-SA-4.0", "The wiki, by its editors") == (line["marking"]["licence"], line["attribution"])
    assert {"title": "Marmot", "licence": "CC-BY-SA-4.0", "attribution": "The wiki, by its editors"} == cells
    assert ["Licence CC-BY-SA-4.0", "The wiki, by its editors"] == item["N1"]
    assert {"CC-BY-SA-4.0": 1} == export.licences(registry, people.stranger, "marmot")
    assert {"CC-BY-SA-4.0": 1} == export.licences(registry, people.stranger, "marmot licence:CC-BY-SA-4.0")


@pytest.mark.parametrize("title", HOSTILE)
def test_any_title_comes_back_out_of_each_format(registry: Registry, people: People, title: str) -> None:
    published(registry, people, content(title=title, aliases=["=1", "a; b\\", "plain"], summary="- one\n- two\n=three"))
    catch_up(registry, people)

    def body(form: ExportFormat) -> str:
        return b"".join(written(export.begin(registry, ANONYMOUS, "").rows, form)).decode()

    (cells,) = table(export.begin(registry, people.stranger, ""), "title", "aliases", "summary", excel=True)
    assert (title, "- one\n- two\n=three") == (cells["title"], cells["summary"])
    assert ("=1", "a; b\\", "plain") == parted(cells["aliases"])
    assert title == json.loads(body(ExportFormat.JSONL))["content"]["title"]
    line = " ".join(title.split())
    assert line == read_bibtex(body(ExportFormat.BIBTEX))[0]["title"]
    assert [line] == read_ris(body(ExportFormat.RIS))[0]["TI"]
    assert line == json.loads(body(ExportFormat.CSL_JSON))[0]["title"]


def test_no_matches_are_a_file_too(registry: Registry, people: People) -> None:
    catch_up(registry, people)
    bodies = {
        form: b"".join(written(export.begin(registry, ANONYMOUS, "marmot").rows, form, columns=chosen(["title"])))
        for form in ExportFormat
    }

    assert b"title,licence,attribution\r\n" == bodies[ExportFormat.CSV]
    assert [] == json.loads(bodies[ExportFormat.CSL_JSON])
    assert {b""} == {bodies[one] for one in (ExportFormat.JSONL, ExportFormat.BIBTEX, ExportFormat.RIS)}


def test_every_column_can_be_asked_of_every_kind(registry: Registry, people: People) -> None:
    for kind in (Kind.INCIDENT, Kind.MITIGATION, Kind.LESSON, Kind.WEAKNESS, Kind.USAGE_POLICY):
        published(registry, people, content(kind))
    catch_up(registry, people)

    found = export.begin(registry, people.stranger, "")
    rows = table(found, *COLUMNS)

    assert {5} == {found.count, len(rows)}
    assert [tuple(COLUMNS)] * 5 == [tuple(row) for row in rows]
    assert {"incident", "mitigation", "lesson", "weakness", "usage_policy"} == {row["kind"] for row in rows}
    assert "spam" in {row["misuse"] for row in rows}


def test_unknown_columns_are_told_all_at_once() -> None:
    with pytest.raises(InvalidInput) as caught:
        chosen(["titel", "kind", "nonsense"])

    assert [("UNKNOWN_TERM", "did you mean title?"), ("UNKNOWN_TERM", None)] == [
        (one.code, one.hint) for one in caught.value.problems
    ]


def test_a_text_that_cannot_be_read_is_refused_before_anything_is_read(registry: Registry, people: People) -> None:
    with pytest.raises(BadQuery):
        export.begin(registry, people.stranger, "severity:9")


def test_the_manifest_tells_what_the_index_has_taken_in(registry: Registry, people: People) -> None:
    published(registry, people, text_of("Marmot 1"))
    catch_up(registry, people)
    before = export.begin(registry, people.stranger, "marmot").public_seq
    published(registry, people, text_of("Marmot 2"))

    behind = export.begin(registry, people.stranger, "marmot")
    catch_up(registry, people)
    current = export.begin(registry, people.stranger, "marmot")

    assert (before, 1) == (behind.public_seq, behind.count)
    assert (before + 1, 2) == (current.public_seq, current.count)


def test_a_bundle_holds_the_file_its_manifest_and_a_note(registry: Registry, people: People) -> None:
    published(registry, people, text_of("Marmot 1"))
    catch_up(registry, people)

    def pack() -> bytes:
        found = export.begin(registry, people.stranger, "marmot")
        told = export.manifest(registry, found, text="marmot", form=ExportFormat.JSONL)
        return b"".join(bundled(told, written(found.rows, told.form), found.tally))

    with zipfile.ZipFile(io.BytesIO(pack())) as packed:
        assert packed.testzip() is None
        manifest = json.loads(packed.read("manifest.json"))
        data = packed.read("export.jsonl")
        readme = packed.read("README.txt").decode()

    assert (len(data), 1, 1, 0) == tuple(manifest[one] for one in ("bytes", "count", "rows", "left_out"))
    assert [{"licence": "CC-BY-4.0", "url": "https://creativecommons.org/licenses/by/4.0/", "rows": 1}] == (
        manifest["licences"]
    )
    assert "reports, not rates" in manifest["notice"]
    assert "reports, not rates" in readme
    assert pack() == pack()


def test_an_export_six_times_as_long_takes_no_more_memory(registry: Registry, people: People) -> None:
    take_in(registry, 3000)
    catch_up(registry, people)
    peaks: dict[str, list[int]] = {"marmot early": [], "marmot": []}

    for text, taken in peaks.items():
        for form in (ExportFormat.CSV, ExportFormat.JSONL):
            found = export.begin(registry, people.stranger, text)
            tracemalloc.start()
            pieces = sum(1 for _ in written(found.rows, form, columns=chosen(())))
            taken.append(tracemalloc.get_traced_memory()[1])
            tracemalloc.stop()
            assert found.count == found.tally.rows == pieces - (form is ExportFormat.CSV)
            assert (500 if "early" in text else 3000) == found.count

    assert all(long < 1.5 * short for short, long in zip(*peaks.values(), strict=True)), peaks
