"""Keys and signatures with odd parts: any key with any R and any S that belongs to both, or nearly."""

import hashlib
from collections.abc import Iterator, Mapping
from random import Random

from support.strict_ed25519 import BASE, TORSION, L, P, encoded, plus, times

_SCALARS = (0, 1, 5, 2**200 + 3)
_SIGN_BIT = 1 << 255


def _pieces() -> Iterator[tuple[int, bytes]]:
    """Yield points with how often the base point goes into them, in every encoding."""
    for scalar in _SCALARS:
        for turns in TORSION:
            yield scalar, encoded(plus(times(scalar, BASE), turns))
    for y in (P, P + 1, 1, P - 1):
        yield from ((0, data.to_bytes(32, "little")) for data in (y, y | _SIGN_BIT))


_PIECES = tuple(_pieces())


def verify_request(dice: Random) -> Mapping[str, object]:
    """Return a question about a signature."""
    (secret, key), (nonce, r) = dice.choice(_PIECES), dice.choice(_PIECES)
    message = b"folkmoot/1/test/record\x00" + dice.randbytes(2)
    k = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % L
    s = (nonce + k * secret) % L + dice.choice((0, 0, 0, 0, 1, 2, 14)) * L
    signature = bytearray(r + s.to_bytes(32, "little"))
    if dice.random() < 0.1:
        signature[dice.randrange(64)] ^= 1 << dice.randrange(8)
    return {"do": "verify", "key": key.hex(), "signature": signature.hex(), "message": message.hex()}
