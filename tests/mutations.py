"""A small mutation run: take one rule away at a time and see that a test of the domain notices.

Run it as ``.venv/bin/python -m tests.mutations``. Every grant of the permission table, every step of the workflow
table, every rule of redaction and every check of the policy functions is removed once, each in a forked child
in which the tests then run. Ends with 1 if any mutant survives.
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

POLICY_TESTS = "tests/domain/test_policy.py"
WORKFLOW_TESTS = "tests/domain/test_workflow.py"
REDACTION_TESTS = "tests/domain/test_redaction.py"


@dataclass(frozen=True, slots=True)
class Mutant:
    """What is taken away, how, and which tests should notice."""

    name: str
    apply: Callable[[], None]
    tests: str


# A function, a piece of its text, and what stands there instead.
EDITS: tuple[tuple[object, str, str], ...] = (
    (policy.permissions_of, "granted & actor.scopes", "granted"),
    (policy.permissions_of, "granted & actor.scopes", "actor.scopes"),
    (policy.require, "if permission in permissions_of(actor):", "if True:"),
    (policy.require, "actor.person is None and actor.roles == {Role.ANYBODY}", "False"),
    (policy.visible_to, "Permission.RECORD_READ not in permissions_of(actor)", "False"),
    (policy.visible_to, "bool(actor.roles & _SEES_ALL)", "True"),
    (policy.visible_to, "organisation=actor.organisation", "organisation=None"),
    (policy.require_own, "actor.organisation is None or record.owner != actor.organisation", "False"),
    (policy.require_own, "record.owner != actor.organisation", "False"),
    (policy.require_second_person, "actor.person is None or actor.person in record.contributors", "False"),
    (policy.require_second_person, "actor.person is None or ", ""),
    (policy.require_second_person, " or actor.person in record.contributors", ""),
    (policy.require_second_person, "actor.organisation is None or actor.organisation == record.owner", "False"),
    (policy.require_second_person, "actor.organisation is None or ", ""),
    (policy.require_second_person, " or actor.organisation == record.owner", ""),
    (policy.require_claim, "record.claimed_by is None or record.claimed_by != actor.person", "False"),
    (policy.require_take_down, "not actor.roles & _TAKES_DOWN_ANY", "False"),
    (policy.require_take_down, "not actor.roles & _TAKES_DOWN_ANY", "True"),
    (policy.require_one_name, "actor.person is not None and ", ""),
    (policy.require_one_name, " and actor.person != person", ""),
    (policy.require_one_name, "(actor.roles | roles)", "roles"),
    (policy.require_one_name, "(actor.roles | roles)", "actor.roles"),
    (policy.require_one_name, " and (actor.roles | roles) & REVIEWERS", ""),
    (policy.require_claim, "or_lead and ", ""),
    (policy.require_claim, "or_lead and Role.LEAD_REVIEWER in actor.roles", "or_lead"),
    (policy.require_claim, "record.claimed_by is None or ", ""),
    (policy.require_claim, " or record.claimed_by != actor.person", ""),
    (policy.reads_restricted, "actor.roles & {Role.SYSTEM}", "False"),
    (policy.reads_restricted, "Permission.RECORD_READ not in permissions_of(actor)", "False"),
    (policy.reads_restricted, "actor.organisation is not None and actor.organisation == record.owner", "False"),
    (policy.reads_restricted, "actor.organisation == record.owner", "True"),
    (policy.reads_restricted, "return holds_claim and", "return"),
    (policy.reads_restricted, " and record.claimed_by == actor.person", ""),
    (policy.reads_restricted, "actor.person is not None and ", ""),
    (policy.reads_restricted, " and under_review and", " and"),
    (policy.reads_restricted, " and may_review and", " and"),
    (policy.reads_restricted, " and all(one.marking.restricted_for_review for one in shown)", ""),
    (policy.reads_restricted, "(record.head, record.newest)", "(record.newest,)"),
    (policy.Visibility.admits, "self.everything or ", ""),
    (policy.Visibility.admits, "record.is_public or ", ""),
    (policy.Visibility.admits, "record.is_tombstone or ", ""),
    (policy.Visibility.admits, " or self.owns(record)", ""),
    (policy.Visibility.owns, "record.owner == self.organisation", "True"),
    (workflow.advance, "record.state if step in _WHOLE else record.stage", "record.state"),
    (workflow.advance, "record.state if step in _WHOLE else record.stage", "record.stage"),
    (workflow.advance, "step in _WHOLE or record.state is not State.PUBLISHED", "step in _WHOLE"),
    (workflow.advance, "step in _WHOLE or record.state", "record.state"),
    (workflow.advance, "None if after is State.PUBLISHED else after", "after"),
)


def mutants() -> Iterator[Mutant]:
    """Every mutant, in the order of the tables."""
    for role, permissions in policy.GRANTS.items():
        for permission in sorted(permissions):
            yield Mutant(f"grant: {role} {permission}", _without_grant(role, permission), POLICY_TESTS)
    for state, step in workflow.TABLE:
        yield Mutant(f"step: {state} {step}", _without_step(state, step), WORKFLOW_TESTS)
    for rule in redaction.RULES:
        yield Mutant(f"redaction: {rule.name}", _without_rule(rule), REDACTION_TESTS)
    for function, old, new in EDITS:
        assert isinstance(function, FunctionType)
        tests = WORKFLOW_TESTS if function is workflow.advance else POLICY_TESTS
        yield Mutant(f"{function.__qualname__}: {old!r} -> {new!r}", _with_edit(function, old, new), tests)


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
    source = textwrap.dedent(inspect.getsource(function))
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
    options = ["-x", "-q", "--noconftest", "-p", "no:cacheprovider", "-p", "no:randomly", "--hypothesis-seed=0"]
    code = int(pytest.ExitCode.INTERNAL_ERROR)
    with contextlib.suppress(Exception):
        mutant.apply()
        code = int(pytest.main([*options, mutant.tests]))
    return code


def main() -> int:
    """Run every mutant and print a line for each; 0 if all were noticed."""
    began = time.monotonic()
    for tests in (POLICY_TESTS, WORKFLOW_TESTS, REDACTION_TESTS):
        if is_noticed(Mutant("nothing taken away", lambda: None, tests)):
            raise SystemExit(f"{tests} fails as it is; mend it first")
    survivors = total = 0
    for mutant in mutants():
        noticed = is_noticed(mutant)
        total += 1
        survivors += not noticed
        sys.stdout.write(f"{'noticed ' if noticed else 'SURVIVED'}  {mutant.name}\n")
        sys.stdout.flush()
    sys.stdout.write(f"{total} mutants, {survivors} survived, {time.monotonic() - began:.0f} s\n")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
