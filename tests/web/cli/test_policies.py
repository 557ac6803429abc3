"""Commands on watched usage policies."""

from __future__ import annotations

from pathlib import Path

from tests.outbound.hostile import serving
from tests.outbound.test_policy_watch import RULES, changed, page
from tests.web.cli.commons import commons


def test_a_page_is_watched_looked_at_and_watched_no_more(node: Path) -> None:
    with (node / "commons.toml").open("a") as settings:
        settings.write('outbound_allow_networks = ["127.0.0.1/32"]\n')
    at = ("--data-dir", node)
    with serving(page(), changed(1)) as server:
        made = commons("policy", "watch", server.url("/p"), "--title", "Policy", *at, "--json")
        first = commons("policy", "check", *at, "--json")
        second = commons("policy", "check", made.json["id"], *at, "--json")
    (listed,) = commons("policy", "list", *at, "--json").json
    shown = commons("policy", "text", made.json["id"], listed["versions"][-1]["sha256"], *at)
    gone = commons("policy", "unwatch", made.json["id"], *at)
    again = commons("policy", "unwatch", made.json["id"], *at)

    assert ["first", "changed"] == [one["outcome"] for one in (*first.json, *second.json)]
    assert second.json[0]["draft"] in [one["draft"] for one in listed["versions"]]
    assert any(rule in shown.out for rule in RULES)
    assert [0, 3] == [gone.code, again.code]
