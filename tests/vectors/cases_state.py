"""Cases of the suite `state`: records in, derived states out; here those of opportunities."""

from collections.abc import Sequence

from vectors import cases_teams
from vectors.cases_agreement import TEAM
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case
from vectors.said import (
    BIDS_CLOSE,
    BY_BOB,
    BY_CAROL,
    CALL,
    CALL_BODY,
    CALL_BY_CAROL,
    DECIDE_BY,
    DRAFT,
    FORMED,
    GENESES,
    award,
    bid,
    decline,
    exhibit,
    held,
    said,
    with_outcome,
)

from folkmoot.record import Record


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [*_opportunities(), *_awards(), *_bids(), *cases_teams.cases()]


def _opportunities() -> list[Case]:
    revised = said(ALICE, "opportunity", {**CALL_BODY, "title": "Again", "revises": CALL.id}, rev=NOON_MS + 1)
    closing = {**CALL_BODY, "revises": CALL.id, "closed": {"reason": "cancelled"}}
    closed = said(ALICE, "opportunity", closing, rev=NOON_MS + 1)
    gone = said(ALICE, "opportunity", {}, rev=NOON_MS + 1)
    seen = exhibit(BOB, CALL)
    elsewhere = said(ALICE, "opportunity", {**CALL_BODY, "revises": CALL.id}, slot=1, rev=NOON_MS + 1)
    again = said(ALICE, "opportunity", {**CALL_BODY, "title": "Anew", "revises": revised.id}, rev=NOON_MS + 2)
    between = exhibit(BOB, revised, slot=1)
    return [
        _opportunity("open", [CALL], status="open"),
        _opportunity("open-at-the-ms-bids-close", [CALL], status="open", now_ms=BIDS_CLOSE),
        _opportunity("closed-to-bids", [CALL], status="closed-to-bids", now_ms=BIDS_CLOSE + 1),
        _opportunity("closed-to-bids-at-the-ms-of-decision", [CALL], status="closed-to-bids", now_ms=DECIDE_BY),
        _opportunity("lapsed", [CALL], status="lapsed", now_ms=DECIDE_BY + 1),
        _opportunity("closed-by-its-client", [closed], of=closed, status="withdrawn", reason="cancelled"),
        _opportunity("deleted-and-exhibited", [gone, seen], status="withdrawn", reason="deleted"),
        _opportunity(
            "revised", [revised, seen, BY_BOB], latest=revised, status="open", bids=[(BY_BOB, "standing", "")]
        ),
        _opportunity(
            "revised-twice-and-all-versions-known",
            [again, seen, between, BY_BOB],
            latest=again,
            status="open",
            bids=[(BY_BOB, "standing", "")],
        ),
        _opportunity(
            "revised-twice-and-the-version-between-gone",
            [again, seen, BY_BOB],
            status="withdrawn",
            reason="deleted",
            bids=[(BY_BOB, "standing", "")],
            why="A client that links what stands at one address.",
        ),
        _opportunity("revision-of-what-is-gone", [again, seen, BY_BOB], of=again, status="open"),
        _opportunity("revision-elsewhere-is-another", [CALL, elsewhere], status="open"),
        _opportunity(
            "closed-though-awarded",
            [closed, seen, BY_BOB, award(ALICE, BY_BOB.id)],
            latest=closed,
            status="awarded",
            bids=[(BY_BOB, "awarded", "")],
        ),
    ]


def _awards() -> list[Case]:
    other_call = said(ALICE, "opportunity", CALL_BODY, slot=1)
    other_bid = bid(CAROL, other_call)
    first, second = award(ALICE, BY_BOB.id), award(ALICE, BY_CAROL.id, slot=1)
    standing = [(BY_BOB, "standing", "")]
    both = [(BY_BOB, "standing", ""), (BY_CAROL, "standing", "")]
    again = award(ALICE, BY_BOB.id, slot=1)
    return [
        _opportunity(
            "awarded", [CALL, BY_BOB, first], status="awarded", bids=[(BY_BOB, "awarded", "")], awards=[first]
        ),
        _opportunity(
            "awarded-after-it-lapsed",
            [CALL, BY_BOB, first],
            status="awarded",
            bids=[(BY_BOB, "awarded", "")],
            awards=[first],
            now_ms=DECIDE_BY + 1,
        ),
        _opportunity(
            "awarded-twice-alike",
            [CALL, BY_BOB, first, again],
            status="awarded",
            bids=[(BY_BOB, "awarded", "")],
            awards=[first, again],
        ),
        _opportunity(
            "award-by-somebody-else",
            [CALL, BY_BOB, award(CAROL, BY_BOB.id)],
            status="open",
            bids=standing,
            rule="STA-1",
        ),
        _opportunity(
            "award-of-a-bid-on-another",
            [CALL, other_call, BY_BOB, other_bid, award(ALICE, other_bid.id)],
            status="open",
            bids=standing,
            rule="STA-1",
        ),
        _opportunity(
            "award-of-a-bid-not-held",
            [CALL, BY_BOB, award(ALICE, BY_CAROL.id)],
            status="open",
            bids=standing,
            rule="STA-1",
        ),
        _opportunity(
            "award-of-what-is-no-bid",
            [CALL, BY_BOB, award(ALICE, CALL.id)],
            status="open",
            bids=standing,
            rule="STA-1",
        ),
        _opportunity(
            "two-bids-awarded",
            [CALL, BY_BOB, BY_CAROL, first, second],
            status="contested",
            bids=both,
            awards=[first, second],
            rule="STA-2",
        ),
    ]


def _bids() -> list[Case]:
    own, late = bid(ALICE), bid(BOB, rev=BIDS_CLOSE + 1)
    last = bid(BOB, rev=BIDS_CLOSE)
    no, not_hers = decline(ALICE, BY_BOB), decline(CAROL, BY_BOB)
    gone = said(BOB, "bid", {}, rev=NOON_MS + 1)
    afar, by_client_afar = bid(BOB, space="design.fr"), bid(ALICE, space="design.fr")
    call_afar = said(ALICE, "opportunity", CALL_BODY, space="design.fr")
    bid_there = bid(BOB, call_afar, space="design.fr")
    by_lead, by_member = bid(ALICE, CALL_BY_CAROL, team=TEAM.id), bid(BOB, CALL_BY_CAROL, team=TEAM.id)
    at_close = BIDS_CLOSE
    return [
        _opportunity(
            "two-bids",
            [CALL, BY_BOB, BY_CAROL],
            status="open",
            bids=[(BY_BOB, "standing", ""), (BY_CAROL, "standing", "")],
        ),
        _opportunity("bid-by-the-client", [CALL, own], status="open", bids=[(own, "void", "BID-1")], rule="BID-1"),
        _opportunity(
            "bid-at-the-last-ms", [CALL, last], status="open", bids=[(last, "standing", "")], now_ms=at_close
        ),
        _opportunity(
            "bid-one-ms-late",
            [CALL, late],
            status="closed-to-bids",
            bids=[(late, "void", "BID-2")],
            now_ms=at_close + 1,
            rule="BID-2",
        ),
        _opportunity(
            "bid-void-and-awarded",
            [CALL, late, award(ALICE, late.id)],
            status="awarded",
            bids=[(late, "void", "BID-2")],
            awards=[award(ALICE, late.id)],
            now_ms=at_close + 1,
            rule="BID-2",
            why="The client has awarded, and the bid is void.",
        ),
        _opportunity(
            "bid-void-and-awarded-beside-another",
            [CALL, late, BY_CAROL, award(ALICE, late.id), award(ALICE, BY_CAROL.id, slot=1)],
            status="contested",
            bids=[(late, "void", "BID-2"), (BY_CAROL, "standing", "")],
            awards=[award(ALICE, late.id), award(ALICE, BY_CAROL.id, slot=1)],
            now_ms=at_close + 1,
            rule="STA-2",
        ),
        _opportunity(
            "bid-in-another-space",
            [CALL, afar, BY_CAROL],
            status="open",
            bids=[(afar, "void", "BID-4"), (BY_CAROL, "standing", "")],
            rule="BID-4",
        ),
        _opportunity(
            "bid-by-the-client-in-another-space",
            [CALL, by_client_afar],
            status="open",
            bids=[(by_client_afar, "void", "BID-1")],
            rule="BID-1",
        ),
        _opportunity(
            "bid-where-the-opportunity-is",
            [call_afar, bid_there],
            of=call_afar,
            status="open",
            bids=[(bid_there, "standing", "")],
        ),
        _opportunity("bid-declined", [CALL, BY_BOB, no], status="open", bids=[(BY_BOB, "declined", "")]),
        _opportunity(
            "bid-declined-by-a-stranger", [CALL, BY_BOB, not_hers], status="open", bids=[(BY_BOB, "standing", "")]
        ),
        _opportunity(
            "bid-expired", [CALL, BY_BOB], status="lapsed", bids=[(BY_BOB, "expired", "")], now_ms=DECIDE_BY + 1
        ),
        _opportunity(
            "bid-withdrawn-and-exhibited",
            [CALL, gone, exhibit(ALICE, BY_BOB)],
            status="open",
            bids=[(BY_BOB, "withdrawn", "")],
        ),
        _opportunity(
            "bid-of-a-team",
            [CALL_BY_CAROL, FORMED, by_lead],
            of=CALL_BY_CAROL,
            status="open",
            bids=[(by_lead, "standing", "")],
        ),
        _opportunity(
            "bid-of-a-team-not-formed",
            [CALL_BY_CAROL, DRAFT, by_lead],
            of=CALL_BY_CAROL,
            status="open",
            bids=[(by_lead, "void", "BID-3")],
            rule="BID-3",
        ),
        _opportunity(
            "bid-of-a-team-that-formed-anew",
            [CALL_BY_CAROL, FORMED, cases_teams.FORMED_ANEW, by_lead],
            of=CALL_BY_CAROL,
            status="open",
            bids=[(by_lead, "standing", "")],
        ),
        _opportunity(
            "bid-of-a-team-contested",
            [CALL_BY_CAROL, FORMED, cases_teams.RIVAL, by_lead],
            of=CALL_BY_CAROL,
            status="open",
            bids=[(by_lead, "void", "BID-3")],
            rule="BID-3",
        ),
        _opportunity(
            "bid-of-a-team-not-held",
            [CALL_BY_CAROL, by_lead],
            of=CALL_BY_CAROL,
            status="open",
            bids=[(by_lead, "void", "BID-3")],
            rule="BID-3",
        ),
        _opportunity(
            "bid-of-a-team-by-another-member",
            [CALL_BY_CAROL, FORMED, by_member],
            of=CALL_BY_CAROL,
            status="open",
            bids=[(by_member, "void", "BID-3")],
            rule="BID-3",
        ),
    ]


def _opportunity(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    *,
    status: str,
    of: Record = CALL,
    latest: Record | None = None,
    bids: Sequence[tuple[Record, str, str]] = (),
    awards: Sequence[Record] | None = None,
    reason: str = "",
    now_ms: int = NOON_MS,
    rule: str = "",
    why: str = "",
) -> Case:
    counted = awards if awards is not None else [r for r in records if r.kind == "award" and not rule]
    derived = {
        "id": of.id.hex(),
        "latest": (latest or of).id.hex(),
        "status": status,
        "reason": reason,
        "bids": sorted([bid_.id.hex(), bid_status, void] for bid_, bid_status, void in bids),
        "awards": sorted(item.id.hex() for item in counted),
    }
    return with_outcome(name, rule, why, {**held(records, GENESES, now_ms), "opportunity": derived})
