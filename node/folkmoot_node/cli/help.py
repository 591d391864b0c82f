"""Help on a command: plain text at the width of the terminal, fast enough to be asked for without a thought."""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, TypeAlias

import typer
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

if TYPE_CHECKING:
    from typer._click import Context

Entry: TypeAlias = TyperCommand | TyperGroup

HELP_BEGINS = "Usage: "

_WIDTH_MAX = 100
_NAME_COLUMN_MAX = 30
_INDENT = "  "


def help_text(command: Entry, ctx: "Context") -> str:
    """Write the help of a command or of a group, its commands by heading."""
    width = min(shutil.get_terminal_size().columns, _WIDTH_MAX)
    return "\n".join(_lines(command, ctx, width)).rstrip() + "\n"


def summary(text: str | None) -> str:
    """Return what a list of commands says of one: the first sentence of its help, without the full stop."""
    return " ".join((text or "").split()).split(". ", 1)[0].removesuffix(".")


def _lines(command: Entry, ctx: "Context", width: int) -> Iterable[str]:
    yield f"{HELP_BEGINS}{ctx.command_path} {' '.join(_usage(command, ctx))}"
    yield ""
    for paragraph in (command.help or "").split("\n\n"):
        yield from _wrapped(paragraph, width)
        yield ""
    arguments = [item for item in command.get_params(ctx) if isinstance(item, TyperArgument)]
    options = [item for item in command.get_params(ctx) if isinstance(item, TyperOption)]
    own = [item for item in options if not item.rich_help_panel and not _is_minor(item)]
    shared = [item for item in options if item not in own]
    yield from _section("Arguments", [(_argument_name(item), _explained(item)) for item in arguments], width)
    yield from _section("Options", [(_option_name(item, ctx), _explained(item)) for item in own], width)
    column = max((len(str(item.name)) for item in _commands(command)), default=0)
    for panel, commands in groupby(_commands(command), key=lambda item: item.rich_help_panel or "Commands"):
        rows = [(f"{item.name or '':{column}}", summary(item.help)) for item in commands]
        yield from _section(panel, rows, width)
    yield from _section("Everywhere", [(_option_name(item, ctx), _explained(item)) for item in shared], width)
    if command.epilog:
        yield _bold("Example")
        yield from (f"{_INDENT}{line}" for line in command.epilog.strip().splitlines())


def _usage(command: Entry, ctx: "Context") -> Iterable[str]:
    for item in command.get_params(ctx):
        if isinstance(item, TyperArgument):
            yield _argument_name(item)
        elif isinstance(item, TyperOption) and item.required:
            yield _option_name(item, ctx)
    yield "[OPTIONS]"
    if isinstance(command, TyperGroup):
        yield "COMMAND …"


def _commands(command: Entry) -> list[Entry]:
    inner = command.commands.values() if isinstance(command, TyperGroup) else ()
    return [item for item in inner if isinstance(item, TyperCommand | TyperGroup)]


def _section(title: str, rows: Sequence[tuple[str, str]], width: int) -> Iterable[str]:
    if not rows:
        return
    yield _bold(title)
    column = min(max(len(name) for name, _text in rows), _NAME_COLUMN_MAX)
    hanging = _INDENT + " " * (column + 2)
    for name, text in rows:
        lines = textwrap.wrap(text, max(width - len(hanging), 20)) or [""]
        if len(name) > column:
            yield _INDENT + name
        else:
            yield f"{_INDENT}{name:{column}}  {lines.pop(0)}".rstrip()
        yield from (hanging + line for line in lines)
    yield ""


def _argument_name(argument: TyperArgument) -> str:
    return str(argument.metavar or argument.name.upper())


def _option_name(option: TyperOption, ctx: "Context") -> str:
    names = ", ".join(option.opts)
    if option.secondary_opts:
        names += f" / {', '.join(option.secondary_opts)}"
    if option.is_flag:
        return names
    return f"{names} {option.metavar or option.display_type(ctx).strip('<>')}"


def _explained(parameter: TyperArgument | TyperOption) -> str:
    parts = [parameter.help or ""]
    if parameter.type_descriptor.choices:
        parts.append(f"One of {', '.join(map(str, parameter.type_descriptor.choices))}.")
    if parameter.multiple:
        parts.append("May be given several times.")
    if parameter.required:
        parts.append("Required.")
    elif parameter.default not in (None, False, "", []) and parameter.show_default:
        parts.append(f"Default: {parameter.default}.")
    return " ".join(part for part in parts if part)


def _is_minor(option: TyperOption) -> bool:
    return option.name in ("help", "install_completion", "show_completion")


def _wrapped(paragraph: str, width: int) -> list[str]:
    return [_INDENT + line for line in textwrap.wrap(" ".join(paragraph.split()), width - len(_INDENT))]


def _bold(title: str) -> str:
    return typer.style(f"{title}:", bold=True) if sys.stdout.isatty() else f"{title}:"
