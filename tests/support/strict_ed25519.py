"""The signature profile of the spec, evaluated from nothing but whole numbers and SHA-512.

It shares no code with the protocol, so that the two can be held against each other. Points are in extended
coordinates (x, y, z and x·y over z), because a division for every step would take all day.

Spec: keys.md#rules
"""

import hashlib

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, P) % P
_SIGN_BIT = 1 << 255
_Y_OF_ORDER_8 = int.from_bytes(
    bytes.fromhex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05"), "little"
)
_LOW_ORDER_Y = (0, 1, P - 1, _Y_OF_ORDER_8, P - _Y_OF_ORDER_8)

Point = tuple[int, int, int, int]
NEUTRAL: Point = (0, 1, 1, 0)


def broken_rule(key: bytes, signature: bytes, message: bytes) -> str | None:
    """Return the first of KEY-1 to KEY-3 that a key and its signature break, or `None`."""
    if len(key) != 32 or y_of(key) >= P:
        return "KEY-1"
    if y_of(key) in _LOW_ORDER_Y:
        return "KEY-2"
    if len(signature) != 64:
        return "KEY-3"
    r, s = signature[:32], int.from_bytes(signature[32:], "little")
    if s >= L or y_of(r) >= P or y_of(r) in _LOW_ORDER_Y:
        return "KEY-3"
    key_point, r_point = decoded(key), decoded(r)
    if key_point is None or r_point is None:
        return "KEY-3"
    k = challenge(key, signature, message)
    return None if is_same(times(s, BASE), plus(r_point, times(k, key_point))) else "KEY-3"


def challenge(key: bytes, signature: bytes, message: bytes) -> int:
    """Return the number that multiplies the key in the equation."""
    return int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % L


def y_of(encoded: bytes) -> int:
    """Return the y of a point's 32 bytes, reduced or not."""
    return int.from_bytes(encoded, "little") & ~_SIGN_BIT


def decoded(encoded: bytes) -> Point | None:
    """Return the point of 32 bytes, or `None` where no x belongs to their y."""
    y = y_of(encoded) % P
    square = (y * y - 1) * pow(_D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if x * x % P != square:
        x = x * pow(2, (P - 1) // 4, P) % P
    if x * x % P != square:
        return None
    if x % 2 != encoded[31] >> 7:
        x = -x % P
    return x, y, 1, x * y % P


def encoded(point: Point) -> bytes:
    """Write a point in its 32 canonical bytes."""
    inverse = pow(point[2], -1, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


def plus(one: Point, other: Point) -> Point:
    """Add two points."""
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * _D * one[3] * other[3] % P
    d = 2 * one[2] * other[2] % P
    return (b - a) * (d - c) % P, (b + a) * (d + c) % P, (d - c) * (d + c) % P, (b - a) * (b + a) % P


def times(scalar: int, point: Point) -> Point:
    """Add a point to itself that many times."""
    total = NEUTRAL
    while scalar:
        if scalar & 1:
            total = plus(total, point)
        point = plus(point, point)
        scalar >>= 1
    return total


def is_same(one: Point, other: Point) -> bool:
    """Tell whether two points are the same."""
    return (one[0] * other[2] - other[0] * one[2]) % P == 0 and (one[1] * other[2] - other[1] * one[2]) % P == 0


def _known(y: int) -> Point:
    point = decoded(y.to_bytes(32, "little"))
    assert point is not None, "this y belongs to a point"
    return point


BASE = _known(4 * pow(5, -1, P) % P)
TORSION = tuple(times(turns, _known(_Y_OF_ORDER_8)) for turns in range(8))
"""All points whose order divides eight, by how often the one of order 8 goes into them."""
