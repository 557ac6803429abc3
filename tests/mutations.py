"""A small mutation run: take one rule away at a time and see that a test notices.

Run it as ``.venv/bin/python -m tests.mutations``, or with the beginning of mutants' names to run only those. Every
grant of the permission table, every step of the workflow table, every rule of redaction and every check of who sees
what and of who may take away is removed once, each in a forked child in which the tests then run. Ends with 1 if any
mutant survives.
"""

from __future__ import annotations

import contextlib
import inspect
import os
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FunctionType

import pytest

from registry.domain import policy, redaction, workflow
from registry.domain.actor import Permission, Role
from registry.domain.record import State
from tests.mutants import EDITS, POLICY_TESTS, REDACTION_TESTS, TESTS, WORKFLOW_TESTS


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is taken away, how, and which tests should notice."""

    name: str
    apply: Callable[[], None]
    tests: tuple[str, ...]


def mutants() -> Iterator[Mutant]:
    """Every mutant, in the order of the tables."""
    for role, permissions in policy.GRANTS.items():
        for permission in sorted(permissions):
            yield Mutant(f"grant: {role} {permission}", _without_grant(role, permission), (POLICY_TESTS,))
    for state, step in workflow.TABLE:
        yield Mutant(f"step: {state} {step}", _without_step(state, step), (WORKFLOW_TESTS,))
    for rule in redaction.RULES:
        yield Mutant(f"redaction: {rule.name}", _without_rule(rule), (REDACTION_TESTS,))
    for edited, old, new in EDITS:
        function = edited.fget if isinstance(edited, property) else edited
        assert isinstance(function, FunctionType)
        name = f"{function.__module__}.{function.__qualname__}: {old!r} -> {new!r}"
        yield Mutant(name, _with_edit(function, old, new), TESTS[function.__module__])


def _without_grant(role: Role, permission: Permission) -> Callable[[], None]:
    def apply() -> None:
        policy.GRANTS[role] -= {permission}

    return apply


def _without_step(state: State, step: workflow.Step) -> Callable[[], None]:
    def apply() -> None:
        del workflow.TABLE[state, step]

    return apply


def _without_rule(rule: redaction.Rule) -> Callable[[], None]:
    def apply() -> None:
        redaction.RULES = tuple(one for one in redaction.RULES if one is not rule)

    return apply


def _with_edit(function: FunctionType, old: str, new: str) -> Callable[[], None]:
    """Write the function anew with *old* replaced; an edit that no longer fits stops the run."""
    source = textwrap.dedent(inspect.getsource(function)).removeprefix("@property\n")
    if source.count(old) != 1:
        raise SystemExit(f"tests/mutations.py: {function.__qualname__} does not hold {old!r} exactly once")

    def apply() -> None:
        space: dict[str, FunctionType] = {}
        exec("from __future__ import annotations\n" + source.replace(old, new), function.__globals__, space)
        function.__code__ = space[function.__name__].__code__

    return apply


def is_noticed(mutant: Mutant) -> bool:
    """Whether its tests fail with the mutant in place; they run in a child of this process."""
    child = os.fork()
    if child == 0:
        with open(os.devnull, "w", encoding="utf-8") as nothing:  # noqa: PTH123
            os.dup2(nothing.fileno(), 1)
            os.dup2(nothing.fileno(), 2)
        os._exit(_run_tests(mutant))
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in {pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED}:
        raise SystemExit(f"the tests could not be run for '{mutant.name}': exit code {code}")
    return code == pytest.ExitCode.TESTS_FAILED


def _run_tests(mutant: Mutant) -> int:
    """The exit code of pytest; that of an internal error where pytest itself could not run."""
    options = ["-x", "-q", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0"]
    # What is taken away was imported before pytest could rewrite the plugins among it.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    if all(one.startswith("tests/domain/") for one in mutant.tests):
        options.append("--noconftest")
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    with contextlib.suppress(Exception):
        mutant.apply()
        code = int(pytest.main([*options, *mutant.tests]))
    return code


def main() -> int:
    """Run every mutant and print a line for each; 0 if all were noticed."""
    began = time.monotonic()
    wanted = tuple(sys.argv[1:])
    # All at once: the text of the modules may change while the run goes on.
    chosen = [one for one in mutants() if not wanted or one.name.startswith(wanted)]
    for tests in sorted({one.tests for one in chosen}):
        if is_noticed(Mutant("nothing taken away", lambda: None, tests)):
            raise SystemExit(f"{' or '.join(tests)} fails as it is; mend it first")
    survivors = total = 0
    for mutant in chosen:
        noticed = is_noticed(mutant)
        total += 1
        survivors += not noticed
        sys.stdout.write(f"{'noticed ' if noticed else 'SURVIVED'}  {mutant.name}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total} mutants, {survivors} survived, {time.monotonic() - began:.0f} s\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
