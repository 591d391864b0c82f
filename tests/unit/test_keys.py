"""Ed25519 under one strict profile."""

import hashlib

import pytest
from nacl.exceptions import BadSignatureError
from nacl.signing import VerifyKey
from support.edwards import (
    BASE,
    FIELD,
    LOW_ORDER,
    NEUTRAL,
    ORDER,
    Point,
    bent_signature,
    challenge_of,
    encoded,
    times,
)

from folkmoot.keys import SecretKey, digest, is_acceptable_key, key_digest, preimage, rotation_key, verify

MESSAGE = b"folkmoot/1/test/record\x00what is said"
ALICE = SecretKey(hashlib.sha256(b"alice").digest())
SIGNATURE = ALICE.sign(MESSAGE)
SIGN_BIT = 1 << 255
NOT_CANONICAL = [FIELD + small for small in range(19)]
RFC_8032 = [
    (
        "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e06522490155"
        "5fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
        "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac"
        "18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
    (
        "833fe62409237b9d62ec77587520911e9a759cec1d19755b7da901b96dca3d42",
        "ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf",
        hashlib.sha512(b"abc").hexdigest(),
        "dc2a4459e7369633a52b1bf277839a00201009a3efbf3ecb69bea2186c26b589"
        "09351fc9ac90b3ecfdfbc7c66431e0303dca179c138ac17ad9bef1177331a704",
    ),
]


def libsodium_verifies(key: bytes, signature: bytes, message: bytes) -> bool:
    try:
        VerifyKey(key).verify(message, signature)
    except BadSignatureError:
        return False
    return True


def both_say(answer: bool, key: bytes, signature: bytes, message: bytes = MESSAGE) -> None:
    assert verify(key, signature, message) is answer
    assert libsodium_verifies(key, signature, message) is answer


@pytest.mark.parametrize(("seed", "public", "message", "signature"), RFC_8032)
def test_the_published_vectors_hold(seed: str, public: str, message: str, signature: str) -> None:
    key = SecretKey(bytes.fromhex(seed))
    assert key.public.hex() == public
    assert key.sign(bytes.fromhex(message)).hex() == signature
    both_say(True, key.public, bytes.fromhex(signature), bytes.fromhex(message))


def test_no_single_bit_of_a_signature_can_change() -> None:
    for bit in range(len(SIGNATURE) * 8):
        changed = bytearray(SIGNATURE)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify(ALICE.public, bytes(changed), MESSAGE)


def test_no_single_bit_of_a_message_or_a_key_can_change() -> None:
    for bit in range(len(MESSAGE) * 8):
        changed = bytearray(MESSAGE)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify(ALICE.public, SIGNATURE, bytes(changed))
    for bit in range(len(ALICE.public) * 8):
        changed = bytearray(ALICE.public)
        changed[bit // 8] ^= 1 << bit % 8
        assert not verify(bytes(changed), SIGNATURE, MESSAGE)


@pytest.mark.parametrize("point", LOW_ORDER)
def test_a_key_of_low_order_is_not_acceptable_and_verifies_nothing(point: Point) -> None:
    assert times(8, point) == NEUTRAL
    for sign in (0, SIGN_BIT):  # for x = 0 the sign bit makes a second, non-canonical encoding
        key = (int.from_bytes(encoded(point), "little") ^ sign).to_bytes(32, "little")
        assert not is_acceptable_key(key)
        forged = encoded(BASE) + (1).to_bytes(32, "little")  # R = B, S = 1: true for a neutral key and any message
        assert not verify(key, forged, MESSAGE)


@pytest.mark.parametrize("y", NOT_CANONICAL)
@pytest.mark.parametrize("sign", [0, SIGN_BIT])
def test_an_encoding_beyond_the_field_is_not_acceptable(y: int, sign: int) -> None:
    key = (y | sign).to_bytes(32, "little")
    assert not is_acceptable_key(key)
    assert not verify(ALICE.public, key + SIGNATURE[32:], MESSAGE)


def test_keys_next_to_the_forbidden_ones_are_acceptable() -> None:
    assert is_acceptable_key((2).to_bytes(32, "little"))
    assert is_acceptable_key((FIELD - 2).to_bytes(32, "little"))
    assert is_acceptable_key(ALICE.public)


@pytest.mark.parametrize("length", [0, 31, 33, 64])
def test_a_key_of_another_length_is_not_acceptable(length: int) -> None:
    assert not is_acceptable_key(ALICE.public[:1] * length)
    assert not verify((ALICE.public * 2)[:length], SIGNATURE, MESSAGE)


@pytest.mark.parametrize("length", [0, 32, 63, 65, 128])
def test_a_signature_of_another_length_does_not_verify(length: int) -> None:
    assert not verify(ALICE.public, (SIGNATURE * 2)[:length], MESSAGE)


def test_s_counts_only_below_the_order_of_the_group() -> None:
    s = int.from_bytes(SIGNATURE[32:], "little")
    for turns in range(1, 16):
        if s + turns * ORDER < 2**256:
            both_say(False, ALICE.public, SIGNATURE[:32] + (s + turns * ORDER).to_bytes(32, "little"))
    for high in (1 << 253, 1 << 254, 1 << 255):
        both_say(False, ALICE.public, SIGNATURE[:32] + (s | high).to_bytes(32, "little"))


def test_r_of_low_order_does_not_verify_though_the_equation_holds() -> None:
    # With R neutral, S = k * secret: the equation is true, and yet the signature is refused.
    secret = 12345
    key = encoded(times(secret, BASE))
    r = encoded(NEUTRAL)
    s = challenge_of(key, r, MESSAGE) * secret % ORDER
    both_say(False, key, r + s.to_bytes(32, "little"))


def test_the_equation_is_the_one_without_the_cofactor() -> None:
    for twist in LOW_ORDER[1:]:
        key, signature = bent_signature(98765, MESSAGE, r_twist=twist)
        both_say(False, key, signature)


def test_a_key_of_mixed_order_verifies_exactly_when_the_equation_holds() -> None:
    answers = set()
    for number in range(24):
        message = MESSAGE + bytes([number])
        key, signature = bent_signature(98765, message, key_twist=LOW_ORDER[1])
        holds = challenge_of(key, signature, message) % 8 == 0
        assert is_acceptable_key(key)
        both_say(holds, key, signature, message)
        answers.add(holds)
    assert answers == {True, False}


def test_a_key_that_is_on_no_curve_verifies_nothing() -> None:
    both_say(False, (2).to_bytes(32, "little"), SIGNATURE)


def test_a_preimage_says_network_and_purpose_before_the_payload() -> None:
    assert preimage("test", "record", b"x") == b"folkmoot/1/test/record\x00x"
    assert digest("test", "record", b"x") == hashlib.sha256(b"folkmoot/1/test/record\x00x").digest()
    assert key_digest("test", ALICE.public) == hashlib.sha256(b"folkmoot/1/test/key\x00" + ALICE.public).digest()


def test_a_seed_gives_the_same_rotation_key_for_a_depth_and_another_for_each_depth_and_network() -> None:
    first = rotation_key(bytes(32), 1, network="test")
    assert first == SecretKey(
        hashlib.sha256(b"folkmoot/1/test/rotation\x00" + bytes(32) + b"\x00\x00\x00\x01").digest()
    )
    others = [rotation_key(bytes(32), 2, network="test"), rotation_key(bytes(32), 1, network="elsewhere")]
    assert first not in others
    assert others[0] != others[1]


def test_a_secret_key_never_shows_its_seed() -> None:
    assert ALICE.seed.hex() not in repr(ALICE)
    assert ALICE.public.hex() in repr(ALICE)


def test_a_seed_is_exactly_32_bytes() -> None:
    with pytest.raises(AssertionError):
        SecretKey(bytes(31))
