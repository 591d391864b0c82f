"""Commands that carry records by hand: `bundle export` writes what this node holds, `bundle import` takes it in."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO, Protocol

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.files import STANDARD_INPUT, require_place, write_pieces
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.terminal import Terminal, facts, hint
from folkmoot_node.cli.texts import checked_id, person_id, plain
from folkmoot_node.errors import ExitCode, FileError

if TYPE_CHECKING:
    from folkmoot.bundle_file import FilePart, FileReader
    from folkmoot.errors import DecodeError
    from folkmoot_node.cli.daemon import Answer

bundle = group("Carry what this node holds to another by hand, or take it in.")


class _Bar(Protocol):
    """Shows how far a file has come."""

    def __call__(self, size_bytes: int, /) -> None:
        """Go on by so many bytes."""
        ...


@command(bundle, "export", example="folkmoot bundle export /media/stick/all.folkmoot")
def export_bundle(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to write.")],
    author: Annotated[
        list[str] | None, typer.Option(metavar="ID", help="Only what this person said, or me; may be given again.")
    ] = None,
    space: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="Only what is in this space; may be given again.")
    ] = None,
    agreement: Annotated[
        list[str] | None,
        typer.Option(metavar="ID", help="Only what bears on this document, as `export` has it."),
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace the file if it exists.")] = False,
) -> None:
    """Write all that is live here into a file, or what some people or spaces have.

    The file holds the operations that prove it, and is taken in by `bundle import`.
    """
    here = session(ctx)
    require_place(file, overwrite=force)
    query = {
        "author": [person_id(item) for item in author or []],
        "space": space,
        "agreement": [checked_id(item) for item in agreement or []],
    }
    with (
        here.daemon().pieces("/bundles", query) as (about_bytes, pieces),
        _bar(here.terminal, "Writing", about_bytes) as advance,
    ):
        write_pieces(file, _watched(pieces, advance), overwrite=force)
    size_bytes = file.stat().st_size
    parts = (
        Text(f"Wrote {file}, {size_bytes} bytes.", style="bold green"),
        hint(f"On the other machine: folkmoot bundle import {file.name}"),
    )
    here.answer({"file": str(file), "bytes": size_bytes}, parts)


@command(bundle, "import", example="folkmoot bundle import /media/stick/all.folkmoot")
def import_bundle(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file of bundles; - for standard input.")],
) -> None:
    """Take in a file that was written by another node.

    Everything in it is checked as if it came from a peer; what is here already changes nothing. Of a damaged file,
    what comes before the fault is taken in.
    """
    from folkmoot.bundle_file import FileReader  # noqa: PLC0415 - brings the cryptography, which help does without

    here = session(ctx)
    daemon = here.daemon()
    reading = _Reading(FileReader(network=str(daemon.get("/status")["network"])))
    with _opened(file) as (opened, size_bytes), _bar(here.terminal, "Taking in", size_bytes) as advance:
        parts = reading.parts(opened, file, advance)
        first = next(parts, None)
        if first is None and reading.fault is not None:
            raise _fault_error(reading.fault, file, reading.reader)
        answer = daemon.upload_pieces("/bundles/import", (part.data for part in _chained(first, parts)))
    here.answer({"file": str(file), **answer, **_fault_value(reading.fault)}, _taken_lines(answer))
    if reading.fault is not None:
        # A program has the fault in the one document; a person gets it as the last sentence.
        error = _fault_error(reading.fault, file, reading.reader)
        raise typer.Exit(ExitCode.BAD_FILE) if here.terminal.as_json else error


class _Reading:
    """Reads a file up to its first fault."""

    def __init__(self, reader: "FileReader") -> None:
        self.reader = reader
        self.fault: DecodeError | None = None

    def parts(self, opened: BinaryIO, file: Path, advance: _Bar) -> "Iterator[FilePart]":
        """Yield the bundles of a file, and note the fault that ends them.

        Raises:
            FileError: The file cannot be read.
        """
        from folkmoot.errors import DecodeError  # noqa: PLC0415
        from folkmoot_node.cli.daemon import PIECE_BYTES  # noqa: PLC0415

        try:
            while piece := _read(opened, file, PIECE_BYTES):
                yield from self.reader.feed(piece)
                advance(len(piece))
            yield from self.reader.end()
        except DecodeError as error:
            self.fault = error


def _read(opened: BinaryIO, file: Path, size_bytes: int) -> bytes:
    try:
        return opened.read(size_bytes)
    except OSError as error:
        raise FileError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from error


@contextmanager
def _opened(file: Path) -> Iterator[tuple[BinaryIO, int]]:
    """Open a file, or standard input for `-`, and tell its length as far as that is known."""
    if file == STANDARD_INPUT:
        import sys  # noqa: PLC0415

        yield sys.stdin.buffer, 0
        return
    try:
        opened = file.open("rb")
    except OSError as error:
        raise FileError(f"{file} cannot be read: {(error.strerror or str(error)).lower()}") from error
    with opened:
        yield opened, file.stat().st_size


@contextmanager
def _bar(terminal: Terminal, title: str, size_bytes: int) -> Iterator[_Bar]:
    """Show a bar while something takes its time, to people only."""
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn  # noqa: PLC0415

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    is_seen = terminal.err.is_terminal and not terminal.as_json
    with Progress(*columns, console=terminal.err, transient=True, disable=not is_seen) as progress:
        task = progress.add_task(title, total=size_bytes or None)
        yield lambda more_bytes: progress.advance(task, more_bytes)


def _watched(pieces: Iterable[bytes], advance: _Bar) -> Iterator[bytes]:
    for piece in pieces:
        yield piece
        advance(len(piece))


def _chained(first: "FilePart | None", rest: "Iterator[FilePart]") -> "Iterator[FilePart]":
    if first is not None:
        yield first
    yield from rest


def _taken_lines(answer: "Answer") -> Iterable[RenderableType]:
    new = answer["operations"] + answer["records"]
    yield Text(
        f"Took in {answer['records']} new records and {answer['operations']} new operations."
        if new
        else "Nothing new in it.",
        style="bold green",
    )
    refused = ", ".join(f"{plain(rule)} {count}" for rule, count in sorted(answer["refused"].items()))
    yield facts(
        {
            "bundles": str(answer["bundles"]),
            "held before": str(answer["held"] or ""),
            "of other spaces": f"{answer['elsewhere']}, left aside; see `spaces` in the settings"
            if answer["elsewhere"]
            else "",
            "not taken": refused,
            "waiting": f"for the operations of {answer['waiting']} authors" if answer["waiting"] else "",
        }
    )


def _fault_value(fault: "DecodeError | None") -> "Answer":
    return {} if fault is None else {"fault": {"rule": fault.rule, "why": fault.why}}


def _fault_error(fault: "DecodeError", file: Path, reader: "FileReader") -> FileError:
    if not reader.bundles:
        return FileError(
            f"{file} is not a file of bundles that can be read: {fault.why}",
            advice="Such a file is what `folkmoot bundle export` or `folkmoot export` writes.",
            rule=fault.rule,
        )
    count = f"{reader.bundles} bundle{'' if reader.bundles == 1 else 's'}"
    return FileError(
        f"{file} is damaged after {count} and {reader.bundle_bytes} bytes: {fault.why}",
        advice="What comes before was taken in and stays. Copy the file again for the rest.",
        rule=fault.rule,
    )
