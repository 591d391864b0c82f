"""What an owner does to the identity with the rotation key: rotate, offer a machine a place, revoke a device."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from folkmoot.chain import Chain
from folkmoot.errors import MisuseError
from folkmoot.identity import Device, Scope
from folkmoot.keeping import Selection
from folkmoot.succession import Step, devices_of, rotated, with_device, without_device
from folkmoot_node.acts.changes import Changed, next_digest, refuse_open_offer, ring_of, rotate_by
from folkmoot_node.acts.losses import Doubt, Losses, losses
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError, UnknownIdError
from folkmoot_node.slips import BegunStep, DeviceRequest

KEY_TEXT_MIN = 8
"""Characters of a key that have to be given, so that nobody hits a device by chance."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """How a device is to be revoked.

    Attributes:
        device: Its key in hex, or the beginning of it.
        is_stolen: Whether somebody else may have it; else it is retired, and all that it said until now stands.
        keeps: Whether what it said stands, as far as it is believed to be the owner's word.
        since_ms: When it came into other hands, if that is known.
        without: Ids of what is not the owner's word.
        despite_offer: Go on although a machine can still join.
    """

    device: str
    is_stolen: bool
    keeps: bool = False
    since_ms: int | None = None
    without: Collection[bytes] = ()
    despite_offer: bool = False


@dataclass(frozen=True, slots=True)
class Revoked:
    """What came, or would come, of revoking a device; no operation while it is only looked at."""

    changed: Changed | None
    losses: Losses


@in_turn
async def rotate(author: Author, *, despite_offer: bool = False) -> Changed:
    """Use the rotation key and promise the next.

    Raises:
        RefusedError: This device or this moment does not allow it, or a machine can still join.
    """
    chain = await author.chain()
    ring = ring_of(author)
    author.readiness.require_for_operation(author.clock.now_ms())
    refuse_open_offer(ring, chain, despite_offer=despite_offer)
    digest = next_digest(ring, chain)
    made = rotate_by(author, planned(lambda: rotated(chain, next_digest=digest)))
    await author.advance(made)
    return Changed(made)


@in_turn
async def offer_place(author: Author, request: DeviceRequest, scope: str) -> BegunStep:
    """Sign an operation that makes a machine a device, once that machine signs it too.

    Raises:
        ConfigError: There is no such scope, or the machine is of another network.
        RefusedError: This device or this moment does not allow it, or another machine can still join.
    """
    if scope not in {known.value for known in Scope}:
        raise ConfigError(f"there is no scope {scope!r}", advice="Give all, daily or read.")
    if request.network != author.network:
        raise ConfigError(f"that machine asks to join on the network {request.network}, not on {author.network}")
    chain = await author.chain()
    ring = ring_of(author)
    author.readiness.require_for_operation(author.clock.now_ms())
    device = Device(request.key, request.sealing_key, Scope(scope))
    digest = next_digest(ring, chain)
    begun = rotate_by(author, planned(lambda: with_device(chain, device, next_digest=digest)))
    if ring.keys.offered is None or ring.keys.offered.id != begun.id:
        refuse_open_offer(ring, chain, despite_offer=False)
        ring.note_offer(begun)
    return BegunStep(author.network, begun, chain.path)


async def look_at_revocation(author: Author, wish: Wish) -> Revoked:
    """Say what would be lost with a device.

    Raises:
        UnknownIdError: There is no such device.
        RefusedError: It cannot be revoked, or not from here.
    """
    _step, lost = await _planned_revocation(author, wish)
    return Revoked(None, lost)


@in_turn
async def revoke_device(author: Author, wish: Wish) -> Revoked:
    """Revoke a device, and keep what is wished of what it said.

    Raises:
        UnknownIdError: There is no such device.
        RefusedError: It cannot be revoked, or not from here, or a machine can still join.
    """
    step, lost = await _planned_revocation(author, wish)
    refuse_open_offer(ring_of(author), await author.chain(), despite_offer=wish.despite_offer)
    made = rotate_by(author, step)
    # What is kept may have been beaten by the thief here and elsewhere: it travels with the operation.
    await author.advance(made, sorted(lost.kept_records, key=lambda record: record.id))
    return Revoked(Changed(made), lost)


async def _planned_revocation(author: Author, wish: Wish) -> tuple[Step, Losses]:
    chain = await author.chain()
    ring = ring_of(author)
    author.readiness.require_for_operation(author.clock.now_ms())
    device = named_device(chain, wish.device)
    if device == author.key.public:
        raise RefusedError(
            "this is the device at which you sit", advice="Revoke it from another device, or recover with paper."
        )
    digest = next_digest(ring, chain)
    if not wish.is_stolen:
        now_ms = author.clock.now_ms()
        step = planned(lambda: without_device(chain, device, next_digest=digest, last_rev=now_ms))
        return step, Losses(Selection((), ()), {})
    bare = planned(lambda: without_device(chain, device, next_digest=digest))
    doubt = Doubt(devices={device}, since_ms=wish.since_ms, was_here=True, without=wish.without)
    lost = await losses(author, doubt, room=bare.keep_room if wish.keeps else 0)
    keep = lost.selection.prefixes.get(device, frozenset())
    return planned(lambda: without_device(chain, device, next_digest=digest, keep=keep)), lost


def named_device(chain: Chain, text: str) -> bytes:
    """Find a device that a chain names by the beginning of its key.

    Raises:
        UnknownIdError: There is none, or several.
    """
    wanted = text.strip().lower()
    found = [key for key in devices_of(chain.path) if key.hex().startswith(wanted)]
    if len(wanted) < KEY_TEXT_MIN or len(found) != 1:
        raise UnknownIdError(
            f"no one device of yours has a key that begins with {wanted[:64] or 'nothing'}",
            advice="Copy the key from `folkmoot identity show`.",
        )
    return found[0]


def planned(plan: Callable[[], Step]) -> Step:
    """Make a plan, and say in the node's terms why there is none.

    Raises:
        RefusedError: The protocol does not allow it.
    """
    try:
        return plan()
    except MisuseError as error:
        raise RefusedError(str(error)) from error
