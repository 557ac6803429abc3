"""Commands on named parties: other names of organisations, and letters to those that are no members."""

from __future__ import annotations

from pathlib import Path

from registry.service import review, submit
from tests import factories
from tests.web.cli.commons import commons
from tests.web.cli.world import world_of


def test_a_letter_to_a_named_party_is_ready_to_be_sent(node: Path) -> None:
    content = factories.content(systems=[{"provider": "Example Provider", "model": "m"}])
    with world_of(node) as world:
        uid = submit.submit(world.registry, world.submitter, content).record.uid
        review.claim(world.registry, world.reviewer, uid, expected_revision=1)
        review.approve(world.registry, world.reviewer, uid, expected_revision=1)

    text, listed = commons("notices", "--data-dir", node), commons("notices", "--data-dir", node, "--json")

    assert "To Example Provider" in text.out
    assert [(uid, "Example Provider", "asked")] == [(one["record"], one["party"], one["state"]) for one in listed.json]


def test_an_organisation_is_given_other_names(node: Path) -> None:
    commons("org", "add", "lab", "Sample Lab", "--data-dir", node)

    done = commons(
        "org", "describe", "lab", "--alias", "Lab Ltd", "--contact", "mailto:a@b.example", "--data-dir", node
    )

    assert (0, "lab") == (done.code, done.out.strip())


def test_a_contact_that_is_no_address_is_refused(node: Path) -> None:
    commons("org", "add", "lab", "Sample Lab", "--data-dir", node)

    done = commons("org", "describe", "lab", "--contact", "ring me", "--data-dir", node)

    assert done.code != 0
    assert "INVALID_FORMAT" in done.err
