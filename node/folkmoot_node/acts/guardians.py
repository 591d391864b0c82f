"""What takes the paper key, and what guardians do: name them, close the identity, make and use a guardian's key."""

from collections.abc import Sequence
from dataclasses import dataclass

from folkmoot.chain import Chain, read_chain
from folkmoot.errors import MisuseError
from folkmoot.identity import Recovery
from folkmoot.ids import IdentityId, IdPrefix, id_to_text
from folkmoot.keys import SEED_BYTES, SecretKey, key_digest
from folkmoot.limits import GUARDIAN_KEYS_MAX
from folkmoot.succession import closed, countersign, with_guardians
from folkmoot_node.acts.changes import Changed, paper_seed, rank_of, ring_of, signed
from folkmoot_node.acts.identity import planned
from folkmoot_node.acts.turn import in_turn
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.keyfile import GUARDIAN_RANK
from folkmoot_node.slips import BegunStep, GuardianPromise


@dataclass(frozen=True, slots=True)
class Guarded:
    """Guardians that were named, and the paper key that took the place of the one that named them."""

    changed: Changed
    paper_key: str


@in_turn
async def name_guardians(author: Author, paper: str, threshold: int, digests: Sequence[bytes]) -> Guarded:
    """Name those who can take the identity back together, and replace the paper key that this uses.

    Raises:
        ConfigError: The paper key is mistyped, or the numbers make no sense.
        RefusedError: The paper key is not the one promised, or this moment does not allow it.
    """
    if not 1 <= threshold <= len(set(digests)) <= GUARDIAN_KEYS_MAX:
        raise ConfigError(
            f"{threshold} of {len(set(digests))} guardians make no sense",
            advice=f"Name 1 to {GUARDIAN_KEYS_MAX} different guardians, and at most as many as have to agree.",
        )
    chain, key, rank = await _with_paper(author, paper)
    seed = author.entropy.randbytes(SEED_BYTES)
    replaced = Recovery(rank, 1, (key_digest(author.network, SecretKey(seed).public),))
    guardians = Recovery(GUARDIAN_RANK, threshold, tuple(sorted(set(digests))))
    digest = _unchanged_promise(author, chain)
    step = planned(lambda: with_guardians(chain, guardians, rank=rank, next_digest=digest, replaced=[replaced]))
    made = signed(step, key, network=author.network)
    await author.advance(made)
    return Guarded(Changed(made), id_to_text(IdPrefix.PAPER_KEY, seed))


@in_turn
async def close_identity(author: Author, paper: str) -> Changed:
    """End the identity.

    Raises:
        ConfigError: The paper key is mistyped.
        RefusedError: The paper key is not the one promised, or this moment does not allow it.
    """
    chain, key, rank = await _with_paper(author, paper)
    made = signed(planned(lambda: closed(chain, rank=rank)), key, network=author.network)
    await author.advance(made)
    return Changed(made, ("others hide what you said at once, and drop it after a month",))


@in_turn
async def promise_to_guard(author: Author, identity: IdentityId) -> GuardianPromise:
    """Make the key with which this node's owner can help somebody to recover; the same when asked again.

    Raises:
        RefusedError: The identity is the owner's own, or too many are guarded here.
        StoreError: The key file cannot be written.
    """
    if identity == author.identity:
        raise RefusedError("nobody guards themselves: ask people whom you trust")
    key = ring_of(author).new_guardian_key(identity)
    return GuardianPromise(author.network, identity, key_digest(author.network, key.public))


async def sign_as_guardian(author: Author, slip: BegunStep) -> BegunStep:
    """Sign somebody's recovery with the key that was made for it.

    Raises:
        ConfigError: The recovery is of another network.
        RefusedError: No key was made for this identity, or its guardians are others.
    """
    if slip.network != author.network:
        raise ConfigError(f"that recovery is of the network {slip.network}, not of {author.network}")
    key = ring_of(author).guardian_key(slip.begun.identity)
    if key is None:
        raise RefusedError("this node guards no such identity", advice="Sign where the guardian's key was made.")
    chain = read_chain(slip.chain, network=slip.network)
    parent = chain.held.get(slip.begun.parent) if chain is not None and slip.begun.parent is not None else None
    promised = next((entry for entry in parent.recovery if entry.rank == slip.begun.rank), None) if parent else None
    if promised is None or key_digest(author.network, key.public) not in promised.digests:
        raise RefusedError("your key is not one of those that the identity names for this recovery")
    try:
        return BegunStep(slip.network, countersign(slip.begun, key, network=slip.network), slip.chain)
    except MisuseError as error:
        raise RefusedError(str(error)) from error


async def _with_paper(author: Author, paper: str) -> tuple[Chain, SecretKey, int]:
    author.readiness.require_for_operation(author.clock.now_ms())
    key = paper_seed(paper)
    chain = await author.chain()
    return chain, key, rank_of(chain.head, key, network=author.network)


def _unchanged_promise(author: Author, chain: Chain) -> bytes:
    """Return the digest of the next rotation key: of this device's seed if it has it, else the one that stands."""
    ring = ring_of(author)
    if ring.keys.rotation_seed is None:
        return chain.head.next
    return ring.rotation_digest(len(chain.path) + 1)
