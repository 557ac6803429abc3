"""Commands on saved searches against a served node."""

from __future__ import annotations

from tests.client_package.conftest import Served, served
from tests.web.cli.commons import commons

__all__ = ["served"]


def test_a_member_saves_lists_changes_and_deletes_a_search(served: Served) -> None:
    at = ("--url", served.url, "--key", served.submitter_key)

    saved = commons("searches", "save", "Floods", "flood kind:incident", *at, "--json")
    which = saved.json["id"]
    changed = commons("searches", "change", which, "--name", "Waters", "--digest", "weekly", *at, "--json")
    listed = commons("searches", "list", *at)
    gone = commons("searches", "delete", which, *at)
    after = commons("searches", "list", *at, "--json")

    assert ("Floods", "flood kind:incident") == (saved.json["name"], saved.json["query"])
    assert ("Waters", "WEEKLY") == (changed.json["name"], changed.json["digest"])
    assert "Waters" in listed.out
    assert "weekly" in listed.out
    assert (0, []) == (gone.code, after.json)


def test_what_cannot_be_saved_is_told_with_its_code(served: Served) -> None:
    at = ("--url", served.url, "--key", served.submitter_key)

    refused = [
        commons("searches", "save", "", "flood", *at),
        commons("searches", "save", "Floods", "(", *at),
        commons("searches", "delete", "nothing", *at),
        commons("searches", "list", "--url", served.url),
    ]

    codes = ("REQUIRED", "BAD_QUERY", "NOT_FOUND", "UNAUTHENTICATED")
    assert [True] * 4 == [code in one.err for code, one in zip(codes, refused, strict=True)]
