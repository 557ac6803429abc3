"""Every example of the documents is run against a node, in the order of the text."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.docs.blocks import DOCS, Block, blocks, documents
from tests.docs.conftest import Demo

_RUN = {"sh", "graphql"}
_RUN_IF_ASKED = {*_RUN, "python"}
# What would not end, or would reach beyond this machine and this test.
_SKIPPED = re.compile(
    r"^(make (run|test|check)\b.*|commons serve\b.*|pip install\b.*|export COMMONS_URL=.*)$", re.MULTILINE
)
_OUTSIDE = re.compile(r"/(?:var/backups|tmp)\b")
_SAMPLE = re.compile(r"\bDEMO-([A-Z]{3})-20\d\d-")
_REFUSED = re.compile(r'"(errors|userErrors)": ?\[\{')
_SECONDS = 180
# Every command of theirs opens a node of its own, which takes many seconds in all.
_LONG = {"operating.md"}


def _runnable(document: Path) -> list[tuple[Block, Block | None]]:
    """What is run of *document*, each with the block that follows it."""
    found = list(blocks(document))
    following = [*pairwise(found), *((one, None) for one in found[-1:])]
    return [pair for pair in following if pair[0].language in (_RUN_IF_ASKED if "run" in pair[0].asked else _RUN)]


def _parameters() -> list[pytest.ParameterSet]:
    chosen = [one for one in documents() if _runnable(one)]
    return [pytest.param(one, id=one.name, marks=[pytest.mark.soak] if one.name in _LONG else []) for one in chosen]


@pytest.mark.parametrize("document", _parameters())
def test_the_examples_of_a_document_do_what_it_says(document: Path, demo: Demo, tmp_path: Path) -> None:
    """Shell blocks share variables and functions, as they do for somebody who copies them into one shell."""
    place = tmp_path / "reader"
    place.mkdir()
    (place / "docs").symlink_to(DOCS)
    memory = tmp_path / "memory"
    memory.touch()

    for block, following in _runnable(document):
        where = f"{document.name}, line {block.line}"
        if block.language == "graphql":
            has_variables = following is not None and following.language == "json"
            variables = json.loads(following.text) if following is not None and has_variables else {}
            answer = _ask(demo, _of_this_year(block.text), variables, block.asked.get("as"))
            _check(block, where, code=0, output=answer)
        else:
            code, output = _run(block, demo, place, memory)
            _check(block, where, code=code, output=output)


def _check(block: Block, where: str, *, code: int, output: str) -> None:
    expected = block.asked.get("expect")
    if expected is not None:
        assert re.search(rf"\b{expected}\b", output), f"{where}: {expected} was expected in\n{output}"
        return
    assert 0 == code, f"{where}: ended with {code}\n{output}"
    assert not _REFUSED.search(output), f"{where}: was refused\n{output}"


def _run(block: Block, demo: Demo, place: Path, memory: Path) -> tuple[int, str]:
    """The exit code of a block and all that it wrote; nothing that it started is left."""
    elsewhere = place.with_name("elsewhere")
    elsewhere.mkdir(exist_ok=True)
    text = _OUTSIDE.sub(str(elsewhere), _of_this_year(_SKIPPED.sub(":", block.text)))
    script = f"source {memory}\nset -a\n{text}\nexport -p >{memory}\ndeclare -f >>{memory}\n"
    shell = ["bash", "-e", "-o", "pipefail", "-c", script]
    command = [sys.executable, "-c", text] if block.language == "python" else shell
    with subprocess.Popen(
        command,
        env=demo.environment(),
        cwd=place,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as running:
        try:
            output, _ = running.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(running.pid, signal.SIGKILL)
            raise
    return running.returncode, output


def _ask(demo: Demo, query: str, variables: dict[str, Any], role: str | None) -> str:
    keys = {"submitter": demo.submitter, "reviewer": demo.reviewer}
    headers = {"Authorization": f"Bearer {keys[role]}"} if role else {}
    said = json.loads(_of_this_year(json.dumps(variables)))
    answer = httpx.post(f"{demo.url}/graphql", json={"query": query, "variables": said}, headers=headers, timeout=60)
    return answer.text


def _of_this_year(text: str) -> str:
    """Sample records get their numbers when they are published: in the year of this run."""
    return _SAMPLE.sub(rf"DEMO-\1-{datetime.now(UTC).year}-", text)
