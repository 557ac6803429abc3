"""Commands on imported records that wait: why each does, a list with titles, and accepting several."""

from __future__ import annotations

import itertools

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.domain.finding import Finding
from registry.service import import_runs
from tests.client_package.conftest import Served, served
from tests.factories import content, source, take_in
from tests.web.cli.commons import commons

__all__ = ["served"]

_IDS = itertools.count()


@pytest.fixture(autouse=True)
def _node(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMONS_URL", served.url)
    monkeypatch.setenv("COMMONS_KEY", served.reviewer_key)


def waiting(served: Served) -> tuple[str, list[str]]:
    """A source of its own, and the uids of two records of it that wait: the first may name somebody."""
    name = f"wiki{next(_IDS)}"
    wiki = source(name, f"A {name}")
    contents = [
        content(title=f"Title {at} of {name}", upstream={"source": name, "id": f"W-{at}", "sha256": "0" * 64})
        for at in (1, 2)
    ]
    take_in(served.registry, LOCAL_OPERATOR, wiki, contents)
    run = import_runs.begin(served.registry, LOCAL_OPERATOR, wiki)
    held = Finding(name, "W-1", "PERSON_NAMED", "summary", refused=False, held=True)
    import_runs.keep_findings(served.registry, LOCAL_OPERATOR, run, [held])
    with served.registry.storage.read() as reader:
        found = reader.records.by_upstreams(name, ["W-1", "W-2"])
    return name, [found["W-1"].uid, found["W-2"].uid]


def test_the_queue_tells_sources_and_is_narrowed_to_one(served: Served) -> None:
    name, uids = waiting(served)

    told = commons("review", "queue", "--source", name, "--json").json
    text = commons("review", "queue", "--source", name).out

    assert set(uids) == {one["uid"] for one in told["waiting"]}
    assert {"source": name, "title": f"A {name}", "count": 2} in told["sources"]
    assert {("PERSON_NAMED",), ("SOURCE_NOT_TRUSTED",)} == {tuple(one["because"]) for one in told["waiting"]}
    assert f"2 of A {name}: --source {name}" in text
    assert f"{name}: PERSON_NAMED" in text
    assert f"of {name}" not in text.replace(f"2 of A {name}", "")


def test_what_was_listed_is_accepted_and_what_is_refused_is_told(served: Served) -> None:
    name, (first, second) = waiting(served)

    listed = commons("review", "imported", name)
    done = commons("review", "accept-imported", name, f"{first}@1", f"{second}@7")
    left = commons("review", "imported", name, "--json").json

    assert (0, True) == (listed.code, f"Title 1 of {name}" in listed.out)
    assert f"{first}@1" in listed.out
    assert "a person may be named; the name is withheld" in listed.out
    assert 1 == done.code
    assert ": published" in done.out
    assert f"{second}: STALE_REVISION" in done.out
    assert [(second, True)] == [(one["uid"], one["is_acceptable"]) for one in left["records"]]
    again = commons("review", "accept-imported", name, f"{second}@1", "--json")
    assert (0, []) == (again.code, again.json["answers"][0]["errors"])
    assert "nothing waits of this source" in commons("review", "imported", name).out


@pytest.mark.parametrize("said", ["", "@", "@1", "x@", "x", "x@one", "x@٣", "x@9999999999"])
def test_a_record_is_named_with_the_revision_that_was_read(said: str) -> None:
    assert 2 == commons("review", "accept-imported", "wiki", said).code
