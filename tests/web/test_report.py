"""Reporting without an account in a browser: the form, the code, questions and answers."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from dataclasses import replace

import httpx
import pytest

from registry.service import intake
from tests.client import Client
from tests.web.node import Node
from web.app import create_app

FORM = {"kind": "anonymous", "title": "Phishing at work", "words": "Somebody asked a model for phishing texts."}


@pytest.fixture
def reporting(node: Node) -> Iterator[Client]:
    """A client of a node that takes reports without an account."""
    settings = node.registry.settings.model_copy(update={"anonymous_reports": True, "report_queue": 3})
    with Client(create_app(replace(node.registry, settings=settings))) as opened:
        yield opened


def _code_in(answer: httpx.Response) -> str:
    found = re.search(r"\b[0-9A-Z]{6}(?:-[0-9A-Z]{6}){4}\b", answer.text)
    assert found is not None
    return found[0]


def test_a_node_that_takes_no_reports_has_no_such_page(client: Client) -> None:
    assert 404 == client.get("/report").status_code
    assert 404 == client.post("/report", data=FORM).status_code


def test_a_report_is_handed_in_and_followed(reporting: Client, node: Node) -> None:
    form, answer = reporting.get("/report"), reporting.post("/report", data=FORM)
    code = _code_in(answer)
    [report] = intake.page(node.registry, node.reviewer).items
    intake.claim_report(node.registry, node.reviewer, report.id)
    intake.ask_reporter(node.registry, node.reviewer, report.id, text="How many texts?")

    asked = reporting.post("/report/follow", data={"code": code})
    told = reporting.post("/report/follow", data={"code": code, "step": "add", "text": "About forty."})

    assert (200, 200) == (form.status_code, answer.status_code)
    assert "private, no-store" == answer.headers["cache-control"]
    assert "How many texts?" in asked.text
    assert "About forty." in told.text
    assert 'href="/report"' in reporting.get("/").text


def test_what_is_missing_is_told_beside_what_was_filled_in(reporting: Client) -> None:
    answer = reporting.post("/report", data=FORM | {"title": "", "links": "nowhere", "contact": "me@example.org"})

    assert 400 == answer.status_code
    assert 3 == answer.text.count('<li><a href="#')
    assert "Somebody asked a model" in answer.text


def test_a_full_queue_says_so(reporting: Client) -> None:
    for _ in range(3):
        reporting.post("/report", data=FORM)

    answer = reporting.post("/report", data=FORM)

    assert (503, True) == (answer.status_code, "QUEUE_FULL" in answer.text)


def test_a_code_that_leads_nowhere_is_answered_the_same(reporting: Client) -> None:
    known = _code_in(reporting.post("/report", data=FORM))
    answers = {
        reporting.post("/report/follow", data={"code": code, "step": step, "text": "x"}).content
        for code in ("", "nonsense", known[:-1] + ("0" if known[-1] != "0" else "1"))
        for step in ("", "add")
    }

    assert 1 == len(answers)


def test_nothing_about_the_sender_is_logged_or_stored(
    reporting: Client, node: Node, caplog: pytest.LogCaptureFixture
) -> None:
    told = {"User-Agent": "Tattletale/7.1", "X-Forwarded-For": "203.0.113.77", "Cookie": "who=tattletale"}
    with caplog.at_level(logging.DEBUG):
        answer = reporting.post("/report", data=FORM, headers=told)
        reporting.post("/report/follow", data={"code": _code_in(answer)}, headers=told)

    files = [path.read_bytes() for path in node.registry.settings.data_dir.rglob("*") if path.is_file()]
    logged = [record for record in caplog.records if not record.name.startswith(("httpx", "httpcore"))]
    for word in ("Tattletale", "203.0.113.77", "who=tattletale", _code_in(answer)):
        assert [] == [record for record in logged if word in record.getMessage()]
        assert [] == [one for one in files if word.encode() in one]
    assert "set-cookie" not in answer.headers
