"""Cases that list some messages once and every order in which they can come: the end is the same in all.

Those about agreements stand in the suite `agreement` too, for clients that derive what follows and hold nothing.
"""

from collections.abc import Mapping

from vectors import cases_sequence_identity as ann
from vectors import cases_sequence_slots as slots
from vectors.cases_agreement import TEAM, yes
from vectors.cases_bundle import note
from vectors.cases_history import ROTATED, START, THIEF, step
from vectors.cases_rules import by_ann
from vectors.cases_sequence_agreements import (
    ADDED,
    BY_CAROL,
    BY_FIRST,
    BY_THIRD,
    DEAL,
    STOLEN,
    YES_OF_ALICE,
    YES_OF_BOB,
    teamed,
)
from vectors.cases_sequence_states import called
from vectors.cases_sequence_waiting import crowd
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case
from vectors.said import BY_BOB, CALL, DRAFT, GENESES, agreed, award, decline, exhibit
from vectors.said import BY_CAROL as BID_OF_CAROL
from vectors.timeline import Item, Message, There, every_order

from folkmoot.bundle import pack
from folkmoot.limits import CLOCK_SKEW_MS_MAX


def cases() -> list[Case]:
    """Return the cases of the suite `sequence`."""
    return [*_agreements(), *_slots(), *_identities(), *_waiting(), *_acts()]


def agreement_cases() -> list[Case]:
    """Return those of the suite `agreement`: what came is all held, and only what is derived is compared."""
    return [_derived_only(case) for case in _agreements()]


def _derived_only(case: Case) -> Case:
    end = case["end"]
    assert isinstance(end, Mapping)
    kept = {name: value for name, value in case.items() if name not in {"operations", "held", "waiting"}}
    return {**kept, "end": {name: end[name] for name in ("team", "state_hash")}}


def _agreements() -> list[Case]:
    both = ["signed", "signed"]
    halves = agreed(ALICE, TEAM, [yes(TEAM, 0, ALICE)]), agreed(BOB, TEAM, [yes(TEAM, 1, BOB)])
    no = decline(BOB, TEAM)
    early, plain = agreed(ALICE, DEAL, [BY_THIRD]), agreed(ALICE, DEAL, [BY_FIRST])
    revoking = _one(START, STOLEN)
    return [
        every_order(
            "draft-two-acceptances-and-two-geneses-in-every-order",
            *_each(ALICE.genesis, BOB.genesis, DRAFT, YES_OF_ALICE, YES_OF_BOB),
            end=There(winners=[DRAFT, YES_OF_ALICE, YES_OF_BOB], kept=[ALICE.genesis, BOB.genesis]),
            state=teamed(TEAM, "offered", both),
            why="What does not count yet counts once the rest has come.",
        ),
        every_order(
            "agreement-of-a-stranger-and-three-geneses-in-every-order",
            *_each(*GENESES, DRAFT, BY_CAROL),
            end=There(winners=[DRAFT, BY_CAROL], kept=GENESES),
            state=teamed(TEAM, "formed", both),
        ),
        every_order(
            "agreement-in-halves-in-every-order",
            *_each(ALICE.genesis, BOB.genesis, *halves),
            end=There(winners=halves, kept=[ALICE.genesis, BOB.genesis]),
            state=teamed(TEAM, "formed", both),
        ),
        every_order(
            "acceptance-and-decline-of-one-party-in-every-order",
            *_each(ALICE.genesis, BOB.genesis, DRAFT, YES_OF_BOB, no),
            end=There(winners=[DRAFT, YES_OF_BOB, no], kept=[ALICE.genesis, BOB.genesis]),
            state=teamed(TEAM, "offered", ["waiting", "signed"]),
            why="Whoever has signed has not declined, whichever came first.",
        ),
        every_order(
            "agreement-and-the-rotation-that-its-signer-names-in-every-order",
            _one(START, ADDED),
            *_each(ALICE.genesis, early),
            end=There(winners=[early], kept=[ALICE.genesis, START, ADDED]),
            state=teamed(DEAL, "formed", ["signed"]),
        ),
        every_order(
            "agreement-and-the-revocation-of-its-device-in-every-order",
            revoking,
            *_each(ALICE.genesis, plain),
            end=There(winners=[plain], kept=[ALICE.genesis, START, STOLEN]),
            state=teamed(DEAL, "formed", ["repudiated"]),
        ),
    ]


def _slots() -> list[Case]:
    ahead = note(ALICE, rev=NOON_MS + CLOCK_SKEW_MS_MAX + 100)
    further = note(ALICE, rev=NOON_MS + CLOCK_SKEW_MS_MAX + 200)
    other = note(ALICE, 1)
    return [
        every_order(
            "four-of-one-address-in-every-order",
            *_each(slots.OLD, slots.NEW, slots.LONGER, slots.GONE),
            start=slots.KNOWN,
            end=There(winners=[slots.LONGER]),
            rules=["SLT-2"],
        ),
        every_order(
            "tie-in-every-order",
            *_each(slots.LESSER, slots.GREATER, note(ALICE, rev=NOON_MS - 1)),
            start=slots.KNOWN,
            end=There(winners=[slots.GREATER]),
            rules=["SLT-2"],
        ),
        every_order(
            "two-winners-not-yet-due-in-every-order",
            *_each(slots.OLD, ahead, further),
            start=slots.KNOWN,
            end=There(winners=[further], shown=[slots.OLD]),
            rules=["SLT-2"],
        ),
        every_order(
            "batches-and-singles-in-every-order",
            _one(slots.OLD, other),
            _one(slots.NEW, slots.OLD),
            Message(bundle=pack([ALICE.genesis], [other, slots.OLD], network="test")),
            _one(slots.OLD, slots.OLD),
            start=slots.KNOWN,
            end=There(winners=[slots.NEW, other]),
            rules=["SLT-1", "SLT-2"],
        ),
        every_order(
            "records-of-several-senders-and-their-genesis-in-every-order",
            Message((slots.OLD,), "bob"),
            Message((slots.NEW,), "carol"),
            Message((ALICE.genesis, other), "bob"),
            Message((slots.OLD, other), "dora"),
            end=There(winners=[slots.NEW, other], kept=[ALICE.genesis]),
            rules=["SLT-1", "SLT-2", "AUT-1"],
        ),
    ]


def _identities() -> list[Case]:
    by_second = by_ann("ann/1", slot=5)
    third_rival = step(START, "ann/next-1", next_key="ann/next-7")
    least, lesser, _last = sorted([ROTATED, THIEF, third_rival], key=lambda item: item.id)
    return [
        every_order(
            "revocation-and-records-in-every-order",
            *_each(ann.REVOKED, ann.MINE, by_second, ann.OTHER),
            start=ann.KNOWN,
            end=There(winners=[by_second], kept=[START, ann.REVOKED]),
            rules=["AUT-2"],
        ),
        every_order(
            "recovery-thief-and-records-in-every-order",
            *_each(THIEF, ann.RECOVERED, ann.MINE, ann.STOLEN),
            start=ann.KNOWN,
            end=There(winners=[ann.MINE], kept=[START, ann.RECOVERED], waits=[ann.STOLEN]),
            rules=["AUT-1", "CHN-5"],
        ),
        every_order(
            "dispute-and-records-in-every-order",
            *_each(ROTATED, THIEF, ann.MINE, ann.STOLEN),
            start=ann.KNOWN,
            end=There(winners=[ann.MINE], kept=[START, ROTATED, THIEF], waits=[ann.STOLEN]),
            rules=["AUT-1"],
        ),
        every_order(
            "three-rivals-in-every-order",
            *_each(ROTATED, THIEF, third_rival),
            start=ann.KNOWN,
            end=There(kept=[START, least, lesser]),
            rules=["CHN-5"],
        ),
        every_order(
            "closing-undone-in-every-order-that-drops-nothing",
            *_each(ann.MINE, ann.CLOSED, ann.BY_GUARDIANS),
            start=ann.KNOWN,
            orders=["012", "021", "120", "201", "210"],
            end=There(winners=[ann.MINE], kept=[START, ann.BY_GUARDIANS]),
            rules=["AUT-3", "CHN-5"],
            why="In the order that is left out the record comes while the identity is closed, and is dropped.",
        ),
        every_order(
            "genesis-rotation-together-and-records-in-every-order",
            _one(START, ann.ADDED),
            *_each(ann.MINE, ann.BY_THIRD, ann.OTHER),
            end=There(winners=[ann.MINE, ann.BY_THIRD, ann.OTHER], kept=[START, ann.ADDED]),
            rules=["AUT-1"],
        ),
    ]


def _waiting() -> list[Case]:
    many = crowd()
    full = many[1:-1]
    newer = by_ann(slot=many[-1].slot, kind=many[-1].kind, rev=NOON_MS + 1)
    return [
        every_order(
            "least-greatest-and-a-newer-one-of-unknown-kinds-in-every-order",
            *_each(many[0], many[-1], newer),
            start=There(kept=[START], winners=full),
            end=There(winners=[*full[1:], newer]),
            rules=["UNK-2", "SLT-2"],
        ),
    ]


def _acts() -> list[Case]:
    first, second = award(ALICE, BY_BOB.id), award(ALICE, BID_OF_CAROL.id, slot=1)
    kept = exhibit(BOB, CALL)
    standing = [(BY_BOB, "standing", ""), (BID_OF_CAROL, "standing", "")]
    awarded = [(BY_BOB, "awarded", "")]
    return [
        every_order(
            "two-awards-in-every-order",
            *_each(CALL, BY_BOB, BID_OF_CAROL, first, second),
            start=There(kept=GENESES),
            end=There(winners=[CALL, BY_BOB, BID_OF_CAROL, first, second]),
            state=called("contested", bids=standing, awards=[first, second]),
            rules=["STA-2"],
            why="Neither the first nor the last wins.",
        ),
        every_order(
            "exhibit-award-bid-and-geneses-in-every-order",
            *_each(kept, first, BY_BOB, ALICE.genesis, BOB.genesis),
            start=There(kept=[CAROL.genesis]),
            end=There(winners=[kept, first, BY_BOB], kept=GENESES),
            state=called("awarded", bids=awarded, awards=[first]),
            rules=["AUT-1"],
        ),
    ]


def _one(*items: Item) -> Message:
    return Message(items)


def _each(*items: Item) -> list[Message]:
    """Let every item come by itself."""
    return [_one(item) for item in items]
