"""How an operation is made and opened."""

import pytest
from support.keys import NETWORK, person, secret_key, seed_of
from support.lineage import Plan, key, root, step

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import DecodeError, MisuseError
from folkmoot.identity import (
    Device,
    Operation,
    Recovery,
    Revocation,
    Scope,
    Snapshot,
    open_operation,
    operation,
    read_stored_operation,
)
from folkmoot.keys import SecretKey, key_digest, preimage
from folkmoot.limits import (
    DEVICES_MAX,
    GUARDIAN_KEYS_MAX,
    INTEGER_MAX,
    KEEP_MAX,
    RANK_MAX,
    REVOCATIONS_MAX,
)
from folkmoot.work import work_figure

ALICE = person("alice")
PHONE, LAPTOP = sorted((secret_key("phone"), secret_key("laptop")), key=lambda k: k.public)
DIGEST = key_digest(NETWORK, secret_key("next").public)


def fields_of(wire: bytes) -> dict[str, Value]:
    envelope = decode(wire, bytes_max=20_000)
    assert isinstance(envelope, list)
    assert isinstance(envelope[0], bytes)
    fields = decode(envelope[0], bytes_max=20_000)
    assert isinstance(fields, dict)
    return fields


GENESIS = fields_of(ALICE.genesis.wire)
STEP: dict[str, Value] = {
    "version": 1,
    "identity": ALICE.id,
    "parent": ALICE.genesis.id,
    "rank": 1,
    "devices": [[device.public, bytes(32), "all"] for device in (PHONE, LAPTOP)],
    "next": DIGEST,
    "recovery": [[2, 1, [DIGEST]], [1, 2, [bytes(32), DIGEST]]],
    "revoke": [{"device": bytes(32), "last_rev": 5, "keep": [bytes(16)]}, {"device": b"\x01" * 32}],
    "close": True,
}


def signed(fields: Value, *keys: SecretKey, network: str = NETWORK) -> bytes:
    carried = encode(fields)
    message = preimage(network, "identity", carried)
    return encode([carried, [[k.public, k.sign(message)] for k in sorted(keys, key=lambda k: k.public)]])


def refused_by(wire: bytes) -> str:
    with pytest.raises(DecodeError) as caught:
        open_operation(wire, network=NETWORK)
    return caught.value.rule


def without(fields: dict[str, Value], *names: str) -> dict[str, Value]:
    return {name: value for name, value in fields.items() if name not in names}


def test_a_genesis_founds_the_identity_that_its_digest_is() -> None:
    read = open_operation(ALICE.genesis.wire, network=NETWORK)
    assert read == ALICE.genesis
    assert bytes(read.identity) == bytes(read.id)
    assert read.parent is None
    assert read.signers == {ALICE.key.public}
    assert hash(read) == hash(ALICE.genesis)


def test_an_operation_says_everything_that_was_put_into_it() -> None:
    read = open_operation(signed(STEP, PHONE, LAPTOP), network=NETWORK)
    assert (read.identity, read.parent, read.rank) == (ALICE.id, ALICE.genesis.id, 1)
    assert read.devices == tuple(Device(k.public, bytes(32), Scope.ALL) for k in (PHONE, LAPTOP))
    assert read.next == DIGEST
    assert read.recovery == (Recovery(2, 1, (DIGEST,)), Recovery(1, 2, (bytes(32), DIGEST)))
    assert read.revoke == (
        Revocation(bytes(32), 5, frozenset({bytes(16)})),
        Revocation(b"\x01" * 32, None, frozenset()),
    )
    assert read.close
    assert read.signers == {PHONE.public, LAPTOP.public}


def test_a_snapshot_is_put_in_order_for_its_author() -> None:
    snapshot = Snapshot(
        devices=[Device(k.public, seed_of("s"), Scope.DAILY) for k in (LAPTOP, PHONE)],
        next_digest=DIGEST,
        recovery=[Recovery(1, 1, (DIGEST,)), Recovery(3, 2, (DIGEST, bytes(32)))],
        revoke=[Revocation(b"\x02" * 32, 0, frozenset()), Revocation(b"\x01" * 32, None, frozenset({bytes(16)}))],
        close=True,
    )
    made = operation(snapshot, [LAPTOP, PHONE], parent=ALICE.genesis, rank=3, network=NETWORK)
    assert [device.key for device in made.devices] == [PHONE.public, LAPTOP.public]
    assert [entry.rank for entry in made.recovery] == [3, 1]
    assert made.recovery[0].digests == (bytes(32), DIGEST)
    assert [entry.device[0] for entry in made.revoke] == [1, 2]
    assert made.revoke[1].last_rev == 0
    assert made.close
    assert open_operation(made.wire, network=NETWORK) == made


def test_an_operation_from_our_own_disk_is_the_same_operation() -> None:
    for made in (ALICE.genesis, open_operation(signed(STEP, PHONE), network=NETWORK)):
        assert read_stored_operation(made.wire, network=NETWORK) == made


@pytest.mark.parametrize(
    "wire", [b"", b"\x01", ALICE.genesis.wire[:-1], encode([b"", 1]), encode([b"", [[[], b""]]])]
)
def test_an_operation_that_our_disk_has_damaged_is_named_as_such(wire: bytes) -> None:
    with pytest.raises(DecodeError, match="OPR-1: the stored bytes are damaged"):
        read_stored_operation(wire, network=NETWORK)


@pytest.mark.parametrize("made", [ALICE.genesis, step(root(), Plan(next_key="later"))], ids=["genesis", "step"])
def test_no_single_bit_of_an_operation_can_change(made: Operation) -> None:
    for bit in range(len(made.wire) * 8):
        damaged = bytearray(made.wire)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(DecodeError):
            open_operation(bytes(damaged), network=NETWORK)


CARRIED = encode(STEP)
PAIR: Value = [PHONE.public, PHONE.sign(preimage(NETWORK, "identity", CARRIED))]
OTHER: Value = [LAPTOP.public, LAPTOP.sign(preimage(NETWORK, "identity", CARRIED))]


@pytest.mark.parametrize(
    "envelope",
    [
        1,
        [CARRIED],
        [CARRIED, []],
        [CARRIED, [PAIR], 0],
        ["text", [PAIR]],
        [CARRIED, {}],
        [CARRIED, [OTHER, PAIR]],
        [CARRIED, [PAIR, PAIR]],
        [CARRIED, [PAIR] * 26],
        [CARRIED, [[PHONE.public]]],
        [CARRIED, [[PHONE.public, bytes(63)]]],
        [CARRIED, [[PHONE.public, bytes(64), 0]]],
        [CARRIED, [[bytes(32), bytes(64)]]],
        [CARRIED, [[PHONE.public[:31], bytes(64)]]],
        [CARRIED, ["pair"]],
    ],
)
def test_a_wire_is_an_operation_and_ascending_signatures(envelope: Value) -> None:
    assert refused_by(encode(envelope)) == "OPR-1"


@pytest.mark.parametrize(
    "fields",
    [
        [],
        {**STEP, "version": 2},
        {**STEP, "version": True},
        without(STEP, "version"),
        without(STEP, "rank"),
        without(STEP, "devices"),
        without(STEP, "next"),
        without(STEP, "recovery"),
        {**STEP, "more": 1},
    ],
)
def test_an_operation_has_exactly_the_fields_of_its_version(fields: Value) -> None:
    assert refused_by(signed(fields, PHONE)) == "OPR-2"


@pytest.mark.parametrize(
    "fields",
    [
        without(STEP, "parent"),
        without(STEP, "identity"),
        without(STEP, "identity", "parent"),
        {**STEP, "nonce": bytes(8)},
        {**STEP, "identity": bytes(31)},
        {**STEP, "parent": bytes(33)},
        {**STEP, "parent": "parent"},
        {**GENESIS, "nonce": bytes(7)},
        {**GENESIS, "nonce": "12345678"},
        {**GENESIS, "parent": bytes(32)},
    ],
)
def test_an_operation_is_a_genesis_or_a_step(fields: Value) -> None:
    assert refused_by(signed(fields, PHONE)) == "OPR-3"


@pytest.mark.parametrize(
    "fields",
    [
        {**STEP, "next": bytes(31)},
        {**STEP, "next": "next"},
        {**STEP, "rank": -1},
        {**STEP, "rank": RANK_MAX + 1},
        {**STEP, "rank": True},
        {**STEP, "rank": "1"},
        {**STEP, "close": False},
        {**STEP, "close": 1},
        {**STEP, "rank": 0},
        {**GENESIS, "rank": 1},
        {**GENESIS, "close": True},
    ],
)
def test_next_rank_and_close_have_their_bounds(fields: Value) -> None:
    assert refused_by(signed(fields, PHONE)) == "OPR-4"


def many_devices(count: int) -> list[Value]:
    keys = sorted(secret_key(f"device {number}").public for number in range(count))
    return [[public, bytes(32), "daily"] for public in keys]


@pytest.mark.parametrize(
    "devices",
    [
        0,
        {},
        [],
        many_devices(DEVICES_MAX + 1),
        [1],
        [[PHONE.public, bytes(32)]],
        [[PHONE.public, bytes(32), "all", 0]],
        [[bytes(32), bytes(32), "all"]],
        [[PHONE.public, bytes(31), "all"]],
        [[PHONE.public, bytes(32), "none"]],
        [[PHONE.public, bytes(32), 1]],
        [[PHONE.public, bytes(32), "all"]] * 2,
        [[k.public, bytes(32), "all"] for k in (LAPTOP, PHONE)],
    ],
)
def test_devices_are_one_to_sixteen_in_order(devices: Value) -> None:
    assert refused_by(signed({**STEP, "devices": devices}, PHONE)) == "OPR-5"


def digests(count: int) -> list[Value]:
    return [bytes([number]) * 32 for number in range(count)]


@pytest.mark.parametrize(
    "recovery",
    [
        0,
        {},
        [1],
        [[1, 1]],
        [[0, 1, digests(1)]],
        [[RANK_MAX + 1, 1, digests(1)]],
        [[True, 1, digests(1)]],
        [[1, 0, digests(1)]],
        [[1, 2, digests(1)]],
        [[1, True, digests(1)]],
        [[1, 1, []]],
        [[1, 1, digests(GUARDIAN_KEYS_MAX + 1)]],
        [[1, 1, [bytes(31)]]],
        [[1, 1, ["digest"]]],
        [[1, 1, [bytes(32), bytes(32)]]],
        [[1, 1, digests(2)[::-1]]],
        [[1, 1, digests(1)], [1, 1, digests(1)]],
        [[1, 1, digests(1)], [2, 1, digests(1)]],
        [[rank, 1, digests(1)] for rank in (9, 8, 7, 6, 5, 4, 3, 2, 1, 1)],
    ],
)
def test_recovery_entries_descend_and_can_be_met(recovery: Value) -> None:
    assert refused_by(signed({**STEP, "recovery": recovery}, PHONE)) == "OPR-6"


def prefixes(count: int, *, device: int = 0) -> dict[str, Value]:
    return {"device": bytes([device]) * 32, "keep": [number.to_bytes(16) for number in range(count)]}


@pytest.mark.parametrize(
    "revoke",
    [
        0,
        {},
        [],
        [1],
        [{}],
        [{"device": bytes(32), "more": 1}],
        [{"last_rev": 1}],
        [{"device": bytes(31)}],
        [{"device": "device"}],
        [{"device": bytes(32), "last_rev": -1}],
        [{"device": bytes(32), "last_rev": True}],
        [{"device": bytes(32), "last_rev": "1"}],
        [{"device": bytes(32), "keep": []}],
        [{"device": bytes(32), "keep": {}}],
        [{"device": bytes(32), "keep": [bytes(15)]}],
        [{"device": bytes(32), "keep": [bytes(17)]}],
        [{"device": bytes(32), "keep": ["a" * 16]}],
        [{"device": bytes(32), "keep": [bytes(16), bytes(16)]}],
        [{"device": bytes(32), "keep": [b"\x01" * 16, bytes(16)]}],
        [{"device": bytes(32)}, {"device": bytes(32)}],
        [{"device": b"\x01" * 32}, {"device": bytes(32)}],
        [{"device": bytes([number]) * 32} for number in range(REVOCATIONS_MAX + 1)],
        [prefixes(KEEP_MAX // 2), prefixes(KEEP_MAX // 2 + 1, device=1)],
    ],
)
def test_revocations_are_in_order_and_bounded(revoke: Value) -> None:
    assert refused_by(signed({**STEP, "revoke": revoke}, PHONE)) == "OPR-7"


MOST_GUARDIANS: list[Value] = [[rank, GUARDIAN_KEYS_MAX, digests(GUARDIAN_KEYS_MAX)] for rank in range(9, 0, -1)]
MOST_REVOCATIONS: list[Value] = [{"device": bytes([number]) * 32} for number in range(REVOCATIONS_MAX)]


@pytest.mark.parametrize(
    "changes",
    [
        {"devices": many_devices(DEVICES_MAX)},
        {"recovery": list[Value]()},
        {"recovery": MOST_GUARDIANS},
        {"rank": RANK_MAX},
        {"revoke": MOST_REVOCATIONS},
        {"revoke": [{"device": bytes(32), "last_rev": INTEGER_MAX}]},
        {"revoke": [prefixes(KEEP_MAX - 100), prefixes(100, device=1)]},
    ],
)
def test_each_bound_is_allowed(changes: dict[str, Value]) -> None:
    open_operation(signed({**STEP, **changes}, PHONE), network=NETWORK)


def test_a_rotation_has_rank_0() -> None:
    assert open_operation(signed({**without(STEP, "close"), "rank": 0}, PHONE), network=NETWORK).rank == 0


def test_every_signature_has_to_hold() -> None:
    mallory = secret_key("mallory")
    forged: Value = [LAPTOP.public, mallory.sign(preimage(NETWORK, "identity", CARRIED))]
    assert refused_by(encode([CARRIED, [PAIR, forged]])) == "OPR-8"
    assert refused_by(signed(STEP, PHONE, network="elsewhere")) == "OPR-8"
    with pytest.raises(DecodeError, match="OPR-8"):
        open_operation(signed(STEP, PHONE), network="elsewhere")


def test_a_genesis_is_signed_by_exactly_its_devices() -> None:
    assert refused_by(signed(GENESIS, ALICE.key, PHONE)) == "OPR-9"
    assert refused_by(signed(GENESIS, PHONE)) == "OPR-9"


def test_a_genesis_shows_work_on_this_network() -> None:
    lazy = next(  # without even the cheap hash
        fields
        for fields in ({**GENESIS, "nonce": number.to_bytes(8)} for number in range(100))
        if work_figure(encode(fields), network=NETWORK) is None
    )
    assert refused_by(signed(lazy, ALICE.key)) == "OPR-9"


@pytest.mark.parametrize(
    "snapshot",
    [
        Snapshot(devices=[], next_digest=DIGEST, recovery=()),
        Snapshot(devices=[Device(PHONE.public, b"", Scope.ALL)], next_digest=DIGEST, recovery=()),
        Snapshot(devices=[Device(PHONE.public, bytes(32), Scope.ALL)], next_digest=b"", recovery=()),
        Snapshot(
            devices=[Device(PHONE.public, bytes(32), Scope.ALL)],
            next_digest=DIGEST,
            recovery=[Recovery(1, 2, (DIGEST,))],
        ),
    ],
)
def test_nobody_makes_an_operation_that_no_reader_would_open(snapshot: Snapshot) -> None:
    with pytest.raises(MisuseError):
        operation(snapshot, [PHONE], parent=ALICE.genesis, rank=0, network=NETWORK)


def test_a_step_without_signatures_cannot_be_made() -> None:
    with pytest.raises(MisuseError, match="OPR-1"):
        step(root(), Plan(), signers=())
    assert key("next") == key("next")
