"""The entry point: help, exit codes, quiet pipes, and a page for every command."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import typer
from typer.core import TyperGroup, TyperOption

from registry.domain import errors
from registry.domain.errors import CommonsError
from tests.web.cli.commons import commons
from web.cli.exits import MEANINGS, Exit, exit_of
from web.cli.main import program

PROGRAM = Path(sys.executable).with_name("commons")
DOCUMENTATION = Path("docs/cli.md")
WANTED = {
    "history", "propose", "proposal list", "proposal accept", "proposal decline", "proposal withdraw",
    "init", "serve", "import", "search", "show", "submit", "validate", "reindex", "verify", "doctor",
    "backup", "restore", "upgrade", "trends",
    "sync add", "sync confirm", "sync list", "sync change", "sync pull", "sync remove", "sync fingerprint",
    "sync reconcile", "sync release", "sync held", "sync show", "sync retry", "sync drop", "sync forks", "sync resolve",
    "sync findings", "sync acknowledgements",
    "sync rotate-key", "sync act-for", "sync successor add", "sync successor remove", "sync successor list",
    "org add", "org list", "user add", "user list", "key create", "key list", "key revoke",
    "deadlines", "draft-report",
    "list", "revise", "number list", "notice list", "notice answer",
    "number reserve", "lookup", "confirm", "case list", "case show", "case block", "case answer", "case decide",
    "case log-request", "taxonomy import", "taxonomy list", "notices", "org describe",
    "statement", "retract", "withdraw", "narrow", "block", "unblock", "hold", "erase",
    "review claim", "review release", "review request-changes", "review approve", "review reject", "review publish",
    "review merge", "review split", "review restore", "review clear-sources",
    "audit list", "audit export", "alert list", "alert dismiss", "key freeze", "key thaw", "user freeze", "user thaw",
    "user invite", "user reset-password", "user sessions",
    "user roles", "user remove", "key rotate", "guidelines publish", "application list", "application show",
    "application approve", "application ask", "application decline", "application grant",
    "document add", "document list", "document remove", "mail status", "mail test",
    "review queue", "review next", "review reveal", "review ask-opinion", "me show", "me avoid",
    "me limit", "me declare",
    "review findings", "review accept-findings", "review redact-findings", "review imported", "review accept-imported",
    "webhook add", "webhook list", "webhook rotate", "webhook test", "webhook pause", "webhook delete",
    "searches list", "searches save", "searches change", "searches delete",
    "worker", "source credential", "source list", "source show", "source add", "source set", "source pause",
    "source resume", "source remove", "source findings", "source runs", "source link",
    "dump write", "dump make", "dump list", "dump verify",
    "export",
    "policy watch", "policy list", "policy check", "policy text", "policy unwatch",
    "org freeze", "org thaw", "group list", "group add", "group join", "group leave",
}  # fmt: skip


def all_commands(group: TyperGroup, prefix: str = "") -> Iterator[tuple[str, typer.core.TyperCommand]]:
    """Every command with its full name."""
    for name, command in group.commands.items():
        if isinstance(command, TyperGroup):
            yield from all_commands(command, f"{prefix}{name} ")
        else:
            assert isinstance(command, typer.core.TyperCommand)
            yield f"{prefix}{name}", command


def tree() -> dict[str, typer.core.TyperCommand]:
    """Every command by its full name."""
    group = program()
    assert isinstance(group, TyperGroup)
    return dict(all_commands(group))


def options_of(command: typer.core.TyperCommand) -> set[str]:
    """The options of a command, as one writes them."""
    return {parameter.opts[0] for parameter in command.params if isinstance(parameter, TyperOption)} - {"--help"}


def test_every_command_there_should_be_is_there_and_answers_in_json() -> None:
    found = tree()

    assert set(found) == WANTED
    assert [name for name, command in found.items() if "--json" not in options_of(command)] == []


def test_every_command_option_and_exit_code_is_documented() -> None:
    text = DOCUMENTATION.read_text(encoding="utf-8")
    pieces = re.split(r"^### `commons ([a-z -]+)`$", text, flags=re.MULTILINE)
    sections = dict(zip(pieces[1::2], pieces[2::2], strict=True))
    shared = {"--json", "--data-dir", "--url", "--key"}

    missing = [
        f"{name} {option}"
        for name, command in tree().items()
        for option in options_of(command) - shared
        if f"`{option}" not in sections.get(name, "")
    ]

    assert set(sections) == WANTED
    assert missing == []
    assert all(f"`{option}" in text for option in shared)
    assert {str(code.value) for code in Exit} <= set(re.findall(r"^\| (\d+) \|", text, re.MULTILINE))


def test_the_help_tells_the_exit_codes() -> None:
    done = commons("--help")

    assert done.code == 0
    assert all(meaning.split()[0] in done.out for meaning in MEANINGS.values())


def test_every_error_has_an_exit_code_of_its_own_sort() -> None:
    def below(one: type[CommonsError]) -> Iterator[type[CommonsError]]:
        for child in one.__subclasses__():
            yield child
            yield from below(child)

    codes = {one: exit_of(one.__new__(one)) for one in below(CommonsError)}

    assert Exit.INTERNAL not in codes.values()
    assert codes[errors.FourEyes] == codes[errors.Unauthenticated] == Exit.REFUSED
    assert codes[errors.BadQuery] == Exit.PROBLEMS
    assert codes[errors.StaleRevision] == Exit.CONFLICT
    assert codes[errors.SearchUnavailable] == Exit.UNAVAILABLE


@pytest.mark.parametrize("arguments", [("nonsense",), ("show",), ("serve", "--port", "70000"), ("verify", "--colour")])
def test_wrong_usage_ends_with_two(arguments: tuple[str, ...]) -> None:
    done = commons(*arguments)

    assert done.code == 2
    assert done.out == ""


def test_a_port_that_is_taken_is_told_in_one_line(node: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = commons("serve", "--port", str(taken.getsockname()[1]), "--data-dir", node)

    assert done.code == 6
    assert len(done.err.splitlines()) == 1
    assert "address already in use" in done.err


def test_a_directory_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = commons("init", "--data-dir", tmp_path / "file" / "node")

    assert done.code == 6
    assert len(done.err.splitlines()) == 1


def test_what_the_system_refuses_is_told_as_json_too(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    done = commons("init", "--data-dir", tmp_path / "file" / "node", "--json")

    assert done.code == 6
    assert done.told["code"] == "UNAVAILABLE"


def test_an_interrupted_command_says_so_and_ends_with_130(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never.json")
    # The program stops at the pipe, which nobody writes to.
    arguments = [str(PROGRAM), "validate", str(tmp_path / "never.json"), "--json"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as waiting:
        writer = os.open(tmp_path / "never.json", os.O_WRONLY)  # returns once the program reads

        waiting.send_signal(signal.SIGINT)
        out, err = waiting.communicate(timeout=120)
        os.close(writer)

    assert (waiting.returncode, out) == (130, "")
    assert json.loads(err)["code"] == "INTERRUPTED"


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_closed_output_is_no_fault_of_the_program(node: Path, closed: str) -> None:
    command = f"'{PROGRAM}' org list --data-dir '{node}' {closed}"

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_a_reader_that_leaves_is_no_error(node: Path) -> None:
    command = f"'{PROGRAM}' org list --data-dir '{node}' | true"

    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stderr) == (0, "")


def test_the_program_answers_json_on_stdout_and_leaves_stderr_for_people(node: Path) -> None:
    arguments = [str(PROGRAM), "verify", "--data-dir", str(node), "--json"]

    done = subprocess.run(arguments, capture_output=True, text=True, timeout=120, check=False)

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["faults"] == []


def test_what_would_steer_a_terminal_is_not_printed(node: Path) -> None:
    (node / "commons.toml").write_text('"\\u001b[2J" = 1\n')

    done = commons("verify", "--data-dir", node)

    assert done.code == 2
    assert "\x1b" not in done.err
