"""Sealed bids: committing to one, listing what was committed to, and giving one's own up.

They are opened by the bidder's own node; see `folkmoot_node.revealing`.
"""

from collections.abc import Mapping, Sequence

from folkmoot.canonical import Value
from folkmoot.ids import RecordId
from folkmoot.kinds.work import read_opportunity
from folkmoot.limits import BID_COMMITS_LISTED_MAX
from folkmoot.record import Record
from folkmoot.sealed import SALT_BYTES, commitment
from folkmoot.state.opportunity import OpportunityState, OpportunityStatus
from folkmoot_node.acts.published import Published, exhibited
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError, StoreError
from folkmoot_node.unopened import Sealed
from folkmoot_node.views.naming import record_id, record_text
from folkmoot_node.views.opportunities import standing_opportunity
from folkmoot_node.views.tenders import bid_lists, commits, is_sealed
from folkmoot_node.views.viewpoint import Scene, Viewpoint

EXHIBITED_MAX = 32
"""Commits of one list of which the client keeps copies, the first by id; a node has room for so many exhibits."""

_LISTABLE = frozenset({OpportunityStatus.CLOSED_TO_BIDS, OpportunityStatus.LAPSED})
_PLACEHOLDER = bytes(32)


async def commit_to(author: Author, body: Mapping[str, Value], opportunity: Record) -> Published:
    """Promise a bid, keep it until its commit is listed, and keep a copy of what is bid on.

    The body is on the disk before the commit leaves, so that no crash leaves a promise that cannot be kept.

    Raises:
        RefusedError: The bid would break a rule, or too many wait to be opened.
        StoreError: The disk does not do its work.
    """
    salt = author.entropy.randbytes(SALT_BYTES)
    author.rehearse("bid", {**body, "commit": _PLACEHOLDER, "salt": salt}, space=opportunity.space)
    promised = commitment(body, author=author.identity, salt=salt, network=author.network)
    author.unopened.keep(promised, Sealed("bid", opportunity.space, body, salt))
    try:
        record = await author.publish(
            "bid-commit", {"opportunity": opportunity.id, "digest": promised}, space=opportunity.space
        )
    except (RefusedError, StoreError):
        author.unopened.forget(promised)
        raise
    notes = ("nobody can read the bid until the client has listed it; your node opens it then, while it runs",)
    return Published(record, notes=notes + await exhibited(author, opportunity))


@in_turn
async def list_bids(author: Author, opportunity: str) -> Published:
    """Publish the one list of the sealed bids on one's own opportunity, whose bidders then open them.

    Raises:
        UnknownIdError: It is not known here, or the id is mistyped.
        RefusedError: It is somebody else's, takes no sealed bids, is open to them still, or is listed already.
    """
    scene, state = await standing_opportunity(Viewpoint.of(author), record_id(opportunity))
    _refuse_unlistable(author, scene, state)
    in_time = [commit for commit in commits(scene.evidence, state) if _is_in_time(scene, state, commit)]
    chosen = sorted(in_time[:BID_COMMITS_LISTED_MAX], key=lambda commit: commit.id)
    names: list[Value] = [commit.id for commit in chosen]
    record = await author.publish(
        "bid-list", {"opportunity": state.latest.id, "commits": names}, space=state.latest.space
    )
    return Published(record, notes=_told(in_time, chosen) + await _kept(author, chosen))


def give_up(author: Author, commit: Record) -> Published:
    """Never open one's own sealed bid; that it was promised stays in sight.

    Raises:
        RefusedError: It is somebody else's, was opened already, or was made on another device.
        StoreError: The disk does not do its work.
    """
    promised = commit.body["digest"]
    assert isinstance(promised, bytes), "the shape of a commit"
    if commit.author != author.identity or author.unopened.get(promised) is None:
        raise RefusedError(
            f"no sealed bid waits here behind {record_text(commit.id)}",
            advice="One that was opened is withdrawn by its own id; one of another device on that device.",
        )
    author.unopened.forget(promised)
    return Published(commit, notes=("the bid will not be opened; if the client lists it, that is seen",))


def _refuse_unlistable(author: Author, scene: Scene, state: OpportunityState) -> None:
    if state.client != author.identity:
        raise RefusedError(
            f"that opportunity is {scene.name(state.client)}'s, and only its client lists the bids on it",
            rule="BID-7",
        )
    if not is_sealed(scene.evidence, state):
        raise RefusedError("that opportunity takes open bids, of which there is no list")
    listed = bid_lists(scene.evidence, state)
    if listed:
        raise RefusedError(
            f"the bids were listed before, in {record_text(listed[0].id)}: a second list adds nothing",
            advice="Only what every list names counts, and a commit that came later stands on none.",
            rule="BID-7",
        )
    if state.status is OpportunityStatus.OPEN:
        raise RefusedError(
            "bids are not closed yet, and whoever commits after the list is left out",
            advice="List them once bids are closed.",
        )
    if state.status not in _LISTABLE:
        raise RefusedError(f"the opportunity is over: {state.status.value}")


def _is_in_time(scene: Scene, state: OpportunityState, commit: Record) -> bool:
    """Tell whether a commit can come to count: by a bidder, before bids closed, in the opportunity's space."""
    version = scene.evidence.counted[_version(commit)]
    is_bidder = commit.author != state.client and commit.space == version.space
    return is_bidder and commit.rev <= read_opportunity(version).bids_close


def _version(commit: Record) -> RecordId:
    return RecordId(commit.targets("opportunity")[0])


def _told(in_time: Sequence[Record], chosen: Sequence[Record]) -> tuple[str, ...]:
    left_out = len(in_time) - len(chosen)
    count = f"{len(chosen)} sealed bid{'' if len(chosen) == 1 else 's'} listed; their bidders' nodes open them now"
    if left_out:
        return (count, f"{left_out} more came later than a list has room for, and do not count")
    return (count,)


async def _kept(author: Author, chosen: Sequence[Record]) -> tuple[str, ...]:
    """Keep copies of commits, so that nobody unsays a promise; the first that fails ends it, with a note."""
    for commit in chosen[:EXHIBITED_MAX]:
        notes = await exhibited(author, commit)
        if notes:
            return notes
    return ()
