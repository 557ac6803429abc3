"""Making a node: data directory, settings, key, store, first organisation, operator and usage guidelines."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from registry.domain.actor import LOCAL_OPERATOR, SYSTEM
from registry.domain.content.kinds import Content, parse_file
from registry.domain.errors import AlreadyExists, Misconfigured
from registry.service.node import FirstAccess
from registry.settings import FILE_NAME, Settings, load, write
from web.cli.directory import new_directory, opened_with

GUIDELINES = Path(__file__).parents[1] / "guidelines.json"


@dataclass(frozen=True, slots=True)
class Founded:
    """A node just made. Its operator's key is shown this once."""

    settings: Settings
    fingerprint: str
    access: FirstAccess


def found(
    data_dir: Path,
    *,
    organisation: str,
    values: Mapping[str, str],
    finish: Callable[[Path], None] = lambda _making: None,
) -> Founded:
    """Make a node in *data_dir*; whatever fails, nothing of it is left.

    Args:
        organisation: name of the first organisation; its slug is made of it.
        values: settings by name, which win over the environment.
        finish: puts more files into the directory before it is put in place.

    Raises:
        AlreadyExists: there is a node in *data_dir*, or something else.
        Misconfigured: a setting is bad.
        InvalidInput: the organisation's name is bad.
    """
    from registry import signing
    from registry.service import follow
    from registry.service.guidelines import publish_guidelines
    from registry.service.node import initialise
    from registry.storage.migrations.upgrade import upgrade

    place = data_dir.expanduser().resolve()
    if (place / FILE_NAME).exists():
        raise AlreadyExists(f"there is a node in {data_dir} already", hint="start it with: commons serve")
    environ = dict(os.environ) | {f"COMMONS_{name.upper()}": value for name, value in values.items()}
    with new_directory(place) as making:
        settings = load(making, environ)
        write(settings)
        load(making, environ)
        final = settings.model_copy(update={"data_dir": place})
        key = signing.create(settings.node_key_path)
        upgrade(settings.database_path)
        with opened_with(settings) as registry:
            access = initialise(registry, LOCAL_OPERATOR, slug=_slug(organisation), name=organisation)
            publish_guidelines(registry, LOCAL_OPERATOR, shipped_guidelines(organisation))
            # A node without an index has lost it, and answers no search.
            follow.catch_up_now(registry, SYSTEM)
        finish(making)
        start_erasures(final)
    return Founded(final, key.fingerprint, access)


def shipped_guidelines(organisation: str) -> Content:
    """The usage guidelines that come with the program, as those of *organisation*."""
    document = json.loads(GUIDELINES.read_text(encoding="utf-8"))
    document["content"]["provider"] = organisation
    return parse_file(document).content


def start_erasures(settings: Settings) -> None:
    """Make the file of erasures, empty, unless there is one: later its absence means that it was lost.

    Raises:
        Misconfigured: its place is within the data directory.
    """
    path = settings.erasures_path
    if path.resolve().is_relative_to(settings.data_dir):
        raise Misconfigured("the file of erasures must lie outside the data directory", hint="change COMMONS_ERASURES")
    path.touch(mode=0o600, exist_ok=True)


def _slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:60].strip("-") or "node"
