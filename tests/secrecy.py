"""Watches everything that the tests' programs say, and fails the test in which a secret is said.

What counts as said: stdout, stderr and log records of each test, the output of programs that it starts and waits for,
of commands run in this process, and files named ``*.log`` in its directory. What counts as secret: every whole API key,
every secret that was generated in the run, and every text that a test planted (``planted``).

A command that makes a key, or a link that is as good as one, shows it on stdout. That is said by ``TELLS_A_KEY``, for
that command and stream only.
"""

from __future__ import annotations

import functools
import itertools
import re
import subprocess
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from typing import Any

import pytest

from registry.clock import RandomIds
from registry.domain.account import KEY_PATTERN, parse_key
from tests.clocks import CountingIds
from tests.scratch import clear_away

MARK = "planted-secret"
TELLS_A_KEY = (("init",), ("key", "create"), ("key", "rotate"), ("serve", "--demo"), ("source", "link"), ("searches",))
_KEY = re.compile(KEY_PATTERN)
_LONG_WORD = re.compile(r"[A-Za-z0-9]{40}")
_LARGEST_FILE = 50_000_000

_numbers = itertools.count(1)


class Watch:
    """The secrets of this process, and what was said since the last look."""

    def __init__(self) -> None:
        self.generated: set[str] = set()
        self.found: list[str] = []

    def generate(self, make: Callable[[Any], str]) -> Callable[[Any], str]:
        """*make*, whose secrets are kept in mind."""

        @functools.wraps(make)
        def made(ids: Any) -> str:
            secret = make(ids)
            self.generated.add(secret)
            return secret

        return made

    def said(self, text: str | bytes | None, where: str) -> None:
        """Look through what was said."""
        if text:
            whole = text.decode("utf-8", "replace") if isinstance(text, bytes) else text
            self.found += [f"{what} in {where}" for what in sorted(self.secrets_in(whole))]

    def command(self, arguments: Iterable[str], out: str | bytes | None, err: str | bytes | None) -> None:
        """Look through what a command said. A key on the stdout of one that makes keys is where it belongs."""
        # Of a shell's script the words are looked at, too.
        words = tuple(" ".join(arguments).split())
        name = " ".join(words[:2])
        if not any(_holds(words, told) for told in TELLS_A_KEY):
            self.said(out, f"stdout of {name}")
        self.said(err, f"stderr of {name}")

    def secrets_in(self, text: str) -> set[str]:
        """Which kinds of secrets *text* holds; the secrets themselves are not told again."""
        kinds = set()
        if any(parse_key(match[0]) for match in _KEY.finditer(text)):
            kinds.add("an API key")
        # A long word may begin anywhere within a longer one.
        words = (match[1] for match in re.finditer(rf"(?=({_LONG_WORD.pattern}))", text))
        if any(word in self.generated for word in words):
            kinds.add("a generated secret")
        if MARK in text:
            kinds.add("a planted secret")
        return kinds

    def take(self) -> list[str]:
        """What was found since the last look."""
        found, self.found = self.found, []
        return found


WATCH = Watch()


def planted(what: str = "password") -> str:
    """A secret of a test: different each time, and nowhere to be said."""
    return f"{MARK} {what} {next(_numbers)}"


def _holds(words: tuple[str, ...], told: tuple[str, ...]) -> bool:
    return any(words[at : at + len(told)] == told for at in range(len(words)))


def watch_programs() -> None:
    """Listen to every program that is started and waited for, and to every secret that is generated."""
    communicate = subprocess.Popen.communicate

    @functools.wraps(communicate)
    def heard(process: subprocess.Popen[Any], *given: Any, **named: Any) -> tuple[Any, Any]:
        out, err = communicate(process, *given, **named)
        arguments = process.args if isinstance(process.args, list | tuple) else str(process.args).split()
        WATCH.command([str(one).strip("'") for one in arguments], out, err)
        return out, err

    setattr(subprocess.Popen, "communicate", heard)  # noqa: B010  # a class that nobody else changes
    for ids in (RandomIds, CountingIds):
        setattr(ids, "secret", WATCH.generate(ids.secret))  # noqa: B010


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Look through all that was said so far when a step of a test ends; its files are then no longer wanted."""
    report = yield
    for name, text in report.sections:
        WATCH.said(text, name)
    if call.when == "teardown":
        directory = getattr(item, "funcargs", {}).get("tmp_path")
        if directory is not None:
            _look_through(directory)
    found = WATCH.take()
    if found and report.outcome != "failed":
        report.outcome = "failed"
        report.longrepr = f"{item.nodeid}: a secret was said\n" + "\n".join(found)
    clear_away(item, report)
    return report


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Fail the run for what was said after the last test."""
    found = WATCH.take()
    if found:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
        session.config.stash[_LATE] = found


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was found after the last test."""
    for one in config.stash.get(_LATE, []):
        terminalreporter.write_line(f"a secret was said after the last test: {one}", red=True)


_LATE: pytest.StashKey[list[str]] = pytest.StashKey()


def _look_through(directory: Path) -> None:
    for path in directory.rglob("*.log"):
        if path.is_file() and path.stat().st_size < _LARGEST_FILE:
            WATCH.said(path.read_bytes(), path.name)
