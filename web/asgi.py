"""The application for an ASGI server's worker processes; settings come from the environment."""

from __future__ import annotations

import os
import signal
import threading
from multiprocessing.process import parent_process
from pathlib import Path

from registry.bootstrap import open_registry
from registry.settings import load
from web.app import create_app
from web.cli.built_in import with_sources
from web.taking_turns import let_others_work


def _end_with_parent() -> None:
    """End this worker when the process that started it was killed: an orphan would keep the port."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os.kill(os.getpid(), signal.SIGTERM)


let_others_work()
threading.Thread(target=_end_with_parent, name="parent watch", daemon=True).start()
app = create_app(with_sources(open_registry(load(Path(os.environ["COMMONS_DATA_DIR"]), os.environ))), background=True)
