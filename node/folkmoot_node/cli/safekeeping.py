"""Commands that keep an identity from being lost: `backup` and `restore`."""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.invocation import Session, session
from folkmoot_node.cli.terminal import hint, indented, whole_id
from folkmoot_node.errors import ConfigError

_BACKUP_BYTES_MAX = 32 * 1024 * 1024

PassphraseOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read the backup's passphrase from the first line of a file.")
]


def backup(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write it; not on this machine for long.")],
    passphrase_file: PassphraseOption = None,
) -> None:
    """Write one encrypted file from which your node can be restored.

    It holds your keys, your identity's operations and every record you ever signed; the rest comes back from peers.
    Whoever has it and its passphrase is you.
    """
    from folkmoot_node.cli.passphrases import new_passphrase  # noqa: PLC0415

    here = session(ctx)
    daemon = here.daemon()
    if out.exists():
        raise ConfigError(f"{out} exists already", advice="Choose another name for it.")
    passphrase = new_passphrase(passphrase_file, here.terminal)
    data = daemon.command("/backups", {"passphrase": passphrase})
    write_file(out, data, overwrite=False, is_secret=True)
    here.answer({"file": str(out), "bytes": len(data)}, _backed_up_lines(out, len(data)))


def _backed_up_lines(out: Path, size_bytes: int) -> Iterable[RenderableType]:
    yield Text(f"Everything that is yours is in {out}, {size_bytes} bytes, encrypted.", style="bold green")
    yield hint("Restore it into a new folder: folkmoot restore FILE --data DIR")


def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="What `backup` wrote.")],
    passphrase_file: PassphraseOption = None,
    new_passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="The passphrase that is to seal the keys from now on.")
    ] = None,
    no_passphrase: Annotated[bool, typer.Option("--no-passphrase", help="Leave the keys unsealed.")] = False,
    alone: Annotated[
        bool,
        typer.Option(
            "--alone", help="No node knows you: sign at once. If the old machine said more, you speak twice."
        ),
    ] = False,
) -> None:
    """Make your node again from a backup, in a fresh data folder.

    It signs nothing before it has met a node that knows you, so that what you said after the backup is not lost,
    and changes your identity only after two such meetings.
    """
    import trio  # noqa: PLC0415 - help does without

    from folkmoot_node import backup as backups  # noqa: PLC0415
    from folkmoot_node import restoring  # noqa: PLC0415
    from folkmoot_node.cli.passphrases import known_passphrase, new_passphrase  # noqa: PLC0415
    from folkmoot_node.clock import system_entropy  # noqa: PLC0415
    from folkmoot_node.keyfile import SYNCS_WANTED  # noqa: PLC0415
    from folkmoot_node.sealing import new_lock  # noqa: PLC0415

    here = session(ctx)
    restoring.require_fresh(here.data_dir)
    data = read_file(file, bytes_max=_BACKUP_BYTES_MAX)
    entropy = system_entropy()
    found = backups.open_backup(data, known_passphrase(passphrase_file, here.terminal), entropy)
    passphrase = None if no_passphrase else new_passphrase(new_passphrase_file, here.terminal)
    lock = new_lock(passphrase, entropy) if passphrase is not None else None
    keys = replace(found.keys, syncs_missing=0 if alone else SYNCS_WANTED)
    made = replace(found, keys=keys)
    identity = trio.run(partial(restoring.restore, here.data_dir, made, lock, clock=here.clock, entropy=entropy))
    from folkmoot.ids import IdPrefix, id_to_text  # noqa: PLC0415

    value = {"identity": id_to_text(IdPrefix.IDENTITY, identity), "records": len(found.records), "alone": alone}
    here.answer(value, _restored_lines(value, here, alone=alone))


def _restored_lines(value: dict[str, object], here: Session, *, alone: bool) -> Iterable[RenderableType]:
    yield Text("Your node is back. This id is you:", style="bold green")
    yield whole_id(str(value["identity"]))
    if not alone:
        yield indented("It signs nothing until it has met a node that knows you.")
    yield indented("Make sure that the machine it was copied from never runs again.")
    yield hint(f"Next: {here.command('node --peer /ip4/…/tcp/…/p2p/…')}")
