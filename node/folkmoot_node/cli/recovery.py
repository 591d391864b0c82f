"""Commands for the day on which keys are lost: `identity recover`, `guardians`, `guardian` and `close`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.asking import (
    confirm,
    confirm_typed,
    hand_over,
    require_reader,
    typed_paper_key,
)
from folkmoot_node.cli.devices import SLIP_BYTES_MAX, YesOption, changed_lines, identity
from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.invocation import command, group, session
from folkmoot_node.cli.terminal import hint, indented, whole_id
from folkmoot_node.cli.texts import checked_id
from folkmoot_node.errors import ConfigError

__all__ = ["guardian", "guardians", "identity"]

guardians = group("Name the people who can take your identity back together.")
guardian = group("Help somebody else to take their identity back.")
identity.add_typer(guardians, name="guardians")
identity.add_typer(guardian, name="guardian")

PaperOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read the paper key from a file instead of asking for it.")
]
NewPaperOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Write the new paper key to a new file instead of showing it.")
]
ShowPaperOption = Annotated[
    bool, typer.Option("--show-recovery-key", help="With --json: put the new paper key into the document.")
]


@command(guardians, "set", example="folkmoot identity guardians set 2 ann.json bob.json cem.json")
def set_guardians(
    ctx: typer.Context,
    threshold: Annotated[int, typer.Argument(metavar="K", help="How many of them it takes.", min=1, max=9)],
    keys: Annotated[
        list[str], typer.Argument(metavar="FILE|DIGEST…", help="What each guardian made for you, or its digest.")
    ],
    paper_key_file: PaperOption = None,
    recovery_key_file: NewPaperOption = None,
    show_recovery_key: ShowPaperOption = False,
    yes: YesOption = False,
) -> None:
    """Name the people who can take your identity back together.

    It needs your paper key, and gives you a new one: a key that was shown to the network is used up. Guardians can
    do nothing that your paper key could not undo.
    """
    here = session(ctx)
    daemon = here.daemon()
    own = daemon.get("/identities/me")["identity"]
    digests = [_digest_of(key, own) for key in keys]
    require_reader(here.terminal, recovery_key_file, show=show_recovery_key, yes=yes)
    paper = typed_paper_key(paper_key_file, here.terminal)
    body = {"threshold": threshold, "digests": digests, "paper_key": paper}
    answer = daemon.post("/identity/guardians", body)
    new_key = answer.pop("paper_key")
    shown = hand_over(new_key, here.terminal, recovery_key_file, show=show_recovery_key, yes=yes)
    sentence = f"Any {threshold} of {len(digests)} guardians can take your identity back together."
    here.answer({**answer, **shown}, changed_lines(answer, sentence))


@command(guardian, "make", example="folkmoot identity guardian make --for folk1… --out dana-guardian.json")
def make_guardian_key(
    ctx: typer.Context,
    for_: Annotated[str, typer.Option("--for", metavar="IDENTITY", help="Whom you would help: folk1….")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write what they need of you.")],
) -> None:
    """Make the key with which you could help somebody, and the file they name you by.

    The key stays with your own keys, and in your backup; the file holds no secret.
    """
    here = session(ctx)
    if out.exists():
        raise ConfigError(f"{out} exists already", advice="Choose another name for it.")
    answer = here.daemon().post("/guardian-keys", {"identity": checked_id(for_, IdPrefix.IDENTITY)})
    write_file(out, answer["file"].encode(), overwrite=False)
    here.answer({"digest": answer["digest"], "file": str(out)}, _promised_lines(answer["digest"], out))


def _promised_lines(digest: str, out: Path) -> Iterable[RenderableType]:
    yield Text(f"Give them {out}, or this digest of your key:", style="bold green")
    yield whole_id(digest)
    yield indented("Nobody else can use it, and it serves for nothing else.")


@command(guardian, "sign", example="folkmoot identity guardian sign recovery.json --out signed.json")
def sign_as_guardian(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="REQUEST", help="What `identity recover --request` wrote.")],
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where to write your signature.")],
    yes: YesOption = False,
) -> None:
    """Sign somebody's recovery as one of their guardians.

    Ask them yourself first, not by the way the file came: whoever you sign for becomes that person to everybody.
    """
    here = session(ctx)
    if out.exists():
        raise ConfigError(f"{out} exists already", advice="Choose another name for it.")
    text = read_file(file, bytes_max=SLIP_BYTES_MAX).decode("utf-8", errors="replace")
    confirm("Have you heard from this person themselves that they lost their keys?", here.terminal, yes=yes)
    data = here.daemon().upload("/guardian-signatures/import", _as_body(text), {})
    write_file(out, data["file"].encode(), overwrite=False)
    here.answer({"file": str(out)}, (Text(f"Your signature is in {out}: give it to them.", style="bold green"),))


@command(identity, "close", example="folkmoot identity close")
def close_identity(
    ctx: typer.Context,
    paper_key_file: PaperOption = None,
    name: Annotated[str | None, typer.Option(metavar="TEXT", help="Your name or id, instead of typing it.")] = None,
) -> None:
    """End your identity for good. Nothing follows, and nobody can open it again.

    Others hide what you said at once and drop it after a month; agreements stay what they are for those who signed
    with you. It needs your paper key.
    """
    here = session(ctx)
    daemon = here.daemon()
    shown = daemon.get("/identities/me")
    wanted = shown["name"]
    confirm_typed(f"To close it, type its name, {wanted}:", wanted, here.terminal, given=name)
    paper = typed_paper_key(paper_key_file, here.terminal)
    answer = daemon.post("/identity/closing", {"paper_key": paper})
    here.answer(answer, changed_lines(answer, "Closed."))


@command(
    identity,
    "recover",
    example="folkmoot identity recover folk1… --paper --peer /ip4/192.0.2.7/tcp/4360/p2p/12D3KooW… --data ~/new",
)
def recover(
    ctx: typer.Context,
    person: Annotated[str | None, typer.Argument(metavar="IDENTITY", help="Who you are: folk1….")] = None,
    paper: Annotated[bool, typer.Option("--paper", help="Recover with your paper key.")] = False,
    request: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write what your guardians are to sign.")
    ] = None,
    guardians_: Annotated[
        list[Path] | None, typer.Option("--guardians", metavar="FILE", help="What a guardian signed.")
    ] = None,
    peer: Annotated[
        list[str] | None, typer.Option(metavar="MULTIADDR", help="A node that knows you, ending in /p2p/….")
    ] = None,
    bundle: Annotated[Path | None, typer.Option(metavar="FILE", help="A bundle that shows you.")] = None,
    after: Annotated[
        str | None, typer.Option(metavar="OPERATION", help="The last operation op1… that was yours.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="WHEN", help="Since when others had your keys.")] = None,
    without: Annotated[
        list[str] | None, typer.Option("--not", metavar="ID", help="A record or document that is not your word.")
    ] = None,
    paper_key_file: PaperOption = None,
    recovery_key_file: NewPaperOption = None,
    show_recovery_key: ShowPaperOption = False,
    passphrase_file: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Read the passphrase from the first line of a file.")
    ] = None,
    no_passphrase: Annotated[bool, typer.Option("--no-passphrase", help="Leave the keys unsealed.")] = False,
    network: Annotated[str | None, typer.Option(metavar="NAME", help="The network of your identity.")] = None,
    yes: YesOption = False,
) -> None:
    """Take your identity back when your devices are gone or in other hands.

    This machine becomes your one device, with a new rotation seed and a new paper key; every other device is
    revoked, and what you keep of their word is listed before you are asked. Guardians sign a file that --request
    writes, and --guardians ends it. Stop the daemon of this data folder first.
    """
    if [paper, request is not None, bool(guardians_)].count(True) != 1:
        raise ConfigError("say how: --paper, --request FILE, or --guardians FILE for each guardian")
    from folkmoot_node.cli import recovering  # noqa: PLC0415 - brings the network, which takes a second

    here = session(ctx)
    ways = recovering.Ways(
        data_dir=here.data_dir,
        network=network,
        identity=checked_id(person, IdPrefix.IDENTITY) if person else None,
        peers=tuple(peer or ()),
        bundle=bundle,
        passphrase_file=passphrase_file,
        no_passphrase=no_passphrase,
    )
    if guardians_:
        slips = [read_file(file, bytes_max=SLIP_BYTES_MAX).decode("utf-8", errors="replace") for file in guardians_]
        value: Mapping[str, Any] = recovering.end(here, ways, slips)
    else:
        require_reader(here.terminal, recovery_key_file, show=show_recovery_key, yes=yes)
        doubts = recovering.Doubts(
            after=checked_id(after, IdPrefix.OPERATION) if after else None,
            since=since,
            without=tuple(checked_id(item, IdPrefix.RECORD, IdPrefix.DOCUMENT) for item in without or ()),
        )
        papers = recovering.Papers(
            request=request,
            old_file=paper_key_file,
            new_file=recovery_key_file,
            show=show_recovery_key,
            yes=yes,
        )
        value = recovering.begin(here, ways, doubts, papers)
    here.answer(value, _recovered_lines(value))


def _recovered_lines(value: Mapping[str, Any]) -> Iterable[RenderableType]:
    if "request" in value:
        yield Text(f"Your guardians are to sign {value['request']}.", style="bold green")
        yield hint("Each of them: folkmoot identity guardian sign FILE --out SIGNED")
        yield hint("Then here: folkmoot identity recover --guardians SIGNED --guardians SIGNED")
        return
    yield Text("Your identity is yours again. This machine is its one device:", style="bold green")
    yield whole_id(value["identity"])
    yield hint("Next: folkmoot node --peer /ip4/…/tcp/…/p2p/…, so that everybody hears of it")


def _digest_of(given: str, own: str) -> str:
    """Return the digest of a guardian's key, from the file they made or as it stands."""
    from folkmoot.ids import id_to_text  # noqa: PLC0415
    from folkmoot_node.slips import read_promise  # noqa: PLC0415

    if not Path(given).exists():
        return given.strip().lower()
    promise = read_promise(read_file(Path(given), bytes_max=SLIP_BYTES_MAX).decode("utf-8", errors="replace"))
    if id_to_text(IdPrefix.IDENTITY, promise.identity) != own:
        raise ConfigError(f"{given} was made for somebody else", advice="Ask for one that is made for you.")
    return promise.digest.hex()


def _as_body(text: str) -> bytes:
    import json  # noqa: PLC0415

    return json.dumps({"request": text}).encode()
