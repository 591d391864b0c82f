"""Commands that need no trust: `export` writes a bundle, `verify` checks one with no daemon and no network."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.invocation import session
from folkmoot_node.cli.terminal import hint
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ExitCode, FileError


def export(
    ctx: typer.Context,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The file to write.")],
    ids: Annotated[
        list[str] | None,
        typer.Argument(metavar="[ID]...", help="Records, documents or identities; all of yours if none."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write records, and what proves them, into a file.

    Such a bundle holds all that is needed: anybody can check it with `folkmoot verify`, with no network.
    """
    here = session(ctx)
    wanted = [checked_id(item) for item in ids or []]
    data = here.daemon().download("/export", {"id": wanted})
    write_file(out, data, overwrite=force)
    value = {"file": str(out), "bytes": len(data), "ids": wanted}
    parts = (
        Text(f"Wrote {out}, {len(data)} bytes.", style="bold green"),
        hint(f"Anybody can check it: folkmoot verify {out}"),
    )
    here.answer(value, parts)


def verify(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A bundle; - for standard input.")],
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="The network it must belong to; else the one it names.")
    ] = None,
) -> None:
    """Verify a bundle offline, and show who signed what.

    Every signature is checked. No node is asked anything: what the file alone does not prove is not proved.
    """
    from folkmoot.bundle_file import named_network  # noqa: PLC0415 - brings the cryptography, which help does without
    from folkmoot.errors import DecodeError  # noqa: PLC0415
    from folkmoot.limits import BUNDLE_BYTES_MAX  # noqa: PLC0415
    from folkmoot.verification import verify_bundle  # noqa: PLC0415
    from folkmoot_node.cli.proof_view import proof_error, proof_lines, proof_value  # noqa: PLC0415

    here = session(ctx)
    data = read_file(file, bytes_max=BUNDLE_BYTES_MAX)
    try:
        of_network = network or named_network(data)
        found = verify_bundle(data, now_ms=here.clock.now_ms(), network=of_network)
    except DecodeError as error:
        raise FileError(
            f"{file} is not a bundle that can be read: {error.why}",
            advice="A bundle is what `folkmoot export` writes.",
            rule=error.rule,
        ) from error
    value = proof_value(found, file=str(file), network=of_network)
    here.answer(value, proof_lines(value))
    if not found.is_sound:
        # A program has the error in the one document; a person gets it as the last sentence.
        raise typer.Exit(ExitCode.UNVERIFIED) if here.terminal.as_json else proof_error(found)
