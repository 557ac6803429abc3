"""Commands on records: search, show and submit ask a node over HTTP; validate needs none."""

from __future__ import annotations

import typer

commands = typer.Typer()
