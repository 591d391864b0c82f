"""From where the owner of a node looks: loads the records around a subject, so that folds can say what they mean.

Theory of operation: what bears on a subject hangs together by references. `around` walks them outwards in two
steps, first along those between people and work, then, from every document met on the way, along those between a
document and who agreed to it. It adds the operations of everybody concerned, the profiles that give them names, and
what stands now in place of exhibited records. The walk is bounded, and so is what it takes of one author; what it
does not reach does not count in the view, and `Scene.is_whole` says so.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Self, TypeVar, cast

from folkmoot.chain import Chain, read_chain
from folkmoot.identity import Operation
from folkmoot.ids import DocumentId, IdentityId, IdPrefix, RecordId, short
from folkmoot.kinds.consent import AGREEMENT, DRAFT, EXHIBIT, carried_document, carried_record, named_document
from folkmoot.record import Address, Record
from folkmoot.rules import COMMONS
from folkmoot.state.evidence import Evidence, gather
from folkmoot_node.author import Author
from folkmoot_node.clock import Clock
from folkmoot_node.store import PARTY, Closure, Store

RECORDS_MAX = 4_000
"""Records in one view."""

AUTHOR_RECORDS_MAX = 500
"""Records of one author in it, beside those asked for and the owner's: nobody crowds the others out alone."""

LISTED_MAX = 1_000
"""Records, the newest, that a list looks through."""

_PEOPLE_AND_WORK = frozenset(
    {"bid", "commit", "counter", "exhibits", "filled_by", "opportunity", "parent", "pattern", "revises", "subject"}
)
_CONSENT = frozenset({"about", "delivery", "dispute", "document", "engagement", "exhibits", "of", "prev", "team"})
_NAMES_DOCUMENTS = frozenset({"document", "engagement", "prev", "team"})

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Scene:
    """What counts around a subject, and what people are called.

    Attributes:
        evidence: For the folds of `folkmoot.state`.
        viewer: The owner of this node.
        is_whole: Whether nothing was left out for its number.
    """

    evidence: Evidence
    viewer: IdentityId
    is_whole: bool

    def name(self, identity: IdentityId) -> str:
        """Return what somebody calls themselves, or the short form of their id."""
        return _name(identity, self.evidence.live.get(Address(identity, COMMONS, "profile", 0)))

    def space_of(self, document: DocumentId) -> str:
        """Return the space in which a document is carried."""
        carriers = [
            record
            for kind in (DRAFT.name, AGREEMENT.name)
            for record in self.evidence.referring(kind, "document", document)
        ]
        return carriers[0].space if carriers else COMMONS


class Viewpoint:
    """Reads the store for views and acts; never writes."""

    def __init__(self, identity: IdentityId, store: Store, clock: Clock) -> None:
        self.identity = identity
        self.store = store
        self.network = store.network
        self._clock = clock
        self._workers = store.workers(1)

    @classmethod
    def of(cls, author: Author) -> Self:
        """Look with the eyes of an author."""
        return cls(author.identity, author.store, author.clock)

    def now_ms(self) -> int:
        """Return the moment for which views are derived."""
        return self._clock.now_ms()

    async def work(self, fold: Callable[[], _T]) -> _T:
        """Do a lengthy derivation away from the event loop."""
        return await self._workers.run(fold)

    async def record(self, record_id: RecordId) -> Record | None:
        """Return a record that counts, because it is live or because somebody exhibits it."""
        closure = await self._closure([record_id], frozenset({"exhibits"}))
        return (await self._scene(closure, [])).evidence.counted.get(record_id)

    async def around(self, *starts: bytes) -> Scene:
        """Load what bears on records, documents or identities.

        Raises:
            StoreError: The store cannot be read.
        """
        return await self._around(starts, starts, _PEOPLE_AND_WORK)

    async def around_person(self, identity: IdentityId, *starts: bytes) -> Scene:
        """Load what bears on what somebody did; of what others say of them, only what is among the starts.

        Raises:
            StoreError: The store cannot be read.
        """
        return await self._around(starts, [identity], _PEOPLE_AND_WORK - {"subject"})

    async def under(self, *documents: bytes) -> Scene:
        """Load who agreed to documents, and what became of them; nothing of what led to them.

        Raises:
            StoreError: The store cannot be read.
        """
        return await self._scene(await self._closure(documents, _CONSENT), [])

    async def _around(self, starts: Sequence[bytes], subjects: Iterable[bytes], relations: frozenset[str]) -> Scene:
        first = await self._closure(starts, relations)
        documents = [
            ref.target for record in first.records for ref in record.refs if ref.relation in _NAMES_DOCUMENTS
        ]
        second = await self._closure([*starts, *dict.fromkeys(documents)], _CONSENT)
        merged = {record.id: record for record in (*first.records, *second.records)}
        return await self._scene(Closure(tuple(merged.values()), first.is_whole and second.is_whole), subjects)

    async def names(self, identities: Iterable[IdentityId]) -> dict[IdentityId, str]:
        """Return what people call themselves, or the short forms of their ids.

        Raises:
            StoreError: The store cannot be read.
        """
        found: dict[IdentityId, str] = {}
        for identity in dict.fromkeys(identities):
            found[identity] = _name(identity, await self.store.at(Address(identity, COMMONS, "profile", 0)))
        return found

    async def document_ids(self, party: IdentityId | None) -> list[DocumentId]:
        """Return the documents held, or those that somebody drafted, signed or has a place in, newest first."""
        if party is None:
            drafts = await self.store.by_kind(DRAFT.name, limit=LISTED_MAX)
            agreements = await self.store.by_kind(AGREEMENT.name, limit=LISTED_MAX)
        else:
            drafts = await self.store.by_author(party, DRAFT.name, limit=LISTED_MAX)
            agreements = await self.store.referring(party, PARTY, limit=LISTED_MAX)
        newest_first = sorted((*drafts, *agreements), key=lambda record: (-record.rev, record.id))
        return list(dict.fromkeys(named_document(record) for record in newest_first))

    async def _closure(self, starts: Iterable[bytes], relations: frozenset[str]) -> Closure:
        return await self.store.closure(
            starts,
            relations=relations,
            records_max=RECORDS_MAX,
            author_records_max=AUTHOR_RECORDS_MAX,
            trusted=self.identity,
        )

    async def _scene(self, closure: Closure, about: Iterable[bytes]) -> Scene:
        records = closure.records
        subjects = {IdentityId(subject) for subject in about}
        inner = await self.work(partial(self._exhibited, records))
        identities = await self.work(partial(self._concerned, [*records, *inner]))
        chains = await self._chains(identities | subjects)
        held = {record.id: record for record in records}
        for record in [*await self._in_place_of(inner), *await self._self_told(chains, subjects)]:
            held[record.id] = record
        evidence = await self.work(
            partial(gather, list(held.values()), chains, now_ms=self.now_ms(), network=self.network)
        )
        return Scene(evidence, self.identity, closure.is_whole)

    async def _chains(self, identities: Iterable[IdentityId]) -> dict[IdentityId, Chain]:
        by_identity: dict[IdentityId, list[Operation]] = defaultdict(list)
        for operation in await self.store.operations(sorted(identities)):
            by_identity[operation.identity].append(operation)
        return await self.work(partial(read_chains, by_identity, self.network))

    def _exhibited(self, records: Iterable[Record]) -> list[Record]:
        return [carried_record(record.body, self.network) for record in records if record.kind == EXHIBIT.name]

    def _concerned(self, records: Iterable[Record]) -> set[IdentityId]:
        """Return everybody whose operations bear on records."""
        found: set[IdentityId] = set()
        for record in records:
            found.add(record.author)
            found.update(cast("tuple[IdentityId, ...]", record.targets("subject")))
            if record.kind in (DRAFT.name, AGREEMENT.name):
                document = carried_document(record.body, self.network)
                found.update(party.identity for party in document.parties if party.identity is not None)
        return found

    async def _in_place_of(self, exhibited: Iterable[Record]) -> list[Record]:
        """Return what now stands at the addresses of exhibited records, deletions included."""
        places = {record.address for record in exhibited}
        families = {(place.author, place.kind, place.space) for place in places}
        found = [record for family in sorted(families) for record in await self.store.own_records(*family)]
        return [record for record in found if record.address in places]

    async def _self_told(self, known: Iterable[IdentityId], subjects: Collection[IdentityId]) -> list[Record]:
        """Return the profiles of all, for their names, and the availability of those that a view is about."""
        kinds = [("profile", identity) for identity in known]
        kinds += [("availability", identity) for identity in known if identity in subjects]
        found = [await self.store.at(Address(identity, COMMONS, kind, 0)) for kind, identity in kinds]
        return [record for record in found if record is not None]


def _name(identity: IdentityId, profile: Record | None) -> str:
    name = profile.body.get("name") if profile is not None else None
    return name if isinstance(name, str) else short(IdPrefix.IDENTITY, identity)


def read_chains(by_identity: Mapping[IdentityId, Sequence[Operation]], network: str) -> dict[IdentityId, Chain]:
    """Read the operations of several identities; one whose genesis is missing is left out."""
    chains = {identity: read_chain(items, network=network) for identity, items in by_identity.items()}
    return {identity: chain for identity, chain in chains.items() if chain is not None}
