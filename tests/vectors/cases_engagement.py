"""Cases of the suite `work`: what becomes of an engagement, its milestones, payments and endings."""

from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case
from vectors.said import exhibit, said
from vectors.working import (
    DORA,
    ERIN,
    HOUR_MS,
    IN_FORCE,
    MILESTONE,
    WORK,
    days,
    delivery,
    engagement,
    engagement_case,
    judged_by,
    money,
    paper,
    seen,
    signed,
)

from folkmoot.limits import DAY_MS
from folkmoot.record import Record

_OPEN = ["open", "", [[1, "not-due"]]]
_DELIVERED = ["delivered", "", [[1, "not-due"]]]
_FIRST = delivery()
_SEEN_AT = NOON_MS + HOUR_MS
_SILENT = days(5) + HOUR_MS


def cases() -> list[Case]:
    """Return the cases of engagements."""
    return [*_standings(), *_deliveries(), *_silence(), *_payments(), *_changes(), *_endings()]


def _standings() -> list[Case]:
    rival = engagement(CAROL, prev=WORK.id)
    strangers = engagement(DORA, client=CAROL, prev=WORK.id, witnesses=None, resolver=None)
    return [
        engagement_case(
            "engagement-offered", [said(ALICE, "draft", {"document": WORK.data})], [], status="offered"
        ),
        engagement_case("engagement-half-signed", [signed(WORK, by=[ALICE])], [], status="offered"),
        engagement_case("engagement-in-force", [IN_FORCE], [_OPEN]),
        engagement_case(
            "engagement-contested-by-a-party", [IN_FORCE, signed(rival, slot=1)], [_OPEN], status="contested"
        ),
        engagement_case("engagement-and-an-agreement-of-strangers", [IN_FORCE, signed(strangers)], [_OPEN]),
    ]


def _accepted(at: int, status: str = "accepted", *, paid: str = "due", place: int = 1) -> list[object]:
    return [status, str(at), [[place, paid]]]


def _deliveries() -> list[Case]:
    yes, no = judged_by(ALICE, _FIRST), judged_by(ALICE, _FIRST, failed=[1], slot=1)
    second = delivery(slot=1, rev=NOON_MS + 3)
    second_yes = judged_by(ALICE, second, slot=2, rev=NOON_MS + 4)
    late_yes = judged_by(ALICE, _FIRST, slot=3, rev=NOON_MS + 5)
    base = [IN_FORCE, _FIRST]
    return [
        engagement_case("milestone-delivered", base, [_DELIVERED]),
        engagement_case("milestone-accepted", [*base, yes], [_accepted(yes.rev)]),
        engagement_case("milestone-rejected", [*base, no], [["rejected", "", [[1, "not-due"]]]]),
        engagement_case("milestone-accepted-and-then-rejected", [*base, yes, no], [_accepted(yes.rev)]),
        engagement_case("milestone-delivered-again", [*base, no, second], [_DELIVERED]),
        engagement_case(
            "milestone-accepted-at-the-second-delivery",
            [*base, no, second, second_yes],
            [_accepted(second_yes.rev)],
        ),
        engagement_case(
            "milestone-accepted-again-by-its-older-delivery",
            [*base, no, second, second_yes, late_yes],
            [_accepted(second_yes.rev)],
            why="What was accepted first settles it; otherwise a client could put off what is due.",
        ),
        engagement_case(
            "acceptance-overwritten-and-exhibited",
            [*base, exhibit(BOB, yes), judged_by(ALICE, _FIRST, failed=[1], rev=NOON_MS + 9)],
            [_accepted(yes.rev)],
        ),
        engagement_case("delivery-by-a-stranger", [IN_FORCE, delivery(CAROL)], [_OPEN], rule="DLV-1"),
        engagement_case("delivery-by-the-client", [IN_FORCE, delivery(ALICE)], [_OPEN], rule="DLV-1"),
        engagement_case("delivery-of-a-milestone-that-does-not-exist", [IN_FORCE, delivery(milestone=1)], [_OPEN]),
        engagement_case("acceptance-by-who-delivered", [*base, judged_by(BOB, _FIRST)], [_DELIVERED], rule="DLV-2"),
        engagement_case("acceptance-by-a-witness", [*base, judged_by(DORA, _FIRST)], [_DELIVERED], rule="DLV-2"),
        engagement_case(
            "rejection-for-a-criterion-that-does-not-exist",
            [*base, judged_by(ALICE, _FIRST, failed=[2])],
            [_DELIVERED],
            rule="DLV-2",
        ),
    ]


def _silence() -> list[Case]:
    by_witness, by_client = seen(DORA, _FIRST, rev=_SEEN_AT), seen(ALICE, _FIRST, rev=_SEEN_AT)
    claimed = ["acceptance-claimed", "", [[1, "not-due"]]]
    silent = _accepted(_SILENT, "deemed-accepted")
    base = [IN_FORCE, _FIRST]
    late_no = judged_by(ALICE, _FIRST, failed=[0], rev=_SILENT + 1)
    in_time = judged_by(ALICE, _FIRST, failed=[0], rev=_SILENT)
    late_yes = judged_by(ALICE, _FIRST, rev=_SILENT + DAY_MS)
    crowd = [seen(one, _FIRST) for one in (BOB, CAROL, ERIN)]
    early = seen(DORA, _FIRST, rev=NOON_MS - HOUR_MS)
    found: list[Case] = []
    for word, status in (("reject", "deemed-rejected"), ("nothing", "delivered")):
        other = engagement(milestones=[{**MILESTONE, "on_silence": word}])
        first = delivery(of=other)
        held = [signed(other), first, seen(DORA, first, rev=_SEEN_AT)]
        named = f"silence-that-means-{word}"
        found.append(engagement_case(named, held, [[status, "", [[1, "not-due"]]]], of=other, now_ms=_SILENT + 1))
    return [
        engagement_case("silence-to-the-last-ms", [*base, by_witness], [_DELIVERED], now_ms=_SILENT),
        engagement_case("silence-accepts", [*base, by_witness], [silent], now_ms=_SILENT + 1),
        engagement_case("silence-of-a-client-that-has-seen-it", [*base, by_client], [silent], now_ms=_SILENT + 1),
        engagement_case("silence-that-nobody-has-witnessed", base, [claimed], now_ms=days(5) + 1, rule="DLV-3"),
        engagement_case("silence-witnessed-by-a-crowd", [*base, *crowd], [claimed], now_ms=days(6), rule="DLV-3"),
        engagement_case(
            "silence-witnessed-before-the-delivery",
            [*base, early],
            [_accepted(days(5), "deemed-accepted")],
            now_ms=days(5) + 1,
        ),
        engagement_case(
            "rejection-after-silence-accepted",
            [*base, by_witness, late_no],
            [silent],
            now_ms=_SILENT + 2,
            rule="DLV-4",
        ),
        engagement_case(
            "rejection-at-the-last-ms",
            [*base, by_witness, in_time],
            [["rejected", "", [[1, "not-due"]]]],
            now_ms=_SILENT + 2,
        ),
        engagement_case(
            "acceptance-after-silence-accepted",
            [*base, by_witness, late_yes],
            [_accepted(_SILENT)],
            now_ms=days(7),
            why="A late yes does not put off what silence has made due.",
        ),
        *found,
    ]


def _payments() -> list[Case]:
    yes = judged_by(ALICE, _FIRST)
    base = [IN_FORCE, _FIRST, yes]
    both = engagement(BOB, CAROL)
    to_both = delivery(of=both)
    of_both = [signed(both), to_both, judged_by(ALICE, to_both)]
    twice = engagement(BOB, BOB)
    to_twice = delivery(of=twice)
    of_twice = [signed(twice), to_twice, judged_by(ALICE, to_twice)]

    def due(at: Record, *payments: tuple[int, str]) -> list[object]:
        return ["accepted", str(at.rev), [list(payment) for payment in payments]]

    return [
        engagement_case("payment-due-to-the-last-day", base, [due(yes, (1, "due"))], now_ms=days(10)),
        engagement_case("payment-overdue", base, [due(yes, (1, "overdue"))], now_ms=days(11)),
        engagement_case(
            "payment-received", [*base, money(BOB, 10_001)], [due(yes, (1, "received"))], now_ms=days(11)
        ),
        engagement_case(
            "payment-received-in-parts",
            [*base, money(BOB, 10_000), money(BOB, 1, slot=1)],
            [due(yes, (1, "received"))],
        ),
        engagement_case("payment-received-but-for-a-unit", [*base, money(BOB, 10_000)], [due(yes, (1, "due"))]),
        engagement_case(
            "payment-received-before-acceptance", [IN_FORCE, money(BOB, 10_001)], [["open", "", [[1, "received"]]]]
        ),
        engagement_case(
            "payment-sent-and-not-confirmed", [*base, money(ALICE, 10_001, way="sent")], [due(yes, (1, "due"))]
        ),
        engagement_case(
            "payment-confirmed-by-the-client", [*base, money(ALICE, 10_001)], [due(yes, (1, "due"))], rule="PMT-1"
        ),
        engagement_case(
            "payment-confirmed-by-a-stranger", [*base, money(CAROL, 10_001)], [due(yes, (1, "due"))], rule="PMT-1"
        ),
        engagement_case(
            "payment-in-another-currency",
            [*base, money(BOB, 10_001, currency="ITL")],
            [due(yes, (1, "due"))],
            rule="PMT-1",
        ),
        engagement_case(
            "payment-divided-to-the-last-unit",
            [*of_both, money(BOB, 5_000, both), money(CAROL, 5_000, both)],
            [due(of_both[-1], (1, "due"), (2, "received"))],
            of=both,
            why="Half of 10,001 is 5,000, and what is left over is the first payee's.",
        ),
        engagement_case(
            "payment-for-two-places-of-one-payee",
            [*of_twice, money(BOB, 5_001, twice)],
            [due(of_twice[-1], (1, "due"))],
            of=twice,
        ),
    ]


def _changes() -> list[Case]:
    yes = judged_by(ALICE, _FIRST)
    scaffold = {**MILESTONE, "name": "Scaffold"}
    reordered = engagement(prev=WORK.id, milestones=[scaffold, MILESTONE])
    change = signed(reordered, slot=1)
    accepted = _accepted(yes.rev)
    base = [IN_FORCE, _FIRST, yes]
    without_bob = engagement(CAROL, prev=WORK.id)
    left = said(BOB, "leave", {"document": WORK.id, "reason": "health"})
    under_draft = delivery(of=reordered, milestone=1)
    return [
        engagement_case("change-order-in-force", [*base, change], [_OPEN, accepted], of=reordered),
        engagement_case(
            "change-order-in-force-the-document-before", [*base, change], [accepted], status="superseded"
        ),
        engagement_case(
            "change-order-and-a-payment-under-the-document-before",
            [*base, change, money(BOB, 10_001)],
            [_OPEN, _accepted(yes.rev, paid="received")],
            of=reordered,
            why="A milestone goes by its name, not by its number.",
        ),
        engagement_case(
            "change-order-after-who-delivered-has-left",
            [*base, left, signed(without_bob, slot=1)],
            [accepted],
            of=without_bob,
        ),
        engagement_case(
            "change-order-not-signed-by-all",
            [IN_FORCE, signed(reordered, slot=1, by=[ALICE]), under_draft],
            [_OPEN],
        ),
    ]


def _endings() -> list[Case]:
    over = paper("closing", [ALICE, BOB], {"engagement": WORK.id, "way": "completed"})
    one_short = paper("closing", [ALICE, CAROL], {"engagement": WORK.id, "way": "completed"})
    cause = said(ALICE, "closing", {"document": WORK.id, "way": "cause"}, rev=NOON_MS - 1)
    strange = said(CAROL, "closing", {"document": WORK.id, "way": "cause"})
    rival = engagement(CAROL, prev=WORK.id)
    return [
        engagement_case(
            "engagement-completed",
            [IN_FORCE, signed(over, slot=1)],
            [_OPEN],
            status="closed",
            endings=[("completed", False, over)],
        ),
        engagement_case(
            "engagement-ended-by-one-side",
            [IN_FORCE, cause],
            [_OPEN],
            status="closed",
            endings=[("cause", True, cause)],
        ),
        engagement_case(
            "engagement-ended-by-all-after-one-side",
            [IN_FORCE, cause, signed(over, slot=1)],
            [_OPEN],
            status="closed",
            endings=[("completed", False, over), ("cause", True, cause)],
        ),
        engagement_case(
            "engagement-completed-and-then-contested",
            [IN_FORCE, signed(over, slot=1), signed(rival, slot=2)],
            [_OPEN],
            status="closed",
            endings=[("completed", False, over)],
        ),
        engagement_case("closing-by-a-stranger", [IN_FORCE, strange], [_OPEN], rule="CLS-1"),
        engagement_case(
            "closing-that-one-party-has-not-signed",
            [IN_FORCE, signed(over, slot=1, by=[ALICE])],
            [_OPEN],
            rule="CLS-2",
        ),
        engagement_case("closing-without-one-party", [IN_FORCE, signed(one_short, slot=1)], [_OPEN], rule="CLS-2"),
    ]
