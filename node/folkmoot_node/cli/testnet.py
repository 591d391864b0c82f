"""Commands that run test networks on this machine: `testnet story` and `testnet up`."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.errors import ConfigError, ExitCode

testnet = group("Run real nodes on this machine, to try things or to see a story.")


@command(testnet, "story", example="folkmoot testnet story S5")
def story(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="STORY", help="Which: S2, S3, S5 or S6.")],
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the nodes' folders and the proof there.")
    ] = None,
) -> None:
    """Tell a story with real nodes, and check how it ends.

    S2: a team forms and wins with a sealed bid. S3: opportunities within opportunities. S5: work, silence, money
    and feedback. S6: endorsements, and a ring of puppets. Clocks jump, so each takes less than a minute or two.
    """
    from folkmoot_node.testnet.stories import STORIES  # noqa: PLC0415 - brings the cryptography
    from folkmoot_node.testnet.telling import tell, watched  # noqa: PLC0415

    here = session(ctx)
    tale = STORIES.get(name.upper())
    if tale is None:
        raise ConfigError(f"there is no story {name}", advice=f"There are {', '.join(sorted(STORIES))}.")
    if here.terminal.as_json:
        report = tell(tale, keep=keep, on_step=lambda _step: None)
    else:
        with watched(here.terminal.out, tale) as on_step:
            report = tell(tale, keep=keep, on_step=on_step)
    here.answer(report.value(), (report.lines(),))
    if not report.held:
        raise typer.Exit(ExitCode.UNVERIFIED)


@command(testnet, "up", example="folkmoot testnet up --nodes 3")
def up(
    ctx: typer.Context,
    nodes: Annotated[int, typer.Option(metavar="N", min=1, max=8, help="How many nodes.")] = 3,
    keep: Annotated[
        Path | None, typer.Option("--keep", metavar="DIR", help="Keep the nodes' folders there.")
    ] = None,
) -> None:
    """Start some connected nodes, and stop them on Ctrl-C.

    Each has an identity, a name and a data folder of its own, and a clock that can be moved.
    """
    from folkmoot_node.testnet import upkeep  # noqa: PLC0415 - brings the cryptography

    here = session(ctx)
    with upkeep.standing(nodes, keep=keep) as network:
        here.answer(upkeep.value(network), upkeep.lines(network))
        sys.stdout.flush()
        upkeep.wait_until_told()
