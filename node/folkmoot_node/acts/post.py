"""Saying something to everybody: a `post`, about anything or in reply to another."""

from collections.abc import Sequence
from dataclasses import dataclass

from folkmoot.rules import COMMONS
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, any_id, record_id
from folkmoot_node.views.viewpoint import Viewpoint


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a post says; ids in text.

    Attributes:
        text: The post itself.
        title: Its heading.
        topic: One of `folkmoot.kinds.word.POST_TOPICS`.
        about: An identity, a record or a document that it is about.
        replies: The post that it answers.
        tags: Words to find it by.
        space: Where it lives, if not where the post lives that it answers.
    """

    text: str
    title: str = ""
    topic: str = ""
    about: str | None = None
    replies: str | None = None
    tags: Sequence[str] = ()
    space: str | None = None


@in_turn
async def publish_post(author: Author, words: Words) -> Published:
    """Publish a post; a reply goes where the post lives that it answers.

    Raises:
        UnknownIdError: The post replied to is not known here, or an id is mistyped.
        ConfigError: An id names the wrong sort of thing.
        RefusedError: It replies to what is no post, or breaks a rule of its kind.
    """
    about_id = any_id(words.about)[1] if words.about else None
    answered = None
    if words.replies:
        answered = await Viewpoint.of(author).record(record_id(words.replies))
        if answered is None:
            raise UnknownIdError("the post replied to is not known here", advice=SYNC_ADVICE)
        if answered.kind != "post":
            raise RefusedError(f"that is a record of kind {answered.kind}, and only posts are replied to")
    body = filled(
        text=words.text,
        title=words.title,
        topic=words.topic,
        about=about_id,
        replies=answered.id if answered else None,
        tags=list(words.tags),
    )
    where = words.space or (answered.space if answered else COMMONS)
    return Published(await author.publish("post", body, space=where))
