"""The application for an ASGI server's worker processes; settings come from the environment."""

from __future__ import annotations

import os
from pathlib import Path

from registry.bootstrap import open_registry
from registry.settings import load
from web.app import create_app

app = create_app(open_registry(load(Path(os.environ["COMMONS_DATA_DIR"]), os.environ)), background=True)
