"""The command that serves a node over HTTP."""

from __future__ import annotations

import ipaddress
import os
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

import typer

from web.cli.options import DEFAULT_DATA_DIR
from web.cli.output import answer, tell

commands = typer.Typer()

DEMO_DATA_DIR = Path(".commons-demo")
_DEFAULTS = f"{DEFAULT_DATA_DIR}, with --demo {DEMO_DATA_DIR}"


@commands.command()
def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; only this machine by default.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(envvar="PORT", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = 8000,
    workers: Annotated[int, typer.Option(min=1, max=64, help="Processes that serve.")] = 1,
    demo: Annotated[bool, typer.Option("--demo", help="Serve sample records from a directory of their own.")] = False,
    data_dir: Annotated[
        Path | None,
        typer.Option(
            "--data-dir", envvar="COMMONS_DATA_DIR", help="Where the node keeps everything.", show_default=_DEFAULTS
        ),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Tell the address, and the demo keys, as JSON.")] = False,
) -> None:
    """Serve the node's pages and API, its search index and its jobs, until it is interrupted."""
    from registry.domain.errors import Misconfigured
    from web.cli.directory import settings_of
    from web.cli.server import Server

    is_local = _is_loopback(host)
    if demo and not is_local:
        raise Misconfigured("the demo serves this machine only", hint="leave out --host")
    if not is_local:
        tell(
            "This listens beyond this machine: put a proxy with TLS before it, and set COMMONS_BASE_URL to its address."
        )
    place = data_dir or (DEMO_DATA_DIR if demo else DEFAULT_DATA_DIR)
    with Server(host, port) as server:
        environ = dict(os.environ)
        if demo:
            from web.demo.start import prepare

            shown = prepare(place, address=server.address, environ=environ)
            document, text = shown.as_dict(), shown.text
        else:
            document, text = {"address": server.address}, f"Serving {server.address}"
        settings = settings_of(place, environ)
        if _is_loopback(urlsplit(settings.base_url).hostname or "") and "COMMONS_BASE_URL" not in environ:
            # A public address on this machine can only mean this very server.
            settings = settings.model_copy(update={"base_url": server.address})
        server.run(settings, workers=workers, ready=lambda: answer(document, text, as_json=as_json))


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
