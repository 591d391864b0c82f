"""Vouching for people whom one knows, and taking it back."""

from folkmoot.ids import IdentityId
from folkmoot.record import Record
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.views.naming import SYNC_ADVICE, identity_id, identity_text


@in_turn
async def vouch(author: Author, subject: str, how: str) -> Published:
    """Say that the holder of an identity is a person whom one knows, and how.

    Raises:
        UnknownIdError: The person is not known here, or the id is mistyped.
        RefusedError: The subject is the author, or vouched for already.
    """
    subject_id = identity_id(subject)
    if subject_id == author.identity:
        raise RefusedError("nobody vouches for themselves", rule="VOU-1")
    if not await author.store.operations_of(subject_id):
        raise UnknownIdError(f"nobody with the id {identity_text(subject_id)} is known here", advice=SYNC_ADVICE)
    if await _standing(author, subject_id):
        raise RefusedError(
            "you vouch for them already", advice="Take that back first with `folkmoot vouch withdraw`."
        )
    record = await author.publish("vouch", filled(subject=subject_id, how=how))
    return Published(record, None, ("it says that you know them, and nothing about their work",))


@in_turn
async def withdraw_vouch(author: Author, subject: str) -> Published:
    """No longer vouch for somebody.

    Raises:
        UnknownIdError: The id is mistyped.
        RefusedError: The owner does not vouch for them.
    """
    standing = await _standing(author, identity_id(subject))
    if not standing:
        raise RefusedError("you do not vouch for them")
    # Two devices may have said it at the same time; all of it is taken back.
    tombstones = [await author.withdraw(record) for record in standing]
    return Published(tombstones[0])


async def _standing(author: Author, subject: IdentityId) -> list[Record]:
    return await author.store.referring(subject, "subject", author=author.identity, kind="vouch")
