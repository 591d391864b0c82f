"""Records of every kind in one line each, and a clock that a test sets.

People are those of `support.keys`. What is sealed here follows its kind unless the test says otherwise: references
come from the body, and a record lives as long as its kind may.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from support.keys import NETWORK, Person, seed_of

from folkmoot.agreement import Cosignature, Document, Party, Proposal, cosign, cosignature_value, draft
from folkmoot.canonical import Value
from folkmoot.documents import TEAM
from folkmoot.identity import Device, Operation, Recovery, Revocation, Scope, Snapshot, operation
from folkmoot.ids import RecordId
from folkmoot.keys import SecretKey, key_digest
from folkmoot.kinds import KINDS
from folkmoot.limits import DAY_MS, SHARES_TOTAL
from folkmoot.record import Content, Record, Ref, day_of, seal
from folkmoot.rules import COMMONS

TODAY = 20_600
NOW_MS = TODAY * DAY_MS + DAY_MS // 2
_UNKNOWN_KIND_DAYS = 30


@dataclass
class StoppedClock:
    """A clock that stands where the test puts it."""

    at_ms: int = NOW_MS

    def now_ms(self) -> int:
        """See `folkmoot_node.clock.Clock`."""
        return self.at_ms

    def advance_days(self, days: int) -> None:
        """Let days pass."""
        self.at_ms += days * DAY_MS


@dataclass(frozen=True, slots=True)
class Place:
    """Where and until when a record lives; without `expires`, as long as its kind may."""

    slot: int = 0
    rev: int = NOW_MS
    expires: int | None = None
    space: str = COMMONS


HERE = Place()


def sealed(
    author: Person, kind: str, body: Mapping[str, Value], place: Place = HERE, *, key: SecretKey | None = None
) -> Record:
    """Seal a record of any kind, with the author's first device unless another is given."""
    known = KINDS.get(kind)
    refs: Sequence[Ref] = sorted(known.refs(body, NETWORK)) if known and body else ()
    expires = place.expires
    if expires is None:
        expires = day_of(place.rev) + (known.days_max if known else _UNKNOWN_KIND_DAYS)
    content = Content(kind, place.space, place.slot, place.rev, expires, refs, body)
    return seal(content, author=author.id, key=key or author.key, network=NETWORK)


def deleted(author: Person, record: Record) -> Record:
    """Seal the tombstone of a record, a millisecond later."""
    place = Place(record.slot, record.rev + 1, record.expires, record.space)
    return sealed(author, record.kind, {}, place)


def profile(author: Person, *skills: str, place: Place = HERE, **fields: Value) -> Record:
    """Seal a profile that names skills."""
    labels: list[Value] = [{"label": skill} for skill in skills]
    body: dict[str, Value] = {"name": author.name.title(), **fields}
    return sealed(author, "profile", {**body, "skills": labels} if labels else body, place)


def availability(author: Person, hours: int = 20, place: Place = HERE) -> Record:
    """Seal an availability for the next month."""
    body: dict[str, Value] = {"hours_per_week": hours, "from": TODAY, "until": TODAY + 30}
    return sealed(author, "availability", body, place)


def opportunity(author: Person, title: str = "A web shop", place: Place = HERE, **fields: Value) -> Record:
    """Seal an opportunity with one role, open for a week."""
    body: dict[str, Value] = {
        "title": title,
        "need": "Somebody has to build it.",
        "roles": [{"title": "Backend", "seats": 1}],
        "bids_close": NOW_MS + 7 * DAY_MS,
        "decide_by": NOW_MS + 14 * DAY_MS,
        **fields,
    }
    return sealed(author, "opportunity", body, place)


def bid(author: Person, on: Record, place: Place = HERE, **fields: Value) -> Record:
    """Seal a bid on an opportunity."""
    body: dict[str, Value] = {
        "opportunity": on.id,
        "price": {"amount_minor": 1_000_00, "currency": "EUR", "unit": "fixed"},
        "plan": "First the one, then the other.",
        "valid_until": NOW_MS + 30 * DAY_MS,
        **fields,
    }
    return sealed(author, "bid", body, place)


def award(author: Person, won: Record, place: Place = HERE) -> Record:
    """Seal the award of an opportunity to a bid."""
    return sealed(author, "award", {"opportunity": won.targets("opportunity")[0], "bid": won.id}, place)


def decline(author: Person, lost: Record, place: Place = HERE) -> Record:
    """Seal the decline of a bid."""
    return sealed(author, "decline", {"bid": lost.id, "reason": "fit"}, place)


def endorsement(author: Person, subject: Person, text: str = "Good work", place: Place = HERE) -> Record:
    """Seal an endorsement of somebody."""
    return sealed(author, "endorsement", {"subject": subject.id, "text": text}, place)


def post(author: Person, text: str = "Hello", place: Place = HERE, **fields: Value) -> Record:
    """Seal a post."""
    return sealed(author, "post", {"text": text, **fields}, place)


def exhibit(author: Person, record: Record, place: Place = HERE) -> Record:
    """Seal an exhibit of somebody else's record."""
    return sealed(author, "exhibit", {"record": record.wire}, place)


def team(*members: Person, on: RecordId | None = None) -> Document:
    """Draft a team in which all have equal shares; the first member drafts and leads."""
    share, rest = divmod(SHARES_TOTAL, len(members))
    shares: list[Value] = [share + (index < rest) for index in range(len(members))]
    terms: dict[str, Value] = {"name": "The team", "purpose": "Working together", "lead": 0, "shares": shares}
    proposal = Proposal(
        type=TEAM,
        drafter=members[0].id,
        drafted=NOW_MS,
        accept_by=NOW_MS + 7 * DAY_MS,
        parties=tuple(Party(f"role {index}", member.id) for index, member in enumerate(members)),
        terms=terms if on is None else {**terms, "opportunity": on},
    )
    return draft(proposal, network=NETWORK, nonce=seed_of("nonce")[:16])


def draft_of(author: Person, document: Document, place: Place = HERE) -> Record:
    """Seal the draft that carries a document."""
    return sealed(author, "draft", {"document": document.data}, place)


def consent(member: Person, document: Document) -> Cosignature:
    """Co-sign a document for the first place that somebody holds in it."""
    index = document.indices_of(member.id)[0]
    return cosign(document, index, head=member.genesis.id, at=NOW_MS, key=member.key, network=NETWORK)


def acceptance(author: Person, document: Document, place: Place = HERE) -> Record:
    """Seal an accept with one's own co-signature."""
    body: dict[str, Value] = {
        "document": document.id,
        "cosignature": cosignature_value(consent(author, document)),
    }
    return sealed(author, "accept", body, place)


def agreement(author: Person, document: Document, *signers: Person, place: Place = HERE) -> Record:
    """Seal an agreement with the co-signatures of some people."""
    items: list[Value] = [cosignature_value(item) for item in sorted(consent(who, document) for who in signers)]
    return sealed(author, "agreement", {"document": document.data, "cosignatures": items}, place)


def rotated(author: Person, *added: SecretKey) -> Operation:
    """Follow a genesis by a rotation that adds devices."""
    keys = [author.key, *added]
    snapshot = Snapshot(
        devices=[Device(key.public, seed_of("sealing"), Scope.ALL) for key in keys],
        next_digest=key_digest(NETWORK, seed_of(f"{author.name}/second rotation")),
        recovery=author.genesis.recovery,
    )
    return operation(snapshot, [author.rotation, *added], parent=author.genesis, rank=0, network=NETWORK)


def recovered(author: Person, new: SecretKey, *kept: Record) -> Operation:
    """Follow a genesis by a recovery with another device; the first is revoked but for some records."""
    revocation = Revocation(author.key.public, None, frozenset(record.id[:16] for record in kept))
    snapshot = Snapshot(
        devices=[Device(new.public, seed_of("sealing"), Scope.ALL)],
        next_digest=key_digest(NETWORK, seed_of(f"{author.name}/recovered rotation")),
        recovery=[Recovery(1, 1, (key_digest(NETWORK, seed_of(f"{author.name}/next paper")),))],
        revoke=[revocation],
    )
    return operation(snapshot, [author.paper, new], parent=author.genesis, rank=1, network=NETWORK)
