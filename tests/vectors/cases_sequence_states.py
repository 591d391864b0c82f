"""Cases of the suite `sequence` about opportunities and persons: what is derived as acts come and time passes."""

from collections.abc import Sequence

from vectors.cases_agreement import TEAM
from vectors.cases_history import step
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case
from vectors.said import (
    BIDS_CLOSE,
    BY_BOB,
    BY_CAROL,
    CALL,
    CALL_BY_CAROL,
    DECIDE_BY,
    FORMED,
    GENESES,
    award,
    bid,
    exhibit,
    said,
)
from vectors.timeline import There, comes, later, passes, sequence

from folkmoot.agreement import Document
from folkmoot.record import Record

ALL = There(kept=GENESES)
_FIRST, _SECOND = award(ALICE, BY_BOB.id), award(ALICE, BY_CAROL.id, slot=1)


def cases() -> list[Case]:
    """Return the cases."""
    return [*_awards(), *_bids(), *_exhibits()]


def _awards() -> list[Case]:
    rewritten = said(ALICE, "award", {"opportunity": CALL.id, "bid": BY_CAROL.id}, rev=NOON_MS + 1)
    begun = [CALL, BY_BOB, BY_CAROL]
    begin = There(kept=GENESES, winners=begun)
    kept = exhibit(BOB, _FIRST)
    gone = said(ALICE, "award", {}, rev=NOON_MS + 1)
    bobs = called("awarded", bids=[(BY_BOB, "awarded", ""), (BY_CAROL, "standing", "")], awards=[_FIRST])
    carols = called("awarded", bids=[(BY_BOB, "standing", ""), (BY_CAROL, "awarded", "")], awards=[rewritten])
    standing = [(BY_BOB, "standing", ""), (BY_CAROL, "standing", "")]
    return [
        sequence(
            "awards-cancel-each-other",
            comes(later(), _FIRST, winners=[*begun, _FIRST], state=bobs),
            comes(
                later(ms=1),
                _SECOND,
                winners=[*begun, _FIRST, _SECOND],
                state=called("contested", bids=standing, awards=[_FIRST, _SECOND]),
            ),
            start=begin,
            void="STA-2",
            why="A client that lets the first award, or the last, win.",
        ),
        sequence(
            "award-rewritten-in-its-slot",
            comes(later(), _FIRST, winners=[*begun, _FIRST], state=bobs),
            comes(later(ms=1), rewritten, winners=[*begun, rewritten], state=carols),
            comes(later(ms=2), _FIRST, says="ignore SLT-2", state=carols),
            start=begin,
        ),
        sequence(
            "award-rewritten-in-its-slot-and-the-first-exhibited",
            comes(later(), _FIRST, kept, says="accept, accept", winners=[*begun, _FIRST, kept], state=bobs),
            comes(
                later(ms=1),
                rewritten,
                winners=[*begun, rewritten, kept],
                state=called("contested", bids=standing, awards=[_FIRST, rewritten]),
            ),
            start=begin,
            void="STA-2",
            why="What somebody has signed cannot be unsaid by writing over it.",
        ),
        sequence(
            "award-deleted-and-exhibited",
            comes(later(), _FIRST, winners=[*begun, _FIRST], state=bobs),
            comes(later(ms=1), gone, winners=[*begun, gone], state=called("open", bids=standing)),
            comes(later(ms=2), kept, winners=[*begun, gone, kept], state=bobs),
            comes(later(ms=3), _FIRST, says="ignore SLT-2", state=bobs),
            start=begin,
        ),
        sequence(
            "award-before-its-bid",
            comes(later(), CALL, _FIRST, says="accept, accept", winners=[CALL, _FIRST], state=called("open")),
            comes(
                later(ms=1),
                BY_BOB,
                winners=[CALL, _FIRST, BY_BOB],
                state=called("awarded", bids=[(BY_BOB, "awarded", "")], awards=[_FIRST]),
            ),
            start=ALL,
            void="STA-1",
            why="Until the bid comes it has no effect; it is not refused for that.",
        ),
    ]


def _bids() -> list[Case]:
    last = bid(BOB, rev=BIDS_CLOSE)
    late = bid(BOB, rev=BIDS_CLOSE + 1)
    by_lead = bid(ALICE, CALL_BY_CAROL, team=TEAM.id)
    team_call = There(kept=GENESES, winners=[CALL_BY_CAROL])
    short = bid(BOB, valid_until=BIDS_CLOSE)
    return [
        sequence(
            "opportunity-of-which-only-time-passes",
            comes(later(), CALL, winners=[CALL], state=called("open")),
            passes(BIDS_CLOSE, state=called("open")),
            passes(BIDS_CLOSE + 1, state=called("closed-to-bids")),
            passes(DECIDE_BY, state=called("closed-to-bids")),
            passes(DECIDE_BY + 1, state=called("lapsed")),
            start=ALL,
            rules=["BID-2"],
        ),
        sequence(
            "bid-made-in-time-comes-late",
            comes(later(), CALL, winners=[CALL]),
            comes(
                BIDS_CLOSE + 3,
                last,
                winners=[CALL, last],
                state=called("closed-to-bids", bids=[(last, "standing", "")]),
            ),
            start=ALL,
            rules=["BID-2"],
            why="When it was made counts, not when it came.",
        ),
        sequence(
            "bid-made-late",
            comes(later(), CALL, winners=[CALL]),
            comes(
                BIDS_CLOSE + 1,
                late,
                winners=[CALL, late],
                state=called("closed-to-bids", bids=[(late, "void", "BID-2")]),
            ),
            start=ALL,
            void="BID-2",
        ),
        sequence(
            "bid-of-a-team-that-forms-later",
            comes(
                later(),
                by_lead,
                winners=[CALL_BY_CAROL, by_lead],
                state=called("open", CALL_BY_CAROL, bids=[(by_lead, "void", "BID-3")]),
            ),
            comes(
                later(ms=1),
                FORMED,
                winners=[CALL_BY_CAROL, by_lead, FORMED],
                state=called("open", CALL_BY_CAROL, bids=[(by_lead, "standing", "")]),
            ),
            start=team_call,
            void="BID-3",
        ),
        sequence(
            "bid-expires-and-is-awarded",
            comes(later(), CALL, short, says="accept, accept", winners=[CALL, short]),
            passes(BIDS_CLOSE, state=called("open", bids=[(short, "standing", "")])),
            passes(BIDS_CLOSE + 1, state=called("closed-to-bids", bids=[(short, "expired", "")])),
            comes(
                BIDS_CLOSE + 2,
                award(ALICE, short.id),
                winners=[CALL, short, award(ALICE, short.id)],
                state=called("awarded", bids=[(short, "awarded", "")], awards=[award(ALICE, short.id)]),
            ),
            start=ALL,
            rules=["STA-1"],
        ),
    ]


def _exhibits() -> list[Case]:
    kept_call, kept_award = exhibit(BOB, CALL), exhibit(BOB, _FIRST, slot=1)
    carols = exhibit(ALICE, BY_CAROL)
    closing = step(
        ALICE.genesis,
        "alice/paper",
        rank=1,
        close=True,
        devices=ALICE.genesis.devices,
        recovery=ALICE.genesis.recovery,
    )
    about_bob = said(ALICE, "endorsement", {"subject": BOB.id, "text": "On time.", "basis": TEAM.id})
    bids = [(BY_BOB, "awarded", "")]
    return [
        sequence(
            "client-closes-its-identity-after-the-award",
            comes(
                later(),
                *[CALL, _FIRST, BY_BOB, kept_call, kept_award],
                says="accept, accept, accept, accept, accept",
                winners=[CALL, _FIRST, BY_BOB, kept_call, kept_award],
                state=called("awarded", bids=bids, awards=[_FIRST]),
            ),
            comes(
                later(ms=1),
                closing,
                kept=[*GENESES, closing],
                winners=[BY_BOB, kept_call, kept_award],
                waits=[CALL, _FIRST],
                state=called("awarded", bids=bids, awards=[_FIRST]),
            ),
            comes(later(ms=2), CALL, says="ignore AUT-3", state=called("awarded", bids=bids, awards=[_FIRST])),
            start=ALL,
            why="An exhibit keeps evidence beyond its author's closing.",
        ),
        sequence(
            "exhibit-before-the-genesis-of-the-author-inside",
            comes(later(), CALL, carols, says="accept, accept", winners=[CALL, carols], state=called("open")),
            comes(
                later(ms=1),
                CAROL.genesis,
                kept=[ALICE.genesis, CAROL.genesis],
                winners=[CALL, carols],
                state=called("open", bids=[(BY_CAROL, "standing", "")]),
            ),
            start=There(kept=[ALICE.genesis]),
            rules=["AUT-1"],
        ),
        sequence(
            "endorsement-counts-once-its-team-has-formed",
            comes(later(), about_bob, winners=[about_bob], state=_known(about_bob, "E1")),
            comes(later(ms=1), FORMED, winners=[about_bob, FORMED], state=_known(about_bob, "E2", teams=[TEAM])),
            start=ALL,
            void="STA-3",
        ),
    ]


def called(
    status: str,
    of: Record = CALL,
    *,
    bids: Sequence[tuple[Record, str, str]] = (),
    awards: Sequence[Record] = (),
) -> Case:
    """Return an opportunity as it has to be derived."""
    derived = {
        "id": of.id.hex(),
        "latest": of.id.hex(),
        "status": status,
        "reason": "",
        "bids": sorted([record.id.hex(), word, rule] for record, word, rule in bids),
        "awards": sorted(record.id.hex() for record in awards),
    }
    return {"opportunity": derived}


def _known(endorsement: Record, grade: str, *, teams: Sequence[Document] = ()) -> Case:
    """Return what has to be known of Bob."""
    derived = {
        "identity": BOB.id.hex(),
        "stale": False,
        "endorsements": [[endorsement.id.hex(), grade, False]],
        "teams": [team.id.hex() for team in teams],
    }
    return {"person": derived}
