"""Cases of the suite `record`: bytes that are, or are not, a sealed record."""

from vectors.craft import ALICE, BOB, DAY, INTEGER_BOUNDARIES, Case, accepted, payload_fields, raw, refused
from vectors.craft import sealed as sealed_by

from folkmoot.canonical import encode
from folkmoot.keys import preimage
from folkmoot.limits import DAY_MS, RECORD_BYTES_MAX, REFS_MAX
from folkmoot.record import open_record

_ID = bytes(range(32))
_DAY_OF_2_53 = (2**53 - 1) // DAY_MS
_LOW_ORDER_KEY = b"\x01" + bytes(31)


def _sealed(**changes: object) -> bytes:
    return sealed_by(payload_fields(ALICE, **changes), ALICE.key)


def _with_device(device: bytes) -> bytes:
    return sealed_by(payload_fields(ALICE, device=device), ALICE.key)


def cases() -> list[Case]:
    """Return every case of the suite."""
    plain = _sealed()
    fields = payload_fields(ALICE)
    payload = raw(fields)
    signature = ALICE.key.sign(preimage("test", "record", payload))
    return [
        _valid("plain", plain),
        _valid("tombstone", _sealed(body={})),
        _valid("kind-unknown", _sealed(kind="x-unheard-of", slot=40)),
        _valid("space-of-a-word", _sealed(space="design.fr")),
        _valid("record-of-16-kib", _of_length(RECORD_BYTES_MAX)),
        _valid("author-is-not-derived-from-the-device", _sealed(author=BOB.id)),
        _valid("refs-of-64", _sealed(refs=[["about", bytes([i]) * 32] for i in range(REFS_MAX)])),
        _valid("refs-ascend-by-relation-before-id", _sealed(refs=[["a", b"\xff" * 32], ["b", bytes(32)]])),
        _valid("refs-of-two-relations-to-one-id", _sealed(refs=[["about", _ID], ["replies", _ID]])),
        _valid("expires-on-the-next-day", _sealed(expires=DAY + 1)),
        *_boundaries(),
        refused("record-of-16-kib-and-a-byte", "ENC-1", wire=_of_length(RECORD_BYTES_MAX + 1).hex()),
        refused("byte-after-the-record", "ENC-2", wire=(plain + b"\x00").hex()),
        refused("payload-cut-off", "ENC-2", wire=sealed_by(payload[:-1], ALICE.key).hex()),
        refused("body-with-a-nil", "ENC-2", wire=_sealed(body={"text": None}).hex()),
        refused("body-with-bidirectional-text", "ENC-4", wire=_sealed(body={"text": "\u202e"}).hex()),
        refused("payload-not-shortest", "ENC-7", wire=sealed_by(b"\xdc\x00\x0a" + payload[1:], ALICE.key).hex()),
        refused(
            "signature-under-a-longer-header",
            "ENC-7",
            wire=(plain[:1] + b"\xc5\x00" + plain[2:]).hex(),
            why="The outer array is canonical too, or one id would travel as many wires.",
        ),
        *_broken_envelopes(payload, signature),
        refused("payload-a-map", "REC-2", wire=sealed_by({}, ALICE.key).hex()),
        refused("payload-of-nine-fields", "REC-2", wire=sealed_by(fields[:-1], ALICE.key).hex()),
        refused("payload-of-eleven-fields", "REC-2", wire=sealed_by([*fields, 0], ALICE.key).hex()),
        *(_bad(f"version-{v}", "REC-2", version=v) for v in (0, 2, *INTEGER_BOUNDARIES[:-1])),
        _bad("version-true", "REC-2", "In Python true equals 1.", version=True),
        _bad("kind-in-capitals", "REC-3", kind="Note"),
        _bad("kind-empty", "REC-3", kind=""),
        _bad("kind-of-49-characters", "REC-3", kind="a" * 49),
        _bad("kind-of-bytes", "REC-3", kind=b"x-note"),
        _bad("space-with-a-slash", "REC-3", space="commons/record"),
        _bad("space-integer", "REC-3", space=0),
        _bad("author-of-31-bytes", "REC-4", author=ALICE.id[:-1]),
        _bad("author-text", "REC-4", author="a" * 32),
        _bad("device-of-33-bytes", "REC-4", device=ALICE.key.public + b"\x00"),
        refused("device-of-low-order", "REC-4", wire=_with_device(_LOW_ORDER_KEY).hex()),
        refused("device-not-canonical", "REC-4", wire=_with_device(b"\xee" + b"\xff" * 30 + b"\x7f").hex()),
        *(_bad(f"{name}-negative", "REC-5", **{name: -1}) for name in ("slot", "rev", "expires")),
        *(_bad(f"{name}-true", "REC-5", **{name: True}) for name in ("slot", "rev")),
        _bad("expires-true", "REC-5", rev=0, expires=True),
        _bad("rev-text", "REC-5", rev="0"),
        _bad("expires-on-the-day-of-rev", "REC-6", expires=DAY),
        _bad("expires-before-the-day-of-rev", "REC-6", expires=0),
        *_broken_refs(),
        _bad("body-text", "REC-8", body="hello"),
        _bad("body-array", "REC-8", body=[]),
        _bad("tombstone-with-a-reference", "REC-8", body={}, refs=[["about", _ID]]),
        *_broken_signatures(payload, signature),
    ]


def _boundaries() -> list[Case]:
    built: list[Case] = []
    for value in INTEGER_BOUNDARIES[:-1]:
        built += [
            _valid(f"slot-{value}", _sealed(slot=value)),
            _valid(f"rev-{value}", _sealed(rev=value, expires=_DAY_OF_2_53 + 1)),
            _valid(f"expires-{value}", _sealed(expires=value)),
        ]
    beyond = INTEGER_BOUNDARIES[-1]
    built += [_bad(f"{name}-{beyond}", "ENC-3", **{name: beyond}) for name in ("slot", "rev", "expires", "version")]
    return [
        *built,
        _valid("slot-0", _sealed(slot=0)),
        _valid("rev-0", _sealed(rev=0, expires=1)),
        _bad("expires-0", "REC-6", rev=0, expires=0),
    ]


def _broken_envelopes(payload: bytes, signature: bytes) -> list[Case]:
    return [
        refused("envelope-a-map", "REC-1", wire=raw({"payload": payload}).hex()),
        refused("envelope-of-three", "REC-1", wire=raw([payload, signature, 0]).hex()),
        refused("envelope-of-one", "REC-1", wire=raw([payload]).hex()),
        refused("payload-not-as-bytes", "REC-1", wire=raw([payload_fields(ALICE), signature]).hex()),
        refused("signature-of-63-bytes", "REC-1", wire=raw([payload, signature[:-1]]).hex()),
        refused("signature-of-65-bytes", "REC-1", wire=raw([payload, signature + b"\x00"]).hex()),
    ]


def _broken_refs() -> list[Case]:
    low, high = bytes(32), b"\xff" * 32
    return [
        _bad("refs-a-map", "REC-7", refs={}),
        _bad("refs-of-65", "REC-7", refs=[["about", bytes([i]) * 32] for i in range(REFS_MAX + 1)]),
        _bad("refs-out-of-order-by-id", "REC-7", refs=[["about", high], ["about", low]]),
        _bad("refs-out-of-order-by-relation", "REC-7", refs=[["replies", low], ["about", high]]),
        _bad("ref-twice", "REC-7", refs=[["about", low], ["about", low]]),
        _bad("ref-to-31-bytes", "REC-7", refs=[["about", low[:-1]]]),
        _bad("ref-relation-not-a-name", "REC-7", refs=[["About", low]]),
        _bad("ref-of-three", "REC-7", refs=[["about", low, low]]),
        _bad("ref-not-a-pair", "REC-7", refs=[low]),
    ]


def _broken_signatures(payload: bytes, signature: bytes) -> list[Case]:
    flipped = signature[:-1] + bytes([signature[-1] ^ 1])
    return [
        refused(
            "signature-last-bit-flipped",
            "REC-9",
            wire=encode([payload, flipped]).hex(),
            why="A verifier that compares only a prefix would take it.",
        ),
        refused("signature-of-another-key", "REC-9", wire=sealed_by(payload, BOB.key).hex()),
        refused("signature-for-another-network", "REC-9", wire=sealed_by(payload, ALICE.key, network="main").hex()),
        refused(
            "signature-for-another-purpose",
            "REC-9",
            wire=raw([payload, ALICE.key.sign(preimage("test", "identity", payload))]).hex(),
        ),
        refused("signature-over-the-bare-payload", "REC-9", wire=raw([payload, ALICE.key.sign(payload)]).hex()),
        refused(
            "payload-bit-flipped",
            "REC-9",
            wire=raw([payload.replace(b"hello", b"hellp"), signature]).hex(),
        ),
    ]


def _of_length(length: int) -> bytes:
    """Return a valid record of exactly so many bytes."""
    missing = length - len(_sealed(body={"data": bytes(8192), "more": bytes(4096)}))
    return _sealed(body={"data": bytes(8192), "more": bytes(4096 + missing)})


def _valid(name: str, wire: bytes) -> Case:
    if len(wire) > RECORD_BYTES_MAX:
        raise AssertionError(name)
    record = open_record(wire, network="test")
    return accepted(
        name,
        wire=wire.hex(),
        id=record.id.hex(),
        kind=record.kind,
        author=record.author.hex(),
        device=record.device.hex(),
        space=record.space,
        slot=str(record.slot),
        rev=str(record.rev),
        expires=str(record.expires),
        refs=[[ref.relation, ref.target.hex()] for ref in record.refs],
        tombstone=record.is_tombstone,
    )


def _bad(name: str, rule: str, why: str = "", /, **changes: object) -> Case:
    return refused(name, rule, why=why, wire=_sealed(**changes).hex())
