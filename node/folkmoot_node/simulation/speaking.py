"""What people say when they sit down at a node: one function for each sort of thing."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field

from folkmoot.agreement import Cosignature, Document, Party, Proposal, cosign, cosignature_value, draft
from folkmoot.authoring import NoFreeSlotError
from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.limits import DAY_MS, SHARES_TOTAL
from folkmoot.record import Record, day_of
from folkmoot_node.simulation.dice import Dice
from folkmoot_node.simulation.people import Pen

_UNKNOWN_KINDS = ("letter", "recipe")
_UNKNOWN_SLOTS = 16
_DAYS_SHORT = (1, 2, 3)
_SHORT_LIVED = 0.3


@dataclass
class Offer:
    """A team that somebody proposed, and who has signed."""

    document: Document
    drafter: Pen
    draft: Record
    members: tuple[Pen, ...]
    accepts: list[tuple[Pen, Record, Cosignature]] = field(default_factory=list)
    is_published: bool = False


@dataclass
class Board:
    """What honest people have said, so that others can refer to it once their node holds it."""

    opportunities: list[Record] = field(default_factory=list)
    bids: list[Record] = field(default_factory=list)
    offers: list[Offer] = field(default_factory=list)


@dataclass
class Sitting:
    """Somebody at a node for a moment.

    Attributes:
        pen: Their device.
        board: What there is to refer to.
        thrown: Dice.
        now_ms: The clock of the node.
        holds: Asks the node for a record.
        people: Everybody.
    """

    pen: Pen
    board: Board
    thrown: Dice
    now_ms: int
    holds: Callable[[RecordId], Awaitable[Record | None]]
    people: Sequence[Pen]

    async def speak(self) -> Record | None:
        """Say one thing; `None` when there was nothing to say or no room for it."""
        [act] = self.thrown.choices(_ACTS, weights=_WEIGHTS)
        try:
            return await act(self)
        except NoFreeSlotError:
            return None

    async def answer_offers(self) -> list[Record]:
        """Sign the teams that one is asked into, and publish those that all have signed."""
        said: list[Record] = []
        for offer in self.board.offers:
            if offer.is_published or self.now_ms >= offer.document.accept_by:
                continue
            if self._is_asked(offer) and await self.holds(offer.draft.id) is not None:
                said.append(self._accept(offer))
            if self.pen is offer.drafter and len(offer.accepts) == len(offer.members):
                held = [await self.holds(record.id) for _who, record, _signature in offer.accepts]
                if all(held):
                    said.append(self._publish(offer))
        return said

    def _is_asked(self, offer: Offer) -> bool:
        return self.pen in offer.members and all(who is not self.pen for who, _record, _signature in offer.accepts)

    def _accept(self, offer: Offer) -> Record:
        place = offer.document.indices_of(self.pen.identity)[0]
        signature = cosign(
            offer.document,
            place,
            head=self.pen.operations[-1].id,
            at=self.now_ms,
            key=self.pen.key,
            network=self.pen.network,
        )
        body: dict[str, Value] = {"document": offer.document.id, "cosignature": cosignature_value(signature)}
        record = self.pen.write("accept", body, now_ms=self.now_ms)
        offer.accepts.append((self.pen, record, signature))
        return record

    def _publish(self, offer: Offer) -> Record:
        offer.is_published = True
        signatures = sorted(signature for _who, _record, signature in offer.accepts)
        items: list[Value] = [cosignature_value(item) for item in signatures]
        body: dict[str, Value] = {"document": offer.document.data, "cosignatures": items}
        return self.pen.write("agreement", body, now_ms=self.now_ms)

    # The things that can be said.

    async def profile(self) -> Record | None:
        """Say who one is, or say it anew."""
        skills: list[Value] = [{"label": self.thrown.choice(("Python", "Design", "Law"))}]
        body: dict[str, Value] = {"name": self.pen.name, "headline": self._words(), "skills": skills}
        return self.pen.write("profile", body, now_ms=self.now_ms)

    async def availability(self) -> Record | None:
        """Say when one has time."""
        today = day_of(self.now_ms)
        body: dict[str, Value] = {"hours_per_week": self.thrown.randrange(40), "from": today, "until": today + 1}
        return self.pen.write("availability", body, now_ms=self.now_ms)

    async def post(self) -> Record | None:
        """Say something for a year, or for a few days."""
        days = self.thrown.choice(_DAYS_SHORT) if self.thrown.random() < _SHORT_LIVED else None
        return self.pen.write("post", {"text": self._words()}, now_ms=self.now_ms, days=days)

    async def change(self) -> Record | None:
        """Say a post anew, perhaps for fewer days."""
        posts = [record for record in self.pen.said.values() if record.kind == "post"]
        if not posts:
            return None
        days = self.thrown.choice(_DAYS_SHORT)
        address = self.thrown.choice(posts).address
        return self.pen.write_at(address, {"text": self._words()}, now_ms=self.now_ms, days=days)

    async def delete(self) -> Record | None:
        """Take something back."""
        posts = [record for record in self.pen.said.values() if record.kind == "post" and not record.is_tombstone]
        return self.pen.write_at(self.thrown.choice(posts).address, {}, now_ms=self.now_ms) if posts else None

    async def unknown(self) -> Record | None:
        """Say something of a kind of a later edition."""
        kind, slot = self.thrown.choice(_UNKNOWN_KINDS), self.thrown.randrange(_UNKNOWN_SLOTS)
        return self.pen.write_unknown(kind, slot, self._words(), now_ms=self.now_ms, days=5)

    async def opportunity(self) -> Record | None:
        """Call for bids."""
        body: dict[str, Value] = {
            "title": self._words(),
            "need": "Visitors should find their way.",
            "roles": [{"title": "backend", "seats": 1}],
            "bids_close": self.now_ms + DAY_MS,
            "decide_by": self.now_ms + 2 * DAY_MS,
        }
        record = self.pen.write("opportunity", body, now_ms=self.now_ms)
        self.board.opportunities.append(record)
        return record

    async def bid(self) -> Record | None:
        """Bid on an opportunity that the node holds."""
        found = await self._find(self.board.opportunities)
        if found is None or found.author == self.pen.identity:
            return None
        body: dict[str, Value] = {
            "opportunity": found.id,
            "price": {"amount_minor": 480_000, "currency": "EUR", "unit": "fixed"},
            "plan": self._words(),
            "valid_until": self.now_ms + 2 * DAY_MS,
        }
        record = self.pen.write("bid", body, now_ms=self.now_ms)
        self.board.bids.append(record)
        return record

    async def award(self) -> Record | None:
        """Award a bid on an opportunity of one's own."""
        own = {record.id for record in self.pen.said.values() if record.kind == "opportunity"}
        for bid in self.board.bids:
            [target] = bid.targets("opportunity")
            if target in own and await self.holds(bid.id) is not None:
                body: dict[str, Value] = {"opportunity": target, "bid": bid.id}
                return self.pen.write("award", body, now_ms=self.now_ms)
        return None

    async def endorse(self) -> Record | None:
        """Praise somebody."""
        whom = self.thrown.choice(self.people)
        if whom.identity == self.pen.identity:
            return None
        body: dict[str, Value] = {"subject": whom.identity, "text": self._words()}
        return self.pen.write("endorsement", body, now_ms=self.now_ms)

    async def exhibit(self) -> Record | None:
        """Show somebody else's bid as evidence."""
        found = await self._find(self.board.bids)
        if found is None or found.author == self.pen.identity:
            return None
        return self.pen.write("exhibit", {"record": found.wire}, now_ms=self.now_ms)

    async def offer(self) -> Record | None:
        """Propose a team to somebody."""
        others = [who for who in self.people if who.identity != self.pen.identity]
        members = (self.pen, *self.thrown.sample(others, min(len(others), self.thrown.randint(1, 2))))
        base = SHARES_TOTAL // len(members)
        shares: list[Value] = [base for _member in members[1:]]
        shares.append(SHARES_TOTAL - base * len(shares))
        proposal = Proposal(
            type="team",
            drafter=self.pen.identity,
            drafted=self.now_ms,
            accept_by=self.now_ms + 7 * DAY_MS,
            parties=tuple(Party(f"seat {place}", who.identity) for place, who in enumerate(members)),
            terms={"name": "Lantern", "purpose": self._words(), "lead": 0, "shares": shares},
        )
        document = draft(proposal, network=self.pen.network, nonce=self.thrown.randbytes(16))
        record = self.pen.write("draft", {"document": document.data}, now_ms=self.now_ms)
        self.board.offers.append(Offer(document, self.pen, record, members))
        return record

    async def _find(self, records: Sequence[Record]) -> Record | None:
        return await self.holds(self.thrown.choice(records).id) if records else None

    def _words(self) -> str:
        return f"It is {self.thrown.randrange(1_000_000)} o'clock at the moot"


_ACTS_BY_WEIGHT: Sequence[tuple[Callable[[Sitting], Awaitable[Record | None]], int]] = (
    (Sitting.post, 38),
    (Sitting.change, 18),
    (Sitting.delete, 4),
    (Sitting.profile, 6),
    (Sitting.availability, 4),
    (Sitting.unknown, 4),
    (Sitting.opportunity, 6),
    (Sitting.bid, 8),
    (Sitting.award, 2),
    (Sitting.endorse, 6),
    (Sitting.exhibit, 1),
    (Sitting.offer, 3),
)
_ACTS = tuple(act for act, _weight in _ACTS_BY_WEIGHT)
_WEIGHTS = tuple(weight for _act, weight in _ACTS_BY_WEIGHT)
