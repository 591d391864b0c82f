"""Cases of the suite `work`: opportunities within opportunities."""

from collections.abc import Mapping, Sequence

from support.keys import Person
from vectors.cases_agreement import TERMS, document, party
from vectors.cases_calls import bid_body
from vectors.craft import ALICE, BOB, CAROL, NOON_MS, Case, ordered
from vectors.said import CALL_BODY, DECIDE_BY, exhibit, said
from vectors.working import DORA, HOUR_MS, days, signed, work_case

from folkmoot.limits import RECURSION_DEPTH_MAX
from folkmoot.record import Record

_OPEN = said(ALICE, "opportunity", CALL_BODY)
_SAFETY = {"name": "safety", "text": "Nobody climbs alone."}
_NOTHING: Mapping[str, object] = {}


def cases() -> list[Case]:
    """Return the cases of links."""
    return [*_links(), *_chains()]


def _sub(author: Person, upper: Record, changes: Mapping[str, object] = _NOTHING, *, slot: int = 0) -> Record:
    body = {**CALL_BODY, "parent": {"opportunity": upper.id, "seat": "Painter"}, **changes}
    return said(author, "opportunity", ordered(body), slot=slot)


def _won(client: Person, on: Record, bidder: Person, *, slot: int = 0, **changes: object) -> list[Record]:
    bid = said(bidder, "bid", ordered({**bid_body(on), **changes}), slot=slot)
    return [bid, said(client, "award", {"bid": bid.id, "opportunity": on.id}, slot=slot)]


def _links() -> list[Case]:
    sub, other = _sub(BOB, _OPEN), _sub(BOB, _OPEN, slot=1)
    deeper = _sub(CAROL, sub)
    filled = ordered({**TERMS, "filled_by": [{"opportunity": sub.id, "seat": "Painter"}]})
    team = document(parties=[party("lead", CAROL.id), party("painter", BOB.id)], drafter=CAROL.id, terms=filled)
    without = document(parties=[party("lead", CAROL.id), party("painter", BOB.id)], drafter=CAROL.id)
    alone = document(parties=[party("lead", CAROL.id)], drafter=CAROL.id, terms=filled)
    closed = {**CALL_BODY, "closed": {"reason": "budget"}, "revises": _OPEN.id}
    withdrawn = said(ALICE, "opportunity", ordered(closed), rev=NOON_MS + 1)
    refilled = ordered({**TERMS, "filled_by": [{"opportunity": other.id, "seat": "Painter"}]})
    replaced = document(
        parties=[party("lead", CAROL.id), party("painter", BOB.id)], drafter=CAROL.id, terms=refilled, prev=team.id
    )
    held = [sub, signed(team), *_won(ALICE, _OPEN, CAROL, team=team.id)]
    post = said(ALICE, "post", {"text": "Work!"})
    stricter = said(
        ALICE, "opportunity", ordered({**CALL_BODY, "flow_down": [_SAFETY], "revises": _OPEN.id}), rev=NOON_MS + 1
    )
    return [
        _link("link-root", [], _OPEN, "root"),
        _link("link-conditional", [sub], sub, "conditional"),
        _link("link-firm-by-a-team", held, sub, "firm"),
        _link("link-firm-by-one-bidder", [sub, *_won(ALICE, _OPEN, BOB)], sub, "firm"),
        _link("link-lapsed-with-its-parent", [sub], sub, "lapsed", now_ms=DECIDE_BY + 1),
        _link("link-lapsed-when-the-parent-is-withdrawn", [sub, withdrawn, exhibit(BOB, _OPEN)], sub, "lapsed"),
        _link(
            "link-conditional-when-the-parent-is-contested",
            [sub, *_won(ALICE, _OPEN, BOB), *_won(ALICE, _OPEN, CAROL, slot=1)],
            sub,
            "conditional",
        ),
        _link("link-lapsed-when-somebody-else-won", [sub, *_won(ALICE, _OPEN, DORA)], sub, "lapsed", rule="SUB-5"),
        _link(
            "link-lapsed-when-the-team-does-not-name-it",
            [sub, signed(without), *_won(ALICE, _OPEN, CAROL, team=without.id)],
            sub,
            "lapsed",
            rule="SUB-5",
        ),
        _link(
            "link-lapsed-when-its-client-is-not-in-the-team",
            [sub, signed(alone), *_won(ALICE, _OPEN, CAROL, team=alone.id)],
            sub,
            "lapsed",
            rule="SUB-5",
        ),
        _link(
            "link-lapsed-when-the-team-has-not-formed",
            [sub, signed(team, by=[CAROL]), *_won(ALICE, _OPEN, CAROL, team=team.id)],
            sub,
            "lapsed",
            rule="SUB-5",
        ),
        _link(
            "link-lapsed-when-the-seat-is-filled-anew",
            [*held, other, signed(replaced, slot=1)],
            sub,
            "lapsed",
            rule="SUB-5",
        ),
        _link("link-firm-when-the-seat-is-filled-anew", [*held, other, signed(replaced, slot=1)], other, "firm"),
        _link(
            "link-of-three-levels-firm",
            [sub, *_won(ALICE, _OPEN, BOB), deeper, *_won(BOB, sub, CAROL)],
            deeper,
            "firm",
        ),
        _link("link-of-three-levels-conditional", [sub, deeper, *_won(BOB, sub, CAROL)], deeper, "conditional"),
        _link(
            "link-of-three-levels-lapsed-at-the-top",
            [sub, deeper, *_won(ALICE, _OPEN, DORA)],
            deeper,
            "lapsed",
            rule="SUB-5",
            why="Nothing in between has been decided; nothing can be any more.",
        ),
        _link(
            "link-to-what-is-no-opportunity",
            [post, _sub(BOB, post)],
            _sub(BOB, post),
            "void",
            link_rule="SUB-1",
            rule="SUB-1",
        ),
        _link(
            "link-to-what-was-won-under-stricter-terms",
            [sub, stricter, exhibit(BOB, _OPEN), *_won(ALICE, stricter, BOB)],
            sub,
            "void",
            link_rule="SUB-3",
            rule="SUB-3",
        ),
    ]


def _chains() -> list[Case]:
    strict = said(ALICE, "opportunity", ordered({**CALL_BODY, "deliver_by": days(40), "flow_down": [_SAFETY]}))
    kept = {"deliver_by": days(40), "flow_down": [_SAFETY]}
    reworded = [{**_SAFETY, "text": "Somebody climbs alone."}]
    good = _sub(BOB, strict, kept)
    bent = {
        "decided-after-its-parent": (_sub(BOB, strict, {**kept, "decide_by": DECIDE_BY + 1}), "SUB-2"),
        "delivered-after-its-parent": (_sub(BOB, strict, {**kept, "deliver_by": days(40) + 1}), "SUB-2"),
        "without-a-day-of-delivery": (_sub(BOB, strict, {"flow_down": [_SAFETY]}), "SUB-2"),
        "without-a-clause": (_sub(BOB, strict, {"deliver_by": days(40)}), "SUB-3"),
        "with-a-clause-reworded": (_sub(BOB, strict, {**kept, "flow_down": reworded}), "SUB-3"),
    }
    chain = [_OPEN]
    for level in range(RECURSION_DEPTH_MAX):
        chain.append(_sub((BOB, CAROL)[level % 2], chain[-1], slot=level // 2))
    return [
        _link("sub-opportunity-with-all-that-flows-down", [strict, good], good, "conditional"),
        *(
            _link(f"sub-opportunity-{name}", [strict, sub], sub, "void", link_rule=rule, rule=rule)
            for name, (sub, rule) in bent.items()
        ),
        _link("chain-of-eight-levels", chain[:-1], chain[-2], "conditional"),
        _link("chain-of-nine-levels", chain, chain[-1], "void", link_rule="SUB-4", rule="SUB-4"),
    ]


def _link(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    of: Record,
    status: str,
    *,
    link_rule: str = "",
    rule: str = "",
    now_ms: int = NOON_MS + HOUR_MS,
    why: str = "",
) -> Case:
    held = [_OPEN, *records] if all(record.address != _OPEN.address for record in records) else list(records)
    ids = {record.id for record in held}
    derived = {
        "id": of.id.hex(),
        "bids": sorted(
            [record.id.hex(), _bid_word(record, held), ""]
            for record in held
            if record.kind == "bid" and record.targets("opportunity")[0] == of.id
        ),
        "unrevealed": [],
        "clarifications": [],
        "link": [status, link_rule],
    }
    assert of.id in ids
    return work_case(name, held, "call", derived, rule=rule, now_ms=now_ms, why=why)


def _bid_word(bid: Record, held: Sequence[Record]) -> str:
    return (
        "awarded"
        if any(record.kind == "award" and bid.id in record.targets("bid") for record in held)
        else "standing"
    )
