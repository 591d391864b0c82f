"""Ed25519 with one strict profile, and the preimages that keep every signature in its place.

Libraries disagree about odd keys and signatures. With the checks made here, before the library is asked, OpenSSL
and libsodium give the same answer on every published edge case.

Spec: keys.md
"""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

KEY_BYTES = 32
SIGNATURE_BYTES = 64
SEED_BYTES = 32
DIGEST_BYTES = 32

_FIELD = 2**255 - 19
_ORDER = 2**252 + 27742317777372353535851937790883648493
_SIGN_BIT = 1 << 255
_Y_OF_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_LOW_ORDER_Y = frozenset({0, 1, _FIELD - 1, _Y_OF_ORDER_8, _FIELD - _Y_OF_ORDER_8})


def preimage(network: str, purpose: str, payload: bytes) -> bytes:
    """Return the bytes that are hashed and signed for a payload, so that no signature serves twice.

    Spec: keys.md#preimages

    Args:
        network: Name of the network; the same payload on another network has another preimage.
        purpose: What the signature is for, such as `record` or `cosign`.
        payload: The bytes that are carried.
    """
    return b"folkmoot/1/" + network.encode("ascii") + b"/" + purpose.encode("ascii") + b"\x00" + payload


def digest(network: str, purpose: str, payload: bytes) -> bytes:
    """Return the SHA-256 of a preimage: 32 bytes, the id of what the payload is.

    Spec: keys.md#preimages
    """
    return hashlib.sha256(preimage(network, purpose, payload)).digest()


def key_digest(network: str, key: bytes) -> bytes:
    """Return the digest by which a key is promised before it is shown.

    Spec: keys.md#preimages
    """
    return digest(network, "key", key)


def rotation_key(seed: bytes, depth: int, *, network: str) -> "SecretKey":
    """Derive the key that signs the rotation at a depth of the chain.

    All come from one seed, so that a node restored from an old backup promises the same next key as before.

    Spec: identity.md#rotation-keys
    """
    return SecretKey(digest(network, "rotation", seed + depth.to_bytes(4)))


def is_acceptable_key(key: bytes) -> bool:
    """Tell whether a public key may be named at all: 32 bytes, canonical, not of low order.

    Spec: keys.md#rules
    """
    return len(key) == KEY_BYTES and _is_acceptable_point(key)


def verify(key: bytes, signature: bytes, message: bytes) -> bool:
    """Tell whether a signature is the key's over exactly these bytes.

    Checks that S is below the group's order, that R and the key are canonical and not of low order, and then the
    cofactorless equation, one signature at a time.

    Spec: keys.md#rules
    """
    if not is_acceptable_key(key) or len(signature) != SIGNATURE_BYTES:
        return False
    if int.from_bytes(signature[32:], "little") >= _ORDER or not _is_acceptable_point(signature[:32]):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(key).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def _is_acceptable_point(encoded: bytes) -> bool:
    y = int.from_bytes(encoded, "little") & ~_SIGN_BIT
    return y < _FIELD and y not in _LOW_ORDER_Y


@dataclass(frozen=True)
class SecretKey:
    """A signing key, made from 32 secret bytes; its text form never shows them."""

    seed: bytes

    def __post_init__(self) -> None:
        assert len(self.seed) == SEED_BYTES, "an Ed25519 seed is 32 bytes"

    def __repr__(self) -> str:
        return f"SecretKey(public={self.public.hex()})"

    @cached_property
    def public(self) -> bytes:
        """The 32 bytes of the public key."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    def sign(self, message: bytes) -> bytes:
        """Return the 64 bytes of the signature over a preimage."""
        return self._private.sign(message)

    @cached_property
    def _private(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.seed)
