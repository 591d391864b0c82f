"""Commands about devices: `identity show`, `rotate`, `request`, `add-device`, `join` and `revoke-device`."""

# ruff: noqa: PLR0913, PLR0917 - a command's parameters are its options

from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import RenderableType
from rich.text import Text

from folkmoot.ids import IdPrefix
from folkmoot_node.cli.asking import confirm
from folkmoot_node.cli.daemon import Answer
from folkmoot_node.cli.dates import parse_past
from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.identity_view import identity_lines, losses_lines
from folkmoot_node.cli.invocation import Session, command, group, session
from folkmoot_node.cli.terminal import hint, indented, sentence_text, whole_id
from folkmoot_node.cli.texts import checked_id, person_id
from folkmoot_node.errors import ConfigError

identity = group("See who may sign for an identity; change the keys and devices of your own.")

OutOption = Annotated[Path, typer.Option(metavar="FILE", help="Where to write it.")]
DespiteOption = Annotated[
    bool, typer.Option("--despite-offer", help="Go on although a machine was offered a place and may still join.")
]
YesOption = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
PassphraseOption = Annotated[
    Path | None, typer.Option(metavar="FILE", help="Read the passphrase from the first line of a file.")
]
SLIP_BYTES_MAX = 8 * 1024 * 1024


@command(identity, "show", example="folkmoot identity show folk1…")
def show_identity(
    ctx: typer.Context,
    person: Annotated[str, typer.Argument(metavar="PERSON", help="An identity folk1…, or me.")] = "me",
) -> None:
    """Show an identity: what each operation changed, which devices sign, who can recover it.

    A disputed identity has two branches between which nothing decides; a closed one says nothing any more.
    """
    here = session(ctx)
    answer = here.daemon().get(f"/identities/{person_id(person)}")
    here.answer(answer, identity_lines(answer, here.clock.now_ms()))


@command(identity, "rotate", example="folkmoot identity rotate")
def rotate(ctx: typer.Context, despite_offer: DespiteOption = False) -> None:
    """Use your rotation key and promise the next one.

    Do it when somebody may have seen the key file: what they saw is worth nothing afterwards.
    """
    here = session(ctx)
    answer = here.daemon().post("/identity/rotations", {"despite_offer": despite_offer})
    here.answer(answer, changed_lines(answer, "Rotated."))


@command(identity, "request", example="folkmoot identity request --out new-laptop.json --data ~/new")
def request_place(
    ctx: typer.Context,
    out: OutOption,
    network: Annotated[str | None, typer.Option(metavar="NAME", help="The network of your identity.")] = None,
    passphrase_file: PassphraseOption = None,
    no_passphrase: Annotated[bool, typer.Option("--no-passphrase", help="Leave the keys unsealed.")] = False,
) -> None:
    """Make keys on a new machine, and the file with which it asks to become a device of yours.

    Step one of three; the data folder has to be empty. The file holds no secret.
    """
    from folkmoot.identity import Scope  # noqa: PLC0415
    from folkmoot_node import config, keyfile, newcomer, sealing, slips  # noqa: PLC0415 - brings the cryptography
    from folkmoot_node.cli.passphrases import new_passphrase  # noqa: PLC0415
    from folkmoot_node.clock import system_entropy  # noqa: PLC0415

    here = session(ctx)
    settings = config.load(here.data_dir, network=network)
    keyfile.require_free(settings.data_dir / keyfile.KEY_FILE)
    if (settings.data_dir / newcomer.NEWCOMER_FILE).exists():
        raise ConfigError(
            "this machine has asked already",
            advice=f"Go on with the file it made, or remove {newcomer.NEWCOMER_FILE} to begin anew.",
        )
    passphrase = None if no_passphrase else new_passphrase(passphrase_file, here.terminal)
    entropy = system_entropy()
    made = newcomer.new_newcomer(settings.network or keyfile.DEFAULT_NETWORK, entropy)
    lock = sealing.new_lock(passphrase, entropy) if passphrase is not None else None
    device = made.device(Scope.ALL)
    text = slips.request_text(slips.DeviceRequest(made.network, device.key, device.sealing_key))
    write_file(out, text.encode(), overwrite=False)
    newcomer.write_newcomer(settings.data_dir, made, lock, entropy)
    value = {"key": device.key.hex(), "network": made.network, "file": str(out)}
    here.answer(value, _requested_lines(value, here))


def _requested_lines(value: dict[str, str], here: Session) -> Iterable[RenderableType]:
    yield Text("This machine has keys now; the first of them is", style="bold green")
    yield whole_id(value["key"])
    yield f"Take {value['file']} to a machine where you are at home, and there:"
    yield hint(f"  folkmoot identity add-device {value['file']} --scope all --out offer.json")
    yield "Compare the key it shows with the one above. Bring offer.json back here, and:"
    yield hint(f"  {here.command('identity join offer.json')}")


@command(
    identity, "add-device", example="folkmoot identity add-device new-laptop.json --scope all --out offer.json"
)
def add_device(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file that the new machine made.")],
    out: OutOption,
    scope: Annotated[
        Literal["all", "daily", "read"],
        typer.Option(
            metavar="SCOPE", help="What it may sign: all; daily, which is all but agreements; or nothing."
        ),
    ],
    yes: YesOption = False,
) -> None:
    """Offer a new machine a place as your device.

    Step two of three, on a machine where you are at home. The offer is for that machine alone: nobody else can
    take it up.
    """
    from folkmoot_node.slips import read_request  # noqa: PLC0415

    here = session(ctx)
    text = _text_of(file)
    key = read_request(text).key.hex()
    here.terminal.err.print(f"The machine shows this key: {key}", soft_wrap=True)
    confirm("Is it the key that the new machine showed you?", here.terminal, yes=yes)
    if out.exists():
        raise ConfigError(f"{out} exists already", advice="Choose another name for it.")
    answer = here.daemon().post("/identity/devices", {"request": text, "scope": scope})
    write_file(out, answer["file"].encode(), overwrite=False)
    here.answer({"key": key, "scope": scope, "file": str(out)}, _offered_lines(out))


def _offered_lines(out: Path) -> Iterable[RenderableType]:
    yield Text(f"The offer is in {out}.", style="bold green")
    yield indented("Until the new machine has joined, other changes to your identity wait.")
    yield hint(f"Next, on the new machine: folkmoot identity join {out}")


@command(identity, "join", example="folkmoot identity join offer.json --data ~/new")
def join(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The offer, made by `identity add-device`.")],
    passphrase_file: PassphraseOption = None,
) -> None:
    """Take up the offer, so that this machine becomes your device.

    Step three of three. The machine signs; its node tells the network once it has met a node that knows you.
    """
    from folkmoot_node import joining, newcomer  # noqa: PLC0415 - brings the cryptography
    from folkmoot_node.cli.passphrases import known_passphrase  # noqa: PLC0415
    from folkmoot_node.clock import system_entropy  # noqa: PLC0415

    here = session(ctx)
    text = _text_of(file)
    is_sealed = newcomer.is_newcomer_sealed(here.data_dir)
    passphrase = known_passphrase(passphrase_file, here.terminal) if is_sealed else None
    keys = joining.take_up(here.data_dir, text, passphrase, system_entropy())
    from folkmoot.ids import id_to_text  # noqa: PLC0415

    value = {"identity": id_to_text(IdPrefix.IDENTITY, keys.identity), "key": keys.device.public.hex()}
    here.answer(value, _joined_lines(value, here))


def _joined_lines(value: dict[str, str], here: Session) -> Iterable[RenderableType]:
    yield Text("This machine is a device of", style="bold green")
    yield whole_id(value["identity"])
    yield indented("It tells the network as soon as it meets a node that knows you.")
    yield hint(
        f"Next: {here.command('node --peer /ip4/…/tcp/…/p2p/…')}, best with the address of your other machine"
    )


@command(
    identity,
    "revoke-device",
    example="folkmoot identity revoke-device 4bb06e5d81c5e9f3 --stolen --keep-shown-list \\\n"
    "  --since 2026-11-20T18:00",
)
def revoke_device(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The device, by the beginning of its key.")],
    retired: Annotated[
        bool, typer.Option("--retired", help="You put it away: all that it said until now stands.")
    ] = False,
    stolen: Annotated[bool, typer.Option("--stolen", help="Others may have it: nothing it said stands …")] = False,
    keep_shown_list: Annotated[
        bool, typer.Option("--keep-shown-list", help="… but what the list before the question shows as kept.")
    ] = False,
    since: Annotated[
        str | None, typer.Option(metavar="WHEN", help="Since when others may have it: 2026-11-20T18:00 or -3d.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--not", metavar="ID", help="A record or document that is not your word.")
    ] = None,
    despite_offer: DespiteOption = False,
    yes: YesOption = False,
) -> None:
    """Revoke a device of yours, and choose what of its word stands.

    It lists what would be lost, and asks. Nobody can tell your word from a thief's who has your device: what is
    older than the theft by the thief's own date is only as true as what your machine saw come in before.
    """
    if retired == stolen:
        raise ConfigError("say whether it is --retired or --stolen", advice="Stolen is also lost and sold unwiped.")
    here = session(ctx)
    wish: dict[str, Any] = {
        "device": key,
        "is_stolen": stolen,
        "keeps": keep_shown_list,
        "since_ms": parse_past(since, now_ms=here.clock.now_ms()) if since else None,
        "without": [checked_id(item, IdPrefix.RECORD, IdPrefix.DOCUMENT) for item in without or []],
        "despite_offer": despite_offer,
    }
    daemon = here.daemon()
    preview = daemon.post("/identity/revocations", {**wish, "dry_run": True})
    if not here.terminal.as_json:
        for part in losses_lines(preview, here.clock.now_ms()):
            here.terminal.err.print(part)
    confirm("The device will sign for you no more.", here.terminal, yes=yes)
    answer = daemon.post("/identity/revocations", wish)
    here.answer(answer, changed_lines(answer, "Revoked."))


def changed_lines(answer: Answer, sentence: str) -> Iterable[RenderableType]:
    """Say what changed in the identity, and what is worth knowing about it."""
    yield Text(sentence, style="bold green")
    yield whole_id(answer["operation"])
    for note in answer.get("notes", []):
        yield indented(sentence_text(note))
    yield hint("See it with `folkmoot identity show`.")


def _text_of(file: Path) -> str:
    return read_file(file, bytes_max=SLIP_BYTES_MAX).decode("utf-8", errors="replace")
