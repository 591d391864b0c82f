"""Opens the owner's sealed bids, once the client has listed them and never before.

Theory of operation: a body that waits in `unopened` belongs to the commit of the owner's with its digest. When
every list of the client names that commit, and bids are closed, the bid is published with the commit and the salt,
and the body is forgotten. A crash between the two leaves a body whose bid is found the next time, and then it is
forgotten too. Copies of the lists are kept first, because only what they all name counts.
"""

from typing import cast

import structlog

from folkmoot.ids import IdPrefix, RecordId, short
from folkmoot.kinds.work import read_bid, read_opportunity
from folkmoot.record import Record
from folkmoot.sealed import commitment
from folkmoot.state.opportunity import OpportunityState, OpportunityStatus, derive_opportunity
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.unopened import Sealed
from folkmoot_node.views.tenders import bid_lists
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_NOT_NOW = frozenset({OpportunityStatus.OPEN, OpportunityStatus.WITHDRAWN})

_log = structlog.get_logger("folkmoot.revealing")


class Revealing:
    """Looks after the owner's sealed bids; every look can be repeated."""

    def __init__(self, author: Author) -> None:
        self._author = author
        self._view = Viewpoint.of(author)

    async def look_at_everything(self) -> None:
        """Open whatever can be opened now.

        Raises:
            StoreError: The store does not do its work.
        """
        waiting = self._author.unopened.of_kind("bid")
        if not waiting:
            return
        for commit in await self._view.store.by_author(self._author.identity, "bid-commit"):
            sealed = waiting.get(cast("bytes", commit.body["digest"]))
            if sealed is not None:
                await self._look_at(commit, sealed)

    async def _look_at(self, commit: Record, sealed: Sealed) -> None:
        opportunity_id = RecordId(commit.targets("opportunity")[0])
        scene = await self._view.around(commit.id, opportunity_id)
        state = derive_opportunity(scene.evidence, opportunity_id)
        if state is None:
            return
        promised = cast("bytes", commit.body["digest"])
        # A bid that names the commit and says something else opens nothing, and must not cost the promised body.
        if any(self._opens(bid.record, commit) for bid in state.bids):
            self._author.unopened.forget(promised)
        elif self._is_due(state, commit):
            await self._open(scene, state, commit, sealed)

    def _opens(self, bid: Record, commit: Record) -> bool:
        read = read_bid(bid)
        if read.commit != commit.id or read.salt is None or bid.author != commit.author:
            return False
        digest = commitment(bid.body, author=bid.author, salt=read.salt, network=self._view.network)
        return digest == commit.body["digest"]

    def _is_due(self, state: OpportunityState, commit: Record) -> bool:
        """Tell whether a commit is on every list, and nobody can commit any more to what they would read in it."""
        closed = self._view.now_ms() > read_opportunity(state.latest).bids_close
        return commit.id in state.unrevealed and closed and state.status not in _NOT_NOW

    async def _open(self, scene: Scene, state: OpportunityState, commit: Record, sealed: Sealed) -> None:
        name = short(IdPrefix.RECORD, commit.id)
        body = {**sealed.body, "commit": commit.id, "salt": sealed.salt}
        try:
            for listed in bid_lists(scene.evidence, state):
                await self._author.exhibit(listed)
            await self._author.publish("bid", body, space=sealed.space)
        except RefusedError as error:
            _log.warning("a sealed bid could not be opened", commit=name, why=error.message, rule=error.rule)
            return
        self._author.unopened.forget(cast("bytes", commit.body["digest"]))
        _log.info("a sealed bid was listed and is opened", commit=name)
