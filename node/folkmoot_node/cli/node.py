"""Commands about the node itself: `init`, `node`, `demo`, `status`, `state`, `sync` and `peers`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import distance_text, moment_text, parse_moment
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.terminal import facts, heading, hint, sentence_text, table, whole_id
from folkmoot_node.cli.texts import plain, status_text, who

peers = group("See which nodes this one meets, and add one.")


def status(ctx: typer.Context) -> None:
    """Show who the daemon speaks for, whom it meets and what it holds."""
    here = session(ctx)
    answer = here.daemon().get("/status")
    here.answer(answer, _status_lines(answer))


def _status_lines(answer: Answer) -> Iterable[RenderableType]:
    now_ms = answer["now_ms"]
    yield heading(who(answer["name"], answer["identity"]), Text("running", style="green"))
    yield whole_id(answer["identity"])
    yield facts(
        {
            "network": plain(answer["network"]),
            "version": f"{plain(answer['version'])}, spec {plain(answer['spec'])}",
            "started": moment_text(answer["started_ms"], now_ms=now_ms),
            "data": plain(answer["data_dir"]),
            "local API": plain(answer["api_url"]),
            "holds": _counted(answer["records"]) or "no records yet",
            "identities": str(answer["identities"]),
            "waiting": f"{answer['waiting']} for operations of their authors" if answer["waiting"] else "",
            "database": f"{answer['database_bytes'] / 1e6:.1f} MB",
            "refused": _counted(answer.get("verdicts", {})),
            "contained": _counted(answer.get("contained", {})),
        }
    )
    for note in answer.get("notes", []):
        yield Text(sentence_text(note), style="yellow")
    if answer["addresses"]:
        yield Text("Others reach it at:", style="bold")
        yield from (whole_id(address) for address in answer["addresses"])
    yield ""
    yield from _peer_lines(answer["peers"], now_ms)


def _counted(counts: Mapping[str, Any]) -> str:
    return ", ".join(f"{plain(name)} {count}" for name, count in sorted(counts.items()) if count)


def _peer_lines(items: list[Answer], now_ms: int) -> Iterable[RenderableType]:
    if not items:
        yield "No peers."
        yield hint("Add one: folkmoot peers add /ip4/…/tcp/…/p2p/…")
        return
    yield table(
        ("peer", "address", "", "last sync", "#failures"),
        (
            (
                _short_peer(item["peer"]),
                plain(item["address"]).partition("/p2p/")[0],
                status_text("connected" if item["connected"] else "not connected"),
                distance_text(item["last_sync_ms"] - now_ms) if item.get("last_sync_ms") else "never",
                str(item["failures"]),
            )
            for item in items
        ),
    )


def _short_peer(peer: str) -> str:
    shown = plain(peer)
    return f"{shown[:4]}…{shown[-6:]}" if len(shown) > 12 else shown  # noqa: PLR2004 - head, tail and the dots


def state(
    ctx: typer.Context,
    as_of: Annotated[str | None, typer.Option(metavar="WHEN", help="At this moment; now if left out.")] = None,
) -> None:
    """Show the hash of everything this node derives.

    Two nodes that hold the same records show the same hash.
    """
    here = session(ctx)
    as_of_ms = parse_moment(as_of, now_ms=here.clock.now_ms()) if as_of else None
    answer = here.daemon().get("/state", {"as_of_ms": as_of_ms})
    here.answer(answer, _state_lines(answer, here.clock.now_ms()))


def _state_lines(answer: Answer, now_ms: int) -> Iterable[RenderableType]:
    yield whole_id(answer["state_hash"])
    yield facts(
        {
            "as of": moment_text(answer["as_of_ms"], now_ms=now_ms),
            "records": str(answer["records"]),
            "operations": str(answer["operations"]),
        }
    )


def sync(
    ctx: typer.Context,
    over: Annotated[
        str | None,
        typer.Option(
            metavar="COMMAND", help="With what this command leads to, such as 'ssh me@host folkmoot sync --pipe'."
        ),
    ] = None,
    pipe: Annotated[
        bool, typer.Option("--pipe", help="Be the other end: speak on standard input and output.")
    ] = False,
) -> None:
    """Sync with all connected peers now, or with another machine through a command.

    A node syncs with its peers by itself at intervals; this saves the wait. Through a command no network of nodes
    is needed, but no daemon may be running for the data folder at either end.
    """
    here = session(ctx)
    if over is not None or pipe:
        from folkmoot_node.cli.piped import sync_piped  # noqa: PLC0415

        sync_piped(here, over, is_other_end=pipe)
        return
    answer = here.daemon().post("/sync")
    count = answer["peers"]
    said = f"Syncing with {count} peer{'' if count == 1 else 's'}." if count else "No peer is connected."
    here.answer(answer, (said,))


@command(peers, "list", example="folkmoot peers list")
def list_peers(ctx: typer.Context) -> None:
    """List the peers this node knows, and how it gets on with them."""
    here = session(ctx)
    answer = here.daemon().get("/peers")
    here.answer(answer, _peer_lines(answer["items"] if "items" in answer else answer["peers"], here.clock.now_ms()))


@command(peers, "add", example="folkmoot peers add /ip4/192.0.2.7/tcp/4360/p2p/12D3KooW…")
def add_peer(
    ctx: typer.Context,
    address: Annotated[str, typer.Argument(metavar="ADDRESS", help="A multiaddr that ends in /p2p/….")],
) -> None:
    """Connect to another node now, and remember it."""
    here = session(ctx)
    answer = here.daemon().post("/peers", {"address": address})
    here.answer(answer, (Text("Connected; this node will keep meeting it.", style="green"),))


PeerArgument = Annotated[str, typer.Argument(metavar="PEER", help="Its name, 12D3KooW…; see `peers list`.")]


@command(peers, "block", example="folkmoot peers block 12D3KooW…")
def block_peer(ctx: typer.Context, peer: PeerArgument) -> None:
    """Have nothing to do with a peer, whoever dials, until you unblock it or the node restarts."""
    here = session(ctx)
    answer = here.daemon().post(f"/peers/{peer}/block", {})
    here.answer(answer, (Text("Blocked.", style="green"),))


@command(peers, "unblock", example="folkmoot peers unblock 12D3KooW…")
def unblock_peer(ctx: typer.Context, peer: PeerArgument) -> None:
    """Have to do with a blocked peer again."""
    here = session(ctx)
    answer = here.daemon().post(f"/peers/{peer}/unblock", {})
    here.answer(answer, (Text("No longer blocked.", style="green"),))


@command(peers, "remove", example="folkmoot peers remove 12D3KooW…")
def remove_peer(ctx: typer.Context, peer: PeerArgument) -> None:
    """Stop dialling a peer that was added, and forget it."""
    here = session(ctx)
    answer = here.daemon().delete(f"/peers/{peer}")
    here.answer(answer, (Text("Forgotten; it may still connect to this node.", style="green"),))


def run_node(
    ctx: typer.Context,
    listen: Annotated[
        list[str] | None,
        typer.Option(metavar="MULTIADDR", help="Where to listen, such as /ip4/0.0.0.0/tcp/4360 or …/tcp/4361/ws."),
    ] = None,
    peer: Annotated[
        list[str] | None, typer.Option(metavar="MULTIADDR", help="A node to connect to, ending in /p2p/….")
    ] = None,
    api_port: Annotated[
        int | None,
        typer.Option(metavar="PORT", help="Port of the local API on 127.0.0.1; any free one if left out."),
    ] = None,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the passphrase from the first line of a file.")
    ] = None,
    log_format: Annotated[
        Literal["console", "json"] | None, typer.Option(metavar="FORMAT", help="How to log on standard error.")
    ] = None,
    network: Annotated[
        str | None, typer.Option(metavar="NAME", help="Refuse to start if the identity is of another network.")
    ] = None,
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"] | None, typer.Option(metavar="LEVEL", help="What to log.")
    ] = None,
    movable_clock: Annotated[
        bool, typer.Option("--movable-clock", help="Let the local API move the clock; for test networks.")
    ] = False,
) -> None:
    """Run the node in the foreground until it is interrupted.

    It keeps, checks and passes on records, and serves the local API that all other commands use.
    """
    from folkmoot_node import config, keyfile  # noqa: PLC0415 - brings the cryptography
    from folkmoot_node.cli.passphrases import known_passphrase  # noqa: PLC0415

    here = session(ctx)
    settings = config.load(
        here.data_dir,
        network=network,
        listen=tuple(listen) if listen else None,
        peers=tuple(peer) if peer else None,
        api_port=api_port,
        log_format=log_format or ("json" if here.terminal.as_json else None),
        log_level=log_level,
        movable_clock=movable_clock or None,
    )
    is_sealed = keyfile.is_sealed(settings.data_dir / keyfile.KEY_FILE)
    passphrase = known_passphrase(passphrase_file, here.terminal) if is_sealed else None
    from folkmoot_node import main  # noqa: PLC0415 - brings libp2p, which alone takes a second

    raise typer.Exit(main.run(settings, passphrase))


def demo(
    ctx: typer.Context,
    resume: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Your own JSON Resume, for the team's lead.")
    ] = None,
) -> None:
    """Run five real nodes on this machine that form a team.

    It leaves you the team's agreement as a bundle, verified.
    """
    from folkmoot_node import demo as story  # noqa: PLC0415

    session(ctx)
    raise typer.Exit(story.run(resume))
