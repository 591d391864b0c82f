"""From the bytes of a file to one loose JSON value, within bounds, or one clear error.

Tolerant where files from the wild need it: any Unicode encoding with or without a byte order mark, raw line
breaks inside strings, NaN (read as nothing), a key given twice (the last one counts).
"""

import codecs
import json
import math

from folkmoot_node.errors import FileError
from folkmoot_node.importing.report import Report

FILE_BYTES_MAX = 1 << 20
DEPTH_MAX = 64
INTEGER_DIGITS_MAX = 18

_SIGNATURES = (
    (b"%PDF", "a PDF"),
    (b"PK\x03\x04", "a ZIP archive or an office document"),
    (b"\xd0\xcf\x11\xe0", "an old office document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"\x1f\x8b", "a compressed file"),
)
_MARKS = (  # the longer mark first: the mark of UTF-16 begins that of UTF-32
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def read_text(data: bytes, *, kind: str) -> str:
    """Decode a file to text.

    Args:
        data: The file, as it is.
        kind: What the file should be, with its article, for the error message.

    Raises:
        FileError: The file is too large, empty, of another kind, or not Unicode text.
    """
    if len(data) > FILE_BYTES_MAX:
        raise FileError(
            f"the file has {len(data)} bytes, and {kind} may have at most {FILE_BYTES_MAX}",
            advice="remove embedded pictures or other large values and try again",
        )
    for signature, name in _SIGNATURES:
        if data.startswith(signature):
            raise FileError(f"this is {name}, not {kind}", advice="export it as JSON and try again")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
    try:
        text = data.decode(encoding or json.detect_encoding(data))
    except UnicodeDecodeError as error:
        raise FileError(
            f"this is not Unicode text: the byte at position {error.start} cannot be read",
            advice="save the file as UTF-8 and try again",
        ) from error
    if not text.strip("\ufeff\x00 \t\r\n"):
        raise FileError("the file is empty", advice=f"give {kind}")
    return text.lstrip("\ufeff")


def read_json(text: str, *, kind: str, report: Report) -> object:
    """Read the one JSON value of a text.

    Raises:
        FileError: The text is not JSON, or it is nested too deep; line and column are named.
    """
    _check_depth(text)

    def pairs(entries: list[tuple[str, object]]) -> dict[str, object]:
        loose = dict(entries)
        if len(loose) < len(entries):
            report.note("a key appears twice in one object; the last value was taken")
        return loose

    def no_number(_: str) -> None:
        report.note("a value is not a number (NaN or infinite) and was read as missing")

    try:
        return json.loads(
            text,
            strict=False,
            object_pairs_hook=pairs,
            parse_constant=no_number,
            parse_int=_integer,
            parse_float=_decimal,
        )
    except json.JSONDecodeError as error:
        raise FileError(
            f"this is not JSON: {_lowered(error.msg)} at line {error.lineno}, column {error.colno}",
            advice=f"correct that place and try again, or give {kind}",
        ) from error


def _lowered(message: str) -> str:
    return message[:1].lower() + message[1:].removesuffix(" at")


def _integer(digits: str) -> int | None:
    return int(digits) if len(digits) <= INTEGER_DIGITS_MAX else None


def _decimal(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _check_depth(text: str) -> None:
    """Refuse deep nesting before the parser, which recurses, sees it."""
    depth = 0
    in_string = escaped = False
    for position, character in enumerate(text):
        if in_string:
            if escaped:
                escaped = False
            elif character == "\\":
                escaped = True
            elif character == '"':
                in_string = False
        elif character == '"':
            in_string = True
        elif character in "[{":
            depth += 1
            if depth > DEPTH_MAX:
                line = text.count("\n", 0, position) + 1
                column = position - text.rfind("\n", 0, position)
                raise FileError(
                    f"the file is nested more than {DEPTH_MAX} levels deep at line {line}, column {column}",
                    advice="give a file that a person could have written",
                )
        elif character in "]}":
            depth -= 1
