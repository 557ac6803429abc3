"""The entry point ``commons``: puts the groups of commands together and turns errors into exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Annotated, NoReturn

import typer

from registry.domain.errors import CommonsError
from web.cli import accounts, backups, importing, node, records, serving
from web.cli.exits import MEANINGS, Exit, exit_of
from web.cli.output import flush, tell, tell_error

_CODES = "\n".join(f"- {code.value}: {meaning}" for code, meaning in MEANINGS.items())

app = typer.Typer(
    name="commons",
    help="Incident Commons: a shared registry of LLM misuse incidents, mitigations and lessons.",
    epilog=f"Exit codes:\n\n{_CODES}",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
for group in (node, serving, importing, records, backups):
    app.add_typer(group.commands)
app.add_typer(accounts.organisations, name="org")
app.add_typer(accounts.users, name="user")
app.add_typer(accounts.keys, name="key")


@app.callback()
def _commons(
    _traceback: Annotated[bool, typer.Option("--traceback", help="Show where a fault of the program arose.")] = False,
) -> None:
    """Let ``--traceback`` stand before the command; ``main`` looks for it."""


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command and leave with its exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    as_json = "--json" in given
    try:
        typer.main.get_command(app).main(given, prog_name="commons")
        flush()
    except CommonsError as error:
        tell_error(error, as_json=as_json)
        sys.exit(exit_of(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        tell(f"commons: UNAVAILABLE: {place}{error.strerror or 'this cannot be read or written'}")
        sys.exit(Exit.UNAVAILABLE)
    except Exception as error:
        if "--traceback" in given:
            raise
        tell(f"commons: INTERNAL: a fault of the program ({type(error).__name__}); --traceback shows where")
        sys.exit(Exit.INTERNAL)
    sys.exit(Exit.OK)
