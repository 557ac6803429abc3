"""A mapping is proposed for tables that nobody prepared; it is a file that can be edited and read."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from importers.table.mapping_file import read_mapping
from importers.table.reading import Reading, read_table
from importers.table.suggesting import suggest
from importers.table.toml import EXAMPLES, as_toml
from registry.domain.errors import InvalidInput
from registry.domain.vocabulary import Kind
from tests.importers.golden import FIXTURES
from web.cli import tables

SHAPES = ("police-log.csv", "survey.csv", "api-answer.json", "abuse-log.jsonl", "provider-tracker.xlsx")


def proposed(body: str | bytes, name: str = "a.csv", kind: Kind = Kind.INCIDENT) -> dict[str, Any]:
    raw = body.encode() if isinstance(body, str) else body
    return tomllib.loads(as_toml(suggest(read_table(name, raw, Reading()), kind), name))


@pytest.mark.parametrize("name", SHAPES)
def test_what_is_proposed_for_a_shape_that_nobody_prepared_is_a_mapping_that_can_be_used(name: str) -> None:
    mapping = proposed((FIXTURES / "table" / name).read_bytes(), name)

    read = read_mapping(mapping)

    assert {"title", "summary", "misuse_categories", "timeline.started"} <= {rule.spec.path for rule in read.rules}
    assert 1 == len(read.id)


def test_names_in_other_languages_and_values_tell_what_columns_are() -> None:
    mapping = proposed((FIXTURES / "table" / "survey.csv").read_bytes(), "survey.csv")

    assert ("Land", "Schweregrad (0-5)") == (mapping["fields"]["targets"]["country"], mapping["fields"]["severity"])
    assert {"Betrug": "fraud", "Datenabfluss": "data_exfiltration"}.items() <= mapping["values"][
        "misuse_categories"
    ].items()
    assert (";", ",") == (mapping["delimiter"], mapping["decimal"])


def test_the_header_below_a_title_is_found_the_order_of_dates_too_and_people_are_kept_out() -> None:
    mapping = proposed((FIXTURES / "table" / "police-log.csv").read_bytes(), "police-log.csv")

    assert (4, True, ["Victim", "Officer"]) == (mapping["header"], mapping["dayfirst"], mapping["people"])
    assert "Victim" not in json.dumps(mapping["fields"])


def test_dates_that_may_mean_two_days_are_asked_about() -> None:
    table = read_table("a.csv", b"id,title,summary,date\n1,A title of it,What it was,03/04/2026\n", Reading())

    assert "# dayfirst = true" in as_toml(suggest(table, Kind.INCIDENT), "a.csv")


def test_without_a_column_of_ids_a_hash_of_several_stands_for_one() -> None:
    mapping = proposed(
        "what happened,date\nSomebody used a model for spam,2026-01-01\nSomebody used a model for spam,2026-01-02\n"
    )

    assert isinstance(mapping["id"], str | list)
    assert {"title", "summary"} <= mapping["fields"].keys()


@pytest.mark.parametrize("kind", list(Kind))
def test_names_and_cells_of_any_sort_give_a_file_that_can_be_read(kind: Kind) -> None:
    hostile = (
        '"a""b","c\nd",\\e,=f,{g},"[h]",é' + "\u202e" + ',"title ""x"""\n'
        '"1","2\n3",\\,=1+1,{x},[y],"\t","long text of words ""quoted"" \\\\ here"\n'
    )

    mapping = proposed(hostile, kind=kind)

    assert kind.value == mapping["kind"]


def said_by(id_: str, proposed: str) -> str:
    """A proposal in which somebody has said whose data it is."""
    for example in EXAMPLES.values():
        proposed = proposed.replace(f'"{example}"', f'"{id_}"')
    return proposed


def test_the_preview_tells_records_and_findings_and_the_edited_file_makes_a_source(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = [FIXTURES / "table" / "survey.csv"]

    text = tables.suggest(files, Kind.INCIDENT)
    mapping = tmp_path / "map.toml"
    mapping.write_text(said_by("survey", text), encoding="utf-8")
    source = tables.mapped_source(mapping, files)

    told = capsys.readouterr().err
    assert "2 records would be taken and 1 refused" in told
    assert ("survey", "table", "CC-BY-4.0") == (source.id, source.format, source.licence)


def test_a_proposal_in_which_nobody_said_whose_data_it_is_is_refused(tmp_path: Path) -> None:
    files = [FIXTURES / "table" / "survey.csv"]
    mapping = tmp_path / "map.toml"
    mapping.write_text(tables.suggest(files, Kind.INCIDENT), encoding="utf-8")

    with pytest.raises(InvalidInput) as raised:
        tables.mapped_source(mapping, files)

    paths = [".".join(map(str, one.path)) for one in raised.value.problems]
    assert ["source.id", "source.title", "source.attribution"] == paths


def test_all_that_is_wrong_with_a_mapping_file_is_told_with_the_nearest_column(tmp_path: Path) -> None:
    mapping = tmp_path / "map.toml"
    mapping.write_text('id = "Antwort"\n[fields]\ntitle = "Lnd"\nsummary = "Land"\nseverty = "x"\n', encoding="utf-8")

    with pytest.raises(InvalidInput) as raised:
        tables.mapped_source(mapping, [FIXTURES / "table" / "survey.csv"])

    assert {"source.id", "source.licence", "fields.severty"} <= {".".join(one.path) for one in raised.value.problems}


@pytest.mark.data
def test_real_tables_of_the_field_get_a_mapping_that_takes_nearly_all_of_their_records(test_data: Path) -> None:
    for name, kind in (("aiid/incidents-1.json", Kind.INCIDENT), ("avid/vulnerabilities", Kind.WEAKNESS)):
        place = test_data / name
        files = [place] if place.is_file() else sorted(place.rglob("*.json"))

        mapping = tomllib.loads(tables.suggest(files, kind))

        assert {"title", "sources"} <= mapping["fields"].keys()


def test_the_encoding_of_a_spreadsheet_of_western_europe_is_proposed_to_be_looked_at(tmp_path: Path) -> None:
    file, mapping = tmp_path / "fälle.csv", tmp_path / "map.toml"
    text = (
        "Fall-Nr.;Titel;Beschreibung\n17;Gefälschte Fotos;Für 3.400 € wurden Bilder gekauft.\n18;Anruf;Eine Stimme.\n"
    )
    file.write_bytes(text.encode("cp1252"))

    proposed = tables.suggest([file], Kind.INCIDENT)
    mapping.write_text(said_by("log", proposed), encoding="utf-8")

    assert 'encoding = "cp1252"  # a guess: look whether' in proposed
    assert "Gefälschte Fotos" in proposed
    assert "log" == tables.mapped_source(mapping, [file]).id


def test_what_no_encoding_tells_is_asked_for(tmp_path: Path) -> None:
    file = tmp_path / "log.csv"
    file.write_bytes(b"Id,Title,Text\n1,\x81\x8d,s\n")

    with pytest.raises(InvalidInput) as refused:
        tables.suggest([file], Kind.INCIDENT)

    assert "say which it is in the mapping" in refused.value.problems[0].message
