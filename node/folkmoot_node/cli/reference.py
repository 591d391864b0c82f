"""Commands that explain: `exit-codes` and `version`."""

from platform import python_version

import typer

from folkmoot import SPEC_VERSION
from folkmoot_node.cli.failures import EXIT_MEANINGS, INTERRUPTED
from folkmoot_node.cli.invocation import session
from folkmoot_node.cli.terminal import table

DISTRIBUTION = "folkmoot"


def exit_codes(ctx: typer.Context) -> None:
    """List the exit codes of every command and what they mean."""
    listed = {int(code): (code.name.lower(), meaning) for code, meaning in EXIT_MEANINGS.items()}
    listed[INTERRUPTED] = ("interrupted", "You interrupted the command.")
    value = {"items": [{"exit": code, "name": name, "meaning": text} for code, (name, text) in listed.items()]}
    rows = ((str(code), name, text) for code, (name, text) in listed.items())
    session(ctx).answer(value, (table(("#exit", "name", "meaning"), rows),))


def version(ctx: typer.Context) -> None:
    """Show the versions of Folkmoot, its specification and Python."""
    from importlib.metadata import version as installed_version  # noqa: PLC0415 - reads mail headers, of all things

    value = {"folkmoot": installed_version(DISTRIBUTION), "spec": SPEC_VERSION, "python": python_version()}
    line = f"folkmoot {value['folkmoot']}, spec {value['spec']}, python {value['python']}"
    session(ctx).answer(value, (line,))
