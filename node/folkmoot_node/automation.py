"""What a node does for its owner unasked: it never says yes, it only keeps what was said from being lost.

Theory of operation: a document to which the owner is a party becomes an agreement when somebody publishes all its
co-signatures together; any party's node does, until three copies are known. An award that binds the owner is
exhibited, so that its author cannot make it vanish; so is what the owner bid on or awarded, should a crash have
cut that act short; and so is what others said under an engagement of the owner's, as far as its state rests on it.
The owner's sealed bids are opened once they are listed. Every step first looks at what is held, so it can be
repeated after a crash at any instant, and what comes before the things it hangs on is looked at again when those
come; after lost notices, everything of the owner's is looked at anew. What cannot be signed now, because the clock
is wrong, say, is tried again until it is.
"""

from collections.abc import Sequence
from functools import partial

import structlog
import trio

from folkmoot.agreement import Cosignature, Document
from folkmoot.ids import DocumentId, IdentityId, IdPrefix, RecordId, short
from folkmoot.kinds.consent import named_document
from folkmoot.kinds.work import read_bid
from folkmoot.record import Record
from folkmoot.state.publication import COPIES_WANTED, complete_set, whole_copies
from folkmoot_node.acts.review import open_reviews
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.keepsakes import WORK_KINDS, documents_of, keepsakes
from folkmoot_node.notices import Entry, Notice
from folkmoot_node.revealing import Revealing
from folkmoot_node.views.viewpoint import Scene, Viewpoint

AWAITED_MAX = 1_000
"""Ids that awards named before they were held; of more, the next start takes care."""

POSTPONED_MAX = 1_000
"""Records that are to be exhibited and could not yet be; of more, the next start takes care."""

KEPT_REMEMBERED_MAX = 10_000
"""Records whose copies need not be looked for again."""

RETRY_S = 60.0
"""Time between two attempts at what was refused."""

_CARRY_CONSENT = frozenset({"draft", "accept", "agreement"})
_ANSWERED = frozenset({"bid", "opportunity"})
_OPENS = frozenset({"bid-list", "opportunity"})
"""Kinds after which a sealed bid may be due: the list of it, or what the list is of."""

_log = structlog.get_logger("folkmoot.automation")


class Automation:
    """Watches what changes and does what the owner would want done about it."""

    def __init__(self, author: Author) -> None:
        self._author = author
        self._view = Viewpoint.of(author)
        self._mine: set[DocumentId] = set()
        self._incomplete: set[DocumentId] = set()
        self._awaited: set[bytes] = set()
        self._refused: set[DocumentId] = set()
        self._postponed: dict[RecordId, Record] = {}
        self._kept: set[RecordId] = set()
        self._revealing = Revealing(author)

    async def serve(self) -> None:
        """Look at everything once, then at whatever changes, until cancelled.

        Raises:
            StoreError: The store does not do its work.
        """
        subscription = self._author.ingest.subscribe()
        try:
            await self.look_at_everything()
            retry_at_s = trio.current_time() + RETRY_S
            while True:
                with trio.move_on_at(retry_at_s) as waiting:
                    notice = await subscription.next()
                if waiting.cancelled_caught:
                    await self._retry()
                    retry_at_s = trio.current_time() + RETRY_S
                else:
                    await self.look_at(notice)
        finally:
            subscription.close()

    async def _retry(self) -> None:
        """Try again what was refused before."""
        for document_id in sorted(self._refused):
            await self._complete(document_id)
        for record in list(self._postponed.values()):
            await self._exhibit(record)
        await self._open_reviews()
        await self._revealing.look_at_everything()

    async def look_at_everything(self) -> None:
        """Bring to an end whatever of the owner's is not.

        Raises:
            StoreError: The store does not do its work.
        """
        own = self._author.identity
        for document_id in await self._view.document_ids(own):
            await self._complete(document_id)
        bids = await self._view.store.by_author(own, "bid")
        for record in (*bids, *await self._view.store.by_author(own, "award")):
            await self._keep_what_it_answers(record)
        for bid in bids:
            await self._keep_awards(bid.id)
        for document_id in sorted(self._mine):
            await self._keep_awards_of_team(document_id)
        await self._revealing.look_at_everything()
        await self._open_reviews()

    async def look_at(self, notice: Notice) -> None:
        """Act on one notice.

        Raises:
            StoreError: The store does not do its work.
        """
        if notice.missed:
            await self.look_at_everything()
            return
        if any(item.kind in _OPENS for item in notice.put):
            await self._revealing.look_at_everything()
        documents: set[DocumentId] = set()
        for item in notice.put:
            documents |= await self._look_at_record(item)
        # New operations can make a co-signature count that did not.
        for document_id in sorted(documents | (self._incomplete if notice.identities else set())):
            is_new = document_id not in self._mine
            await self._complete(document_id)
            if is_new and document_id in self._mine:
                await self._keep_awards_of_team(document_id)

    async def _look_at_record(self, item: Entry) -> set[DocumentId]:
        """Act on one record that came; return the document that it bears on."""
        if item.kind in _ANSWERED and item.id in self._awaited:
            self._awaited.discard(item.id)
            await self._keep_awards(item.id)
        elif item.kind == "review-commit":
            record = await self._view.store.record(item.id)
            if record is not None and self._mine.issuperset(record.targets("document")):
                await self._open_reviews()
        elif item.kind in WORK_KINDS:
            record = await self._view.store.record(item.id)
            return await documents_of(self._view, record) & self._mine if record is not None else set()
        elif item.kind == "award" or item.kind in _CARRY_CONSENT:
            record = await self._view.store.record(item.id)
            if record is not None and not record.is_tombstone:
                if item.kind != "award":
                    return {named_document(record)}
                await self._keep_award(record)
        return set()

    async def _complete(self, document_id: DocumentId) -> None:
        """Publish the agreement on a document of the owner's when all have signed and copies are few."""
        scene = await self._view.around(document_id)
        document = scene.evidence.documents.get(document_id)
        if document is None or not document.indices_of(self._author.identity):
            return
        self._mine.add(document_id)
        self._incomplete.add(document_id)
        await self._keep_work(scene, document_id)
        cosignatures = await self._view.work(partial(complete_set, scene.evidence, document))
        if cosignatures is None:
            return
        copies = await self._view.work(partial(whole_copies, scene.evidence, document))
        if len(copies) < COPIES_WANTED and all(copy.author != self._author.identity for copy in copies):
            await self._publish(document, cosignatures, scene)
        else:
            self._settle(document_id)

    def _settle(self, document_id: DocumentId) -> None:
        """Note that nothing is left to do about a document."""
        self._incomplete.discard(document_id)
        self._refused.discard(document_id)

    async def _publish(self, document: Document, cosignatures: Sequence[Cosignature], scene: Scene) -> None:
        name = short(IdPrefix.DOCUMENT, document.id)
        try:
            await self._author.publish_agreement(document, cosignatures, scene.space_of(document.id))
        except RefusedError as error:
            if document.id not in self._refused:
                _log.warning(
                    "an agreement could not be published", document=name, why=error.message, rule=error.rule
                )
            self._refused.add(document.id)
        else:
            _log.info("an agreement is complete and was published", document=name)
            self._settle(document.id)

    async def _keep_awards_of_team(self, document_id: DocumentId) -> None:
        for bid in await self._view.store.referring(document_id, "document"):
            if bid.kind == "bid":
                await self._keep_awards(bid.id)

    async def _keep_awards(self, answered: RecordId) -> None:
        """Look at the awards of a bid, or of an opportunity.

        Only those of its client, once that is known: there may be any number of others.
        """
        client = await self._client(answered)
        for record in await self._view.store.referring(answered, "bid", "opportunity", author=client, kind="award"):
            await self._keep_award(record)

    async def _client(self, answered: RecordId) -> IdentityId | None:
        """Return whose opportunity it is, or that a bid is on."""
        record = await self._view.record(answered)
        if record is not None and record.kind == "bid":
            record = await self._view.record(read_bid(record).opportunity)
        return record.author if record is not None else None

    async def _keep_award(self, award: Record) -> None:
        """Exhibit an award that binds the owner, once it is known to."""
        bid = await self._awaited_record(award, "bid")
        if bid is None or not self._is_bound_by(bid):
            return
        opportunity = await self._awaited_record(award, "opportunity")
        if opportunity is not None and opportunity.author == award.author:
            await self._exhibit(award)

    async def _awaited_record(self, award: Record, relation: str) -> Record | None:
        """Return what an award names; what is not held yet is awaited."""
        [target] = award.targets(relation)
        found = await self._view.record(RecordId(target))
        if found is None and len(self._awaited) < AWAITED_MAX:
            self._awaited.add(target)
        return found

    def _is_bound_by(self, bid: Record) -> bool:
        is_own = bid.author == self._author.identity
        return is_own or any(target in self._mine for target in bid.targets("document"))

    async def _keep_what_it_answers(self, record: Record) -> None:
        """Exhibit what the owner bid on or awarded."""
        [target] = record.targets("bid") or record.targets("opportunity")
        answered = await self._view.record(RecordId(target))
        if answered is not None:
            await self._exhibit(answered)

    async def _open_reviews(self) -> None:
        """Open the owner's reviews whose time has come; the others are looked at again."""
        try:
            await open_reviews(self._author)
        except RefusedError as error:
            _log.warning("a review could not be opened", why=error.message, rule=error.rule)

    async def _keep_work(self, scene: Scene, document_id: DocumentId) -> None:
        """Exhibit what others said under an engagement of the owner's."""
        for record in await self._view.work(partial(keepsakes, scene, document_id)):
            if record.id not in self._kept:
                await self._exhibit(record)
                if record.id not in self._postponed and len(self._kept) < KEPT_REMEMBERED_MAX:
                    self._kept.add(record.id)

    async def _exhibit(self, record: Record) -> None:
        try:
            await self._author.exhibit(record)
        except RefusedError as error:
            if record.id not in self._postponed and len(self._postponed) < POSTPONED_MAX:
                self._postponed[record.id] = record
                _log.warning("no copy could be kept", record=short(IdPrefix.RECORD, record.id), why=error.message)
        else:
            self._postponed.pop(record.id, None)
