"""The course of a recovery on a machine without a daemon: look around, plan, ask, sign, and write the new keys.

Theory of operation: nothing is made before the owner has seen what is kept and has the new paper key. Then the key
file is written, and last the operation goes into the store: whoever dies in between finds it in the key file.
"""

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import trio

from folkmoot.errors import DecodeError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, IdPrefix, OperationId, id_from_text, id_to_text
from folkmoot.limits import BUNDLE_BYTES_MAX
from folkmoot.succession import way_to
from folkmoot_node import config, logs
from folkmoot_node.acts.recovery import (
    RescueWish,
    gather_signatures,
    plan_recovery,
    sign_recovery,
    take_back,
)
from folkmoot_node.author import Author
from folkmoot_node.cli.asking import confirm, hand_over, typed_paper_key
from folkmoot_node.cli.dates import parse_past
from folkmoot_node.cli.files import read_file, write_file
from folkmoot_node.cli.identity_view import losses_lines
from folkmoot_node.cli.invocation import Session
from folkmoot_node.cli.passphrases import known_passphrase, new_passphrase
from folkmoot_node.clock import Entropy, system_entropy
from folkmoot_node.errors import ConfigError, FileError
from folkmoot_node.keyfile import DEFAULT_NETWORK, KEY_FILE, Keys, is_sealed, read_keys, write_keys
from folkmoot_node.network import Libp2pTransport
from folkmoot_node.newcomer import (
    NEWCOMER_FILE,
    Newcomer,
    forget_newcomer,
    is_newcomer_sealed,
    new_newcomer,
    read_newcomer,
    write_newcomer,
)
from folkmoot_node.rescue import look_around, require_known, rescuer, take_bundle
from folkmoot_node.sealing import Lock, new_lock
from folkmoot_node.slips import BegunStep, read_recovery, recovery_text
from folkmoot_node.views.losses import losses_json

Value = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ways:
    """Where a recovery happens and from where it learns; the identity is in text."""

    data_dir: Path
    network: str | None
    identity: str | None
    peers: tuple[str, ...]
    bundle: Path | None
    passphrase_file: Path | None
    no_passphrase: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """What is not the owner's word; ids in text, the moment as it was typed."""

    after: str | None
    since: str | None
    without: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What is asked for and written: paper keys, what guardians are to sign, and whether to ask."""

    request: Path | None
    old_file: Path | None
    new_file: Path | None
    show: bool
    yes: bool


@dataclass(frozen=True, slots=True)
class _Machine:
    """The machine that recovers: its keys, and those it had before, if any."""

    newcomer: Newcomer
    identity: IdentityId
    lock: Lock | None
    before: Keys | None
    entropy: Entropy


def begin(here: Session, ways: Ways, doubts: Doubts, papers: Papers) -> Value:
    """Recover with the paper key, or write what guardians are to sign.

    Raises:
        NodeError: It cannot be done, or the owner did not say yes; nothing has changed.
    """
    if papers.request is not None and papers.request.exists():
        raise ConfigError(f"{papers.request} exists already", advice="Choose another name for it.")
    logs.set_up("warning", "console")
    machine = _machine(here, ways)
    paper = None if papers.request is not None else typed_paper_key(papers.old_file, here.terminal)
    return trio.run(partial(_begin, here, machine, ways, doubts, papers, paper))


def end(here: Session, ways: Ways, slips: Sequence[str]) -> Value:
    """End a recovery with what guardians signed.

    Raises:
        NodeError: It cannot be done; nothing has changed.
    """
    logs.set_up("warning", "console")
    signed = [read_recovery(text) for text in slips]
    passphrase = (
        known_passphrase(ways.passphrase_file, here.terminal) if is_newcomer_sealed(ways.data_dir) else None
    )
    newcomer, lock = read_newcomer(ways.data_dir, passphrase)
    made = gather_signatures(newcomer, signed)
    path = ways.data_dir / KEY_FILE
    before = read_keys(path, passphrase)[0] if path.exists() else None
    machine = _Machine(newcomer, made.identity, lock, before, system_entropy())
    return trio.run(partial(_end, here, machine, ways, made))


async def _begin(
    here: Session,
    machine: _Machine,
    ways: Ways,
    doubts: Doubts,
    papers: Papers,
    paper: str | None,
) -> Value:
    async with _at_work(here, machine, ways) as author:
        wish = RescueWish(
            paper=paper,
            after=OperationId(id_from_text(doubts.after)) if doubts.after else None,
            since_ms=parse_past(doubts.since, now_ms=here.clock.now_ms()) if doubts.since else None,
            was_here=machine.before is not None,
            without={id_from_text(text) for text in doubts.without},
        )
        plan = await plan_recovery(author, machine.newcomer, wish)
        listed = losses_json(plan.losses)
        if not here.terminal.as_json:
            for part in losses_lines({**listed}, here.clock.now_ms()):
                here.terminal.err.print(part)
        confirm("Every other device of yours will be revoked.", here.terminal, yes=papers.yes)
        shown = hand_over(plan.paper_key, here.terminal, papers.new_file, show=papers.show, yes=papers.yes)
        made = sign_recovery(plan, machine.newcomer, paper)
        way = way_to(plan.chain, plan.step.parent)
        if papers.request is not None:
            waiting = replace(machine.newcomer, begun=made, chain=way)
            write_newcomer(ways.data_dir, waiting, machine.lock, machine.entropy)
            text = recovery_text(BegunStep(machine.newcomer.network, made, way))
            write_file(papers.request, text.encode(), overwrite=False)
            return {"request": str(papers.request), **listed, **shown}
        _write(ways, machine, (*way, made))
        await take_back(author, made)
        return {**_done(machine, made), **listed, **shown}


async def _end(here: Session, machine: _Machine, ways: Ways, made: Operation) -> Value:
    async with _at_work(here, machine, ways) as author:
        await author.ingest.take([item.wire for item in machine.newcomer.chain], [], source="own")
        await author.foresee(made)
        _write(ways, machine, (*machine.newcomer.chain, made))
        await take_back(author, made)
    return _done(machine, made)


@asynccontextmanager
async def _at_work(here: Session, machine: _Machine, ways: Ways) -> AsyncIterator[Author]:
    """Hold the folder, and know of the identity what the machine's own memory, a bundle and peers show."""
    newcomer = machine.newcomer
    async with rescuer(
        ways.data_dir, newcomer, machine.identity, clock=here.clock, entropy=machine.entropy
    ) as author:
        if machine.before is not None:
            await author.ingest.take([item.wire for item in machine.before.operations], [], source="own")
        if ways.bundle is not None:
            data = read_file(ways.bundle, bytes_max=BUNDLE_BYTES_MAX)
            try:
                await take_bundle(author, data)
            except DecodeError as error:
                raise FileError(f"{ways.bundle} is no bundle of the network {newcomer.network}") from error
        if ways.peers:
            transport = Libp2pTransport(newcomer.seeds["transport"], (), here.clock)
            spaces = config.load(ways.data_dir).spaces
            met = await look_around(author, transport, ways.peers, spaces=spaces)
            here.terminal.err.print(f"Looked around at {met} of {len(ways.peers)} nodes.")
        await require_known(author)
        yield author


def _machine(here: Session, ways: Ways) -> _Machine:
    """Make the keys of the machine; where it had some before, they say who it is."""
    entropy = system_entropy()
    path = ways.data_dir / KEY_FILE
    if path.exists():
        passphrase = known_passphrase(ways.passphrase_file, here.terminal) if is_sealed(path) else None
        before, lock = read_keys(path, passphrase)
        if ways.identity is not None and id_from_text(ways.identity) != before.identity:
            raise ConfigError(
                "the keys in this folder are another identity's", advice="Choose another with --data."
            )
        return _Machine(new_newcomer(before.network, entropy), before.identity, lock, before, entropy)
    if ways.identity is None:
        raise ConfigError("say who you are", advice="Give your identity, folk1….")
    if (ways.data_dir / NEWCOMER_FILE).exists():
        raise ConfigError(
            "this machine waits for something already",
            advice=f"End it with --guardians, or remove {NEWCOMER_FILE} to begin anew.",
        )
    settings = config.load(ways.data_dir, network=ways.network)
    ways.data_dir.mkdir(parents=True, exist_ok=True, mode=0o700)
    passphrase = None if ways.no_passphrase else new_passphrase(ways.passphrase_file, here.terminal)
    lock = new_lock(passphrase, entropy) if passphrase is not None else None
    newcomer = new_newcomer(settings.network or DEFAULT_NETWORK, entropy)
    return _Machine(newcomer, IdentityId(id_from_text(ways.identity)), lock, None, entropy)


def _write(ways: Ways, machine: _Machine, operations: tuple[Operation, ...]) -> None:
    """Write the keys of the machine as the identity's one device; what it guards for others it guards on."""
    guarding = machine.before.guarding if machine.before is not None else ()
    keys = replace(machine.newcomer.keys(operations), guarding=guarding)
    write_keys(ways.data_dir / KEY_FILE, keys, machine.lock, machine.entropy)
    forget_newcomer(ways.data_dir)


def _done(machine: _Machine, made: Operation) -> Value:
    return {
        "identity": id_to_text(IdPrefix.IDENTITY, machine.identity),
        "operation": id_to_text(IdPrefix.OPERATION, made.id),
        "key": machine.newcomer.key.public.hex(),
    }
