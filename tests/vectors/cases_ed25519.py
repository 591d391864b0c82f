"""Cases of the suite `ed25519`: keys and signatures about which libraries disagree.

Every case is made: a secret number and a nonce give the part of ordinary order, and multiples of a point of order 8
are added to the key and to R. Then the equation with cofactor always holds, and the one without holds where the
added parts cancel out; messages are tried until they do, or do not, as the case needs it. What has to come out is
not taken from how a case was made, but worked out by a verifier of its own from whole numbers.
"""

import hashlib
import itertools
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from support.strict_ed25519 import BASE, TORSION, L, P, broken_rule, decoded, encoded, plus, times
from vectors.craft import Case, accepted, refused

_SECRET = 0x1F0E2D3C4B5A69788796A5B4C3D2E1F00F1E2D3C4B5A6978
_NONCE = 0x0123456789ABCDEFFEDCBA98765432100123456789ABCDEF
_SIGN_BIT = 1 << 255
_LABEL = b"folkmoot/1/test/record\x00edge "
_TURNS = range(8)


@dataclass(frozen=True)
class _Piece:
    """A key or an R: its bytes, and what they are made of.

    Attributes:
        scalar: How often the base point goes into it.
        turns: How often the point of order 8 does.
        data: Its bytes, canonical or not.
    """

    scalar: int
    turns: int
    data: bytes


def _piece(scalar: int, turns: int) -> _Piece:
    return _Piece(scalar, turns, encoded(plus(times(scalar, BASE), TORSION[turns])))


def _other_forms() -> dict[str, _Piece]:
    """Return the six encodings of points of low order that no writer makes."""
    order_4 = {encoded(TORSION[turns])[31] >> 7: turns for turns in (2, 6)}
    return {
        "order-4-y-plus-p": _Piece(0, order_4[0], P.to_bytes(32, "little")),
        "order-4-y-plus-p-with-the-sign-bit": _Piece(0, order_4[1], (P | _SIGN_BIT).to_bytes(32, "little")),
        "neutral-y-plus-p": _Piece(0, 0, (P + 1).to_bytes(32, "little")),
        "neutral-y-plus-p-with-the-sign-bit": _Piece(0, 0, (P + 1 | _SIGN_BIT).to_bytes(32, "little")),
        "neutral-with-the-sign-bit": _Piece(0, 0, (1 | _SIGN_BIT).to_bytes(32, "little")),
        "order-2-with-the-sign-bit": _Piece(0, 4, (P - 1 | _SIGN_BIT).to_bytes(32, "little")),
    }


_LOW = {f"{turns}-eighths": _piece(0, turns) for turns in _TURNS}
_OTHER_FORMS = _other_forms()
_ALL_LOW = {**_LOW, **_OTHER_FORMS}
_ORDINARY_KEY, _ORDINARY_R = _piece(_SECRET, 0), _piece(_NONCE, 0)


@dataclass(frozen=True)
class _Signed:
    """A key, a signature and what was signed."""

    key: bytes
    signature: bytes
    message: bytes


def cases() -> list[Case]:
    """Return every case of the suite."""
    return [
        *_ordinary(),
        *_low_order_keys(),
        *_low_order_r(),
        *_mixed_order(),
        *_combinations(),
        *_reductions(),
        *_scalars(),
        *_fields(),
        *_lengths(),
        *_flipped(),
    ]


def _challenge(r: bytes, key: bytes, message: bytes) -> int:
    """Return k before it is reduced."""
    return int.from_bytes(hashlib.sha512(r + key + message).digest(), "little")


def _signed(key: _Piece, r: _Piece, *, holds: bool | None) -> _Signed:
    """Sign the first message with which the equation without cofactor holds or does not; `None` takes any."""

    def fits(k: int) -> bool:
        return holds is None or holds == ((r.turns + k % L * key.turns) % 8 == 0)

    return _signed_where(key, r, fits)


def _signed_where(key: _Piece, r: _Piece, fits: Callable[[int], bool]) -> _Signed:
    """Sign the first message whose k, before it is reduced, fits."""
    messages = (_LABEL + str(number).encode() for number in itertools.count())
    message, k = next((m, k) for m in messages if fits(k := _challenge(r.data, key.data, m)))
    return _Signed(key.data, r.data + _s_of(key, r, k).to_bytes(32, "little"), message)


def _s_of(key: _Piece, r: _Piece, k: int) -> int:
    return (r.scalar + k * key.scalar) % L


def _case(name: str, flags: Sequence[str], signed: _Signed, *, why: str = "") -> Case:
    """Return a case with the outcome that the spec's own words give."""
    fields = {
        "flags": list(flags),
        "key": signed.key.hex(),
        "signature": signed.signature.hex(),
        "message": signed.message.hex(),
    }
    rule = broken_rule(signed.key, signed.signature, signed.message)
    if rule is None:
        return accepted(name, why=why, rules=["KEY-3"], **fields)
    return refused(name, rule, why=why, **fields)


def _key_flags(name: str) -> list[str]:
    return ["low-order-key", *(["non-canonical-key"] if name in _OTHER_FORMS else [])]


def _r_flags(name: str) -> list[str]:
    return ["low-order-r", *(["non-canonical-r"] if name in _OTHER_FORMS else [])]


def _ordinary() -> Iterable[Case]:
    for size in (0, 1, 63, 64, 111, 112, 1023):
        message = (_LABEL * 64)[:size]
        k = _challenge(_ORDINARY_R.data, _ORDINARY_KEY.data, message)
        s = _s_of(_ORDINARY_KEY, _ORDINARY_R, k).to_bytes(32, "little")
        yield _case(f"ordinary-{size}-bytes", [], _Signed(_ORDINARY_KEY.data, _ORDINARY_R.data + s, message))


def _low_order_keys() -> Iterable[Case]:
    why = "The equation holds for many messages, and nobody has the secret key."
    for name, key in _ALL_LOW.items():
        yield _case(f"key-{name}", _key_flags(name), _signed(key, _ORDINARY_R, holds=True), why=why)
        neutral = _LOW["0-eighths"]
        holding = _signed(key, neutral, holds=True)
        yield _case(f"key-{name}-and-r-neutral", [*_key_flags(name), "low-order-r", "s-zero"], holding)
    for name, key in _OTHER_FORMS.items():
        yield _case(
            f"key-{name}-hashed-in-canonical-form",
            [*_key_flags(name), "hashed-again"],
            _hashed_in_canonical_form(key),
            why="The equation holds where the key is encoded anew before it is hashed.",
        )


def _hashed_in_canonical_form(key: _Piece) -> _Signed:
    canonical = _LOW[f"{key.turns}-eighths"]
    made = _signed(canonical, _ORDINARY_R, holds=True)
    return _Signed(key.data, made.signature, made.message)


def _low_order_r() -> Iterable[Case]:
    for name, r in _ALL_LOW.items():
        flags = [*_r_flags(name), *(["cofactored-only"] if r.turns else [])]
        yield _case(f"r-{name}", flags, _signed(_ORDINARY_KEY, r, holds=None))
    for name, r in _OTHER_FORMS.items():
        made = _signed(_ORDINARY_KEY, _LOW[f"{r.turns}-eighths"], holds=None)
        bent = _Signed(made.key, r.data + made.signature[32:], made.message)
        yield _case(
            f"r-{name}-hashed-in-canonical-form",
            [*_r_flags(name), "hashed-again"],
            bent,
            why="The equation holds, or does with cofactor, where R is encoded anew before it is hashed.",
        )


def _mixed_order() -> Iterable[Case]:
    for turns in _TURNS[1:]:
        key, r = _piece(_SECRET, turns), _piece(_NONCE, turns)
        yield _case(
            f"key-mixed-{turns}-eighths",
            ["mixed-order-key"],
            _signed(key, _ORDINARY_R, holds=True),
            why="The key may be named, and the equation holds.",
        )
        yield _case(
            f"key-mixed-{turns}-eighths-cofactored",
            ["mixed-order-key", "cofactored-only"],
            _signed(key, _ORDINARY_R, holds=False),
            why="A verifier that multiplies by the cofactor takes it.",
        )
        yield _case(
            f"r-mixed-{turns}-eighths",
            ["mixed-order-r", "cofactored-only"],
            _signed(_ORDINARY_KEY, r, holds=None),
        )
        # The key's part has to be able to cancel R's, so it is of order 8.
        whole = _piece(_SECRET, 1)
        both = ["mixed-order-key", "mixed-order-r"]
        yield _case(f"both-mixed-{turns}-eighths", both, _signed(whole, r, holds=True))
        cofactored = _signed(whole, r, holds=False)
        yield _case(f"both-mixed-{turns}-eighths-cofactored", [*both, "cofactored-only"], cofactored)


_KEYS: dict[str, tuple[_Piece, list[str]]] = {
    "ordinary": (_ORDINARY_KEY, []),
    "mixed": (_piece(_SECRET, 3), ["mixed-order-key"]),
    "low": (_LOW["1-eighths"], ["low-order-key"]),
    "low-non-canonical": (_OTHER_FORMS["order-4-y-plus-p"], ["low-order-key", "non-canonical-key"]),
}
_RS: dict[str, tuple[_Piece, list[str]]] = {
    "ordinary": (_ORDINARY_R, []),
    "mixed": (_piece(_NONCE, 4), ["mixed-order-r"]),
    "low": (_LOW["4-eighths"], ["low-order-r"]),
    "low-non-canonical": (_OTHER_FORMS["neutral-y-plus-p"], ["low-order-r", "non-canonical-r"]),
}


def _combinations() -> Iterable[Case]:
    """Cases of every sort of key with every sort of R, with S below the order and not, holding and not."""
    for (key_name, (key, key_flags)), (r_name, (r, r_flags)) in itertools.product(_KEYS.items(), _RS.items()):
        for holds in (True, False):
            if not _is_possible(key, r, holds=holds):
                continue
            made = _signed(key, r, holds=holds)
            flags = [*key_flags, *r_flags, *([] if holds else ["cofactored-only"])]
            name = f"key-{key_name}-r-{r_name}-{'exact' if holds else 'cofactored'}"
            yield _case(f"all-{name}", flags, made)
            yield _case(f"all-{name}-s-plus-l", [*flags, "s-not-below-l"], _plus_order(made, 1))


def _is_possible(key: _Piece, r: _Piece, *, holds: bool) -> bool:
    """Tell whether some challenge makes the parts of low order cancel out, or not."""
    return any(((r.turns + k * key.turns) % 8 == 0) == holds for k in _TURNS)


def _plus_order(made: _Signed, times_order: int) -> _Signed:
    s = int.from_bytes(made.signature[32:], "little") + times_order * L
    return _Signed(made.key, made.signature[:32] + s.to_bytes(32, "little"), made.message)


def _reductions() -> Iterable[Case]:
    """Cases in which it matters that k is reduced before it multiplies a key of mixed order."""
    key = _piece(_SECRET, 1)
    for wanted, name in ((True, "k-reduced"), (False, "k-not-reduced")):

        def fits(k: int, wanted: bool = wanted) -> bool:
            return (k % L % 8 == 0) == wanted and (k % 8 == 0) != wanted

        yield _case(
            f"equation-holds-with-{name}",
            ["mixed-order-key", *([] if wanted else ["cofactored-only"])],
            _signed_where(key, _ORDINARY_R, fits),
            why="The key has a part of low order, so k and its remainder modulo L are not the same to it.",
        )


def _scalars() -> Iterable[Case]:
    made = _signed(_ORDINARY_KEY, _ORDINARY_R, holds=None)
    s = int.from_bytes(made.signature[32:], "little")
    for times_order in range(1, (2**256 - 1 - s) // L + 1):
        flags = ["s-not-below-l"]
        yield _case(f"s-plus-{times_order}-l", flags, _plus_order(made, times_order), why="The equation holds.")
    fixed = {
        "zero": 0,
        "one": 1,
        "l-minus-1": L - 1,
        "l": L,
        "l-plus-1": L + 1,
        "2-252": 2**252,
        "2-253-minus-1": 2**253 - 1,
        "2-253": 2**253,
        "2-255": 2**255,
        "2-256-minus-1": 2**256 - 1,
        "with-the-highest-bit": s | _SIGN_BIT,
    }
    for name, value in fixed.items():
        flags = ["s-zero"] if value == 0 else ["s-not-below-l"] if value >= L else []
        signature = made.signature[:32] + value.to_bytes(32, "little")
        yield _case(f"s-{name}", flags, _Signed(made.key, signature, made.message))
    yield _case("s-of-31-bytes-or-less", ["small-s"], _small_s(2**248))
    yield _case("s-of-30-bytes-or-less", ["small-s"], _small_s(2**240))


def _small_s(bound: int) -> _Signed:
    """Sign the first message that gives an S below a bound."""
    return _signed_where(_ORDINARY_KEY, _ORDINARY_R, lambda k: _s_of(_ORDINARY_KEY, _ORDINARY_R, k) < bound)


def _fields() -> Iterable[Case]:
    """Cases of a y that is not below p, and of a y that belongs to no point."""
    made = _signed(_ORDINARY_KEY, _ORDINARY_R, holds=None)
    for excess in range(19):
        y = P + excess
        data = y.to_bytes(32, "little")
        yield _case(f"key-y-is-p-plus-{excess}", ["non-canonical-key"], _with_key(made, data))
        yield _case(f"r-y-is-p-plus-{excess}", ["non-canonical-r"], _with_r(made, data))
    nowhere = [y for y in range(2, 40) if decoded(y.to_bytes(32, "little")) is None][:3]
    for y in nowhere:
        data = y.to_bytes(32, "little")
        yield _case(f"key-y-is-{y}", ["key-off-the-curve"], _with_key(made, data), why="No x belongs to it.")
        yield _case(f"r-y-is-{y}", ["r-off-the-curve"], _with_r(made, data), why="No x belongs to it.")
    yield _case("key-negated", [], _with_key(made, _negated(made.key)))
    yield _case("r-negated", [], _with_r(made, _negated(made.signature[:32])))


def _with_key(made: _Signed, key: bytes) -> _Signed:
    return _Signed(key, made.signature, made.message)


def _with_r(made: _Signed, r: bytes) -> _Signed:
    return _Signed(made.key, r + made.signature[32:], made.message)


def _negated(data: bytes) -> bytes:
    return data[:-1] + bytes([data[-1] ^ 0x80])


def _lengths() -> Iterable[Case]:
    made = _signed(_ORDINARY_KEY, _ORDINARY_R, holds=None)
    for name, key in {"empty": b"", "of-31-bytes": made.key[:-1], "of-33-bytes": made.key + b"\x00"}.items():
        yield _case(f"key-{name}", ["length"], _with_key(made, key))
    signatures = {
        "empty": b"",
        "of-32-bytes": made.signature[:32],
        "of-63-bytes": made.signature[:-1],
        "of-65-bytes": made.signature + b"\x00",
        "of-128-bytes": made.signature * 2,
    }
    for name, signature in signatures.items():
        yield _case(f"signature-{name}", ["length"], _Signed(made.key, signature, made.message))
    swapped = made.signature[32:] + made.signature[:32]
    yield _case("s-before-r", [], _Signed(made.key, swapped, made.message))


def _flipped() -> Iterable[Case]:
    """Cases of one bit that is another, at both ends of everything."""
    made = _signed(_ORDINARY_KEY, _ORDINARY_R, holds=None)
    for place, mask in ((0, 0x01), (15, 0x10), (31, 0x40), (32, 0x01), (48, 0x10), (62, 0x80)):
        signature = _with_flipped(made.signature, place, mask)
        yield _case(f"signature-byte-{place}-flipped", [], _Signed(made.key, signature, made.message))
    for place in (0, len(made.message) - 1):
        message = _with_flipped(made.message, place, 0x01)
        yield _case(f"message-byte-{place}-flipped", [], _Signed(made.key, made.signature, message))
    yield _case("message-longer-by-a-zero", [], _Signed(made.key, made.signature, made.message + b"\x00"))


def _with_flipped(data: bytes, place: int, mask: int) -> bytes:
    return data[:place] + bytes([data[place] ^ mask]) + data[place + 1 :]
