"""The HTTP server around a node: one socket, one process or several, a quiet end on an interrupt."""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import socket
from collections.abc import Callable
from types import TracebackType
from typing import Self, cast

import uvicorn
from starlette.applications import Starlette
from starlette.types import ASGIApp
from uvicorn.supervisors import Multiprocess

from registry.domain.errors import Unavailable
from registry.settings import Settings
from web.cli.directory import opened_with
from web.cli.logs import configuration
from web.protocol import BoundedProtocol
from web.taking_turns import let_others_work

_STOP_SECONDS = 10


class Server:
    """A bound socket, closed at the end. ``address`` is where it is reached, such as ``http://127.0.0.1:8000``."""

    def __init__(self, host: str, port: int) -> None:
        """Bind the socket.

        Raises:
            Unavailable: the port is taken, or this machine has no such address.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        try:
            self._socket = socket.create_server((host, port), family=family)
        except OSError as error:
            reason = (error.strerror or "no such address").partition(" (")[0].lower()
            message = f"cannot listen on {host}, port {port}: {reason}"
            raise Unavailable(message, hint="name another with --port or PORT") from None
        shown = f"[{host}]" if ":" in host else host
        self.address = f"http://{shown}:{self._socket.getsockname()[1]}"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def run(self, settings: Settings, *, workers: int, ready: Callable[[], None]) -> None:
        """Serve until SIGINT or SIGTERM; *ready* is called once requests are answered.

        Raises:
            Unavailable: the application did not start.
        """
        let_others_work()
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with contextlib.suppress(KeyboardInterrupt):
            if workers > 1:
                self._run_several(settings, workers, ready)
            else:
                self._run_one(settings, ready)

    def _run_one(self, settings: Settings, ready: Callable[[], None]) -> None:
        from web.app import create_app

        with opened_with(settings) as registry:
            server = _Announced(_config(create_app(registry, background=True), settings.log_format), ready)
            server.run(sockets=[self._socket])
            if not server.was_ready:
                raise Unavailable("the node could not be started")

    def _run_several(self, settings: Settings, workers: int, ready: Callable[[], None]) -> None:
        os.environ["COMMONS_DATA_DIR"] = str(settings.data_dir)
        os.environ["COMMONS_BASE_URL"] = settings.base_url
        config = _config("web.asgi:app", settings.log_format, workers=workers)
        self._socket.set_inheritable(True)
        ready()
        Multiprocess(config, sockets=[self._socket]).run()


class _Announced(uvicorn.Server):
    """Tells when it is ready."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self.was_ready = False

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # Streams would be waited for.
        cast("Starlette", self.config.app).state.nodes.stopping.set()
        await super().shutdown(sockets=sockets)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        # The first who submits shall not wait for the rules.
        importlib.import_module("registry.domain.screening.reading")
        await super().startup(sockets=sockets)
        if self.started:
            # What lives now lives to the end: the collector need not look at it again.
            gc.collect()
            gc.freeze()
            self.was_ready = True
            self._ready()


def _config(app: ASGIApp | str, log_format: str, *, workers: int = 1) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        workers=workers,
        http=BoundedProtocol,
        ws="none",
        # Who asks, and by which scheme, is nothing that a header may say.
        proxy_headers=False,
        lifespan="on",
        log_config=configuration(log_format),
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_STOP_SECONDS,
    )
