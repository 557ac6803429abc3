"""Commands on how people sign in."""

from __future__ import annotations

from pathlib import Path

from tests.service.signing_in import code_in
from tests.web.cli.commons import commons


def test_an_invitation_is_printed_and_a_reset_makes_another(node: Path) -> None:
    commons("org", "add", "acme", "Acme", "--data-dir", node)
    person = commons("user", "add", "acme", "Ann", "--role", "submitter", "--data-dir", node).out.strip()

    invited = commons("user", "invite", person, "--data-dir", node)
    again = commons("user", "reset-password", person, "--data-dir", node, "--json").json
    unknown = commons("user", "invite", "nobody", "--data-dir", node)
    listed = commons("user", "sessions", person, "--end", "--data-dir", node, "--json").json

    assert code_in(invited.out) != code_in(again["invitation"])
    assert "/invitation" in invited.out
    assert "NOT_FOUND" in unknown.err
    assert [] == listed
