"""What has become of each milestone of an engagement: delivered, accepted or not, and paid to whom.

Spec: work.md#milestones
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import accumulate
from typing import cast

from folkmoot.agreement import Document
from folkmoot.documents import EngagementTerms, Milestone, engagement_terms
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
    """What one payee is to get for a milestone, for all their places, in minor units, and what they say they got.

    Attributes:
        payee: Whose share it is.
        place: Their first place among the parties that has a share.
        amount_minor: What they are to get.
        received_minor: What they have confirmed.
        sent_minor: What the client says was sent to them; it proves nothing.
        due_day: The day by which it is due, or `None` before acceptance.
        overdue_days: Days since then, while not all of it was received.
        received_at: When the payee confirmed that all of it had come, in ms.
        status: Where it stands.
        proofs: The payee's receipts, oldest first, until they make the amount.
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
        answer_by: When silence decides, in ms, where somebody but the deliverer has shown when it was seen.
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
    answer_by: int | None
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
    ends: int | None = None


def derive_milestones(
    evidence: Evidence, document: Document, line: Sequence[Document]
) -> tuple[MilestoneState, ...]:
    """Derive where each milestone of an engagement stands.

    Spec: work.md#milestones

    Args:
        evidence: What counts.
        document: The engagement.
        line: It and the documents under which deliveries and payments are this engagement's too.
    """
    work = _Work(evidence, document, line)
    milestones = engagement_terms(document).milestones
    return tuple(work.state(number, milestone) for number, milestone in enumerate(milestones))


def _named(milestones: Sequence[Milestone]) -> list[tuple[str, int]]:
    """Return what each milestone is known by in a change order: its name, and which of that name it is."""
    names = [milestone.name for milestone in milestones]
    return [(name, names[:place].count(name)) for place, name in enumerate(names)]


@dataclass(frozen=True, slots=True)
class _Terms:
    """A document of the line, and who has which part in it."""

    document: Document
    terms: EngagementTerms

    @property
    def client(self) -> IdentityId | None:
        return self.document.parties[self.terms.client].identity


class _Work:
    """The deliveries and payments under one engagement."""

    def __init__(self, evidence: Evidence, document: Document, line: Sequence[Document]) -> None:
        self._evidence = evidence
        self._document = document
        self._terms = engagement_terms(document)
        self._line = [_Terms(named, engagement_terms(named)) for named in line]
        self._clients = {named.document.id: named.client for named in self._line}

    def state(self, number: int, milestone: Milestone) -> MilestoneState:
        deliveries = self._deliveries(number)
        answers = [self._answer(delivery, milestone) for delivery in deliveries]
        # What was accepted first settles it: nothing that comes later takes the acceptance back, or makes it later.
        accepted = [(answer.at, place) for place, answer in enumerate(answers) if answer.at is not None]
        settled = min(accepted)[1] if accepted else None
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
            answer_by=answer.ends,
            accepted_at=answer.at,
            is_late=delivered_day > milestone.due_day,
            is_first_time=settled == 0,
            payments=self._payments(number, milestone, answer.at),
            proofs=tuple(proof.id for proof in proofs) if answer.at is not None else (),
        )

    def _deliveries(self, number: int) -> list[Record]:
        # DLV-1: A delivery counts only from a party of the document that it names, other than the client.
        found = [
            record
            for named, record in self._under("delivery", number)
            if record.author != named.client and named.document.indices_of(record.author)
        ]
        return sorted(found, key=_said)

    def _under(self, kind: str, number: int) -> Iterator[tuple[_Terms, Record]]:
        """Yield what is said of a milestone under any document of the line, with that document."""
        wanted = _named(self._terms.milestones)[number]
        for named in self._line:
            names = _named(named.terms.milestones)
            for record in self._evidence.referring(kind, "document", named.document.id):
                at = cast("int", record.body["milestone"])
                if at < len(names) and names[at] == wanted:
                    yield named, record

    def _answer(self, delivery: Record, milestone: Milestone) -> _Answer:
        reviews = self._reviews(delivery, milestone)
        silence = self._silence(delivery, milestone)
        if not reviews:
            return silence
        review = reviews[0]
        if review.body["verdict"] == "accept":
            # What silence accepted before is not accepted later by saying so.
            at = review.rev if silence.at is None else min(review.rev, silence.at)
            return _Answer(MilestoneStatus.ACCEPTED, review, at)
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
            if review.author == self._client_of(delivery)
            and all(number < len(milestone.criteria) for number in cast("list[int]", review.body.get("failed", [])))
        ]
        return sorted(found, key=lambda review: (review.body["verdict"] != "accept", review.rev, review.id))

    def _silence(self, delivery: Record, milestone: Milestone) -> _Answer:
        window_ms = milestone.accept_days * DAY_MS
        # DLV-3: Silence counts from when a witness that the engagement names, or the client, has seen the delivery.
        receipts = [
            receipt
            for receipt in self._evidence.referring("seen", "of", delivery.id)
            if receipt.author == self._client_of(delivery) or receipt.author in self._terms.witnesses
        ]
        if milestone.on_silence == "nothing":
            return _Answer(MilestoneStatus.DELIVERED)
        if receipts:
            first = min(receipts, key=lambda receipt: (receipt.rev, receipt.id))
            ends = max(first.rev, delivery.rev) + window_ms
            if self._evidence.now_ms <= ends:
                return _Answer(MilestoneStatus.DELIVERED, ends=ends)
            if milestone.on_silence == "reject":
                return _Answer(MilestoneStatus.DEEMED_REJECTED, receipts=(first,))
            return _Answer(MilestoneStatus.DEEMED_ACCEPTED, at=ends, receipts=(first,))
        is_over = self._evidence.now_ms > delivery.rev + window_ms and milestone.on_silence == "accept"
        return _Answer(MilestoneStatus.ACCEPTANCE_CLAIMED if is_over else MilestoneStatus.DELIVERED)

    def _payments(self, number: int, milestone: Milestone, accepted_at: int | None) -> tuple[PaymentState, ...]:
        amounts = divided(milestone.amount_minor, self._terms.shares)
        due: dict[IdentityId, list[tuple[int, int]]] = {}
        for place, amount in enumerate(amounts):
            payee = self._document.parties[place].identity
            assert payee is not None, "a complete document has no open seat"
            if amount:
                due.setdefault(payee, []).append((place, amount))
        return tuple(
            self._payment(number, payee, parts[0][0], sum(amount for _place, amount in parts), accepted_at)
            for payee, parts in due.items()
        )

    def _payment(
        self, number: int, payee: IdentityId, place: int, amount: int, accepted_at: int | None
    ) -> PaymentState:
        # PMT-1: Only the payee's own receipt shows that money came; what the client says was sent is only shown.
        receipts = sorted(self._money(number, "received", {payee}, payee), key=_said)
        sent = self._money(number, "sent", self._clients.values(), payee)
        parts = [cast("int", record.body["amount_minor"]) for record in receipts]
        received = sum(parts)
        whole = next((n for n, total in enumerate(accumulate(parts)) if total >= amount), None)
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
            received_at=receipts[whole].rev if whole is not None else None,
            status=status,
            proofs=tuple(record.id for record in receipts[: None if whole is None else whole + 1]),
        )

    def _money(
        self, number: int, way: str, authors: Collection[IdentityId | None], payee: IdentityId
    ) -> list[Record]:
        """Return what is said to have been sent or received; what names a place is for who holds it."""
        return [
            record
            for named, record in self._under("payment", number)
            if record.author in authors
            and (record.body["way"], record.body["currency"]) == (way, self._terms.currency)
            and (way == "received" or "payee" not in record.body or _is_place_of(payee, named.document, record))
        ]

    def _client_of(self, delivery: Record) -> IdentityId | None:
        return self._clients[DocumentId(delivery.targets("document")[0])]


def _said(record: Record) -> tuple[int, RecordId]:
    return record.rev, record.id


def _is_place_of(payee: IdentityId, document: Document, payment: Record) -> bool:
    return cast("int", payment.body["payee"]) in document.indices_of(payee)


def divided(amount: int, shares: Sequence[int]) -> tuple[int, ...]:
    """Divide an amount by shares in basis points; what is left over goes to the first that has any share.

    Spec: work.md#payments
    """
    parts = [amount * share // SHARES_TOTAL for share in shares]
    first = next(place for place, share in enumerate(shares) if share)
    parts[first] += amount - sum(parts)
    return tuple(parts)
