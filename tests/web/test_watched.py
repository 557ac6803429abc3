"""The page of watched usage policies."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from registry.domain.actor import LOCAL_OPERATOR
from registry.service import policy_checking, policy_watch
from registry.settings import Settings
from tests.client import Client
from tests.clocks import CountingIds, FixedClock
from tests.outbound.hostile import says, serving
from tests.outbound.test_policy_watch import changed, page
from tests.web.node import Node, open_node
from web.app import create_app


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    """A node that may look at pages on this machine."""
    directory: Path = tmp_path_factory.mktemp("watched") / "data"
    settings = Settings(data_dir=directory, limits=False, outbound_allow_networks=("127.0.0.1/32",))
    with open_node(settings, FixedClock(), CountingIds()) as made:
        yield made


def test_members_see_how_their_pages_were_found_and_strangers_nothing(node: Node) -> None:
    with node.registry.storage.read() as reader:
        owner = reader.accounts.organisation(node.submitter.organisation) if node.submitter.organisation else None
    assert owner is not None
    with serving(page(), changed(1), page(), says(b"", status=500)) as server:
        found = policy_watch.watch(
            node.registry, LOCAL_OPERATOR, url=server.url("/p"), title="Rules <i>x</i>", organisation_slug=owner.slug
        )
        done = [policy_checking.check(node.registry, LOCAL_OPERATOR, found.id) for _ in range(4)]
    member = {"Authorization": f"Bearer {node.key_of_submitter()}"}

    with Client(create_app(node.registry)) as client:
        shown = client.get("/policies/watched", headers=member)
        strange = client.get("/policies/watched", follow_redirects=False)

    assert (200, "private, no-store") == (shown.status_code, shown.headers["cache-control"])
    assert "Rules &lt;i&gt;x&lt;/i&gt;" in shown.text
    assert all(one in shown.text for one in ("<code>HTTP_500</code>", f"/r/{done[1].draft}", "1 time;"))
    assert strange.status_code in {303, 401}
    assert "Rules" not in strange.text
