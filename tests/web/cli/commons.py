"""Running ``commons`` in this process, as its entry point does."""

from __future__ import annotations

import io
import json
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.secrecy import WATCH
from web.cli.main import main


@dataclass(frozen=True, slots=True)
class Done:
    """What a command left behind."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The answer of a command that was asked for JSON."""
        return json.loads(self.out)

    @property
    def told(self) -> Any:
        """The error of a command that was asked for JSON."""
        return json.loads(self.err)


def commons(*arguments: str | Path) -> Done:
    """Run one command."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            main([str(one) for one in arguments])
        except SystemExit as end:
            code = int(end.code or 0)
    WATCH.command([str(one) for one in arguments], out.getvalue(), err.getvalue())
    return Done(code, out.getvalue(), err.getvalue())
