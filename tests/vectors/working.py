"""What the cases of the suite `work` are made of: five people, an engagement, and what they say under it."""

from collections.abc import Mapping, Sequence
from typing import cast

from support.keys import NETWORK, Person, person
from vectors.bending import in_order
from vectors.cases_agreement import document, party, yes
from vectors.craft import ALICE, BOB, CAROL, DAY, NOON_MS, Case, ordered
from vectors.said import agreed, held, said, with_outcome

from folkmoot.agreement import Cosignature, Document
from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.limits import DAY_MS
from folkmoot.record import Record
from folkmoot.sealed import commitment

DORA, ERIN = person("dora"), person("erin")
PEOPLE = (ALICE, BOB, CAROL, DORA, ERIN)
EVERYBODY = tuple(one.genesis for one in PEOPLE)
SALT = bytes(range(16))
HOUR_MS = 3_600_000

MILESTONE: Mapping[str, object] = {
    "name": "North side",
    "amount_minor": 10_001,
    "due_day": DAY + 10,
    "criteria": ["Two coats.", "No runs."],
    "accept_days": 5,
    "on_silence": "accept",
}
TERMS: Mapping[str, object] = {
    "title": "The tower",
    "deliverables": ["A white tower."],
    "currency": "EUR",
    "milestones": [MILESTONE],
    "pay_days": 10,
    "witnesses": [DORA.id],
    "resolver": ERIN.id,
}


def engagement(*workers: Person, client: Person = ALICE, prev: bytes | None = None, **terms: object) -> Document:
    """Return an engagement of Alice with Bob, or with others."""
    places = [party("client", client.id), *(party("painter", worker.id) for worker in workers or (BOB,))]
    merged = {name: value for name, value in {**TERMS, **terms}.items() if value is not None}
    return document(
        type="engagement", drafter=client.id, parties=places, terms=in_order(merged), prev=prev, drafted=NOON_MS
    )


def signed(
    of: Document, *, slot: int = 0, by: Sequence[Person] = PEOPLE, publisher: Person | None = None
) -> Record:
    """Return an agreement that all parties have signed, or as many as there are among some people."""
    signatures: list[Cosignature] = []
    for one in by:
        signatures += [yes(of, place, one) for place in of.indices_of(one.id)]
    first = next(one for one in PEOPLE if of.indices_of(one.id))
    return agreed(publisher or first, of, signatures, slot=slot)


def paper(kind: str, parties: Sequence[Person], terms: Mapping[str, object]) -> Document:
    """Return a closing or a settlement."""
    places = [party("party", one.id) for one in parties]
    return document(type=kind, drafter=parties[0].id, parties=places, terms=in_order(terms))


WORK = engagement()
IN_FORCE = signed(WORK)


def delivery(
    author: Person = BOB, of: Document = WORK, *, milestone: int = 0, slot: int = 0, rev: int = NOON_MS
) -> Record:
    """Return a delivery."""
    return said(author, "delivery", {"document": of.id, "milestone": milestone, "evidence": []}, slot=slot, rev=rev)


def judged_by(
    author: Person, of: Record, *, failed: Sequence[int] = (), slot: int = 0, rev: int = NOON_MS + 1
) -> Record:
    """Return the review of a delivery."""
    body: dict[str, object] = {"delivery": of.id, "verdict": "reject" if failed else "accept"}
    return said(
        author, "review-of-delivery", {**body, **({"failed": list(failed)} if failed else {})}, slot=slot, rev=rev
    )


def seen(author: Person, *of: Record, slot: int = 0, rev: int = NOON_MS + 1) -> Record:
    """Return the receipt of a witness."""
    return said(author, "seen", {"of": sorted(one.id for one in of)}, slot=slot, rev=rev)


def money(author: Person, amount: int, of: Document = WORK, *, slot: int = 0, **changes: object) -> Record:
    """Return what somebody says was received."""
    body = {"document": of.id, "milestone": 0, "way": "received", "amount_minor": amount, "currency": "EUR"}
    return said(author, "payment", ordered({**body, **changes}), slot=slot, rev=NOON_MS + 2)


def promise(author: Person, kind: str, body: Mapping[str, object]) -> bytes:
    """Return the digest that promises a body."""
    return commitment(cast("Mapping[str, Value]", body), author=author.id, salt=SALT, network=NETWORK)


def opened(body: Mapping[str, object], commit: Record) -> dict[str, object]:
    """Return a body with what opens its commit."""
    return ordered({**body, "commit": commit.id, "salt": SALT})


def days(count: int) -> int:
    """Return the moment so many days after noon."""
    return NOON_MS + count * DAY_MS


def hexed(ids: Sequence[RecordId | bytes]) -> list[str]:
    """Return ids as a case has them, ascending."""
    return sorted(one.hex() for one in ids)


def work_case(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    asked: str,
    derived: Mapping[str, object],
    *,
    rule: str = "",
    now_ms: int = NOON_MS + HOUR_MS,
    why: str = "",
) -> Case:
    """Return a case about one thing that is derived."""
    return with_outcome(name, rule, why, {**held(records, EVERYBODY, now_ms), asked: dict(derived)})


def engagement_case(  # noqa: PLR0913 - what is held and what follows from it
    name: str,
    records: Sequence[Record],
    milestones: Sequence[Sequence[object]],
    *,
    of: Document = WORK,
    status: str = "in-force",
    endings: Sequence[tuple[str, bool, Record | Document]] = (),
    rule: str = "",
    now_ms: int = NOON_MS + HOUR_MS,
    why: str = "",
) -> Case:
    """Return a case about an engagement; its milestones as `[status, accepted at, payments]`."""
    derived = {
        "id": of.id.hex(),
        "status": status,
        "milestones": [list(one) for one in milestones],
        "endings": [[way, one_sided, proof.id.hex()] for way, one_sided, proof in endings],
    }
    return work_case(name, records, "engagement", derived, rule=rule, now_ms=now_ms, why=why)
