"""What every change of an identity has in common: what it gives back, and whether it may be made now."""

from dataclasses import dataclass

from folkmoot.chain import Chain
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.identity import Operation
from folkmoot.ids import IdPrefix, id_from_text
from folkmoot.keys import SecretKey, key_digest
from folkmoot.succession import Step, begin
from folkmoot_node.author import Author
from folkmoot_node.errors import ConfigError, RefusedError
from folkmoot_node.keyring import KeyRing


@dataclass(frozen=True, slots=True)
class Changed:
    """An operation that was published, and sentences on what is worth knowing about it."""

    operation: Operation
    notes: tuple[str, ...] = ()


def ring_of(author: Author) -> KeyRing:
    """Return the keys that change the identity.

    Raises:
        RefusedError: They are not at hand.
    """
    if author.ring is None:
        raise RefusedError("the keys that change the identity are not at hand here")
    return author.ring


def next_digest(ring: KeyRing, chain: Chain) -> bytes:
    """Return the digest of the key that signs the rotation after the next operation.

    Raises:
        RefusedError: The rotation seed is on another device, or is not the one that the identity has promised.
    """
    ring.promised_key(chain.head.next)
    return ring.rotation_digest(len(chain.path) + 1)


def refuse_open_offer(ring: KeyRing, chain: Chain, *, despite_offer: bool) -> None:
    """Refuse a rotation while a machine that was offered a place can still take it.

    Raises:
        RefusedError: So it is, and nobody has said to go on despite it.
    """
    offered = ring.keys.offered
    if offered is not None and offered.parent == chain.head.id and not despite_offer:
        raise RefusedError(
            "a machine was offered a place as your device and has not joined yet; if it did so after this, your "
            "identity would be disputed",
            advice="Let it join first, or say --despite-offer if it never will.",
            rule="offered",
        )


def rotate_by(author: Author, step: Step) -> Operation:
    """Sign a step of rank 0 with the rotation key that its parent has promised.

    Raises:
        RefusedError: The rotation seed is on another device, or no reader would take the operation.
    """
    return signed(step, ring_of(author).promised_key(step.parent.next), network=author.network)


def signed(step: Step, *keys: SecretKey, network: str) -> Operation:
    """Sign a step.

    Raises:
        RefusedError: No reader would take it.
    """
    try:
        return begin(step, keys, network=network)
    except MisuseError as error:
        raise RefusedError(str(error)) from error


def paper_seed(text: str) -> SecretKey:
    """Read a paper key as it is written down.

    Raises:
        ConfigError: It is not one, or mistyped.
    """
    try:
        return SecretKey(id_from_text("".join(text.split()), IdPrefix.PAPER_KEY))
    except DecodeError as error:
        raise ConfigError(
            "that is not a paper key, or a character of it is wrong",
            advice="Copy it from your paper again; it begins with paper1.",
            rule=error.rule,
        ) from error


def rank_of(operation: Operation, paper: SecretKey, *, network: str) -> int:
    """Return the rank for which an operation promises a paper key.

    Raises:
        RefusedError: It promises another, or none.
    """
    digest = key_digest(network, paper.public)
    rank = next((entry.rank for entry in operation.recovery if digest in entry.digests), None)
    if rank is None:
        raise RefusedError(
            "that paper key is not one that the identity has promised",
            advice="A paper key is replaced by each use: take the newest.",
        )
    return rank
