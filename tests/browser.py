"""A real Chromium and a real server on loopback, for tests of pages as people meet them."""

from __future__ import annotations

import asyncio
import contextlib
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

import pytest
import uvicorn
from playwright.sync_api import Browser, ConsoleMessage, Page, Request, expect, sync_playwright
from starlette.applications import Starlette

# Bounds for what never comes: only a test that fails waits so long.
_START_SECONDS = 60.0
_PATIENCE = 1000 * _START_SECONDS  # milliseconds
expect.set_options(timeout=_PATIENCE)
_ARGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
]


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One Chromium for the tests of a module, each with its own context.

    Not for the whole session: while it is open its event loop runs in this thread, and no other can.
    """
    path = shutil.which("chromium")
    if path is None:
        pytest.skip("Chromium is not installed: apt-get install --no-install-recommends chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, headless=True, args=_ARGS, timeout=_PATIENCE)
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Tab:
    """A page that remembers everything that went wrong in it: console errors, script errors, foreign requests."""

    page: Page
    origin: str
    faults: list[str] = field(default_factory=list)

    def open(self, path: str) -> int:
        """Go to a path of the server; the status it answered."""
        response = self.page.goto(self.origin + path)
        assert response is not None
        return response.status

    def comes_true(self, expression: str) -> bool:
        """Whether *expression* is true soon. Playwright's own way of waiting is refused by our policy on scripts."""
        deadline = time.monotonic() + _START_SECONDS
        while not self.page.evaluate(expression):
            if time.monotonic() > deadline:
                return False
            self.page.wait_for_timeout(20)
        return True


@contextlib.contextmanager
def tab(
    browser: Browser, origin: str, *, scheme: str = "light", width: int = 1280, javascript: bool = True
) -> Iterator[Tab]:
    """A fresh tab of *width* CSS pixels, light or dark."""
    context = browser.new_context(
        color_scheme="dark" if scheme == "dark" else "light",
        viewport={"width": width, "height": 900},
        java_script_enabled=javascript,
    )
    context.set_default_timeout(_PATIENCE)
    made = Tab(context.new_page(), origin)

    def heard(message: ConsoleMessage) -> None:
        # The status of an error page is told as an error too.
        if message.type in {"error", "warning"} and "Failed to load resource" not in message.text:
            made.faults.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith(origin):
            made.faults.append(f"asked for {request.url}")

    made.page.on("console", heard)
    made.page.on("pageerror", lambda error: made.faults.append(str(error)))
    made.page.on("request", asked)
    try:
        yield made
    finally:
        context.close()


@contextlib.contextmanager
def serving(app: Starlette, http: type[asyncio.Protocol] | Literal["auto"] = "auto") -> Iterator[str]:
    """The application behind a real server that speaks *http*; its origin."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    config = uvicorn.Config(app, http=http, ws="none", server_header=False, log_level="error", lifespan="on")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
    thread.start()
    try:
        deadline = time.monotonic() + _START_SECONDS
        while not server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        assert server.started, "the server did not start"
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
    finally:
        # A test that fails must not leave a server behind, for which the whole run would wait.
        server.should_exit = True
        thread.join()
        listening.close()
