"""Cases of the suite `sequence` about what waits for operations, and about the room for unknown kinds."""

from collections.abc import Sequence

from vectors.cases_bundle import note
from vectors.cases_history import FIRST, START, step
from vectors.cases_rules import by_ann
from vectors.craft import ALICE, BOB, DAY, NOON_MS, Case
from vectors.timeline import There, comes, later, passes, sequence

from folkmoot.identity import Revocation
from folkmoot.limits import DAY_MS, UNKNOWN_KIND_RECORDS_MAX, UNKNOWN_KIND_SLOTS
from folkmoot.record import Record

_MIDNIGHT = (DAY + 1) * DAY_MS
_MINE, _OTHER = note(ALICE), note(ALICE, 1)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_waiting(), *_released(), *_crowds()]


def _waiting() -> list[Case]:
    short = note(ALICE, expires=DAY + 1)
    return [
        sequence(
            "record-before-its-genesis",
            comes(later(), _MINE, says="defer AUT-1", waits=[_MINE]),
            comes(later(days=2), ALICE.genesis, kept=[ALICE.genesis], winners=[_MINE], waits=[]),
            why="A client that forgets what it has deferred.",
        ),
        sequence(
            "waiting-record-comes-again",
            comes(later(), _MINE, says="defer AUT-1", waits=[_MINE]),
            comes(later(ms=1), _MINE, says="defer AUT-1", sender="carol"),
            comes(later(ms=2), ALICE.genesis, kept=[ALICE.genesis], winners=[_MINE], waits=[]),
            comes(later(ms=3), _MINE, says="ignore SLT-1"),
        ),
        sequence(
            "genesis-of-somebody-else-releases-nothing",
            comes(later(), _MINE, says="defer AUT-1", waits=[_MINE]),
            comes(later(ms=1), BOB.genesis, kept=[BOB.genesis]),
        ),
        sequence(
            "waiting-record-expires",
            comes(later(), short, says="defer AUT-1", waits=[short]),
            passes(_MIDNIGHT, waits=[]),
            comes(_MIDNIGHT, ALICE.genesis, kept=[ALICE.genesis]),
            comes(_MIDNIGHT, short, says="ignore CLK-1"),
            why="A client that releases what has expired.",
        ),
        sequence(
            "expired-before-it-could-wait",
            comes(_MIDNIGHT, short, says="ignore CLK-1"),
            comes(_MIDNIGHT, ALICE.genesis, kept=[ALICE.genesis]),
        ),
        sequence(
            "dated-too-far-ahead-does-not-wait",
            comes(later(), note(ALICE, rev=(DAY + 2) * DAY_MS), says="ignore CLK-2"),
            comes(later(days=1), ALICE.genesis, kept=[ALICE.genesis]),
        ),
    ]


def _released() -> list[Case]:
    old, new = note(ALICE), note(ALICE, rev=NOON_MS + 1)
    unknown_device = by_ann("ann/7")
    rotated = step(START, "ann/next-1")
    return [
        sequence(
            "two-of-one-address-wait",
            comes(later(), new, old, says="defer AUT-1, defer AUT-1", waits=[old, new]),
            comes(later(ms=1), ALICE.genesis, kept=[ALICE.genesis], winners=[new], waits=[]),
            comes(later(ms=2), old, says="ignore SLT-2"),
        ),
        sequence(
            "released-and-beaten-by-what-came-along",
            comes(later(), old, says="defer AUT-1", waits=[old]),
            comes(
                later(ms=1),
                ALICE.genesis,
                new,
                says="accept, accept",
                kept=[ALICE.genesis],
                winners=[new],
                waits=[],
            ),
            comes(later(ms=2), old, says="ignore SLT-2"),
        ),
        sequence(
            "released-and-greater-than-what-came-along",
            comes(later(), new, says="defer AUT-1", waits=[new]),
            comes(
                later(ms=1),
                ALICE.genesis,
                old,
                says="accept, ignore SLT-2",
                kept=[ALICE.genesis],
                winners=[new],
                waits=[],
            ),
            why="What waited is judged before what comes along.",
        ),
        sequence(
            "waiting-record-comes-along-with-its-genesis",
            comes(later(), old, says="defer AUT-1", waits=[old]),
            comes(
                later(ms=1),
                ALICE.genesis,
                old,
                says="accept, ignore SLT-1",
                kept=[ALICE.genesis],
                winners=[old],
                waits=[],
            ),
        ),
        sequence(
            "waits-on-for-a-device-that-nobody-names",
            comes(later(), unknown_device, says="defer AUT-1", waits=[unknown_device]),
            comes(later(ms=1), rotated, kept=[START, rotated]),
            comes(later(ms=2), unknown_device, says="defer AUT-1"),
            start=There(kept=[START]),
        ),
        sequence(
            "greater-record-of-an-unknown-device-beats-nothing",
            comes(later(), by_ann(), winners=[by_ann()]),
            comes(
                later(ms=1),
                by_ann("ann/7", rev=NOON_MS + 1),
                says="defer AUT-1",
                waits=[by_ann("ann/7", rev=NOON_MS + 1)],
            ),
            start=There(kept=[START]),
        ),
        sequence(
            "waiting-at-first-and-released",
            comes(later(), ALICE.genesis, kept=[ALICE.genesis], winners=[_MINE, _OTHER], waits=[]),
            comes(later(ms=1), _OTHER, says="ignore SLT-1"),
            start=There(waits=[_MINE, _OTHER]),
        ),
    ]


def _crowds() -> list[Case]:
    many = crowd()
    least, full, greatest = many[0], many[1:-1], many[-1]
    assert len(full) == UNKNOWN_KIND_RECORDS_MAX
    known = There(kept=[START], winners=full)
    newer = by_ann(slot=full[0].slot, kind=full[0].kind, rev=NOON_MS + 1)
    afar, by_second = by_ann(space="design.fr", kind="x-a"), by_ann("ann/1", slot=9, kind="x-z")
    revoked = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset())])
    return [
        sequence(
            "least-of-65-comes-again",
            comes(later(), greatest, winners=[*full[1:], greatest]),
            comes(later(ms=1), full[0], says="ignore UNK-2"),
            start=known,
            why="A client that lets go of the oldest it heard of.",
        ),
        sequence(
            "least-of-65-then-another-space",
            comes(later(), least, says="ignore UNK-2"),
            comes(later(ms=1), afar, winners=[*full, afar]),
            start=known,
        ),
        sequence(
            "full-and-rewritten-at-an-address-of-its-own",
            comes(later(), newer, winners=[newer, *full[1:]]),
            comes(later(ms=1), full[0], says="ignore SLT-2"),
            start=known,
            why="Its own address counts once.",
        ),
        sequence(
            "room-is-free-when-the-device-is-revoked",
            comes(later(), least, says="ignore UNK-2"),
            comes(
                later(ms=1), revoked, by_second, says="accept, accept", kept=[START, revoked], winners=[by_second]
            ),
            comes(later(ms=2), least, says="ignore AUT-2"),
            start=known,
        ),
        sequence(
            "65-wait-and-64-are-held",
            comes(later(), START, kept=[START], winners=[*full[1:], greatest], waits=[]),
            comes(later(ms=1), full[0], says="ignore UNK-2"),
            start=There(waits=[greatest, *full]),
        ),
        sequence(
            "crowd-that-expires-takes-no-room",
            passes(later(days=30), winners=[]),
            comes(later(days=30), least, says="ignore CLK-1"),
            comes(later(days=30), _fresh(), winners=[_fresh()]),
            start=known,
        ),
    ]


def _fresh() -> Record:
    return by_ann(kind="x-a", rev=later(days=30), expires=DAY + 60)


def crowd() -> Sequence[Record]:
    """Return 66 records of unknown kinds at as many addresses, the least first."""
    rows = [(kind, slot) for kind in ("x-a", "x-b", "x-c", "x-d", "x-e") for slot in range(UNKNOWN_KIND_SLOTS)]
    made = [by_ann(slot=slot, kind=kind) for kind, slot in rows[: UNKNOWN_KIND_RECORDS_MAX + 2]]
    return sorted(made, key=lambda record: record.order)
