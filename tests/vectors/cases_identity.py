"""Cases of the suite `identity`: single operations, as bytes."""

from collections.abc import Mapping
from functools import cache

from support.keys import NETWORK, secret_key, seed_of
from vectors.craft import ALICE, BOB, INTEGER_BOUNDARIES, Case, accepted, founded, raw, refused, signed_operation

from folkmoot.canonical import Value, decode
from folkmoot.identity import Operation, Scope, open_operation
from folkmoot.keys import SecretKey, preimage
from folkmoot.limits import (
    DEVICES_MAX,
    GUARDIAN_KEYS_MAX,
    KEEP_MAX,
    KEEP_PREFIX_BYTES,
    OPERATION_BYTES_MAX,
    RANK_MAX,
    REVOCATIONS_MAX,
)
from folkmoot.work import work_figure

_DIGEST = bytes(range(32))
_KEY = ALICE.key
_LOW_ORDER_KEY = b"\x01" + bytes(31)


def carried_fields(item: Operation) -> dict[str, Value]:
    """Return the fields of an operation, for changing."""
    envelope = decode(item.wire, bytes_max=OPERATION_BYTES_MAX)
    assert isinstance(envelope, list)
    assert isinstance(envelope[0], bytes)
    fields = decode(envelope[0], bytes_max=OPERATION_BYTES_MAX)
    assert isinstance(fields, dict)
    return fields


def _step(**changes: object) -> dict[str, object]:
    """Return the fields of a small rotation after Alice's genesis, with changes; `None` leaves a field out."""
    fields: dict[str, object] = {
        "version": 1,
        "identity": ALICE.id,
        "parent": ALICE.genesis.id,
        "rank": 0,
        "devices": [_device(_KEY.public)],
        "next": _DIGEST,
        "recovery": [],
    }
    return {name: value for name, value in {**fields, **changes}.items() if value is not None}


def _device(key: bytes, scope: object = "all") -> list[object]:
    return [key, seed_of("sealing"), scope]


def _many_devices(number: int) -> list[object]:
    keys = sorted(secret_key(f"many/{index}").public for index in range(number))
    return [_device(key) for key in keys]


def _signed(fields: Mapping[str, object], *keys: SecretKey) -> bytes:
    return signed_operation(fields, keys or (_KEY,))


def operation_cases() -> list[Case]:
    """Return the cases that open one operation each."""
    return [
        *_valid_cases(),
        *_envelope_cases(),
        *_field_cases(),
        *_device_cases(),
        *_recovery_cases(),
        *_revocation_cases(),
        *_signature_cases(),
        *_genesis_cases(),
    ]


def _valid_cases() -> list[Case]:
    entry = [RANK_MAX, GUARDIAN_KEYS_MAX, [bytes([i]) * 32 for i in range(GUARDIAN_KEYS_MAX)]]
    low = [1, 1, [_DIGEST]]
    keep = [i.to_bytes(KEEP_PREFIX_BYTES) for i in range(KEEP_MAX)]
    revoke = [{"device": bytes([i]) * 32} for i in range(REVOCATIONS_MAX)]
    return [
        _valid("genesis", ALICE.genesis.wire),
        _valid("genesis-of-three-devices", founded("trio", Scope.ALL, Scope.DAILY, Scope.READ).wire),
        _valid("rotation-alone", _signed(_step())),
        _valid("close", _signed(_step(rank=1, close=True))),
        _valid("rank-9", _signed(_step(rank=RANK_MAX))),
        _valid("devices-of-16", _signed(_step(devices=_many_devices(DEVICES_MAX)))),
        _valid("recovery-entry-of-rank-1", _signed(_step(recovery=[low]))),
        _valid("recovery-entry-of-rank-9", _signed(_step(recovery=[[RANK_MAX, 1, [_DIGEST]]]))),
        _valid("recovery-9-of-9-and-a-paper-key", _signed(_step(recovery=[entry, low]))),
        _valid("revocations-of-32", _signed(_step(revoke=revoke))),
        _valid("keep-of-800", _signed(_step(revoke=[{"device": _DIGEST, "keep": keep}]))),
        _valid("revoked-device-of-low-order", _signed(_step(revoke=[{"device": _LOW_ORDER_KEY}]))),
        *(
            _valid(f"last-rev-{value}", _signed(_step(revoke=[{"device": _DIGEST, "last_rev": value}])))
            for value in (0, *INTEGER_BOUNDARIES[:-1])
        ),
        _valid("sealing-key-all-zero", _signed(_step(devices=[[_KEY.public, bytes(32), "read"]]))),
    ]


def _envelope_cases() -> list[Case]:
    carried = raw(dict(sorted(_step().items())))
    pair = [_KEY.public, _KEY.sign(preimage(NETWORK, "identity", carried))]
    other = [BOB.key.public, BOB.key.sign(preimage(NETWORK, "identity", carried))]
    ascending = sorted([pair, other])
    large = _signed(_step(revoke=[{"device": _DIGEST, "keep": [bytes(KEEP_PREFIX_BYTES)] * 1000}], pad="a" * 2000))
    return [
        refused("operation-over-16-kib", "ENC-1", wire=large.hex()),
        refused("operation-with-a-float", "ENC-2", wire=_signed(_step(rank=0.0)).hex()),
        refused("envelope-of-three", "OPR-1", wire=raw([carried, [pair], 0]).hex()),
        refused("operation-not-as-bytes", "OPR-1", wire=raw([dict(sorted(_step().items())), [pair]]).hex()),
        refused("no-signature", "OPR-1", wire=raw([carried, []]).hex()),
        refused(
            "signatures-of-26", "OPR-1", wire=_signed(_step(), *(secret_key(f"s/{i}") for i in range(26))).hex()
        ),
        refused("signatures-out-of-order", "OPR-1", wire=raw([carried, ascending[::-1]]).hex()),
        refused("signature-twice", "OPR-1", wire=raw([carried, [pair, pair]]).hex()),
        refused("signature-of-63-bytes", "OPR-1", wire=raw([carried, [[pair[0], pair[1][:-1]]]]).hex()),
        refused("signer-of-low-order", "OPR-1", wire=raw([carried, [[_LOW_ORDER_KEY, pair[1]]]]).hex()),
        refused("signature-without-its-key", "OPR-1", wire=raw([carried, [pair[1]]]).hex()),
    ]


def _field_cases() -> list[Case]:
    return [
        refused("operation-an-array", "OPR-2", wire=_signed_value([])),
        *(_bad(f"version-{v}", "OPR-2", version=v) for v in (0, 2, *INTEGER_BOUNDARIES[:-1])),
        _bad("version-true", "OPR-2", version=True),
        _bad(f"version-{2**53}", "ENC-3", version=2**53),
        *(
            _bad(f"{name}-missing", "OPR-2", **{name: None})
            for name in ("version", "rank", "devices", "next", "recovery")
        ),
        _bad(
            "field-unknown",
            "OPR-2",
            "Nobody may certify by halves: an operation is understood as a whole.",
            pad="a",
        ),
        _bad("neither-parent-nor-nonce", "OPR-3", identity=None, parent=None),
        _bad("identity-without-parent", "OPR-3", parent=None),
        _bad("parent-without-identity", "OPR-3", identity=None),
        _bad("nonce-beside-parent", "OPR-3", nonce=bytes(8)),
        _bad("identity-of-31-bytes", "OPR-3", identity=ALICE.id[:-1]),
        _bad("parent-text", "OPR-3", parent="a" * 32),
        _bad("nonce-of-seven-bytes", "OPR-3", identity=None, parent=None, nonce=bytes(7)),
        _bad("next-of-33-bytes", "OPR-4", next=_DIGEST + b"\x00"),
        _bad("rank-10", "OPR-4", rank=RANK_MAX + 1),
        _bad("rank-negative", "OPR-4", rank=-1),
        _bad("rank-false", "OPR-4", rank=False),
        *(_bad(f"rank-{value}", "OPR-4", rank=value) for value in INTEGER_BOUNDARIES[:-1]),
        _bad(f"rank-{2**53}", "ENC-3", rank=2**53),
        _bad("close-false", "OPR-4", "What is absent is left out.", rank=1, close=False),
        _bad("close-1", "OPR-4", rank=1, close=1),
        _bad("close-at-rank-0", "OPR-4", "A thief with the rotation key ends nobody's identity.", close=True),
        _bad("genesis-of-rank-1", "OPR-4", identity=None, parent=None, nonce=bytes(8), rank=1),
    ]


def _device_cases() -> list[Case]:
    pair = [_device(key) for key in sorted([_KEY.public, BOB.key.public])]
    return [
        _bad("devices-none", "OPR-5", devices=[]),
        _bad("devices-a-map", "OPR-5", devices={}),
        _bad("devices-of-17", "OPR-5", devices=_many_devices(DEVICES_MAX + 1)),
        _bad("devices-out-of-order", "OPR-5", devices=pair[::-1]),
        _bad("device-twice", "OPR-5", devices=[pair[0], pair[0]]),
        _bad("device-of-low-order", "OPR-5", devices=[_device(_LOW_ORDER_KEY)]),
        _bad("device-of-31-bytes", "OPR-5", devices=[_device(_KEY.public[:-1])]),
        _bad("sealing-key-of-31-bytes", "OPR-5", devices=[[_KEY.public, bytes(31), "all"]]),
        _bad("scope-unknown", "OPR-5", devices=[_device(_KEY.public, "root")]),
        _bad("one-device-of-two-of-low-order", "OPR-5", devices=[_device(_LOW_ORDER_KEY), pair[0]]),
        _bad("device-without-scope", "OPR-5", devices=[[_KEY.public, bytes(32)]]),
    ]


def _recovery_cases() -> list[Case]:
    def entry(rank: object = 1, threshold: object = 1, digests: object = None) -> list[object]:
        return [rank, threshold, [_DIGEST] if digests is None else digests]

    two = [bytes(32), b"\xff" * 32]
    bad: dict[str, object] = {
        "recovery-a-map": {},
        "recovery-entry-of-rank-0": [entry(rank=0)],
        "recovery-entry-of-rank-10": [entry(rank=10)],
        "recovery-rank-true": [entry(rank=True)],
        "recovery-threshold-0": [entry(threshold=0)],
        "recovery-threshold-beyond-the-keys": [entry(threshold=2)],
        "recovery-threshold-true": [entry(threshold=True)],
        "recovery-without-keys": [entry(threshold=1, digests=[])],
        "recovery-of-ten-keys": [entry(digests=[bytes([i]) * 32 for i in range(GUARDIAN_KEYS_MAX + 1)])],
        "recovery-digest-of-31-bytes": [entry(digests=[bytes(31)])],
        "recovery-digests-out-of-order": [entry(digests=two[::-1])],
        "recovery-digest-twice": [entry(threshold=2, digests=[_DIGEST, _DIGEST])],
        "recovery-ranks-ascending": [entry(rank=1), entry(rank=2)],
        "recovery-rank-twice": [entry(rank=1), entry(rank=1)],
        "recovery-entry-of-four": [[*entry(), 0]],
    }
    built = [_bad(name, "OPR-6", recovery=value) for name, value in bad.items()]
    for value in INTEGER_BOUNDARIES[:-1]:
        built.append(_bad(f"recovery-rank-{value}", "OPR-6", recovery=[entry(rank=value)]))
        built.append(_bad(f"recovery-threshold-{value}", "OPR-6", recovery=[entry(threshold=value)]))
    beyond = INTEGER_BOUNDARIES[-1]
    built.append(_bad(f"recovery-rank-{beyond}", "ENC-3", recovery=[entry(rank=beyond)]))
    built.append(_bad(f"recovery-threshold-{beyond}", "ENC-3", recovery=[entry(threshold=beyond)]))
    return built


def _revocation_cases() -> list[Case]:
    prefix = bytes(KEEP_PREFIX_BYTES)
    many = [i.to_bytes(KEEP_PREFIX_BYTES) for i in range(KEEP_MAX + 1)]
    bad: dict[str, object] = {
        "revoke-empty": [],
        "revoke-a-map": {},
        "revocations-of-33": [{"device": bytes([i]) * 32} for i in range(REVOCATIONS_MAX + 1)],
        "revocations-out-of-order": [{"device": b"\x01" * 32}, {"device": bytes(32)}],
        "revocation-twice": [{"device": _DIGEST}, {"device": _DIGEST}],
        "revocation-without-device": [{"last_rev": 1}],
        "revocation-with-an-unknown-field": [{"device": _DIGEST, "why": "lost"}],
        "revocation-an-array": [[_DIGEST]],
        "revoked-device-of-31-bytes": [{"device": bytes(31)}],
        "last-rev-negative": [{"device": _DIGEST, "last_rev": -1}],
        "last-rev-true": [{"device": _DIGEST, "last_rev": True}],
        "keep-empty": [{"device": _DIGEST, "keep": []}],
        "keep-of-whole-ids": [{"device": _DIGEST, "keep": [bytes(32)]}],
        "keep-prefix-text": [{"device": _DIGEST, "keep": ["a" * KEEP_PREFIX_BYTES]}],
        "keep-out-of-order": [{"device": _DIGEST, "keep": [b"\x01" * KEEP_PREFIX_BYTES, prefix]}],
        "keep-twice": [{"device": _DIGEST, "keep": [prefix, prefix]}],
    }
    bad["keep-of-801-in-two"] = [{"device": bytes(32), "keep": many[:400]}, {"device": _DIGEST, "keep": many[400:]}]
    built = [_bad(name, "OPR-7", revoke=value) for name, value in bad.items()]
    return [*built, _bad(f"last-rev-{2**53}", "ENC-3", revoke=[{"device": _DIGEST, "last_rev": 2**53}])]


def _signature_cases() -> list[Case]:
    carried = raw(dict(sorted(_step().items())))
    good = _KEY.sign(preimage(NETWORK, "identity", carried))
    flipped = good[:-1] + bytes([good[-1] ^ 1])
    return [
        refused("signature-last-bit-flipped", "OPR-8", wire=raw([carried, [[_KEY.public, flipped]]]).hex()),
        refused(
            "signature-for-another-network", "OPR-8", wire=signed_operation(_step(), [_KEY], network="main").hex()
        ),
        refused(
            "signature-for-a-record",
            "OPR-8",
            wire=raw([carried, [[_KEY.public, _KEY.sign(preimage(NETWORK, "record", carried))]]]).hex(),
        ),
        refused(
            "one-signature-of-two-wrong",
            "OPR-8",
            wire=raw([carried, sorted([[_KEY.public, good], [BOB.key.public, good]])]).hex(),
        ),
    ]


def _genesis_cases() -> list[Case]:
    fields = carried_fields(ALICE.genesis)
    return [
        refused("genesis-with-a-signature-too-many", "OPR-9", wire=_signed(fields, _KEY, BOB.key).hex()),
        refused("genesis-signed-by-another-key", "OPR-9", wire=_signed(fields, BOB.key).hex()),
        refused(
            "genesis-not-signed-by-its-second-device",
            "OPR-9",
            wire=_signed(carried_fields(founded("duo", Scope.ALL, Scope.DAILY)), secret_key("duo/0")).hex(),
            why="Each device proves that it has its key, or one could claim another's.",
        ),
        refused("genesis-without-work", "OPR-9", wire=_of_figure(None).hex(), why="Its cheap hash shows none."),
        refused("genesis-of-work-1", "OPR-9", wire=_of_figure(1).hex(), why="One below the floor."),
    ]


@cache
def _of_figure(figure: int | None) -> bytes:
    """Return Alice's genesis with the first nonce of exactly this work."""
    fields = carried_fields(ALICE.genesis)
    nonce = 0
    while True:
        changed = {**fields, "nonce": nonce.to_bytes(8)}
        if work_figure(raw(changed), network=NETWORK) == figure:
            return _signed(changed)
        nonce += 1


def _signed_value(value: object) -> str:
    carried = raw(value)
    return raw([carried, [[_KEY.public, _KEY.sign(preimage(NETWORK, "identity", carried))]]]).hex()


def _valid(name: str, wire: bytes) -> Case:
    read = open_operation(wire, network=NETWORK)
    place = {"identity": read.identity.hex(), "parent": read.parent.hex()} if read.parent else {}
    return accepted(name, wire=wire.hex(), id=read.id.hex(), **place, rank=read.rank, close=read.close)


def _bad(name: str, rule: str, why: str = "", /, **changes: object) -> Case:
    return refused(name, rule, why=why, wire=_signed(_step(**changes)).hex())
