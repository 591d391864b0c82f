"""An engagement of the three on their nodes: Carl commissions, Dana works, Eli witnesses and resolves."""

from typing import Any

from support.node_parts import share
from support.three_nodes import Three

from folkmoot.ids import RecordId
from folkmoot.limits import DAY_MS
from folkmoot.record import Record, day_of
from folkmoot_node.acts.delivery import deliver
from folkmoot_node.acts.engagement import EngagementOffer, offer_engagement
from folkmoot_node.acts.signing import sign_document
from folkmoot_node.views.engagement_shapes import EngagementShape
from folkmoot_node.views.engagements import engagement
from folkmoot_node.views.naming import document_id, document_text, identity_text, record_text

AMOUNT_MINOR = 2400_00


def milestone_of(three: Three, **fields: object) -> dict[str, Any]:
    return {
        "name": "First half",
        "amount_minor": AMOUNT_MINOR,
        "due_day": day_of(three.carl.clock.now_ms()) + 14,
        "criteria": ["It runs.", "It is tested."],
        "accept_days": 5,
        "on_silence": "accept",
        **fields,
    }


def terms_of(three: Three, **fields: object) -> dict[str, Any]:
    eli = identity_text(three.eli.who.id)
    return {
        "title": "A guide",
        "deliverables": ["The guide."],
        "currency": "EUR",
        "milestones": [milestone_of(three), milestone_of(three, name="Second half")],
        "pay_days": 30,
        "witnesses": [eli],
        "resolver": eli,
        **fields,
    }


def offer_of_work(three: Three, **fields: object) -> EngagementOffer:
    parties = [("client", identity_text(three.carl.who.id)), ("maker", identity_text(three.dana.who.id))]
    return EngagementOffer(**{"parties": parties, "terms": terms_of(three), **fields})  # type: ignore[arg-type]


async def drafted(three: Three, **terms: object) -> str:
    """Let Carl draft an engagement; everybody knows."""
    offer = offer_of_work(three, terms=terms_of(three, **terms))
    published = await offer_engagement(three.carl.author, offer)
    await share(*three)
    assert published.document is not None
    return document_text(published.document)


async def concluded(three: Three, document: str) -> str:
    """Let Dana sign what Carl drafted, or the other way round; everybody knows."""
    shown = await engagement(three.carl.view, document_id(document))
    waiting = three.dana if shown["parties"][0]["signed"] else three.carl
    await sign_document(waiting.author, document)
    await settled(three)
    return document


async def engaged(three: Three, **terms: object) -> str:
    """Let an engagement of Carl and Dana come into force; everybody knows."""
    return await concluded(three, await drafted(three, **terms))


async def delivered(three: Three, document: str, *, milestone: int = 0) -> str:
    """Let Dana deliver; everybody knows."""
    published = await deliver(three.dana.author, document, milestone, [{"sha256": "ab" * 32, "name": "guide.pdf"}])
    await share(*three)
    return record_text(published.record.id)


async def settled(three: Three) -> None:
    """Let everybody hear of everything, act on it by themselves, and hear of that."""
    await share(*three)
    for node in three:
        await node.settle()
    await share(*three)


async def shown(three: Three, document: str) -> EngagementShape:
    """Return an engagement, on which all three have to agree."""
    seen = [await engagement(node.view, document_id(document)) for node in three]
    assert seen[0] == seen[1] == seen[2]
    return seen[0]


async def kept(three: Three, name: str) -> set[RecordId]:
    """Return what somebody exhibits."""
    node = getattr(three, name)
    exhibits: list[Record] = await node.store.by_author(node.who.id, "exhibit")
    return {RecordId(exhibit.targets("exhibits")[0]) for exhibit in exhibits}


def later(three: Three, *, days: int) -> int:
    """Return a moment some days from now."""
    return three.carl.clock.now_ms() + days * DAY_MS
