"""Agreeing on work: an engagement is drafted, signed by every party, changed by all, and closed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import cast

from folkmoot.agreement import Document, Party, Proposal
from folkmoot.canonical import Value
from folkmoot.documents import CLOSING, ENGAGEMENT, check_terms, unknown_to_us
from folkmoot.drafting import Engaging, from_award
from folkmoot.errors import DecodeError
from folkmoot.ids import DocumentId
from folkmoot.kinds.work import read_bid
from folkmoot.limits import ACCEPT_WINDOW_DAYS_MAX, DAY_MS
from folkmoot.lint import remarks
from folkmoot.rules import COMMONS
from folkmoot.state.engagement import Engagement, EngagementStatus
from folkmoot.state.opportunity import BidStatus
from folkmoot.state.team import derive_team
from folkmoot_node.acts.bid import standing_bid
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.team import signed_seats
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.views.engagements import found_engagement
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, document_text, identity_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint

ACCEPT_DAYS = 7
"""Days for which an engagement can be signed, unless another moment is given."""

_IDENTITIES = frozenset({"resolver", "witnesses"})


@dataclass(frozen=True, slots=True, kw_only=True)
class EngagementOffer:
    """What is to be agreed on; ids in text.

    Attributes:
        award: The awarded bid that it is drafted from, if it is.
        parties: Capacity and identity of everybody, `client` being the capacity of one; from the bid if left out.
        terms: Terms as in the document; they go before those that the bid suggests.
        accept_by: The last moment in ms to sign; seven days from now when left out.
        changes: The engagement that this one is to change.
    """

    award: str | None = None
    parties: Sequence[tuple[str, str]] = ()
    terms: Mapping[str, object] = field(default_factory=dict)
    accept_by: int | None = None
    changes: str | None = None


@in_turn
async def offer_engagement(author: Author, offer: EngagementOffer) -> Published:
    """Draft an engagement, publish it, and sign the drafter's own places; what it leaves open is in the notes.

    Raises:
        UnknownIdError: An id is mistyped, or what it names is not known here.
        ConfigError: An id names the wrong sort of thing, or the moment to sign is past.
        RefusedError: The bid is not awarded, the author is no party, or the terms break a rule.
    """
    view = Viewpoint.of(author)
    engaging, space = await _suggested(view, offer)
    changed = await _changed(author, view, offer.changes) if offer.changes else None
    if changed is not None:
        scene, before = changed
        space = scene.space_of(before.id)
        engaging = Engaging(
            engaging.parties or before.document.parties, {**before.document.terms, **engaging.terms}
        )
    terms = {**engaging.terms, **_terms(offer.terms)}
    parties = (
        tuple(Party(capacity.strip(), identity_id(who)) for capacity, who in offer.parties) or engaging.parties
    )
    await _refuse_strangers(author, parties)
    document = author.draft(_proposal(author, offer, parties, terms, changed[1].id if changed else None))
    _check(author, document)
    acceptances = await signed_seats(author, document, document.indices_of(author.identity))
    record = await author.publish("draft", {"document": document.data}, space=space)
    for acceptance in acceptances:
        await author.publish("accept", acceptance, space=space)
    return Published(record, document.id, tuple(remark.text for remark in remarks(document)))


@in_turn
async def sign_engagement(author: Author, engagement: str) -> Published:
    """Sign an engagement, a change order or a closing, in every place that is the owner's.

    Raises:
        UnknownIdError: The document is not known here, or the id is mistyped.
        RefusedError: No place is the owner's, it is signed already, or it cannot come into force any more.
    """
    wanted = document_id(engagement)
    scene = await Viewpoint.of(author).around(wanted)
    document = scene.evidence.documents.get(wanted)
    if document is None:
        raise UnknownIdError(f"no document {document_text(wanted)} is known here", advice=SYNC_ADVICE)
    _refuse_unreadable(document)
    if not document.indices_of(author.identity):
        raise RefusedError("no place in that document is yours", rule="COS-4")
    if document.accept_by < author.clock.now_ms():
        raise RefusedError("the moment to sign it has passed", advice="Ask for a new one.", rule="COS-3")
    if document.type == ENGAGEMENT:
        _refuse_replaced(found_engagement(scene, wanted), author)
    space = scene.space_of(wanted)
    acceptances = await signed_seats(author, document, document.indices_of(author.identity))
    records = [await author.publish("accept", acceptance, space=space) for acceptance in acceptances]
    return Published(records[0], wanted)


@in_turn
async def close_engagement(author: Author, engagement: str, *, way: str, note: str = "") -> Published:
    """End an engagement: `completed` and `mutual` for all to sign, or what one side says alone.

    Raises:
        UnknownIdError: The engagement is not known here, or the id is mistyped.
        RefusedError: It is not in force, or the owner is no party.
    """
    scene, found = await engagement_in_force(author, engagement)
    space = scene.space_of(found.id)
    if way not in ("completed", "mutual"):
        body = filled(document=found.id, way=way, note=note)
        return Published(await author.publish("closing", body, space=space), found.id)
    proposal = Proposal(
        type=CLOSING,
        drafter=author.identity,
        drafted=author.clock.now_ms(),
        accept_by=author.clock.now_ms() + ACCEPT_DAYS * DAY_MS,
        parties=found.document.parties,
        terms=filled(engagement=found.id, way=way, text=note),
    )
    document = author.draft(proposal)
    acceptances = await signed_seats(author, document, document.indices_of(author.identity))
    record = await author.publish("draft", {"document": document.data}, space=space)
    for acceptance in acceptances:
        await author.publish("accept", acceptance, space=space)
    return Published(record, document.id, ("it ends the engagement once every party has signed this document",))


async def engagement_in_force(author: Author, engagement: str) -> tuple[Scene, Engagement]:
    """Find an engagement that stands and in which the owner has a place.

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
            f"A change order took its place: {document_text(found.superseded_by)}." if found.superseded_by else ""
        )
        raise RefusedError(f"the engagement is not in force: it is {found.status.value}", advice=later)
    return scene, found


async def _suggested(view: Viewpoint, offer: EngagementOffer) -> tuple[Engaging, str]:
    """Return what the awarded bid suggests, and the space of it."""
    if offer.award is None:
        return Engaging((), {}), COMMONS
    scene, state, bid = await standing_bid(view, offer.award)
    if bid.status is not BidStatus.AWARDED:
        raise RefusedError(
            f"the bid is {bid.status.value}, not awarded", advice="Award it first, or name the parties."
        )
    team = derive_team(scene.evidence, bid.team) if bid.team else None
    if bid.team is not None and team is None:
        raise UnknownIdError(f"the team {document_text(bid.team)} is not known here", advice=SYNC_ADVICE)
    opportunity = scene.evidence.counted[read_bid(bid.record).opportunity]
    return from_award(opportunity, bid.record, team, now_ms=view.now_ms()), state.latest.space


async def _changed(author: Author, view: Viewpoint, engagement: str) -> tuple[Scene, Engagement]:
    wanted = document_id(engagement)
    scene = await view.around(wanted)
    found = found_engagement(scene, wanted)
    if author.identity not in found.parties:
        raise RefusedError("you are no party to that engagement, so you cannot propose to change it")
    if found.superseded_by is not None:
        raise RefusedError(
            "that engagement was changed already", advice=f"Change {document_text(found.superseded_by)} instead."
        )
    return scene, found


async def _refuse_strangers(author: Author, parties: Sequence[Party]) -> None:
    for party in parties:
        if party.identity is not None and not await author.store.operations_of(party.identity):
            raise UnknownIdError(f"nobody is known here for the place {party.capacity}", advice=SYNC_ADVICE)


def _terms(given: Mapping[str, object]) -> dict[str, Value]:
    """Return terms with the ids in them read."""
    read = {name: value for name, value in given.items() if name not in _IDENTITIES}
    if given.get("resolver"):
        read["resolver"] = identity_id(cast("str", given["resolver"]))
    if given.get("witnesses"):
        read["witnesses"] = [identity_id(witness) for witness in cast("Sequence[str]", given["witnesses"])]
    return filled(**read)


def _proposal(
    author: Author,
    offer: EngagementOffer,
    parties: tuple[Party, ...],
    terms: Mapping[str, Value],
    prev: DocumentId | None,
) -> Proposal:
    now_ms = author.clock.now_ms()
    accept_by = offer.accept_by if offer.accept_by is not None else now_ms + ACCEPT_DAYS * DAY_MS
    if accept_by <= now_ms:
        raise ConfigError("the moment to sign is past already", advice="Give a moment in the future.", rule="DOC-5")
    if accept_by > now_ms + ACCEPT_WINDOW_DAYS_MAX * DAY_MS:
        raise RefusedError(f"a document can be signed for at most {ACCEPT_WINDOW_DAYS_MAX} days", rule="DOC-5")
    return Proposal(
        type=ENGAGEMENT,
        drafter=author.identity,
        drafted=now_ms,
        accept_by=accept_by,
        parties=parties,
        terms=terms,
        prev=prev,
    )


def _check(author: Author, document: Document) -> None:
    try:
        check_terms(document)
    except DecodeError as error:
        raise RefusedError(error.why, rule=error.rule) from error
    if not document.indices_of(author.identity):
        raise RefusedError("you have no place in it", advice="Only a party drafts an engagement.")


def _refuse_unreadable(document: Document) -> None:
    unknown = unknown_to_us(document)
    if unknown:
        raise RefusedError(
            f"the document has terms that this version cannot show you: {', '.join(sorted(unknown))}",
            advice="Nobody should sign what they cannot read; install a newer version, or ask for another one.",
        )


def _refuse_replaced(found: Engagement, author: Author) -> None:
    if found.status is EngagementStatus.SUPERSEDED and found.superseded_by is not None:
        raise RefusedError(
            "that engagement was replaced by a newer one, and a signature on the old counts for nothing there",
            advice=f"Look at {document_text(found.superseded_by)} and sign that one.",
            rule="TEA-3",
        )
    if all(found.signed[place] for place in found.document.indices_of(author.identity)):
        raise RefusedError("you have signed it already")
