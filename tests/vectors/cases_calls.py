"""Cases of the suite `work`: sealed bids, what is said around them, and who applies for a seat."""

from collections.abc import Sequence

from support.keys import Person
from vectors.bodies import MINIMAL
from vectors.cases_agreement import document, party
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case, ordered
from vectors.said import BIDS_CLOSE, CALL_BODY, exhibit, said
from vectors.working import DORA, ERIN, HOUR_MS, days, hexed, opened, promise, work_case

from folkmoot.record import Record

_SEALED = said(ALICE, "opportunity", ordered({**CALL_BODY, "mode": "sealed"}))
_ONE_EACH = said(ALICE, "opportunity", ordered({**CALL_BODY, "bids_max": 1, "mode": "sealed"}))
_OPEN = said(ALICE, "opportunity", CALL_BODY)
_REVEALED_AT = BIDS_CLOSE + HOUR_MS
_IN_TIME = BIDS_CLOSE - HOUR_MS


def cases() -> list[Case]:
    """Return the cases of calls."""
    return [*_sealed(), *_bounds(), *_around(), *_seats()]


def bid_body(on: Record, plan: str = "P") -> dict[str, object]:
    """Return the body of a bid."""
    return {**MINIMAL["bid"], "opportunity": on.id, "plan": plan, "valid_until": days(60)}


def _commit(author: Person, on: Record = _SEALED, *, plan: str = "P", slot: int = 0, rev: int = NOON_MS) -> Record:
    body = {"digest": promise(author, "bid", bid_body(on, plan)), "opportunity": on.id}
    return said(author, "bid-commit", body, slot=slot, rev=rev)


def _opened(author: Person, commit: Record, on: Record = _SEALED, *, plan: str = "P", slot: int = 0) -> Record:
    return said(author, "bid", opened(bid_body(on, plan), commit), slot=slot, rev=_REVEALED_AT)


def _list(*commits: Record, on: Record = _SEALED, author: Person = ALICE, slot: int = 0) -> Record:
    body = {"commits": sorted(commit.id for commit in commits), "opportunity": on.id}
    return said(author, "bid-list", body, slot=slot, rev=BIDS_CLOSE)


def _sealed() -> list[Case]:
    by_bob, by_carol, unopened = _commit(BOB), _commit(CAROL), _commit(DORA)
    bobs, carols = _opened(BOB, by_bob), _opened(CAROL, by_carol)
    plain = said(BOB, "bid", bid_body(_SEALED))
    early = said(BOB, "bid", opened(bid_body(_SEALED), by_bob), rev=_IN_TIME)
    other_plan = said(BOB, "bid", opened(bid_body(_SEALED, "Q"), by_bob), rev=_IN_TIME)
    copied = said(ERIN, "bid-commit", {"digest": by_bob.body["digest"], "opportunity": _SEALED.id})
    copy_opened = said(ERIN, "bid", opened(bid_body(_SEALED), copied), rev=_IN_TIME)
    stolen = said(ERIN, "bid", opened(bid_body(_SEALED), by_bob), rev=_IN_TIME)
    late = _commit(BOB, rev=BIDS_CLOSE + 1)
    open_now = said(
        ALICE, "opportunity", ordered({**CALL_BODY, "mode": "open", "revises": _SEALED.id}), rev=NOON_MS + 1
    )
    by_friend = said(DORA, "bid", bid_body(open_now), rev=_REVEALED_AT - 2 * HOUR_MS)
    return [
        _call(
            "sealed-bids-opened-once-listed",
            [by_bob, by_carol, _list(by_bob, by_carol), bobs, carols],
            [(bobs, ""), (carols, "")],
        ),
        _call(
            "commit-never-opened",
            [by_bob, unopened, _list(by_bob, unopened), bobs],
            [(bobs, "")],
            unrevealed=[unopened],
        ),
        _call("bid-on-a-sealed-call-without-a-commit", [plain], [(plain, "BID-6")], rule="BID-6"),
        _call(
            "bid-other-than-promised",
            [by_bob, _list(by_bob), other_plan],
            [(other_plan, "BID-6")],
            unrevealed=[by_bob],
            rule="BID-6",
        ),
        _call(
            "bid-that-opens-a-copied-commit",
            [by_bob, copied, _list(by_bob, copied), copy_opened],
            [(copy_opened, "BID-6")],
            unrevealed=[by_bob, copied],
            rule="BID-6",
        ),
        _call(
            "bid-that-opens-another-author-s-commit",
            [by_bob, _list(by_bob), stolen],
            [(stolen, "BID-6")],
            unrevealed=[by_bob],
            rule="BID-6",
        ),
        _call("bid-whose-commit-is-not-held", [_list(by_bob), early], [(early, "BID-6")], rule="BID-6"),
        _call(
            "bid-whose-commit-is-late",
            [late, _list(late), _opened(BOB, late)],
            [(_opened(BOB, late), "BID-2")],
            rule="BID-2",
        ),
        _call("bid-opened-before-a-list", [by_bob, bobs], [(bobs, "BID-7")], rule="BID-7"),
        _call(
            "bid-whose-commit-is-not-listed",
            [by_bob, by_carol, _list(by_carol), bobs, carols],
            [(bobs, "BID-7"), (carols, "")],
            rule="BID-7",
        ),
        _call(
            "second-list-adds-nothing",
            [by_bob, by_carol, _list(by_bob), _list(by_bob, by_carol, slot=1), bobs, carols],
            [(bobs, ""), (carols, "BID-7")],
            rule="BID-7",
        ),
        _call(
            "list-by-somebody-else", [by_bob, _list(by_bob, author=CAROL), bobs], [(bobs, "BID-7")], rule="BID-7"
        ),
        _call(
            "open-bid-after-the-seal-was-lifted",
            [open_now, exhibit(BOB, _SEALED), by_friend],
            [(by_friend, "BID-6")],
            of=open_now,
            rule="BID-6",
            why="What was sealed in one version stays sealed in those that revise it.",
        ),
    ]


def _bounds() -> list[Case]:
    first, second = _commit(BOB, _ONE_EACH), _commit(BOB, _ONE_EACH, plan="Q", slot=1, rev=NOON_MS + 1)
    one, two = _opened(BOB, first, _ONE_EACH), _opened(BOB, second, _ONE_EACH, plan="Q", slot=1)
    listed = _list(first, second, on=_ONE_EACH)
    again = _opened(BOB, first, _ONE_EACH, slot=1)
    taken_back = said(BOB, "bid-commit", {}, rev=NOON_MS + 2)
    earlier = _commit(BOB, _ONE_EACH, plan="R", slot=2, rev=NOON_MS - 1)
    more = said(
        ALICE,
        "opportunity",
        ordered({**CALL_BODY, "bids_max": 2, "mode": "sealed", "revises": _ONE_EACH.id}),
        rev=NOON_MS + 3,
    )
    one_open = said(ALICE, "opportunity", ordered({**CALL_BODY, "bids_max": 1}))
    bids = [said(BOB, "bid", bid_body(one_open), slot=slot, rev=NOON_MS + slot) for slot in range(2)]
    withdrawn = said(BOB, "bid", {}, rev=NOON_MS + 2)
    return [
        _call(
            "one-bid-of-two-commits",
            [first, second, listed, one, two],
            [(one, ""), (two, "BID-8")],
            of=_ONE_EACH,
            rule="BID-8",
        ),
        _call(
            "commit-opened-twice",
            [first, _list(first, on=_ONE_EACH), one, again],
            [(min(one, again, key=lambda bid: bid.id), ""), (max(one, again, key=lambda bid: bid.id), "BID-8")],
            of=_ONE_EACH,
            rule="BID-8",
        ),
        _call(
            "commit-taken-back-makes-no-room",
            [second, listed, taken_back, exhibit(ALICE, first), two],
            [(two, "BID-8")],
            of=_ONE_EACH,
            unrevealed=[first],
            rule="BID-8",
        ),
        _call(
            "earlier-commit-that-is-not-listed",
            [first, earlier, _list(first, on=_ONE_EACH), one],
            [(one, "")],
            of=_ONE_EACH,
        ),
        _call(
            "more-bids-allowed-too-late",
            [first, second, listed, one, two, more, exhibit(BOB, _ONE_EACH)],
            [(one, ""), (two, "BID-8")],
            of=more,
            rule="BID-8",
        ),
        _call("one-open-bid-of-two", bids, [(bids[0], ""), (bids[1], "BID-8")], of=one_open, rule="BID-8"),
        _call(
            "open-bid-withdrawn-makes-room",
            [withdrawn, exhibit(CAROL, bids[0]), bids[1]],
            [(bids[0], ""), (bids[1], "")],
            of=one_open,
            statuses={bids[0].id: "withdrawn"},
        ),
    ]


def _around() -> list[Case]:
    clear = said(ALICE, "clarification", {"opportunity": _OPEN.id, "text": "There is none."})
    gone = said(ALICE, "clarification", {}, rev=NOON_MS + 1)
    unclear = said(CAROL, "clarification", {"opportunity": _OPEN.id, "text": "There is one."})
    return [
        _call("clarified", [clear], [], of=_OPEN, clarifications=[clear]),
        _call(
            "clarification-overwritten-and-exhibited",
            [gone, exhibit(BOB, clear)],
            [],
            of=_OPEN,
            clarifications=[clear],
        ),
        _call("clarification-by-somebody-else", [unclear], [], of=_OPEN, rule="STA-5"),
    ]


def _seats() -> list[Case]:
    offer = document(parties=[party("lead", ALICE.id), party("painter")])
    draft = said(ALICE, "draft", {"document": offer.data})
    wanted = _applied(CAROL, offer.id, 1)
    gone = said(CAROL, "apply", {}, rev=NOON_MS + 1)
    bent = {
        "for-a-seat-that-is-taken": _applied(CAROL, offer.id, 0),
        "for-a-seat-that-does-not-exist": _applied(CAROL, offer.id, 2),
        "by-the-drafter": _applied(ALICE, offer.id, 1),
    }

    def case(name: str, records: Sequence[Record], applied: Sequence[Record], rule: str = "") -> Case:
        seats = [["waiting", []], ["open", hexed([one.id for one in applied])]]
        return work_case(name, [draft, *records], "seats", {"id": offer.id.hex(), "seats": seats}, rule=rule)

    return [
        case("application", [wanted], [wanted]),
        case("application-taken-back-and-exhibited", [gone, exhibit(BOB, wanted)], []),
        *(case(f"application-{name}", [record], [], "APP-1") for name, record in bent.items()),
    ]


def _applied(author: Person, document_id: bytes, place: int) -> Record:
    return said(author, "apply", {"document": document_id, "party": place, "text": "A"})


def _call(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    bids: Sequence[tuple[Record, str]],
    *,
    of: Record = _SEALED,
    unrevealed: Sequence[Record] = (),
    clarifications: Sequence[Record] = (),
    statuses: dict[bytes, str] | None = None,
    rule: str = "",
    why: str = "",
) -> Case:
    said_of = statuses or {}
    shown = [[bid.id.hex(), said_of.get(bid.id, "void" if broken else "standing"), broken] for bid, broken in bids]
    derived = {
        "id": of.id.hex(),
        "bids": sorted(shown),
        "unrevealed": hexed([commit.id for commit in unrevealed]),
        "clarifications": hexed([one.id for one in clarifications]),
        "link": ["root", ""],
    }
    return work_case(name, [of, *records], "call", derived, rule=rule, now_ms=_REVEALED_AT, why=why)
