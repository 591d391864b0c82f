"""Work between people with a node each, done by acts: agreed on, delivered, accepted and closed."""

from support.node_parts import NodeParts, share

from folkmoot.ids import DocumentId
from folkmoot.record import day_of
from folkmoot_node.acts.closing import close_engagement
from folkmoot_node.acts.delivery import answer_delivery, deliver
from folkmoot_node.acts.engagement import EngagementOffer, offer_engagement
from folkmoot_node.acts.published import Published
from folkmoot_node.acts.signing import sign_document
from folkmoot_node.views.naming import document_text, identity_text, record_text

FILE = {"sha256": "00" * 32, "name": "guide.zip"}


def name_of(node: NodeParts) -> str:
    """Return the id of somebody's node's owner as text."""
    return identity_text(node.who.id)


async def drafted(client: NodeParts, *makers: NodeParts, **terms: object) -> str:
    """Let a client draft an engagement with two milestones; all of them know."""
    milestone = {
        "amount_minor": 100_000,
        "due_day": day_of(client.clock.now_ms()) + 14,
        "criteria": ["It runs.", "It is documented."],
        "accept_days": 5,
        "on_silence": "accept",
    }
    usual = {
        "title": "A guide for the museum",
        "deliverables": ["The guide."],
        "currency": "EUR",
        "milestones": [{"name": "First half", **milestone}, {"name": "Second half", **milestone}],
        "pay_days": 30,
    }
    parties = [("client", name_of(client)), *(("maker", name_of(maker)) for maker in makers)]
    offer = EngagementOffer(parties=parties, terms={**usual, **terms})
    published = await offer_engagement(client.author, offer)
    await share(client, *makers)
    return document_text(_document(published))


async def engaged(client: NodeParts, *makers: NodeParts, **terms: object) -> str:
    """Let people agree on an engagement; all of them know."""
    document = await drafted(client, *makers, **terms)
    await _signed(document, client, *makers)
    return document


async def accepted(document: str, client: NodeParts, maker: NodeParts, milestone: int = 0) -> None:
    """Let somebody deliver a milestone, and the client accept it."""
    delivery = await deliver(maker.author, document, milestone, [FILE])
    await share(client, maker)
    await answer_delivery(client.author, record_text(delivery.record.id))
    await share(client, maker)


async def closed(document: str, client: NodeParts, *makers: NodeParts) -> None:
    """Let all sign that an engagement is completed."""
    closing = await close_engagement(client.author, document, way="completed")
    await share(client, *makers)
    await _signed(document_text(_document(closing)), client, *makers)


async def _signed(document: str, first: NodeParts, *others: NodeParts) -> None:
    for other in others:
        await sign_document(other.author, document)
    await share(first, *others)
    await first.settle()
    await share(first, *others)


def _document(published: Published) -> DocumentId:
    assert published.document is not None
    return published.document
