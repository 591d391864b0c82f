"""Agreeing on work: what an award suggests, and engagements and change orders drafted for every party to sign."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from folkmoot.agreement import Party, Proposal
from folkmoot.canonical import Value
from folkmoot.documents import ENGAGEMENT
from folkmoot.drafting import Engaging, from_award
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.kinds.work import read_bid
from folkmoot.lint import remarks
from folkmoot.rules import COMMONS
from folkmoot.state.engagement import Engagement, EngagementStatus
from folkmoot.state.opportunity import BidStatus
from folkmoot.state.team import Team, derive_team
from folkmoot_node.acts.drafts import last_moment, publish_draft
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.engagements import found_engagement
from folkmoot_node.views.naming import (
    SYNC_ADVICE,
    document_id,
    document_text,
    identity_id,
    identity_text,
    record_id,
)
from folkmoot_node.views.opportunities import standing_bid
from folkmoot_node.views.viewpoint import Scene, Viewpoint

_READERS = {
    "bid": record_id,
    "opportunity": record_id,
    "pattern": record_id,
    "resolver": identity_id,
    "team": document_id,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementOffer:
    """What is to be agreed on; ids in text.

    Attributes:
        award: The awarded bid that it is drafted from, if it is.
        changes: The engagement that this one is to change; not together with an award.
        parties: Capacity and identity of everybody, `client` being the capacity of one; as suggested if left out.
        terms: Terms as in the document; they go before suggested ones, and `None` takes one of these away.
        accept_by: The last moment in ms to sign; seven days from now when left out.
    """

    award: str | None = None
    changes: str | None = None
    parties: Sequence[tuple[str, str]] = ()
    terms: Mapping[str, object] = field(default_factory=dict)
    accept_by: int | None = None


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to begin with: parties and terms, the space they live in, and the document to be changed, if any."""

    engaging: Engaging
    space: str = COMMONS
    prev: DocumentId | None = None


@in_turn
async def offer_engagement(author: Author, offer: EngagementOffer) -> Published:
    """Draft an engagement, publish it, and sign the drafter's own places; what it leaves open is in the notes.

    Raises:
        UnknownIdError: An id is mistyped, or what it names is not known here.
        ConfigError: An id names the wrong sort of thing, the moment to sign is past, or nobody says who is engaged.
        RefusedError: The bid is not awarded, the author is no party, or the terms break a rule.
    """
    suggestion = await suggested(author, offer.award, offer.changes)
    terms = _merged(suggestion.engaging.terms, offer)
    parties = tuple(Party(capacity.strip(), identity_id(who)) for capacity, who in offer.parties)
    parties = parties or suggestion.engaging.parties
    if not parties:
        raise ConfigError("nobody says who is engaged", advice="Name an awarded bid, or the parties.")
    await _refuse_strangers(author, parties, terms)
    proposal = Proposal(
        type=ENGAGEMENT,
        drafter=author.identity,
        drafted=author.clock.now_ms(),
        accept_by=last_moment(author, offer.accept_by),
        parties=parties,
        terms=terms,
        prev=suggestion.prev,
    )
    if all(party.identity != author.identity for party in parties):
        raise RefusedError("you have no place in it", advice="Only a party drafts an engagement.")
    document = author.draft(proposal)
    record = await publish_draft(author, document, suggestion.space)
    return Published(record, document.id, tuple(remark.text for remark in remarks(document)))


async def suggested(author: Author, award: str | None, changes: str | None) -> Suggestion:
    """Return what an awarded bid suggests, or what an engagement says that is to be changed.

    Raises:
        UnknownIdError: An id is mistyped, or what it names is not known here.
        ConfigError: Both are given.
        RefusedError: The bid is not awarded, or the engagement is not the author's to change.
    """
    if award and changes:
        raise ConfigError("a change order is made from the engagement, not from the award", advice="Give only one.")
    view = Viewpoint.of(author)
    if award:
        return await _from_award(view, award)
    return await _from_engagement(author, view, changes) if changes else Suggestion(Engaging((), {}))


async def engagement_in_force(author: Author, engagement: str) -> tuple[Scene, Engagement]:
    """Find an engagement that all have signed and in which the owner has a place, closed or not.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        RefusedError: It does not stand, or the owner is no party.
    """
    wanted = document_id(engagement)
    scene = await Viewpoint.of(author).around(wanted)
    found = found_engagement(scene, wanted)
    if author.identity not in found.parties:
        raise RefusedError("you are no party to that engagement")
    if not found.stands:
        later = (
            f"A newer document took its place: {document_text(found.superseded_by)}." if found.superseded_by else ""
        )
        raise RefusedError(f"the engagement is not in force: it is {found.status.value}", advice=later)
    return scene, found


async def _from_award(view: Viewpoint, award: str) -> Suggestion:
    scene, state, bid = await standing_bid(view, award)
    if bid.status is not BidStatus.AWARDED:
        raise RefusedError(
            f"the bid is {bid.status.value}, not awarded", advice="Award it first, or name the parties."
        )
    team = _team_now(scene, bid.team) if bid.team else None
    opportunity = scene.evidence.counted[read_bid(bid.record).opportunity]
    engaging = from_award(opportunity, bid.record, team, now_ms=view.now_ms())
    return Suggestion(engaging, state.latest.space)


def _team_now(scene: Scene, team_id: DocumentId) -> Team:
    """Return the team that bid, as it is now: members may have been replaced since."""
    team = derive_team(scene.evidence, team_id)
    while team is not None and team.superseded_by is not None:
        team = derive_team(scene.evidence, team.superseded_by)
    if team is None:
        raise UnknownIdError(f"the team {document_text(team_id)} is not known here", advice=SYNC_ADVICE)
    return team


async def _from_engagement(author: Author, view: Viewpoint, engagement: str) -> Suggestion:
    wanted = document_id(engagement)
    scene = await view.around(wanted)
    found = found_engagement(scene, wanted)
    if author.identity not in found.parties:
        raise RefusedError("you are no party to that engagement, so you cannot propose to change it")
    if found.superseded_by is not None:
        raise RefusedError(
            "that engagement was changed already", advice=f"Change {document_text(found.superseded_by)} instead."
        )
    if found.status is EngagementStatus.CLOSED and found.ending is not None and not found.ending.is_one_sided:
        raise RefusedError("that engagement is over: all have signed so", advice="Draft a new one.")
    return Suggestion(Engaging(found.document.parties, found.document.terms), scene.space_of(wanted), wanted)


async def _refuse_strangers(author: Author, parties: Sequence[Party], terms: Mapping[str, Value]) -> None:
    """Refuse to name somebody whose signatures nobody here could check."""
    named = {party.identity: f"as {party.capacity}" for party in parties if party.identity is not None}
    named |= {IdentityId(witness): "as a witness" for witness in cast("list[bytes]", terms.get("witnesses", []))}
    if "resolver" in terms:
        named[IdentityId(cast("bytes", terms["resolver"]))] = "as resolver"
    for identity, place in named.items():
        if not await author.store.operations_of(identity):
            raise UnknownIdError(
                f"nobody with the id {identity_text(identity)} is known here, {place}", advice=SYNC_ADVICE
            )


def _merged(suggested_terms: Mapping[str, Value], offer: EngagementOffer) -> dict[str, Value]:
    """Lay the given terms over the suggested ones; the shares of a suggestion are those of its own parties."""
    terms = dict(suggested_terms)
    if offer.parties:
        terms.pop("shares", None)
    for name, value in offer.terms.items():
        terms.pop(name, None)
        terms.update(filled(**{name: _read(name, value)}))
    return terms


def _read(name: str, value: object) -> object:
    """Return a term with the ids in it read."""
    if value is None or value == "":
        return None
    if name == "witnesses":
        return [identity_id(witness) for witness in cast("Sequence[str]", value)]
    return _READERS[name](cast("str", value)) if name in _READERS else value
