"""One run: nodes are founded, and what the plan says takes its course."""

from __future__ import annotations

import asyncio
import logging
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random

from tests.clocks import FixedClock
from tests.federation.simulation.copies import Copies
from tests.federation.simulation.course import Run
from tests.federation.simulation.editing import Editor
from tests.federation.simulation.founding import Founder
from tests.federation.simulation.model import Book
from tests.federation.simulation.nodes import Ground
from tests.federation.simulation.plan import Broken, Plan
from tests.federation.simulation.wire import Wire
from tests.federation.simulation.witness import Witness
from tests.web.node import Furnished

_MEMORY = Path("/dev/shm")
_HOPS = (0, 1, 2, 3, 8, 8, 8)


@contextmanager
def opened(plan: Plan, furnished: Furnished) -> Iterator[Run]:
    """A run whose nodes are founded and trust each other; its files go at the end."""
    with ExitStack() as stack:
        # An application whose store dies says so at length.
        logging.disable(logging.CRITICAL)
        stack.callback(logging.disable, logging.NOTSET)
        folder = Path(tempfile.mkdtemp(prefix="simulation-", dir=_MEMORY if _MEMORY.is_dir() else None))
        stack.callback(shutil.rmtree, folder, ignore_errors=True)
        loop = asyncio.new_event_loop()
        stack.callback(loop.close)
        random, clock = Random(plan.seed), FixedClock()
        book = Book(max_hops=random.choice(_HOPS))
        wire = Wire(random, loop, Witness(book))
        ground = Ground(plan.seed, folder, furnished, clock, stack, book.max_hops)
        founder = Founder(plan, random, ground, book, wire, [f"n{index:02}" for index in range(plan.nodes)])
        founder.draw()
        run = Run(plan, random, ground, book, wire, Editor(random, book), Copies(random, book), founder)
        wire.meanwhile = run.meanwhile
        for _ in range(max(plan.nodes - plan.late, 2)):
            founder.found()
        wire.troubles = plan.troubles
        yield run


def run(plan: Plan, furnished: Furnished) -> Run:
    """Carry out *plan*.

    Raises:
        Broken: something that must hold does not; the message says how to repeat it.
    """
    with opened(plan, furnished) as made:
        try:
            made.go()
        except Exception as error:
            recent = "\n".join(made.trace[-12:])
            told = f"{type(error).__name__}: {error}\n\nlast of all:\n{recent}"
            raise Broken(f"{told}\n\nto repeat it: {plan.replay}") from error
        return made
