"""Cases of the suite `encoding`: bytes that are, or are not, the canonical encoding of one value."""

import msgpack
from vectors.craft import Case, accepted, raw, refused

from folkmoot.canonical import Value, encode
from folkmoot.limits import DEPTH_MAX, INTEGER_MAX, NAME_LENGTH_MAX

BYTES_MAX = 4096

_VALID: dict[str, Value] = {
    "false": False,
    "true": True,
    "zero": 0,
    "fixint-greatest": 127,
    "uint8-least": 128,
    "uint8-greatest": 255,
    "uint16-least": 256,
    "uint16-greatest": 65_535,
    "uint32-least": 65_536,
    "integer-2-31": 2**31,
    "uint32-greatest": 2**32 - 1,
    "integer-2-32": 2**32,
    "integer-2-53-minus-1": INTEGER_MAX,
    "negative-fixint-greatest": -1,
    "negative-fixint-least": -32,
    "int8-greatest": -33,
    "int8-least": -128,
    "int16-greatest": -129,
    "int32-greatest": -32_769,
    "integer-minus-2-31": -(2**31),
    "int64-greatest": -(2**31) - 1,
    "integer-minus-2-53-plus-1": -INTEGER_MAX,
    "text-empty": "",
    "text-fixstr-greatest": "a" * 31,
    "text-str8-least": "a" * 32,
    "text-str16-least": "a" * 256,
    "text-with-tab-and-line-feed": "a\tb\nc",
    "text-beyond-the-basic-plane": "\U0001f600",
    "text-not-normalised": "e\u0301",
    "text-left-to-right-mark": "a\u200eb",
    "text-line-separator": "a\u2028b",
    "text-byte-order-mark": "\ufeff",
    "bytes-empty": b"",
    "bytes-bin8-greatest": bytes(255),
    "bytes-bin16-least": bytes(256),
    "array-empty": [],
    "array-fixarray-greatest": [0] * 15,
    "array-16-least": [0] * 16,
    "map-empty": {},
    "map-fixmap-greatest": {f"k{i:02}": i for i in range(15)},
    "map-16-least": {f"k{i:02}": i for i in range(16)},
    "map-keys-in-byte-order": {"0": 0, "a": 0, "a-": 0, "a.": 0, "a0": 0, "a_": 0, "aa": 0},
    "name-of-48-characters": {"a" * NAME_LENGTH_MAX: 0},
}

_MALFORMED: dict[str, tuple[bytes, str]] = {
    "no-bytes": (b"", ""),
    "two-values": (b"\x01\x01", "A reader that stops after one value would take it."),
    "bytes-cut-off": (b"\xc4\x05ab", ""),
    "array-cut-off": (b"\x92\x01", ""),
    "reserved-first-byte": (b"\xc1", ""),
    "nil": (b"\xc0", "There is no null: what is absent is left out."),
    "nil-in-a-map": (b"\x81\xa1a\xc0", ""),
    "float32": (b"\xca\x3f\x80\x00\x00", ""),
    "float64-with-an-integral-value": (raw(1.0), "JavaScript would not see the difference."),
    "ext": (b"\xd4\x01\x00", ""),
    "timestamp": (b"\xd6\xff\x00\x00\x00\x01", ""),
    "text-not-utf-8": (b"\xa1\xff", ""),
    "text-overlong-utf-8": (b"\xa2\xc0\x80", ""),
    "text-surrogate-in-utf-8": (b"\xa3\xed\xa0\x80", ""),
    "map-with-an-array-as-key": (b"\x81\x90\x01", ""),
    "map-with-a-map-as-key": (b"\x81\x80\x01", ""),
    "map-with-an-ext-of-a-reserved-type-as-key": (b"\x81\xd4\xfe\x00\x01", "Malformed, and not only a bad key."),
    "length-beyond-the-end": (b"\xdd\xff\xff\xff\xff", "A reader must not reserve memory for it."),
}

_BEYOND: dict[str, int] = {
    "integer-2-53": 2**53,
    "integer-minus-2-53": -(2**53),
    "integer-2-63": 2**63,
    "integer-2-64-minus-1": 2**64 - 1,
    "integer-minus-2-63": -(2**63),
}

_FORBIDDEN_TEXT: dict[str, str] = {
    "text-nul": "a\x00",
    "text-carriage-return": "a\r\n",
    "text-vertical-tab": "\x0b",
    "text-escape": "\x1b[2J",
    "text-delete": "\x7f",
    "text-c1-control": "\x85",
    "text-right-to-left-override": "a\u202eb",
    "text-left-to-right-embedding": "\u202a",
    "text-first-isolate": "\u2066",
    "text-last-isolate": "\u2069",
    "text-noncharacter-fdd0": "\ufdd0",
    "text-noncharacter-ffff": "\uffff",
    "text-noncharacter-10ffff": "\U0010ffff",
}

_BAD_KEYS: dict[str, object] = {
    "key-empty": {"": 1},
    "key-in-capitals": {"Name": 1},
    "key-begins-with-a-hyphen": {"-a": 1},
    "key-begins-with-a-dot": {".a": 1},
    "key-of-49-characters": {"a" * (NAME_LENGTH_MAX + 1): 1},
    "key-not-ascii": {"é": 1},
    "key-with-a-line-feed-at-its-end": {"a\n": 1},
    "key-of-bytes": {b"a": 1},
    "key-integer": {1: 1},
    "key-nil": {None: 1},
    "key-ext": {msgpack.ExtType(1, b"a"): 1},
}

_NOT_SHORTEST: dict[str, bytes] = {
    "integer-5-as-uint8": b"\xcc\x05",
    "integer-5-as-int8": b"\xd0\x05",
    "integer-200-as-int16": b"\xd1\x00\xc8",
    "integer-255-as-uint16": b"\xcd\x00\xff",
    "integer-65535-as-uint32": b"\xce\x00\x00\xff\xff",
    "integer-2-32-minus-1-as-uint64": b"\xcf\x00\x00\x00\x00\xff\xff\xff\xff",
    "integer-2-31-as-int64": b"\xd3\x00\x00\x00\x00\x80\x00\x00\x00",
    "integer-minus-1-as-int8": b"\xd0\xff",
    "text-of-one-byte-as-str8": b"\xd9\x01a",
    "text-of-one-byte-as-str32": b"\xdb\x00\x00\x00\x01a",
    "bytes-of-one-as-bin16": b"\xc5\x00\x01a",
    "array-of-none-as-array16": b"\xdc\x00\x00",
    "map-of-none-as-map16": b"\xde\x00\x00",
    "keys-out-of-order": b"\x82\xa1b\x01\xa1a\x01",
    "keys-in-order-of-length": b"\x82\xa1b\x01\xa2aa\x01",
    "key-twice": b"\x82\xa1a\x01\xa1a\x01",
}


def cases() -> list[Case]:
    """Return every case of the suite."""
    nested: Value = []
    for _ in range(DEPTH_MAX - 1):
        nested = [nested]
    return [
        *(_valid(name, value) for name, value in _VALID.items()),
        _valid(f"depth-{DEPTH_MAX}", nested),
        accepted("bytes-at-the-bound", rules=["ENC-1"], wire=encode(bytes(29)).hex(), bytes_max=31),
        refused("bytes-one-over-the-bound", "ENC-1", wire=encode(bytes(30)).hex(), bytes_max=31),
        *(_refused(name, "ENC-2", data, why) for name, (data, why) in _MALFORMED.items()),
        *(_refused(name, "ENC-3", raw(value)) for name, value in _BEYOND.items()),
        *(_refused(name, "ENC-4", raw(text)) for name, text in _FORBIDDEN_TEXT.items()),
        *(_refused(name, "ENC-5", raw(value)) for name, value in _BAD_KEYS.items()),
        _refused("depth-9", "ENC-6", raw([nested])),
        _refused("depth-9-by-maps", "ENC-6", b"\x81\xa1a" * DEPTH_MAX + b"\x80"),
        _refused(
            "depth-9-with-a-nil-inside", "ENC-6", b"\x91" * 9 + b"\xc0", "What lies too deep is not looked at."
        ),
        *(_refused(name, "ENC-7", data) for name, data in _NOT_SHORTEST.items()),
        *_lowest_decides(),
    ]


def _lowest_decides() -> list[Case]:
    why = "Of several broken rules the lowest number decides."
    return [
        _refused("nil-beside-too-large-an-integer", "ENC-2", b"\x92\xcf\xff\xff\xff\xff\xff\xff\xff\xff\xc0", why),
        _refused("bad-key-above-bad-text", "ENC-4", raw({"A": "\x07"}), why),
        _refused("too-deep-beside-a-bad-key", "ENC-5", raw([[[[[[[[[]]]]]]]], {"A": 1}]), why),
        _refused("unsorted-and-too-deep", "ENC-6", b"\x82\xa1b" + b"\x91" * 8 + b"\x90" + b"\xa1a\x01", why),
    ]


def _valid(name: str, value: Value) -> Case:
    return accepted(name, wire=encode(value).hex(), bytes_max=BYTES_MAX, value=tagged(value))


def _refused(name: str, rule: str, data: bytes, why: str = "") -> Case:
    return refused(name, rule, why=why, wire=data.hex(), bytes_max=BYTES_MAX)


def tagged(value: Value) -> object:
    """Return a value as JSON can show it without loss: integers in decimal, bytes in hex, each under its type."""
    match value:
        case bool():
            return value
        case int():
            return {"integer": str(value)}
        case str():
            return {"text": value}
        case bytes():
            return {"bytes": value.hex()}
        case list():
            return [tagged(item) for item in value]
        case dict():
            return {"map": {key: tagged(item) for key, item in value.items()}}
