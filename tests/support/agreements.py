"""Documents between named people, and their signatures."""

from support.keys import NETWORK, Person, person, seed_of

from folkmoot.agreement import Cosignature, Document, Party, Proposal, cosign, draft
from folkmoot.canonical import Value
from folkmoot.chain import Chain, read_chain
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.limits import DAY_MS

DRAFTED = 1_700_000_000_000
ACCEPT_BY = DRAFTED + 7 * DAY_MS
TERMS: dict[str, Value] = {"name": "Kites", "purpose": "Build a kite", "lead": 0, "shares": [6000, 4000]}


def team(
    *names: str,
    terms: dict[str, Value] = TERMS,
    nonce: bytes = seed_of("nonce")[:16],
    prev: DocumentId | None = None,
    network: str = NETWORK,
) -> Document:
    """Draft a team of people; the first drafts it, and an empty name leaves a seat open."""
    proposal = Proposal(
        type="team",
        drafter=person(names[0]).id,
        drafted=DRAFTED,
        accept_by=ACCEPT_BY,
        parties=tuple(
            Party(f"seat {place}", person(name).id if name else None) for place, name in enumerate(names)
        ),
        terms=terms,
        prev=prev,
    )
    return draft(proposal, network=network, nonce=nonce)


def yes(document: Document, who: Person, *, place: int | None = None, at: int = DRAFTED) -> Cosignature:
    """Let somebody sign for their first place."""
    index = document.indices_of(who.id)[0] if place is None else place
    return cosign(document, index, head=who.genesis.id, at=at, key=who.key, network=NETWORK)


def chains_of(*names: str) -> dict[IdentityId, Chain]:
    """Return what is held of people who never changed a key."""
    chains = (read_chain([person(name).genesis], network=NETWORK) for name in names)
    return {chain.identity: chain for chain in chains if chain is not None}
