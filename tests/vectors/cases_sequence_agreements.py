"""Cases of the suite `sequence` about agreements: who has said yes, as acceptances and operations come and go."""

from collections.abc import Sequence

from support.keys import secret_key
from vectors.cases_agreement import LAST_MS, TEAM, TERMS, document, forged, party, yes
from vectors.cases_history import FIRST, SECOND, START, step
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case, device, ordered
from vectors.said import DRAFT, FORMED, GENESES, accept, agreed, decline, exhibit, said
from vectors.timeline import There, comes, later, passes, sequence

from folkmoot.agreement import Document
from folkmoot.identity import Revocation
from folkmoot.record import Record

ALL = There(kept=GENESES)
YES_OF_ALICE, YES_OF_BOB = accept(ALICE, 0), accept(BOB, 1)
BY_CAROL = agreed(CAROL, TEAM, [yes(TEAM, 0, ALICE), yes(TEAM, 1, BOB)])

DEAL = document(parties=[party("lead", START.identity)], terms=ordered(TERMS))
ADDED = step(START, "ann/next-1", "ann/2", devices=[FIRST, SECOND, device("ann/2")])
STOLEN = step(START, "ann/next-1", revoke=[Revocation(FIRST.key, None, frozenset())])
BY_FIRST = forged(DEAL, 0, START.identity, head=START.id, at=NOON_MS, key=secret_key("ann/0"))
BY_THIRD = forged(DEAL, 0, START.identity, head=ADDED.id, at=NOON_MS, key=secret_key("ann/2"))


def cases() -> list[Case]:
    """Return the cases."""
    return [*_withdrawals(), *_agreements(), *_signers()]


def _withdrawals() -> list[Case]:
    gone = said(BOB, "accept", {}, rev=NOON_MS + 1)
    no = decline(BOB, TEAM)
    half = agreed(ALICE, TEAM, [yes(TEAM, 0, ALICE)])
    return [
        sequence(
            "withdrawn-before-completion",
            comes(later(), DRAFT, YES_OF_BOB, says="accept, accept", winners=[DRAFT, YES_OF_BOB], state=two("ws")),
            comes(later(ms=1), gone, winners=[DRAFT, gone], state=two("ww")),
            comes(later(ms=2), no, winners=[DRAFT, gone, no], state=two("wd", "declined")),
            comes(later(ms=3), half, winners=[DRAFT, gone, no, half], state=two("sd", "declined")),
            comes(later(ms=4), YES_OF_BOB, says="ignore SLT-2", state=two("sd", "declined")),
            start=ALL,
        ),
        sequence(
            "withdrawn-after-completion",
            comes(later(), DRAFT, YES_OF_BOB, says="accept, accept", winners=[DRAFT, YES_OF_BOB], state=two("ws")),
            comes(later(ms=1), FORMED, winners=[DRAFT, YES_OF_BOB, FORMED], state=two("ss", "formed")),
            comes(
                later(ms=2),
                gone,
                no,
                says="accept, accept",
                winners=[DRAFT, gone, no, FORMED],
                state=two("ss", "formed"),
            ),
            comes(later(ms=3), YES_OF_BOB, says="ignore SLT-2", state=two("ss", "formed")),
            start=ALL,
            why="The agreement holds the signature; nothing that its signer does takes it out.",
        ),
        sequence(
            "withdrawn-and-exhibited",
            comes(later(), DRAFT, YES_OF_BOB, says="accept, accept", winners=[DRAFT, YES_OF_BOB]),
            comes(later(ms=1), gone, winners=[DRAFT, gone], state=two("ww")),
            comes(
                later(ms=2),
                exhibit(ALICE, YES_OF_BOB),
                winners=[DRAFT, gone, exhibit(ALICE, YES_OF_BOB)],
                state=two("ws"),
            ),
            comes(later(ms=3), YES_OF_BOB, says="ignore SLT-2", state=two("ws")),
            start=ALL,
        ),
    ]


def _agreements() -> list[Case]:
    late = accept(BOB, 1, at=LAST_MS + 1)
    overwritten = said(ALICE, "agreement", {}, rev=NOON_MS + 1)
    halves = agreed(ALICE, TEAM, [yes(TEAM, 0, ALICE)]), agreed(BOB, TEAM, [yes(TEAM, 1, BOB)])
    return [
        sequence(
            "accepted-by-all-and-not-yet-formed",
            comes(later(), DRAFT, winners=[DRAFT], state=two("ww")),
            comes(later(ms=1), YES_OF_ALICE, winners=[DRAFT, YES_OF_ALICE], state=two("sw")),
            comes(later(ms=2), YES_OF_BOB, winners=[DRAFT, YES_OF_ALICE, YES_OF_BOB], state=two("ss")),
            comes(
                later(ms=3),
                FORMED,
                winners=[DRAFT, YES_OF_ALICE, YES_OF_BOB, FORMED],
                state=two("ss", "formed"),
            ),
            comes(later(ms=4), FORMED, says="ignore SLT-1", state=two("ss", "formed")),
            start=ALL,
            why="A client that reads formed from acceptances.",
        ),
        sequence(
            "offer-lapses-and-its-agreement-comes-later",
            comes(later(), DRAFT, winners=[DRAFT], state=two("ww")),
            passes(LAST_MS, state=two("ww")),
            passes(LAST_MS + 1, state=two("ww", "lapsed")),
            comes(later(days=8), BY_CAROL, winners=[DRAFT, BY_CAROL], state=two("ss", "formed")),
            start=ALL,
            rules=["COS-3"],
            why="The signatures were made in time.",
        ),
        sequence(
            "accepted-one-ms-too-late",
            comes(later(), DRAFT, winners=[DRAFT], state=two("ww")),
            comes(
                LAST_MS + 1,
                late,
                winners=[DRAFT, late],
                state=two("ww", "lapsed", refused=[(late, "COS-3")]),
            ),
            start=ALL,
            void="COS-3",
        ),
        sequence(
            "agreement-before-a-partys-genesis",
            comes(later(), BY_CAROL, winners=[BY_CAROL], state=two("sw")),
            comes(later(ms=1), BOB.genesis, kept=GENESES, winners=[BY_CAROL], state=two("ss", "formed")),
            start=There(kept=[ALICE.genesis, CAROL.genesis]),
            void="COS-4",
            why="What is missing is looked for anew whenever operations come.",
        ),
        sequence(
            "agreement-in-two-halves",
            comes(later(), halves[0], winners=[halves[0]], state=two("sw")),
            comes(later(ms=1), halves[1], winners=halves, state=two("ss", "formed")),
            start=ALL,
            rules=["AGM-1"],
        ),
        sequence(
            "agreement-written-over-by-its-publisher",
            comes(
                later(), DRAFT, FORMED, says="accept, accept", winners=[DRAFT, FORMED], state=two("ss", "formed")
            ),
            comes(later(ms=1), overwritten, winners=[DRAFT, overwritten], state=two("ww")),
            comes(later(ms=2), BY_CAROL, winners=[DRAFT, overwritten, BY_CAROL], state=two("ss", "formed")),
            comes(later(ms=3), FORMED, says="ignore SLT-2", state=two("ss", "formed")),
            start=ALL,
            why="Any party, and any stranger, can publish another copy.",
        ),
    ]


def _signers() -> list[Case]:
    """What becomes of a co-signature when its signer's operations change."""
    recovered = step(START, "ann/paper", rank=1, next_key="ann/next-9")
    early, plain = agreed(ALICE, DEAL, [BY_THIRD]), agreed(ALICE, DEAL, [BY_FIRST])
    known = [*GENESES, START]
    return [
        sequence(
            "signed-by-a-device-whose-rotation-comes-later",
            comes(later(), early, winners=[early], state=teamed(DEAL, "offered", ["waiting"])),
            comes(later(ms=1), ADDED, kept=[*known, ADDED], state=teamed(DEAL, "formed", ["signed"])),
            start=There(kept=known),
            void="COS-4",
        ),
        sequence(
            "signed-under-a-branch-that-loses",
            comes(later(), ADDED, early, says="accept, accept", kept=[*known, ADDED], winners=[early]),
            passes(later(ms=1), state=teamed(DEAL, "formed", ["signed"])),
            comes(later(ms=2), recovered, kept=[*known, recovered], state=teamed(DEAL, "offered", ["waiting"])),
            start=There(kept=known),
            void="COS-4",
            why="Its head is not held any longer.",
        ),
        sequence(
            "signers-device-revoked-afterwards",
            comes(later(), plain, winners=[plain], state=teamed(DEAL, "formed", ["signed"])),
            comes(later(ms=1), STOLEN, kept=[*known, STOLEN], state=teamed(DEAL, "formed", ["repudiated"])),
            start=There(kept=known),
            rules=["COS-4"],
        ),
    ]


def teamed(of: Document, status: str, seats: Sequence[str], refused: Sequence[tuple[Record, str]] = ()) -> Case:
    """Return a team as it has to be derived."""
    derived = {
        "id": of.id.hex(),
        "status": status,
        "seats": list(seats),
        "refused": [[record.id.hex(), rule] for record, rule in refused],
        "superseded_by": "",
    }
    return {"team": derived}


_SEATS = {"s": "signed", "w": "waiting", "d": "declined"}


def two(seats: str, status: str = "offered", refused: Sequence[tuple[Record, str]] = ()) -> Case:
    """Return the team of Alice and Bob, each seat by its first letter."""
    return teamed(TEAM, status, [_SEATS[letter] for letter in seats], refused)
