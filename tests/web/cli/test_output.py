"""What a command writes, whatever stands in a record."""

from __future__ import annotations

import json

import pytest
from rich.emoji import Emoji

from tests.web.cli.test_main import tree
from web.cli import output


@pytest.mark.parametrize("as_json", [True, False])
def test_nothing_that_is_written_steers_a_terminal(capsys: pytest.CaptureFixture[str], *, as_json: bool) -> None:
    hostile = "\x9b31mred\x1b[2J\x7f\u202eback\x85\U000e0001 \u00e4 \U0001f600"

    output.answer({"title": hostile}, hostile, as_json=as_json)

    written = capsys.readouterr().out
    assert all(one.isprintable() or one == "\n" for one in written)
    assert "\u00e4 \U0001f600" in written
    assert not as_json or {"title": hostile} == json.loads(written)


def test_no_help_holds_what_a_terminal_would_show_as_a_picture_or_a_mark() -> None:
    texts = [
        (name, text)
        for name, command in tree().items()
        for text in (command.help, *(getattr(one, "help", None) for one in command.params))
        if text
    ]

    assert [] == [name for name, text in texts if text != Emoji.replace(text) or "``" in text]
