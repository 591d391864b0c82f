"""Taking an identity back on a new machine, with the paper key or together with guardians.

The author here is the machine that recovers: it holds what peers and the owner's archive show of the identity, and
a key that nobody has named yet.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from folkmoot.chain import Chain
from folkmoot.errors import MisuseError
from folkmoot.identity import Operation, Recovery, Scope
from folkmoot.ids import IdPrefix, OperationId, id_to_text
from folkmoot.keys import SEED_BYTES, SecretKey, key_digest
from folkmoot.limits import KEEP_PREFIX_BYTES
from folkmoot.succession import Rescue, Step, devices_of, finish, join, recovered, way_to
from folkmoot_node.acts.changes import paper_seed, rank_of, signed
from folkmoot_node.acts.identity import planned
from folkmoot_node.acts.losses import Doubt, Losses, losses
from folkmoot_node.author import Author
from folkmoot_node.errors import RefusedError
from folkmoot_node.keyfile import GUARDIAN_RANK, SPARE_RANK
from folkmoot_node.newcomer import Newcomer
from folkmoot_node.slips import BegunStep


@dataclass(frozen=True, slots=True, kw_only=True)
class RescueWish:
    """How an identity is to be taken back.

    Attributes:
        paper: The paper key as it is written down; `None` when guardians sign instead.
        after: The last operation that was the owner's; the head if left out.
        since_ms: When the old devices came into other hands, if that is known.
        was_here: Whether this node was running for the owner then.
        without: Ids of what is not the owner's word.
    """

    paper: str | None
    after: OperationId | None = None
    since_ms: int | None = None
    was_here: bool = False
    without: Collection[bytes] = ()


@dataclass(frozen=True, slots=True)
class Planned:
    """A recovery that its owner can look at before anything is signed.

    Attributes:
        chain: The identity as it is known here.
        step: What the operation will say.
        losses: What of the owner's word is kept and what is lost.
        paper_key: The new paper key, for the owner to write down.
    """

    chain: Chain
    step: Step
    losses: Losses
    paper_key: str


async def plan_recovery(author: Author, newcomer: Newcomer, wish: RescueWish) -> Planned:
    """Plan to take the identity back for a machine.

    Raises:
        ConfigError: The paper key is mistyped.
        RefusedError: The paper key is not the one promised, there are no guardians, or the rank is too low.
        StoreError: The identity is not known here, or the store cannot be read.
    """
    chain = await author.chain()
    parent = chain.head if wish.after is None else chain.held.get(wish.after)
    if parent is None:
        raise RefusedError("the identity has no such operation", advice="See `folkmoot identity show`.")
    rank = GUARDIAN_RANK if wish.paper is None else rank_of(parent, paper_seed(wish.paper), network=author.network)
    way = way_to(chain, parent)
    seed = author.entropy.randbytes(SEED_BYTES)
    promise = key_digest(author.network, SecretKey(seed).public)
    rescue = Rescue(
        device=newcomer.device(Scope.ALL),
        rank=rank,
        next_digest=newcomer.rotation_digest(len(way) + 1),
        replaced=[Recovery(rank if wish.paper is not None else SPARE_RANK, 1, (promise,))],
        after=parent.id,
    )
    devices = devices_of(way) - {entry.device for item in way for entry in item.revoke}
    doubt = Doubt(
        devices=devices,
        ignored=devices_of(chain.held.values()) - devices_of(way),
        since_ms=wish.since_ms,
        was_here=wish.was_here,
        without=wish.without,
    )
    bare = planned(lambda: recovered(chain, rescue))
    lost = await losses(author, doubt, room=bare.keep_room)
    step = planned(lambda: recovered(chain, replace(rescue, keep=lost.selection.prefixes)))
    return Planned(chain, step, lost, id_to_text(IdPrefix.PAPER_KEY, seed))


def sign_recovery(plan: Planned, newcomer: Newcomer, paper: str | None) -> Operation:
    """Sign a recovery: whole with the paper key, or as far as the machine can when guardians are to follow.

    Raises:
        ConfigError: The paper key is mistyped.
        RefusedError: No reader would follow.
    """
    if paper is None:
        return signed(plan.step, newcomer.key, network=newcomer.network)
    made = signed(plan.step, newcomer.key, paper_seed(paper), network=newcomer.network)
    _finished(plan.chain, made, newcomer.network)
    return made


def gather_signatures(newcomer: Newcomer, slips: Sequence[BegunStep]) -> Operation:
    """Put the signatures of guardians together.

    Raises:
        RefusedError: They signed something else, or they are too few.
    """
    if newcomer.begun is None:
        raise RefusedError(
            "this machine has asked no guardians", advice="Begin with `folkmoot identity recover --request FILE`."
        )
    try:
        made = join([newcomer.begun, *(slip.begun for slip in slips)], network=newcomer.network)
    except MisuseError as error:
        raise RefusedError(str(error)) from error
    return made


async def take_back(author: Author, made: Operation) -> Chain:
    """Make a recovery part of the identity here, with the records that it keeps; syncs carry it on.

    Raises:
        RefusedError: Nobody would follow it.
        StoreError: It could not be kept.
    """
    kept = {prefix for entry in made.revoke for prefix in entry.keep}
    said = [spoken.record for spoken in await author.store.spoken(author.identity)]
    records = [record for record in said if record.id[:KEEP_PREFIX_BYTES] in kept]
    return await author.advance(made, sorted(records, key=lambda record: record.id))


def _finished(chain: Chain, made: Operation, network: str) -> None:
    try:
        finish(chain, made, network=network)
    except MisuseError as error:
        raise RefusedError(str(error)) from error
