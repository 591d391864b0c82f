"""What a node does for its owner unasked: it never says yes, it only keeps what was said from being lost.

Theory of operation: a document to which the owner is a party becomes an agreement when somebody publishes all its
co-signatures together; any party's node does, until three copies are known. An award that binds the owner is
exhibited, so that its author cannot make it vanish; so is what the owner bid on or awarded, should a crash have cut
that act short. Every step first looks at what is held, so it can be repeated after a crash at any instant, and what
comes before the things it hangs on is looked at again when those come; after lost notices, everything of the
owner's is looked at anew.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from functools import partial

import structlog

from folkmoot.agreement import Cosignature, Document, completion
from folkmoot.ids import DocumentId, IdPrefix, RecordId, short
from folkmoot.kinds.consent import carried_cosignatures, named_document
from folkmoot.record import Record
from folkmoot.state.evidence import Evidence
from folkmoot.state.team import known_cosignatures
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.notices import Entry, Notice
from folkmoot_node.views.viewpoint import Scene, Viewpoint

COPIES_WANTED = 3
"""Live copies of an agreement with which a node is content."""

AWAITED_MAX = 1_000
"""Ids that awards named before they were held; of more, the next start takes care."""

_CARRY_CONSENT = frozenset({"draft", "accept", "agreement"})
_ANSWERED = frozenset({"bid", "opportunity"})

_log = structlog.get_logger("folkmoot.automation")


class Automation:
    """Watches what changes and does what the owner would want done about it."""

    def __init__(self, author: Author) -> None:
        self._author = author
        self._view = Viewpoint.of(author)
        self._mine: set[DocumentId] = set()
        self._incomplete: set[DocumentId] = set()
        self._awaited: set[bytes] = set()

    async def serve(self) -> None:
        """Look at everything once, then at whatever changes, until cancelled.

        Raises:
            StoreError: The store does not do its work.
        """
        subscription = self._author.ingest.subscribe()
        try:
            await self.look_at_everything()
            while True:
                await self.look_at(await subscription.next())
        finally:
            subscription.close()

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

    async def look_at(self, notice: Notice) -> None:
        """Act on one notice.

        Raises:
            StoreError: The store does not do its work.
        """
        if notice.missed:
            await self.look_at_everything()
            return
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
        cosignatures = await self._view.work(partial(_complete_set, scene.evidence, document))
        if cosignatures is None:
            return
        self._incomplete.discard(document_id)
        copies = await self._view.work(partial(_copies, scene.evidence, document))
        if len(copies) < COPIES_WANTED and all(copy.author != self._author.identity for copy in copies):
            await self._publish(document, cosignatures, scene)

    async def _publish(self, document: Document, cosignatures: Sequence[Cosignature], scene: Scene) -> None:
        name = short(IdPrefix.DOCUMENT, document.id)
        try:
            await self._author.publish_agreement(document, cosignatures, scene.space_of(document.id))
        except RefusedError as error:
            _log.warning("an agreement could not be published", document=name, why=error.message, rule=error.rule)
        else:
            _log.info("an agreement is complete and was published", document=name)

    async def _keep_awards_of_team(self, document_id: DocumentId) -> None:
        for bid in await self._view.store.referring(document_id, "document"):
            if bid.kind == "bid":
                await self._keep_awards(bid.id)

    async def _keep_awards(self, answered: RecordId) -> None:
        for record in await self._view.store.referring(answered, "bid", "opportunity"):
            if record.kind == "award":
                await self._keep_award(record)

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

    async def _exhibit(self, record: Record) -> None:
        try:
            await self._author.exhibit(record)
        except RefusedError as error:
            _log.warning("no copy could be kept", record=short(IdPrefix.RECORD, record.id), why=error.message)


def _complete_set(evidence: Evidence, document: Document) -> Sequence[Cosignature] | None:
    """Return one co-signature for every place, or `None` while any is missing."""
    by_place: dict[int, list[Cosignature]] = defaultdict(list)
    for item in known_cosignatures(evidence, document):
        by_place[item.party].append(item)
    if len(by_place) < len(document.parties):
        return None
    return [min(by_place[place]) for place in sorted(by_place)]


def _copies(evidence: Evidence, document: Document) -> list[Record]:
    """Return the live agreement records that are complete each by itself."""
    return [
        record
        for record in evidence.referring("agreement", "document", document.id)
        if evidence.is_live(record) and _is_whole(evidence, document, carried_cosignatures(record.body))
    ]


def _is_whole(evidence: Evidence, document: Document, items: Iterable[Cosignature]) -> bool:
    return completion(document, items, evidence.chains, network=evidence.network).is_complete
