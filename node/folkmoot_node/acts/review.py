"""Blind reviews: promised first, opened once nobody can write theirs by it, and taken back by their author alone.

Theory of operation: the words and their salt are kept in the data folder, on the disk before the promise leaves.
They are opened when every other party has promised a review too, or has no time left to; the owner need not be
there. What was kept and never promised, because the node died in between, is given up when it is promised anew.
"""

from typing import cast

from folkmoot.canonical import Value
from folkmoot.ids import DocumentId, IdentityId
from folkmoot.record import Record
from folkmoot.sealed import SALT_BYTES, commitment
from folkmoot.state.engagement import Engagement, derive_engagement
from folkmoot.state.reviews import ReviewStatus, derive_reviews, may_reveal
from folkmoot_node.acts.published import Published, filled
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, UnknownIdError
from folkmoot_node.unopened import Sealed
from folkmoot_node.views.engagements import found_engagement
from folkmoot_node.views.naming import SYNC_ADVICE, document_id, identity_id, record_id
from folkmoot_node.views.viewpoint import Scene, Viewpoint

KIND = "review"
_COUNTED_AS_KEPT_BACK = "your promise stays, and counts as one not kept once your time to review is over"


@in_turn
async def commit_review(
    author: Author, document: str, *, subject: str, text: str, again: str | None = None
) -> Published:
    """Promise a review of another party to an engagement; it is opened when nobody gains by reading it.

    Raises:
        UnknownIdError: The engagement is not known here, or an id is mistyped.
        RefusedError: The author is no party or has reviewed that party before, or the subject is no other party.
    """
    view = Viewpoint.of(author)
    wanted, subject_id = document_id(document), identity_id(subject)
    scene = await view.around(wanted)
    engagement = found_engagement(scene, wanted)
    _refuse_outsiders(engagement, author.identity, subject_id)
    _refuse_second(author, scene, engagement, subject_id)
    body = filled(document=engagement.id, subject=subject_id, text=text, again=again)
    salt = author.entropy.randbytes(SALT_BYTES)
    promised = commitment(body, author=author.identity, salt=salt, network=author.network)
    space = scene.space_of(engagement.id)
    author.rehearse(KIND, {**body, "commit": bytes(32), "salt": salt, "counterpart": bytes(32)}, space=space)
    author.unopened.keep(promised, Sealed(KIND, space, body, salt))
    try:
        record = await author.publish("review-commit", {"document": engagement.id, "digest": promised}, space=space)
    except RefusedError:
        author.unopened.forget(promised)
        raise
    note = (
        "nobody can read it yet; this node opens it once every other party has promised theirs, or"
        f" {engagement.terms.review_days} days after the end"
    )
    return Published(record, engagement.id, (note, *await _lateness(view, record, engagement)))


@in_turn
async def withdraw_review(author: Author, review: str) -> Published:
    """Take back one's own review: what was shown is deleted, what was only promised is never shown.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is somebody else's, was withdrawn before, or its words are kept on another device.
    """
    wanted = record_id(review)
    record = await Viewpoint.of(author).record(wanted)
    if record is None or record.is_tombstone or record.kind not in (KIND, "review-commit"):
        raise UnknownIdError(f"no review {review} is known here", advice=SYNC_ADVICE)
    if record.author != author.identity:
        raise RefusedError("that review is somebody else's, and only its author takes it back")
    if record.kind == "review-commit":
        promised = record.body["digest"]
        if not isinstance(promised, bytes) or author.unopened.get(promised) is None:
            raise RefusedError(
                "what it promises is not kept here: it was opened, given up, or is on another device"
            )
        author.unopened.forget(promised)
        return Published(record, None, (_COUNTED_AS_KEPT_BACK,))
    standing = await author.store.at(record.address)
    if standing is None or standing.id != record.id:
        raise RefusedError("that review was withdrawn before")
    return Published(
        await author.withdraw(record), None, (_COUNTED_AS_KEPT_BACK,) if "commit" in record.body else ()
    )


@in_turn
async def open_reviews(author: Author) -> list[Record]:
    """Open every kept review whose time has come; return what was published.

    Raises:
        RefusedError: One could not be published; it stays kept, and the others were opened.
        StoreError: The store does not do its work.
    """
    opened: list[Record] = []
    refusals: list[RefusedError] = []
    for promised, sealed in author.unopened.of_kind(KIND).items():
        body = await _opening(author, promised, sealed)
        if body is None:
            continue
        try:
            opened.append(await author.publish(KIND, body, space=sealed.space))
        except RefusedError as error:
            # One that cannot be published, such as in a space that was left, does not hold up the others.
            refusals.append(error)
        else:
            author.unopened.forget(promised)
    if refusals:
        raise refusals[0]
    return opened


async def _opening(author: Author, promised: bytes, sealed: Sealed) -> dict[str, Value] | None:
    """Return what opens a promise, or `None` while it stays closed."""
    view = Viewpoint.of(author)
    named = _document_of(sealed)
    scene = await view.around(named)
    engagement = derive_engagement(scene.evidence, named)
    if engagement is None:
        return None
    commit = next((c for c in _commits(scene, engagement, author.identity) if c.body["digest"] == promised), None)
    if commit is None:
        return None
    if any(item.author == author.identity for item in scene.evidence.referring(KIND, "commit", commit.id)):
        # The node died after it was published and before that was noted.
        author.unopened.forget(promised)
        return None
    if not await view.work(lambda: may_reveal(scene.evidence, named, author.identity)):
        return None
    body: dict[str, Value] = {**sealed.body, "commit": commit.id, "salt": sealed.salt}
    counterpart = _counterpart(scene, engagement, author.identity, cast("IdentityId", sealed.body["subject"]))
    return body if counterpart is None else {**body, "counterpart": counterpart.id}


def _counterpart(scene: Scene, engagement: Engagement, reviewer: IdentityId, subject: IdentityId) -> Record | None:
    """Return a promise of the other side that the owner has seen, so that none dated back can push it out.

    Of several, each reviewer names another one, so that all of them are named by somebody.
    """
    commits = _commits(scene, engagement, subject)
    place = sorted(engagement.parties - {subject}).index(reviewer)
    return commits[min(place, len(commits) - 1)] if commits else None


def _commits(scene: Scene, engagement: Engagement, author: IdentityId) -> list[Record]:
    """Return what somebody has promised under any document of an engagement, as it was promised."""
    found = [
        commit
        for document in engagement.line
        for commit in scene.evidence.referring("review-commit", "document", document.id)
        if commit.author == author
    ]
    return sorted(found, key=lambda commit: (commit.rev, commit.id))


def _document_of(sealed: Sealed) -> DocumentId:
    return cast("DocumentId", sealed.body["document"])


def _refuse_outsiders(engagement: Engagement, author: IdentityId, subject: IdentityId) -> None:
    if not engagement.is_complete:
        raise RefusedError(
            "not every party has signed that engagement, so there is nothing to review", rule="RVW-2"
        )
    if author not in engagement.parties:
        raise RefusedError("only a party of that engagement reviews it", rule="RVW-2")
    if subject == author or subject not in engagement.parties:
        raise RefusedError("a review is of another party to that engagement", rule="RVW-3")


def _refuse_second(author: Author, scene: Scene, engagement: Engagement, subject: IdentityId) -> None:
    line = {document.id for document in engagement.line}
    commits = _commits(scene, engagement, author.identity)
    published = {commit.body["digest"] for commit in commits}
    for promised, sealed in author.unopened.of_kind(KIND).items():
        if _document_of(sealed) in line and sealed.body["subject"] == subject:
            if promised in published:
                raise RefusedError("you have promised a review of them already", rule="RVW-3")
            author.unopened.forget(promised)
    for state in derive_reviews(scene.evidence, engagement.id):
        if (state.author, state.subject) == (author.identity, subject):
            raise RefusedError("you have reviewed them already", rule="RVW-3")
    if len(commits) >= len(engagement.parties) - 1:
        raise RefusedError("you have promised as many reviews as there are other parties", rule="RVW-2")


async def _lateness(view: Viewpoint, commit: Record, engagement: Engagement) -> tuple[str, ...]:
    """Say so when a promise came after its author's time."""
    scene = await view.around(engagement.id)
    for state in derive_reviews(scene.evidence, engagement.id):
        if state.commit == commit.id and state.status is ReviewStatus.UNREVEALED:
            return ("your time to review it was over, so it will be shown as late",)
    return ()
