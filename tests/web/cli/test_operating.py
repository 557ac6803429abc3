"""The commands of docs/operating.md run as they are written."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

from registry.settings import Settings
from tests.forking import programs

DOCUMENTATION = Path("docs/operating.md")


def test_every_setting_is_documented_with_its_default() -> None:
    # Other tables of the guide begin their rows with a name too.
    (table,) = re.findall(
        r"^\| key \| default \| meaning \|\n((?:\|.*\n)+)", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE
    )
    rows = dict(re.findall(r"^\| `([a-z_]+)` \| `?([^`|]+?)`? \|", table, re.MULTILINE))
    fields = {name: field.default for name, field in Settings.model_fields.items() if name != "data_dir"}

    assert set(rows) == set(fields)
    assert {name: str(default) for name, default in fields.items() if default} == {
        name: rows[name] for name, default in fields.items() if default
    }


def test_the_commands_of_the_operating_guide_run_as_they_are(tmp_path: Path) -> None:
    blocks = re.findall(r"^```sh\n(.*?)^```$", DOCUMENTATION.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    # Serving does not end by itself, and installing would reach for the network.
    lines = [line for line in "".join(blocks).splitlines() if not line.startswith(("commons serve", "pip "))]
    script = "\n".join(lines).replace("/var/backups", str(tmp_path / "backups"))
    (tmp_path / "backups").mkdir()
    environ = {"PATH": f"{programs()}:{os.environ['PATH']}", "HOME": str(tmp_path)}

    done = subprocess.run(
        ["sh", "-eu", "-c", script], cwd=tmp_path, env=environ, capture_output=True, text=True, timeout=600, check=False
    )

    assert done.returncode == 0, done.stderr
    assert len(blocks) >= 5
