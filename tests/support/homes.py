"""Machines on which somebody is at home: a store, a key file of its own, and the hand that uses both."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random

from support.keys import NETWORK, found, seed_of
from support.world import StoppedClock

from folkmoot.identity import Device, Recovery, Scope, Snapshot
from folkmoot.ids import IdPrefix, RecordId, id_to_text
from folkmoot.keys import SecretKey, key_digest, rotation_key
from folkmoot.record import Record
from folkmoot_node.author import Author
from folkmoot_node.ingest import Ingest
from folkmoot_node.keyfile import KEY_FILE, PAPER_RANK, Keys, sealing_public, write_keys
from folkmoot_node.keyring import KeyRing
from folkmoot_node.readiness import Readiness
from folkmoot_node.settling import Settling
from folkmoot_node.store import Store
from folkmoot_node.views.viewpoint import Viewpoint


@cache
def keys_of(name: str) -> Keys:
    """Return the keys of somebody with one device, whose rotation keys come from a seed."""
    device, rotation = SecretKey(seed_of(f"{name}/device")), seed_of(f"{name}/rotation seed")
    sealing = seed_of(f"{name}/sealing")
    snapshot = Snapshot(
        devices=[Device(device.public, sealing_public(sealing), Scope.ALL)],
        next_digest=key_digest(NETWORK, rotation_key(rotation, 1, network=NETWORK).public),
        recovery=[Recovery(PAPER_RANK, 1, (key_digest(NETWORK, paper_of(name).public),))],
    )
    founding = found(snapshot, [device])
    return Keys(NETWORK, founding.identity, device, sealing, rotation, seed_of(f"{name}/transport"), (founding,))


def paper_of(name: str) -> SecretKey:
    """Return somebody's first paper key."""
    return SecretKey(seed_of(f"{name}/paper"))


def paper_text(name: str) -> str:
    """Return somebody's first paper key as it is written down."""
    return id_to_text(IdPrefix.PAPER_KEY, paper_of(name).seed)


def voter_of(peer: str) -> str | None:
    """Let everybody vote on the clock but those who came by themselves."""
    return None if peer.startswith("stranger") else peer


@dataclass
class Home:
    """One machine of somebody; what it announces is kept in `announced`."""

    folder: Path
    store: Store
    ingest: Ingest
    author: Author
    ring: KeyRing
    settling: Settling
    clock: StoppedClock
    announced: list[Record] = field(default_factory=list)
    urged: list[None] = field(default_factory=list)

    @property
    def view(self) -> Viewpoint:
        """See what this machine's owner sees."""
        return Viewpoint.of(self.author)

    async def hear(self, *others: "Home", source: str = "peer") -> None:
        """Take everything that other machines hold, as a sync would bring it, and take note of the sync."""
        for other in others:
            held = await other.store.everything()
            ours = {item.id for item in (await self.store.everything()).operations}
            theirs = {item.id for item in held.operations}
            await self.ingest.take(
                [item.wire for item in held.operations], [record.wire for record in held.records], source=source
            )
            await self.settling.completed(source, frozenset(ours - theirs))
        await self.settling.look_at_identity()

    async def live(self) -> set[RecordId]:
        """Return the ids of all records that are shown here."""
        return {record.id for record in (await self.store.everything()).records}

    async def posts(self) -> set[str]:
        """Return the texts of the posts that are shown here."""
        return {str(record.body["text"]) for record in await self.store.by_kind("post")}

    async def post(self, text: str) -> Record:
        """Say something as the owner."""
        return await self.author.publish("post", {"text": text})


@asynccontextmanager
async def home(keys: Keys, clock: StoppedClock, folder: Path) -> AsyncIterator[Home]:
    """Run a machine with these keys in a folder, with a store in memory."""
    entropy = Random(keys.device.seed)
    write_keys(folder / KEY_FILE, keys, None, entropy)
    ring = KeyRing.open(folder / KEY_FILE, None, entropy)
    announced: list[Record] = []
    urged: list[None] = []

    async def announce(records: Sequence[Record]) -> None:
        announced.extend(records)

    async with await Store.in_memory(network=NETWORK, clock=clock) as store:
        ingest = Ingest(store, clock)
        await store.adopt(keys.identity)
        await ingest.take([item.wire for item in keys.operations], [], source="own")
        author = Author(
            identity=keys.identity,
            key=keys.device,
            store=store,
            ingest=ingest,
            clock=clock,
            entropy=entropy,
            network=NETWORK,
            announce=announce,
            ring=ring,
            readiness=Readiness(syncs_missing=keys.syncs_missing),
        )
        settling = Settling(author, ring, urge=lambda: urged.append(None), voter_of=voter_of)
        await settling.look_at_identity()
        yield Home(folder, store, ingest, author, ring, settling, clock, announced, urged)


async def share(*homes: Home) -> None:
    """Let every machine hear everything that any of them holds."""
    for one in homes:
        await one.hear(*(other for other in homes if other is not one))
