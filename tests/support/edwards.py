"""The curve of Ed25519 in plain integers: for tests that need a signature which no library would make."""

import hashlib

FIELD = 2**255 - 19
ORDER = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, FIELD) % FIELD

Point = tuple[int, int]
NEUTRAL: Point = (0, 1)


def point_of(y: int, *, odd: bool) -> Point:
    """Return the point with a y and the parity of its x; the caller knows that there is one."""
    square = (y * y - 1) * pow(_D * y * y + 1, -1, FIELD) % FIELD
    x = pow(square, (FIELD + 3) // 8, FIELD)
    if x * x % FIELD != square:
        x = x * pow(2, (FIELD - 1) // 4, FIELD) % FIELD
    assert x * x % FIELD == square
    return (x if x % 2 == odd else FIELD - x), y


def add(one: Point, other: Point) -> Point:
    """Add two points."""
    product = _D * one[0] * other[0] * one[1] * other[1] % FIELD
    x = (one[0] * other[1] + one[1] * other[0]) * pow(1 + product, -1, FIELD)
    y = (one[1] * other[1] + one[0] * other[0]) * pow(1 - product, -1, FIELD)
    return x % FIELD, y % FIELD


def times(scalar: int, point: Point) -> Point:
    """Add a point to itself that many times."""
    total = NEUTRAL
    for bit in f"{scalar:b}":
        total = add(total, total)
        if bit == "1":
            total = add(total, point)
    return total


def encoded(point: Point) -> bytes:
    """Write a point in its 32 canonical bytes."""
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


BASE = point_of(4 * pow(5, -1, FIELD) % FIELD, odd=False)
OF_ORDER_8 = point_of(0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826, odd=False)
LOW_ORDER = tuple(times(turns, OF_ORDER_8) for turns in range(8))
"""All points whose order divides eight; the first is the neutral one."""


def bent_signature(
    secret: int, message: bytes, *, key_twist: Point = NEUTRAL, r_twist: Point = NEUTRAL
) -> tuple[bytes, bytes]:
    """Sign with a scalar, moving the key and R by points of low order; return the key and the signature."""
    key = encoded(add(times(secret, BASE), key_twist))
    nonce = int.from_bytes(hashlib.sha512(b"nonce" + message).digest(), "little") % ORDER
    r = encoded(add(times(nonce, BASE), r_twist))
    challenge = int.from_bytes(hashlib.sha512(r + key + message).digest(), "little") % ORDER
    return key, r + ((nonce + challenge * secret) % ORDER).to_bytes(32, "little")


def challenge_of(key: bytes, signature: bytes, message: bytes) -> int:
    """Return the number that multiplies the key in the equation that a verifier checks."""
    return int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % ORDER
