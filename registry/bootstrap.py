"""The one place where adapters are made and put together."""

from __future__ import annotations

from registry import regimes, signing
from registry.clock import RandomIds, SystemClock
from registry.domain.pages import CursorSeal
from registry.domain.tally import Tally
from registry.outbound import open_outbound
from registry.ports import Registry, Storage
from registry.search import open_index
from registry.service.federation.identity import former_keys
from registry.settings import Settings
from registry.storage.dump_files import DumpDirectory
from registry.storage.erasures import ErasureFile
from registry.storage.limits import open_limits
from registry.storage.store import open_storage


def open_registry(settings: Settings) -> Registry:
    """A registry over the data directory of *settings*, which ``commons init`` has made.

    Raises:
        Misconfigured: there is no node key, the store needs ``commons upgrade``, or a file of clocks cannot be used.
        StoreUnavailable: the store cannot be opened.
    """
    keys = signing.load_all(settings.node_key_path)
    storage = open_storage(settings)
    # Two only while the key is being changed: the store tells how far that got.
    key = keys[0] if len(keys) == 1 else signing.chosen(keys, _retired(storage))
    return Registry(
        settings=settings,
        storage=storage,
        index=open_index(settings, is_filled=lambda: _is_filled(storage)),
        erasures=ErasureFile(settings.erasures_path),
        clock=SystemClock(),
        clocks=regimes.load(settings.clocks_dir, chosen=settings.regimes),
        ids=RandomIds(),
        cursors=CursorSeal(key.derive("cursors")),
        outbound=open_outbound(settings),
        limits=open_limits(settings, key.derive("limits")),
        vault=signing.Vault(key.derive("vault")),
        key=key,
        dump_files=DumpDirectory(settings.dumps_dir),
        tally=Tally(key.derive("networks")),
    )


def _retired(storage: Storage) -> frozenset[str]:
    with storage.read() as reader:
        return frozenset(one.kid for one in former_keys(reader))


def _is_filled(storage: Storage) -> bool:
    with storage.read() as reader:
        return bool(reader.records.uids(after=None, limit=1))


def close_registry(registry: Registry) -> None:
    """Let go of every file and connection."""
    registry.index.close()
    registry.storage.close()
    registry.limits.close()
