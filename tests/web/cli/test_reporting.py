"""Deadlines and drafts of reports on the command line."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from registry.client import Client
from tests.client_package.conftest import Served, served
from tests.factories import incident_document
from tests.web.cli.commons import commons

__all__ = ["served"]


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)


def submitted(served: Served, *deadlines: dict[str, Any], narrative: str = "Ours alone.") -> str:
    """The uid of a RED incident of the submitter that states these deadlines."""
    restricted: Any = {"narrative": narrative, "deadlines": list(deadlines)}
    with Client(served.url, served.submitter_key) as client:
        return client.submit({"kind": "incident", "content": incident_document(), "restricted": restricted}).record.uid


def test_a_member_reads_what_is_due_and_that_nothing_is_discharged(served: Served) -> None:
    uid = submitted(served, {"regime": "eu-ai-act-73/death", "start": "2026-02-01", "reference": "R-1"})

    done = commons("deadlines", "--key", served.submitter_key)
    told = commons("deadlines", "--key", served.submitter_key, "--json").json

    own = [one for one in told["deadlines"] if one["record"]["uid"] == uid]
    assert (done.code, "2026-02-11T00:00:00Z", True) == (0, own[0]["due_at"], own[0]["is_overdue"])
    assert "OVERDUE" in done.out
    assert "Art. 73(4)" in done.out
    assert "discharges no duty" in done.err
    assert "discharges no duty" in told["notice"]


def test_another_organisation_reads_none_of_it(served: Served) -> None:
    submitted(served, {"regime": "ca-sb-53/report", "start": "2026-02-01"})

    done = commons("deadlines", "--key", served.reviewer_key)

    assert (0, "nothing is due") == (done.code, done.out.strip())


def test_without_a_key_nothing_is_told() -> None:
    assert commons("deadlines").code == 4


@pytest.mark.parametrize("form", ["eu-ai-act-73", "ca-sb-53"])
def test_a_report_is_drafted_from_a_record_of_ones_own(served: Served, form: str) -> None:
    uid = submitted(served)

    done = commons("draft-report", uid, "--form", form, "--key", served.submitter_key)

    assert done.code == 0
    assert "It files nothing" in done.out
    assert "Ours alone." in done.out


def test_a_report_on_a_record_that_one_may_not_see_is_not_found(served: Served) -> None:
    uid = submitted(served)

    assert 3 == commons("draft-report", uid, "--form", "ca-sb-53").code
    assert 3 == commons("draft-report", "LOCAL-INC-2026-9999", "--form", "ca-sb-53").code


def test_a_report_is_drafted_from_a_file_without_a_node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", "http://127.0.0.1:9")
    file = tmp_path / "incident.json"
    shutil.copy("docs/examples/incident.json", file)

    done = commons("draft-report", file, "--form", "eu-ai-act-73", "--json")

    assert done.code == 0
    assert json.loads(file.read_text())["restricted"]["narrative"] in done.json["markdown"]


def test_a_report_is_drafted_from_incidents_only() -> None:
    assert 1 == commons("draft-report", "docs/examples/lesson.json", "--form", "ca-sb-53").code


def test_a_form_that_there_is_not_is_wrong_usage() -> None:
    assert 2 == commons("draft-report", "docs/examples/incident.json", "--form", "gdpr").code


def test_a_file_of_clocks_that_cannot_be_used_is_named_at_the_start(node: Path) -> None:
    (node / "clocks").mkdir()
    (node / "clocks" / "law.json").write_text("{")

    done = commons("org", "list", "--data-dir", node)

    assert done.code == 2
    assert "clocks/law.json: line 1, column 2" in done.err
