"""MessagePack written so that it says what no honest writer would say, and in forms that none would take."""

import struct
from collections.abc import Mapping
from random import Random

import msgpack

_WIDE = 0.25
"""Of a writer that is not honest: how often it takes a longer form than it needs."""


def packed(value: object) -> bytes:
    """Encode anything that MessagePack holds in its shortest forms, maps in the order they are given in."""
    data: bytes = msgpack.packb(value, use_bin_type=True, unicode_errors="surrogatepass")
    return data


def packed_wide(value: object, dice: Random) -> bytes:
    """Encode anything that MessagePack holds, some parts of it in a longer form than they need."""
    match value:
        case bool() | None | float():
            return packed(value)
        case int():
            return _integer(value, dice)
        case str():
            data = value.encode("utf-8", "surrogatepass")
            return _head(len(data), (0xA0, 32), (0xD9, 0xDA, 0xDB), dice) + data
        case bytes():
            return _head(len(value), None, (0xC4, 0xC5, 0xC6), dice) + value
        case list():
            items = b"".join(packed_wide(item, dice) for item in value)
            return _head(len(value), (0x90, 16), (None, 0xDC, 0xDD), dice) + items
        case Mapping():
            items = b"".join(packed_wide(key, dice) + packed_wide(item, dice) for key, item in value.items())
            return _head(len(value), (0x80, 16), (None, 0xDE, 0xDF), dice) + items
        case _:
            raise TypeError(type(value).__name__)


def ordered(value: object) -> object:
    """Return a value with every map in the order of its keys, as an honest writer has them."""
    if isinstance(value, Mapping):
        return {key: ordered(value[key]) for key in sorted(value, key=str)}
    if isinstance(value, list):
        return [ordered(item) for item in value]
    return value


def _head(
    length: int,
    fixed: tuple[int, int] | None,
    marks: tuple[int | None, int, int],
    dice: Random,
) -> bytes:
    """Return the header of a length, in the first of its forms that fits, or a later one."""
    forms = [bytes([fixed[0] | length])] if fixed is not None and length < fixed[1] else []
    for mark, code in zip(marks, ("B", ">H", ">I"), strict=True):
        if mark is not None and length < 1 << 8 * struct.calcsize(code):
            forms.append(bytes([mark]) + struct.pack(code, length))
    return _one_of(forms, dice)


def _integer(value: int, dice: Random) -> bytes:
    if value >= 0:
        forms = [bytes([value])] if value < 128 else []
        codes = ((0xCC, "B"), (0xCD, ">H"), (0xCE, ">I"), (0xCF, ">Q"))
        forms += [bytes([mark]) + struct.pack(code, value) for mark, code in codes if _fits(value, code)]
    else:
        forms = [struct.pack("b", value)] if value >= -32 else []
        codes = ((0xD0, "b"), (0xD1, ">h"), (0xD2, ">i"), (0xD3, ">q"))
        forms += [bytes([mark]) + struct.pack(code, value) for mark, code in codes if _fits(value, code)]
    return _one_of(forms, dice)


def _fits(value: int, code: str) -> bool:
    bits = 8 * struct.calcsize(code)
    return value < 1 << bits if code[-1].isupper() else value >= -(1 << bits - 1)


def _one_of(forms: list[bytes], dice: Random) -> bytes:
    return dice.choice(forms) if dice.random() < _WIDE else forms[0]
