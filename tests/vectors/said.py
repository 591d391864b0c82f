"""What people say in the cases of the suite `state`: records of known kinds, ready to be held."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, cast

from support.keys import NETWORK, Person
from vectors.bodies import MINIMAL
from vectors.cases_agreement import TEAM, yes
from vectors.cases_consent import agreement_body
from vectors.craft import ALICE, BOB, CAROL, DAY, NOON_MS, Case, accepted, judged, wires
from vectors.suites import chains_of

from folkmoot.agreement import Cosignature, Document, cosignature_value
from folkmoot.canonical import Value
from folkmoot.identity import Operation
from folkmoot.ids import RecordId
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS
from folkmoot.record import Content, Record, seal
from folkmoot.rules import COMMONS, check_form
from folkmoot.state.evidence import gather
from folkmoot.state.snapshot import state_hash

GENESES = (ALICE.genesis, BOB.genesis, CAROL.genesis)
BIDS_CLOSE = NOON_MS + 7 * DAY_MS
DECIDE_BY = NOON_MS + 14 * DAY_MS
CALL_BODY = {**MINIMAL["opportunity"], "bids_close": BIDS_CLOSE, "decide_by": DECIDE_BY}


def said(
    author: Person,
    kind: str,
    body: Mapping[str, object],
    *,
    slot: int = 0,
    rev: int = NOON_MS,
    space: str = COMMONS,
) -> Record:
    """Return a record of a known kind that every reader takes."""
    value = cast("Mapping[str, Value]", body)
    refs = sorted(set(KINDS[kind].refs(value, NETWORK))) if body else []
    content = Content(kind, space, slot, rev, DAY + KINDS[kind].days_max, refs, value)
    record = seal(content, author=author.id, key=author.key, network=NETWORK)
    check_form(record, network=NETWORK)
    return record


CALL = said(ALICE, "opportunity", CALL_BODY)


def bid(author: Person, on: Record = CALL, **changes: object) -> Record:
    """Return a bid."""
    rev = changes.pop("rev", NOON_MS)
    slot = changes.pop("slot", 0)
    space = changes.pop("space", COMMONS)
    assert isinstance(rev, int)
    assert isinstance(slot, int)
    assert isinstance(space, str)
    body = {**MINIMAL["bid"], "opportunity": on.id, "valid_until": DECIDE_BY, **changes}
    return said(author, "bid", body, slot=slot, rev=rev, space=space)


def award(author: Person, of: RecordId, *, on: Record = CALL, slot: int = 0) -> Record:
    """Return an award."""
    return said(author, "award", {"opportunity": on.id, "bid": of}, slot=slot)


def accept(author: Person, index: int, of: Document = TEAM, *, at: int = NOON_MS) -> Record:
    """Return an acceptance."""
    return said(
        author, "accept", {"document": of.id, "cosignature": cosignature_value(yes(of, index, author, at=at))}
    )


def agreed(author: Person, of: Document, cosignatures: Iterable[Cosignature], *, slot: int = 0) -> Record:
    """Return an agreement."""
    return said(author, "agreement", agreement_body(of.data, sorted(cosignatures)), slot=slot)


def exhibit(author: Person, of: Record, *, slot: int = 0) -> Record:
    """Return an exhibit."""
    return said(author, "exhibit", {"record": of.wire}, slot=slot)


CALL_BY_CAROL = said(CAROL, "opportunity", CALL_BODY)
DRAFT = said(ALICE, "draft", {"document": TEAM.data})
FORMED = agreed(ALICE, TEAM, [yes(TEAM, 0, ALICE), yes(TEAM, 1, BOB)])
BY_BOB, BY_CAROL = bid(BOB), bid(CAROL)


def decline(author: Person, of: Record | Document, *, slot: int = 0) -> Record:
    target = "document" if isinstance(of, Document) else "bid"
    return said(author, "decline", {"reason": "timing", target: of.id}, slot=slot)


def held(records: Sequence[Record], operations: Sequence[Operation], now_ms: int) -> dict[str, Any]:
    chains = chains_of(operations)
    evidence = gather(records, chains, now_ms=now_ms, network=NETWORK)
    return {
        "now_ms": str(now_ms),
        "operations": wires(operations),
        "held": wires(records),
        "state_hash": state_hash(evidence),
    }


def with_outcome(name: str, rule: str, why: str, fields: dict[str, Any]) -> Case:
    return judged(name, "void", rule, why=why, **fields) if rule else accepted(name, why=why, **fields)
