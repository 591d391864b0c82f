"""The one hand that signs in this node's name: choose a slot, seal, keep the record durably, then tell others.

Theory of operation: signing runs under a lock, so that two requests at a time never take one slot and never use
one rev twice. The record is committed before anybody hears of it; when the node dies in between, it is held here
and the next sync carries it. Whatever the protocol would refuse is refused before it leaves, and nothing is signed
while the clock is wrong or, after a restore, the memory has holes.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field

import trio

from folkmoot.agreement import COSIGNING_SCOPES, Cosignature, Document, Proposal, cosign, draft
from folkmoot.authoring import NoFreeSlotError, compose, free_slot, own_class_of, seal_own
from folkmoot.canonical import Value
from folkmoot.chain import Chain, read_chain
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.identity import Operation
from folkmoot.ids import IdentityId, IdPrefix, short
from folkmoot.keys import SecretKey
from folkmoot.kinds import KINDS
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import COMMONS, Accept, Ignore, judge_author
from folkmoot.succession import finish
from folkmoot_node.clock import Clock, Entropy
from folkmoot_node.errors import RefusedError, StoreError
from folkmoot_node.ingest import Ingest
from folkmoot_node.keyring import KeyRing
from folkmoot_node.readiness import Readiness
from folkmoot_node.store import Store
from folkmoot_node.unopened import Unopened

OWN = "own"
"""The source under which a node's own records come in."""

Announce = Callable[[Sequence[Record]], Awaitable[None]]
"""Tells the gossip about records that are kept already; best effort."""

_DOCUMENT_NONCE_BYTES = 16


@dataclass(slots=True, kw_only=True)
class Author:
    """Signs, keeps and announces what the owner of this node says.

    Attributes:
        identity: The owner.
        key: This device's signing key.
        store: Where everything is kept.
        ingest: The one way into the store.
        clock: Tells the time.
        entropy: Makes nonces.
        network: Name of the network.
        announce: Called with each record after it was committed.
        ring: The keys that change the identity; `None` where they are out of reach.
        readiness: Whether anything may be signed now.
        spaces: The spaces in which this node takes part; `None` where that is not known.
        unopened: What the owner has committed to and not yet opened.
        turn: Held by an act from its first check to its last record, so that acts do not overlap.
    """

    identity: IdentityId
    key: SecretKey
    store: Store
    ingest: Ingest
    clock: Clock
    entropy: Entropy
    network: str
    announce: Announce
    ring: KeyRing | None = None
    readiness: Readiness = field(default_factory=Readiness)
    spaces: frozenset[str] | None = None
    unopened: Unopened = field(default_factory=Unopened)
    turn: trio.Lock = field(default_factory=trio.Lock)
    _signing: trio.Lock = field(default_factory=trio.Lock)

    async def publish(
        self, kind: str, body: Mapping[str, Value], *, space: str = COMMONS, slot: int | None = None
    ) -> Record:
        """Sign a record, commit it and announce it.

        Args:
            kind: A kind of this edition.
            body: What it says; empty to delete what is in the slot.
            space: Where it lives.
            slot: Which of the owner's records it replaces; a free slot when left out.

        Raises:
            RefusedError: No reader would take it, every slot is in use, or nothing may be signed now; nothing was
                published.
            StoreError: It could not be kept; nothing was announced.
        """
        async with self._signing:
            record = await self._keep(kind, body, space, slot)
        await self.announce([record])
        return record

    def rehearse(self, kind: str, body: Mapping[str, Value], *, space: str) -> None:
        """Check that a body could be published later; nothing is.

        Raises:
            RefusedError: No reader would take it.
        """
        address = Address(self.identity, space, kind, 0)
        try:
            content = compose(body, address=address, replaces=[], now_ms=self.clock.now_ms(), network=self.network)
            seal_own(content, author=self.identity, key=self.key, network=self.network)
        except (MisuseError, DecodeError) as error:
            raise _refusal(error) from error

    async def withdraw(self, record: Record) -> Record:
        """Delete one of the owner's records.

        Raises:
            RefusedError: It is somebody else's, or what it says cannot be taken back.
            StoreError: The deletion could not be kept.
        """
        if record.author != self.identity:
            raise RefusedError("only its author can take a record back")
        kind = KINDS.get(record.kind)
        if kind is not None and not kind.withdrawable:
            raise RefusedError(f"what was said by an {record.kind} cannot be taken back")
        return await self.publish(record.kind, {}, space=record.space, slot=record.slot)

    async def exhibit(self, record: Record) -> Record | None:
        """Keep somebody else's record in a slot of one's own, so that its author cannot make it vanish.

        Returns:
            The exhibit, or `None` when there is nothing to do: the record is the owner's own, or exhibited already.

        Raises:
            RefusedError: The record is of a kind that is no evidence, or every slot for an exhibit is in use.
            StoreError: The exhibit could not be kept.
        """
        if record.author == self.identity:
            return None
        async with self._signing:
            family = await self.store.own_records(self.identity, "exhibit", record.space)
            if any(record.id in exhibit.targets("exhibits") for exhibit in family):
                return None
            exhibit = await self._keep("exhibit", {"record": record.wire}, record.space, None)
        await self.announce([exhibit])
        return exhibit

    async def publish_agreement(
        self, document: Document, cosignatures: Sequence[Cosignature], space: str
    ) -> Record:
        """Publish a document with the co-signatures that complete it.

        Raises:
            RefusedError: Document and co-signatures together are larger than a record can be.
            StoreError: It could not be kept.
        """
        items: list[Value] = [[*item] for item in sorted(cosignatures)]
        return await self.publish("agreement", {"document": document.data, "cosignatures": items}, space=space)

    async def cosign(self, document: Document, place: int) -> Cosignature:
        """Say yes to a document for one of the owner's places; whoever publishes it makes it known.

        Raises:
            RefusedError: The document has fields that this edition cannot show, the place is not the owner's, this
                device may not sign for it now, or a party's identity is disputed or closed.
        """
        if document.parties[place].identity != self.identity:
            raise RefusedError("that seat is somebody else's", rule="COS-4")
        now_ms = self.clock.now_ms()
        self.readiness.require_for_record(now_ms)
        chain = await self.chain()
        await self._refuse_unsure_parties(document)
        if not any(item.key == self.key.public and item.scope in COSIGNING_SCOPES for item in chain.head.devices):
            raise RefusedError(
                "this device may not sign agreements for you",
                advice="Sign on a device whose scope is all.",
                rule="COS-4",
            )
        try:
            return cosign(document, place, head=chain.head.id, at=now_ms, key=self.key, network=self.network)
        except MisuseError as error:
            raise _refusal(error) from error

    async def _refuse_unsure_parties(self, document: Document) -> None:
        """Refuse to sign together with somebody for whom nobody can say whose signature counts."""
        for identity in sorted({party.identity for party in document.parties if party.identity is not None}):
            chain = read_chain(await self.store.operations([identity]), network=self.network)
            if chain is None or not (chain.is_disputed or chain.is_closed):
                continue
            whose = "your identity" if identity == self.identity else f"the identity {_name(identity)}"
            if chain.is_closed:
                raise RefusedError(f"{whose} is closed, so nothing new is signed with it", rule="AUT-3")
            raise RefusedError(
                f"{whose} is disputed, so nobody can say whose signature counts for it",
                advice="The recovery key of a higher rank settles a dispute; see `folkmoot identity show`.",
                rule="disputed",
            )

    async def foresee(self, made: Operation) -> Chain:
        """Return the owner's operations as they would be with one more.

        Raises:
            RefusedError: Nobody would follow it.
            StoreError: The owner's operations are not in the store.
        """
        try:
            return finish(await self.chain(), made, network=self.network)
        except MisuseError as error:
            raise _refusal(error) from error

    async def advance(self, made: Operation, records: Sequence[Record] = ()) -> Chain:
        """Commit an operation of the owner's identity, and with it the records that it keeps.

        Raises:
            RefusedError: Nobody would follow it, or this node may not change the identity now.
            StoreError: It could not be kept; nothing was changed.
        """
        self.readiness.require_for_operation(self.clock.now_ms())
        async with self._signing:
            longer = await self.foresee(made)
            await self.ingest.take_opened([made], records, source=OWN)
        if self.ring is not None:
            self.ring.note_operations(longer.path)
        if records:
            await self.announce(records)
        return longer

    def draft(self, proposal: Proposal) -> Document:
        """Make a document.

        Raises:
            RefusedError: No reader would take it.
        """
        try:
            return draft(proposal, network=self.network, nonce=self.entropy.randbytes(_DOCUMENT_NONCE_BYTES))
        except (MisuseError, DecodeError) as error:
            raise _refusal(error) from error

    async def chain(self) -> Chain:
        """Return the owner's operations, read.

        Raises:
            StoreError: They are not in the store.
        """
        chain = read_chain(await self.store.operations([self.identity]), network=self.network)
        if chain is None:
            raise StoreError(
                "the owner's own identity is missing from the store", advice="Restore it from a backup."
            )
        return chain

    async def _keep(self, kind: str, body: Mapping[str, Value], space: str, slot: int | None) -> Record:
        """Seal a record and commit it; the lock is held."""
        now_ms = self.clock.now_ms()
        self.readiness.require_for_record(now_ms)
        if self.spaces is not None and space not in self.spaces:
            raise RefusedError(
                f"this node takes no part in the space {space}, so nobody would hear of it",
                advice="Add it to the setting `spaces` and start the node again.",
                rule="space",
            )
        chain = await self.chain()
        held = await self.store.own_records(self.identity, kind, space)
        try:
            if slot is None:
                devices = [device.key for device in chain.head.devices]
                place = own_class_of(devices, self.key.public) if self.key.public in devices else 0
                slot = free_slot(kind, held, device_index=place, today=day_of(now_ms))
            address = Address(self.identity, space, kind, slot)
            before = [record for record in held if record.slot == slot]
            content = compose(body, address=address, replaces=before, now_ms=now_ms, network=self.network)
            record = seal_own(content, author=self.identity, key=self.key, network=self.network)
        except NoFreeSlotError as error:
            raise RefusedError(str(error), advice="Withdraw or delete one that is no longer needed.") from error
        except (MisuseError, DecodeError) as error:
            raise _refusal(error) from error
        # Asked before it is taken: what has to wait for an operation would be published when that comes.
        verdict = judge_author(record, chain)
        if not isinstance(verdict, Accept):
            raise _not_ours(verdict.rule, verdict.why if isinstance(verdict, Ignore) else "its device is unknown")
        taken = await self.ingest.take_opened([], [record], source=OWN)
        if record.id not in taken.accepted:
            refusal = next(iter((*taken.rejected, *taken.ignored)), None)
            raise _not_ours(
                refusal.rule if refusal else "AUT-1", refusal.why if refusal else "its device is unknown"
            )
        return record


def _not_ours(rule: str, why: str) -> RefusedError:
    return RefusedError(
        f"this node would not take its own record: {why}",
        advice="Check the clock, and whether this device was revoked.",
        rule=rule,
    )


def _name(identity: IdentityId) -> str:
    return short(IdPrefix.IDENTITY, identity)


def _refusal(error: MisuseError | DecodeError) -> RefusedError:
    """Say in the node's terms what the protocol would not take; the rule is in the error or in its cause."""
    named = error if isinstance(error, DecodeError) else error.__cause__
    if isinstance(named, DecodeError):
        return RefusedError(named.why, rule=named.rule)
    return RefusedError(str(error))
