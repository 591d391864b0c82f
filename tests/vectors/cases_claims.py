"""Cases of the suite `work`: disputes, endorsements under an engagement, patterns and facts."""

from collections.abc import Sequence

from support.keys import Person
from vectors.cases_agreement import TERMS, document
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case, ordered
from vectors.said import CALL_BODY, DECIDE_BY, said
from vectors.working import (
    DORA,
    ERIN,
    IN_FORCE,
    WORK,
    days,
    delivery,
    engagement,
    hexed,
    judged_by,
    money,
    paper,
    signed,
    work_case,
)

from folkmoot.agreement import Document
from folkmoot.record import Record

_DISPUTE = said(BOB, "dispute", {"about": WORK.id, "text": "The paint was thin."})
_FIRST = delivery()
_DONE = [IN_FORCE, _FIRST, judged_by(ALICE, _FIRST)]
_OVER = paper("closing", [ALICE, BOB], {"engagement": WORK.id, "way": "completed"})


def cases() -> list[Case]:
    """Return the cases of claims."""
    return [*_disputes(), *_endorsements(), *_patterns(), *_facts()]


def _step(author: Person, word: str, *, slot: int = 0, of: Record = _DISPUTE, **extra: object) -> Record:
    return said(
        author, "dispute-step", ordered({"dispute": of.id, "step": word, **extra}), slot=slot, rev=NOON_MS + slot
    )


def _disputes() -> list[Case]:
    reply, take = _step(ALICE, "reply"), _step(ERIN, "take")
    finding = _step(ERIN, "finding", slot=1, reason="shared")
    withdraw = _step(BOB, "withdraw")
    both = paper("settlement", [ALICE, BOB], {"dispute": _DISPUTE.id, "text": "Half."})
    one_short = paper("settlement", [BOB, CAROL], {"dispute": _DISPUTE.id, "text": "All."})
    strange = said(CAROL, "dispute", {"about": WORK.id, "text": "I do not like it."})
    praise = said(ALICE, "endorsement", {"subject": BOB.id, "text": "Quick."})
    by_subject = said(BOB, "dispute", {"about": praise.id, "text": "I was slow."})
    by_other = said(CAROL, "dispute", {"about": praise.id, "text": "He was slow."})
    about_delivery = said(ALICE, "dispute", {"about": _FIRST.id, "text": "It is the south side."})
    base = [IN_FORCE, _DISPUTE]
    return [
        _disputed("dispute-open", base, "open"),
        _disputed("dispute-replied", [*base, reply], "replied", steps=[reply]),
        _disputed("dispute-taken", [*base, take], "taken", steps=[take]),
        _disputed("dispute-found", [*base, take, finding], "found", steps=[take, finding], reason="shared"),
        _disputed("dispute-withdrawn", [*base, withdraw], "withdrawn", steps=[withdraw]),
        _disputed(
            "dispute-withdrawn-after-the-finding",
            [*base, take, finding, withdraw],
            "found",
            steps=[*sorted([take, withdraw], key=lambda one: one.id), finding],
            reason="shared",
        ),
        _disputed("dispute-settled", [*base, signed(both, slot=1)], "settled", settlement=both),
        _disputed("dispute-of-a-delivery", [IN_FORCE, _FIRST, about_delivery], "open", of=about_delivery),
        _disputed("dispute-of-an-endorsement", [praise, by_subject], "open", of=by_subject),
        _disputed("dispute-by-a-stranger", [IN_FORCE, strange], "void", of=strange, rule="DSP-1"),
        _disputed("dispute-before-all-have-signed", [signed(WORK, by=[BOB]), _DISPUTE], "void", rule="DSP-1"),
        _disputed("dispute-of-an-endorsement-by-no-subject", [praise, by_other], "void", of=by_other, rule="DSP-1"),
        _disputed("reply-by-who-opened-it", [*base, _step(BOB, "reply")], "open", rule="DSP-2"),
        _disputed("reply-by-a-stranger", [*base, _step(CAROL, "reply")], "open", rule="DSP-2"),
        _disputed("withdrawal-by-the-other-side", [*base, _step(ALICE, "withdraw")], "open", rule="DSP-2"),
        _disputed(
            "take-by-who-is-not-named",
            [*base, _step(CAROL, "take"), _step(CAROL, "finding", slot=1, reason="no-fault")],
            "open",
            rule="DSP-2",
        ),
        _disputed("finding-without-a-take", [*base, finding], "open", rule="DSP-2"),
        _disputed("settlement-without-the-other-side", [*base, signed(one_short)], "open", rule="DSP-3"),
        _disputed("settlement-not-signed-by-all", [*base, signed(both, by=[BOB])], "open", rule="DSP-3"),
    ]


def _disputed(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    status: str,
    *,
    of: Record = _DISPUTE,
    steps: Sequence[Record] = (),
    reason: str = "",
    settlement: Document | None = None,
    rule: str = "",
) -> Case:
    derived = {
        "id": of.id.hex(),
        "status": status,
        "steps": [one.id.hex() for one in steps],
        "reason": reason,
        "settlement": settlement.id.hex() if settlement else "",
    }
    return work_case(name, records, "dispute", derived, rule=rule)


def _endorsements() -> list[Case]:
    praise = said(ALICE, "endorsement", {"basis": WORK.id, "subject": BOB.id, "text": "Good."})
    named = said(
        ALICE, "endorsement", ordered({"basis": WORK.id, "milestone": 0, "subject": BOB.id, "text": "Good."})
    )
    outside = said(CAROL, "endorsement", {"basis": WORK.id, "subject": BOB.id, "text": "Good."})
    cause = said(ALICE, "closing", {"document": WORK.id, "way": "cause"})
    change = engagement(prev=WORK.id, title="The whole tower")
    rival = engagement(CAROL, prev=WORK.id)
    return [
        _endorsed("endorsement-of-accepted-work", [*_DONE, praise], praise, "E3"),
        _endorsed("endorsement-of-an-accepted-milestone", [*_DONE, named], named, "E3"),
        _endorsed("endorsement-after-a-change-order", [*_DONE, praise, signed(change, slot=1)], praise, "E3"),
        _endorsed("endorsement-of-work-in-hand", [IN_FORCE, _FIRST, praise], praise, "E2", rule="STA-6"),
        _endorsed("endorsement-of-a-milestone-not-accepted", [IN_FORCE, _FIRST, named], named, "E2", rule="STA-6"),
        _endorsed(
            "endorsement-of-an-engagement-not-in-force",
            [signed(WORK, by=[ALICE]), praise],
            praise,
            "E1",
            rule="STA-6",
        ),
        _endorsed("endorsement-by-no-party", [*_DONE, outside], outside, "E1", rule="STA-6"),
        _endorsed(
            "endorsement-of-an-engagement-over-for-cause", [*_DONE, praise, cause], praise, "E1", rule="STA-6"
        ),
        _endorsed(
            "endorsement-of-an-engagement-that-all-have-ended",
            [*_DONE, praise, cause, signed(_OVER, slot=1)],
            praise,
            "E3",
        ),
        _endorsed(
            "endorsement-of-a-contested-engagement",
            [*_DONE, praise, signed(rival, slot=1)],
            praise,
            "E1",
            rule="STA-6",
        ),
    ]


def _endorsed(name: str, records: Sequence[Record], praise: Record, grade: str, *, rule: str = "") -> Case:
    derived = {
        "identity": BOB.id.hex(),
        "stale": False,
        "endorsements": [[praise.id.hex(), grade, False]],
        "teams": [],
    }
    return work_case(name, records, "person", derived, rule=rule)


def _patterns() -> list[Case]:
    way = said(DORA, "pattern", {"intent": "I", "name": "P", "steps": ["S"]})
    chosen = document(terms=ordered({**TERMS, "pattern": way.id}))
    plain = document()

    def outcome(author: Person, verdict: str, of: Document = chosen, *values: int, slot: int = 0) -> Record:
        measures = {"measures": [{"name": "falls", "value": value} for value in values]} if values else {}
        body = ordered({"document": of.id, "pattern": way.id, "verdict": verdict, **measures})
        return said(author, "pattern-outcome", body, slot=slot, rev=NOON_MS + slot)

    first, last = outcome(ALICE, "keep", chosen, 3), outcome(ALICE, "drop", chosen, 5, slot=1)
    bobs = outcome(BOB, "keep", chosen, 1, 700)
    base = [way, signed(chosen)]
    strange, elsewhere = outcome(CAROL, "drop"), outcome(ALICE, "drop", plain)

    def case(
        name: str, records: Sequence[Record], said_of: Sequence[Record], values: Sequence[int], **more: str
    ) -> Case:
        used = [] if name.endswith("offer") else [chosen.id.hex()]
        derived = {
            "id": way.id.hex(),
            "used_by": used,
            "outcomes": hexed([one.id for one in said_of]),
            "measures": {"falls": list(values)} if values else {},
        }
        return work_case(name, records, "pattern", derived, rule=more.get("rule", ""))

    return [
        case("pattern-and-what-its-users-say", [*base, first, bobs], [first, bobs], [1, 3]),
        case("pattern-and-the-latest-word-of-a-user", [*base, first, last], [last], [5]),
        case("outcome-by-a-stranger", [*base, strange], [], [], rule="PTN-1"),
        case(
            "outcome-of-a-document-that-chose-nothing",
            [*base, signed(plain, slot=1), elsewhere],
            [],
            [],
            rule="PTN-1",
        ),
        case("outcome-of-an-offer", [way, signed(chosen, by=[ALICE]), first], [], [], rule="PTN-1"),
    ]


def _facts() -> list[Case]:
    call = said(ALICE, "opportunity", CALL_BODY)
    body = {"opportunity": call.id, "plan": "P", "price": {"amount_minor": 0, "currency": "EUR", "unit": "hour"}}
    bids = [said(who, "bid", ordered({**body, "valid_until": days(60)})) for who in (BOB, CAROL)]
    no = said(ALICE, "decline", {"bid": bids[0].id, "reason": "fit"})
    rival = engagement(CAROL, prev=WORK.id)
    nothing = {"engagements": {}, "milestones": 0, "accepted": 0, "accepted_first_time": 0, "late": 0}
    nothing |= {"payment_days": [], "payments_overdue": 0, "bids_received": 0, "bids_answered": 0, "lapsed": 0}
    nothing |= {"unrevealed": 0, "left": 0, "companions": []}

    def case(name: str, who: Person, records: Sequence[Record], now_ms: int, **found: object) -> Case:
        derived = {"identity": who.id.hex(), **nothing, **found}
        return work_case(name, records, "facts", derived, now_ms=now_ms)

    paid = money(BOB, 10_001)
    return [
        case("facts-of-nobody", DORA, [], NOON_MS),
        case(
            "facts-of-a-painter",
            BOB,
            [*_DONE, paid, signed(_OVER, slot=1)],
            days(1),
            engagements={"completed": 1},
            milestones=1,
            accepted=1,
            accepted_first_time=1,
            companions=[ALICE.id.hex()],
        ),
        case(
            "facts-of-a-client-that-pays",
            ALICE,
            [*_DONE, paid],
            days(1),
            engagements={"in-force": 1},
            payment_days=[0],
            companions=[BOB.id.hex()],
        ),
        case(
            "facts-of-a-client-that-owes-and-signs-something-else-with-a-friend",
            ALICE,
            [*_DONE, signed(rival, slot=1)],
            days(12),
            engagements={"contested": 2},
            payments_overdue=1,
            companions=sorted([BOB.id.hex(), CAROL.id.hex()]),
        ),
        case("facts-of-a-client-before-it-decides", ALICE, [call, *bids, no], DECIDE_BY),
        case(
            "facts-of-a-client-that-let-a-call-lapse",
            ALICE,
            [call, *bids, no],
            DECIDE_BY + 1,
            bids_received=2,
            bids_answered=1,
            lapsed=1,
        ),
    ]
