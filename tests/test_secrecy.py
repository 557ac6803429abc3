"""The watch over what tests say: it hears each way of saying something, and lets a new key through where it belongs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from registry.clock import RandomIds
from registry.domain.account import KeyId, format_key
from tests.secrecy import MARK, Watch, planted

# One made-up test for each way; each says a secret that nobody wrote down before.
WAYS = {
    "stdout": "print(KEY)",
    "stderr": "print(KEY, file=sys.stderr)",
    "log": "logging.getLogger('x').warning('with %s', KEY)",
    "program": "subprocess.run([sys.executable, '-c', f'print({KEY!r})'], capture_output=True, check=False)",
    "program_err": (
        "subprocess.run([sys.executable, '-c', f'import sys; sys.exit({KEY!r})'], capture_output=True, check=False)"
    ),
    "file": "(tmp_path / 'node.log').write_text(KEY)",
    "secret": "print('half of it: ' + SECRET)",
    "planted": "print(planted('password'))",
    "fixture": "request.addfinalizer(lambda: print(KEY))",
}
QUIET = {
    "half": "print(KEY[:-30])",
    "id": "print(KEY.split('_')[2])",
    "made": "WATCH.command(['commons', 'key', 'create'], KEY, '')",
    "other_file": "(tmp_path / 'database').write_text(KEY)",
}
HEAD = """
import logging, subprocess, sys
from registry.clock import RandomIds
from registry.domain.account import KeyId, format_key
from tests.secrecy import WATCH, planted, pytest_runtest_makereport, watch_programs
"""
TEST = """
def test_{name}(tmp_path, request):
    SECRET = RandomIds().secret()
    KEY = format_key("live", KeyId("abcdefghijkl"), SECRET)
    {statement}
"""


@pytest.mark.parametrize("workers", ["0", "1"])
def test_a_run_in_which_a_secret_is_said_fails_and_names_the_test_but_not_the_secret(
    tmp_path: Path, workers: str
) -> None:
    (tmp_path / "conftest.py").write_text(
        "from tests.secrecy import pytest_runtest_makereport, watch_programs\nwatch_programs()\n"
    )
    tests = "".join(TEST.format(name=name, statement=text) for name, text in (WAYS | QUIET).items())
    (tmp_path / "test_said.py").write_text(HEAD + tests)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "-n", workers]
    command += ["--show-capture=no"]

    done = subprocess.run(
        [*command, "--rootdir", str(tmp_path), str(tmp_path)],
        env={"PYTHONPATH": str(Path(__file__).parents[1]), "PATH": ""},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )

    summary = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    failed = {line.partition("::test_")[2].partition(" ")[0] for line in summary}
    assert 1 == done.returncode, done.stdout + done.stderr
    assert set(WAYS) == failed


def test_a_key_is_let_through_on_the_stdout_of_the_command_that_makes_it_alone() -> None:
    key = format_key("live", KeyId("abcdefghijkl"), RandomIds().secret())
    watch = Watch()

    for command in (["key", "create"], ["key", "list"]):
        watch.command(command, key, "")
        watch.command(command, "", key.encode())

    said = [f"an API key in {where}" for where in ("stderr of key create", "stdout of key list", "stderr of key list")]
    assert said == watch.take()


def test_each_planted_secret_is_another_one() -> None:
    assert planted() != planted()
    assert planted("code").startswith(MARK)
