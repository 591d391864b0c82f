"""The owner's identity as it lives on this node: joining it, catching up after a restore, telling the owner.

Theory of operation: a device that was offered a place publishes its operation only after a sync with a node that
holds the identity, so that an offer that went stale forks nothing. A restored node counts such syncs until its
memory is whole. Whatever changes the identity is noted in the key file, from which a backup could start.
"""

from collections.abc import Callable

import structlog

from folkmoot.chain import Chain
from folkmoot.identity import Operation
from folkmoot.ids import IdPrefix, short
from folkmoot.limits import CLOCK_SKEW_MS_MAX
from folkmoot.record import Record
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.keyring import KeyRing
from folkmoot_node.notices import Entry

EDITS_LOOKED_AT_MAX = 200
"""The owner's newest records among which one that lost is looked for."""

_log = structlog.get_logger("folkmoot.identity")


class Settling:
    """Watches the owner's identity; a listener of syncs."""

    def __init__(
        self, author: Author, ring: KeyRing, *, urge: Callable[[], None], voter_of: Callable[[str], str | None]
    ) -> None:
        """Watch an identity.

        Args:
            author: Its owner's hand.
            ring: The keys of this node.
            urge: Asks for a sync with everybody, soon.
            voter_of: Returns the network address for which a peer votes on the clock, or `None` for a peer that
                this node did not choose to dial.
        """
        self._author = author
        self._ring = ring
        self._urge = urge
        self._voter_of = voter_of

    async def serve(self) -> None:
        """Follow what changes, until cancelled.

        Raises:
            StoreError: The disk does not do its work.
        """
        subscription = self._author.ingest.subscribe()
        try:
            await self.look_at_identity()
            while True:
                notice = await subscription.next()
                if notice.missed or self._author.identity in notice.identities:
                    await self.look_at_identity()
                for entry in notice.put:
                    if entry.author == self._author.identity:
                        await self._look_at_edit(entry)
        finally:
            subscription.close()

    def heard_clock(self, peer: str, their_ms: int) -> None:
        """See `sync.Listener`."""
        voter = self._voter_of(peer)
        if voter is not None:
            self._author.readiness.heard_clock(voter, their_ms)

    async def completed(self, peer: str, lacked: frozenset[bytes]) -> None:
        """See `sync.Listener`: count the sync if the peer holds the identity, and join it if that waits."""
        if self._author.identity in lacked:
            return
        if self._ring.keys.syncs_missing:
            self._ring.note_sync()
            self._author.readiness.syncs_missing = self._ring.keys.syncs_missing
            _log.info("caught up after a restore", peer=peer, syncs_missing=self._ring.keys.syncs_missing)
        if self._ring.keys.joining is not None:
            await self._join(self._ring.keys.joining)

    async def look_at_identity(self) -> None:
        """Note how the identity stands.

        Raises:
            StoreError: The disk does not do its work.
        """
        chain = await self._author.chain()
        self._ring.note_operations(chain.path)
        self._author.readiness.standing = tuple(self._standing(chain))

    def _standing(self, chain: Chain) -> list[str]:
        found = []
        if self._ring.keys.joining is not None:
            found.append("this device waits for a node that knows you, to become one of your devices")
        elif all(device.key != self._author.key.public for device in chain.head.devices):
            found.append("this device is not one of yours any more: nobody takes what it signs")
        if chain.is_disputed:
            found.append("your identity is disputed; see `folkmoot identity show`")
        if chain.is_closed:
            found.append("your identity is closed")
        return found

    async def _join(self, joining: Operation) -> None:
        """Publish the operation that makes this device one of the identity's, unless that would fork it."""
        chain = await self._author.chain()
        if joining.id in chain.held:
            self._ring.note_operations(chain.path)
        elif chain.head.id != joining.parent:
            _log.warning("the offer to this device is stale", operation=short(IdPrefix.OPERATION, joining.id))
            self._ring.give_up_joining()
            self._author.readiness.note(
                "your identity changed after this device was offered a place: ask for a place again, "
                "from an empty data folder"
            )
        else:
            try:
                await self._author.advance(joining)
            except RefusedError as error:
                _log.warning("this device cannot join yet", why=error.message)
            else:
                _log.info("this device has joined", operation=short(IdPrefix.OPERATION, joining.id))
                self._urge()
        await self.look_at_identity()

    async def _look_at_edit(self, entry: Entry) -> None:
        """Tell the owner when another of their devices took the place of an edit that may be the later one."""
        own = self._author.key.public
        winner = await self._author.store.record(entry.id)
        if winner is None or winner.device == own:
            return
        for record in await self._author.store.archived(self._author.identity, limit=EDITS_LOOKED_AT_MAX):
            if record.device == own and record.address == winner.address and _may_be_later(record, winner):
                self._author.readiness.note(
                    f"what you said on this device in a {record.kind} lost against what another of your devices "
                    "said at about the same time: look at it and say it again if need be"
                )
                _log.warning("an edit of this device lost", kind=record.kind, slot=record.slot)
                return


def _may_be_later(loser: Record, winner: Record) -> bool:
    """Tell whether a record that lost may be the later one: clocks differ by so much before nodes fall silent."""
    return loser.order < winner.order and loser.rev > winner.rev - CLOCK_SKEW_MS_MAX
