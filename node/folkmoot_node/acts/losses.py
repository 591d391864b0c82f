"""What would be lost with a device, and what of it is kept: looked up among all that the owner ever said."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from folkmoot.agreement import Cosignature
from folkmoot.ids import DocumentId, RecordId
from folkmoot.keeping import Selection, what_to_keep
from folkmoot.kinds.consent import AGREEMENT, carried_cosignatures, carried_document, named_document
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import Accept, judge_author
from folkmoot_node.author import Author
from folkmoot_node.store import PARTY

RELATIONS = (
    "about",
    "bid",
    "document",
    "exhibits",
    "opportunity",
    "prev",
    "replies",
    "revises",
    "shows",
    "subject",
)
"""Under which others refer to what somebody said."""

_REFERRING_MAX = 20
_CONSENT = frozenset({"accept", "agreement"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """What is not believed of the word of devices that somebody else may have.

    Attributes:
        devices: Their keys.
        ignored: Devices that were never the owner's.
        since_ms: When they came into other hands, if it is known: what they date later is not theirs.
        was_here: Whether this node was there then, so that what came to it later is not believed either, whatever
            it is dated.
        without: Ids of records and documents that are not the owner's word.
    """

    devices: Collection[bytes]
    ignored: Collection[bytes] = ()
    since_ms: int | None = None
    was_here: bool = False
    without: Collection[bytes] = ()

    def believes(self, item_id: bytes, at_ms: int, received_ms: int) -> bool:
        """Tell whether something may be the owner's word."""
        if item_id in self.without:
            return False
        if self.since_ms is None:
            return True
        return at_ms < self.since_ms and not (self.was_here and received_ms >= self.since_ms)


@dataclass(frozen=True, slots=True)
class Losses:
    """What is kept and what is lost, with the records themselves as far as they are records.

    Attributes:
        selection: By id.
        records: The records among it.
    """

    selection: Selection
    records: dict[bytes, Record]

    @property
    def kept_records(self) -> list[Record]:
        """The records that are kept."""
        return [self.records[item.id] for item in self.selection.kept if item.id in self.records]


async def losses(author: Author, doubt: Doubt, *, room: int) -> Losses:
    """Work out what of the word of devices can be kept.

    Raises:
        StoreError: The store cannot be read.
    """
    records: dict[bytes, Record] = {record.id: record for record in await _own_words(author, doubt)}
    cosigned = await _cosigned(author, doubt, records.values())
    referred = [key for key in (*records, *dict(cosigned)) if await _is_referred(author, key)]
    selection = what_to_keep(records.values(), cosigned, referred, room=room)
    return Losses(selection, records)


async def _own_words(author: Author, doubt: Doubt) -> list[Record]:
    """Return what the devices said that nothing believed has replaced, or that others refer to all the same."""
    today = day_of(author.clock.now_ms())
    chain = await author.chain()
    places: dict[Address, list[Record]] = defaultdict(list)
    for record, received_ms in await author.store.spoken(author.identity):
        if record.expires <= today or record.device in doubt.ignored:
            continue
        if record.device in doubt.devices:
            is_word = doubt.believes(record.id, record.rev, received_ms)
        else:
            is_word = isinstance(judge_author(record, chain), Accept)
        if is_word:
            places[record.address].append(record)
    found = []
    for records in places.values():
        standing = max(records, key=lambda record: record.order)
        theirs = [record for record in records if record.device in doubt.devices]
        found += [record for record in theirs if record is standing or await _is_exhibited(author, record.id)]
    return found


async def _cosigned(author: Author, doubt: Doubt, own: Iterable[Record]) -> list[tuple[DocumentId, Cosignature]]:
    """Return the documents that the devices co-signed, as believed records show."""
    carriers = [(record, 0) for record in own if record.kind in _CONSENT]
    for record in await author.store.referring(author.identity, PARTY):
        placement = await author.store.placement(record.id)
        if record.kind == AGREEMENT.name and placement is not None:
            carriers.append((record, placement.received_ms))
    found: dict[tuple[DocumentId, Cosignature], None] = {}
    for record, received_ms in carriers:
        document_id = named_document(record)
        for item in carried_cosignatures(record.body):
            is_theirs = item.device in doubt.devices and _is_own_place(author, record, item)
            if is_theirs and doubt.believes(document_id, item.at, received_ms):
                found[document_id, item] = None
    return list(found)


def _is_own_place(author: Author, record: Record, item: Cosignature) -> bool:
    if record.kind != AGREEMENT.name:
        return True
    parties = carried_document(record.body, author.network).parties
    return item.party < len(parties) and parties[item.party].identity == author.identity


async def _is_referred(author: Author, key: bytes) -> bool:
    found = await author.store.referring(key, *RELATIONS, limit=_REFERRING_MAX)
    return any(record.author != author.identity for record in found)


async def _is_exhibited(author: Author, key: RecordId) -> bool:
    return bool(await author.store.referring(key, "exhibits", limit=1))
