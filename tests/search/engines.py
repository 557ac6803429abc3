"""The engines that every contract test of this folder runs on.

An engine is a class of ``ports.SearchIndex`` that opens a directory, which it makes where there is none; two of them on
one directory see what the other writes, and only one writes at a time. To be tested it needs its name here, and
nothing else: ``engine``, ``open_index`` and ``search_index`` of ``conftest`` give it to the tests.

What only concerns the files of one engine stays in a test file of its own, such as ``test_whoosh_files``.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from registry.ports import SearchIndex
from registry.search.tantivy.index import TantivyIndex
from registry.search.whoosh_index import WhooshIndex

OpenIndex = Callable[[Path], SearchIndex]

ENGINES: dict[str, OpenIndex] = {"whoosh": WhooshIndex, "tantivy": TantivyIndex}
