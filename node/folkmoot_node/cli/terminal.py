"""What a command prints: one JSON document for programs, or lines and tables for people, from the same answer."""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence

from rich import box
from rich.console import Console, RenderableType
from rich.constrain import Constrain
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from folkmoot_node.cli.texts import plain

_INDENT = 2
_HEADING_WIDTH_MAX = 100


class ReaderGoneError(Exception):
    """Whoever read our standard output closed it; that is no failure of ours."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Let the end of the program be decided where all ends are."""
        raise ReaderGoneError


class Terminal:
    """Standard output and standard error of one command.

    Attributes:
        as_json: Whether the reader is a program.
        out: Where answers go.
        err: Where questions, progress and errors go.
    """

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self.out = _console(stderr=False)
        self.err = _console(stderr=True)

    def answer(self, value: object, parts: Iterable[RenderableType]) -> None:
        """Print an answer, once a command.

        Args:
            value: For programs, all of it.
            parts: For people; best a generator, for it is not run in vain.
        """
        if self.as_json:
            # Escaped to ASCII: a terminal may be reading too, and obeys control characters beyond it.
            try:
                sys.stdout.write(json.dumps(value, indent=_INDENT) + "\n")
            except BrokenPipeError as error:
                raise ReaderGoneError from error
            return
        for part in parts:
            # What is there to be copied is left to the terminal to wrap, which puts no line ends into it.
            self.out.print(part, soft_wrap=isinstance(part, Text) and part.no_wrap is True)

    def error(self, message: str, advice: str = "") -> None:
        """Print what went wrong in one sentence, and what to do about it."""
        message = _ended(plain(message))
        self.err.print(Text.assemble(("error: ", "bold red"), message), soft_wrap=True)
        if advice:
            self.err.print(Text(sentence_text(advice)), soft_wrap=True)


def heading(title: Text | str, status: Text | None = None) -> Constrain:
    """Return a line with a title on the left and a status on the right, not too far from it."""
    grid = Table.grid(expand=True, padding=(0, 1))
    grid.add_column(ratio=1)
    grid.add_column(justify="right", no_wrap=True)
    grid.add_row(Text(plain(title), style="bold") if isinstance(title, str) else title, status or "")
    return Constrain(grid, _HEADING_WIDTH_MAX)


def facts(pairs: Mapping[str, RenderableType]) -> Padding:
    """Return names and values in two columns; empty values are left out."""
    grid = Table.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for name, value in pairs.items():
        if value:
            grid.add_row(name, Text(value) if isinstance(value, str) else value)
    return Padding(grid, (0, 0, 0, _INDENT), expand=False)


def table(columns: Sequence[str], rows: Iterable[Sequence[RenderableType]]) -> Padding:
    """Return a table with a heading; text in it is as it comes, never markup."""
    made = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="dim")
    for column in columns:
        numeric = column.startswith("#")
        made.add_column(column.removeprefix("#"), justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        made.add_row(*row)
    return Padding(made, (0, 0, 0, _INDENT), expand=False)


def indented(text: Text | str, *, style: str = "") -> Padding:
    """Return a paragraph set in a little."""
    return Padding(Text(text, style=style) if isinstance(text, str) else text, (0, 0, 0, _INDENT), expand=False)


def whole_id(text: str) -> Text:
    """Return an id, or another text to copy: on a line of its own, never broken."""
    return Text(" " * _INDENT + plain(text), style="cyan", no_wrap=True)


def hint(text: str) -> Text:
    """Return what to do next, with a command in it that can be copied."""
    return Text(text, style="dim", no_wrap=True)


def _console(*, stderr: bool) -> Console:
    return _Console(stderr=stderr, markup=False, highlight=False, emoji=False)


def sentence_text(foreign: object) -> str:
    """Return a sentence that begins and ends as sentences do."""
    text = _ended(plain(foreign))
    return text[:1].upper() + text[1:]


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", ":")) else f"{text}."
