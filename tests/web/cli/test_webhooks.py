"""Commands on webhooks against a served node, and on mail on the machine itself."""

from __future__ import annotations

from pathlib import Path

from tests.client_package.conftest import Served, served
from tests.outbound.mailbox import mailbox
from tests.web.cli.commons import commons

__all__ = ["served"]


def test_a_member_without_webhooks_is_told_what_cannot_be_one(served: Served) -> None:
    at = ("--url", served.url, "--key", served.submitter_key)

    blocked = commons("webhook", "add", "https://169.254.169.254/", *at)
    unknown = [commons("webhook", name, "nothing", *at) for name in ("rotate", "test", "pause", "delete")]
    listed = commons("webhook", "list", *at, "--json")

    assert "URL_BLOCKED" in blocked.err
    assert [True] * 4 == ["NOT_FOUND" in one.err for one in unknown]
    assert (0, []) == (listed.code, listed.json)


def test_an_operator_tries_whether_mail_works(node: Path) -> None:
    without = commons("mail", "test", "ada@example.org", "--data-dir", node)
    with mailbox() as box:
        settings = (
            f'smtp_host = "127.0.0.1"\nsmtp_port = {box.port}\nsmtp_security = "none"\nmail_from = "n@node.example"\n'
        )
        (node / "commons.toml").write_text((node / "commons.toml").read_text() + settings)
        sent = commons("mail", "test", "ada@example.org", "--data-dir", node)
        status = commons("mail", "status", "--data-dir", node, "--json")

    assert "MAIL_FAILED" in without.err
    assert (0, ["ada@example.org"]) == (sent.code, box.recipients)
    assert {"mail_server": True, "waiting": 0, "sent": 0, "failed": 0, "dropped": 0} == status.json


def test_mail_leaves_the_machine_protected_or_not_at_all(node: Path) -> None:
    settings = '\nsmtp_host = "mail.example.org"\nsmtp_security = "none"\nmail_from = "n@node.example"\n'
    (node / "commons.toml").write_text((node / "commons.toml").read_text() + settings)

    refused = commons("mail", "status", "--data-dir", node)

    assert 2 == refused.code
    assert "smtp_security" in refused.err
