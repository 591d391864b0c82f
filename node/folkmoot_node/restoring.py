"""A node from its backup: into a fresh folder, whole or not at all, and never over anything that is there."""

import shutil
from pathlib import Path

from folkmoot.chain import read_chain
from folkmoot.ids import IdentityId
from folkmoot_node.backup import Backup
from folkmoot_node.clock import Clock, Entropy
from folkmoot_node.errors import ConfigError, FileError, StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.keyfile import KEY_FILE, write_keys
from folkmoot_node.sealing import Lock
from folkmoot_node.store import Store
from folkmoot_node.unopened import restore_unopened


def require_fresh(folder: Path) -> None:
    """Refuse a folder in which there is anything.

    Raises:
        ConfigError: There is.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ConfigError(
            f"{folder} is not empty", advice="Restore into a new folder with --data; nothing is ever overwritten."
        )


async def restore(folder: Path, backup: Backup, lock: Lock | None, *, clock: Clock, entropy: Entropy) -> IdentityId:
    """Make a data folder from a backup.

    Raises:
        ConfigError: The folder is not empty.
        FileError: The backup does not hold the identity whose keys it has.
        StoreError: The disk does not do its work; nothing is left behind.
    """
    require_fresh(folder)
    beside = folder.with_name(f".{folder.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True, mode=0o700)
        await _fill(beside, backup, clock)
        write_keys(beside / KEY_FILE, backup.keys, lock, entropy)
        if backup.unopened:
            restore_unopened(
                beside, backup.unopened, key=backup.keys.device, network=backup.keys.network, entropy=entropy
            )
        beside.rename(folder)
    except OSError as error:
        raise StoreError(f"{folder} cannot be made: {error.strerror}") from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return backup.keys.identity


async def _fill(folder: Path, backup: Backup, clock: Clock) -> None:
    keys = backup.keys
    async with await Store.open(folder, network=keys.network, clock=clock) as store:
        await store.adopt(keys.identity)
        ingest = Ingest(store, clock)
        await ingest.take([item.wire for item in keys.operations], backup.records, source="own")
        if read_chain(await store.operations([keys.identity]), network=keys.network) is None:
            raise FileError("the backup does not hold the identity whose keys it has")
