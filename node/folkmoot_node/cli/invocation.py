"""What every command is called with: the options that hold everywhere, and the session made from them.

Theory of operation: the options of `_everywhere` are added to every command and every group, so they may stand
before the command or after it. Each level hands what it was given down to the next; the last word counts.
"""

import os
import shlex
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand, TyperGroup

from folkmoot_node.cli.help import help_text
from folkmoot_node.clock import Clock

if TYPE_CHECKING:
    from rich.console import RenderableType
    from typer._click import Context, HelpFormatter

    from folkmoot_node.cli.daemon import Answer, Daemon
    from folkmoot_node.cli.terminal import Terminal

DATA_VARIABLE = "FOLKMOOT_DATA"
DEFAULT_DATA = "~/.folkmoot"
EVERYWHERE = "Everywhere"


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen of the options that hold everywhere, and the clock that the program was given."""

    clock: Clock
    data: str | None = None
    as_json: bool = False

    def then(self, data: str | None, *, as_json: bool) -> "Choices":
        """Return these choices with those of a later level laid over them."""
        return Choices(self.clock, data or self.data, as_json or self.as_json)


@dataclass(frozen=True, slots=True)
class Session:
    """One command at work.

    Attributes:
        data_dir: The node's data folder.
        is_default_dir: Whether nobody named that folder, so that advice need not either.
        terminal: Where it prints.
        clock: The time of day.
    """

    data_dir: Path
    is_default_dir: bool
    terminal: "Terminal"
    clock: Clock

    def daemon(self) -> "Daemon":
        """Find the running daemon.

        Raises:
            NoDaemonError: None runs for this data folder.
        """
        from folkmoot_node.cli.daemon import find_daemon  # noqa: PLC0415

        return find_daemon(self.data_dir, start=self.command("node"), found=self.command("init"))

    def command(self, words: str) -> str:
        """Return a command that the user can copy, with the data folder in it if that was chosen."""
        folder = "" if self.is_default_dir else f"--data {shlex.quote(str(self.data_dir))} "
        return f"folkmoot {folder}{words}"

    def answer(self, value: object, parts: "Iterable[RenderableType]") -> None:
        """Print the command's one answer; see `Terminal.answer`."""
        self.terminal.answer(value, parts)

    def published(self, answer: "Answer", sentence: str, *, after: str = "") -> None:
        """Say what was published, and with which command to go on."""
        from folkmoot_node.cli.published import published_lines  # noqa: PLC0415

        self.answer(answer, published_lines(answer, sentence, after=self.command(after) if after else ""))


def session(ctx: typer.Context) -> Session:
    """Return the session of a command."""
    from folkmoot_node.cli.terminal import Terminal  # noqa: PLC0415 - rich is not needed for help

    choices: Choices = ctx.obj
    named = choices.data or os.environ.get(DATA_VARIABLE)
    return Session(
        data_dir=Path(named or DEFAULT_DATA).expanduser(),
        is_default_dir=not choices.data,
        terminal=Terminal(as_json=choices.as_json),
        clock=choices.clock,
    )


class Command(TyperCommand):
    """A command that takes the options that hold everywhere."""

    def __init__(self, name: str | None, *, params: list[Any] | None = None, **attributes: Any) -> None:  # noqa: ANN401 - typer's
        super().__init__(name, params=[*(params or []), *_everywhere()], **attributes)

    def invoke(self, ctx: "Context") -> object:
        """Run the command with what was chosen so far."""
        _hand_down(ctx)
        return super().invoke(ctx)

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write help."""
        formatter.write(help_text(self, ctx))


class Group(TyperGroup):
    """A group of commands that takes the options that hold everywhere."""

    def __init__(self, *, params: list[Any] | None = None, **attributes: Any) -> None:  # noqa: ANN401 - typer's
        super().__init__(params=[*(params or []), *_everywhere()], **attributes)

    def invoke(self, ctx: "Context") -> object:
        """Run the chosen command of the group."""
        _hand_down(ctx)
        return super().invoke(ctx)

    def format_help(self, ctx: "Context", formatter: "HelpFormatter") -> None:
        """Write help."""
        formatter.write(help_text(self, ctx))


def group(summary: str) -> typer.Typer:
    """Make a group of commands."""
    return typer.Typer(cls=Group, help=summary, no_args_is_help=True, pretty_exceptions_enable=False)


def command(
    app: typer.Typer, name: str, *, example: str, panel: str | None = None
) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Make a function a command.

    Args:
        app: The group it belongs to.
        name: What people type.
        example: One call that shows what it is for.
        panel: The heading in the list of all commands.
    """
    return app.command(name, cls=Command, epilog=example, rich_help_panel=panel)


def _hand_down(ctx: "Context") -> None:
    given = {option.name: ctx.params.pop(option.name) for option in _everywhere()}
    if given["no_color"]:
        os.environ["NO_COLOR"] = "1"
    before: Choices = ctx.obj
    ctx.obj = before.then(given["data"], as_json=given["as_json"])


@cache
def _everywhere() -> list[Any]:
    """Build the shared options once, by the one public way that typer has: from a function's signature."""
    template = typer.Typer(add_completion=False)

    @template.command()
    def _(
        data: Annotated[
            str | None,
            typer.Option(
                "--data", metavar="DIR", help=f"The node's data folder ({DATA_VARIABLE}; {DEFAULT_DATA})."
            ),
        ] = None,
        as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document, errors included.")] = False,
        no_color: Annotated[bool, typer.Option("--no-color", help="No colours, as with NO_COLOR.")] = False,
        debug: Annotated[bool, typer.Option("--debug", help="Show the traceback of a bug.")] = False,
    ) -> None:
        raise NotImplementedError  # only its signature is used

    options: list[Any] = typer.main.get_command(template).params
    for option in options:
        option.rich_help_panel = EVERYWHERE
    return options
