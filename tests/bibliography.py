"""Small readers of BibTeX and RIS that know nothing of how this registry writes them."""

from __future__ import annotations

import re
from collections.abc import Iterator

_COMMANDS = {
    "textbackslash": "\\",
    "textasciitilde": "~",
    "textasciicircum": "^",
    "textbraceleft": "{",
    "textbraceright": "}",
}


def read_bibtex(text: str) -> list[dict[str, str]]:
    """Every entry with its fields, and ``ID``; braces that only group are taken away."""
    found = []
    at = 0
    while (start := text.find("@", at)) >= 0:
        head = re.compile(r"@(\w+)\{([^,\s]+),").match(text, start)
        assert head, text[start : start + 80]
        at = head.end()
        entry = {"TYPE": head[1], "ID": head[2]}
        while not (end := re.compile(r"\s*\}").match(text, at)):
            name = re.compile(r"\s*(\w+)\s*=\s*(?=\{)").match(text, at)
            assert name, text[at : at + 80]
            value, at = _group(text, name.end())
            entry[name[1]] = value
            assert text[at] == ",", text[at : at + 80]
            at += 1
        at = end.end()
        found.append(entry)
    return found


def _group(text: str, at: int) -> tuple[str, int]:
    """What stands within the braces that open at *at*, and where they have ended."""
    assert text[at] == "{"
    at += 1
    said = ""
    while text[at] != "}":
        if text[at] == "{":
            inner, at = _group(text, at)
            said += inner
        elif command := re.compile(r"\\([A-Za-z]+)(\{\})?").match(text, at):
            said += _COMMANDS[command[1]]
            at = command.end()
        elif text[at] == "\\":
            # BibTeX counts every brace, also one behind a backslash.
            assert text[at + 1] not in "{}", text[at - 10 : at + 10]
            said += text[at + 1]
            at += 2
        else:
            assert text[at] not in "%&#$_~^", text[at - 10 : at + 10]
            said += text[at]
            at += 1
    return said, at + 1


def read_ris(text: str) -> list[dict[str, list[str]]]:
    """Every reference with its tags, each with its values."""
    return list(_references(text))


def _references(text: str) -> Iterator[dict[str, list[str]]]:
    fields: dict[str, list[str]] = {}
    # As many readers do: at every line end that any script knows.
    for line in filter(None, text.splitlines()):
        tag = re.match(r"([A-Z][A-Z0-9])  - (.*)\Z", line)
        assert tag, line
        if tag[1] == "ER":
            assert "TY" in fields
            yield fields
            fields = {}
        else:
            fields.setdefault(tag[1], []).append(tag[2])
    assert not fields
