"""The whole command line: every command under its heading, and one place where a command's end is decided."""

import os
import sys
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

import typer
from typer.core import TyperGroup

from folkmoot_node.cli import (
    bids,
    bundles,
    conformance,
    deliveries,
    disputes,
    evidence,
    identity,
    membership,
    node,
    patterns,
    people,
    proof,
    recovery,
    reference,
    reputation,
    reviews,
    safekeeping,
    simulate,
    tenders,
    testnet,
    trees,
    words,
)
from folkmoot_node.cli.failures import INTERRUPTED, report, report_bug
from folkmoot_node.cli.help import HELP_BEGINS
from folkmoot_node.cli.invocation import DATA_VARIABLE, DEFAULT_DATA, Choices, Group, command
from folkmoot_node.cli.terminal import ReaderGoneError
from folkmoot_node.clock import Clock
from folkmoot_node.errors import ConfigError, ExitCode, NodeError

PROGRAM = "folkmoot"
_NO_INTEGER = "Input should be a valid integer, unable to parse string as an integer"
_NODE, _PEOPLE, _WORK, _PROOF = "Your node", "People and words", "Work and teams", "Proof and reference"

_COMMANDS: Sequence[tuple[str, typer.Typer | Callable[..., None], str, str]] = (
    ("init", identity.init, "folkmoot init", _NODE),
    ("node", node.run_node, "folkmoot node --peer /ip4/192.0.2.7/tcp/4360/p2p/12D3KooW…", _NODE),
    ("status", node.status, "folkmoot status --json", _NODE),
    ("state", node.state, "folkmoot state", _NODE),
    ("sync", node.sync, "folkmoot sync", _NODE),
    ("peers", node.peers, "", _NODE),
    ("identity", recovery.identity, "", _NODE),
    ("backup", safekeeping.backup, "folkmoot backup --out me.backup", _NODE),
    ("restore", safekeeping.restore, "folkmoot restore me.backup --data ~/new", _NODE),
    ("demo", node.demo, "folkmoot demo --resume resume.json", _NODE),
    ("testnet", testnet.testnet, "", _NODE),
    ("profile", people.profile, "", _PEOPLE),
    ("availability", people.availability, "", _PEOPLE),
    ("find", people.find, "folkmoot find --skill Python --skill PostgreSQL --hours 16", _PEOPLE),
    ("endorse", words.endorse, "folkmoot endorse folk1… --text 'Calm under fire.' --basis doc1…", _PEOPLE),
    ("endorsement", words.endorsement, "", _PEOPLE),
    ("vouch", reputation.vouch, "", _PEOPLE),
    ("facts", reputation.facts, "folkmoot facts folk1…", _PEOPLE),
    ("trust", reputation.trust, "folkmoot trust folk1…", _PEOPLE),
    ("post", words.post, "folkmoot post 'Who knows a good EU-hosted CI?' --topic question", _PEOPLE),
    ("posts", words.posts, "folkmoot posts --about rec1…", _PEOPLE),
    ("opportunity", tenders.opportunity, "", _WORK),
    ("bid", tenders.bid, "", _WORK),
    ("award", bids.award, "folkmoot award rec1… --note 'Shall we start on Monday?'", _WORK),
    ("decline", bids.decline, "folkmoot decline rec1… --reason budget --note 'A close call.'", _WORK),
    ("team", membership.team, "", _WORK),
    ("tree", trees.tree, "folkmoot tree rec1…", _WORK),
    ("engagement", deliveries.engagement, "", _WORK),
    ("dispute", disputes.dispute, "", _WORK),
    ("review", reviews.review, "", _WORK),
    ("pattern", patterns.pattern, "", _WORK),
    ("export", proof.export, "folkmoot export doc1… --out team.folkmoot", _PROOF),
    ("bundle", bundles.bundle, "", _PROOF),
    ("evidence", evidence.evidence, "folkmoot evidence doc1… --out evidence.html", _PROOF),
    ("verify", proof.verify, "folkmoot verify team.folkmoot", _PROOF),
    (
        "conformance",
        conformance.conformance,
        "folkmoot conformance --profile light node bin/client.mjs",
        _PROOF,
    ),
    ("simulate", simulate.simulate, "folkmoot simulate --nodes 50 --rough --out report.html", _PROOF),
    ("exit-codes", reference.exit_codes, "folkmoot exit-codes", _PROOF),
    ("version", reference.version, "folkmoot version --json", _PROOF),
)
_SUMMARY = """Form teams of freelancers without a platform in the middle.

One node on your own machine keeps signed records; these commands publish, read and verify them.
"""


def build() -> TyperGroup:
    """Put the command line together."""
    app = typer.Typer(cls=Group, no_args_is_help=True, pretty_exceptions_enable=False, help=_SUMMARY)
    for name, entry, example, panel in _COMMANDS:
        if isinstance(entry, typer.Typer):
            app.add_typer(entry, name=name, rich_help_panel=panel)
        else:
            command(app, name, example=example, panel=panel)(entry)
    built = typer.main.get_command(app)
    assert isinstance(built, TyperGroup)
    built.commands = {name: built.commands[name] for name, *_rest in _COMMANDS}
    return built


def run(arguments: Sequence[str], *, clock: Clock) -> int:
    """Run one command.

    Args:
        arguments: What was typed after the program's name.
        clock: The time of day.

    Returns:
        The exit code.
    """
    as_json = "--json" in arguments
    try:
        left = build().main(list(arguments), prog_name=PROGRAM, standalone_mode=False, obj=Choices(clock))
        sys.stdout.flush()
    except (typer.Abort, KeyboardInterrupt):
        return INTERRUPTED
    except (ReaderGoneError, BrokenPipeError):
        return _reader_gone()
    except typer.TyperException as error:
        return _misused(error, as_json=as_json)
    except NodeError as error:
        return report(error, as_json=as_json)
    except Exception as error:  # the outermost handler of the process: nobody meets a traceback unasked
        return report_bug(error, arguments=arguments, data_dir=_data_dir(arguments))
    return left if isinstance(left, int) else ExitCode.OK


def _misused(error: typer.TyperException, *, as_json: bool) -> int:
    context: typer.Context | None = getattr(error, "ctx", None)
    message = error.format_message().replace("Value error, ", "").replace(_NO_INTEGER, "not a whole number")
    if context is not None and message.startswith(HELP_BEGINS):
        typer.echo(message, err=True)
        return ExitCode.USAGE
    advice = f"See `{context.command_path} --help`." if context is not None else ""
    return report(ConfigError(message[:1].lower() + message[1:], advice=advice), as_json=as_json)


def _reader_gone() -> int:
    """End quietly: whoever read our output, such as `head`, has had enough of it."""
    # Python flushes standard output once more as it ends.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return ExitCode.OK


def _data_dir(arguments: Sequence[str]) -> Path:
    """Guess the data folder when the command did not come to the point of knowing it."""
    named = next((after for word, after in pairwise(arguments) if word == "--data"), None)
    return Path(named or os.environ.get(DATA_VARIABLE) or DEFAULT_DATA).expanduser()
