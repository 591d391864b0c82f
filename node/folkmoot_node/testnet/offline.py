"""Runs `folkmoot verify` in this process with the network taken away: whoever asks for a socket fails."""

import sys


def _forbid_sockets(event: str, _arguments: tuple[object, ...]) -> None:
    if event.startswith("socket."):
        raise RuntimeError("this process has no network")


if __name__ == "__main__":
    sys.addaudithook(_forbid_sockets)
    from folkmoot_node.cli import main

    main()
