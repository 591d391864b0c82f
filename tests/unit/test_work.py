"""The work in a genesis."""

import hashlib

import pytest
from support.keys import NETWORK, person, secret_key

from folkmoot.canonical import Value, decode, encode
from folkmoot.errors import MisuseError
from folkmoot.identity import Device, Scope, Snapshot, find_nonce, genesis
from folkmoot.keys import digest, key_digest
from folkmoot.limits import WORK_FLOOR, WORK_HASH_BITS
from folkmoot.work import NONCE_BYTES, search, work_figure

ENVELOPE = decode(person("alice").genesis.wire, bytes_max=20_000)
assert isinstance(ENVELOPE, list)
assert isinstance(ENVELOPE[0], bytes)
GENESIS = ENVELOPE[0]
PHONE = secret_key("phone")
DIGEST = key_digest(NETWORK, secret_key("next").public)
AT = GENESIS.index(b"\xa5nonce\xc4\x08") + 8


def zero_bits(hashed: bytes) -> int:
    return len(hashed) * 8 - len(f"{int.from_bytes(hashed):b}") if any(hashed) else len(hashed) * 8


def test_the_figure_counts_the_zero_bits_of_the_costly_hash() -> None:
    cheap = digest(NETWORK, "work", GENESIS)
    costly = hashlib.scrypt(cheap, salt=b"folkmoot/1/work", n=1024, r=8, p=1, dklen=32)
    assert zero_bits(cheap) >= WORK_HASH_BITS
    assert work_figure(GENESIS, network=NETWORK) == zero_bits(costly)
    assert zero_bits(costly) >= WORK_FLOOR


def test_without_the_cheap_hash_there_is_no_figure() -> None:
    payload = next(
        candidate
        for candidate in (bytes([number]) for number in range(256))
        if zero_bits(digest(NETWORK, "work", candidate)) < WORK_HASH_BITS
    )
    assert work_figure(payload, network=NETWORK) is None


def test_eleven_bits_of_the_cheap_hash_are_not_twelve() -> None:
    near = next(
        candidate
        for candidate in (number.to_bytes(4) for number in range(2**20))
        if zero_bits(digest(NETWORK, "work", candidate)) == WORK_HASH_BITS - 1
    )
    assert work_figure(near, network=NETWORK) is None


def test_work_on_another_network_does_not_count() -> None:
    assert work_figure(GENESIS, network="elsewhere") is None


def test_a_search_finds_the_first_nonce_that_is_good_enough() -> None:
    nonce = GENESIS[AT : AT + NONCE_BYTES]
    number = int.from_bytes(nonce)
    found = search(GENESIS, AT, network=NETWORK, figure=WORK_FLOOR, candidates=range(number, number + 1))
    assert found == nonce
    assert search(GENESIS, AT, network=NETWORK, figure=257, candidates=range(number, number + 1)) is None
    assert search(GENESIS, AT, network=NETWORK, figure=0, candidates=range(0)) is None


def test_a_search_passes_by_candidates_whose_hash_only_begins_well() -> None:
    # Some candidates have one zero byte and not twelve zero bits; they cost nothing and are not found.
    found = search(GENESIS, AT, network=NETWORK, figure=0, candidates=range(20_000))
    assert found is not None
    assert work_figure(GENESIS[:AT] + found + GENESIS[AT + NONCE_BYTES :], network=NETWORK) is not None


def test_a_genesis_with_less_than_the_floor_of_work_is_refused() -> None:
    snapshot = Snapshot(devices=[Device(PHONE.public, bytes(32), Scope.ALL)], next_digest=DIGEST, recovery=())
    start, figure = 0, WORK_FLOOR
    nonce = b""
    while figure >= WORK_FLOOR:
        found = find_nonce(snapshot, network=NETWORK, figure=0, start=start)
        assert found is not None
        nonce, start = found, int.from_bytes(found) + 1
        devices: Value = [[PHONE.public, bytes(32), "all"]]
        fields: Value = {
            "version": 1,
            "rank": 0,
            "next": DIGEST,
            "recovery": [],
            "nonce": nonce,
            "devices": devices,
        }
        figure = work_figure(encode(fields), network=NETWORK) or 0
    with pytest.raises(MisuseError, match="OPR-9"):
        genesis(snapshot, [PHONE], network=NETWORK, nonce=nonce)


def test_looking_for_work_gives_up_after_its_share_of_candidates() -> None:
    snapshot = Snapshot(devices=[Device(PHONE.public, bytes(32), Scope.ALL)], next_digest=DIGEST, recovery=())
    assert find_nonce(snapshot, network=NETWORK, figure=30, start=0) is None
