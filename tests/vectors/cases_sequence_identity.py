"""Cases of the suite `sequence` about identities: what an author's operations do to records, before and after."""

from support.keys import NETWORK, secret_key
from vectors.cases_history import FIRST, ROTATED, SECOND, START, THIEF, THIEVES, step
from vectors.cases_rules import by_ann
from vectors.craft import NOON_MS, Case, device, raw
from vectors.timeline import Broken, There, comes, later, passes, sequence

from folkmoot.canonical import decode
from folkmoot.identity import Operation, Revocation, open_operation
from folkmoot.keys import preimage
from folkmoot.limits import CLOSED_HIDDEN_DAYS, OPERATION_BYTES_MAX

KNOWN = There(kept=[START])
MINE, OTHER = by_ann(), by_ann(slot=1)
STOLEN = by_ann("thief/0", slot=2)
BY_THIRD = by_ann("ann/2", slot=3)
ADDED = step(START, "ann/next-1", "ann/2", devices=[FIRST, SECOND, device("ann/2")])
REVOKED = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset())])
CLOSED = step(START, "ann/paper", rank=1, close=True)
RECOVERED = step(START, "ann/paper", rank=1, next_key="ann/next-9")
BY_GUARDIANS = step(START, "ann/guardian-0", "ann/guardian-1", rank=2)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_rotations(), *_revocations(), *_recoveries(), *_disputes(), *_forks(), *_closings(), *_late()]


def _rotations() -> list[Case]:
    second = step(ADDED, "ann/next-2", devices=[SECOND, device("ann/2")], next_key="ann/next-3")
    cut = Broken("operations", ADDED.wire[:-1])
    return [
        sequence(
            "new-device-signs-before-its-rotation-comes",
            comes(later(), BY_THIRD, says="defer AUT-1", waits=[BY_THIRD]),
            comes(later(ms=1), ADDED, kept=[START, ADDED], winners=[BY_THIRD], waits=[]),
            start=KNOWN,
        ),
        sequence(
            "device-left-out-goes-on-counting",
            comes(later(), MINE, winners=[MINE]),
            comes(later(ms=1), ADDED, second, says="accept, accept", kept=[START, ADDED, second]),
            comes(later(ms=2), OTHER, winners=[MINE, OTHER]),
            start=KNOWN,
            rules=["AUT-1"],
            why="Only a revocation takes anything back.",
        ),
        sequence(
            "rotation-before-its-parent",
            comes(later(), second, says="ignore CHN-5"),
            comes(later(ms=1), ADDED, kept=[START, ADDED]),
            comes(later(ms=2), second, kept=[START, ADDED, second]),
            start=KNOWN,
            why="What could not be kept is not remembered.",
        ),
        sequence(
            "rotation-in-one-message-with-its-parent-behind-it",
            comes(later(), second, ADDED, says="accept, accept", kept=[START, ADDED, second]),
            start=KNOWN,
            rules=["CHN-5"],
            why="The operations of a message are read together.",
        ),
        sequence(
            "rotation-cut-off-with-a-record-of-its-device",
            comes(later(), cut, BY_THIRD, says="reject ENC-2, defer AUT-1", waits=[BY_THIRD]),
            comes(later(ms=1), ADDED, kept=[START, ADDED], winners=[BY_THIRD], waits=[]),
            start=KNOWN,
        ),
        sequence(
            "rotation-wrapped-anew-by-a-stranger",
            comes(later(), _rewrapped(ROTATED, "thief/0"), says="ignore CHN-5"),
            comes(later(ms=1), ROTATED, kept=[START, ROTATED]),
            start=KNOWN,
            why="The id is the same; a client that remembers ids it has refused keeps the good one out.",
        ),
    ]


def _revocations() -> list[Case]:
    keeping = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset({MINE.id[:16]}))])
    bounded = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, NOON_MS, frozenset())])
    adding = step(
        REVOKED,
        "ann/next-2",
        next_key="ann/next-3",
        revoke=[Revocation(FIRST.key, None, frozenset({MINE.id[:16]}))],
    )
    beyond = by_ann(slot=4, rev=NOON_MS + 1)
    by_second = by_ann("ann/1", slot=5)
    return [
        sequence(
            "revoked-record-comes-again",
            comes(later(), MINE, by_second, says="accept, accept", winners=[MINE, by_second]),
            comes(later(ms=1), REVOKED, kept=[START, REVOKED], winners=[by_second]),
            comes(later(ms=2), MINE, says="ignore AUT-2"),
            start=KNOWN,
        ),
        sequence(
            "revoked-device-signs-on",
            comes(later(), REVOKED, kept=[START, REVOKED]),
            comes(later(days=1), by_ann(rev=later(days=1)), says="ignore AUT-2"),
            start=KNOWN,
        ),
        sequence(
            "revocation-with-a-bound-drops-what-is-beyond",
            comes(later(ms=1), MINE, beyond, says="accept, accept", winners=[MINE, beyond]),
            comes(later(ms=2), bounded, kept=[START, bounded], winners=[MINE]),
            comes(later(ms=3), beyond, says="ignore AUT-2"),
            start=KNOWN,
        ),
        sequence(
            "revocation-keeps-what-it-names-and-no-more",
            comes(later(), MINE, OTHER, says="accept, accept", winners=[MINE, OTHER]),
            comes(later(ms=1), keeping, kept=[START, keeping], winners=[MINE]),
            comes(later(ms=2), OTHER, says="ignore AUT-2"),
            start=KNOWN,
        ),
        sequence(
            "kept-record-comes-after-the-revocation",
            comes(later(), keeping, kept=[START, keeping]),
            comes(later(ms=1), MINE, winners=[MINE]),
            comes(later(ms=2), OTHER, says="ignore AUT-2"),
            start=KNOWN,
        ),
        sequence(
            "later-operation-keeps-what-was-dropped",
            comes(later(), MINE, winners=[MINE]),
            comes(later(ms=1), REVOKED, kept=[START, REVOKED], winners=[]),
            comes(later(ms=2), MINE, says="ignore AUT-2"),
            comes(later(ms=3), adding, kept=[START, REVOKED, adding]),
            comes(later(ms=4), MINE, winners=[MINE]),
            start=KNOWN,
            why="It was dropped and has to come again.",
        ),
        sequence(
            "record-waits-and-its-device-is-revoked",
            comes(later(), MINE, says="defer AUT-1", waits=[MINE]),
            comes(later(ms=1), START, REVOKED, says="accept, accept", kept=[START, REVOKED], waits=[]),
            comes(later(ms=2), MINE, says="ignore AUT-2"),
        ),
        sequence(
            "revoked-winner-leaves-an-empty-slot",
            comes(later(), by_ann("ann/1", rev=NOON_MS - 1), winners=[by_ann("ann/1", rev=NOON_MS - 1)]),
            comes(later(ms=1), MINE, winners=[MINE]),
            comes(later(ms=2), REVOKED, kept=[START, REVOKED], winners=[]),
            comes(later(ms=3), MINE, says="ignore AUT-2"),
            comes(later(ms=4), by_ann("ann/1", rev=NOON_MS - 1), winners=[by_ann("ann/1", rev=NOON_MS - 1)]),
            start=KNOWN,
            why="What a thief's record beat comes back with the next sync.",
        ),
    ]


def _recoveries() -> list[Case]:
    on_lost = step(THIEF, "thief/next", devices=[THIEVES], next_key="thief/next-2")
    return [
        sequence(
            "thief-undone-by-a-recovery",
            comes(later(), THIEF, STOLEN, says="accept, accept", kept=[START, THIEF], winners=[STOLEN]),
            comes(later(ms=1), RECOVERED, kept=[START, RECOVERED], winners=[], waits=[STOLEN]),
            comes(later(ms=2), STOLEN, says="defer AUT-1"),
            start=KNOWN,
        ),
        sequence(
            "thief-comes-after-the-recovery",
            comes(later(), RECOVERED, kept=[START, RECOVERED]),
            comes(later(ms=1), THIEF, STOLEN, says="ignore CHN-5, defer AUT-1", waits=[STOLEN]),
            start=KNOWN,
        ),
        sequence(
            "thief-grows-its-branch-after-the-recovery",
            comes(later(), THIEF, kept=[START, THIEF]),
            comes(later(ms=1), RECOVERED, kept=[START, RECOVERED]),
            comes(later(ms=2), THIEF, on_lost, says="ignore CHN-5, ignore CHN-5"),
            start=KNOWN,
            why="A client that takes the longer branch.",
        ),
        sequence(
            "recovery-keeps-the-owners-records",
            comes(later(), MINE, winners=[MINE]),
            comes(later(ms=1), THIEF, STOLEN, says="accept, accept", kept=[START, THIEF], winners=[MINE, STOLEN]),
            comes(later(ms=2), RECOVERED, kept=[START, RECOVERED], winners=[MINE], waits=[STOLEN]),
            comes(later(ms=3), THIEF, says="ignore CHN-5"),
            start=KNOWN,
        ),
    ]


def _disputes() -> list[Case]:
    thief_revokes = step(
        START,
        "ann/next-1",
        "thief/0",
        devices=[THIEVES],
        next_key="thief/next",
        revoke=[Revocation(FIRST.key, None, frozenset())],
    )
    third_rival = step(START, "ann/next-1", next_key="ann/next-7")
    ended = step(ADDED, "ann/paper", rank=1, devices=[FIRST, SECOND, device("ann/2")])
    first, second, last = sorted([ROTATED, THIEF, third_rival], key=lambda item: item.id)
    return [
        sequence(
            "dispute-stops-a-device-of-one-side",
            comes(later(), ADDED, BY_THIRD, says="accept, accept", kept=[START, ADDED], winners=[BY_THIRD]),
            comes(later(ms=1), THIEF, kept=[START, ADDED, THIEF], winners=[], waits=[BY_THIRD]),
            comes(later(ms=2), MINE, winners=[MINE]),
            comes(later(ms=3), STOLEN, says="defer AUT-1", waits=[BY_THIRD, STOLEN]),
            start=KNOWN,
        ),
        sequence(
            "dispute-ended-in-favour-of-one-side",
            comes(later(), ADDED, THIEF, says="accept, accept", kept=[START, ADDED, THIEF]),
            comes(
                later(ms=1),
                BY_THIRD,
                STOLEN,
                says="defer AUT-1, defer AUT-1",
                waits=[BY_THIRD, STOLEN],
            ),
            comes(later(ms=2), ended, kept=[START, ADDED, ended], winners=[BY_THIRD], waits=[STOLEN]),
            comes(later(ms=3), THIEF, says="ignore CHN-5"),
            start=KNOWN,
        ),
        sequence(
            "dispute-about-a-revocation-hides-what-it-may-take",
            comes(later(), MINE, ROTATED, winners=[MINE], kept=[START, ROTATED], says="accept, accept"),
            comes(later(ms=1), thief_revokes, kept=[START, ROTATED, thief_revokes], winners=[], waits=[MINE]),
            comes(later(ms=2), OTHER, says="defer AUT-1", waits=[MINE, OTHER]),
            comes(later(ms=3), RECOVERED, kept=[START, RECOVERED], winners=[MINE, OTHER], waits=[]),
            start=KNOWN,
        ),
        sequence(
            "third-rival-of-the-greatest-id",
            comes(later(), first, second, says="accept, accept", kept=[START, first, second]),
            comes(later(ms=1), last, says="ignore CHN-5"),
            start=KNOWN,
        ),
        sequence(
            "third-rival-of-a-lesser-id",
            comes(later(), second, last, says="accept, accept", kept=[START, second, last]),
            comes(later(ms=1), first, kept=[START, first, second]),
            comes(later(ms=2), last, says="ignore CHN-5"),
            start=KNOWN,
            why="A client that keeps the two it heard of first.",
        ),
    ]


def _forks() -> list[Case]:
    """Two operations of one recovery rank: whoever has a used paper key can make this."""
    again = step(START, "ann/paper", "thief/0", rank=1, devices=[THIEVES], next_key="thief/next")
    return [
        sequence(
            "fork-of-equal-rank-is-a-dispute",
            comes(later(), RECOVERED, MINE, says="accept, accept", kept=[START, RECOVERED], winners=[MINE]),
            comes(later(ms=1), again, kept=[START, RECOVERED, again]),
            comes(later(ms=2), STOLEN, says="defer AUT-1", waits=[STOLEN]),
            start=KNOWN,
            why="A client that lets the first, the last or the lesser id win.",
        ),
        sequence(
            "fork-of-equal-rank-ended-by-the-guardians",
            comes(later(), RECOVERED, again, says="accept, accept", kept=[START, RECOVERED, again]),
            comes(later(ms=1), BY_GUARDIANS, kept=[START, BY_GUARDIANS]),
            comes(later(ms=2), again, says="ignore CHN-5"),
            start=KNOWN,
        ),
        sequence(
            "rotation-beside-a-fork-of-greater-rank",
            comes(later(), RECOVERED, again, says="accept, accept", kept=[START, RECOVERED, again]),
            comes(later(ms=1), ROTATED, says="ignore CHN-5"),
            start=KNOWN,
        ),
    ]


def _closings() -> list[Case]:
    thief_closes = step(START, "ann/paper", rank=1, close=True, devices=[FIRST])
    over = later(days=CLOSED_HIDDEN_DAYS)
    long_lived = by_ann(expires=by_ann().expires + 30)
    return [
        sequence(
            "closed-author-signs-on",
            comes(later(), MINE, winners=[MINE]),
            comes(later(ms=1), CLOSED, kept=[START, CLOSED], winners=[], waits=[MINE]),
            comes(later(ms=2), OTHER, says="ignore AUT-3"),
            start=KNOWN,
        ),
        sequence(
            "hidden-record-comes-again",
            comes(later(), MINE, winners=[MINE]),
            comes(later(ms=1), CLOSED, kept=[START, CLOSED], winners=[], waits=[MINE]),
            comes(later(ms=2), MINE, says="ignore AUT-3"),
            start=KNOWN,
            why="It goes on being held, hidden.",
        ),
        sequence(
            "hidden-for-30-days-and-no-longer",
            comes(later(), long_lived, winners=[long_lived]),
            comes(later(), CLOSED, kept=[START, CLOSED], winners=[], waits=[long_lived]),
            passes(over - 1),
            passes(over, waits=[]),
            comes(over, long_lived, says="ignore AUT-3"),
            start=KNOWN,
        ),
        sequence(
            "closing-undone-at-the-last-ms",
            comes(later(), long_lived, winners=[long_lived]),
            comes(later(), thief_closes, kept=[START, thief_closes], winners=[], waits=[long_lived]),
            comes(over - 1, BY_GUARDIANS, kept=[START, BY_GUARDIANS], winners=[long_lived], waits=[]),
            comes(over, thief_closes, says="ignore CHN-5"),
            start=KNOWN,
        ),
        sequence(
            "closing-undone-too-late",
            comes(later(), long_lived, winners=[long_lived]),
            comes(later(), CLOSED, kept=[START, CLOSED], winners=[], waits=[long_lived]),
            comes(over, BY_GUARDIANS, kept=[START, BY_GUARDIANS], waits=[]),
            comes(over, long_lived, winners=[long_lived]),
            comes(over, CLOSED, says="ignore CHN-5"),
            start=KNOWN,
            why="What was let go comes back by somebody who still has it.",
        ),
        sequence(
            "hidden-record-expires-while-hidden",
            comes(later(), MINE, winners=[MINE]),
            comes(later(days=1), CLOSED, kept=[START, CLOSED], winners=[], waits=[MINE]),
            passes(later(days=30), waits=[]),
            comes(later(days=30), BY_GUARDIANS, kept=[START, BY_GUARDIANS]),
            comes(later(days=30), MINE, says="ignore CLK-1"),
            start=KNOWN,
        ),
        sequence(
            "closing-beside-a-recovery-of-equal-rank",
            comes(later(), MINE, winners=[MINE]),
            comes(later(ms=1), CLOSED, kept=[START, CLOSED], winners=[], waits=[MINE]),
            comes(later(ms=2), RECOVERED, kept=[START, CLOSED, RECOVERED], winners=[MINE], waits=[]),
            comes(later(ms=3), STOLEN, says="defer AUT-1", waits=[STOLEN]),
            start=KNOWN,
            why="What is disputed is not closed.",
        ),
        sequence(
            "operation-after-a-closing",
            comes(later(), CLOSED, kept=[START, CLOSED]),
            comes(later(ms=1), step(CLOSED, "ann/next-2", next_key="ann/next-3"), says="ignore CHN-5"),
            start=KNOWN,
        ),
        sequence(
            "genesis-and-closing-come-together-for-what-waits",
            comes(later(), MINE, says="defer AUT-1", waits=[MINE]),
            comes(later(ms=1), START, CLOSED, says="accept, accept", kept=[START, CLOSED]),
            comes(later(ms=2), MINE, says="ignore AUT-3"),
            comes(later(ms=3), BY_GUARDIANS, kept=[START, BY_GUARDIANS], winners=[MINE], waits=[]),
        ),
    ]


def _late() -> list[Case]:
    return [
        sequence(
            "genesis-comes-late",
            comes(later(), MINE, says="defer AUT-1", waits=[MINE]),
            comes(later(ms=1), REVOKED, says="ignore CHN-5"),
            comes(later(ms=2), START, kept=[START], winners=[MINE], waits=[]),
            comes(later(ms=3), REVOKED, kept=[START, REVOKED], winners=[]),
        ),
        sequence(
            "operations-without-a-genesis",
            comes(later(), ROTATED, RECOVERED, says="ignore CHN-5, ignore CHN-5"),
            comes(later(ms=1), START, kept=[START]),
        ),
    ]


def _rewrapped(made: Operation, signer: str) -> Operation:
    """Return an operation under the signature of a key that has no part in it; its id stays."""
    envelope = decode(made.wire, bytes_max=OPERATION_BYTES_MAX)
    assert isinstance(envelope, list)
    carried = envelope[0]
    assert isinstance(carried, bytes)
    key = secret_key(signer)
    wire = raw([carried, [[key.public, key.sign(preimage(NETWORK, "identity", carried))]]])
    return open_operation(wire, network=NETWORK)
