"""The entry point ``commons``: puts the groups of commands together and turns errors into exit codes."""

from __future__ import annotations

import functools
import gc
import os
import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from registry.domain.errors import CommonsError
from web.cli import (
    accounts,
    audit,
    backups,
    casework,
    checking,
    corrections,
    counting,
    doctor,
    documents,
    dumping,
    exporting,
    groups,
    imported,
    importing,
    life,
    mailing,
    me,
    members,
    membership,
    node,
    numbers,
    own,
    parties,
    policies,
    queue,
    records,
    reporting,
    reviewing,
    searches,
    serving,
    signing_in,
    source_credential,
    sources,
    stating,
    syncing,
    taxonomy,
    webhooks,
    working,
)
from web.cli.exits import MEANINGS, Exit, exit_of
from web.cli.output import flush, tell_error, tell_failure

_COLLECTION = (10_000, 20, 20)
_CODES = "\n".join(f"- {code.value}: {meaning}" for code, meaning in MEANINGS.items())

app = typer.Typer(
    name="commons",
    help="Incident Commons: a shared registry of LLM misuse incidents, mitigations and lessons.",
    epilog=f"Exit codes:\n\n{_CODES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for group in (
    node,
    doctor,
    serving,
    working,
    importing,
    records,
    own,
    stating,
    life,
    corrections,
    checking,
    reporting,
    parties,
    backups,
    exporting,
    counting,
):
    app.add_typer(group.commands)
app.add_typer(accounts.organisations, name="org")
members.commands.add_typer(signing_in.commands)
app.add_typer(members.commands, name="user")
app.add_typer(membership.applications, name="application")
app.add_typer(dumping.commands, name="dump")
app.add_typer(syncing.commands, name="sync")
app.add_typer(membership.guidelines, name="guidelines")
app.add_typer(accounts.keys, name="key")
app.add_typer(audit.commands, name="audit")
app.add_typer(audit.alerts, name="alert")
app.add_typer(numbers.commands, name="number")
app.add_typer(own.notices, name="notice")
reviewing.commands.add_typer(queue.commands)
reviewing.commands.add_typer(imported.commands)
app.add_typer(reviewing.commands, name="review")
app.add_typer(me.commands, name="me")
app.add_typer(groups.commands, name="group")
app.add_typer(webhooks.commands, name="webhook")
app.add_typer(searches.commands, name="searches")
app.add_typer(mailing.commands, name="mail")
app.add_typer(documents.commands, name="document")
app.add_typer(policies.commands, name="policy")
app.add_typer(casework.commands, name="case")
app.add_typer(taxonomy.commands, name="taxonomy")
sources.commands.add_typer(source_credential.commands)
app.add_typer(sources.commands, name="source")
app.add_typer(corrections.proposals, name="proposal")


@app.callback()
def _commons(
    _traceback: Annotated[bool, typer.Option("--traceback", help="Show where a fault of the program arose.")] = False,
) -> None:
    """Let ``--traceback`` stand before the command; ``main`` looks for it."""


# To read the types of all options takes a tenth of a second.
program = functools.cache(functools.partial(typer.main.get_command, app))


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    # Whatever a command writes, a node, its index or a backup, is for its owner only.
    os.umask(0o077)
    # Loading makes much and throws nothing away; looking for garbage as often as Python does is a seventh of a command.
    gc.set_threshold(*_COLLECTION)
    try:
        program().main(given, prog_name="commons")
        flush()
    except CommonsError as error:
        tell_error(error, as_json=as_json)
        sys.exit(exit_of(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        message = f"{place}{error.strerror or 'this cannot be read or written'}"
        tell_failure("UNAVAILABLE", message, as_json=as_json)
        sys.exit(Exit.UNAVAILABLE)
    except SystemExit as end:
        if end.code == Exit.INTERRUPTED:
            hint = "what was finished is kept; the command may be run again"
            tell_failure("INTERRUPTED", "interrupted", hint=hint, as_json=as_json)
        raise
    except Exception as error:
        if "--traceback" in given:
            raise
        message = f"a fault of the program ({type(error).__name__})"
        tell_failure("INTERNAL", message, hint="commons --traceback COMMAND shows where", as_json=as_json)
        sys.exit(Exit.INTERNAL)
    sys.exit(Exit.OK)
