"""Commands on mail; as the operator of this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from web.cli.options import DEFAULT_DATA_DIR, AsJson, DataDir
from web.cli.output import answer

if TYPE_CHECKING:
    from registry.domain.canonical import JsonValue

commands = typer.Typer(help="Mail that the node sends.", no_args_is_help=True)


@commands.command("test")
def try_mail(
    address: Annotated[str, typer.Argument(help="Where to send a letter to, at once.")],
    data_dir: DataDir = DEFAULT_DATA_DIR,
    as_json: AsJson = False,
) -> None:
    """Send a letter now, to see whether the mail server takes it."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.service import letters
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        letters.try_mail(registry, LOCAL_OPERATOR, address)
    answer({"sent": True}, "the mail server took it", as_json=as_json)


@commands.command("status")
def status(data_dir: DataDir = DEFAULT_DATA_DIR, as_json: AsJson = False) -> None:
    """How many letters wait, were sent, failed or were given up."""
    from registry.domain.actor import LOCAL_OPERATOR
    from registry.domain.letter import LetterState
    from registry.service import letters
    from web.cli.directory import opened

    with opened(data_dir) as registry:
        found = letters.counts(registry, LOCAL_OPERATOR)
        sends = registry.outbound.sends_mail
    counts = {state.value: found.get(state, 0) for state in LetterState}
    told: JsonValue = {"mail_server": sends, **counts}
    said = "" if sends else "no mail server is set; "
    answer(told, said + ", ".join(f"{count} {state}" for state, count in counts.items()), as_json=as_json)
