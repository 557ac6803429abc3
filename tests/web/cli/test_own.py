"""Commands on what is one's own organisation's, and on records that belong together."""

from __future__ import annotations

import itertools
import json
from pathlib import Path
from typing import Any

import pytest

from registry.client import Client
from registry.domain.vocabulary import Kind
from tests.client_package.conftest import Served, served
from tests.web.cli.commons import commons
from tests.web.cli.test_records import publish
from tests.web.test_bulk import line

__all__ = ["served"]

_COUNT = itertools.count(1)


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)
    monkeypatch.setenv("COMMONS_KEY", served.submitter_key)


def fresh(**more: Any) -> dict[str, Any]:
    """A submission that looks like none before."""
    found: dict[str, Any] = json.loads(line(f"o{next(_COUNT) * 6007 + 10**6}", **more))
    return found


def submitted(served: Served, document: dict[str, Any]) -> str:
    """Hand it in; its uid."""
    with Client(served.url, served.submitter_key) as client:
        return client.submit(document).record.uid


def as_reviewer(served: Served, *arguments: str) -> Any:
    """Run a command with the reviewer's key."""
    return commons(*arguments, "--key", served.reviewer_key, "--json")


def test_a_record_is_revised_and_nobody_overwrites_another(served: Served, tmp_path: Path) -> None:
    file, document = tmp_path / "record.json", fresh(restricted={"notes": "Kept."})
    uid = submitted(served, document)
    file.write_text(json.dumps({**document, "content": {**document["content"], "severity": 3}, "restricted": None}))

    first = commons("revise", uid, file, "--revision", "1", "--json")
    second = commons("revise", uid, file, "--revision", "1", "--json")
    shown = commons("show", uid, "--json").json

    assert (0, 2) == (first.code, first.json["record"]["draft_revision"])
    assert (5, "STALE_REVISION") == (second.code, second.told["code"])
    assert (3, "Kept.") == (shown["content"]["severity"], shown["restricted"]["notes"])


def test_a_revision_must_say_what_was_read(served: Served, tmp_path: Path) -> None:
    file = tmp_path / "record.json"
    file.write_text("{}")

    assert 2 == commons("revise", "LOCAL-INC-2026-0001", file).code
    assert 1 == commons("revise", submitted(served, fresh()), file, "--revision", "1").code


def test_own_records_are_listed_by_state(served: Served) -> None:
    uid = submitted(served, fresh())

    mine = commons("list", "--mine", "--state", "submitted", "--limit", "1000", "--json").json["records"]
    others = commons("list", "--state", "submitted", "--json", "--url", served.url, "--key", served.submitter_key)

    assert uid in [one["uid"] for one in mine]
    assert {"submitted"} == {one["state"] for one in mine}
    assert 0 == others.code
    assert uid in commons("list", "--mine", "--limit", "1000").out
    assert "there are more" in commons("list", "--mine", "--limit", "1").err if len(mine) > 1 else True
    assert 1 == commons("list", "--state", "gone").code


def test_reserved_numbers_are_listed(served: Served) -> None:
    with Client(served.url, served.submitter_key) as client:
        (number,) = client.reserve_numbers(Kind.LESSON)

    assert number in [one["number"] for one in commons("number", "list", "--json").json["numbers"]]
    assert number in commons("number", "list").out


def test_notices_are_listed_and_an_unknown_one_is_not_found() -> None:
    assert [] == commons("notice", "list", "--json").json["notices"]
    assert 3 == commons("notice", "answer", "nothing", "--title", "a", "--text", "b").code


def test_records_are_merged_split_withdrawn_and_restored(served: Served) -> None:
    one, other = submitted(served, fresh()), submitted(served, fresh())
    number, stays = publish(served, one), publish(served, other)

    merged = as_reviewer(served, "review", "merge", number, "--into", stays, "--reason", "The same.")
    split = as_reviewer(served, "review", "split", number, "--reason", "Not the same.")
    commons("withdraw", stays, "--reason", "By mistake.")
    restored = as_reviewer(served, "review", "restore", stays, "--reason", "No mistake.")

    assert (0, "merged") == (merged.code, merged.json["record"]["state"])
    assert (0, "published") == (split.code, split.json["record"]["state"])
    assert (0, "published") == (restored.code, restored.json["record"]["state"])
    assert 0 != as_reviewer(served, "review", "clear-sources", stays, "--reason", "Seen.").code


def test_a_blocked_record_is_told_as_blocked(served: Served) -> None:
    number = publish(served, submitted(served, fresh()))

    done = commons("block", number, "--reason", "To be judged.", "--key", served.reviewer_key)

    assert f"{number}: blocked" in done.out
    assert "  blocked  TLP:" in commons("show", number).out
    assert commons("show", number, "--json").json["is_blocked"]
