"""The command that writes an evidence page: `evidence`."""

from pathlib import Path
from typing import Annotated

import typer
from rich.text import Text

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.invocation import session
from folkmoot_node.cli.terminal import hint
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import FileError


def evidence(
    ctx: typer.Context,
    document: Annotated[str, typer.Argument(metavar="DOCUMENT", help="An engagement or a team, doc1….")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="The page to write, such as evidence.html.")],
    bundle: Annotated[
        Path | None, typer.Option("--bundle", metavar="FILE", help="Take a bundle instead of asking your node.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write everything about an engagement or a team into one page that any browser shows.

    Each claim leads to the records that show it, and the signed records are in the page, for others to verify.
    """
    from folkmoot.bundle_file import named_network  # noqa: PLC0415
    from folkmoot.errors import DecodeError  # noqa: PLC0415
    from folkmoot.limits import BUNDLE_BYTES_MAX  # noqa: PLC0415
    from folkmoot.verification import verify_bundle  # noqa: PLC0415 - brings the cryptography
    from folkmoot_node.evidence import evidence_page  # noqa: PLC0415
    from folkmoot_node.views.naming import document_id  # noqa: PLC0415

    here = session(ctx)
    wanted = document_id(checked_id(document, IdPrefix.DOCUMENT))
    if bundle is not None:
        data = read_file(bundle, bytes_max=BUNDLE_BYTES_MAX)
    else:
        data = here.daemon().download("/export", {"id": [document]})
    try:
        found = verify_bundle(data, now_ms=here.clock.now_ms(), network=named_network(data))
    except DecodeError as error:
        raise FileError(f"the bundle cannot be read: {error.why}", rule=error.rule) from error
    page = evidence_page(data, found, wanted).encode()
    write_file(out, page, overwrite=force)
    value = {
        "file": str(out),
        "bytes": len(page),
        "document": document,
        "records": len(found.records),
        "verified": found.is_sound,
    }
    parts = (
        Text(f"Wrote {out}: {len(found.records)} records, and what follows from them.", style="bold green"),
        hint("Whoever reads it can save the signed records from it, and check them: folkmoot verify"),
    )
    here.answer(value, parts)
