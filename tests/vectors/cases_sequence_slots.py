"""Cases of the suite `sequence` about slots: who wins an address while time passes, and what comes back."""

from vectors.bodies import MINIMAL
from vectors.cases_bundle import note
from vectors.craft import ALICE, BOB, DAY, NOON_MS, Case, payload_fields, raw, sealed
from vectors.timeline import Broken, There, comes, later, passes, sequence

from folkmoot.bundle import LABEL, pack
from folkmoot.limits import CLOCK_SKEW_MS_MAX, DAY_MS
from folkmoot.record import Record

KNOWN = There(kept=[ALICE.genesis])
_MIDNIGHT = (DAY + 1) * DAY_MS
_TOMORROWS_END = (DAY + 2) * DAY_MS - 1

OLD, NEW = note(ALICE), note(ALICE, rev=NOON_MS + 1)
LESSER, GREATER = sorted(
    [note(ALICE, body={"text": "a"}), note(ALICE, body={"text": "b"})], key=lambda item: item.id
)
LONGER = note(ALICE, rev=NOON_MS - 1, expires=DAY + 31)
GONE = note(ALICE, rev=NOON_MS + 1, body={})
_OTHER_SLOT = note(ALICE, 1)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_beaten(), *_lives(), *_tombstones(), *_dated_ahead(), *_days(), *_repeated(), *_spoilt()]


def _beaten() -> list[Case]:
    three = note(ALICE, rev=NOON_MS + 2)
    afar, other_kind, bobs = note(ALICE, space="design.fr"), note(ALICE, kind="x-other"), note(BOB)
    both = There(kept=[ALICE.genesis, BOB.genesis])
    return [
        sequence(
            "beaten-record-comes-again",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), NEW, winners=[NEW]),
            comes(later(ms=2), OLD, says="ignore SLT-2", sender="carol"),
            start=KNOWN,
        ),
        sequence(
            "earlier-record-comes-late",
            comes(later(), NEW, winners=[NEW]),
            comes(later(days=3), OLD, says="ignore SLT-2"),
            start=KNOWN,
            why="A client that takes what arrives last.",
        ),
        sequence(
            "middle-record-comes-last",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=2), three, winners=[three]),
            comes(later(ms=3), NEW, says="ignore SLT-2"),
            start=KNOWN,
        ),
        sequence(
            "tie-lesser-id-comes-last",
            comes(later(), GREATER, winners=[GREATER]),
            comes(later(ms=1), LESSER, says="ignore SLT-2"),
            start=KNOWN,
            why="A client to which the first of equals is good enough, or the last.",
        ),
        sequence(
            "tie-lesser-id-comes-again",
            comes(later(), LESSER, winners=[LESSER]),
            comes(later(ms=1), GREATER, winners=[GREATER]),
            comes(later(ms=2), LESSER, says="ignore SLT-2"),
            start=KNOWN,
        ),
        sequence(
            "addresses-that-differ-in-one-part",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), _OTHER_SLOT, winners=[OLD, _OTHER_SLOT]),
            comes(later(ms=2), afar, winners=[OLD, _OTHER_SLOT, afar]),
            comes(later(ms=3), other_kind, winners=[OLD, _OTHER_SLOT, afar, other_kind]),
            comes(later(ms=4), bobs, winners=[OLD, _OTHER_SLOT, afar, other_kind, bobs]),
            comes(later(ms=5), NEW, winners=[NEW, _OTHER_SLOT, afar, other_kind, bobs]),
            start=both,
            rules=["SLT-2"],
        ),
    ]


def _lives() -> list[Case]:
    shorter = note(ALICE, rev=NOON_MS + 5)
    later_still = note(ALICE, rev=NOON_MS + 6, expires=DAY + 31)
    return [
        sequence(
            "life-raised-then-lowered",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), LONGER, winners=[LONGER]),
            comes(later(ms=5), shorter, says="ignore SLT-2"),
            start=KNOWN,
            why="A client that compares rev first.",
        ),
        sequence(
            "life-lowered-and-the-day-comes",
            comes(later(), LONGER, winners=[LONGER]),
            comes(later(ms=5), shorter, says="ignore SLT-2"),
            passes(later(days=30)),
            comes(later(days=30, ms=1), shorter, says="ignore CLK-1"),
            passes(later(days=31), winners=[]),
            start=KNOWN,
        ),
        sequence(
            "life-equal-then-rev-decides",
            comes(later(), LONGER, winners=[LONGER]),
            comes(later(ms=6), later_still, winners=[later_still]),
            comes(later(ms=7), LONGER, says="ignore SLT-2"),
            start=KNOWN,
        ),
    ]


def _tombstones() -> list[Case]:
    short_tombstone = note(ALICE, rev=NOON_MS + 9, expires=DAY + 29, body={})
    after = note(ALICE, rev=NOON_MS + 2)
    day_later = note(ALICE, rev=later(days=30), expires=DAY + 60)
    return [
        sequence(
            "deleted-record-comes-again",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), GONE, winners=[GONE]),
            comes(later(days=29), OLD, says="ignore SLT-2"),
            start=KNOWN,
        ),
        sequence(
            "tombstone-comes-before-what-it-deletes",
            comes(later(), GONE, winners=[GONE]),
            comes(later(ms=1), OLD, says="ignore SLT-2"),
            start=KNOWN,
            why="A client that forgets a slot with nothing to show.",
        ),
        sequence(
            "deleted-record-comes-when-its-tombstone-has-expired",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), GONE, winners=[GONE]),
            passes(later(days=30), winners=[]),
            comes(later(days=30), OLD, says="ignore CLK-1"),
            start=KNOWN,
            why="What is beaten expires no later than what beat it.",
        ),
        sequence(
            "tombstone-of-a-shorter-life",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=9), short_tombstone, says="ignore SLT-2"),
            passes(later(days=29)),
            start=KNOWN,
            why="A client that deletes whatever a tombstone names.",
        ),
        sequence(
            "slot-filled-after-a-tombstone",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), GONE, winners=[GONE]),
            comes(later(ms=2), after, winners=[after]),
            comes(later(ms=3), GONE, says="ignore SLT-2"),
            start=KNOWN,
        ),
        sequence(
            "slot-filled-after-all-has-expired",
            comes(later(), OLD, winners=[OLD]),
            passes(_MIDNIGHT + 29 * DAY_MS - 1),
            passes(_MIDNIGHT + 29 * DAY_MS, winners=[]),
            comes(later(days=30), day_later, winners=[day_later]),
            start=KNOWN,
            rules=["SLT-2"],
        ),
    ]


def _dated_ahead() -> list[Case]:
    ahead = note(ALICE, rev=NOON_MS + CLOCK_SKEW_MS_MAX + 100)
    further = note(ALICE, rev=NOON_MS + CLOCK_SKEW_MS_MAX + 200)
    oldest = note(ALICE, rev=NOON_MS - 1)
    return [
        sequence(
            "winner-shown-one-ms-too-early",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), ahead, winners=[ahead], shown=[OLD]),
            passes(later(ms=99)),
            passes(later(ms=100), winners=[ahead]),
            comes(later(ms=101), OLD, says="ignore SLT-2"),
            start=KNOWN,
            why="Nothing arrives at the moment at which the winner is due.",
        ),
        sequence(
            "record-to-be-shown-comes-after-the-winner",
            comes(later(), ahead, winners=[ahead], shown=[]),
            comes(later(ms=1), OLD, shown=[OLD]),
            comes(later(ms=2), oldest, says="ignore SLT-2"),
            passes(later(ms=100), winners=[ahead]),
            start=KNOWN,
        ),
        sequence(
            "two-winners-not-yet-due",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), ahead, winners=[ahead], shown=[OLD]),
            comes(later(ms=2), further, winners=[further], shown=[OLD]),
            comes(later(ms=3), ahead, says="ignore SLT-2"),
            passes(later(ms=100)),
            passes(later(ms=200), winners=[further]),
            start=KNOWN,
        ),
        sequence(
            "beaten-before-it-was-due",
            comes(later(), further, winners=[further], shown=[]),
            comes(later(ms=1), ahead, says="ignore SLT-2"),
            comes(later(ms=2), OLD, shown=[OLD]),
            passes(later(ms=200), winners=[further]),
            start=KNOWN,
        ),
        sequence(
            "rev-beyond-tomorrow-until-midnight",
            comes(_MIDNIGHT - 1, *[note(ALICE, rev=_TOMORROWS_END + 1)], says="ignore CLK-2"),
            comes(
                _MIDNIGHT,
                note(ALICE, rev=_TOMORROWS_END + 1),
                winners=[note(ALICE, rev=_TOMORROWS_END + 1)],
                shown=[],
            ),
            start=KNOWN,
            why="What was ignored is judged anew when it comes again.",
        ),
        sequence(
            "end-of-tomorrow-and-one-ms-more",
            comes(later(), note(ALICE, rev=_TOMORROWS_END), winners=[note(ALICE, rev=_TOMORROWS_END)], shown=[]),
            comes(later(ms=1), note(ALICE, rev=_TOMORROWS_END + 1), says="ignore CLK-2"),
            passes(_TOMORROWS_END - CLOCK_SKEW_MS_MAX - 1),
            passes(_TOMORROWS_END - CLOCK_SKEW_MS_MAX, winners=[note(ALICE, rev=_TOMORROWS_END)]),
            start=KNOWN,
        ),
    ]


def _days() -> list[Case]:
    short, shorter_still = note(ALICE, expires=DAY + 1), note(ALICE, 1, expires=DAY + 1)
    return [
        sequence(
            "expired-at-midnight-and-sent-again",
            comes(later(), short, _OTHER_SLOT, says="accept, accept", winners=[short, _OTHER_SLOT]),
            passes(_MIDNIGHT - 1),
            passes(_MIDNIGHT, winners=[_OTHER_SLOT]),
            comes(_MIDNIGHT, short, says="ignore CLK-1"),
            start=KNOWN,
        ),
        sequence(
            "expired-on-its-way",
            comes(_MIDNIGHT - 1, short, winners=[short]),
            comes(_MIDNIGHT, shorter_still, says="ignore CLK-1", winners=[]),
            start=KNOWN,
        ),
        sequence(
            "winner-and-what-it-beat-expire-in-their-order",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), LONGER, winners=[LONGER]),
            passes(later(days=30)),
            comes(later(days=30), OLD, says="ignore CLK-1"),
            passes(later(days=31), winners=[]),
            start=KNOWN,
        ),
    ]


def _repeated() -> list[Case]:
    packed = pack([ALICE.genesis], [OLD, _OTHER_SLOT], network="test")
    in_bundle = sorted([OLD, _OTHER_SLOT], key=lambda item: item.id)
    return [
        sequence(
            "same-record-from-somebody-else",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), OLD, says="ignore SLT-1", sender="carol"),
            start=KNOWN,
        ),
        sequence(
            "same-record-twice-in-one-message",
            comes(later(), OLD, OLD, says="accept, ignore SLT-1", winners=[OLD]),
            start=KNOWN,
        ),
        sequence(
            "two-of-one-address-in-one-message-ascending",
            comes(later(), OLD, NEW, says="accept, accept", winners=[NEW]),
            start=KNOWN,
            rules=["SLT-2"],
            why="Each is judged when its turn comes.",
        ),
        sequence(
            "two-of-one-address-in-one-message-descending",
            comes(later(), NEW, OLD, says="accept, ignore SLT-2", winners=[NEW]),
            start=KNOWN,
        ),
        sequence(
            "bundle-then-its-items-one-by-one",
            comes(later(), bundle=packed, says="accept, accept, accept", winners=in_bundle, kept=[ALICE.genesis]),
            comes(later(ms=1), ALICE.genesis),
            comes(later(ms=2), OLD, says="ignore SLT-1"),
        ),
        sequence(
            "genesis-comes-again",
            comes(later(), ALICE.genesis, OLD, says="accept, accept", winners=[OLD], kept=[ALICE.genesis]),
            comes(later(ms=1), ALICE.genesis, ALICE.genesis, says="accept, accept", sender="carol"),
            comes(later(ms=2), ALICE.genesis, OLD, says="accept, ignore SLT-1"),
        ),
    ]


def _spoilt() -> list[Case]:
    flipped = Broken("records", NEW.wire[:-1] + bytes([NEW.wire[-1] ^ 1]))
    damaged_genesis = Broken("operations", ALICE.genesis.wire[:-1] + bytes([ALICE.genesis.wire[-1] ^ 1]))
    profile = note(ALICE, kind="profile", body=MINIMAL["profile"])
    nameless = note(ALICE, kind="profile", body={"headline": "h"}, rev=NOON_MS + 1)
    not_canonical = Broken(
        "records", sealed(payload_fields(ALICE, refs=[["b", bytes(32)], ["a", bytes(32)]]), ALICE.key)
    )
    foreign = raw([LABEL, "main", [ALICE.genesis.wire], [NEW.wire]])
    return [
        sequence(
            "greater-record-with-a-bad-signature",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), flipped, says="reject REC-9"),
            start=KNOWN,
        ),
        sequence(
            "greater-record-of-a-bad-form",
            comes(later(), profile, winners=[profile]),
            comes(later(ms=1), nameless, says="reject KND-4"),
            start=KNOWN,
        ),
        sequence(
            "damaged-record-among-good-ones",
            comes(
                later(), OLD, flipped, _OTHER_SLOT, says="accept, reject REC-9, accept", winners=[OLD, _OTHER_SLOT]
            ),
            start=KNOWN,
            why="It takes nothing else down.",
        ),
        sequence(
            "damaged-genesis-before-its-records",
            comes(later(), damaged_genesis, OLD, says="reject OPR-8, defer AUT-1", waits=[OLD]),
        ),
        sequence(
            "references-out-of-order-then-the-same-in-order",
            comes(later(), not_canonical, says="reject REC-7"),
            comes(later(ms=1), _in_order(), winners=[_in_order()]),
            start=KNOWN,
        ),
        sequence(
            "bundle-of-another-network",
            comes(later(), OLD, winners=[OLD]),
            comes(later(ms=1), bundle=foreign, says="reject BUN-2"),
            start=KNOWN,
            why="Nothing of it is taken.",
        ),
        sequence(
            "bundle-cut-off",
            comes(later(), bundle=foreign[:-1], says="reject ENC-2"),
            comes(later(ms=1), OLD, winners=[OLD]),
            start=KNOWN,
        ),
    ]


def _in_order() -> Record:
    return note(ALICE, refs=[["a", bytes(32)], ["b", bytes(32)]])
