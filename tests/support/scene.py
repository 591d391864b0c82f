"""A scene for tests of derived state: people act, and whoever looks derives what came of it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from support.keys import NETWORK, person

from folkmoot.agreement import Cosignature, Document, Party, Proposal, cosign, cosignature_value, draft
from folkmoot.authoring import compose, free_slot, seal_own
from folkmoot.canonical import Value
from folkmoot.chain import Chain, read_chain
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS, SHARES_TOTAL
from folkmoot.record import Address, Record, day_of
from folkmoot.rules import COMMONS
from folkmoot.state.evidence import Evidence, gather

START_MS = 20_000 * DAY_MS + 9 * 3_600_000
MINUTE_MS = 60_000


@dataclass
class Scene:
    """Records that people published, one a minute, and the clock.

    Attributes:
        now_ms: The time; every act advances it by a minute.
        records: Everything that was published, in order, losers included.
    """

    now_ms: int = START_MS
    records: list[Record] = field(default_factory=list)
    _nonces: int = 0

    def publish(self, who: str, kind: str, body: Mapping[str, Value], *, over: Record | None = None) -> Record:
        """Publish a record, in a free slot or over another."""
        self.now_ms += MINUTE_MS
        author = person(who)
        own = [r for r in self.records if r.author == author.id and r.kind == kind]
        if over is not None:
            slot = over.slot
        elif KINDS[kind].slots == 1:
            slot = 0
        else:
            slot = free_slot(kind, own, device_index=0, today=day_of(self.now_ms))
        at_address = [r for r in own if r.slot == slot]
        address = Address(author.id, COMMONS, kind, slot)
        content = compose(body, address=address, replaces=at_address, now_ms=self.now_ms, network=NETWORK)
        record = seal_own(content, author=author.id, key=author.key, network=NETWORK)
        self.records.append(record)
        return record

    def delete(self, record: Record, who: str) -> Record:
        """Put a tombstone over a record."""
        return self.publish(who, record.kind, {}, over=record)

    def opportunity(self, who: str = "carl", *, over: Record | None = None, **extra: Value) -> Record:
        """Call for proposals; bids close in a week, the client decides within two."""
        body: dict[str, Value] = {
            "title": "A guide for the museum",
            "need": "Visitors should find their way and their story.",
            "roles": [{"title": "backend", "seats": 1}],
            "bids_close": self.now_ms + 7 * DAY_MS,
            "decide_by": self.now_ms + 14 * DAY_MS,
        }
        return self.publish(who, "opportunity", {**body, **extra}, over=over)

    def bid(self, who: str, opportunity: Record, *, team: DocumentId | None = None, **extra: Value) -> Record:
        """Bid on an opportunity, alone or for a team."""
        body: dict[str, Value] = {
            "opportunity": opportunity.id,
            "price": {"amount_minor": 480_000, "currency": "EUR", "unit": "fixed"},
            "plan": "Three weeks.",
            "valid_until": self.now_ms + 30 * DAY_MS,
        }
        return self.publish(who, "bid", {**body, **({"team": team} if team else {}), **extra})

    def award(self, who: str, opportunity: Record, bid: Record) -> Record:
        """Award a bid."""
        return self.publish(who, "award", {"opportunity": opportunity.id, "bid": bid.id})

    def exhibit(self, who: str, record: Record) -> Record:
        """Show somebody else's record as evidence."""
        return self.publish(who, "exhibit", {"record": record.wire})

    def document(
        self, drafter: str, members: Sequence[str | None], *, prev: DocumentId | None = None, **terms: Value
    ) -> Document:
        """Draft a team of equal shares without publishing it; `None` is an open seat."""
        self._nonces += 1
        base = SHARES_TOTAL // len(members)
        shares: list[Value] = [base for _member in members[1:]]
        shares.append(SHARES_TOTAL - base * len(shares))
        proposal = Proposal(
            type="team",
            drafter=person(drafter).id,
            drafted=self.now_ms,
            accept_by=self.now_ms + 7 * DAY_MS,
            parties=tuple(Party(f"seat {i}", person(m).id if m else None) for i, m in enumerate(members)),
            terms={"name": "Lantern", "purpose": "The guide.", "lead": 0, "shares": shares, **terms},
            prev=prev,
        )
        return draft(proposal, network=NETWORK, nonce=self._nonces.to_bytes(16))

    def offer(
        self, drafter: str, members: Sequence[str | None], *, prev: DocumentId | None = None, **terms: Value
    ) -> Document:
        """Publish a team offer."""
        document = self.document(drafter, members, prev=prev, **terms)
        self.publish(drafter, "draft", {"document": document.data})
        return document

    def engagement(
        self, client: str, workers: Sequence[str], *, prev: DocumentId | None = None, **terms: Value
    ) -> Document:
        """Publish the draft of an engagement with two milestones; the client drafts it."""
        milestone: dict[str, Value] = {
            "amount_minor": 100_000,
            "due_day": day_of(self.now_ms) + 14,
            "criteria": ["It runs.", "It is documented.", "It is tested."],
            "accept_days": 5,
            "on_silence": "accept",
        }
        body: dict[str, Value] = {
            "title": "A guide for the museum",
            "deliverables": ["The guide."],
            "currency": "EUR",
            "milestones": [{"name": "First half", **milestone}, {"name": "Second half", **milestone}],
            "pay_days": 30,
        }
        parties = (Party("client", person(client).id), *(Party("maker", person(w).id) for w in workers))
        return self.propose(client, "engagement", parties, {**body, **terms}, prev=prev)

    def propose(
        self,
        drafter: str,
        document_type: str,
        parties: Sequence[Party],
        terms: Mapping[str, Value],
        *,
        prev: DocumentId | None = None,
    ) -> Document:
        """Publish the draft of a document of any type."""
        self._nonces += 1
        proposal = Proposal(
            type=document_type,
            drafter=person(drafter).id,
            drafted=self.now_ms,
            accept_by=self.now_ms + 7 * DAY_MS,
            parties=tuple(parties),
            terms=terms,
            prev=prev,
        )
        document = draft(proposal, network=NETWORK, nonce=self._nonces.to_bytes(16))
        self.publish(drafter, "draft", {"document": document.data})
        return document

    def conclude(self, document: Document, signers: Sequence[str]) -> Document:
        """Have everybody accept a document, and publish the agreement."""
        for signer in signers:
            self.accept(signer, document)
        self.agree(signers[0], document, signers)
        return document

    def deliver(self, who: str, document: Document, milestone: int) -> Record:
        """Deliver a milestone."""
        evidence: list[Value] = [{"sha256": bytes(32)}]
        return self.publish(
            who, "delivery", {"document": document.id, "milestone": milestone, "evidence": evidence}
        )

    def judge(self, who: str, delivery: Record, *, failed: Sequence[int] = ()) -> Record:
        """Answer a delivery: accept it, or reject it for the criteria that it failed."""
        body: dict[str, Value] = {"delivery": delivery.id, "verdict": "reject" if failed else "accept"}
        return self.publish(who, "review-of-delivery", {**body, **({"failed": list(failed)} if failed else {})})

    def cosignature(self, who: str, document: Document, *, at: int | None = None) -> Cosignature:
        """Co-sign a document for the seat that somebody holds in it."""
        signer = person(who)
        place = document.indices_of(signer.id)[0]
        moment = self.now_ms if at is None else at
        return cosign(document, place, head=signer.genesis.id, at=moment, key=signer.key, network=NETWORK)

    def cosignatures(self, who: str, document: Document) -> list[Cosignature]:
        """Co-sign a document for every place that somebody holds in it."""
        signer = person(who)
        return [
            cosign(document, place, head=signer.genesis.id, at=self.now_ms, key=signer.key, network=NETWORK)
            for place in document.indices_of(signer.id)
        ]

    def accept(self, who: str, document: Document, *, at: int | None = None) -> Record:
        """Publish an acceptance of a document."""
        item = cosignature_value(self.cosignature(who, document, at=at))
        return self.publish(who, "accept", {"document": document.id, "cosignature": item})

    def agree(self, who: str, document: Document, signers: Sequence[str]) -> Record:
        """Publish an agreement record with these signers' co-signatures."""
        items = sorted(item for signer in signers for item in self.cosignatures(signer, document))
        values: list[Value] = [cosignature_value(item) for item in items]
        return self.publish(who, "agreement", {"document": document.data, "cosignatures": values})

    def form(self, drafter: str, members: Sequence[str], *, prev: DocumentId | None = None) -> Document:
        """Offer a team, have everybody accept, and publish the agreement."""
        document = self.offer(drafter, members, prev=prev)
        for member in members:
            self.accept(member, document)
        self.agree(drafter, document, members)
        return document

    def evidence(self, *, records: Iterable[Record] | None = None, now_ms: int | None = None) -> Evidence:
        """Derive what counts, for somebody who holds everything or just these records."""
        held = self.records if records is None else records
        return gather(held, chains(), now_ms=now_ms or self.now_ms, network=NETWORK)


PEOPLE = ("carl", "dana", "eli", "fay", "gus", "mallory")


def chains() -> dict[IdentityId, Chain]:
    """Return the chains of all people of these tests."""
    found = [read_chain([person(name).genesis], network=NETWORK) for name in PEOPLE]
    return {chain.identity: chain for chain in found if chain is not None}
