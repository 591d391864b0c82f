"""The command line: one command, `folkmoot`, that drives a daemon through its local API or works on files."""

import sys


def main() -> None:
    """Run the command line and leave the process with its exit code."""
    from folkmoot_node.cli.program import run  # noqa: PLC0415 - whoever imports a part does not pay for the whole
    from folkmoot_node.clock import SystemClock  # noqa: PLC0415

    sys.exit(run(sys.argv[1:], clock=SystemClock()))
