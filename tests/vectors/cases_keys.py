"""Cases of the suite `keys`: preimages and digests, keys that may be named, signatures that verify.

The odd signatures are made with a small Ed25519 of our own, because no library signs wrongly on request.
"""

import hashlib

from vectors.craft import ALICE, Case, accepted, refused

from folkmoot.keys import SecretKey, digest, key_digest, preimage

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
_D = -121665 * pow(121666, -1, P) % P
_SQRT_M1 = pow(2, (P - 1) // 4, P)
_BASE_Y = 4 * pow(5, -1, P) % P

Point = tuple[int, int]
_NEUTRAL: Point = (0, 1)


def _x_of(y: int, sign: int) -> int:
    square = (y * y - 1) * pow(_D * y * y + 1, -1, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * _SQRT_M1 % P
    return x if x & 1 == sign else P - x


def _add(a: Point, b: Point) -> Point:
    product = _D * a[0] * b[0] * a[1] * b[1] % P
    x = (a[0] * b[1] + a[1] * b[0]) * pow(1 + product, -1, P) % P
    return x, (a[1] * b[1] + a[0] * b[0]) * pow(1 - product, -1, P) % P


def _times(scalar: int, point: Point) -> Point:
    result = _NEUTRAL
    while scalar:
        if scalar & 1:
            result = _add(result, point)
        point = _add(point, point)
        scalar >>= 1
    return result


def _encoded(point: Point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


_BASE: Point = (_x_of(_BASE_Y, 0), _BASE_Y)
_Y_OF_ORDER_8 = 0x05FC536D880238B13933C6D305ACDFD5F098EFF289F4C345B027B2C28F95E826
_OF_ORDER_8: Point = (_x_of(_Y_OF_ORDER_8, 0), _Y_OF_ORDER_8)
_LOW_ORDER: dict[str, bytes] = {
    "key-neutral": _encoded(_NEUTRAL),
    "key-neutral-with-the-sign-bit": (1 | 1 << 255).to_bytes(32, "little"),
    "key-of-order-2": _encoded((0, P - 1)),
    "key-of-order-2-with-the-sign-bit": (P - 1 | 1 << 255).to_bytes(32, "little"),
    "key-of-order-4": bytes(32),
    "key-of-order-4-negative": (1 << 255).to_bytes(32, "little"),
    "key-of-order-8": _encoded(_OF_ORDER_8),
    "key-of-order-8-negative": _encoded((P - _OF_ORDER_8[0], _OF_ORDER_8[1])),
    "key-of-order-8-mirrored": _encoded((_OF_ORDER_8[0], P - _Y_OF_ORDER_8)),
}
_NOT_CANONICAL: dict[str, bytes] = {
    "key-y-is-p": P.to_bytes(32, "little"),
    "key-y-is-p-plus-1": (P + 1).to_bytes(32, "little"),
    "key-y-is-p-plus-3": (P + 3).to_bytes(32, "little"),
    "key-y-is-2-255-minus-1": (2**255 - 1).to_bytes(32, "little"),
    "key-y-is-p-with-the-sign-bit": (P | 1 << 255).to_bytes(32, "little"),
}
_MESSAGE = b"folkmoot/1/test/record\x00an example"


class Signer:
    """An Ed25519 key whose signatures can be bent."""

    def __init__(self, seed: bytes) -> None:
        hashed = hashlib.sha512(seed).digest()
        self.scalar = int.from_bytes(hashed[:32], "little") & ((1 << 254) - 8) | 1 << 254
        self.point = _times(self.scalar, _BASE)

    def sign_anew(self, message: bytes) -> bytes:
        """Return a valid signature that is not the one every library makes."""
        return self.sign(_times(2, _BASE), 2, message=message)

    def sign(self, r_point: Point, nonce: int, *, key: bytes | None = None, message: bytes | None = None) -> bytes:
        """Return a signature with a chosen R, and with the S that belongs to a nonce."""
        r_bytes = _encoded(r_point)
        signed = _MESSAGE if message is None else message
        hashed = hashlib.sha512(r_bytes + (key or _encoded(self.point)) + signed).digest()
        challenge = int.from_bytes(hashed, "little") % L
        return r_bytes + ((nonce + challenge * self.scalar) % L).to_bytes(32, "little")


def cases() -> list[Case]:
    """Return every case of the suite."""
    key = ALICE.key
    signature = key.sign(_MESSAGE)
    off_curve = next(y for y in range(2, 100) if (_x_of(y, 0) ** 2 * (_D * y * y + 1) - y * y + 1) % P)
    return [
        _preimage("preimage-of-a-record", "test", "record", b"abc"),
        _preimage("preimage-of-nothing", "main", "cosign", b""),
        accepted(
            "key-digest",
            rules=["KEY-4"],
            network="test",
            purpose="key",
            payload=key.public.hex(),
            preimage=preimage("test", "key", key.public).hex(),
            digest=key_digest("test", key.public).hex(),
        ),
        accepted("key-ordinary", rules=["KEY-1", "KEY-2"], key=key.public.hex()),
        refused("key-of-31-bytes", "KEY-1", key=key.public[:-1].hex()),
        refused("key-of-33-bytes", "KEY-1", key=(key.public + b"\x00").hex()),
        *(refused(name, "KEY-1", key=odd.hex()) for name, odd in _NOT_CANONICAL.items()),
        *(refused(name, "KEY-2", key=odd.hex()) for name, odd in _LOW_ORDER.items()),
        _signed("signature-of-the-library", key.public, signature),
        *_bent_signatures(key, signature),
        _not_signed("key-off-the-curve", off_curve.to_bytes(32, "little"), signature, "No x belongs to its y."),
        *_mixed_order(),
        refused(
            "signature-over-another-purpose",
            "KEY-4",
            key=key.public.hex(),
            signature=key.sign(preimage("test", "cosign", b"an example")).hex(),
            message=_MESSAGE.hex(),
        ),
        refused(
            "signature-for-another-network",
            "KEY-4",
            key=key.public.hex(),
            signature=key.sign(preimage("main", "record", b"an example")).hex(),
            message=_MESSAGE.hex(),
        ),
    ]


def _bent_signatures(key: SecretKey, signature: bytes) -> list[Case]:
    s_plus_order = (int.from_bytes(signature[32:], "little") + L).to_bytes(32, "little")
    flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    signer = Signer(ALICE.key.seed)
    neutral_r = signer.sign(_NEUTRAL, 0)
    order_8_r = signer.sign(_OF_ORDER_8, 0)
    return [
        _not_signed("signature-empty", key.public, b""),
        _not_signed("signature-of-63-bytes", key.public, signature[:-1]),
        _not_signed("signature-of-65-bytes", key.public, signature + b"\x00"),
        _not_signed("signature-all-zero", key.public, bytes(64)),
        _not_signed("signature-last-bit-flipped", key.public, flipped),
        _not_signed("s-plus-the-order", key.public, signature[:32] + s_plus_order, "The equation holds."),
        _not_signed("s-is-the-order", key.public, signature[:32] + L.to_bytes(32, "little")),
        _not_signed("r-neutral", key.public, neutral_r, "The equation holds; R is of low order."),
        _not_signed("r-of-order-8", key.public, order_8_r, "Only the equation with cofactor holds."),
        _not_signed("r-not-canonical", key.public, (P + 1).to_bytes(32, "little") + neutral_r[32:]),
        _not_signed("signature-of-somebody-else", SecretKey(b"\x07" * 32).public, signature),
    ]


def _mixed_order() -> list[Case]:
    """Keys and R with a part of low order: valid where the plain equation holds, and only there."""
    signer = Signer(b"\x05" * 32)
    mixed = _encoded(_add(signer.point, _OF_ORDER_8))
    found: dict[bool, bytes] = {}
    nonce = 1
    while len(found) < 2:
        r_point = _times(nonce, _BASE)
        hashed = hashlib.sha512(_encoded(r_point) + mixed + _MESSAGE).digest()
        found.setdefault(int.from_bytes(hashed, "little") % L % 8 == 0, signer.sign(r_point, nonce, key=mixed))
        nonce += 1
    return [
        _signed("key-of-mixed-order-and-the-equation-holds", mixed, found[True]),
        _not_signed(
            "key-of-mixed-order-and-only-the-cofactored-equation-holds",
            mixed,
            found[False],
            "Batch verifiers and those of ZIP-215 take it.",
        ),
    ]


def _preimage(name: str, network: str, purpose: str, payload: bytes) -> Case:
    return accepted(
        name,
        rules=["KEY-4"],
        network=network,
        purpose=purpose,
        payload=payload.hex(),
        preimage=preimage(network, purpose, payload).hex(),
        digest=digest(network, purpose, payload).hex(),
    )


def _signed(name: str, key: bytes, signature: bytes) -> Case:
    return accepted(name, rules=["KEY-3"], key=key.hex(), signature=signature.hex(), message=_MESSAGE.hex())


def _not_signed(name: str, key: bytes, signature: bytes, why: str = "") -> Case:
    return refused(name, "KEY-3", why=why, key=key.hex(), signature=signature.hex(), message=_MESSAGE.hex())
