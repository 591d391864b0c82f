"""Ids, and the text form in which people see, copy and mistype them.

An id is 32 bytes. In text it is bech32m (BIP-350): a readable prefix that says what it names, a `1`, the bytes in
groups of five bits, and a checksum that finds any one wrong character and any four within a code word.

Spec: ids.md
"""

from enum import Enum
from typing import NewType

from folkmoot.errors import DecodeError

IdentityId = NewType("IdentityId", bytes)
OperationId = NewType("OperationId", bytes)
RecordId = NewType("RecordId", bytes)
DocumentId = NewType("DocumentId", bytes)

ID_BYTES = 32

_ALPHABET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_VALUE_OF = {character: value for value, character in enumerate(_ALPHABET)}
_CHECKSUM_LENGTH = 6
_GROUP_BITS = 5
_TEXT_LENGTH_MAX = 90
"""What one checksum covers; longer text is no id, and reading it would take time that grows with its square."""
_BECH32M = 0x2BC830A3
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


class IdPrefix(Enum):
    """What an id names, as its text begins."""

    IDENTITY = "folk"
    RECORD = "rec"
    DOCUMENT = "doc"
    OPERATION = "op"
    PAPER_KEY = "paper"
    """No id but a secret: the recovery key as it is written on paper, in the same form so that slips are found."""


def id_to_text(prefix: IdPrefix, value: bytes) -> str:
    """Write an id for people.

    Spec: ids.md#text-form
    """
    data = _to_fives(value)
    polymod = _polymod([*_expanded(prefix.value), *data, *([0] * _CHECKSUM_LENGTH)]) ^ _BECH32M
    checksum = [(polymod >> 5 * (5 - i)) & 31 for i in range(_CHECKSUM_LENGTH)]
    return prefix.value + "1" + "".join(_ALPHABET[five] for five in (*data, *checksum))


def id_from_text(text: str, *expected: IdPrefix) -> bytes:
    """Read an id that a person gave, in lower or in upper case but not mixed.

    Spec: ids.md#rules

    Args:
        text: What was typed.
        expected: The prefixes that make sense here; none means any.

    Raises:
        DecodeError: IDS-1 not of the form prefix, `1`, characters of the alphabet; IDS-2 the checksum does not
            fit, so a character is wrong; IDS-3 not 32 bytes; IDS-4 a prefix that names something else.
    """
    lowered = text.lower()
    name, separator, rest = lowered.rpartition("1")
    if (
        len(text) > _TEXT_LENGTH_MAX
        or not text.isascii()
        or text not in (lowered, text.upper())
        or not separator
        or not set(rest) <= set(_ALPHABET)
    ):
        raise DecodeError("IDS-1", "this is not an id: one looks like folk1… or rec1…")
    prefix = next((known for known in IdPrefix if known.value == name), None)
    if prefix is None:
        raise DecodeError("IDS-1", f"no id begins with {name[:16]!r}")
    data = [_VALUE_OF[character] for character in rest]
    if _polymod([*_expanded(name), *data]) != _BECH32M:
        raise DecodeError("IDS-2", "the id is mistyped: its checksum does not fit")
    value = _from_fives(data[:-_CHECKSUM_LENGTH])
    if value is None or len(value) != ID_BYTES:
        raise DecodeError("IDS-3", "the id does not hold 32 bytes")
    if expected and prefix not in expected:
        wanted = " or ".join(known.name.lower() for known in expected)
        raise DecodeError("IDS-4", f"this names {_articled(prefix)}, not {wanted}")
    return value


def short(prefix: IdPrefix, value: bytes) -> str:
    """Write an id so that people can tell two apart on one screen; it cannot be read back."""
    text = id_to_text(prefix, value)
    head = len(prefix.value) + 1
    return f"{text[: head + 6]}…{text[-4:]}"


def _articled(prefix: IdPrefix) -> str:
    name = prefix.name.lower()
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name.replace('_', ' ')}"


def _expanded(prefix: str) -> list[int]:
    return [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for i, generator in enumerate(_GENERATOR):
            if top >> i & 1:
                check ^= generator
    return check


def _to_fives(value: bytes) -> list[int]:
    bits = len(value) * 8
    padding = -bits % 5
    number = int.from_bytes(value) << padding
    return [(number >> shift) & 31 for shift in range(bits + padding - 5, -1, -5)]


def _from_fives(data: list[int]) -> bytes | None:
    """Join groups of five bits; `None` when the padding is not zero or longer than needed."""
    number = 0
    for five in data:
        number = number << 5 | five
    padding = len(data) * 5 % 8
    if padding >= _GROUP_BITS or number & ((1 << padding) - 1):
        return None
    return (number >> padding).to_bytes(len(data) * 5 // 8)
