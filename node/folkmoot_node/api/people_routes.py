"""Routes about people: profile, availability, endorsements, posts."""

from typing import Annotated

from fastapi import APIRouter, Query, Request

from folkmoot_node.acts import endorsement, post, profile
from folkmoot_node.api import models
from folkmoot_node.api.answers import ImportedShape, PublishedShape, imported_json, published_json
from folkmoot_node.api.parts import DryRun, IdText, Limit, Parts
from folkmoot_node.views import finding, people, posts
from folkmoot_node.views.naming import any_id, identity_id
from folkmoot_node.views.person_shapes import PersonShape
from folkmoot_node.views.shapes import Findings, PostList

router = APIRouter(tags=["people"])


@router.put("/profile")
async def publish_profile(parts: Parts, fields: models.Profile) -> PublishedShape:
    """Publish the owner's profile; fields left out stay as they were."""
    given = fields.model_dump(exclude={"allow_contacts"}, exclude_none=True)
    published = await profile.publish_profile(parts.author, given, allow_contacts=fields.allow_contacts)
    return published_json(published)


@router.post("/profile/import")
async def import_profile(parts: Parts, request: Request, *, dry_run: DryRun = False) -> ImportedShape:
    """Publish a profile from a JSON Resume file, which is the body of the request."""
    return imported_json(await profile.import_resume(parts.author, await request.body(), dry_run=dry_run))


@router.put("/availability")
async def publish_availability(parts: Parts, fields: models.Availability) -> PublishedShape:
    """Say how many hours a week the owner has, and until when."""
    return published_json(await profile.publish_availability(parts.author, **fields.model_dump()))


@router.get("/people/{identity}")
async def show_person(parts: Parts, identity: IdText) -> PersonShape:
    """Tell what is known of a person; `me` is the owner, who also sees endorsements not shown to others."""
    who = parts.author.identity if identity == "me" else identity_id(identity)
    return await people.person(parts.view, who)


@router.get("/find")
async def find(
    parts: Parts,
    *,
    skill: Annotated[list[str] | None, Query(max_length=16, description="Repeated: all must match.")] = None,
    hours: Annotated[int | None, Query(ge=0, le=168, description="Hours a week, at least.")] = None,
    text: Annotated[str, Query(max_length=200)] = "",
    limit: Limit = 50,
) -> Findings:
    """Find people and open opportunities by skills, hours and words, in a stated order, with reasons."""
    wanted = finding.Wanted(skills=skill or (), hours=hours, text=text)
    return await finding.find(parts.view, wanted, limit=limit)


@router.post("/endorsements")
async def endorse(parts: Parts, fields: models.Endorsement) -> PublishedShape:
    """Endorse somebody."""
    published = await endorsement.endorse(
        parts.author,
        fields.subject,
        fields.text,
        about=fields.model_dump(include={"skill", "relation"}, exclude_none=True),
        basis=fields.basis,
        milestone=fields.milestone,
    )
    return published_json(published)


@router.post("/endorsements/{record}/show")
async def show_endorsement(parts: Parts, record: IdText) -> PublishedShape:
    """Let an endorsement of the owner stand beside their profile."""
    return published_json(await endorsement.show_endorsement(parts.author, record))


@router.post("/endorsements/{record}/hide")
async def hide_endorsement(parts: Parts, record: IdText) -> PublishedShape:
    """Take an endorsement away from beside the owner's profile."""
    return published_json(await endorsement.hide_endorsement(parts.author, record))


@router.post("/posts")
async def publish_post(parts: Parts, fields: models.Post) -> PublishedShape:
    """Say something to everybody."""
    return published_json(await post.publish_post(parts.author, post.Words(**fields.model_dump())))


@router.get("/posts")
async def list_posts(
    parts: Parts,
    *,
    about: Annotated[str | None, Query(max_length=100, description="What they are about or reply to.")] = None,
    limit: Limit = 50,
) -> PostList:
    """List posts, newest first."""
    return await posts.posts(parts.view, about=any_id(about)[1] if about else None, limit=limit)
