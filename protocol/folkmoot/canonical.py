"""The one encoding: a canonical profile of MessagePack.

One value has exactly one encoding, so equal bytes and equal meaning are the same question. A reader decodes with
a stock MessagePack library, checks what that library lets through, encodes again and compares.

Spec: encoding.md
"""

import re
from typing import TypeAlias, TypeGuard, cast

import msgpack

from folkmoot.errors import DecodeError, MisuseError
from folkmoot.limits import DEPTH_MAX, INTEGER_MAX, NAME_LENGTH_MAX

Value: TypeAlias = bool | int | str | bytes | list["Value"] | dict[str, "Value"]
"""What can be encoded. There is no null: what is absent is left out."""

_NAME = re.compile(rf"[a-z0-9][a-z0-9._-]{{0,{NAME_LENGTH_MAX - 1}}}")

_FORBIDDEN_TEXT = re.compile(
    "["
    "\u0000-\u0008\u000b-\u001f\u007f-\u009f"  # control characters but tab and line feed
    "\u202a-\u202e\u2066-\u2069"  # overrides and isolates of writing direction
    "\ufdd0-\ufdef"
    + "".join(f"{chr(plane * 0x10000 + 0xFFFE)}-{chr(plane * 0x10000 + 0xFFFF)}" for plane in range(17))
    + "]"
)

_WHY = {
    "ENC-2": "not one MessagePack value of the allowed types",
    "ENC-3": "an integer beyond 2^53 - 1",
    "ENC-4": "text with a control, bidirectional or non-character",
    "ENC-5": "a map key that is not a name",
    "ENC-6": f"nested deeper than {DEPTH_MAX}",
}


def is_name(text: str) -> bool:
    """Tell whether a text is a name that machines compare: `[a-z0-9][a-z0-9._-]{0,47}`.

    Spec: encoding.md#names
    """
    return _NAME.fullmatch(text) is not None


def is_clean_text(text: str) -> bool:
    """Tell whether a text may stand in a record.

    Spec: encoding.md#text
    """
    return _FORBIDDEN_TEXT.search(text) is None


def is_integer(value: object, least: int, greatest: int) -> TypeGuard[int]:
    """Tell whether a decoded value is an integer within bounds; `True` is not."""
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= greatest


def clean_text(text: str) -> str:
    """Take out of a text what a record may not hold; line ends become line feeds."""
    unified = text.replace("\r\n", "\n").replace("\r", "\n")
    return _FORBIDDEN_TEXT.sub("", unified).encode("utf-8", "ignore").decode("utf-8")


def encode(value: Value) -> bytes:
    """Encode a value in the one canonical form; map keys are sorted for the caller.

    Spec: encoding.md#format

    Raises:
        MisuseError: The value is outside the profile; the message names the rule.
    """
    rule = _first_broken(value)
    if rule is not None:
        raise MisuseError(f"cannot encode: {rule}: {_WHY[rule]}")
    return msgpack.packb(_sorted(value), use_bin_type=True)


def decode(data: bytes, *, bytes_max: int) -> Value:
    """Decode bytes that must be the canonical encoding of one value.

    Spec: encoding.md#rules

    Args:
        data: Bytes from anyone.
        bytes_max: The bound of whatever these bytes claim to be.

    Raises:
        DecodeError: ENC-1 too long; ENC-2 malformed or of a type outside the profile; ENC-3 an integer out of
            range; ENC-4 text with forbidden characters; ENC-5 a map key that is not a name; ENC-6 nested too
            deep; ENC-7 not the canonical form. Of several, the lowest number.
    """
    if len(data) > bytes_max:
        raise DecodeError("ENC-1", f"{len(data)} bytes are more than {bytes_max}")
    try:
        loose: object = msgpack.unpackb(data, raw=False, strict_map_key=False, use_list=True, timestamp=0)
    except msgpack.exceptions.StackError as error:
        raise DecodeError("ENC-6", _WHY["ENC-6"]) from error
    except (ValueError, TypeError, msgpack.exceptions.UnpackException) as error:
        raise DecodeError("ENC-2", _WHY["ENC-2"]) from error
    rule = _first_broken(loose)
    if rule is not None:
        raise DecodeError(rule, _WHY[rule])
    value = cast("Value", loose)  # _first_broken has looked at every part
    if msgpack.packb(_sorted(value), use_bin_type=True) != data:
        raise DecodeError("ENC-7", "not the canonical encoding")
    return value


def _sorted(value: Value) -> Value:
    """Order every map by its keys; names are ASCII, so this is the order of their bytes."""
    if isinstance(value, dict):
        return {key: _sorted(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [_sorted(item) for item in value]
    return value


def _first_broken(value: object) -> str | None:
    broken: set[str] = set()
    _inspect(value, 0, broken)
    return min(broken) if broken else None


def _inspect(value: object, depth: int, broken: set[str]) -> None:
    """Collect the rules that any part of a value breaks."""
    if isinstance(value, list | dict):
        if depth == DEPTH_MAX:
            broken.add("ENC-6")
            return
        if isinstance(value, dict) and not all(isinstance(key, str) and is_name(key) for key in value):
            broken.add("ENC-5")
        for item in value.values() if isinstance(value, dict) else value:
            _inspect(item, depth + 1, broken)
    else:
        rule = _broken_by_scalar(value)
        if rule is not None:
            broken.add(rule)


def _broken_by_scalar(value: object) -> str | None:
    if isinstance(value, bool | bytes):
        return None
    if isinstance(value, int):
        return None if -INTEGER_MAX <= value <= INTEGER_MAX else "ENC-3"
    if isinstance(value, str):
        return None if is_clean_text(value) and _is_utf8(value) else "ENC-4"
    return "ENC-2"


def _is_utf8(text: str) -> bool:
    """Tell whether a Python text has no lone surrogates, which only our own callers can bring along."""
    return not any("\ud800" <= character <= "\udfff" for character in text) if not text.isascii() else True
