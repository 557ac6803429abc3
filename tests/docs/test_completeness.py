"""The tables of the documents are complete, and nothing in them is invented."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from registry.domain.facets import FACETS
from registry.domain.query import fields
from registry.domain.vocabulary import Tlp
from schema.dictionary import dictionary, main
from tests.docs.blocks import DOCS, ROOT, every_markdown_file, without_blocks
from tests.docs.codes import every_code, every_fetch_reason, every_finding_code, every_refusal_reason
from web.advice import ADVISED

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_PATH = re.compile(r"`((?:registry|schema|web|importers|tests|docs)/[\w./-]*)`")
_REASONS_BEGIN = "## Reasons of `FETCH_FAILED`"
_REASON_ROW = re.compile(r"^\| (`[A-Z][A-Z0-9_]+`(?:, `[A-Z][A-Z0-9_]+`)*) \|", re.MULTILINE)
_CODE_ROW = re.compile(r"^\| `([A-Z][A-Z0-9_]+)` \|", re.MULTILINE)


def test_the_table_of_codes_holds_every_code_and_no_other() -> None:
    documented = _CODE_ROW.findall((DOCS / "errors.md").read_text(encoding="utf-8"))

    assert sorted(every_code()) == sorted(documented)


def test_every_code_of_a_finding_is_explained_and_no_other() -> None:
    codes, _, reasons = (DOCS / "importing-findings.md").read_text(encoding="utf-8").partition(_REASONS_BEGIN)
    named = [name.strip("`") for row in _REASON_ROW.findall(reasons) for name in row.split(", ")]

    assert sorted(every_finding_code()) == sorted(_CODE_ROW.findall(codes))
    assert sorted(every_fetch_reason()) == sorted(named)
    assert set() == ADVISED - every_finding_code()


def test_every_reason_for_which_nothing_is_taken_of_another_node_is_explained() -> None:
    _, _, table = (DOCS / "federation.md").read_text(encoding="utf-8").partition("\n## Reasons\n")
    explained = re.findall(r"`([A-Z_]+)`", table)

    # That of a message, which is told in words beside the table.
    assert {"UNKNOWN_PROPOSAL"} == every_refusal_reason() - set(explained)


def test_the_data_dictionary_is_what_the_models_say() -> None:
    written = (DOCS / "data-dictionary.md").read_text(encoding="utf-8")

    assert dictionary() == written, "run: make schema"


def test_the_check_of_the_dictionary_tells_a_stale_file_by_its_exit_code(tmp_path: Path) -> None:
    file = tmp_path / "dictionary.md"

    missing = main(["--check", str(file)])
    written = main([str(file)])
    fresh = main(["--check", str(file)])
    file.write_text("something else", encoding="utf-8")
    stale = main(["--check", str(file)])

    assert (1, 0, 0, 1) == (missing, written, fresh, stale)


def test_the_dictionary_without_a_path_goes_to_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    code = main([])

    assert (0, dictionary()) == (code, capsys.readouterr().out)


def test_the_search_language_is_described_field_by_field() -> None:
    text = (DOCS / "guide-researcher.md").read_text(encoding="utf-8")

    assert [] == [name for name in fields() if f"`{name}:" not in text]
    assert set(FACETS) < set(fields())


def test_every_level_of_the_traffic_light_is_explained_to_submitters() -> None:
    text = (DOCS / "guide-submitter.md").read_text(encoding="utf-8")

    assert [] == [level for level in Tlp if f"| `{level.value}`" not in text]


@pytest.mark.parametrize("document", every_markdown_file(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_relative_link_leads_somewhere(document: Path) -> None:
    broken = [target for target in _LINK.findall(without_blocks(document)) if not _leads_somewhere(document, target)]

    assert [] == broken


@pytest.mark.parametrize("document", every_markdown_file(), ids=lambda path: str(path.relative_to(ROOT)))
def test_every_path_in_the_source_that_is_named_is_there(document: Path) -> None:
    assert [] == [path for path in _PATH.findall(without_blocks(document)) if not (ROOT / path).exists()]


def test_the_index_names_every_document() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")

    assert [] == [path.name for path in DOCS.glob("*.md") if path.name != "README.md" and path.name not in index]


def _leads_somewhere(document: Path, target: str) -> bool:
    if re.match(r"[a-z]+:", target):
        return True
    name, _, anchor = target.partition("#")
    file = document if not name else document.parent / name
    if not file.exists():
        return False
    return not anchor or file.suffix != ".md" or anchor in _anchors(file)


def _anchors(document: Path) -> set[str]:
    """The anchors that hosts of Markdown give to headings."""
    titles = re.findall(r"^#+ (.+)$", without_blocks(document), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).strip().replace(" ", "-") for title in titles}
