"""The options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

DEFAULT_DATA_DIR = Path(".commons")
DEFAULT_URL = "http://127.0.0.1:8000"

DataDir: TypeAlias = Annotated[
    Path, typer.Option("--data-dir", envvar="COMMONS_DATA_DIR", help="Where the node keeps everything.")
]
AsJson: TypeAlias = Annotated[bool, typer.Option("--json", help="Answer with one JSON document.")]
Url: TypeAlias = Annotated[str, typer.Option("--url", envvar="COMMONS_URL", help="Address of the node to talk to.")]
Key: TypeAlias = Annotated[
    str | None,
    typer.Option("--key", envvar="COMMONS_KEY", help="API key; better in the environment.", show_envvar=True),
]
