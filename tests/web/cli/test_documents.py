"""Commands on registered GraphQL documents."""

from __future__ import annotations

from pathlib import Path

from registry.domain.trusted_document import id_of
from tests.web.cli.commons import commons

GOOD = "query a { viewer { roles } } query b($uid: String!) { record(uid: $uid) { title } }"


def test_documents_are_registered_listed_and_removed(node: Path, tmp_path: Path) -> None:
    file = tmp_path / "viewer.graphql"
    file.write_text(GOOD)

    added = commons("document", "add", file, "--data-dir", node, "--json")
    listed = commons("document", "list", "--data-dir", node, "--json")
    removed = commons("document", "remove", id_of(GOOD), "--data-dir", node)
    again = commons("document", "remove", id_of(GOOD), "--data-dir", node)

    assert [{"id": id_of(GOOD), "label": "viewer.graphql"}] == added.json
    assert [id_of(GOOD)] == [one["id"] for one in listed.json]
    assert [0, 3] == [removed.code, again.code]


def test_where_one_is_not_valid_none_is_registered(node: Path, tmp_path: Path) -> None:
    good, bad, broken = (tmp_path / name for name in ("good.graphql", "bad.graphql", "broken.graphql"))
    good.write_text(GOOD)
    bad.write_text("{ nothing }")
    broken.write_bytes(b"{ \xff }")

    done = [commons("document", "add", good, other, "--data-dir", node) for other in (bad, broken, tmp_path / "none")]

    assert [1, 1, 6] == [one.code for one in done]
    assert "INVALID_DOCUMENT: bad.graphql" in done[0].err
    assert [] == commons("document", "list", "--data-dir", node, "--json").json
