"""What has become of each milestone of an engagement: delivered, accepted or not, and paid to whom.

Spec: work.md#milestones
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import cast

from folkmoot.agreement import Document
from folkmoot.documents import EngagementTerms, Milestone
from folkmoot.ids import DocumentId, IdentityId, RecordId
from folkmoot.limits import DAY_MS, SHARES_TOTAL
from folkmoot.record import Record, day_of
from folkmoot.state.evidence import Evidence


class MilestoneStatus(Enum):
    """Where a milestone stands, by its latest delivery."""

    OPEN = "open"
    DELIVERED = "delivered"
    REJECTED = "rejected"
    ACCEPTED = "accepted"
    DEEMED_ACCEPTED = "deemed-accepted"
    """The client was silent for as long as agreed after it had demonstrably seen the delivery."""
    DEEMED_REJECTED = "deemed-rejected"
    ACCEPTANCE_CLAIMED = "acceptance-claimed"
    """The time to answer has passed by the deliverer's word alone; nothing follows from it."""


class PaymentStatus(Enum):
    """Where a payment to one payee stands."""

    NOT_DUE = "not-due"
    DUE = "due"
    OVERDUE = "overdue"
    RECEIVED = "received"


@dataclass(frozen=True, slots=True)
class PaymentState:
    """What one payee is to get for a milestone, in minor units, and what they say they got.

    Attributes:
        payee: Whose share it is.
        place: Their place among the parties.
        amount_minor: What they are to get.
        received_minor: What they have confirmed.
        sent_minor: What the client says was sent to them; it proves nothing.
        due_day: The day by which it is due, or `None` before acceptance.
        overdue_days: Days since then, while not all of it was received.
        received_at: When the payee confirmed the last part, in ms.
        status: Where it stands.
        proofs: The payee's receipts.
    """

    payee: IdentityId
    place: int
    amount_minor: int
    received_minor: int
    sent_minor: int
    due_day: int | None
    overdue_days: int
    received_at: int | None
    status: PaymentStatus
    proofs: tuple[RecordId, ...]


@dataclass(frozen=True, slots=True)
class MilestoneState:
    """A milestone and what became of it.

    Attributes:
        terms: What was agreed.
        status: Where it stands.
        deliveries: All that counts, oldest first.
        review: The client's answer to the latest, if there is one.
        failed: The criteria that it failed, by number, if rejected.
        accepted_at: When it was accepted, in ms, as far as anything follows from it.
        is_late: Whether it was delivered, or is still awaited, after the day agreed.
        is_first_time: Whether it was accepted as first delivered.
        payments: What each payee is to get.
        proofs: What shows the acceptance: the delivery with the review, or with the receipts of who saw it.
    """

    terms: Milestone
    status: MilestoneStatus
    deliveries: tuple[RecordId, ...]
    review: RecordId | None
    failed: tuple[int, ...]
    accepted_at: int | None
    is_late: bool
    is_first_time: bool
    payments: tuple[PaymentState, ...]
    proofs: tuple[RecordId, ...]

    @property
    def is_accepted(self) -> bool:
        """Whether it was accepted, by word or by the silence that was agreed on."""
        return self.accepted_at is not None


@dataclass(frozen=True, slots=True)
class _Answer:
    """What the client's word or silence makes of one delivery."""

    status: MilestoneStatus
    review: Record | None = None
    at: int | None = None
    receipts: tuple[Record, ...] = ()


def derive_milestones(
    evidence: Evidence, document: Document, terms: EngagementTerms, names: Sequence[DocumentId]
) -> tuple[MilestoneState, ...]:
    """Derive where each milestone of an engagement stands.

    Spec: work.md#milestones

    Args:
        evidence: What counts.
        document: The engagement.
        terms: Its terms.
        names: Ids of the documents under which deliveries and payments are this engagement's.
    """
    work = _Work(evidence, document, terms, names)
    return tuple(work.state(number, milestone) for number, milestone in enumerate(terms.milestones))


class _Work:
    """The deliveries and payments under one engagement."""

    def __init__(
        self, evidence: Evidence, document: Document, terms: EngagementTerms, names: Sequence[DocumentId]
    ) -> None:
        self._evidence = evidence
        self._document = document
        self._terms = terms
        self._names = names
        self._client = document.parties[terms.client].identity

    def state(self, number: int, milestone: Milestone) -> MilestoneState:
        deliveries = self._deliveries(number)
        answers = [self._answer(delivery, milestone) for delivery in deliveries]
        # The first delivery that was accepted settles it: what comes later cannot take the acceptance back.
        settled = next((place for place, answer in enumerate(answers) if answer.at is not None), None)
        place = settled if settled is not None else len(deliveries) - 1
        answer = answers[place] if deliveries else _Answer(MilestoneStatus.OPEN)
        delivered_day = day_of(deliveries[place].rev) if deliveries else day_of(self._evidence.now_ms)
        proofs = [*deliveries[place : place + 1], *([answer.review] if answer.review else []), *answer.receipts]
        return MilestoneState(
            terms=milestone,
            status=answer.status,
            deliveries=tuple(delivery.id for delivery in deliveries),
            review=answer.review.id if answer.review else None,
            failed=tuple(cast("list[int]", answer.review.body.get("failed", []))) if answer.review else (),
            accepted_at=answer.at,
            is_late=delivered_day > milestone.due_day,
            is_first_time=settled == 0,
            payments=self._payments(number, milestone, answer.at),
            proofs=tuple(proof.id for proof in proofs) if answer.at is not None else (),
        )

    def _deliveries(self, number: int) -> list[Record]:
        # DLV-1: A delivery counts only from a party that is not the client.
        found = [
            record
            for name in self._names
            for record in self._evidence.referring("delivery", "document", name)
            if record.body["milestone"] == number
            and record.author != self._client
            and self._document.indices_of(record.author)
        ]
        return sorted(found, key=lambda record: (record.rev, record.id))

    def _answer(self, delivery: Record, milestone: Milestone) -> _Answer:
        reviews = self._reviews(delivery, milestone)
        silence = self._silence(delivery, milestone)
        if not reviews:
            return silence
        review = reviews[0]
        if review.body["verdict"] == "accept":
            return _Answer(MilestoneStatus.ACCEPTED, review, review.rev)
        # DLV-4: A rejection that comes, by its own word, after silence has accepted is too late.
        is_too_late = silence.at is not None and review.rev > silence.at
        return silence if is_too_late else _Answer(MilestoneStatus.REJECTED, review)

    def _reviews(self, delivery: Record, milestone: Milestone) -> list[Record]:
        """Return the client's answers to a delivery, the one that decides first."""
        # DLV-2: Only the client's review counts, and only one whose failed criteria exist. Of several an
        # acceptance decides: who has accepted cannot reject any more.
        found = [
            review
            for review in self._evidence.referring("review-of-delivery", "delivery", delivery.id)
            if review.author == self._client
            and all(number < len(milestone.criteria) for number in cast("list[int]", review.body.get("failed", [])))
        ]
        return sorted(found, key=lambda review: (review.body["verdict"] != "accept", review.rev, review.id))

    def _silence(self, delivery: Record, milestone: Milestone) -> _Answer:
        window_ms = milestone.accept_days * DAY_MS
        # DLV-3: Silence counts from when a witness that the engagement names, or the client, has seen the delivery.
        receipts = [
            receipt
            for receipt in self._evidence.referring("seen", "of", delivery.id)
            if receipt.author == self._client or receipt.author in self._terms.witnesses
        ]
        if milestone.on_silence == "nothing":
            return _Answer(MilestoneStatus.DELIVERED)
        if receipts:
            first = min(receipts, key=lambda receipt: (receipt.rev, receipt.id))
            ends = max(first.rev, delivery.rev) + window_ms
            if self._evidence.now_ms <= ends:
                return _Answer(MilestoneStatus.DELIVERED)
            if milestone.on_silence == "reject":
                return _Answer(MilestoneStatus.DEEMED_REJECTED, receipts=(first,))
            return _Answer(MilestoneStatus.DEEMED_ACCEPTED, at=ends, receipts=(first,))
        is_over = self._evidence.now_ms > delivery.rev + window_ms and milestone.on_silence == "accept"
        return _Answer(MilestoneStatus.ACCEPTANCE_CLAIMED if is_over else MilestoneStatus.DELIVERED)

    def _payments(self, number: int, milestone: Milestone, accepted_at: int | None) -> tuple[PaymentState, ...]:
        amounts = divided(milestone.amount_minor, self._terms.shares)
        return tuple(
            self._payment(number, place, amount, accepted_at) for place, amount in enumerate(amounts) if amount
        )

    def _payment(self, number: int, place: int, amount: int, accepted_at: int | None) -> PaymentState:
        payee = self._document.parties[place].identity
        assert payee is not None, "a complete document has no open seat"
        # PMT-1: Only the payee's own receipt shows that money came; what the client says was sent is only shown.
        receipts = self._money(number, "received", payee)
        sent = [
            record
            for record in self._money(number, "sent", self._client)
            if record.body.get("payee", place) == place
        ]
        received = sum(cast("int", record.body["amount_minor"]) for record in receipts)
        due_day = None if accepted_at is None else day_of(accepted_at) + self._terms.pay_days
        today = day_of(self._evidence.now_ms)
        if received >= amount:
            status = PaymentStatus.RECEIVED
        elif due_day is None:
            status = PaymentStatus.NOT_DUE
        else:
            status = PaymentStatus.OVERDUE if today > due_day else PaymentStatus.DUE
        return PaymentState(
            payee=payee,
            place=place,
            amount_minor=amount,
            received_minor=received,
            sent_minor=sum(cast("int", record.body["amount_minor"]) for record in sent),
            due_day=due_day,
            overdue_days=today - due_day if status is PaymentStatus.OVERDUE and due_day is not None else 0,
            received_at=max((record.rev for record in receipts), default=None),
            status=status,
            proofs=tuple(record.id for record in receipts),
        )

    def _money(self, number: int, way: str, author: IdentityId | None) -> list[Record]:
        return [
            record
            for name in self._names
            for record in self._evidence.referring("payment", "document", name)
            if record.author == author
            and (record.body["milestone"], record.body["way"]) == (number, way)
            and record.body["currency"] == self._terms.currency
        ]


def divided(amount: int, shares: Sequence[int]) -> tuple[int, ...]:
    """Divide an amount by shares in basis points; what is left over goes to the first that has any share.

    Spec: work.md#payments
    """
    parts = [amount * share // SHARES_TOTAL for share in shares]
    first = next(place for place, share in enumerate(shares) if share)
    parts[first] += amount - sum(parts)
    return tuple(parts)
