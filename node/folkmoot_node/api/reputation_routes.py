"""Routes about what people did and say of each other: facts, trust, vouches, reviews, ways of working."""

from fastapi import APIRouter

from folkmoot_node.acts import endorsement, pattern, review, vouch
from folkmoot_node.api import reputation_models as models
from folkmoot_node.api.answers import PublishedShape, published_json
from folkmoot_node.api.parts import IdText, Limit, Parts
from folkmoot_node.views import facts, patterns, reviews, trust
from folkmoot_node.views.naming import document_id, identity_id, record_id
from folkmoot_node.views.patterns import PatternList, PatternShape
from folkmoot_node.views.person_shapes import FactsShape, ReviewList, TrustShape

router = APIRouter(tags=["reputation"])


@router.get("/people/{identity}/facts")
async def show_facts(parts: Parts, identity: IdText) -> FactsShape:
    """Tell what a person has done, each fact with the ids that prove it; no opinion is among it."""
    who = parts.author.identity if identity == "me" else identity_id(identity)
    return await facts.facts(parts.view, who)


@router.get("/people/{identity}/trust")
async def show_trust(parts: Parts, identity: IdText) -> TrustShape:
    """Tell how far the owner's own ties reach a person, and by which ways."""
    who = parts.author.identity if identity == "me" else identity_id(identity)
    return await trust.trust(parts.view, who)


@router.post("/vouches")
async def publish_vouch(parts: Parts, fields: models.Vouch) -> PublishedShape:
    """Say that the owner knows somebody."""
    return published_json(await vouch.vouch(parts.author, fields.subject, fields.how))


@router.delete("/vouches/{identity}")
async def withdraw_vouch(parts: Parts, identity: IdText) -> PublishedShape:
    """No longer vouch for somebody."""
    return published_json(await vouch.withdraw_vouch(parts.author, identity))


@router.delete("/endorsements/{record}")
async def revoke_endorsement(parts: Parts, record: IdText) -> PublishedShape:
    """Take back an endorsement that the owner gave."""
    return published_json(await endorsement.revoke_endorsement(parts.author, record))


@router.post("/reviews")
async def commit_review(parts: Parts, fields: models.Review) -> PublishedShape:
    """Promise a review that nobody can read until the others cannot write theirs by it."""
    published = await review.commit_review(
        parts.author, fields.document, subject=fields.subject, text=fields.text, again=fields.again
    )
    return published_json(published)


@router.get("/reviews/{document}")
async def list_reviews(parts: Parts, document: IdText) -> ReviewList:
    """List the reviews of an engagement: promised, shown, late, kept back."""
    return await reviews.reviews(parts.view, document_id(document), parts.author.unopened)


@router.delete("/reviews/{record}")
async def withdraw_review(parts: Parts, record: IdText) -> PublishedShape:
    """Take back one of the owner's reviews, or give up one that was only promised."""
    return published_json(await review.withdraw_review(parts.author, record))


@router.post("/patterns")
async def publish_pattern(parts: Parts, fields: models.Pattern) -> PublishedShape:
    """Publish a way of working."""
    given = fields.model_dump(exclude={"space"})
    return published_json(await pattern.publish_pattern(parts.author, given, space=fields.space))


@router.get("/patterns")
async def list_patterns(parts: Parts, *, limit: Limit = 50) -> PatternList:
    """List ways of working, newest first."""
    return await patterns.patterns(parts.view, limit=limit)


@router.get("/patterns/{record}")
async def show_pattern(parts: Parts, record: IdText) -> PatternShape:
    """Tell what a way of working is, who chose it, and what became of it."""
    return await patterns.pattern(parts.view, record_id(record))


@router.post("/pattern-outcomes")
async def publish_outcome(parts: Parts, fields: models.Outcome) -> PublishedShape:
    """Say what became of a way of working that the owner has chosen."""
    published = await pattern.publish_outcome(
        parts.author,
        fields.pattern,
        fields.document,
        verdict=fields.verdict,
        measures=[item.model_dump() for item in fields.measures],
        note=fields.note,
    )
    return published_json(published)
