"""Drafts of reports: what the record says stands in its place, what it does not say is named."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from markdown_it import MarkdownIt

from registry import regimes
from registry.domain.deadline import DISCHARGES_NOTHING
from registry.domain.filing import NOT_KNOWN, Subject, draft
from registry.domain.report_form import Form
from tests.clocks import START
from tests.domain.test_prose import HOSTILE

CLOCKS = regimes.load(Path("/nowhere"))
FULL: dict[str, Any] = json.loads(Path("docs/examples/incident.json").read_text(encoding="utf-8"))
BARE = Subject("draft-000001", None, {"title": "Title", "summary": "Summary"})


def made(form: Form, subject: Subject) -> str:
    """A draft of this day."""
    return draft(form, subject, clocks=CLOCKS, now=START)


def full(**restricted: Any) -> Subject:
    """The example that says everything."""
    return Subject("LOCAL-INC-2026-0001", "Example Lab", FULL["content"], FULL["restricted"] | restricted)


def missing(text: str) -> list[str]:
    """What the draft lists at its end."""
    _, _, end = text.rpartition(f"## {NOT_KNOWN.capitalize()}\n\n")
    return [line.removeprefix("- ") for line in end.splitlines()]


@pytest.mark.parametrize("form", Form)
def test_a_draft_says_that_it_files_nothing_and_discharges_no_duty(form: Form) -> None:
    text = made(form, BARE)

    assert "It files nothing" in text
    assert DISCHARGES_NOTHING in text


@pytest.mark.parametrize("form", Form)
def test_every_question_is_either_answered_or_listed_as_not_yet_known(form: Form) -> None:
    text = made(form, BARE)

    open_questions = [
        before.strip("*")
        for before, answer in zip(text.split("\n"), text.split("\n")[2:], strict=False)
        if answer == f"- {NOT_KNOWN}"
    ]
    assert open_questions == missing(text)
    assert "Measures taken" in open_questions


@pytest.mark.parametrize("form", Form)
def test_what_no_record_says_stays_a_question_for_people(form: Form) -> None:
    assert "Person to ask, with address" in missing(made(form, full()))


def test_article_73_is_drafted_from_what_the_record_says() -> None:
    deadlines = [{"regime": "eu-ai-act-73/general", "start": "2026-02-10", "reference": "EX-1"}]

    text = made(Form.EU_AI_ACT_73, full(deadlines=deadlines))

    assert "- Example Lab\n" in text
    assert "model: Example Chat, version: 3.1" in text
    assert "detected: 2026-02-10" in text
    assert "- Report a serious incident: due 2026-02-25T00:00:00+00:00, reference EX-1" in text
    assert "**When the provider became aware, which starts the clock**\n\n- 2026-02-10" in text
    assert "Art. 73(3)" in text


def test_california_asks_for_internal_use_and_for_imminent_risk() -> None:
    text = made(Form.CA_SB_53, full())

    assert "Whether it arose from internal use of a frontier model" in missing(text)
    assert "Imminent risk of death or serious physical injury" in missing(text)
    assert "22757.13(c)(2)" in text


def test_deadlines_of_other_regimes_stay_out_of_a_draft() -> None:
    deadlines = [{"regime": "ca-sb-53/report", "start": "2026-02-10", "reference": "SECRET-REF"}]

    assert "SECRET-REF" not in made(Form.EU_AI_ACT_73, full(deadlines=deadlines))


def test_the_restricted_account_is_there_with_a_warning_and_absent_for_whoever_may_not_read_it() -> None:
    told, withheld = made(Form.CA_SB_53, full()), made(Form.CA_SB_53, Subject("X", None, FULL["content"]))

    assert FULL["restricted"]["narrative"] in told
    assert "whether you may disclose it" in told
    assert "restricted" not in withheld


@pytest.mark.parametrize("part", ["notes", "transcripts"])
def test_notes_for_reviewers_and_transcripts_are_never_in_a_draft(part: str) -> None:
    assert FULL["restricted"][part] not in made(Form.EU_AI_ACT_73, full())


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("said", HOSTILE)
def test_nothing_of_the_record_changes_the_form_of_the_draft(form: Form, said: str) -> None:
    public: dict[str, Any] = {
        "title": said,
        "summary": said,
        "narrative": said,
        "systems": [{"provider": said, "model": said}],
        "harms": [{"type": "financial", "unit": said}],
        "detection": {"by": said},
        "enforcement": [{"action": "account_ban", "text": said}],
        "authority_report": said,
    }
    restricted: dict[str, Any] = {
        "narrative": said,
        "operational_detail": said,
        "deadlines": [{"regime": f"{form}/report", "start": "2026", "reference": said}],
    }
    plain = _shape(made(form, Subject("X", "Words", *_plain(public, restricted))))

    hostile = _shape(made(form, Subject(said, said, public, restricted)))

    assert plain == hostile


def _plain(public: dict[str, Any], restricted: dict[str, Any]) -> tuple[Any, Any]:
    """The same with harmless words everywhere."""

    def words(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                name: item if name in {"type", "action", "regime", "start"} else words(item)
                for name, item in value.items()
            }
        return [words(item) for item in value] if isinstance(value, list) else "Words"

    return words(public), words(restricted)


def _shape(text: str) -> list[str]:
    """The blocks of a document but paragraphs, of which a quoted text may have several, and all links."""
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    blocks = [token.type + token.tag for token in tokens if not token.type.startswith(("paragraph", "inline"))]
    inner = [
        child.type
        for token in tokens
        for child in token.children or ()
        if child.type not in {"text", "text_special", "softbreak", "hardbreak"}
    ]
    return [*blocks, *inner]
