"""The command `init`: a new identity, and the recovery key that brings it back when all else is lost."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.panel import Panel
from rich.text import Text

from folkmoot_node.cli.files import write_file
from folkmoot_node.cli.invocation import Session, session
from folkmoot_node.cli.terminal import Terminal, hint, whole_id
from folkmoot_node.errors import ConfigError

if TYPE_CHECKING:
    from folkmoot_node.keyfile import Created

_CONFIRMED_LENGTH = 6


def init(
    ctx: typer.Context,
    network: Annotated[str | None, typer.Option(metavar="NAME", help="The network the identity is for.")] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the passphrase from the first line of a file.")
    ] = None,
    no_passphrase: Annotated[bool, typer.Option("--no-passphrase", help="Leave the keys unsealed.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Do not ask whether the recovery key is written down.")
    ] = False,
    recovery_key_file: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Write the recovery key to a new file instead of showing it."),
    ] = None,
    show_recovery_key: Annotated[
        bool, typer.Option("--show-recovery-key", help="With --json: put the recovery key into the document.")
    ] = False,
) -> None:
    """Make your identity in the data folder.

    The recovery key is shown once and kept nowhere: write it down, for it alone can take your identity back.
    """
    from folkmoot_node import config, keyfile  # noqa: PLC0415 - brings the cryptography
    from folkmoot_node.cli.passphrases import confirm_written_down, new_passphrase  # noqa: PLC0415
    from folkmoot_node.clock import system_entropy  # noqa: PLC0415

    here = session(ctx)
    asks = not (yes or recovery_key_file or show_recovery_key)
    if asks and (here.terminal.as_json or not sys.stdin.isatty()):
        raise ConfigError(
            "nobody would see the recovery key",
            advice="Give --recovery-key-file FILE, or --show-recovery-key with --json, or --yes to do without it.",
        )
    settings = config.load(here.data_dir, network=network)
    path = settings.data_dir / keyfile.KEY_FILE
    _check_free(path, recovery_key_file)
    passphrase = None if no_passphrase else new_passphrase(passphrase_file, here.terminal)
    with here.terminal.err.status("Making your identity …") as progress:
        created = keyfile.create(
            path,
            network=settings.network or keyfile.DEFAULT_NETWORK,
            passphrase=passphrase,
            entropy=system_entropy(),
            progress=lambda tried: progress.update(f"Making your identity … {tried} candidates tried"),
        )
    if recovery_key_file:
        write_file(recovery_key_file, f"{created.paper_key}\n".encode(), overwrite=False, is_secret=True)
    elif not here.terminal.as_json:
        _show_key(created.paper_key, here.terminal)
        if asks:
            confirm_written_down(created.paper_key, here.terminal, length=_CONFIRMED_LENGTH)
    _answer(here, created, recovery_key_file, show_recovery_key=show_recovery_key)


def _check_free(path: Path, recovery_key_file: Path | None) -> None:
    """Look before asking anything, so that nobody thinks of a passphrase in vain."""
    if path.exists():
        raise ConfigError(
            f"there is an identity in {path.parent} already",
            advice="Choose another folder with --data, or keep the one you have.",
        )
    if recovery_key_file is not None and recovery_key_file.exists():
        raise ConfigError(f"{recovery_key_file} exists already", advice="Choose another name for it.")


def _show_key(key: str, terminal: Terminal) -> None:
    shown = Panel(
        Text(key, style="bold", overflow="fold"),
        title="Recovery key: write it down, it is shown once",
        title_align="left",
        border_style="yellow",
    )
    terminal.err.print(shown)


def _answer(
    here: Session,
    created: "Created",
    recovery_key_file: Path | None,
    *,
    show_recovery_key: bool,
) -> None:
    from folkmoot.ids import IdPrefix, id_to_text  # noqa: PLC0415

    value: dict[str, str] = {
        "identity": id_to_text(IdPrefix.IDENTITY, created.keys.identity),
        "network": created.keys.network,
        "data_dir": str(here.data_dir),
    }
    if recovery_key_file:
        value["recovery_key_file"] = str(recovery_key_file)
    elif show_recovery_key:
        value["recovery_key"] = created.paper_key
    here.answer(value, _made_lines(value, here))


def _made_lines(value: dict[str, str], here: Session) -> Iterable[RenderableType]:
    yield Text("Your identity is made. This id is you:", style="bold green")
    yield whole_id(value["identity"])
    if "recovery_key_file" in value:
        yield f"The recovery key is in {value['recovery_key_file']}: move it off this machine."
    yield hint(f"Next: {here.command('node')}, and in another terminal {here.command('profile publish --name …')}")
